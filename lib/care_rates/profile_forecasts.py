"""Forecasts for the page of one authority: rules tried on all of them, and the one used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from care_rates import backtest, forecast
from care_rates.areas import SCILLY

FORECASTS: dict[str, Callable[..., pd.DataFrame]] = {
    "no change": forecast.random_walk,
    "average yearly change since the start": forecast.drift,
    "straight line through the last ten years": forecast.linear,
    "average growth of the last three years": forecast.growth,
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
    parts = []
    for key, history in past.items():
        origins = [y for y in history.index if y - history.index[0] >= 7][:-HORIZON:2]
        if origins:
            tests = backtest.rolling(history, FORECASTS, origins, HORIZON, alpha)
            parts.append(tests[tests["horizon"] == HORIZON].assign(key=key))
    return pd.concat(parts, ignore_index=True)


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
    parts = [
        FORECASTS[rule](history, HORIZON, alpha=alpha).reset_index().assign(key=key)
        for key, history in past.items()
    ]
    own = tests[tests["method"] == rule]
    held = (own["low"] <= own["actual"]) & (own["actual"] <= own["high"])
    size = 100 * own["error"].abs() / own["actual"]
    by_key = pd.DataFrame({"own_error": size, "own_held": held, "own_tests": 1, "key": own["key"]})
    by_key = by_key.groupby("key").agg({"own_error": "mean", "own_held": "sum", "own_tests": "sum"})
    out = pd.concat(parts, ignore_index=True).assign(
        rule=rule, error=scores["mean_absolute_error"].iloc[0], coverage=scores["coverage"].iloc[0]
    )
    out["low"] = out["low"].clip(lower=0)
    return out.join(by_key, on="key")
