"""Models of counts of children with the child population as exposure.

The coefficients are rate ratios: by how many times the expected rate differs for one
step of a factor, the others held still. Estimators are those of statsmodels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

FAMILIES = ("poisson", "negative binomial")


@dataclass(frozen=True)
class CountModel:
    """A fitted model.

    Parameters
    ----------
    table : pandas.DataFrame
        By term: ``ratio, low, high`` (rate ratio and its interval), ``p``.
    n : int
        Rows used.
    dispersion : float
        Pearson's chi-squared over its degrees of freedom (1 if the family's variance fits).
    aic : float
        Akaike's criterion.
    explained : float
        1 - deviance / deviance without factors (Poisson); for the negative binomial
        1 - log-likelihood / log-likelihood without factors (McFadden).
    method : str
        Estimator, covariance, small-sample rule and version, in one line.
    """

    table: pd.DataFrame
    n: int
    dispersion: float
    aic: float
    explained: float
    method: str


def standardise(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Put columns on one scale: standard deviations from the mean (n - 1 below).

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority.
    columns : sequence of str
        Which to change.

    Returns
    -------
    pandas.DataFrame
        A copy; a rate ratio then speaks of one standard deviation.
    """
    part = frame[list(columns)].astype(float)
    return frame.assign(**((part - part.mean()) / part.std(ddof=1)))


def fit(
    frame: pd.DataFrame, count: str, exposure: str, terms: Sequence[str], *,
    family: str = "poisson", clusters: str | None = None, effects: Sequence[str] = (),
    level: float = 0.95,
) -> CountModel:  # fmt: skip
    """Fit a Poisson or negative binomial (NB2) regression with a log link and an offset.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with a missing value in a column used are left out.
    count, exposure : str
        Children looked after; children in the population.
    terms : sequence of str
        Factors.
    family : {"poisson", "negative binomial"}
        Poisson with a robust covariance asks only that the mean is right.
    clusters : str, optional
        Column of groups for clustered errors; without it errors are the plain sandwich
        (HC0: what statsmodels' GLM gives for ``HC0`` and ``HC1`` alike).
    effects : sequence of str
        Columns whose values each get an effect of their own (authority, year); not shown.
    level : float
        Coverage; normal quantiles.

    Returns
    -------
    CountModel
        The fit.

    Raises
    ------
    ValueError
        For an unknown family, an exposure that is not positive, or too few rows.
    """
    if family not in FAMILIES:
        raise ValueError(f"family {family!r} is not one of: {', '.join(FAMILIES)}.")
    used = list(
        dict.fromkeys([count, exposure, *terms, *effects, *([clusters] if clusters else [])])
    )
    rows = frame[used].dropna()
    if (rows[exposure] <= 0).any():
        raise ValueError(f"{exposure}: row {rows.index[rows[exposure] <= 0][0]} is not positive.")
    if len(rows) <= len(terms) + 1:
        raise ValueError(f"{len(rows)} complete rows are too few for {len(terms)} factors.")
    dummies = [pd.get_dummies(rows[name].astype(str), drop_first=True) for name in effects]
    design = sm.add_constant(pd.concat([rows[list(terms)], *dummies], axis=1).astype(float))
    kind, options = "HC0", {}
    if clusters:
        kind, options = "cluster", {"groups": pd.factorize(rows[clusters])[0]}
    offset = np.log(rows[exposure].to_numpy(float))
    target = rows[count].to_numpy(float)
    if family == "poisson":
        model = sm.GLM(target, design, family=sm.families.Poisson(), offset=offset)
        found = model.fit(cov_type=kind, cov_kwds=options)
        explained, dispersion = 1 - found.deviance / found.null_deviance, _pearson(found, target, 0)
    else:
        found = sm.NegativeBinomial(target, design, offset=offset).fit(
            disp=0, maxiter=200, cov_type=kind, cov_kwds=options
        )
        explained, dispersion = found.prsquared, _pearson(found, target, found.params["alpha"])
    words = (
        f"errors clustered by {clusters}, G/(G-1) (n-1)/(n-k)"
        if clusters
        else "robust errors (sandwich, HC0)"
    )
    method = (
        f"{family} regression, log link, offset log {exposure}, {words}, normal quantiles; "
        f"statsmodels {version('statsmodels')}"
    )
    return CountModel(
        _ratios(found, terms, level),
        len(rows),
        dispersion,
        float(found.aic),
        float(explained),
        method,
    )


def _pearson(found, target: np.ndarray, alpha: float) -> float:
    mean = np.asarray(found.predict(), float) if alpha else np.asarray(found.mu, float)
    return float(((target - mean) ** 2 / (mean + alpha * mean**2)).sum() / found.df_resid)


def _ratios(found, terms: Sequence[str], level: float) -> pd.DataFrame:
    slope, error = found.params[list(terms)], found.bse[list(terms)]
    half = stats.norm.ppf((1 + level) / 2) * error
    table = {"ratio": np.exp(slope), "low": np.exp(slope - half), "high": np.exp(slope + half),
             "p": 2 * stats.norm.sf(np.abs(slope / error))}  # fmt: skip
    return pd.DataFrame(table).rename_axis("factor")
