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


def change_by(wide: pd.DataFrame, years: Sequence[int], way: str) -> pd.Series:
    """Average change a year, by one of several ways that a report could mean.

    Parameters
    ----------
    wide : pandas.DataFrame
        Authorities by years.
    years : sequence of int
        Year-ends of the window, in order, at least two.
    way : {"steps", "slope", "percent", "rounded"}
        The mean of the yearly steps; the slope of a least-squares line; the mean of
        the yearly growth rates in percent; the mean step rounded to a whole number.

    Returns
    -------
    pandas.Series
        Change a year, in the unit of the figures (``percent``: in percent); missing
        where a year is missing.

    Raises
    ------
    ValueError
        For an unknown way.
    """
    rows = wide[list(years)].astype(float)
    if way == "slope":
        time = np.asarray(years, float) - np.mean(years)
        return rows @ time / (time @ time)
    if way == "percent":
        grown = 100 * (rows.shift(-1, axis=1) / rows - 1).iloc[:, :-1]
        return grown.mean(axis=1).where(rows.notna().all(axis=1))
    if way not in ("steps", "rounded"):
        raise ValueError(f"way {way!r} is not one of: steps, slope, percent, rounded.")
    steps = average_change(rows, years[0], years[-1]).where(rows.notna().all(axis=1))
    return to_nearest(steps, 1) if way == "rounded" else steps


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
