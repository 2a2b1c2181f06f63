"""Shares of explained variance over authorities (Shapley values of R-squared, LMG).

When factors go together, what each "explains" depends on which entered first. The Shapley
share is the mean over all orders of entry (Lindeman, Merenda and Gold 1980; Shapley 1953).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from care_rates.variance import lmg

MOST_GROUPS = 12
"""2^12 subsets; beyond that, ask a smaller question."""


def explained(
    frame: pd.DataFrame, outcome: str, groups: Mapping[str, Sequence[str]],
    weights: np.ndarray | None = None,
) -> dict[frozenset, np.ndarray]:  # fmt: skip
    """Give the R-squared of least squares on every subset of groups of factors.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority, no missing values in the columns used.
    outcome : str
        Column to explain.
    groups : mapping of str to sequence of str
        Named groups of columns that enter together.
    weights : numpy.ndarray, shape (resamples, n), optional
        How often each authority counts in each resample (once unless told).

    Returns
    -------
    dict of frozenset to numpy.ndarray
        R-squared by subset of group names, one value a resample; 0 for the empty one.

    Raises
    ------
    ValueError
        If values are missing or there are more than ``MOST_GROUPS`` groups.
    """
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"{len(groups)} groups: join some, at most {MOST_GROUPS} can be ordered.")
    columns = [name for names in groups.values() for name in names]
    data = frame[[outcome, *columns]].to_numpy(float)
    if not np.isfinite(data).all():
        raise ValueError("Leave out authorities with missing values first.")
    weights = np.ones((1, len(data))) if weights is None else np.atleast_2d(weights)
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    total = weights.sum(axis=1)
    means = weights @ data / total[:, None]
    products = weights @ (data[:, :, None] * data[:, None, :]).reshape(len(data), -1)
    covariance = products.reshape(len(weights), *[data.shape[1]] * 2) / total[:, None, None]
    covariance -= means[:, :, None] * means[:, None, :]
    place = {name: i for i, name in enumerate([outcome, *columns])}
    out = {frozenset(): np.zeros(len(weights))}
    for size in range(1, len(groups) + 1):
        for chosen in combinations(groups, size):
            use = [place[name] for group in chosen for name in groups[group]]
            square, side = covariance[:, use][:, :, use], covariance[:, use, 0]
            slopes = (np.linalg.pinv(square, hermitian=True) @ side[:, :, None])[:, :, 0]
            out[frozenset(chosen)] = (slopes * side).sum(axis=1) / covariance[:, 0, 0]
    return out


def shares(
    frame: pd.DataFrame, outcome: str, groups: Mapping[str, Sequence[str]], *,
    resamples: int, seed: int, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share the explained variance out over groups of factors, with bootstrap intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority; rows with a missing value are left out.
    outcome : str
        Column to explain.
    groups : mapping of str to sequence of str
        Named groups of columns.
    resamples : int
        Bootstrap resamples of authorities.
    seed : int
        Of numpy's default generator.
    level : float
        Coverage of the percentile intervals.

    Returns
    -------
    pandas.DataFrame
        By group, and for ``all together``: ``alone`` (R-squared with no other), ``share``
        (Shapley), ``low, high``, ``last`` (what it adds to all others); percent of the
        outcome's variance. ``attrs["n"]`` holds the rows used.
    """
    columns = [name for names in groups.values() for name in names]
    rows = frame[[outcome, *columns]].dropna()
    names, n = list(groups), len(rows)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), resamples).astype(float)
    sets = explained(rows, outcome, groups, np.vstack([np.ones(n), drawn]))
    whole = frozenset(names)
    each = np.column_stack([lmg(sets, names), sets[whole]])
    low, high = np.quantile(each[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    table = pd.DataFrame(
        {
            "alone": [sets[frozenset([name])][0] for name in names] + [np.nan],
            "share": each[0],
            "low": low,
            "high": high,
            "last": [(sets[whole] - sets[whole - {name}])[0] for name in names] + [np.nan],
        },
        index=pd.Index([*names, "all together"], name="factor"),
    )
    out = 100 * table
    out.attrs["n"] = n
    return out
