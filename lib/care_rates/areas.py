"""Areas: region order, names, and the crosswalk to time-invariant authorities.

A **unit** is the authority of 2016-17 (152 in England with the Isles of Scilly).
A **stable** area is coarser: it joins what a boundary change split or merged, so
that it is the same land in every year from 2006 to 2025 (for Dorset, Bournemouth
and Poole; Bedfordshire; Cheshire). ``areas_england.csv`` holds both, dated.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from care_rates import names
from care_rates.data import DataError, load

slug = names.slug
"""Names as ids write them: see :func:`care_rates.names.slug`."""
REGIONS = (
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "Inner London",
    "Outer London",
    "South East",
    "South West",
)
"""The one order of regions on every page: north to south, London in its two parts."""

SCILLY = "E06000053"
"""Isles of Scilly: no child looked after in most years, left out of the reports."""

ENGLAND, WALES = "E92000001", "W92000004"


def attach(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Put what is known of each area beside its rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        Has ``area_code``.
    areas : pandas.DataFrame
        The raw table ``areas_england`` or ``areas_wales``.

    Returns
    -------
    pandas.DataFrame
        With ``level`` (authority, joint figure, region, country), ``area`` (name),
        ``region``, ``unit_id`` and ``stable_id`` in front, and ``in_force``: whether
        the code was in force on 31 March of the row's ``year`` (true without a year).
    """
    known = areas.set_index("area_code")
    code = frame["area_code"]
    if "la_type" in known:
        level = known["la_type"].map(
            {"Region": "region", "Country": "country", "Joint figure": "joint figure"}
        )
        level = level.fillna("authority")
        region, unit, stable = known["region"], known["unit_id"], known["stable_id"]
    else:
        level = known["level"].map({"local_authority": "authority", "country": "country"})
        region = pd.Series("Wales", index=known.index)
        unit = stable = pd.Series(known.index, index=known.index).where(level == "authority")
    front = pd.DataFrame(
        {
            "area_code": code,
            "level": code.map(level),
            "area": code.map(known["name"]),
            "region": code.map(region),
            "unit_id": code.map(unit),
            "stable_id": code.map(stable),
        }
    )
    return front.assign(in_force=_in_force(frame, known)).join(frame.drop(columns="area_code"))


def _in_force(frame: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Tell whether each row's code was in force; codes change on 1 April."""
    if "year" not in frame or "valid_from_year" not in known:
        return pd.Series(True, index=frame.index)
    since = frame["area_code"].map(known["valid_from_year"])
    until = frame["area_code"].map(known["valid_to_year"])
    return ~(since >= frame["year"]) & ~(until < frame["year"])


def to_units(
    frame: pd.DataFrame, keys: Sequence[str], counts: Sequence[str], level: str = "unit_id"
) -> pd.DataFrame:
    """Add parts of an authority up to the authority, to the child.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of authorities with the ``level`` column of ids and ``keys``.
    keys : sequence of str
        What tells rows of one authority apart (``year``, ``release_year`` …).
    counts : sequence of str
        Columns that may be added up. A sum with a missing part is missing: nothing
        is taken for zero.
    level : {"unit_id", "stable_id"}
        Which ids to add up to.

    Returns
    -------
    pandas.DataFrame
        ``level``, ``keys``, ``counts``, and ``parts`` (how many rows were added),
        sorted. Rows without an id are left out (see :func:`unmapped`), and so are
        empty rows of codes that were not in force: there was no such authority.
    """
    rows = frame.dropna(subset=[level])
    rows = rows[rows["in_force"] | rows[list(counts)].notna().any(axis=1)]
    grouped = rows.groupby([level, *keys], sort=True, observed=True)
    summed = grouped[list(counts)].sum(min_count=1)
    complete = grouped[list(counts)].count().eq(grouped.size(), axis=0)
    out = summed.where(complete)
    out["parts"] = grouped.size()
    return out.reset_index()


def unmapped(frame: pd.DataFrame, count: str, level: str = "unit_id") -> pd.DataFrame:
    """List the authorities that no time-invariant unit holds one to one.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table with areas attached (see :func:`attach`).
    count : str
        Column whose children are at stake.
    level : {"unit_id", "stable_id"}
        Which ids were asked for.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area, first, last`` year and the number of rows, joint figures
        included, one row an area.
    """
    lost = frame[frame["level"].isin(["authority", "joint figure"]) & frame[level].isna()]
    lost = lost.dropna(subset=[count])
    return (
        lost.groupby(["area_code", "area"])["year"].agg(first="min", last="max", rows="size")
    ).reset_index()


def find(text: str) -> pd.Series:
    """Find one authority by code or name.

    Parameters
    ----------
    text : str
        A name or code, of 2016-17, of today or of a former council (see
        :func:`care_rates.names.look_up`).

    Returns
    -------
    pandas.Series
        Its row of the ``areas`` table (``unit_id, area, region, country, …``).

    Raises
    ------
    DataError
        If no authority fits, or several share the land; near misses are named.
    """
    if not isinstance(text, str) or not text.strip():
        raise DataError("area: give the name or the code of a local authority.")
    answer = names.look_up(text)
    if answer.found is None:
        raise DataError(f"area: {answer.said}")
    areas = load("areas")
    return areas[areas["unit_id"] == answer.found.code].iloc[0]
