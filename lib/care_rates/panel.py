"""Panels: two-way effects with named covariance conventions, in closed form.

Written here and not taken from a program, because one fit serves every error convention
and thousands of small fits are needed. It is proved against the programs: the tests set
estimates and clustered errors beside pyfixest, linearmodels and statsmodels on the same
data, balanced and not, and :mod:`care_rates.panel_programs` does so on a notebook's own
data. The within transformation is exact for unbalanced panels too. What explains the
variance of a panel is the business of :mod:`care_rates.variance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

CONVENTIONS = {
    "arellano": "no small-sample factor (plm vcovHC, HC0)",
    "fixest": "G/(G-1) x (N-1)/(N-k), effects nested in the clusters not counted (fixest, "
    "pyfixest, Stata xtreg and reghdfe)",
    "linearmodels": "N/(N-k), effects counted only where two-way (linearmodels PanelOLS)",
    "dummies": "G/(G-1) x (N-1)/(N-k), every effect counted (dummy variables in OLS: "
    "statsmodels, Stata regress)",
}
"""Clustered-error conventions and the programs that have them as their default."""


@dataclass(frozen=True)
class TwoWay:
    """A fitted panel regression.

    Parameters
    ----------
    table : pandas.DataFrame
        ``estimate, se, t, p, low, high`` by regressor.
    covariance : numpy.ndarray
        Covariance of the coefficients, K x K.
    r2_within : float
        R-squared after the effects are taken out of both sides.
    r2 : float
        R-squared with the effects counted as explained.
    nobs, entities, times : int
        Rows, entities and times used.
    effects : str
        ``entity`` or ``two-way``.
    convention : str
        A key of ``CONVENTIONS``.
    """

    table: pd.DataFrame
    covariance: np.ndarray
    r2_within: float
    r2: float
    nobs: int
    entities: int
    times: int
    effects: str
    convention: str

    @property
    def method(self) -> str:
        """Estimator, covariance and small-sample rule in one line."""
        return (
            f"OLS, {self.effects} fixed effects, {self.nobs} rows of {self.entities} areas and "
            f"{self.times} years; errors clustered by area, {CONVENTIONS[self.convention]}"
        )


def within(values: np.ndarray, entity: np.ndarray, time: np.ndarray | None = None) -> np.ndarray:
    """Take entity effects, and time effects if asked, out of columns.

    Parameters
    ----------
    values : numpy.ndarray
        N x K, no missing values.
    entity, time : numpy.ndarray
        Integer codes from 0, length N; ``time=None`` takes out entity means only.

    Returns
    -------
    numpy.ndarray
        N x K residuals of a projection on the effects. For an unbalanced panel the time
        effects solve the T x T normal equations that remain once entities are swept out
        (Baltagi, Econometric Analysis of Panel Data, section 9.4); for a balanced one
        this is the textbook double difference.
    """
    size = np.bincount(entity)
    out = values - (_sums(values, entity, size.size) / size[:, None])[entity]
    if time is None:
        return out
    cells = entity * (time.max() + 1) + time
    each = np.bincount(cells, minlength=size.size * (time.max() + 1)).reshape(size.size, -1)
    left = np.diag(each.sum(axis=0)) - (each / size[:, None]).T @ each
    effect = np.linalg.pinv(left, rcond=1e-12, hermitian=True) @ _sums(out, time, each.shape[1])
    return out - effect[time] + (each @ effect / size[:, None])[entity]


def _sums(values: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    columns = [np.bincount(codes, weights=column, minlength=groups) for column in values.T]
    return np.column_stack(columns)


def two_way(
    frame: pd.DataFrame, y: str, x: Sequence[str], *, entity: str = "unit_id", time: str = "year",
    effects: str = "two-way", convention: str = "fixest", alpha: float = 0.05,
) -> TwoWay:  # fmt: skip
    """Fit a regression with entity, or entity and time, fixed effects.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time; rows with a missing value are left out.
    y : str
        Outcome column.
    x : sequence of str
        Regressor columns.
    entity, time : str
        Columns that name the two dimensions.
    effects : {"two-way", "entity"}
        Which effects to take out.
    convention : str
        Small-sample rule of the errors clustered by entity, a key of ``CONVENTIONS``.
    alpha : float
        One minus the coverage of the intervals (t with G - 1 degrees of freedom).

    Returns
    -------
    TwoWay
        Estimates and their covariance.

    Raises
    ------
    ValueError
        If a name is unknown, rows repeat, or a regressor does not vary within entities.
    """
    if effects not in ("two-way", "entity"):
        raise ValueError(f"effects is 'two-way' or 'entity', not {effects!r}.")
    if convention not in CONVENTIONS:
        raise ValueError(f"convention {convention!r} is not one of: {', '.join(CONVENTIONS)}.")
    rows = frame[[entity, time, y, *x]].dropna()
    who, names = pd.factorize(rows[entity])
    when, moments = pd.factorize(rows[time], sort=True)
    count = (len(rows), len(names), len(moments))
    if np.bincount(who * count[2] + when).max(initial=0) > 1:
        raise ValueError(f"A {entity} has more than one row in a {time}: make them one first.")
    data = rows[[y, *x]].to_numpy(float)
    swept = within(data, who, when if effects == "two-way" else None)
    target, design = swept[:, 0], swept[:, 1:]
    flat = [name for name, column in zip(x, (design**2).sum(axis=0), strict=True)
            if column < 1e-10 * (data[:, list(x).index(name) + 1] ** 2).sum()]  # fmt: skip
    if flat:
        raise ValueError(f"No variation is left within the effects: {', '.join(flat)}. Drop it.")
    bread = np.linalg.inv(design.T @ design)
    slope = bread @ design.T @ target
    residual = target - design @ slope
    score = _sums(design * residual[:, None], who, count[1])
    covariance = bread @ (score.T @ score) @ bread
    covariance = covariance * small_sample(convention, *count, k=len(x), effects=effects)
    rss, total = residual @ residual, ((data[:, 0] - data[:, 0].mean()) ** 2).sum()
    return TwoWay(
        coefficients(slope, np.sqrt(np.diag(covariance)), x, count[1] - 1, alpha), covariance,
        1 - rss / (target @ target), 1 - rss / total, *count, effects, convention,
    )  # fmt: skip


def coefficients(
    slope: np.ndarray, se: np.ndarray, names: Sequence[str], freedom: float, alpha: float = 0.05
) -> pd.DataFrame:
    """Put estimates, errors, tests and intervals in one table.

    Parameters
    ----------
    slope, se : numpy.ndarray
        Estimates and standard errors, length K.
    names : sequence of str
        Row names.
    freedom : float
        Degrees of freedom of the t distribution.
    alpha : float
        One minus the coverage.

    Returns
    -------
    pandas.DataFrame
        ``estimate, se, t, p, low, high``.
    """
    slope, se = np.asarray(slope, float), np.asarray(se, float)
    t = slope / se
    half = stats.t.ppf(1 - alpha / 2, freedom) * se
    return pd.DataFrame(
        {"estimate": slope, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), freedom),
         "low": slope - half, "high": slope + half},
        index=pd.Index(names, name="term"),
    )  # fmt: skip


def small_sample(
    convention: str, nobs: int, entities: int, times: int, k: int, effects: str = "two-way"
) -> float:
    """Give the small-sample factor of a covariance clustered by entity.

    Parameters
    ----------
    convention : str
        A key of ``CONVENTIONS``.
    nobs, entities, times : int
        Rows, entities (the clusters) and times.
    k : int
        Regressors.
    effects : {"two-way", "entity"}
        Which effects were taken out.

    Returns
    -------
    float
        Factor of the sandwich.
    """
    if convention == "arellano":
        return 1.0
    time_effects = times - 1 if effects == "two-way" else 0
    clusters = entities / (entities - 1)
    if convention == "linearmodels":
        return nobs / (nobs - k - (entities + time_effects if time_effects else 0))
    used = k + 1 + time_effects + (entities - 1 if convention == "dummies" else 0)
    return clusters * (nobs - 1) / (nobs - used)
