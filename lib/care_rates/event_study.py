"""Reading an event study: simultaneous bands, the pre-trend test, power."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_rates.group_time import Effects


def sup_t(covariance: np.ndarray, alpha: float, draws: int, seed: int) -> float:
    """Give the critical value of a simultaneous band (sup-t; Montiel Olea and Plagborg-Møller).

    Parameters
    ----------
    covariance : numpy.ndarray
        K x K of the estimates.
    alpha : float
        One minus the joint coverage.
    draws, seed : int
        Gaussian draws and their seed.

    Returns
    -------
    float
        The 1 - alpha quantile of the largest absolute t under the joint normal; between
        the pointwise and the Bonferroni value.
    """
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    root = vectors * np.sqrt(np.clip(values, 0, None))
    normal = np.random.default_rng(seed).standard_normal((draws, len(scale)))
    return float(np.quantile(np.abs(normal @ root.T).max(axis=1), 1 - alpha))


def table(effects: Effects, alpha: float, draws: int, seed: int) -> pd.DataFrame:
    """Set effects, pointwise intervals and simultaneous bands side by side.

    Parameters
    ----------
    effects : Effects
        From :mod:`care_rates.group_time`.
    alpha : float
        One minus the coverage.
    draws, seed : int
        For :func:`sup_t`.

    Returns
    -------
    pandas.DataFrame
        ``estimator, period, estimate, se, low, high, band_low, band_high``.
    """
    se = np.sqrt(np.diag(effects.covariance))
    point, band = stats.norm.ppf(1 - alpha / 2), sup_t(effects.covariance, alpha, draws, seed)
    return pd.DataFrame(
        {
            "estimator": effects.estimator, "period": effects.period,
            "estimate": effects.estimate, "se": se,
            "low": effects.estimate - point * se, "high": effects.estimate + point * se,
            "band_low": effects.estimate - band * se, "band_high": effects.estimate + band * se,
        }
    )  # fmt: skip


def wald(estimate: np.ndarray, covariance: np.ndarray) -> tuple[float, int, float]:
    """Test that all effects are nought.

    Parameters
    ----------
    estimate : numpy.ndarray
        Length K.
    covariance : numpy.ndarray
        K x K; where it is singular its rank counts.

    Returns
    -------
    tuple
        Wald statistic, degrees of freedom, p by chi-squared.
    """
    inverse = np.linalg.pinv(covariance, hermitian=True, rcond=1e-9)
    freedom = int(np.linalg.matrix_rank(covariance, hermitian=True, rtol=1e-9))
    statistic = float(estimate @ inverse @ estimate)
    return statistic, freedom, float(stats.chi2.sf(statistic, freedom))


def pre_trend(cells: pd.DataFrame, covariance: np.ndarray) -> tuple[float, int, float]:
    """Test that group-time effects before treatment are all nought.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``cohort, time, estimate``, from :func:`care_rates.group_time.group_time`.
    covariance : numpy.ndarray
        Their covariance, in the same order.

    Returns
    -------
    tuple
        Wald statistic, degrees of freedom, p.
    """
    before = (cells["time"] < cells["cohort"]).to_numpy()
    return wald(cells.loc[before, "estimate"].to_numpy(), covariance[np.ix_(before, before)])


def detectable(se: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Give the smallest true effect that a design finds with a given power.

    Parameters
    ----------
    se : float
        Standard error of the estimate.
    alpha : float
        Two-sided size of the test.
    power : float
        Probability of finding it.

    Returns
    -------
    float
        ``(z(1 - alpha/2) + z(power)) se`` (the far tail is neglected, as is usual).
    """
    return float((stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) * se)


def power(effect: Sequence[float], se: float, alpha: float = 0.05) -> np.ndarray:
    """Give the probability of finding effects of given sizes.

    Parameters
    ----------
    effect : sequence of float
        True effects.
    se : float
        Standard error of the estimate.
    alpha : float
        Two-sided size of the test.

    Returns
    -------
    numpy.ndarray
        Power, both tails counted.
    """
    z, limit = np.asarray(effect, float) / se, stats.norm.ppf(1 - alpha / 2)
    return stats.norm.sf(limit - z) + stats.norm.cdf(-limit - z)
