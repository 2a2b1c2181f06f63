"""The page of one authority: who comes and goes, where children live, inspections, money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from care_rates import intervals
from care_rates import profile_words as words
from care_rates.profile import Place, Result, Section

RESIDENTIAL = ("children's homes, secure homes", "children's homes, hostels")
JUMP = 1 / 3
"""Change of a year's spending from which a figure is called unusual."""


def flows(place: Place) -> Section:
    """Count children who came into care and left it.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        ``year, kind, children`` in ``frame``.
    """
    rows = place.rows("flows").dropna(subset=["started", "ceased"])
    if rows.empty:
        reason = place.why("Withheld by the publisher.", "flows")
        return Section("flows", missing={"children who came into care and left": reason})
    now = rows.iloc[-1]
    year, stock = int(now["year"]), place.history["number"]
    said = [
        f"In the year to 31 March {year}, {words.number(now['started'])} children came into care "
        f"and {words.number(now['ceased'])} left it."
    ]
    results = {
        name: Result(now[name], unit="children in the year", method=now["source_id"])
        for name in ("started", "ceased")
    }
    people = place.history["persons"].get(year)
    country = place.rows("flows", place.country_key).set_index("year")
    if people is not None and year in country.index:
        whole = place.series(place.country_key).loc[year, "persons"]
        rate = intervals.rates(np.array([now["started"]]), np.array([people]),
                               level=1 - place.alpha).iloc[0]  # fmt: skip
        said.append(
            f"That is {words.number(rate['rate'], 1)} coming in for every 10,000 aged 0 to 17 "
            f"({words.percent(place.alpha)} interval {words.span(rate['low'], rate['high'], 1)}); "
            f"{place.country} had {words.number(1e4 * country.at[year, 'started'] / whole, 1)}."
        )
        results["started.rate"] = Result(rate["rate"], rate["low"], rate["high"],
                                         "per 10,000 aged 0-17", "exact Poisson")  # fmt: skip
    if {year - 1, year} <= set(stock.index):
        change, net = stock[year] - stock[year - 1], now["started"] - now["ceased"]
        gap = abs(change - net)
        match = "the same" if gap == 0 else (
            f"{words.number(gap)} apart: the two are counted and revised separately")  # fmt: skip
        said.append(f"The number in care changed by {words.number(change)} in that year; entries "
                    f"less exits make {words.number(net)} ({match}).")  # fmt: skip
    missing = _gone(rows["year"], place, "flows")
    coarse = rows.loc[rows["rounding"] > 0, "year"]
    note = f" Figures up to {coarse.max()} are rounded to 5." if len(coarse) else ""
    frame = rows.melt("year", ["started", "ceased"], "kind", "children")
    frame["kind"] = frame["kind"].map({"started": "came into care", "ceased": "left care"})
    return Section(
        "flows", said, missing, frame,
        caption="Children who came into care and who left it, years ending 31 March. A line breaks "
        f"where a year is missing.{note}",
        alt=f"Two lines over the years. {said[0]}",
        source=f"{place.printed} (profile_flows).",
        results=results,
    )  # fmt: skip


def _gone(years: pd.Series, place: Place, what: str) -> dict[str, str]:
    """Years in which a series of an authority has a hole."""
    known = place.history.index
    lost = sorted(set(known) - set(years))
    if not lost:
        return {}
    said = words.listed([str(year) for year in lost])
    reason = place.why("Withheld, not printed, or not for all its parts.", "flows")
    return {f"{what} for {said}": reason}


def mix(place: Place) -> Section:
    """Split children in care by placement and age, beside the country.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        ``kind, part, share, low, high, country`` (percent) in ``frame``.
    """
    rows = place.rows("mix")
    rows, missing = rows[rows["total"] > 0], {}
    shown = rows[rows["part"] != "other, or withheld"]
    if shown["number"].isna().all():
        reason = place.why("Withheld by the publisher.", "mix")
        return Section("placements-and-ages", missing={"placements and ages": reason})
    if place.country == "Wales":
        missing["placements"] = place.why("wales")
    rows = rows.copy()
    lost = rows[rows["number"].isna()]
    if len(lost):
        reason = "Withheld by the publisher: too few children."
        missing[f"shares of these groups: {'; '.join(lost['part'])}"] = reason
    known = rows["number"].notna()
    ends = intervals.proportions(
        rows["number"].fillna(0).clip(upper=rows["total"]), rows["total"], level=1 - place.alpha
    ).set_index(rows.index)  # fmt: skip
    rows = rows.join((100 * ends).where(known)).rename(columns={"proportion": "share"})
    whole = place.rows("mix", place.country_key).merge(rows[["kind", "year"]].drop_duplicates())
    whole = (100 * whole["number"] / whole["total"]).set_axis(
        pd.MultiIndex.from_frame(whole[["kind", "part"]])
    )
    rows["country"] = whole.reindex(pd.MultiIndex.from_frame(rows[["kind", "part"]])).to_numpy()
    return _mix_section(place, rows, missing)


def _mix_section(place: Place, rows: pd.DataFrame, missing: dict[str, str]) -> Section:
    parts = rows.set_index("part")
    said, results = [], {}
    shown = {"foster care": "foster", **dict.fromkeys(RESIDENTIAL, "residential")}
    for part, short in shown.items():
        if part in parts.index and pd.notna(parts.at[part, "share"]):
            row = parts.loc[part]
            home = part.replace(", ", " or ")
            said.append(
                f"{words.number(row['share'])}% lived in {home} ({words.percent(place.alpha)} "
                f"interval {words.span(row['low'], row['high'], unit='%')}); in {place.country} "
                f"{words.number(row['country'])}%."
            )
            results[f"placements.{short}_share"] = Result(
                row["share"], row["low"], row["high"], "percent of children in care", "Wilson"
            )
    aged = rows[(rows["kind"] == "age") & rows["share"].notna()]
    if len(aged):
        top = aged.loc[aged["share"].idxmax()]
        said.append(f"The largest age group is {top['part']} ({words.number(top['share'])}%; "
                    f"{place.country} {words.number(top['country'])}%).")  # fmt: skip
    years = sorted(rows["year"].unique())
    note = " Counts of boys and of girls are each rounded to 5." if rows["rounding"].any() else ""
    return Section(
        "placements-and-ages", said, missing,
        rows[["kind", "part", "share", "low", "high", "country"]],
        caption=f"Where children in care lived and how old they were, 31 March {years[-1]}: share "
        f"with {words.percent(place.alpha)} interval, {place.country} as a tick.{note}",
        alt=f"A dot and an interval for each placement and age group. {' '.join(said)}",
        source="Children looked after, placements and ages (profile_mix). Wilson intervals.",
        results=results,
    )  # fmt: skip


def ofsted(place: Place) -> Section:
    """List the inspections, oldest first.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        A table.
    """
    rows = place.rows("ofsted")
    if place.joined:
        after = [place.rows("ofsted", key) for key in place.successors["key"]]
        rows = pd.concat([rows, *after])
    if rows.empty:
        reason = place.why("No inspection with a judgement is in the published lists.")
        if place.country == "Wales":
            reason = ("Ofsted inspects in England. Inspections in Wales give no comparable "
                      "judgements, and none are in the tables at hand.")  # fmt: skip
        return Section("inspections", missing={"inspection judgements": reason})
    judged = rows.dropna(subset=["overall"])
    last, every = judged.iloc[-1], place.tables["ofsted"]["published"]
    first = f"{every.min():%Y}"
    names = {"area": "council", "published": "published", "event": "inspection",
             "overall": "overall", "help_and_protection": "help and protection",
             "cla_and_permanence": "children in care", "leadership": "leadership"}  # fmt: skip
    said = [
        f"{words.times(len(rows), 'inspection')} since {first}. The last with an overall judgement "
        f"was published on {words.date(last['published'])} ({last['area']}): "
        f"{last['overall'].lower()}."
    ]
    return Section(
        "inspections", said, {}, rows[list(names)].rename(columns=names),
        caption="Inspections with judgements, oldest first. The frameworks changed in 2013 and "
        "2018: grades before and after are not the same yardstick. A dash: not judged.",
        source=f"Ofsted, outcomes published to {every.max():%B %Y} (profile_ofsted).",
    )  # fmt: skip


def spend(place: Place) -> Section:
    """Give looked-after spending and weekly costs, in cash, beside England.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        A table, one row a place and year.
    """
    own = place.rows("spend").dropna(subset=["cla_gbp"])
    if own.empty:
        reason = place.why("No return of the authority is in the published tables.")
        return Section("spending", missing={"spending and unit costs": reason})
    last = int(own["year"].max())
    wanted = [(place.key, last - 5), (place.key, last)]
    if len(place.successors) > 1:
        at = int(place.tables["spend"]["year"].max())
        wanted += [(key, at) for key in place.successors["key"]]
    wanted += [(place.country_key, last - 5), (place.country_key, last)]
    index = place.tables["spend"].set_index(["key", "year"])
    index = index.reindex([pair for pair in wanted if pair in index.index])
    frame = pd.DataFrame({
        "place": [place.label(key) for key, _ in index.index],
        "year to 31 March": [str(year) for _, year in index.index],
        "looked-after services, £ million": (index["cla_gbp"] / 1e6).to_numpy(),
        "£ per resident child": index["per_child"].to_numpy(),
        "% of children's services": index["share"].to_numpy(),
        "£ a week per child in care": index["cla_weekly_cost"].to_numpy(),
        "£ a week, residential": index["residential_weekly_cost"].to_numpy(),
        "£ a week, fostering": index["fostering_weekly_cost"].to_numpy(),
    })  # fmt: skip
    now = own.set_index("year").loc[last]
    million = now["cla_gbp"] / 1e6
    said = [
        f"In the year to 31 March {last} looked-after services took "
        f"£{words.number(million, 1 if million > 1 else 2)} million, "
        f"{words.number(now['share'])}% of all "
        f"spending on children's services: £{words.number(now['per_child'])} for each child who "
        "lives there, in care or not."
    ]
    before = own.set_index("year")["cla_gbp"].get(last - 1)
    if before and abs(now["cla_gbp"] / before - 1) > JUMP:
        said.append(
            f"The figure {words.moved(100 * (now['cla_gbp'] / before - 1))} in one year. So large "
            "a step points to the return, or to how costs were booked, before it points to care."
        )
    missing = {}
    parts = len(place.successors) > 1 and not place.joined
    if parts and last > place.successors["since"].iloc[0]:
        missing["one weekly cost for the whole area"] = (
            "Costs are published for each of the councils that replaced it."
        )
    lost = sorted(set(range(own["year"].min(), last + 1)) - set(own["year"]))
    if lost:
        missing[f"spending for {words.listed([str(y) for y in lost])}"] = (
            "No return was published, or not for all its parts."
        )
    return Section(
        "spending", said, missing, frame,
        caption="Gross spending and weekly unit costs in the prices of each year: rising prices "
        "are not taken out, so compare places within a year. Unit costs are rounded to £5.",
        source="Section 251 returns and the department's unit costs (profile_spend).",
        results={
            "spend.per_child": Result(now["per_child"], unit="pounds per child aged 0-17",
                                      method=f"gross looked-after total, {last}, cash"),
            "spend.share": Result(now["share"], unit="percent of children's services"),
            "cost.per_child_week": Result(now["cla_weekly_cost"], unit="pounds a week",
                                          method="as published"),
            "cost.residential_week": Result(now["residential_weekly_cost"], unit="pounds a week",
                                            method="as published"),
        },
    )  # fmt: skip
