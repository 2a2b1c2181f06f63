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

AVERAGES = {
    "simple": "each treated area and year counts the same",
    "cohort": "each treated area counts the same: its years are averaged first",
    "event": "each year since treatment counts the same, however few areas have one",
}
"""Ways to average group-time effects into one (Callaway and Sant'Anna 2021, section 3)."""


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
    areas : numpy.ndarray
        Treated areas behind each effect, length K.
    averages : pandas.DataFrame
        ``estimate, se`` of the effects after treatment by a key of ``AVERAGES``.
    """

    estimator: str
    period: np.ndarray
    estimate: np.ndarray
    covariance: np.ndarray
    areas: np.ndarray
    averages: pd.DataFrame

    def average(self, kind: str = "simple", alpha: float = 0.05) -> tuple[float, float, float]:
        """Give an average effect with its normal interval.

        Parameters
        ----------
        kind : str
            A key of ``AVERAGES``.
        alpha : float
            One minus the coverage.

        Returns
        -------
        tuple of float
            Estimate, low, high.
        """
        value, se = self.averages.loc[kind]
        half = stats.norm.ppf(1 - alpha / 2) * se
        return float(value), float(value - half), float(value + half)

    def by_period(self, alpha: float = 0.05) -> pd.DataFrame:
        """Set each period's effect beside the number of treated areas behind it.

        Parameters
        ----------
        alpha : float
            One minus the coverage of the pointwise normal intervals.

        Returns
        -------
        pandas.DataFrame
            ``areas, estimate, low, high`` by period.
        """
        half = stats.norm.ppf(1 - alpha / 2) * np.sqrt(np.diag(self.covariance))
        return pd.DataFrame(
            {"areas": self.areas, "estimate": self.estimate, "low": self.estimate - half,
             "high": self.estimate + half},
            index=pd.Index(self.period, name="period"),
        )  # fmt: skip


def _areas(cells: pd.DataFrame, sizes: pd.Series, period: np.ndarray) -> np.ndarray:
    """Count treated areas by period: ``cells`` holds ``cohort, period``."""
    known = cells.assign(areas=cells["cohort"].map(sizes)).groupby("period")["areas"].sum()
    return known.reindex(period).to_numpy(int)


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
        averages = [np.ravel(model.aggregate(kind, overall=True).to_numpy())[:2]
                    for kind in AVERAGES]  # fmt: skip
        model.aggregate("event")
    cells = [c for c in model._result_dict["full_sample"]["ATTgt_ntl"] if c.exception is None]
    table = pd.DataFrame(
        [(int(c.cohort), int(c.time), float(c.ATT), float(c.std_error)) for c in cells],
        columns=["cohort", "time", "estimate", "se"],
    )
    event = model._result_dict["full_sample"]["aggregate_inst"].event
    score = np.column_stack([np.ravel(e.influence_func) for e in event])
    joint = np.column_stack([np.ravel(c.influence_func.toarray()) for c in cells])
    size = len(score) ** 2
    period = np.array([int(e.relative_period) for e in event])
    sizes = rows.groupby("cohort")[entity].nunique()
    averages = pd.DataFrame(np.array(averages, float), list(AVERAGES), ["estimate", "se"])
    effects = Effects(
        "Callaway and Sant'Anna", period, np.array([float(e.ATT) for e in event]),
        score.T @ score / size,
        _areas(table.assign(period=table["time"] - table["cohort"]), sizes, period), averages,
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
    cells = cells.set_axis(["period", "cohort"], axis=1)
    rules = average_weights(cells, sizes)
    averages = pd.DataFrame({
        "estimate": rules @ np.asarray(fit._beta_hat),
        "se": np.sqrt(np.diag(rules @ fit._vcov @ rules.T)),
    }, list(AVERAGES))  # fmt: skip
    return Effects("Sun and Abraham", period, estimate, covariance,
                   _areas(cells, sizes, period), averages)  # fmt: skip


def average_weights(cells: pd.DataFrame, sizes: pd.Series) -> np.ndarray:
    """Give the weight of each group-time effect in each of the ``AVERAGES``.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``cohort, period`` (years since treatment) of each effect.
    sizes : pandas.Series
        Areas by cohort.

    Returns
    -------
    numpy.ndarray
        One row an average, one column an effect; effects before treatment weigh nothing
        and each row adds to one.
    """
    after = (cells["period"] >= 0).to_numpy()
    size = cells["cohort"].map(sizes).to_numpy(float) * after
    years = cells["cohort"].map(cells[after].groupby("cohort").size()).to_numpy(float)
    mates = pd.Series(size).groupby(cells["period"].to_numpy()).transform("sum").to_numpy()
    rows = [size, size / np.where(years > 0, years, 1), size / np.where(mates > 0, mates, 1)]
    return np.array([row / row.sum() for row in rows])
