"""Simple forecasts of a yearly stock, with intervals.

A history is a frame indexed by year (year ending 31 March) with the column ``stock``
and, where a rule needs them, ``started`` (entries in the year) and ``persons``
(children who live in the area). Every rule gives ``forecast, low, high`` by year.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from care_rates import forecast_many

READINGS = ("total over years", "mean of yearly", "compound", "not compounded", "children a year")
"""Ways to read "average growth rate", see :func:`growth`."""


def checked(history: pd.DataFrame, horizon: int, least: int, columns: Iterable[str] = ("stock",)):
    """Take the whole years of the columns that a rule needs, and the years ahead.

    Parameters
    ----------
    history : pandas.DataFrame
        Indexed by year.
    horizon : int
        Years ahead.
    least : int
        Fewest years that will do.
    columns : iterable of str
        What is needed.

    Returns
    -------
    tuple of pandas.DataFrame and numpy.ndarray
        The rows, and 1 … horizon.

    Raises
    ------
    ValueError
        On a missing column, too few years, a gap, or a horizon below one.
    """
    missing = [name for name in columns if name not in history]
    if missing:
        raise ValueError(f"history has no column {missing[0]!r}; this rule needs {list(columns)}.")
    if horizon < 1:
        raise ValueError(f"horizon must be at least one year, not {horizon}.")
    rows = history[list(columns)].dropna()
    if len(rows) < least:
        raise ValueError(f"{len(rows)} years of figures; this rule needs at least {least}.")
    if np.any(np.diff(rows.index) != 1):
        raise ValueError("history has a gap: every year must have a figure.")
    return rows, np.arange(1, horizon + 1)


def framed(last: int, centre, half) -> pd.DataFrame:
    """Put a forecast into a frame.

    Parameters
    ----------
    last : int
        Last year known.
    centre, half : array-like or float
        Forecasts from the next year on, and half the width of the interval.

    Returns
    -------
    pandas.DataFrame
        ``forecast, low, high`` by year.
    """
    centre = np.asarray(centre, dtype=float)
    years = pd.Index(last + np.arange(1, len(centre) + 1), name="year")
    return pd.DataFrame(
        {"forecast": centre, "low": centre - half, "high": centre + half}, index=years
    )


def linear(
    history: pd.DataFrame, horizon: int, alpha: float = 0.05, window: int = 10,
    anchored: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Extend a straight line fitted by least squares.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage of the interval.
    window : int
        How many of the last years the line is fitted to.
    anchored : bool
        Start from the last figure and add the slope, instead of reading the line off.

    Returns
    -------
    pandas.DataFrame
        ``forecast, low, high``; the interval is that of ordinary least squares for a
        new observation, ``t(n-2) s sqrt(1 + 1/n + (x - mean x)² / Sxx)``, which takes
        the errors of different years as independent.

    Raises
    ------
    ValueError
        If there are fewer than three years, a gap, or no ``stock``.
    """
    rows, ahead = checked(history, horizon, 3)
    rows = rows.tail(window)
    new = add_constant(rows.index[-1] + ahead.astype(float), has_constant="add")
    fit = OLS(rows["stock"].to_numpy(float), add_constant(rows.index.to_numpy(float))).fit()
    found = fit.get_prediction(new).summary_frame(alpha=alpha)
    half = (found["obs_ci_upper"] - found["mean"]).to_numpy()
    centre = found["mean"].to_numpy()
    if anchored:
        centre = rows["stock"].iloc[-1] + ahead * fit.params[1]
    return framed(rows.index[-1], centre, half)


def growth(
    history: pd.DataFrame, horizon: int, alpha: float = 0.05, window: int = 3,
    reading: str = "compound",
) -> pd.DataFrame:  # fmt: skip
    """Carry the average growth of the last years forward.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.
    window : int
        Number of yearly changes averaged.
    reading : str
        One of :data:`READINGS`: the percentage growth of the whole window divided by
        its years, compounded; the mean of the yearly percentages, compounded; the
        geometric mean, compounded; the mean of the yearly percentages, each time of
        the last figure; the mean number of children a year.

    Returns
    -------
    pandas.DataFrame
        ``forecast, low, high``. The interval takes yearly log growth as independent:
        ``t(k-1) s sqrt(h + h²/k)`` around the log of the forecast.

    Raises
    ------
    ValueError
        If the reading is unknown, or there are too few years.
    """
    rows, _ = checked(history, horizon, window + 1)
    stock = rows["stock"].to_numpy(float)[None]
    return _framed(rows.index[-1], forecast_many.growth(stock, horizon, alpha, window, reading))


def random_walk(history: pd.DataFrame, horizon: int, alpha: float = 0.05) -> pd.DataFrame:
    """Say that nothing changes.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        The last figure, ± ``t(n) s sqrt(h)`` with s the root mean square of the n
        yearly changes (Hyndman and Athanasopoulos, Forecasting, section 5.5).

    Raises
    ------
    ValueError
        If there are fewer than three years.
    """
    rows, _ = checked(history, horizon, 3)
    stock = rows["stock"].to_numpy(float)[None]
    return _framed(rows.index[-1], forecast_many.random_walk(stock, horizon, alpha))


def drift(history: pd.DataFrame, horizon: int, alpha: float = 0.05) -> pd.DataFrame:
    """Add the average yearly change of the whole history.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ± ``t(n-1) s sqrt(h (1 + h/n))`` for n changes (same source as
        :func:`random_walk`).

    Raises
    ------
    ValueError
        If there are fewer than three years.
    """
    rows, _ = checked(history, horizon, 3)
    stock = rows["stock"].to_numpy(float)[None]
    return _framed(rows.index[-1], forecast_many.drift(stock, horizon, alpha))


def _framed(last: int, path: forecast_many.Path) -> pd.DataFrame:
    """Put the first of some paths into a frame."""
    centre, low, high = (part[0] for part in path)
    return framed(last, centre, 0.0).assign(low=low, high=high)
