"""Facts behind the page of each authority: flows, placements, ages, inspections, money.

Keys are those of :mod:`care_rates.profile_tables`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from care_rates.areas import ENGLAND, WALES
from care_rates.profile_tables import keyed, latest, persons

PLACEMENTS = {
    "foster": "foster care",
    "secure_and_childrens_homes": "children's homes, secure homes",
    "secure_childrens_homes_hostels": "children's homes, hostels",
    "independent_supported_accommodation": "independent, supported",
    "with_parents": "with parents",
    "placed_for_adoption": "placed for adoption",
}
"""Placement classes that a page shows; all others are the rest of the total."""

AGES = {
    "under_1": "under 1", "1_to_4": "1 to 4", "5_to_9": "5 to 9", "10_to_15": "10 to 15",
    "16_and_over": "16 and over",
}  # fmt: skip
COSTS = ("cla_weekly_cost", "residential_weekly_cost", "fostering_weekly_cost")


def flows(cla_flows: pd.DataFrame) -> pd.DataFrame:
    """Give the children who came into care and left it in each year.

    Parameters
    ----------
    cla_flows : pandas.DataFrame
        The table ``cla_flows``.

    Returns
    -------
    pandas.DataFrame
        ``level, key, year, started, ceased, rounding, source_id``.
    """
    return latest(cla_flows, ["started", "ceased"]).drop(columns="release_year")


def mix(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Split children in care by placement and by age, in the last year of each key.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        See :data:`care_rates.profile_tables.NEEDED`.

    Returns
    -------
    pandas.DataFrame
        ``key, year, kind`` (placement or age), ``part, number, total, rounding``; a
        part that is not published is missing. ``other, or withheld`` is what the total
        leaves beside the placements that are shown.
    """
    placed = tables["cla_placements"].rename(columns={"placement": "part"})
    aged = tables["cla_ages"].rename(columns={"age_group": "part"})
    parts = [
        _shares(placed, PLACEMENTS, "placement"),
        _shares(aged, AGES, "age"),
        _welsh_ages(tables["wales_cla"]),
    ]
    out = pd.concat(parts, ignore_index=True)
    own = out.groupby(["key", "kind"])["year"].transform("max")
    kept = (out["year"] == own) | (out["key"].isin([ENGLAND, WALES]))
    return out[kept].reset_index(drop=True)


def _shares(frame: pd.DataFrame, labels: Mapping[str, str], kind: str) -> pd.DataFrame:
    rows = latest(frame[frame["part"].isin([*labels, "total"])], ["number"], ["part"])
    wide = rows.pivot_table(index=["key", "year"], columns="part", values="number")
    total = wide.pop("total").dropna()
    shown = wide.reindex(columns=list(labels)).rename(columns=labels).loc[total.index]
    if kind == "placement":
        shown["other, or withheld"] = total - shown.sum(axis=1)
    long = shown.reset_index().melt(["key", "year"], var_name="part", value_name="number")
    long = long.merge(total.rename("total").reset_index(), on=["key", "year"])
    used = frame[frame["part"].isin(list(labels))]
    used = used.assign(part=used["part"].map(labels))[["part", "year"]].drop_duplicates()
    always = long["part"] == "other, or withheld"
    there = long.merge(used, on=["part", "year"], how="left", indicator=True)["_merge"] == "both"
    order = {part: place for place, part in enumerate(shown)}
    out = long[always | there.to_numpy()].assign(kind=kind, rounding=0)
    return out.sort_values(
        ["key", "year", "part"], key=lambda s: s.map(order) if s.name == "part" else s
    )


def _welsh_ages(cla: pd.DataFrame) -> pd.DataFrame:
    by_sex = cla[(cla["age_band"] != "all") & (cla["sex"] != "all")]
    keys = ["area_code", "year", "age_band"]
    summed = by_sex.groupby(keys)["number"].agg(lambda s: s.sum(skipna=False)).reset_index()
    all_of = cla[(cla["age_band"] == "all") & (cla["sex"] == "all")]
    out = summed.merge(all_of[["area_code", "year", "number"]], on=["area_code", "year"],
                       suffixes=("", "_all"))  # fmt: skip
    order = {band: place for place, band in enumerate(by_sex["age_band"].unique())}
    out = out.sort_values(
        keys, key=lambda s: s.map(order) if s.name == "age_band" else s, kind="stable"
    )
    names_ = {"area_code": "key", "age_band": "part", "number_all": "total"}
    return out.rename(columns=names_).assign(kind="age", rounding=10)


def ofsted(events: pd.DataFrame) -> pd.DataFrame:
    """List inspections by key, oldest first, under the council's name at the time.

    Parameters
    ----------
    events : pandas.DataFrame
        The table ``ofsted``.

    Returns
    -------
    pandas.DataFrame
        ``key, area, published, framework, event`` and four judgements in words.
    """
    rows = keyed(events)
    columns = ["key", "area", "published", "framework", "event", "overall",
               "help_and_protection", "cla_and_permanence", "leadership"]  # fmt: skip
    rows = rows[rows["level"] == "authority"].sort_values(["key", "published"], kind="stable")
    return rows[columns].reset_index(drop=True)


def spend(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give looked-after spending and weekly costs by key and year, in cash.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        See :data:`care_rates.profile_tables.NEEDED`.

    Returns
    -------
    pandas.DataFrame
        ``key, year, cla_gbp`` (gross, looked-after total), ``per_child`` (pounds for
        each child aged 0 to 17), ``share`` (percent of all children's and young
        people's services), and the weekly costs as printed (``COSTS``). A key with
        several parts has no weekly cost of its own.
    """
    lines = tables["s251"]
    lines = lines[lines["line"].isin(["total_cla", "total_cyps_excl_cera"])]
    lines = keyed(lines).sort_values("source_id").drop_duplicates(["area_code", "key", "year",
                                                                   "line"])  # fmt: skip
    lines = lines[lines["in_force"] | lines["gross_expenditure_gbp"].notna()]
    group = lines.groupby(["key", "year", "line"])["gross_expenditure_gbp"]
    money = group.sum(min_count=1).where(group.count() == group.size()).unstack()
    out = pd.DataFrame(
        {
            "cla_gbp": money["total_cla"],
            "share": 100 * money["total_cla"] / money["total_cyps_excl_cera"],
        }
    )
    people = persons(tables["population"], tables["crosswalk"]).set_index(["key", "year"])
    people = people["persons"].reindex(out.index)
    out.insert(1, "per_child", out["cla_gbp"] / people)
    costs = tables["unit_cost"]
    costs = keyed(costs[costs["basis"] == "published LAIT"]).dropna(subset=list(COSTS), how="all")
    costs = costs[~costs.duplicated(["key", "year"], keep=False)].set_index(["key", "year"])
    return out.join(costs[list(COSTS)], how="outer").reset_index()
