"""Variance components of a crossed panel by sums of squares, quick enough to draw again.

Henderson's third method (Searle, Casella and McCulloch, Variance Components, section 5.5):
the residual, area and time components are those whose expected sums of squares equal the
observed ones. For a balanced panel without covariates they are the restricted maximum
likelihood estimates of :func:`care_rates.components.mixed`, where none is negative.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from care_rates.variance import Moments, bootstrap

PARTS = ("fixed", "authority", "time", "residual")


def components(data: Moments, weights: np.ndarray | None = None) -> np.ndarray:
    """Estimate the components, in percent of their sum.

    Parameters
    ----------
    data : Moments
        From :func:`care_rates.variance.moments`; every block but the areas and the years
        is a covariate.
    weights : numpy.ndarray, optional
        G, or B x G: how often each area counts in each of B replicates (all ones unless
        told).

    Returns
    -------
    numpy.ndarray
        Percent by ``PARTS``, shape (4,) or (B, 4): the variance of the covariates' fitted
        values, and the components of areas, years and the rest (a negative one counts as
        nought).
    """
    given = np.ones(len(data.entities)) if weights is None else np.asarray(weights, float)
    weights = np.atleast_2d(given)
    *covariates, years, _ = data.blocks
    x = [place for name in covariates for place in data.columns[name]]
    t = data.columns[years]
    raw, inner = (np.tensordot(weights, part, axes=1) for part in (data.raw, data.inner))
    n, groups = raw[:, 0, 0], weights.sum(axis=1)
    level = [0, *x, *t]
    left_level, rank_level = _left(raw, level)
    left_within, rank_within = _left(inner, [*x, *t])
    left_x, rank_x = _left(inner, x)
    residual = left_within / (n - groups - rank_within)
    sums = data.raw[:, 0, level]
    hat = np.einsum("gi,bij,gj->bg", sums, _inverse(_part(raw, level)), sums, optimize=True)
    spare = groups + rank_within - rank_level
    spread = (weights * (sums[:, 0] - hat)).sum(axis=1)
    area = (left_level - left_within - residual * spare) / spread
    free = _part(inner, t)
    if x:
        cross = _part(inner, t, x)
        free = free - cross @ _inverse(_part(inner, x)) @ cross.transpose(0, 2, 1)
    time = (left_x - left_within - residual * (rank_within - rank_x)) / (
        np.trace(free, axis1=1, axis2=2)
        + free.sum(axis=(1, 2))  # the first year's dummy is minus the sum of the others
    )
    area, time = np.maximum(area, 0.0), np.maximum(time, 0.0)
    fitted = _fitted(data, weights, x, level, area, residual)
    values = np.column_stack([fitted, area, time, residual])
    percent = 100 * values / values.sum(axis=1, keepdims=True)
    return percent if given.ndim == 2 else percent[0]


def _part(matrices: np.ndarray, rows: list[int], columns: list[int] | None = None) -> np.ndarray:
    """Cut the same block out of each of B matrices."""
    return matrices[:, rows][:, :, rows if columns is None else columns]


def _inverse(squares: np.ndarray) -> np.ndarray:
    return np.linalg.pinv(squares, rcond=1e-10, hermitian=True)


def _left(matrices: np.ndarray, use: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Residual sum of squares of the outcome on columns, and their rank, by replicate."""
    whole = matrices[:, 1, 1]
    if not use:
        return whole, np.zeros(len(whole))
    square, side = _part(matrices, use), matrices[:, use, 1]
    rank = np.linalg.matrix_rank(square, hermitian=True, tol=1e-9 * whole)
    return whole - np.einsum("bi,bij,bj->b", side, _inverse(square), side), rank


def _fitted(
    data: Moments, weights: np.ndarray, x: list[int], level: list[int], area: np.ndarray,
    residual: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Variance of the covariates' part: generalised least squares, the years held fixed."""
    if not x:
        return np.zeros(len(weights))
    size, rest = data.raw[:, 0, 0], residual[:, None]
    kept = rest / (size * area[:, None] + rest)  # what is left of an area's own level
    whole = np.tensordot(weights * kept, data.raw, 1) + np.tensordot(
        weights * (1 - kept), data.inner, 1
    )
    slope = np.einsum("bij,bj->bi", _inverse(_part(whole, level)), whole[:, level, 1])
    raw = np.tensordot(weights, data.raw, axes=1)
    n = raw[:, 0, 0][:, None, None]
    spread = _part(raw, x) / n - raw[:, x, 0][:, :, None] * raw[:, 0, x][:, None, :] / n**2
    part = slope[:, 1 : 1 + len(x)]
    return np.einsum("bi,bij,bj->b", part, spread, part)


def intervals(data: Moments, draws: int, seed: int, alpha: float = 0.05) -> pd.DataFrame:
    """Give the components with percentile intervals of draws of whole areas.

    Parameters
    ----------
    data : Moments
        From :func:`care_rates.variance.moments`.
    draws, seed : int
        Bootstrap draws and their seed.
    alpha : float
        One minus the coverage.

    Returns
    -------
    pandas.DataFrame
        ``percent, low, high`` by part. Few years make the part of time uncertain in a way
        that draws of areas do not show.
    """
    again = components(data, bootstrap(data, draws, seed))
    low, high = np.percentile(again, [50 * alpha, 100 - 50 * alpha], axis=0)
    table = {"percent": components(data), "low": low, "high": high}
    return pd.DataFrame(table, index=pd.Index(PARTS, name="part"))
