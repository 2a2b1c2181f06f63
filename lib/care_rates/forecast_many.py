"""The simple rules of forecasting, on many series of one length at a time.

``stock`` has one row a series and one column a year, without a gap; every rule gives
the forecast and the ends of its interval, one column a year ahead. What each rule says,
and where its interval comes from, stands in :mod:`care_rates.forecast`.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

Path = tuple[np.ndarray, np.ndarray, np.ndarray]


def _ahead(horizon: int) -> np.ndarray:
    return np.arange(1, horizon + 1)


def random_walk(stock: np.ndarray, horizon: int, alpha: float = 0.05) -> Path:
    """Say that nothing changes (see :func:`care_rates.forecast.random_walk`).

    Parameters
    ----------
    stock : numpy.ndarray, shape (k, n)
        Series; three years or more.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.

    Returns
    -------
    tuple of numpy.ndarray
        Forecast, low and high, each of shape (k, horizon).
    """
    steps = np.diff(stock, axis=1)
    square = (steps**2).mean(axis=1, keepdims=True)
    half = stats.t.ppf(1 - alpha / 2, steps.shape[1]) * np.sqrt(square * _ahead(horizon))
    centre = np.repeat(stock[:, -1:], horizon, axis=1)
    return centre, centre - half, centre + half


def drift(stock: np.ndarray, horizon: int, alpha: float = 0.05) -> Path:
    """Add the average yearly change (see :func:`care_rates.forecast.drift`).

    Parameters
    ----------
    stock, horizon, alpha
        As in :func:`random_walk`.

    Returns
    -------
    tuple of numpy.ndarray
        Forecast, low and high, each of shape (k, horizon).
    """
    steps, ahead = np.diff(stock, axis=1), _ahead(horizon)
    count = steps.shape[1]
    spread = steps.std(axis=1, ddof=1, keepdims=True) * np.sqrt(ahead * (1 + ahead / count))
    half = stats.t.ppf(1 - alpha / 2, count - 1) * spread
    centre = stock[:, -1:] + ahead * steps.mean(axis=1, keepdims=True)
    return centre, centre - half, centre + half


def growth(
    stock: np.ndarray, horizon: int, alpha: float = 0.05, window: int = 3,
    reading: str = "compound",
) -> Path:  # fmt: skip
    """Carry average growth forward (see :func:`care_rates.forecast.growth`).

    Parameters
    ----------
    stock, horizon, alpha
        As in :func:`random_walk`; one year more than the window at least.
    window : int
        Yearly changes averaged, two or more.
    reading : str
        One of :data:`care_rates.forecast.READINGS`.

    Returns
    -------
    tuple of numpy.ndarray
        Forecast, low and high, each of shape (k, horizon).

    Raises
    ------
    ValueError
        If the reading is unknown or the window too short.
    """
    if window < 2:
        raise ValueError("window must be at least two changes, or there is no spread.")
    ahead, used = _ahead(horizon), stock[:, -window - 1 :]
    first, last = used[:, :1], used[:, -1:]
    yearly = used[:, 1:] / used[:, :-1] - 1
    total, mean = last / first - 1, yearly.mean(axis=1, keepdims=True)
    paths = {
        "total over years": (1 + total / window) ** ahead,
        "mean of yearly": (1 + mean) ** ahead,
        "compound": (1 + total) ** (ahead / window),
        "not compounded": 1 + mean * ahead,
        "children a year": 1 + (last - first) / window / last * ahead,
    }
    if reading not in paths:
        raise ValueError(f"reading {reading!r} is not one of: {', '.join(paths)}.")
    spread = np.log1p(yearly).std(axis=1, ddof=1, keepdims=True)
    spread = spread * np.sqrt(ahead + ahead**2 / window)
    reach = np.exp(stats.t.ppf(1 - alpha / 2, window - 1) * spread)
    centre = last * paths[reading]
    return centre, centre / reach, centre * reach


def linear(stock: np.ndarray, horizon: int, alpha: float = 0.05, window: int = 10) -> Path:
    """Extend a straight line fitted by least squares (see :func:`care_rates.forecast.linear`).

    Parameters
    ----------
    stock, horizon, alpha
        As in :func:`random_walk`.
    window : int
        How many of the last years the line is fitted to.

    Returns
    -------
    tuple of numpy.ndarray
        Forecast, low and high, each of shape (k, horizon): the closed form of what
        :func:`care_rates.forecast.linear` takes from statsmodels.
    """
    used, ahead = stock[:, -window:], _ahead(horizon)
    count = used.shape[1]
    x = np.arange(count) - (count - 1) / 2
    square = (x**2).sum()
    mean, slope = used.mean(axis=1, keepdims=True), (used @ x / square)[:, None]
    left = ((used - mean - slope * x) ** 2).sum(axis=1, keepdims=True) / (count - 2)
    at = (count - 1) / 2 + ahead
    half = stats.t.ppf(1 - alpha / 2, count - 2) * np.sqrt(left * (1 + 1 / count + at**2 / square))
    centre = mean + slope * at
    return centre, centre - half, centre + half
