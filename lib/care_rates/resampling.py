"""Bootstrap and jackknife of Spearman's rank correlation, without a loop over resamples.

Spearman's coefficient is Pearson's on mid-ranks. The bootstrap draws authorities with
replacement. A resample is held as the number of times that each authority was drawn,
so that the mid-ranks of 10,000 resamples come from cumulative counts, without sorting.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

_BLOCK = 128


def _sorted_groups(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order of the values, where each distinct one starts, and the group of each value."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    group = np.empty(len(values), dtype=np.intp)
    group[order] = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(values)]))
    return order, first, group


def _midranks(counts: np.ndarray, groups: tuple) -> np.ndarray:
    """Mid-rank less its mean of every value in every resample, rows are resamples."""
    order, first, group = groups
    tied = np.add.reduceat(counts[:, order], first, axis=1)
    middle = np.cumsum(tied, axis=1) - 0.5 * tied
    middle -= 0.5 * counts.sum(axis=1, keepdims=True)
    return middle[:, group]


def weighted_spearman(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Rank correlation of each of many resamples of the same pairs.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        The pairs, without missing values.
    counts : numpy.ndarray, shape (resamples, n)
        How often each pair occurs in each resample.

    Returns
    -------
    numpy.ndarray, shape (resamples,)
        Spearman's coefficient; not a number where a resample holds one value only.
    """
    ranks_x, ranks_y = _midranks(counts, _sorted_groups(x)), _midranks(counts, _sorted_groups(y))
    weighted = counts * ranks_x
    cross = np.einsum("ij,ij->i", weighted, ranks_y)
    square_x = np.einsum("ij,ij->i", weighted, ranks_x)
    square_y = np.einsum("ij,ij,ij->i", counts, ranks_y, ranks_y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(cross / np.sqrt(square_x * square_y), -1, 1)


def bootstrap(x: np.ndarray, y: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Bootstrap distribution of Spearman's coefficient.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        The pairs, without missing values.
    resamples : int
        How many.
    seed : int
        Of numpy's default generator.

    Returns
    -------
    numpy.ndarray, shape (resamples,)
        One coefficient a resample.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    n, rng = len(x), np.random.default_rng(seed)
    out = np.empty(resamples)
    for start in range(0, resamples, _BLOCK):  # blocks that stay in the processor's cache
        size = min(_BLOCK, resamples - start)
        drawn = rng.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)
        out[start : start + size] = weighted_spearman(x, y, counts)
    return out


def leave_one_out(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's coefficient without each pair in turn.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        The pairs, without missing values.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The coefficient of the other n - 1 pairs.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    return weighted_spearman(x, y, 1.0 - np.eye(len(x)))


def percentile_interval(distribution: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of a bootstrap distribution.

    Parameters
    ----------
    distribution : numpy.ndarray
        Resampled estimates; those that are not numbers are left out.
    level : float
        Coverage.

    Returns
    -------
    tuple of float
        Lower and upper end (linear interpolation between order statistics).
    """
    low, high = np.nanquantile(distribution, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bca_interval(
    distribution: np.ndarray, estimate: float, jackknife: np.ndarray, level: float = 0.95
) -> tuple[float, float]:
    """Bias-corrected and accelerated interval (Efron 1987; Efron and Tibshirani 1993, 14.3).

    Parameters
    ----------
    distribution : numpy.ndarray
        Resampled estimates.
    estimate : float
        The estimate on the sample itself.
    jackknife : numpy.ndarray
        Estimates without each observation in turn.
    level : float
        Coverage.

    Returns
    -------
    tuple of float
        Lower and upper end; not a number where every resample lies on one side.
    """
    kept = distribution[np.isfinite(distribution)]
    below = (np.sum(kept < estimate) + np.sum(kept <= estimate)) / (2 * len(kept))
    bias = stats.norm.ppf(below)
    gap = jackknife.mean() - jackknife
    acceleration = np.sum(gap**3) / (6 * np.sum(gap**2) ** 1.5)
    z = bias + stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    if not np.isfinite(z).all():
        return float("nan"), float("nan")
    low, high = np.quantile(kept, stats.norm.cdf(bias + z / (1 - acceleration * z)))
    return float(low), float(high)
