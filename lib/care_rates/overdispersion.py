"""Spread between areas beyond chance, and limits that allow for it.

Areas differ for reasons that no funnel knows. Where nearly all lie outside limits
that only chance would justify, the limits are measuring size and not difference.
The remedies are those of Spiegelhalter (2005), Handling over-dispersion of
performance indicators, Quality and Safety in Health Care 14, 347-351.

Each function takes counts and what is expected. With ``total``, the size of each whole,
a count is a part of it and chance is binomial: the scales are then those of a
proportion (``sqrt``: arcsine of its square root; ``log``: logit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import chi2

from care_rates.intervals import checked, normal_quantile

SCALES = ("identity", "sqrt", "log")
TREATMENTS = ("winsorise", "trim", "none")


@dataclass(frozen=True)
class Dispersion:
    """How far areas spread beyond chance.

    Parameters
    ----------
    phi : float
        Dispersion factor: mean square of the treated z-scores; 1 is chance alone.
    tau2 : float
        Variance between areas beyond chance (DerSimonian and Laird form), on the
        scale of the z-scores.
    areas : int
        Areas that phi rests on.
    statistic, p : float
        Sum of squares of the untreated z-scores, and how often chance alone gives
        as much (chi-squared, as many degrees of freedom as areas).
    """

    phi: float
    tau2: float
    areas: int
    statistic: float
    p: float


def standard_error(expected: np.ndarray, scale: str, total: object = None) -> np.ndarray:
    """Give the standard error by chance alone, on a scale.

    Parameters
    ----------
    expected : numpy.ndarray
        Expected counts.
    scale : {"identity", "sqrt", "log"}
        Scale on which limits are symmetric.
    total : array-like of float, optional
        Wholes that the counts are parts of.

    Returns
    -------
    numpy.ndarray
        Of observed over expected: ``1 / sqrt(E)``, half of it on the square-root
        scale. Of a proportion ``P = E / n``: ``sqrt(P(1 - P) / n)``; ``1 / (2 sqrt(n))``
        for the arcsine; ``1 / sqrt(n P(1 - P))`` for the logit.

    Raises
    ------
    ValueError
        If the scale is unknown.
    """
    if scale not in SCALES:
        raise ValueError(f"scale {scale!r} is not one of: {', '.join(SCALES)}.")
    if total is None:
        return 1 / np.sqrt(expected) / (2 if scale == "sqrt" else 1)
    size = np.asarray(total, float)
    if scale == "sqrt":
        return np.where(np.isnan(expected), np.nan, 0.5 / np.sqrt(size))
    share = expected / size
    deviation = np.sqrt(share * (1 - share))
    return (deviation if scale == "identity" else 1 / deviation) / np.sqrt(size)


def on_scale(count: np.ndarray, total: np.ndarray, scale: str) -> np.ndarray:
    """Put proportions on a scale: as they are, arcsine of the root, or logit.

    Parameters
    ----------
    count, total : numpy.ndarray
        Part and whole. On the logit a part of none or all is moved by one half.
    scale : {"identity", "sqrt", "log"}
        Which scale.

    Returns
    -------
    numpy.ndarray
        Values on the scale.
    """
    if scale == "log":
        inner = np.clip(count, 0.5, total - 0.5)
        return logit(inner / total)
    return np.arcsin(np.sqrt(count / total)) if scale == "sqrt" else count / total


def z_scores(
    count: object, expected: object, scale: str = "sqrt", total: object = None
) -> np.ndarray:
    """Distance from the target in standard errors of chance.

    Parameters
    ----------
    count, expected : array-like of float
        Observed and expected counts. On the log scale a count of zero is taken as
        one half, since its logarithm does not exist.
    scale : {"sqrt", "log", "identity"}
        ``2(√O - √E)``, ``√E log(O / E)`` or ``(O - E) / √E``; for proportions
        ``2√n (asin √p - asin √P)``, ``√(n P(1 - P)) (logit p - logit P)`` or
        ``(p - P) / √(P(1 - P) / n)``.
    total : array-like of float, optional
        Wholes that the counts are parts of.

    Returns
    -------
    numpy.ndarray
        z-scores; missing where the count is.
    """
    x, mean = checked(count, "count"), checked(expected, "expected", positive=True)
    error = standard_error(mean, scale, total)
    if total is not None:
        size = checked(total, "total", positive=True)
        return (on_scale(x, size, scale) - on_scale(mean, size, scale)) / error
    if scale == "log":
        return np.log(np.where(x == 0, 0.5, x) / mean) / error
    if scale == "sqrt":
        return (np.sqrt(x / mean) - 1) / error
    return (x / mean - 1) / error


def dispersion(
    count: object, expected: object, scale: str = "sqrt", treatment: str = "winsorise",
    share: float = 0.1, total: object = None,
) -> Dispersion:  # fmt: skip
    """Measure the spread beyond chance (Spiegelhalter 2005).

    Parameters
    ----------
    count, expected : array-like of float
        Observed and expected counts; areas with a missing count are left out.
    scale : {"sqrt", "log", "identity"}
        Scale of the z-scores.
    treatment : {"winsorise", "trim", "none"}
        Pull the outermost z-scores in to the quantile, leave them out, or neither.
    share : float
        Share of areas at each end that is so treated.
    total : array-like of float, optional
        Wholes that the counts are parts of.

    Returns
    -------
    Dispersion
        Factor, variance, and test.

    Raises
    ------
    ValueError
        If fewer than three areas are left, or treatment or share is unknown.
    """
    if treatment not in TREATMENTS or not 0 <= share < 0.5:
        raise ValueError(
            f"treatment {treatment!r}, share {share!r}: use one of {', '.join(TREATMENTS)} "
            "and a share from 0 to below 0.5."
        )
    z = z_scores(count, expected, scale, total)
    kept = ~np.isnan(z)
    error = standard_error(np.asarray(expected, float), scale, total)
    z, weight = z[kept], error[kept] ** -2
    if z.size < 3:
        raise ValueError(f"dispersion needs three areas or more, there are {z.size}.")
    treated = z
    if treatment != "none" and share > 0:
        low, high = np.quantile(z, [share, 1 - share])
        treated = np.clip(z, low, high)
        if treatment == "trim":
            inner = (z > low) & (z < high)
            treated, weight = z[inner], weight[inner]
    areas = treated.size
    phi = float((treated**2).mean())
    beyond = areas * phi - (areas - 1)
    tau2 = max(0.0, beyond / (weight.sum() - (weight**2).sum() / weight.sum()))
    statistic = float((z**2).sum())
    return Dispersion(phi, float(tau2), areas, statistic, float(chi2.sf(statistic, z.size)))


def wider_limits(
    expected: object, level: float = 0.95, *, phi: float = 1.0, tau2: float = 0.0,
    scale: str = "sqrt", total: object = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Limits that allow for spread beyond chance between areas.

    Multiplicative: every standard error is stretched by the root of the dispersion
    factor. Additive: a variance between areas is added, so that large areas are not
    held to limits that only chance would justify (a random-effects funnel).

    Parameters
    ----------
    expected : array-like of float
        Expected counts.
    level : float
        Two-sided level.
    phi : float
        Dispersion factor; below 1 counts as 1.
    tau2 : float
        Variance between areas, on the same scale.
    scale : {"identity", "sqrt", "log"}
        Scale on which the limits are symmetric.
    total : array-like of float, optional
        Wholes that the counts are parts of.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit as counts, never below zero or above the whole.

    Raises
    ------
    ValueError
        If the scale is unknown, or an expected count is not above zero.
    """
    mean = checked(expected, "expected", positive=True)
    error = standard_error(mean, scale, total)
    reach = normal_quantile(level) * np.sqrt(error**2 * max(phi, 1.0) + max(tau2, 0.0))
    if total is not None:
        size = np.asarray(total, float)
        centre = on_scale(mean, size, scale)
        back = {"identity": lambda v: np.clip(v, 0, 1), "log": expit,
                "sqrt": lambda v: np.sin(np.clip(v, 0, np.pi / 2)) ** 2}[scale]  # fmt: skip
        return size * back(centre - reach), size * back(centre + reach)
    if scale == "log":
        return mean * np.exp(-reach), mean * np.exp(reach)
    if scale == "sqrt":
        return mean * np.maximum(1 - reach, 0) ** 2, mean * (1 + reach) ** 2
    return mean * np.maximum(1 - reach, 0), mean * (1 + reach)
