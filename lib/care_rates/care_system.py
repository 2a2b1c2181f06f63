"""Put the care system of one year together: England's series, and one row an authority.

An authority is named by its ``key``: the time-invariant unit where there is one, else
its code (Dorset, and Bournemouth, Christchurch and Poole, from 2019).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from care_rates.areas import SCILLY

RESIDENTIAL = ("secure_childrens_homes_hostels", "secure_and_childrens_homes")
"""Placement classes for residential homes: to 2019 (with hostels and semi-independent
living), and from 2020 (secure and children's homes alone)."""


def series(national: pd.DataFrame, name: str, release: str | None = None) -> pd.Series:
    """Pick one national series of England.

    Parameters
    ----------
    national : pandas.DataFrame
        The table ``national``.
    name : str
        For instance ``cla_at_31_march``.
    release : str, optional
        Words in the release's name; the latest release of each year unless told.

    Returns
    -------
    pandas.Series
        By year.

    Raises
    ------
    ValueError
        If there is no such series or release.
    """
    rows = national[(national["geography"] == "England") & (national["series"] == name)]
    if release:
        rows = rows[rows["release"].str.contains(release, regex=False)]
    rows = rows.dropna(subset=["value"])
    if rows.empty:
        raise ValueError(f"no series {name!r} of England in release {release or 'any'!r}.")
    when = rows["release"].str.extract(r"(\d{4})\D*$")[0].astype(float)
    rows = rows.assign(when=when).sort_values(["year", "when"], kind="stable")
    return rows.groupby("year")["value"].last().rename(name)


def england(
    national: pd.DataFrame, release: str | None = None, census: str = "after"
) -> pd.DataFrame:
    """Build England's history: stock, entries and children who live there.

    Parameters
    ----------
    national : pandas.DataFrame
        The table ``national``.
    release : str, optional
        Of stock and entries; the latest unless told.
    census : {"after", "before"}
        Population rebased after the Census of 2021 (after the end of that series the
        newest there is), or as known before it (then there is none after mid-2020).

    Returns
    -------
    pandas.DataFrame
        ``stock, started, persons`` by year ending 31 March; persons are of the
        mid-year before.

    Raises
    ------
    ValueError
        If census is neither.
    """
    if census not in ("after", "before"):
        raise ValueError(f"census {census!r} is not 'after' or 'before'.")
    people = series(national, "population_0_17", "Nomis")
    if census == "after":
        rebased = series(national, "population_0_17", "CIN 2025")
        newest = series(national, "population_0_17")
        later = newest[newest.index > rebased.index.max()]
        people = pd.concat([people[people.index < rebased.index.min()], rebased, later])
    people.index = people.index + 1
    return pd.DataFrame(
        {
            "stock": series(national, "cla_at_31_march", release),
            "started": series(national, "cla_started_in_year", release),
            "persons": people,
        }
    ).dropna(subset=["stock"])


def with_key(frame: pd.DataFrame) -> pd.DataFrame:
    """Name each authority row by its key.

    Parameters
    ----------
    frame : pandas.DataFrame
        With areas attached.

    Returns
    -------
    pandas.DataFrame
        Authorities alone, without the Isles of Scilly, with ``key``.
    """
    rows = frame[frame["level"] == "authority"]
    rows = rows.assign(key=rows["unit_id"].fillna(rows["area_code"]))
    return rows[rows["key"] != SCILLY]


def by_authority(
    frame: pd.DataFrame, value: str, year: int, release: int | None = None, year_column="year"
) -> pd.Series:
    """Add a count up by authority, for one year.

    Parameters
    ----------
    frame : pandas.DataFrame
        With areas attached; other dimensions already chosen.
    value : str
        Column.
    year : int
        Year ending 31 March (or mid-year).
    release : int, optional
        Latest release year to use; the latest of all unless told.
    year_column : str
        Name of the year's column.

    Returns
    -------
    pandas.Series
        By key: from the latest release that has a figure. Empty rows count for
        nothing; where none is left the authority is absent, never zero.
    """
    rows = with_key(frame[frame[year_column] == year]).dropna(subset=[value])
    if "release_year" in rows:
        if release is not None:
            rows = rows[rows["release_year"] <= release]
        last = rows.groupby("key")["release_year"].transform("max")
        rows = rows[rows["release_year"] == last].sort_values("source_id")
        rows = rows.drop_duplicates(["area_code"], keep="last")
    return rows.groupby("key")[value].sum()


def placement(placements: pd.DataFrame, year: int, kind: str | Iterable[str]) -> pd.Series:
    """Count children in a kind of placement, by authority.

    Parameters
    ----------
    placements : pandas.DataFrame
        The table ``cla_placements``.
    year : int
        Year ending 31 March.
    kind : str or iterable of str
        Placement class or classes (:data:`RESIDENTIAL`).

    Returns
    -------
    pandas.Series
        By key; a suppressed count leaves the authority out.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    rows = placements[placements["placement"].isin(kinds)]
    return by_authority(rows, "number", year)


def neighbour_index(
    neighbours: pd.DataFrame, crosswalk: pd.DataFrame, keys: pd.Index, model: str
) -> np.ndarray:
    """Turn the published neighbours into places in a list of authorities.

    Parameters
    ----------
    neighbours : pandas.DataFrame
        The table ``neighbours``.
    crosswalk : pandas.DataFrame
        The table ``crosswalk``.
    keys : pandas.Index
        Authorities, in order.
    model : str
        ``2021`` or ``2025``, or ``latest``.

    Returns
    -------
    numpy.ndarray of int, shape (n, 10)
        -1 where a neighbour is not in the list; a neighbour that was split counts
        once, and an authority never as its own neighbour.
    """
    names = crosswalk.set_index("area_code")["unit_id"]
    names = names.fillna(pd.Series(names.index, index=names.index))
    model = neighbours["model"].max() if model == "latest" else model
    rows = neighbours[neighbours["model"] == model].copy()
    rows["key"] = rows["area_code"].map(names)
    rows["near"] = rows["neighbour_area_code"].map(names)
    rows = rows[rows["key"].isin(keys) & rows["near"].isin(keys) & (rows["key"] != rows["near"])]
    rows = rows.sort_values(["key", "rank"]).drop_duplicates(["key", "near"])
    rows["slot"] = rows.groupby("key").cumcount()
    rows = rows[rows["slot"] < 10]
    out = np.full((len(keys), 10), -1)
    out[keys.get_indexer(rows["key"]), rows["slot"]] = keys.get_indexer(rows["near"])
    return out


def members(
    listed: pd.DataFrame, crosswalk: pd.DataFrame, also: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Find the County Councils Network's members among the authorities of 2020.

    Parameters
    ----------
    listed : pandas.DataFrame
        The table ``ccn_members`` (the membership of 2024).
    crosswalk : pandas.DataFrame
        The table ``crosswalk``.
    also : iterable of str
        Names of councils that had been members before.

    Returns
    -------
    dict of str to list of str
        ``counties`` and ``unitaries`` (names of the councils of 2021-22: counties that
        became unitary in 2023 count as counties), ``keys``.
    """
    known = crosswalk.set_index("area_code")
    codes = listed["area_codes"].str.split().explode()
    extra = known.index[known["name"].isin(list(also)) & (known["la_type"] == "County")]
    codes = pd.Index([*codes, *extra])
    known = known[known["la_type"].isin(["County", "Unitary"])]
    known = known.assign(key=known["unit_id"].fillna(pd.Series(known.index, known.index)))
    rows = known[known["key"].isin(known.loc[codes, "key"])]
    since = rows["valid_from_year"].fillna(0)
    until = rows["valid_to_year"].fillna(9999)
    then = rows[(since <= 2021) & (until > 2021)]
    county = then["la_type"] == "County"
    return {
        "counties": sorted(then.loc[county, "name"].unique()),
        "unitaries": sorted(then.loc[~county, "name"].unique()),
        "keys": sorted(rows["key"].unique()),
    }
