"""Targets set by statistical neighbours.

Values and sizes are arrays with one entry an authority; ``index`` is an integer array,
one row an authority, of the places of its neighbours (-1 where a neighbour is missing).
"""

from __future__ import annotations

import numpy as np

RULES = {"best": 0.0, "lowest quarter": 0.25, "median": 0.5}
"""Target rules: quantile of the neighbours' values that an authority should reach."""


def quantile_of(rule: str | float) -> float:
    """Read a target rule.

    Parameters
    ----------
    rule : str or float
        One of :data:`RULES`, or a quantile between 0 and 1.

    Returns
    -------
    float
        The quantile.

    Raises
    ------
    ValueError
        If the rule is unknown.
    """
    level = RULES.get(rule, rule) if isinstance(rule, str) else rule
    if isinstance(level, str) or not 0 <= level <= 1:
        raise ValueError(f"rule {rule!r} is not one of: {', '.join(RULES)}, or a quantile.")
    return level


def neighbour_values(values, index) -> np.ndarray:
    """Look up the values of each authority's neighbours.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value an authority; NaN where there is none.
    index : array-like of int, shape (n, k)
        Places of the neighbours, -1 for a missing one.

    Returns
    -------
    numpy.ndarray, shape (n, k)
        NaN where a neighbour or its value is missing.

    Raises
    ------
    ValueError
        If a place does not exist.
    """
    values, index = np.asarray(values, dtype=float), np.asarray(index)
    if index.ndim != 2 or len(index) != len(values):
        raise ValueError(f"index must have one row for each of the {len(values)} authorities.")
    if index.min() < -1 or index.max() >= len(values):
        raise ValueError("index holds a place beyond the last authority.")
    return np.where(index >= 0, values[index], np.nan)


def targets(values, index, rule: str | float = "best") -> np.ndarray:
    """Give each authority the value it should reach.

    Parameters
    ----------
    values, index : array-like
        As in :func:`neighbour_values`.
    rule : str or float
        One of :data:`RULES`, or a quantile between 0 and 1 (linear rule).

    Returns
    -------
    numpy.ndarray, shape (n,)
        The quantile of the neighbours, or the own value where that is lower: nobody
        is asked to rise. NaN where the own value or all neighbours are missing.

    Raises
    ------
    ValueError
        If the rule is unknown.
    """
    level = quantile_of(rule)
    own = np.asarray(values, dtype=float)
    near = neighbour_values(own, index)
    some = ~np.isnan(near).all(axis=1) & ~np.isnan(own)
    out = np.full(len(own), np.nan)
    if some.any():
        out[some] = np.minimum(own[some], np.nanquantile(near[some], level, axis=1))
    return out


def reduction(values, sizes, index, rule: str | float = "best") -> float:
    """Share by which the total would fall if every authority reached its target.

    Parameters
    ----------
    values : array-like, shape (n,)
        Rates or shares.
    sizes : array-like, shape (n,)
        What a value is a rate or share of (children living there, children in care).
    index, rule
        As in :func:`targets`.

    Returns
    -------
    float
        ``1 - Σ size × target / Σ size × value`` over authorities that have both.
    """
    own, sizes = np.asarray(values, dtype=float), np.asarray(sizes, dtype=float)
    goal = targets(own, index, rule)
    used = ~np.isnan(goal) & ~np.isnan(sizes)
    return float(1 - (sizes[used] * goal[used]).sum() / (sizes[used] * own[used]).sum())


def setters(values, index) -> np.ndarray:
    """Count for how many authorities each one sets the best-neighbour target.

    Parameters
    ----------
    values, index : array-like
        As in :func:`neighbour_values`.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Zero for most; an authority that is lower than all its neighbours sets none
        for itself. Ties go to the nearest neighbour.
    """
    return leaders(values, index)[1]


def leaders(values, index) -> tuple[np.ndarray, np.ndarray]:
    """Say who sets the best-neighbour target of each authority, and for how many each does.

    Parameters
    ----------
    values, index : array-like
        As in :func:`neighbour_values`.

    Returns
    -------
    tuple of numpy.ndarray of int, shape (n,)
        Place of the neighbour that sets the target (-1 where none is lower), and the
        count of :func:`setters`.
    """
    near = neighbour_values(values, index)
    own = np.asarray(values, dtype=float)
    filled = np.where(np.isnan(near), np.inf, near)
    place = filled.argmin(axis=1)
    rows = np.arange(len(own))
    best = filled[rows, place]
    led = np.isfinite(best) & (best < own)
    by = np.where(led, np.asarray(index)[rows, place], -1)
    return by, np.bincount(by[led], minlength=len(own))


def persistence(before, after, index, sizes_before, sizes_after, only=None) -> dict[str, float]:
    """Ask what became of the best neighbours.

    Parameters
    ----------
    before, after : array-like, shape (n,)
        Values in two years.
    index : array-like of int
        Neighbours, the same in both years.
    sizes_before, sizes_after : array-like, shape (n,)
        Weights of each year.
    only : array-like of bool, shape (n,), optional
        Authorities whose groups count; all, unless told.

    Returns
    -------
    dict of str to float
        ``still_best``: share of groups led by the same authority; ``gap_before`` and
        ``gap_after``: weighted mean gap, in percent, between the mean of the
        neighbours and the one that was best at first (negative: lower); ``kept``:
        their ratio, what the passing of time left of the gap. Missing where no group
        has figures of two neighbours in both years.
    """
    first, later = neighbour_values(before, index), neighbour_values(after, index)
    first, later = (np.where(np.isnan(first + later), np.nan, x) for x in (first, later))
    used = (~np.isnan(first)).sum(axis=1) >= 2
    used &= True if only is None else np.asarray(only, dtype=bool)
    if not used.any():
        return dict.fromkeys(("still_best", "gap_before", "gap_after", "kept"), float("nan"))
    first, later, rows = first[used], later[used], np.arange(used.sum())
    place = np.nanargmin(first, axis=1)
    was = first[rows, place] / np.nanmean(first, axis=1) - 1
    now = later[rows, place] / np.nanmean(later, axis=1) - 1
    gaps = []
    for gap, size in ((was, sizes_before), (now, sizes_after)):
        weight = np.nan_to_num(np.asarray(size, dtype=float)[used])
        gaps.append(100 * np.average(gap, weights=weight) if weight.any() else float("nan"))
    return {
        "still_best": float((np.nanargmin(later, axis=1) == place).mean()),
        "gap_before": gaps[0], "gap_after": gaps[1], "kept": gaps[1] / gaps[0],
    }  # fmt: skip
