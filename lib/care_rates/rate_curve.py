"""Specification curve of rate ratios: one factor's ratio under every set of choices.

A choice is a set of controls, how a factor is measured, which outcome is explained, by
which estimator, over which areas. A curve shows what a finding leans on. It is no better
an estimate than any of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

ESTIMATORS = {
    "Poisson": "Poisson regression, log link, offset log population, robust errors (HC0)",
    "least squares on the log rate": "OLS of the log rate, areas counting alike, HC3",
}
"""Estimators of a rate ratio; the first weighs areas by size, the second does not."""

Choices = Mapping[str, str]


def ratios(
    count: np.ndarray, exposure: np.ndarray, factors: np.ndarray, estimator: str,
    level: float = 0.95,
) -> np.ndarray:  # fmt: skip
    """Estimate rate ratios.

    Parameters
    ----------
    count, exposure : numpy.ndarray, shape (n,)
        Children looked after; children in the population.
    factors : numpy.ndarray, shape (n, k)
        Factors, without a constant.
    estimator : str
        A key of ``ESTIMATORS``.
    level : float
        Coverage; normal quantiles.

    Returns
    -------
    numpy.ndarray, shape (k, 4)
        By factor: ratio, low, high, p.

    Raises
    ------
    ValueError
        For an unknown estimator.
    """
    design = np.column_stack([np.ones(len(count)), factors])
    if estimator == "Poisson":
        model = sm.GLM(count, design, family=sm.families.Poisson(), offset=np.log(exposure))
        found = model.fit(cov_type="HC0")
    elif estimator == "least squares on the log rate":
        found = sm.OLS(np.log(count / exposure), design).fit(cov_type="HC3")
    else:
        raise ValueError(f"estimator {estimator!r} is not one of: {', '.join(ESTIMATORS)}.")
    slope, error = found.params[1:], found.bse[1:]
    half = stats.norm.ppf((1 + level) / 2) * error
    p = 2 * stats.norm.sf(np.abs(slope / error))
    return np.column_stack([np.exp(slope), np.exp(slope - half), np.exp(slope + half), p])


def choices(factors: Mapping[str, Choices]) -> list[dict[str, str]]:
    """List every set of factors, each in every way of measuring it.

    Parameters
    ----------
    factors : mapping of str to mapping of str to str
        For each factor the names of its measures and their columns.

    Returns
    -------
    list of dict
        Factor to the name of its measure, for each non-empty set.
    """
    ways = [[None, *measures] for measures in factors.values()]
    sets = [dict(zip(factors, way, strict=True)) for way in product(*ways)]
    chosen = [{name: way for name, way in one.items() if way is not None} for one in sets]
    return [one for one in chosen if one]


def curve(
    frame: pd.DataFrame, outcomes: Mapping[str, tuple[str, str]], factors: Mapping[str, Choices],
    samples: Mapping[str, tuple[pd.Series, Sequence[str]]],
    estimators: Sequence[str] = tuple(ESTIMATORS), level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Fit every specification.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority, factors on one scale.
    outcomes : mapping of str to (str, str)
        Name of each outcome to its columns of counts and exposures.
    factors : mapping of str to mapping of str to str
        For each factor the names of its measures and their columns.
    samples : mapping of str to (pandas.Series, sequence of str)
        Name of each sample to its mask and the terms in each of its models.
    estimators : sequence of str
        Keys of ``ESTIMATORS``.
    level : float
        Coverage.

    Returns
    -------
    pandas.DataFrame
        One row a factor in a specification: ``sample, outcome, estimator, factor,
        measure, controls, n, ratio, low, high, p``. All models of a sample use the same
        complete rows, over all measures and outcomes.
    """
    parts, sets = [], choices(factors)
    columns = [column for measures in factors.values() for column in measures.values()]
    for sample, (mask, always) in samples.items():
        needed = dict.fromkeys(
            [*columns, *always, *(c for pair in outcomes.values() for c in pair)]
        )
        rows = frame.loc[mask, list(needed)].dropna().astype(float)
        for (outcome, (count, exposure)), estimator in product(outcomes.items(), estimators):
            target, people = rows[count].to_numpy(), rows[exposure].to_numpy()
            for chosen in sets:
                names = [factors[name][way] for name, way in chosen.items()]
                found = ratios(target, people, rows[[*names, *always]].to_numpy(), estimator, level)
                for place, (name, way) in enumerate(chosen.items()):
                    rest = "; ".join(f"{k}: {w}" for k, w in chosen.items() if k != name)
                    parts.append((sample, outcome, estimator, name, way, rest, len(rows),
                                  *found[place]))  # fmt: skip
    names = ["sample", "outcome", "estimator", "factor", "measure", "controls", "n", "ratio",
             "low", "high", "p"]  # fmt: skip
    return pd.DataFrame(parts, columns=names)


def summarise(
    table: pd.DataFrame, by: Sequence[str] = ("sample", "factor", "measure"), alpha: float = 0.05
) -> pd.DataFrame:
    """Sum a curve up.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`curve`.
    by : sequence of str
        Columns to group by.
    alpha : float
        Level of significance.

    Returns
    -------
    pandas.DataFrame
        ``models``, ``lowest, median, highest`` ratio, and the percent of models with a
        ratio above 1 and with p below ``alpha``.
    """
    grouped = table.groupby(list(by), sort=False)
    ratio, p = grouped["ratio"], grouped["p"]
    return pd.DataFrame(
        {
            "models": grouped.size(),
            "lowest": ratio.min(), "median": ratio.median(), "highest": ratio.max(),
            "percent above 1": ratio.agg(lambda r: 100 * (r > 1).mean()),
            f"percent with p < {alpha:g}": p.agg(lambda v: 100 * (v < alpha).mean()),
        }
    )  # fmt: skip
