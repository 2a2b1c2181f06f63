"""Beta-binomial: how far true shares spread, and what one count says about each area.

The counterpart for shares of the gamma-Poisson model in :mod:`care_rates.shrinkage`.

References
----------
J. G. Skellam (1948), A probability distribution derived from the binomial distribution
by regarding the probability of success as variable between the sets of trials,
Journal of the Royal Statistical Society B 10, 257-261.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit


def fit(counts, sizes) -> tuple[float, float]:
    """Fit the spread of true shares by maximum likelihood.

    Parameters
    ----------
    counts, sizes : array-like, shape (n,)
        Children of a kind, and of all kinds; complete, sizes above zero. They may be
        no whole numbers (counts over a dispersion).

    Returns
    -------
    tuple of float
        Shapes ``(a, b)`` of the beta distribution: mean ``a / (a + b)``.

    Raises
    ------
    ValueError
        If a figure is missing or impossible, or the counts spread no more than chance
        makes them.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    if not (np.isfinite(x) & np.isfinite(n)).all() or (n <= 0).any():
        raise ValueError("counts and sizes must be complete, and sizes above zero.")
    if (x < 0).any() or (x > n).any() or not 0 < x.sum() < n.sum():
        raise ValueError("counts must lie between none and all, and not all at one end.")

    def cost(place: np.ndarray) -> float:
        mean, whole = expit(place[0]), np.exp(place[1])
        a, b = mean * whole, (1 - mean) * whole
        return -float((betaln(a + x, b + n - x) - betaln(a, b)).sum())

    start = [logit(x.sum() / n.sum()), np.log(30.0)]
    found = minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8})
    if not found.success or found.x[1] > np.log(1e6):
        raise ValueError(
            "the beta-binomial fit did not settle: the counts may spread no more than chance "
            "makes them."
        )
    mean, whole = expit(found.x[0]), np.exp(found.x[1])
    return float(mean * whole), float((1 - mean) * whole)


def shrunk(counts, sizes, shapes: tuple[float, float]) -> np.ndarray:
    """Shares drawn towards the mean by as much as each count is chance.

    Parameters
    ----------
    counts, sizes : array-like, shape (n,)
        As in :func:`fit`; a missing one stays missing.
    shapes : tuple of float
        From :func:`fit`.

    Returns
    -------
    numpy.ndarray, shape (n,)
        ``(a + x) / (a + b + n)``: the own count has the weight ``n / (a + b + n)``.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    return (shapes[0] + x) / (sum(shapes) + n)
