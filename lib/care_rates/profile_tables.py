"""Facts behind the page of each authority: numbers and rates, by key and year.

A ``key`` names an authority (the time-invariant unit, or the code of a council that
came later), a joined area (codes with ``+``: the same land before and after a boundary
change), a region or a country.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.areas import ENGLAND, WALES

NEEDED = (
    "areas", "crosswalk", "cla", "population", "cla_flows", "cla_placements", "cla_ages",
    "ofsted", "s251", "unit_cost", "neighbours", "deprivation", "wales_rates", "wales_cla",
    "wales_deprivation",
)  # fmt: skip
"""Analysis tables that the profile tables are made of."""

POPULATION = ("dfe_2025_rebased", "dfe_cin2022", "nomis_utla21", "dfe_ud2010")
"""Population series, the preferred first: each year takes the first that has a figure."""
REBASED = 2025
"""Release whose populations the first of these holds; those of later ones come before it."""

PARTS = ("E06000061", "E06000062", "E06000063", "E06000064")
"""Councils that replaced an authority in two parts: they also have rows of their own."""


def keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Name every row by its key; those of joined areas and parts come under both.

    Parameters
    ----------
    frame : pandas.DataFrame
        With areas attached (see :func:`care_rates.areas.attach`).

    Returns
    -------
    pandas.DataFrame
        With ``key``; ``level`` is authority, joined area, part, region or country.
        Joint figures of two authorities are left out.
    """
    own = frame[frame["level"] == "authority"]
    own = own.assign(key=own["unit_id"].fillna(own["area_code"]))
    together = own[own["stable_id"].str.contains("+", regex=False).fillna(False).astype(bool)]
    together = together.assign(key=together["stable_id"], level="joined area")
    alone = own[own["area_code"].isin(PARTS)]
    alone = alone.assign(key=alone["area_code"], level="part")
    wide = frame[frame["level"].isin(["region", "country"])]
    return pd.concat([own, together, alone, wide.assign(key=wide["area_code"])], ignore_index=True)


def latest(frame: pd.DataFrame, counts: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Take each year's counts from the latest release, one printed to the child first.

    Parameters
    ----------
    frame : pandas.DataFrame
        With areas attached, ``year``, ``release_year``, ``source_id``.
    counts : sequence of str
        Columns that may be added up over the parts of an authority; a sum with a
        missing part is missing.
    by : sequence of str
        Further columns that tell rows apart.

    Returns
    -------
    pandas.DataFrame
        ``level, key, year, *by, counts, release_year, source_id, rounding`` (5 where
        only tables rounded to 5 print the year, else 0).
    """
    rows, counts = keyed(frame), list(counts)
    rows = rows[rows["in_force"] | rows[counts].notna().any(axis=1)]
    same = ["level", "key", "year", *by]
    grouped = rows.groupby([*same, "release_year", "source_id"], sort=True)
    whole = grouped[counts].count().eq(grouped.size(), axis=0)
    out = grouped[counts].sum(min_count=1).where(whole).dropna(how="all").reset_index()
    coarse = out["source_id"].str.endswith("_tables")
    out["rounding"] = np.where(coarse & ~out["level"].isin(["region", "country"]), 5, 0)
    out = out.assign(exact=~coarse).sort_values([*same, "exact", "release_year"], kind="stable")
    return out.groupby(same, sort=False).tail(1).drop(columns="exact").reset_index(drop=True)


def preferred(series: pd.Series) -> list[str]:
    """Put the series of population in the order in which they are used.

    Parameters
    ----------
    series : pandas.Series
        Names of the series at hand.

    Returns
    -------
    list of str
        Those printed with releases after the rebased one, the newest first, then
        :data:`POPULATION`.
    """
    release = series.drop_duplicates().str.extract(r"^(dfe_cla_(\d{4})_\w+)$").dropna()
    later = release[release[1].astype(int) > REBASED].sort_values([1, 0], ascending=False)
    return [*later[0], *POPULATION]


def persons(population: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Give children aged 0 to 17 by key and year, with the series they come from.

    Parameters
    ----------
    population : pandas.DataFrame
        The table ``population``.
    crosswalk : pandas.DataFrame
        The table ``crosswalk``, for the codes of regions.

    Returns
    -------
    pandas.DataFrame
        ``key, year, persons, basis``; ``year`` is the one after the mid-year. Where a
        series has no row for a region or England, its authorities are added up.
    """
    order = preferred(population["series"])
    rows = population[population["series"].isin(order)].dropna(subset=["persons_0_17"])
    rows = rows.rename(columns={"persons_0_17": "persons"})
    found = keyed(rows).groupby(["series", "mid_year", "key"])["persons"].sum()
    regions = crosswalk[crosswalk["la_type"] == "Region"].set_index("name")["area_code"]
    own = rows[rows["level"] == "authority"]
    add = pd.concat([own.assign(key=own["region"].map(regions)), own.assign(key=ENGLAND)])
    added = add.dropna(subset=["key"]).groupby(["series", "mid_year", "key"])["persons"].sum()
    out = found.combine_first(added).reset_index()
    out["order"] = out["series"].map(order.index)
    out = out.sort_values("order", kind="stable").drop_duplicates(["key", "mid_year"])
    out = out.assign(year=out["mid_year"] + 1).rename(columns={"series": "basis"})
    return out[["key", "year", "persons", "basis"]]


def rates(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give numbers in care, children living there and rates for every key and year.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        See :data:`NEEDED`.

    Returns
    -------
    pandas.DataFrame
        ``country, level, key, year, number, rounding, persons, basis, rate``
        (per 10,000), ``printed`` (rate as printed last), ``source_id``. Where no
        population is at hand the printed rate gives it (``basis`` says so).
    """
    cla = tables["cla"]
    out = latest(cla, ["number"])
    printed = keyed(cla).dropna(subset=["rate_per_10k"]).sort_values("release_year")
    printed = printed[printed["level"] != "joined area"]
    alone = ~printed.duplicated(["key", "year", "source_id"], keep=False)
    printed = printed[alone].drop_duplicates(["key", "year"], keep="last")
    out = out.merge(persons(tables["population"], tables["crosswalk"]), on=["key", "year"],
                    how="left")  # fmt: skip
    out = out.merge(printed[["key", "year", "rate_per_10k"]], on=["key", "year"], how="left")
    out = out.rename(columns={"rate_per_10k": "printed"}).assign(country="England")
    lost = out["persons"].isna() & (out["printed"] > 0)
    out.loc[lost, "persons"] = (1e4 * out["number"] / out["printed"])[lost]
    out["basis"] = out["basis"].where(~lost, "implied by the printed rate")
    welsh = tables["wales_rates"].rename(columns={"area_code": "key"})
    welsh = welsh.assign(country="Wales", rounding=5, printed=np.nan, basis="mid-year estimates",
                         source_id="sw_cla_31march_2003_2018")  # fmt: skip
    out = pd.concat([out, welsh], ignore_index=True)
    out["rate"] = 1e4 * out["number"] / out["persons"]
    return out[["country", "level", "key", "year", "number", "rounding", "persons", "basis",
                "rate", "printed", "source_id"]]  # fmt: skip


def names(areas: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Name every key, and say what became of councils whose boundaries changed.

    Parameters
    ----------
    areas, crosswalk : pandas.DataFrame
        The tables of these names.

    Returns
    -------
    pandas.DataFrame
        ``key, name, region, unit_id`` (the authority with a page that it is part of, if one),
        ``joined`` (key of the joined area), ``since`` and ``until`` (years in which the
        code came into and went out of force).
    """
    known = crosswalk.rename(columns={"area_code": "key", "valid_from_year": "since",
                                      "valid_to_year": "until"})  # fmt: skip
    known = known[known["la_type"] != "Joint figure"].assign(joined=known["stable_id"])
    plain = areas[areas["country"] == "Wales"].rename(columns={"area": "name"})
    plain = plain.assign(key=plain["unit_id"], joined=plain["unit_id"])
    stable = pd.Series(known["stable_id"].dropna().unique())
    together = stable[stable.str.contains("+", regex=False)]
    label = known.set_index("key")["name"]
    joined = pd.DataFrame(
        {"key": together, "joined": together,
         "name": [" and ".join(sorted({label[c] for c in k.split("+")})) for k in together]}
    )  # fmt: skip
    joined["name"] = joined["name"].str.replace(" and ", ", ", n=1) + " together"
    whole = pd.DataFrame({"key": [WALES], "name": ["Wales"]})
    out = pd.concat([known, plain, joined, whole], ignore_index=True)
    columns = ["key", "name", "region", "unit_id", "joined", "since", "until"]
    return out[columns].drop_duplicates("key")


def releases(cla: pd.DataFrame) -> pd.DataFrame:
    """Set the first and the latest print of every year side by side.

    Parameters
    ----------
    cla : pandas.DataFrame
        The table ``cla``.

    Returns
    -------
    pandas.DataFrame
        ``key, year, first, last`` (number, from releases that print to the child),
        ``first_rate, last_rate`` (as printed), ``prints`` (releases with the rate); and of
        the two releases that print these rates: ``first_release, last_release`` (years),
        ``first_count, last_count`` (number beside the rate), ``first_unit, last_unit``
        (what it was rounded to, 0 for none).
    """
    rows = keyed(cla)
    rows = rows[(rows["level"] == "authority") & rows["number"].notna()]
    rows = rows[~rows.duplicated(["key", "year", "source_id"], keep=False)]
    rows = rows.sort_values(["key", "year", "release_year", "source_id"], kind="stable")
    exact = rows[~rows["source_id"].str.endswith("_tables")].groupby(["key", "year"])
    rows["unit"] = np.where(rows["source_id"].str.endswith("_tables"), 5, 0)
    rated = rows.dropna(subset=["rate_per_10k"]).groupby(["key", "year"])
    beside = {
        f"{end}_{name}": getattr(rated[column], end)()
        for name, column in (("rate", "rate_per_10k"), ("release", "release_year"),
                             ("count", "number"), ("unit", "unit"))
        for end in ("first", "last")
    }  # fmt: skip
    return pd.DataFrame(
        {"first": exact["number"].first(), "last": exact["number"].last(),
         "prints": rated.size(), **beside}
    ).reset_index()  # fmt: skip
