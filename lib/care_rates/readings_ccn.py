"""Readings of the 2021-22 forecasts: every way to take "average growth" and "additional spend"."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

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
