"""Effects by cohort and time: thin faces on kept programs.

Group-time effects come from ``differences`` (Callaway and Sant'Anna 2021),
interaction-weighted effects from ``pyfixest`` (Sun and Abraham 2021).
"""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Effects:
    """Effects by years since treatment, with their joint covariance.

    Parameters
    ----------
    estimator : str
        Program and method.
    period : numpy.ndarray
        Years since treatment, 0 its first year.
    estimate : numpy.ndarray
        Effects, length K.
    covariance : numpy.ndarray
        K x K.
    overall : float
        Average over the periods from 0 on, each with the same weight.
    overall_se : float
        Its standard error.
    """

    estimator: str
    period: np.ndarray
    estimate: np.ndarray
    covariance: np.ndarray
    overall: float
    overall_se: float

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """Give the normal interval of the overall effect.

        Parameters
        ----------
        alpha : float
            One minus the coverage.

        Returns
        -------
        tuple of float
            Low and high.
        """
        half = stats.norm.ppf(1 - alpha / 2) * self.overall_se
        return float(self.overall - half), float(self.overall + half)


def group_time(
    rows: pd.DataFrame, y: str, *, control: str = "never_treated", formula: str = "",
    entity: str = "unit_id", time: str = "year",
) -> tuple[pd.DataFrame, Effects, np.ndarray]:  # fmt: skip
    """Estimate group-time effects by Callaway and Sant'Anna's method.

    Parameters
    ----------
    rows : pandas.DataFrame
        Balanced panel with ``cohort`` (missing: never treated).
    y : str
        Outcome column.
    control : {"never_treated", "not_yet_treated"}
        Comparison group.
    formula : str
        Right-hand side for covariates (regression adjustment), empty for none.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    table : pandas.DataFrame
        ``cohort, time, estimate, se``.
    effects : Effects
        By years since treatment (base period: the year before, varying).
    covariance : numpy.ndarray
        Of the group-time effects, in the order of the table, from influence functions.
    """
    from differences import ATTgt

    extra = [name for name in rows if name in formula and name not in (entity, time, y)]
    data = rows.set_index([entity, time])[[y, "cohort", *extra]]
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ATTgt(data=data, cohort_column="cohort")
        model.fit(f"{y} ~ {formula}" if formula else y, est_method="reg",
                  control_group=control, progress_bar=False)  # fmt: skip
        model.aggregate("event")
        whole = model.aggregate("event", overall=True)
    cells = [c for c in model._result_dict["full_sample"]["ATTgt_ntl"] if c.exception is None]
    table = pd.DataFrame(
        [(int(c.cohort), int(c.time), float(c.ATT), float(c.std_error)) for c in cells],
        columns=["cohort", "time", "estimate", "se"],
    )
    event = model._result_dict["full_sample"]["aggregate_inst"].event
    score = np.column_stack([np.ravel(e.influence_func) for e in event])
    joint = np.column_stack([np.ravel(c.influence_func.toarray()) for c in cells])
    size = len(score) ** 2
    overall = whole.to_numpy()[0]
    effects = Effects(
        "Callaway and Sant'Anna", np.array([int(e.relative_period) for e in event]),
        np.array([float(e.ATT) for e in event]), score.T @ score / size,
        float(overall[0]), float(overall[1]),
    )  # fmt: skip
    return table, effects, joint.T @ joint / size


def sun_abraham(
    rows: pd.DataFrame, y: str, *, entity: str = "unit_id", time: str = "year"
) -> Effects:
    """Estimate interaction-weighted effects by Sun and Abraham's method.

    Parameters
    ----------
    rows : pandas.DataFrame
        Balanced panel with ``cohort`` (missing: never treated).
    y : str
        Outcome column.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    Effects
        By years since treatment; the year before is the base and is left out. Errors
        clustered by entity with pyfixest's default small-sample rule.
    """
    import pyfixest

    codes = rows.assign(
        cohort=rows["cohort"].fillna(0).astype(int), who=pd.factorize(rows[entity])[0]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pyfixest.event_study(
            codes, yname=y, idname="who", tname=time, gname="cohort", estimator="saturated"
        )
    label = r"rel_time::(-?\d+)\.0:first_treated_period::(\d+)"
    cells = pd.Series(fit._coefnames).str.extract(label).astype(int)
    sizes = codes.groupby("cohort")["who"].nunique()
    period = np.array(sorted(cells[0].unique()))
    pick = (cells[0].to_numpy() == period[:, None]) * cells[1].map(sizes).to_numpy()
    weights = pick / pick.sum(axis=1, keepdims=True)
    covariance = weights @ fit._vcov @ weights.T
    estimate = weights @ np.asarray(fit._beta_hat)
    after = (period >= 0) / (period >= 0).sum()
    return Effects(
        "Sun and Abraham", period, estimate, covariance, float(after @ estimate),
        float(np.sqrt(after @ covariance @ after)),
    )  # fmt: skip
