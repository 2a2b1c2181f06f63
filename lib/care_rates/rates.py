"""Rates of authorities over a stated window and release, and their spread by region.

A rate of a year is printed again in each later release, and revised. Every function
here takes rates of which the release was chosen by name (:func:`pick`), so that a
window is never computed from whichever vintage happens to come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.areas import REGIONS, SCILLY

SPREAD = ("n", "min", "max", "mean", "sd")


def pick(
    units: pd.DataFrame,
    releases: Mapping[int, str],
    value: str = "rate_per_10k",
    without: Sequence[str] = (SCILLY,),
) -> pd.DataFrame:
    """Lay figures out by authority and year, each year from the release named for it.

    Parameters
    ----------
    units : pandas.DataFrame
        ``unit_id, year, source_id`` and ``value``: the table ``cla_units``.
    releases : mapping of int to str
        For each year ending 31 March the ``source_id`` of the release to use.
    value : str
        Column to lay out (``rate_per_10k``, ``number``).
    without : sequence of str
        Authorities to leave out.

    Returns
    -------
    pandas.DataFrame
        One row an authority, one column a year, in the order of ``releases``;
        missing where the release has no figure.

    Raises
    ------
    ValueError
        If a release has no figure of its year; those that have are named.
    """
    parts = {}
    for year, release in releases.items():
        of_year = units[units["year"] == year].dropna(subset=[value])
        rows = of_year[of_year["source_id"] == release]
        if rows.empty:
            known = ", ".join(sorted(set(of_year["source_id"]))) or "no release"
            raise ValueError(f"{value} of {year}: {release!r} has none. It stands in: {known}.")
        parts[year] = rows.set_index("unit_id")[value]
    wide = pd.DataFrame(parts).sort_index()
    return wide.drop(index=[area for area in without if area in wide.index])


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


def average(wide: pd.DataFrame, years: Sequence[int], complete: bool = True) -> pd.Series:
    """Average over stated years, each year counting once.

    Parameters
    ----------
    wide : pandas.DataFrame
        Authorities by years (see :func:`pick`).
    years : sequence of int
        Year-ends to average.
    complete : bool
        Whether an authority needs every year; otherwise the years that it has.

    Returns
    -------
    pandas.Series
        One value an authority; missing where years are missing.
    """
    rows = wide[list(years)]
    means = rows.mean(axis=1)
    return means.where(rows.notna().all(axis=1)) if complete else means


def average_change(wide: pd.DataFrame, start: int, end: int) -> pd.Series:
    """Average change a year between two year-ends.

    The mean of the yearly changes is the whole change over the number of steps.

    Parameters
    ----------
    wide : pandas.DataFrame
        Authorities by years.
    start, end : int
        First and last year-end.

    Returns
    -------
    pandas.Series
        ``(last - first) / (end - start)``, in the unit of the figures a year.

    Raises
    ------
    ValueError
        If the end does not come after the start.
    """
    if end <= start:
        raise ValueError(f"A change from {start} to {end}: the end must come after the start.")
    return (wide[end] - wide[start]) / (end - start)


def spread(values: pd.Series) -> pd.Series:
    """Sum up values of authorities.

    Parameters
    ----------
    values : pandas.Series
        One value an authority; missing ones are left out.

    Returns
    -------
    pandas.Series
        ``n, min, max, mean, sd``: the standard deviation has n - 1 below.
    """
    kept = values.dropna()
    numbers = (len(kept), kept.min(), kept.max(), kept.mean(), kept.std(ddof=1))
    return pd.Series(numbers, index=list(SPREAD))


def by_region(
    values: pd.Series, region: pd.Series, order: Sequence[str] = REGIONS
) -> pd.DataFrame:  # fmt: skip
    """Sum up values of authorities by region, authorities counting alike.

    Parameters
    ----------
    values : pandas.Series
        One value an authority.
    region : pandas.Series
        Region by authority, same kind of index.
    order : sequence of str
        Regions to give, in this order.

    Returns
    -------
    pandas.DataFrame
        One row a region: ``n, min, max, mean, sd`` (n - 1 below).

    Raises
    ------
    ValueError
        If an authority has no region.
    """
    kept = values.dropna()
    names = region.reindex(kept.index)
    if names.isna().any():
        raise ValueError(f"{names.index[names.isna()][0]} has no region: give one for each area.")
    table = kept.groupby(names).agg(["count", "min", "max", "mean", "std"])
    table.columns = list(SPREAD)
    return table.reindex(list(order)).rename_axis("region")


def directions(change: pd.Series) -> pd.Series:
    """Share of authorities that rose, stayed and fell.

    Parameters
    ----------
    change : pandas.Series
        One change an authority.

    Returns
    -------
    pandas.Series
        ``share_up, share_same, share_down``, percent of those with a change.
    """
    signs = np.sign(change.dropna().round(9))
    shares = [100 * (signs == sign).mean() for sign in (1, 0, -1)]
    return pd.Series(shares, index=["share_up", "share_same", "share_down"])


def to_nearest(values: pd.DataFrame | pd.Series, unit: float) -> pd.DataFrame | pd.Series:
    """Round half up to a unit, as publishers do.

    Parameters
    ----------
    values : DataFrame or Series
        Figures; missing ones stay missing.
    unit : float
        For instance 5 for costs published to the nearest five pounds.

    Returns
    -------
    DataFrame or Series
        Multiples of the unit.
    """
    return np.floor(values / unit + 0.5 + 1e-9) * unit
