"""Rolling-origin tests: stand in each past year, forecast, and look what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from scipy import stats


def rolling(
    history: pd.DataFrame, methods: Mapping[str, Callable[..., pd.DataFrame]],
    origins: Iterable[int], horizon: int = 5, alpha: float = 0.05,
    actual: pd.Series | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Forecast from each origin with what was known then, and set it beside the outcome.

    Parameters
    ----------
    history : pandas.DataFrame
        Indexed by year, with ``stock`` and what the rules need.
    methods : mapping of str to callable
        Rules, see :data:`care_rates.forecast.METHODS`.
    origins : iterable of int
        Last year that each forecast may see.
    horizon : int
        Longest look ahead.
    alpha : float
        One less the coverage.
    actual : pandas.Series, optional
        Outcomes by year; the stock of the history unless told.

    Returns
    -------
    pandas.DataFrame
        ``method, origin, horizon, year, forecast, low, high, actual, error``, one row
        a forecast whose year has come; the error is forecast less actual.

    Raises
    ------
    ValueError
        If an origin is not a year of the history.
    """
    parts = []
    for origin in origins:
        if origin not in history.index:
            raise ValueError(f"origin {origin} is not a year of the history.")
        known = history.loc[:origin]
        for name, method in methods.items():
            found = method(known, horizon, alpha=alpha).reset_index()
            parts.append(found.assign(method=name, origin=origin))
    out = pd.concat(parts, ignore_index=True)
    out["horizon"] = out["year"] - out["origin"]
    out["actual"] = out["year"].map(history["stock"] if actual is None else actual)
    out = out.dropna(subset=["actual"]).assign(error=lambda d: d["forecast"] - d["actual"])
    return out[
        ["method", "origin", "horizon", "year", "forecast", "low", "high", "actual", "error"]
    ].reset_index(drop=True)


def scores(tests: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Sum up a rolling-origin test by rule and years ahead.

    Parameters
    ----------
    tests : pandas.DataFrame
        From :func:`rolling`.
    alpha : float
        As used there.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``method, horizon``: number of ``forecasts``; ``mean_error`` (bias)
        and ``mean_absolute_error`` in percent of the outcome; ``coverage`` of the
        interval and its mean ``width`` in percent; ``interval_score`` (Gneiting and
        Raftery 2007: width plus 2/alpha times what falls outside), in percent; lower
        is better but for coverage, which should be ``1 - alpha``.
    """
    actual = tests["actual"]
    below = (tests["low"] - actual).clip(lower=0)
    above = (actual - tests["high"]).clip(lower=0)
    width = tests["high"] - tests["low"]
    rows = pd.DataFrame(
        {
            "method": tests["method"], "horizon": tests["horizon"],
            "mean_error": 100 * tests["error"] / actual,
            "mean_absolute_error": 100 * tests["error"].abs() / actual,
            "coverage": ((below == 0) & (above == 0)).astype(float),
            "width": 100 * width / actual,
            "interval_score": 100 * (width + 2 / alpha * (below + above)) / actual,
        }
    )  # fmt: skip
    grouped = rows.groupby(["method", "horizon"], sort=False)
    out = grouped.mean()
    out.insert(0, "forecasts", grouped.size())
    return out


def stretch(tests: pd.DataFrame, alpha: float = 0.05) -> pd.Series:
    """Find how much wider each rule's interval should have been.

    Parameters
    ----------
    tests : pandas.DataFrame
        From :func:`rolling`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.Series
        By ``method, horizon``: the ``1 - alpha`` quantile (the next value up) of the
        error over the half-width on its side, at least 1. With fewer than ``1 / alpha``
        forecasts it is the largest: the stretched interval would have held every time.
    """
    over = tests["actual"] > tests["forecast"]
    half = (tests["high"] - tests["forecast"]).where(over, tests["forecast"] - tests["low"])
    ratio = (tests["error"].abs() / half).groupby([tests["method"], tests["horizon"]], sort=False)
    return ratio.quantile(1 - alpha, interpolation="higher").clip(lower=1).rename("stretch")


def stretched(forecasts: pd.DataFrame, origin: int, factors: pd.Series) -> pd.DataFrame:
    """Widen the intervals of forecasts by what past ones lacked.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        ``method, year, forecast, low, high``.
    origin : int
        Last year known.
    factors : pandas.Series
        From :func:`stretch`.

    Returns
    -------
    pandas.DataFrame
        The same with both half-widths times the factor of rule and years ahead; the
        lower end is no less than zero.
    """
    places = pd.MultiIndex.from_arrays([forecasts["method"], forecasts["year"] - origin])
    wide = factors.reindex(places).to_numpy()
    middle = forecasts["forecast"]
    low = (middle - wide * (middle - forecasts["low"])).clip(lower=0)
    return forecasts.assign(low=low, high=middle + wide * (forecasts["high"] - middle))


def equal_accuracy(
    tests: pd.DataFrame, horizon: int, reference: str, alpha: float = 0.05
) -> pd.DataFrame:
    """Test each rule against a reference (Diebold and Mariano, small-sample form).

    Parameters
    ----------
    tests : pandas.DataFrame
        From :func:`rolling`.
    horizon : int
        Years ahead; h-step errors overlap, so h - 1 autocovariances are counted.
    reference : str
        Rule to beat.
    alpha : float
        One less the coverage of the interval.

    Returns
    -------
    pandas.DataFrame
        Indexed by method: mean ``difference`` of the absolute error in percent (rule
        less reference; negative is better), its interval ``low, high``, ``statistic``
        and two-sided ``p`` by Harvey, Leybourne and Newbold (1997): t with n - 1
        degrees of freedom. Where the long-run variance comes out negative, as it can,
        it is set to the plain variance. At h = 1 this is the paired t test.

    Raises
    ------
    ValueError
        If the reference is not among the rules.
    """
    rows = tests[tests["horizon"] == horizon]
    size = (100 * rows["error"].abs() / rows["actual"]).rename("size")
    wide = pd.concat([rows[["method", "origin"]], size], axis=1)
    wide = wide.pivot_table(index="origin", columns="method", values="size")
    if reference not in wide:
        raise ValueError(f"reference {reference!r} is not one of: {', '.join(wide)}.")
    gap = wide.drop(columns=reference).sub(wide[reference], axis=0).to_numpy()
    count = len(gap)
    centred = gap - gap.mean(axis=0)
    plain = (centred**2).mean(axis=0)
    covs = [(centred[k:] * centred[:-k]).sum(axis=0) / count for k in range(1, horizon)]
    long_run = plain + 2 * np.sum(covs, axis=0) if covs else plain
    variance = np.where(long_run > 0, long_run, plain) / count
    factor = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    error = np.sqrt(variance / factor)
    statistic = gap.mean(axis=0) / error
    reach = stats.t.ppf(1 - alpha / 2, count - 1) * error
    out = pd.DataFrame(
        {
            "difference": gap.mean(axis=0), "low": gap.mean(axis=0) - reach,
            "high": gap.mean(axis=0) + reach, "statistic": statistic,
            "p": 2 * stats.t.sf(np.abs(statistic), count - 1),
        },
        index=wide.columns.drop(reference),
    )  # fmt: skip
    return out.rename_axis("method")
