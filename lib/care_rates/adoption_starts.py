"""Where the adoption model starts: England raised to the whole, or one authority.

Tables, neighbours and systems are as in :mod:`care_rates.adoption_inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_rates.adoption_inputs import system as make
from care_rates.areas import slug


def raised(system: pd.DataFrame, total: float) -> pd.DataFrame:
    """Raise the authorities with every figure to the whole of England.

    Parameters
    ----------
    system : pandas.DataFrame
        See :func:`care_rates.adoption_inputs.system`.
    total : float
        Children in care in England.

    Returns
    -------
    pandas.DataFrame
        All counts times one factor, so that stocks add up to the total: authorities
        left out are taken to be, and to change, like the rest together. Weekly costs
        and gaps stay.
    """
    factor = total / system["stock"].sum()
    counts = ["stock", "started", "left", "residential", "foster"]
    return system.assign(**{name: system[name] * factor for name in counts})


NUMBER = "the number in care"
MEANINGS = {
    "before": "children in care a year earlier", "persons": "children who live there",
    "started": "children who came into care", "residential": "children in residential homes",
    "foster": "children with foster families", "placed": "children by placement",
    "cost_residential": "weekly cost of a residential home",
    "cost_foster": "weekly cost of a foster family", "cost_other": "weekly cost of a child in care",
}  # fmt: skip
"""What the model needs of an authority, in words."""


def missing(table: pd.DataFrame, index: np.ndarray, area: str) -> list[str]:
    """Name what keeps one authority out of the model.

    Parameters
    ----------
    table, index
        As in :func:`care_rates.adoption_inputs.system`.
    area : str
        Its name (any case).

    Returns
    -------
    list of str
        Empty if nothing is missing.
    """
    place = np.flatnonzero(table["area"].map(slug) == slug(area))
    if not len(place):
        return [NUMBER]
    row = table.iloc[place[0]]
    lacking = [words for name, words in MEANINGS.items() if pd.isna(row[name])]
    near = index[place[0]]
    rates = table["number"] / table["persons"]
    if not rates.iloc[near[near >= 0]].notna().any():
        lacking.append("statistical neighbours")
    return lacking


def counted(table: pd.DataFrame, index: np.ndarray, area: str) -> tuple[np.ndarray, str]:
    """Choose the authorities whose gap to the target is looked at, and say whose it is.

    Parameters
    ----------
    table, index
        As in :func:`care_rates.adoption_inputs.system`.
    area : str
        ``England`` for all, else an authority's name (any case).

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        All; or the one, if it and one of its neighbours have numbers and placements.
    str
        Whose they are, for a caption: where the one lacks a figure, all stand for it,
        and this says so.
    """
    everyone = np.ones(len(table), dtype=bool)
    if area.strip().casefold() == "england":
        return everyone, "England"
    only = (table["area"].map(slug) == slug(area)).to_numpy()
    values = [table["number"] / table["persons"], table["residential"] / table["placed"]]
    known = np.logical_and.reduce([np.isfinite(v.to_numpy(float)) for v in values])
    near = ((index >= 0) & known[index]).any(axis=1)
    if (only & known & near).any():
        return only, table.loc[only, "area"].iloc[0]
    return everyone, f"England ({area} has not every figure of that year)"


def chosen(
    system: pd.DataFrame, area: str, why: Mapping[str, list[str]] | None = None
) -> pd.DataFrame:
    """Keep one authority, or all of them.

    Parameters
    ----------
    system : pandas.DataFrame
        See :func:`care_rates.adoption_inputs.system`.
    area : str
        ``England`` for all, else an authority's name (any case).
    why : mapping of str to list of str, optional
        What is missing (see :func:`missing`), by year.

    Returns
    -------
    pandas.DataFrame
        Its rows.

    Raises
    ------
    ValueError
        If the authority lacks a figure, naming it.
    """
    if area.strip().casefold() == "england":
        return system
    rows = system[system["area"].map(slug) == slug(area)]
    if rows.empty:
        lacking = "; ".join(f"{year}: {', '.join(x)}" for year, x in (why or {}).items() if x)
        raise ValueError(
            f"area {area!r}: the model cannot run, for figures that it needs are not published "
            f"({lacking or 'a small count withheld, or a boundary change'}). "
            "Choose another authority, or England."
        )
    return rows


def starts(
    sources: Mapping[int, tuple[pd.DataFrame, np.ndarray, float]], area: str,
    rule: str | float = "best",
) -> list[tuple[int, pd.DataFrame]]:  # fmt: skip
    """Choose what the model starts from, in each year wanted.

    Parameters
    ----------
    sources : mapping of int to (table, index, total)
        By year: what :func:`care_rates.adoption_inputs.system` takes, and the children
        in care in England.
    area : str
        ``England``, raised to the total, or an authority.
    rule : str or float
        Target rule.

    Returns
    -------
    list of (year, system)
        One a year wanted. Where an authority lacks a figure in one year, the other year
        takes its place.

    Raises
    ------
    ValueError
        If it has every figure in no year, naming those that are missing.
    """
    why = {year: missing(table, index, area) for year, (table, index, _) in sources.items()}
    whole = area.strip().casefold() == "england"
    if not whole and all(lacking == [NUMBER] for lacking in why.values()):
        raise ValueError(f"area {area!r} is no authority. Use the name as published, or England.")
    found = {}
    for year, (table, index, total) in sources.items():
        made = make(table, index, rule)
        if whole:
            found[year] = raised(made, total)
        elif (made["area"].map(slug) == slug(area)).any():
            found[year] = chosen(made, area)
    if not found:
        table, index, _ = next(iter(sources.values()))
        chosen(make(table, index, rule), area, why)
    nearest = {year: min(found, key=lambda other: abs(other - year)) for year in sources}
    return [(nearest[year], found[nearest[year]]) for year in sources]
