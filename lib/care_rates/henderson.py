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
        Length G: how often each area counts (all ones unless told).

    Returns
    -------
    numpy.ndarray
        Percent by ``PARTS``: the variance of the covariates' fitted values, and the
        components of areas, years and the rest (a negative one counts as nought).
    """
    weights = np.ones(len(data.entities)) if weights is None else np.asarray(weights, float)
    *covariates, years, _ = data.blocks
    x = [place for name in covariates for place in data.columns[name]]
    t = data.columns[years]
    raw, inner = (np.tensordot(weights, part, axes=1) for part in (data.raw, data.inner))
    n, groups = raw[0, 0], weights.sum()
    level = [0, *x, *t]
    left_level, rank_level = _left(raw, level)
    left_within, rank_within = _left(inner, [*x, *t])
    left_x, rank_x = _left(inner, x)
    residual = left_within / (n - groups - rank_within)
    sums = data.raw[:, 0, level]
    hat = np.einsum("gi,ij,gj->g", sums, _inverse(raw[np.ix_(level, level)]), sums)
    spare = groups + rank_within - rank_level
    area = (left_level - left_within - residual * spare) / (weights @ (sums[:, 0] - hat))
    free = inner[np.ix_(t, t)]
    if x:
        cross = inner[np.ix_(t, x)]
        free = free - cross @ _inverse(inner[np.ix_(x, x)]) @ cross.T
    time = (left_x - left_within - residual * (rank_within - rank_x)) / (
        np.trace(free) + free.sum()  # the first year's dummy is minus the sum of the others
    )
    area, time = max(area, 0.0), max(time, 0.0)
    values = np.array([_fitted(data, weights, x, level, area, residual), area, time, residual])
    return 100 * values / values.sum()


def _inverse(square: np.ndarray) -> np.ndarray:
    return np.linalg.pinv(square, rcond=1e-10, hermitian=True)


def _left(matrix: np.ndarray, use: list[int]) -> tuple[float, int]:
    """Residual sum of squares of the outcome on columns, and their rank."""
    if not use:
        return float(matrix[1, 1]), 0
    square, side = matrix[np.ix_(use, use)], matrix[use, 1]
    rank = np.linalg.matrix_rank(square, hermitian=True, tol=1e-9 * matrix[1, 1])
    return float(matrix[1, 1] - side @ _inverse(square) @ side), int(rank)


def _fitted(
    data: Moments, weights: np.ndarray, x: list[int], level: list[int], area: float, residual: float
) -> float:
    """Variance of the covariates' part: generalised least squares, the years held fixed."""
    if not x:
        return 0.0
    size = data.raw[:, 0, 0]
    kept = residual / (size * area + residual)  # what is left of an area's own level
    whole = np.tensordot(weights * kept, data.raw, 1) + np.tensordot(
        weights * (1 - kept), data.inner, 1
    )
    slope = _inverse(whole[np.ix_(level, level)]) @ whole[level, 1]
    raw = np.tensordot(weights, data.raw, axes=1)
    spread = raw[np.ix_(x, x)] / raw[0, 0] - np.outer(raw[0, x], raw[0, x]) / raw[0, 0] ** 2
    part = slope[1 : 1 + len(x)]
    return float(part @ spread @ part)


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
    again = np.array([components(data, row) for row in bootstrap(data, draws, seed)])
    low, high = np.percentile(again, [50 * alpha, 100 - 50 * alpha], axis=0)
    table = {"percent": components(data), "low": low, "high": high}
    return pd.DataFrame(table, index=pd.Index(PARTS, name="part"))
