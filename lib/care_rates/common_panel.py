"""The common panel: every outcome and factor that the reports speak of, one row an area and year.

Statements of different reports can only be set against each other on the same areas,
years and definitions. Pure functions on the analysis tables; English authorities of
2016-17, so that later mergers and splits do not break a series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates.activity import SMALL
from care_rates.areas import to_units
from care_rates.drivers import known_drivers, panel, population_by_unit
from care_rates.factors import assemble, judged_by, yearly
from care_rates.judgements import coded, first_after, latest
from care_rates.spending import STATUTORY

BREAK = 2018
"""First year of the second half: measures of need and judgements change edition here."""
SERIES = ("dfe_2025_rebased", "nomis_utla21", "dfe_cin2022")
"""Child population: the series revised after the 2021 Census first, from mid-2012."""
FRAMEWORKS = ("SIF", "ILACS")
"""Ofsted's frameworks since November 2013, with four judgements alike."""
CHANGES = (("2012-03-31", "2017-03-31"), ("2018-03-31", "2023-03-31"))
"""First and last day of the changes that judgements are compared with, one a half."""
LATE = ("2018-07-31", "2099-12-31")
"""Last day of publication for "the latest judgement" as the reports took it, one a half: the
second takes whatever is the latest in the figures."""
LONDON = ("Inner London", "Outer London")
COLUMNS = {
    "rate": "children looked after on 31 March per 10,000 children",
    "plans": "child protection plans started in the year per 10,000 children",
    "referrals": "referrals in the year per 10,000 children",
    "low_income": "children in low-income families, % (tax credits measure to 2017, then relative "
    "low income before housing costs)",
    "idaci": "income deprivation affecting children, average score (2015 edition to 2017, then "
    "2019)",
    "imd": "index of multiple deprivation, average score (2015 edition to 2017, then 2019)",
    "judged_after": "first overall Ofsted judgement published after the change (after March 2017; "
    "after March 2023), 1 to 4",
    "judged_during": "latest overall Ofsted judgement published while the change went on (April "
    "2012 to March 2017; April 2018 to March 2023), 1 to 4",
    "judged_before": "latest Ofsted judgement published before the change (help and protection, "
    "2009 to March 2012; overall, by March 2018), 1 to 4",
    "judged_late": "latest overall Ofsted judgement late in the half, as the reports took it (by "
    "July 2018; the latest in the figures): most are of its middle, 1 to 4",
    "judged_then": "latest overall Ofsted judgement by 31 March of the year, 1 to 4",
    "work_per_need": "social work spending per child in need, those in care among them, pounds",
    "work_per_other_need": "social work spending per child in need, less those in care, pounds",
    "work_per_child": "social work spending per child in the population, pounds",
    "all_per_child": "spending on children's services per child, pounds",
    "other_per_child": "spending on children's services other than care, per child, pounds",
    "care_per_cla": "spending on care per child looked after, pounds",
    "prevention_per_child": "preventative spending (all but care and safeguarding) per child, "
    "pounds",
    "sure_start_per_child": "Sure Start and under-fives spending per child, pounds",
    "prevention_share": "preventative spending, % of children's services",
    "london": "1 in London, 0 elsewhere",
}
"""What each column of the panel holds, with its unit."""
MONEY = tuple(name for name in COLUMNS if name.endswith(("_need", "_child", "_cla")))
"""Columns in pounds: compared on the logarithmic scale, where a rise in prices drops out."""


def deprivation_by_year(
    deprivation: pd.DataFrame, years: Sequence[int], columns: Mapping[str, str]
) -> pd.DataFrame:
    """Give each year the edition of the indices of deprivation that belongs to its half.

    Parameters
    ----------
    deprivation : pandas.DataFrame
        The table of that name.
    years : sequence of int
        Years ending 31 March.
    columns : mapping of str to str
        Columns of the table to what they are called.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year`` and the columns.
    """
    rows = deprivation.dropna(subset=["unit_id"])[["unit_id", "index_year", *columns]]
    edition = pd.DataFrame(
        {"year": list(years), "index_year": ["2015" if y < BREAK else "2019" for y in years]}
    )
    return edition.merge(rows, on="index_year").drop(columns="index_year").rename(columns=columns)


def low_income_by_year(
    hmrc: pd.DataFrame, dwp: pd.DataFrame, persons: pd.DataFrame
) -> pd.DataFrame:
    """Join the two official measures of low income among children, one after the other.

    Parameters
    ----------
    hmrc : pandas.DataFrame
        ``unit_id, year, low_income``: the tax credits measure of the August before.
    dwp : pandas.DataFrame
        The table ``low_income_dwp``.
    persons : pandas.DataFrame
        ``unit_id, year, persons``.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, low_income``: the first measure before ``BREAK``, then children
        in relative low income over children aged 0 to 17. The two are not one series:
        compare within a half only.
    """
    rows = dwp[(dwp["measure"] == "relative") & (dwp["extract"] == dwp["extract"].max())]
    rows = to_units(rows[rows["level"] == "authority"], ["year"], ["children"])
    rows = rows.merge(persons, on=["unit_id", "year"])
    rows["low_income"] = 100 * rows["children"] / rows["persons"]
    halves = [hmrc[hmrc["year"] < BREAK], rows[rows["year"] >= BREAK]]
    return pd.concat([half[["unit_id", "year", "low_income"]] for half in halves])


def judgements_by_year(ofsted: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Give the judgement published before, during and after the change of each year's half.

    Parameters
    ----------
    ofsted : pandas.DataFrame
        The table of that name.
    years : sequence of int
        Years ending 31 March.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year``; ``judged_before, judged_during, judged_after, judged_late``,
        fixed within a half so that a change over it is compared with one judgement, and
        cut by the day of publication (``CHANGES``, ``LATE``); ``judged_then``, the latest
        by the end of each year.
    """
    events = coded(ofsted)
    old = events.assign(overall=events["help_and_protection"])
    dated = [year for year in years if year >= 2015]
    out = judged_by(events, dated, list(FRAMEWORKS)).rename(columns={"overall": "judged_then"})
    halves = ([y for y in years if y < BREAK], [y for y in years if y >= BREAK])
    earlier = ((old, ["SLAC"]), (events, FRAMEWORKS))
    parts = []
    for (start, end), late, before, half in zip(CHANGES, LATE, earlier, halves, strict=True):
        source, frameworks = before
        found = {
            "judged_before": latest(source, start, frameworks),
            "judged_during": latest(events, end, FRAMEWORKS, after=start),
            "judged_after": first_after(events, end, FRAMEWORKS),
            "judged_late": latest(events, late, FRAMEWORKS),
        }
        wide = pd.DataFrame({name: table["overall"] for name, table in found.items()})
        rows = wide.rename_axis("unit_id").reset_index()
        parts.append(rows.merge(pd.DataFrame({"year": half}), how="cross"))
    return pd.concat(parts).merge(out, on=["unit_id", "year"], how="outer")


def money_by_year(s251: pd.DataFrame) -> pd.DataFrame:
    """Group gross spending in lines that can be compared over time.

    Parameters
    ----------
    s251 : pandas.DataFrame
        The table of that name: section 251 outturn to 2019, then as reprinted by the
        department's local authority tool.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year`` and pounds: ``all``, ``care`` (with adoption and special
        guardianship), ``prevention`` (all but care and safeguarding, as the National
        Audit Office has it), ``sure_start``.
    """
    old = s251["source_id"].str.startswith("dfe_s251")
    rows = s251[(s251["level"] == "authority") & (s251["year"] >= min(STATUTORY))]
    rows = rows[old.reindex(rows.index) | (rows["year"] > s251.loc[old, "year"].max())]
    wide = to_units(rows, ["year", "line"], ["gross_expenditure_gbp"])
    wide = wide.pivot(index=["unit_id", "year"], columns="line", values="gross_expenditure_gbp")
    since = pd.Series(wide.index.get_level_values("year"), index=wide.index).clip(upper=2013)
    kept = {}
    for start, lines in STATUTORY.items():
        part = wide[since == start]
        in_care = [x for x in lines if x in ("total_cla", "adoption", "special_guardianship")]
        kept[start] = pd.DataFrame(
            {
                "all": part["total_cyps_excl_cera"],
                "care": part[in_care].sum(axis=1, skipna=False),
                "prevention": part["total_cyps_excl_cera"]
                - part[list(lines)].sum(axis=1, skipna=False),
                "sure_start": part["total_sure_start_under5"],
            }
        )
    return pd.concat(kept.values()).reset_index()


def weekly_cost(unit_cost: pd.DataFrame) -> pd.DataFrame:
    """Give the weekly cost of social work for a child in need, one figure an area and year.

    Parameters
    ----------
    unit_cost : pandas.DataFrame
        The table of that name.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, weekly``: rebuilt from gross spending and children in need before
        ``BREAK``, as published from then on. Authorities that were split since have none.
    """
    value = "social_work_weekly_unit_cost_per_cin"
    rows = unit_cost[unit_cost["level"] == "authority"]
    rebuilt = rows["basis"].str.startswith("rebuilt") & (rows["spend_basis"] == "gross")
    chosen = (rebuilt & (rows["year"] < BREAK)) | (~rebuilt & (rows["year"] >= BREAK))
    chosen &= rebuilt | rows["basis"].str.startswith("published")
    return yearly(rows[chosen], value, "weekly")


def build(tables: Mapping[str, pd.DataFrame], years: Sequence[int] = (2011, 2025)) -> pd.DataFrame:
    """Build the common panel.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The analysis tables ``areas, child_protection, cla_units, population, low_income,
        low_income_dwp, deprivation, conceptions, ofsted, s251, unit_cost``.
    years : sequence of int
        First and last year ending 31 March.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, area, region, persons`` and the keys of ``COLUMNS``; missing
        where no figure is public. The Isles of Scilly and the City of London, with a
        handful of children each, are left out.
    """
    span = range(years[0], years[1] + 1)
    persons = population_by_unit(tables["population"], tables["child_protection"], SERIES)
    known = known_drivers(
        tables["deprivation"], tables["low_income"], tables["conceptions"], tables["s251"]
    )
    base = panel(tables["child_protection"], tables["cla_units"], persons, {}, years)
    base = base[~base["unit_id"].isin(SMALL)].drop(columns="referrals")
    names = {"cla_rate": "rate", "cpp_started_rate": "plans", "referrals_rate": "referrals"}
    base = base.rename(columns=names)
    index = {"idaci_average_score": "idaci", "imd_average_score": "imd"}
    index = deprivation_by_year(tables["deprivation"], span, index)
    judged = judgements_by_year(tables["ofsted"], span)
    money = money_by_year(tables["s251"])
    low = low_income_by_year(known["low_income"], tables["low_income_dwp"], persons)
    parts = {"low_income": low, "weekly": weekly_cost(tables["unit_cost"])}
    parts |= dict.fromkeys(("idaci", "imd"), index)
    parts |= dict.fromkeys([name for name in COLUMNS if name.startswith("judged_")], judged)
    parts |= dict.fromkeys(("all", "care", "prevention", "sure_start"), money)
    out = _per_head(assemble(base, parts))
    place = tables["areas"].set_index("unit_id")
    out["area"], out["region"] = (out["unit_id"].map(place[name]) for name in ("area", "region"))
    out["london"] = out["region"].isin(LONDON).astype(float)
    front = ["unit_id", "year", "area", "region", "persons"]
    return out[[*front, *COLUMNS]].sort_values(["unit_id", "year"]).reset_index(drop=True)


def _per_head(out: pd.DataFrame) -> pd.DataFrame:
    need, children = out["cin_at_31_march"], out["persons"]
    work = out["weekly"] * need * 365 / 7
    others = need - out["cla"]
    return out.assign(
        work_per_need=work / need,
        work_per_other_need=work / others.where(others > 0),
        work_per_child=work / children,
        all_per_child=out["all"] / children,
        other_per_child=(out["all"] - out["care"]) / children,
        care_per_cla=out["care"] / out["cla"].where(out["cla"] > 0),
        prevention_per_child=out["prevention"] / children,
        sure_start_per_child=out["sure_start"] / children,
        prevention_share=100 * out["prevention"] / out["all"],
    )
