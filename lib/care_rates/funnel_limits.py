"""Control limits of a funnel plot: how far chance alone moves an area of a size.

Programs that all say "Poisson limits" draw different curves. Each one here has a
name, a formula and a source; all take the count that the target rate implies
(``expected``) and give limits as counts, so that dividing by the population gives
limits of the rate and dividing by ``expected`` those of a ratio. Limits of a proportion
(a part of a whole) are binomial and come from :func:`binomial_limits`.

==============  ===================================================================
``interpolated``  exact Poisson quantiles, interpolated between whole counts so that
                  the curve is smooth (Spiegelhalter 2005, appendix A.1)
``counts``        exact Poisson quantiles, whole counts (a saw-tooth)
``test``          the count that the exact one-sided test just rejects, continued
                  between whole counts (Public Health England's spreadsheet tool)
``interval``      the exact interval of the expected count taken as if observed
                  (FunnelPlotR)
``normal``        expected ± z times its square root
==============  ===================================================================

References
----------
D. J. Spiegelhalter (2005), Funnel plots for comparing institutional performance,
Statistics in Medicine 24, 1185-1202.
"""

from __future__ import annotations

import numpy as np
from scipy import special
from scipy.stats import binom

from care_rates.intervals import checked, normal_quantile

METHODS = ("interpolated", "counts", "test", "interval", "normal")


def poisson_limits(
    expected: object, level: float = 0.95, method: str = "interpolated"
) -> tuple[np.ndarray, np.ndarray]:
    """Limits within which a Poisson count lies with a given probability.

    Parameters
    ----------
    expected : array-like of float
        Count that the target implies, area by area; missing stays missing.
    level : float
        Two-sided level (0.95 and 0.998 are usual: two and three standard deviations).
    method : str
        One of ``METHODS`` (see the head of the module).

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit as counts; a lower limit is never below zero.

    Raises
    ------
    ValueError
        If an expected count is not above zero, or method or level unknown.
    """
    mean = checked(expected, "expected", positive=True)
    z = normal_quantile(level)
    tail = (1 - level) / 2
    if method in ("interpolated", "counts"):
        between = method == "interpolated"
        low, high = (_quantile(mean, p, between) for p in (tail, 1 - tail))
    elif method == "test":
        low = special.pdtrik(tail, mean)
        high = special.pdtrik(1 - tail, mean) + 1
    elif method == "interval":
        low, high = special.gammaincinv(mean, tail), special.gammaincinv(mean + 1, 1 - tail)
    elif method == "normal":
        low, high = mean - z * np.sqrt(mean), mean + z * np.sqrt(mean)
    else:
        raise ValueError(f"method {method!r} is not one of: {', '.join(METHODS)}.")
    return np.maximum(low, 0.0), high


def _quantile(mean: np.ndarray, p: float, between: bool) -> np.ndarray:
    """Smallest count whose cumulative probability reaches p, for many means at once.

    A Cornish-Fisher guess is right for nearly all; the few others are moved by one
    until they fit. Many times faster than searching from each mean anew.
    """
    flat = np.ravel(mean)
    z, root = special.ndtri(p), np.sqrt(flat)
    guess = flat + z * root + (z**2 - 1) / 6 - 0.5 + (z - z**3) / (72 * root)
    count = np.maximum(np.ceil(np.nan_to_num(guess)), 0.0)
    total = special.pdtr(count, flat)
    chance = np.exp(special.xlogy(count, flat) - flat - special.gammaln(count + 1))
    while True:
        step = np.where(total < p, 1.0, np.where(total - chance >= p, -1.0, 0.0))
        moved = np.flatnonzero((step != 0) & (count + step >= 0))
        if not moved.size:
            break
        count[moved] += step[moved]
        x, m = count[moved], flat[moved]
        total[moved] = special.pdtr(x, m)
        chance[moved] = np.exp(special.xlogy(x, m) - m - special.gammaln(x + 1))
    if between:
        count -= (total - p) / chance
    return np.where(np.isnan(flat), np.nan, count).reshape(np.shape(mean))


def binomial_limits(
    total: object, target: object, level: float = 0.95, method: str = "interpolated"
) -> tuple[np.ndarray, np.ndarray]:
    """Limits within which a proportion lies with a given probability.

    Parameters
    ----------
    total : array-like of float
        Size of the whole, area by area.
    target : float or array-like of float
        The proportion that all areas are held against, or one for each.
    level : float
        Two-sided level.
    method : {"interpolated", "normal"}
        Exact binomial quantiles, interpolated (Spiegelhalter 2005), or target ± z
        standard errors (PHEindicatormethods).

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit as proportions, never outside 0 to 1.

    Raises
    ------
    ValueError
        If a total is not above zero, or target, method or level impossible.
    """
    n = checked(total, "total", positive=True)
    share = np.asarray(target, float)
    outside = ~np.isnan(share) & ((share <= 0) | (share >= 1))
    if outside.any():
        worst = np.ravel(share)[np.argmax(np.ravel(outside))]
        raise ValueError(f"target is {worst:g}: give a proportion between 0 and 1.")
    z = normal_quantile(level)
    if method == "normal":
        error = z * np.sqrt(share * (1 - share) / n)
        low, high = share - error, share + error
    elif method == "interpolated":
        tails = ((1 - level) / 2, (1 + level) / 2)
        low, high = (_binomial(n, share, p) / n for p in tails)
    else:
        raise ValueError(f"method {method!r} is not one of: interpolated, normal.")
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _binomial(total: np.ndarray, share: np.ndarray, p: float) -> np.ndarray:
    """Interpolated quantile of a part, for wholes of any size.

    A binomial count needs a whole number of trials. Rounding and the points of a curve
    give others, for which the line between the two next whole numbers is taken.
    """
    first = np.maximum(np.floor(total), 1.0)
    ends = []
    for n in (first, first + 1):
        count = binom.ppf(p, n, share)
        over = binom.cdf(count, n, share) - p
        ends.append(count - over / binom.pmf(count, n, share))
    step = total - first
    return np.where(step == 0, ends[0], ends[0] + step * (ends[1] - ends[0]))
