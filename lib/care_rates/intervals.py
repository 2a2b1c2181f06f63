"""Confidence intervals of counts, rates, proportions and rate ratios of areas.

Wherever a program must choose a formula, the choice is named: two programs that
both say "exact" or "Byar" can print different limits.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

PER = 10_000
"""Children that a rate is given for."""


def normal_quantile(level: float) -> float:
    """Give the normal quantile of a two-sided level.

    Parameters
    ----------
    level : float
        For instance 0.95.

    Returns
    -------
    float
        For instance 1.959964.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}: give a share between 0 and 1, such as 0.95.")
    return float(ndtri(0.5 + level / 2))


def checked(values: object, what: str, *, positive: bool = False) -> np.ndarray:
    """Turn counts or populations into floats and refuse impossible ones.

    Parameters
    ----------
    values : array-like
        Missing values are allowed and stay missing.
    what : str
        Name for the message.
    positive : bool
        Whether zero is refused too.

    Returns
    -------
    numpy.ndarray
        Floats of the same shape.

    Raises
    ------
    ValueError
        Naming the first impossible value and its place.
    """
    out = np.asarray(values, dtype=float)
    bad = np.isinf(out) | (out <= 0 if positive else out < 0)
    if bad.any():
        place = int(np.argmax(np.ravel(bad)))
        value = np.ravel(out)[place]
        least = "above zero" if positive else "zero or more"
        raise ValueError(
            f"{what}: value {value:g} at position {place}; it must be finite and {least}. "
            "Leave a count that is not known missing."
        )
    return out


def count_interval(
    count: object, level: float = 0.95, method: str = "exact"
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a Poisson mean, given one count.

    Parameters
    ----------
    count : array-like of float
        Observed numbers; missing stays missing.
    level : float
        Two-sided level.
    method : {"exact", "byar"}
        ``exact``: Garwood (1936), from the chi-squared distribution, by statsmodels
        (``confint_poisson``, ``exact-c``), as R's ``poisson.test``. ``byar``: Byar's
        approximation with ``x`` below and ``x + 1`` above (Breslow and Day 1987),
        as PHEindicatormethods; epitools adds one half to both instead.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper end, of the shape of ``count``.

    Raises
    ------
    ValueError
        If a count is negative, or method or level unknown.
    """
    x = checked(count, "count")
    z = normal_quantile(level)
    if method == "exact":
        low, high = confint_poisson(x, 1.0, method="exact-c", alpha=1 - level)
        lost = np.isnan(x)
        return np.where(lost, np.nan, np.where(x == 0, 0.0, low)), np.where(lost, np.nan, high)
    if method == "byar":
        low = x * _byar(np.where(x == 0, np.nan, x), -z)
        return np.where(x == 0, 0.0, np.maximum(low, 0.0)), (x + 1) * _byar(x + 1, z)
    raise ValueError(f"method {method!r} is not one of: exact, byar.")


def _byar(x: np.ndarray, z: float) -> np.ndarray:
    return (1 - 1 / (9 * x) + z / (3 * np.sqrt(x))) ** 3


def rates(
    count: pd.Series, base: pd.Series, *, rounding: float | pd.Series = 0, per: float = PER,
    level: float = 0.95, method: str = "exact",
) -> pd.DataFrame:  # fmt: skip
    """Rates with their intervals.

    Parameters
    ----------
    count, base : pandas.Series
        Children looked after, and children of the area.
    rounding : float or pandas.Series
        The unit that the counts were rounded to (5 in Wales; 0 for none), for all or
        area by area.
    per : float
        Children that the rate is given for.
    level : float
        Two-sided level.
    method : {"exact", "byar"}
        Of the interval (see :func:`count_interval`).

    Returns
    -------
    pandas.DataFrame
        ``rate``; ``low, high``: its interval, drawn from the ends of what rounding
        allows, so that it covers both; ``rounded_low, rounded_high``: rounding alone.

    Raises
    ------
    ValueError
        If a count is negative or a base is not above zero.
    """
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    least, most = np.maximum(x - rounding / 2, 0), x + rounding / 2
    return pd.DataFrame(
        {
            "rate": per * x / n,
            "low": per * count_interval(least, level, method)[0] / n,
            "high": per * count_interval(most, level, method)[1] / n,
            "rounded_low": per * least / n,
            "rounded_high": per * most / n,
        },
        index=getattr(count, "index", None),
    )


def proportions(
    count: object, total: object, *, level: float = 0.95, method: str = "wilson"
) -> pd.DataFrame:
    """Proportions with their intervals.

    Parameters
    ----------
    count, total : array-like of float
        Part and whole.
    level : float
        Two-sided level.
    method : {"wilson", "exact"}
        Wilson (1927) or Clopper and Pearson (1934), by statsmodels.

    Returns
    -------
    pandas.DataFrame
        ``proportion, low, high``.

    Raises
    ------
    ValueError
        If a part exceeds its whole, or the method is unknown.
    """
    x, n = checked(count, "count"), checked(total, "total", positive=True)
    if (x > n).any():
        place = int(np.argmax(x > n))
        raise ValueError(
            f"count: {x[place]:g} of {n[place]:g} at position {place}: a part exceeds its whole."
        )
    names = {"wilson": "wilson", "exact": "beta"}
    if method not in names:
        raise ValueError(f"method {method!r} is not one of: wilson, exact.")
    normal_quantile(level)
    low, high = proportion_confint(x, n, alpha=1 - level, method=names[method])
    return pd.DataFrame({"proportion": x / n, "low": low, "high": high})


def rate_ratio(
    count: object, base: object, other_count: object, other_base: object, level: float = 0.95
) -> pd.DataFrame:
    """Ratio of two Poisson rates with its exact conditional interval and test.

    Given the sum of two Poisson counts, the first is binomial; the interval of its
    share (Clopper and Pearson, by statsmodels) turns into that of the ratio. This is
    R's ``poisson.test`` for two samples, save that the p-value doubles the smaller
    tail, so that test and interval always agree.

    Parameters
    ----------
    count, base, other_count, other_base : array-like of float
        Counts and populations of the two areas.
    level : float
        Two-sided level.

    Returns
    -------
    pandas.DataFrame
        ``ratio, low, high, p``; the ratio is infinite where the other count is zero.

    Raises
    ------
    ValueError
        If a count is negative or a base is not above zero.
    """
    x, y = checked(count, "count"), checked(other_count, "other_count")
    m, n = checked(base, "base", positive=True), checked(other_base, "other_base", positive=True)
    x, y, m, n = (np.atleast_1d(v) for v in np.broadcast_arrays(x, y, m, n))
    normal_quantile(level)
    total = x + y
    low, high = proportion_confint(x, total, alpha=1 - level, method="beta")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, low, high = (
            share / (1 - share) * n / m for share in (x / total, np.asarray(low), np.asarray(high))
        )
    share = m / (m + n)
    tails = np.minimum(binom.cdf(x, total, share), binom.sf(x - 1, total, share))
    return pd.DataFrame({"ratio": ratio, "low": low, "high": high, "p": np.minimum(1, 2 * tails)})
