"""Forecasts for the page of one authority: rules tried on all of them, and the one used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from care_rates import backtest, forecast_many
from care_rates.areas import SCILLY

FORECASTS: dict[str, Callable[..., forecast_many.Path]] = {
    "no change": forecast_many.random_walk,
    "average yearly change since the start": forecast_many.drift,
    "straight line through the last ten years": forecast_many.linear,
    "average growth of the last three years": forecast_many.growth,
}
"""Rules of forecasting that are tried on every authority."""
HORIZON = 5


def histories(rates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the unbroken history of each key up to its last year.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``stock`` by year, for authorities and joined areas with at least ten years in
        a row that reach the last year of their country.
    """
    rows = rates[rates["level"].isin(["authority", "joined area"]) & (rates["key"] != SCILLY)]
    out = {}
    for _, part in rows.groupby("country"):
        wide = part.pivot(index="year", columns="key", values="number")
        last = part["year"].max()
        for key in wide:
            known = wide[key][::-1].notna().cumprod().astype(bool)[::-1]
            if known.sum() >= 10 and wide.index[-1] == last:
                out[key] = wide.loc[known, [key]].set_axis(["stock"], axis=1)
    return out


def backtests(past: Mapping[str, pd.DataFrame], alpha: float = 0.05) -> pd.DataFrame:
    """Try every rule on every authority: stand in a past year and look five years ahead.

    Parameters
    ----------
    past : mapping of str to pandas.DataFrame
        From :func:`histories`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        As :func:`care_rates.backtest.rolling`, with ``key``; the last year ahead only.
    """
    stands = [
        (key, origin)
        for key, history in past.items()
        for origin in [y for y in history.index if y - history.index[0] >= 7][:-HORIZON:2]
    ]
    parts = []
    for name in FORECASTS:
        found = _ahead(name, past, stands, alpha)
        found = found[found["year"] - found["origin"] == HORIZON]
        parts.append(found.assign(method=name, rank=range(len(found))))
    out = pd.concat(parts, ignore_index=True).sort_values("rank", kind="stable")
    out["horizon"] = HORIZON
    actual = pd.concat({key: history["stock"] for key, history in past.items()})
    out["actual"] = actual.reindex(pd.MultiIndex.from_frame(out[["key", "year"]])).to_numpy()
    out["error"] = out["forecast"] - out["actual"]
    return out[["method", "origin", "horizon", "year", "forecast", "low", "high", "actual",
                "error", "key"]].reset_index(drop=True)  # fmt: skip


def _ahead(rule: str, past: Mapping[str, pd.DataFrame], stands, alpha: float) -> pd.DataFrame:
    """Look ahead by one rule from each key and last year known: ``key, origin, year`` and path."""
    known = [past[key]["stock"].loc[:origin].to_numpy(float) for key, origin in stands]
    paths = np.empty((len(stands), HORIZON, 3))
    length = np.array([len(series) for series in known])
    for number in np.unique(length):
        rows = np.flatnonzero(length == number)
        stock = np.array([known[row] for row in rows])
        paths[rows] = np.stack(FORECASTS[rule](stock, HORIZON, alpha), axis=-1)
    keys, origins = zip(*stands, strict=True)
    out = pd.DataFrame({"key": np.repeat(keys, HORIZON), "origin": np.repeat(origins, HORIZON)})
    out["year"] = out["origin"] + np.tile(np.arange(1, HORIZON + 1), len(stands))
    out[["forecast", "low", "high"]] = paths.reshape(-1, 3)
    return out


def choose(tests: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Compare the rules over all authorities.

    Parameters
    ----------
    tests : pandas.DataFrame
        From :func:`backtests`.
    alpha : float
        As used there.

    Returns
    -------
    pandas.DataFrame
        Scores by rule (see :func:`care_rates.backtest.scores`), the rule with the
        smallest mean absolute error first.
    """
    scores = backtest.scores(tests, alpha).droplevel("horizon")
    return scores.sort_values("mean_absolute_error")


def forecasts(
    past: Mapping[str, pd.DataFrame], scores: pd.DataFrame, tests: pd.DataFrame,
    alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Look five years ahead for every key, by the rule that did best over all of them.

    Parameters
    ----------
    past : mapping of str to pandas.DataFrame
        From :func:`histories`.
    scores : pandas.DataFrame
        From :func:`choose`.
    tests : pandas.DataFrame
        From :func:`backtests`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``key, year, forecast, low, high, rule``; how the rule did in all areas
        (``error``: mean absolute error in percent; ``coverage``) and in this one
        (``own_error``, ``own_held`` of ``own_tests``).
    """
    rule = scores.index[0]
    found = _ahead(rule, past, [(key, past[key].index[-1]) for key in past], alpha)
    own = tests[tests["method"] == rule]
    held = (own["low"] <= own["actual"]) & (own["actual"] <= own["high"])
    size = 100 * own["error"].abs() / own["actual"]
    by_key = pd.DataFrame({"own_error": size, "own_held": held, "own_tests": 1, "key": own["key"]})
    by_key = by_key.groupby("key").agg({"own_error": "mean", "own_held": "sum", "own_tests": "sum"})
    columns = ["year", "forecast", "low", "high", "key"]
    out = found[columns].assign(
        rule=rule, error=scores["mean_absolute_error"].iloc[0], coverage=scores["coverage"].iloc[0]
    )
    out["low"] = out["low"].clip(lower=0)
    return out.join(by_key, on="key")
