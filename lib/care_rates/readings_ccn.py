"""Readings of the 2021-22 forecasts: every way to take "average growth" and "additional spend"."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from care_rates.adoption import WEEKS
from care_rates.forecast import READINGS, growth, linear


def numbers(histories: Mapping[str, pd.DataFrame], year: int, first: int = 2011, last: int = 2020):
    """Forecast the number of children in care under each reading and release.

    Parameters
    ----------
    histories : mapping of str to pandas.DataFrame
        By name of the release: ``stock`` by year.
    year : int
        To forecast.
    first, last : int
        Years that the line is fitted to; growth is that of the last three years.

    Returns
    -------
    pandas.DataFrame
        ``estimate`` (lower or upper), ``reading``, ``release``, ``forecast``, ``low``,
        ``high`` (95% interval).
    """
    rows = []
    for release, history in histories.items():
        known = history.loc[first:last]
        ahead = year - last
        lines = {"line, read off": False, "line's slope from the last figure": True}
        for name, anchored in lines.items():
            found = linear(known, ahead, window=len(known), anchored=anchored).loc[year]
            rows.append(("lower", name, release, *found))
        for reading in READINGS:
            found = growth(known, ahead, reading=reading).loc[year]
            rows.append(("upper", reading, release, *found))
    columns = ["estimate", "reading", "release", "forecast", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def spending(
    spend: pd.DataFrame, totals: Mapping[str, float], added: Mapping[str, float], year: int
) -> pd.DataFrame:
    """Forecast spending on children in care as a growing share of a growing total.

    Parameters
    ----------
    spend : pandas.DataFrame
        By year: columns ``gross share`` and ``net share`` (percent of the total).
    totals : mapping of str to float
        Total spending on children and families in the last year, by basis, pounds.
    added : mapping of str to float
        Pounds added to it by the year of the forecast, by reading.
    year : int
        To forecast.

    Returns
    -------
    pandas.DataFrame
        ``share of, share rule, total, addition, share rounded first, share``
        (percent) and ``spend`` (pounds).
    """
    rows = []
    last = spend.index.max()
    for column in ("gross share", "net share"):
        series = spend[[column]].rename(columns={column: "stock"})
        fitted = linear(series, year - last, window=len(series)).at[year, "forecast"]
        steps = (series["stock"].iloc[-1] - series["stock"].iloc[0]) / (len(series) - 1)
        ended = series["stock"].iloc[-1] + steps * (year - last)
        for rule, share in (("fitted line", fitted), ("first to last year", ended)):
            rows += [
                (column, rule, basis, reading, cut, share, used / 100 * (total + more))
                for basis, total in totals.items()
                for reading, more in added.items()
                for cut, used in (("no", share), ("yes", round(share)))
            ]
    columns = ["share of", "share rule", "total", "addition", "share rounded first", "share"]
    return pd.DataFrame(rows, columns=[*columns, "spend"])


def paths(
    children: pd.DataFrame, shares: pd.Series, total: float, yearly: float, homes: float
) -> pd.DataFrame:
    """Follow the report's outlook year by year, on the reading that gives its numbers back.

    Parameters
    ----------
    children : pandas.DataFrame
        By year after the last one known: ``lower, upper``.
    shares : pandas.Series
        Share of spending on children and families, percent, by year to the last known.
    total : float
        Spending on children and families in the last year, pounds (net).
    yearly : float
        Pounds added to it a year.
    homes : float
        Share of children in residential homes in the last year, taken to stay.

    Returns
    -------
    pandas.DataFrame
        By year: ``share`` (fitted line), ``spend`` (pounds), ``week_low, week_high``
        (pounds a child a week that spending and the upper or lower number imply),
        ``homes_low, homes_high`` (children).
    """
    ahead = len(children)
    line = linear(shares.rename("stock").to_frame(), ahead, window=len(shares))["forecast"]
    steps = pd.Series(range(1, ahead + 1), index=children.index)
    spend = line.reindex(children.index) / 100 * (total + yearly * steps)
    return pd.DataFrame(
        {
            "share": line.reindex(children.index), "spend": spend,
            "week_low": spend / children["upper"] / WEEKS,
            "week_high": spend / children["lower"] / WEEKS,
            "homes_low": homes * children["lower"], "homes_high": homes * children["upper"],
        }
    )  # fmt: skip
