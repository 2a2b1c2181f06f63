"""Model-based forecasts and the set of rules compared; see :mod:`care_rates.forecast`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from care_rates.forecast import (
    checked,
    drift,
    framed,
    growth,
    linear,
    random_walk,
)  # fmt: skip


def smoothing(history: pd.DataFrame, horizon: int, alpha: float = 0.05) -> pd.DataFrame:
    """Smooth exponentially with a damped trend (statsmodels ``ETSModel``, AAdN).

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
        Maximum likelihood estimates and their exact normal interval.

    Raises
    ------
    ValueError
        If there are fewer than eight years.
    """
    rows, _ = checked(history, horizon, 8)
    values = rows["stock"].reset_index(drop=True)
    # The likelihood has several peaks and the optimiser depends on the unit: try two.
    fits = {}
    for unit in (max(float(values.diff().std()), 1e-6 * float(values.abs().max())), 1.0):
        model = ETSModel(values / unit, error="add", trend="add", damped_trend=True)
        fits[unit] = model.fit(disp=False, maxiter=1000)
    unit = max(fits, key=lambda u: fits[u].llf - len(values) * np.log(u))
    found = fits[unit].get_prediction(start=len(values), end=len(values) + horizon - 1)
    frame = found.summary_frame(alpha=alpha) * unit
    half = (frame["pi_upper"] - frame["mean"]).to_numpy()
    return framed(rows.index[-1], frame["mean"], half)


def arima(
    history: pd.DataFrame, horizon: int, alpha: float = 0.05, order: tuple = (1, 1, 0)
) -> pd.DataFrame:
    """Forecast with an ARIMA model (statsmodels ``ARIMA``, exact maximum likelihood).

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.
    order : tuple of int
        Fixed beforehand, not chosen by how it would have done.

    Returns
    -------
    pandas.DataFrame
        With the model's normal interval.

    Raises
    ------
    ValueError
        If there are fewer than eight years.
    """
    rows, _ = checked(history, horizon, 8)
    values = rows["stock"].to_numpy(float)
    scale = max(float(np.diff(values).std()), 1e-9 * abs(values[-1]), 1e-12)
    model = ARIMA((values - values[-1]) / scale, order=order)
    found = model.fit(method_kwargs={"maxiter": 500}).get_forecast(horizon)
    frame = found.summary_frame(alpha=alpha) * scale
    half = (frame["mean_ci_upper"] - frame["mean"]).to_numpy()
    return framed(rows.index[-1], values[-1] + frame["mean"], half)


def rate_population(
    history: pd.DataFrame, horizon: int, alpha: float = 0.05, window: int = 5
) -> pd.DataFrame:
    """Keep the rate and let the number of children who live there grow as of late.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock`` and ``persons``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.
    window : int
        Yearly changes of the population that are averaged.

    Returns
    -------
    pandas.DataFrame
        Last rate times population; the interval is that of a random walk of the log
        rate, and takes the population as known.

    Raises
    ------
    ValueError
        If there are too few years.
    """
    rows, ahead = checked(history, horizon, window + 1, ("stock", "persons"))
    steps = np.diff(np.log((rows["stock"] / rows["persons"]).to_numpy(float)))
    people = rows["persons"].to_numpy(float)
    gain = (people[-1] / people[-1 - window]) ** (1 / window)
    spread = np.sqrt((steps**2).mean() * ahead)
    reach = np.exp(stats.t.ppf(1 - alpha / 2, len(steps)) * spread)
    out = framed(rows.index[-1], rows["stock"].iloc[-1] * gain**ahead, 0.0)
    return out.assign(low=out["forecast"] / reach, high=out["forecast"] * reach)


def flows(history: pd.DataFrame) -> pd.DataFrame:
    """Balance a stock: what left is what was there, plus what came, less what stayed.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock`` and ``started``.

    Returns
    -------
    pandas.DataFrame
        ``stock, started, left, share_left`` by year from the second on;
        ``stock = stock of the year before + started - left`` holds to the child, and
        ``share_left = left / (stock of the year before + started)``.
    """
    rows = history[["stock", "started"]].dropna()
    before = rows["stock"].shift()
    out = rows.assign(left=before + rows["started"] - rows["stock"])
    return out.assign(share_left=out["left"] / (before + rows["started"])).dropna()


def stock_flow(
    history: pd.DataFrame, horizon: int, alpha: float = 0.05, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Run the stock forward: last year's entries, last year's share leaving.

    Parameters
    ----------
    history : pandas.DataFrame
        With ``stock`` and ``started``.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.
    draws : int
        Simulated paths for the interval.
    seed : int
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame
        The forecast keeps both flows constant; the interval holds the middle
        ``1 - alpha`` of paths in which the log of entries and the logit of the share
        leaving walk at random with their past spread.

    Raises
    ------
    ValueError
        If there are too few years.
    """
    checked(history, horizon, 5, ("stock", "started"))
    past = flows(history)
    walks = np.column_stack(
        [np.diff(np.log(past["started"])), np.diff(stats.logistic.ppf(past["share_left"]))]
    )
    spread = np.sqrt((walks**2).mean(axis=0))
    noise = np.random.default_rng(seed).normal(size=(2, horizon, draws)).cumsum(axis=1)
    noise = np.concatenate([np.zeros((2, horizon, 1)), noise * spread[:, None, None]], axis=2)
    started = past["started"].iloc[-1] * np.exp(noise[0])
    stay = 1 - stats.logistic.cdf(stats.logistic.ppf(past["share_left"].iloc[-1]) + noise[1])
    stock = np.empty((horizon, draws + 1))
    now = np.full(draws + 1, past["stock"].iloc[-1], dtype=float)
    for step in range(horizon):
        now = (now + started[step]) * stay[step]
        stock[step] = now
    low, high = np.quantile(stock[:, 1:], [alpha / 2, 1 - alpha / 2], axis=1)
    return framed(past.index[-1], stock[:, 0], 0.0).assign(low=low, high=high)


METHODS: dict[str, Callable[..., pd.DataFrame]] = {
    "straight line, ten years": linear,
    "average growth, three years": growth,
    "no change": random_walk,
    "average change since the start": drift,
    "exponential smoothing": smoothing,
    "ARIMA(1,1,0)": arima,
    "constant rate": rate_population,
    "stock and flow": stock_flow,
}
"""The rules that are compared, by the name that a page shows."""


def every(history: pd.DataFrame, horizon: int, alpha: float = 0.05) -> pd.DataFrame:
    """Forecast by every rule that the figures allow.

    Parameters
    ----------
    history : pandas.DataFrame
        As the rules need it; where a figure lacks, the years after the last gap count.
    horizon : int
        Years ahead.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``method, year, forecast, low, high``; a rule without enough figures is absent.

    Raises
    ------
    ValueError
        If no rule has enough.
    """
    parts = {}
    for name, method in METHODS.items():
        needed = {"constant rate": ["stock", "persons"], "stock and flow": ["stock", "started"]}
        rows = history[needed.get(name, ["stock"])].dropna()
        late = rows.index.to_numpy()[np.flatnonzero(np.diff(rows.index) != 1)]
        rows = rows.loc[late[-1] + 1 :] if len(late) else rows
        try:
            parts[name] = method(rows, horizon, alpha=alpha)
        except ValueError:
            continue
    if not parts:
        raise ValueError("no rule has enough years without a gap.")
    return pd.concat(parts, names=["method"]).reset_index()
