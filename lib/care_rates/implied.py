"""Bounds on a figure that was not kept, from printed counts and rates that share it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def implied_population(
    frame: pd.DataFrame, pairs: Mapping[str, str], scale: float = 10_000, half: float = 0.05
) -> pd.DataFrame:
    """Bound a population by every printed count that has a printed rate.

    Each pair says that the population lies between ``count / (rate + half)`` and
    ``count / (rate - half)``, times ``scale``; what all pairs allow is what is left.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority, counts and rates on the same population.
    pairs : mapping of str to str
        Count column to rate column.
    scale : float
        What the rates are per.
    half : float
        Half a unit of the last printed digit of the rates.

    Returns
    -------
    pandas.DataFrame
        ``low, high``; missing where no pair is complete.

    Raises
    ------
    ValueError
        If the pairs of a row contradict one another: they are not on one population.
    """
    counts = frame[list(pairs)].to_numpy(float)
    rates = frame[list(pairs.values())].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = scale * counts / (rates + half)
        high = np.where(rates > half, scale * counts / (rates - half), np.inf)
    known = np.isfinite(low)
    low = np.where(known, low, -np.inf).max(axis=1)
    high = np.where(known, high, np.inf).min(axis=1)
    out = pd.DataFrame({"low": low, "high": high}, index=frame.index)
    out = out.where(np.isfinite(out))
    bad = out["low"] > out["high"]
    if bad.any():
        raise ValueError(
            f"Row {out.index[bad][0]}: the printed counts and rates allow no common population. "
            "Use counts and rates of one release."
        )
    return out


def rate_bounds(number: pd.Series, population: pd.DataFrame, scale: float = 10_000) -> pd.DataFrame:
    """Rate of a known count on a population that is known to lie between two values.

    Parameters
    ----------
    number : pandas.Series
        Count by authority.
    population : pandas.DataFrame
        ``low, high`` by authority (see :func:`implied_population`).
    scale : float
        What the rate is per.

    Returns
    -------
    pandas.DataFrame
        ``low, high, whole`` (the rate rounded half up, where both ends round to the
        same whole number) and ``settled`` (whether they do), for authorities in both.
    """
    both = population.loc[population.index.isin(number.dropna().index)]
    count = number.reindex(both.index)
    low, high = scale * count / both["high"], scale * count / both["low"]
    first, last = np.floor(low + 0.5), np.floor(high + 0.5)
    out = pd.DataFrame({"low": low, "high": high, "whole": first.where(first == last)})
    return out.assign(settled=out["whole"].notna())
