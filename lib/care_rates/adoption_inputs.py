"""The inputs of the adoption model: one row an authority, gaps to the neighbours' target."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_rates import benchmark, care_system, latest
from care_rates.areas import slug
from care_rates.schema import DataError

COST_COLUMNS = {
    "cost_residential": "residential_weekly_cost",
    "cost_foster": "fostering_weekly_cost",
    "cost_other": "cla_weekly_cost",
}
"""Weekly costs: a child in neither kind of home is taken to cost the average."""


def authorities(tables: Mapping[str, pd.DataFrame], year: int, series: str) -> pd.DataFrame:
    """Collect what is published of each authority for one year.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``cla, cla_flows, cla_placements, population, unit_cost`` with areas attached.
    year : int
        Year ending 31 March.
    series : str
        Population series; persons are of the mid-year before, after the end of the series
        the denominator of the newest release.

    Returns
    -------
    pandas.DataFrame
        By key: ``area, region, number, before`` (a year earlier), ``persons, started,
        left, residential, foster, placed`` (total of the placement table) and weekly
        costs. Anything not published is NaN.
    """
    cla, placed, people = tables["cla"], tables["cla_placements"], tables["population"]
    people = latest.population(people[people["level"] == "authority"], [series])
    costs = care_system.with_key(tables["unit_cost"])
    costs = costs[(costs["year"] == year) & (costs["basis"] == "published LAIT")]
    named = care_system.with_key(cla[cla["year"] == year]).dropna(subset=["number"])
    named = named.drop_duplicates("key").set_index("key")[["area", "region"]]
    out = named.sort_index().assign(
        number=care_system.by_authority(cla, "number", year),
        before=care_system.by_authority(cla, "number", year - 1),
        persons=care_system.by_authority(people, "persons_0_17", year - 1, year_column="mid_year"),
        started=care_system.by_authority(tables["cla_flows"], "started", year),
        residential=care_system.placement(placed, year, care_system.RESIDENTIAL),
        foster=care_system.placement(placed, year, "foster"),
        placed=care_system.placement(placed, year, "total"),
    )
    for name, column in COST_COLUMNS.items():
        out[name] = costs.groupby("key")[column].mean()
    out["left"] = out["before"] + out["started"] - out["number"]
    return out


def last_complete(
    tables: Mapping[str, pd.DataFrame], series: str, areas: int = 100, first: int = 2020
) -> int:
    """Give the last year that has every input for most authorities.

    Parameters
    ----------
    tables, series
        As in :func:`authorities`.
    areas : int
        How many authorities must have every input.
    first : int
        Year to stop at.

    Returns
    -------
    int
        Year ending 31 March.

    Raises
    ------
    DataError
        If there is none back to ``first``.
    """
    for year in range(int(tables["cla"]["year"].max()), first - 1, -1):
        if len(authorities(tables, year, series).dropna()) >= areas:
            return year
    raise DataError(
        f"no year from {first} on has numbers, flows, placements and costs of {areas} authorities: "
        "a table may be cut."
    )


def system(table: pd.DataFrame, index: np.ndarray, rule: str | float = "best") -> pd.DataFrame:
    """Make the model's system of it, with the gap of each authority to its target.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`authorities`.
    index : numpy.ndarray of int
        Neighbours in the same order (see :func:`care_rates.care_system.neighbour_index`).
    rule : str or float
        Target rule (see :func:`care_rates.benchmark.targets`).

    Returns
    -------
    pandas.DataFrame
        Authorities with every input, columns as :mod:`care_rates.adoption` needs them,
        and ``area``. The placement table's shares are applied to the number in care.
    """
    rate = (table["number"] / table["persons"]).to_numpy()
    share = (table["residential"] / table["placed"]).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = 1 - benchmark.targets(rate, index, rule) / rate
        home = np.where(share > 0, 1 - benchmark.targets(share, index, rule) / share, 0.0)
    scale = table["number"] / table["placed"]
    out = pd.DataFrame(
        {
            "area": table["area"], "stock": table["number"], "started": table["started"],
            "left": table["left"], "residential": table["residential"] * scale,
            "foster": table["foster"] * scale, "gap": gap, "gap_residential": home,
            **{name: table[name] for name in COST_COLUMNS},
        }
    )  # fmt: skip
    return out.dropna()


def history(tables: Mapping[str, pd.DataFrame], area: str) -> pd.DataFrame:
    """Build one authority's history: stock, entries and children who live there.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``cla, cla_flows, population``.
    area : str
        Name as published in any year (any case).

    Returns
    -------
    pandas.DataFrame
        ``stock, started, persons`` by year: latest release of each, population rebased
        after the Census of 2021 from mid-2012.

    Raises
    ------
    ValueError
        If there is no such authority.

    Notes
    -----
    Where one name stands for two areas, as Dorset does before and after the changes of
    2019, it is the later one that counts.
    """
    cla = care_system.with_key(tables["cla"])
    named = cla[cla["area"].map(slug) == slug(area)].sort_values("year", kind="stable")
    if named.empty:
        raise ValueError(f"area {area!r} is no authority. Use the name as published, or England.")
    key = named["key"].iloc[-1]
    parts = {"stock": (cla, "number"), "started": (tables["cla_flows"], "started")}
    out = {}
    for name, (frame, column) in parts.items():
        rows = care_system.with_key(frame).loc[lambda d: d["key"] == key].dropna(subset=[column])
        years = sorted(rows["year"].unique())
        out[name] = pd.Series(
            {year: care_system.by_authority(rows, column, year).iloc[0] for year in years}
        )
    people = care_system.with_key(tables["population"]).loc[lambda d: d["key"] == key]
    wide = people.pivot_table(
        index="mid_year", columns="series", values="persons_0_17", aggfunc="sum", min_count=1
    )
    known = wide["dfe_2025_rebased"].fillna(wide["nomis_utla21"].loc[:2011])
    later = latest.population(people, ["dfe_2025_rebased", "nomis_utla21"])
    known = known.fillna(later.groupby("mid_year")["persons_0_17"].sum(min_count=1))
    out["persons"] = known.set_axis(known.index + 1)
    return pd.DataFrame(out).dropna(subset=["stock"]).rename_axis("year")
