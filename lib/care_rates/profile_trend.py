"""The page of one authority: who it is, its rate now, and its rate over the years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from care_rates import intervals
from care_rates import profile_words as words
from care_rates.profile import Place, Result, Section

EXACT = "exact Poisson interval (Garwood), rounding of the count included"
RATIO = "exact conditional interval of the ratio of two Poisson rates, rounding included"
TOGETHER = "joined area"
"""Short name of the land on both sides of a boundary change, for the ends of lines."""
SPAN = 5
"""Years over which a change is given."""


def opening(place: Place) -> Section:
    """Say whom the page is about, and what became of the council.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        Sentences alone.
    """
    where = "in Wales" if place.country == "Wales" else f"in the region {place.region}"
    said = [f"This page is about {place.name} ({place.key}), {place.kind} {where}."]
    missing = {}
    if place.case_study:
        said.append("The Welsh report of 2013 looked at it closely, as one of its case studies.")
    if place.joined:
        said.append(
            f"{place.why('ended')} Its own figures end with {place.latest}. For later years the "
            f"page gives {place.label(place.joined)}, which is the same land throughout."
        )
        missing[f"figures of its own after {place.latest}"] = place.why("ended")
    elif len(place.successors) > 1:
        since = int(place.successors["since"].iloc[0])
        said.append(
            f"On 1 April {since} {words.councils(place.successors['name'])} replaced it. "
            f"Figures from {since + 1} on are the sums of both."
        )
    if place.latest is None:
        missing["numbers in care"] = place.why("No release prints a figure.")
    elif place.country == "England":
        missing |= _gaps(place)
    return Section("about", said, missing)


def _gaps(place: Place) -> dict[str, str]:
    """Years without a figure before, within and after the authority's own."""
    years = place.history.index
    found = {}
    every = place.tables["rates"].query("country == @place.country")["year"]
    if years[0] > every.min():
        parent = place.rows("names")["joined"].iloc[0]
        reason = "Not printed, or withheld."
        if parent != place.key and not place.joined:
            reason = (f"The council began on 1 April {years[0] - 1}; before that it was part of "
                      f"{place.label(parent)}.")  # fmt: skip
        found[f"figures before {years[0]}"] = reason
    within = sorted(set(range(years[0], years[-1])) - set(years))
    last = int(every.max())
    after = [] if place.joined else list(range(years[-1] + 1, last + 1))
    lost = words.listed([str(year) for year in [*within, *after]])
    if lost:
        found[f"figures for {lost}"] = place.why(
            "Withheld by the publisher, since so few children could be recognised.", "figures"
        )
    return found


def change(place: Place, key: str, until: int | None) -> tuple[float, float, float] | None:
    """Change of a rate over five years, in percent.

    Parameters
    ----------
    place : Place
        The authority.
    key : str
        Whose rate.
    until : int or None
        The later year.

    Returns
    -------
    tuple of float or None
        Change and its interval (exact conditional, of the ratio of two Poisson rates,
        rounding included; the two counts are taken as separate). None where a year is
        missing or the earlier count is zero.
    """
    rows = place.series(key)
    if until is None or not {until, until - SPAN} <= set(rows.index):
        return None
    now, then = rows.loc[until], rows.loc[until - SPAN]
    if not then["number"]:
        return None
    half = np.array([0.0, 1.0, -1.0]) / 2
    ratio = intervals.rate_ratio(
        np.maximum(now["number"] - half * now["rounding"], 0), now["persons"],
        np.maximum(then["number"] + half * then["rounding"], 0.5), then["persons"],
        level=1 - place.alpha,
    )  # fmt: skip
    return tuple(100 * (x - 1) for x in (ratio["ratio"][0], ratio["low"][1], ratio["high"][2]))


def neighbour_rates(place: Place) -> pd.DataFrame:
    """Rates of the statistical neighbours by year.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    pandas.DataFrame
        One column a neighbour, in order of nearness; empty where it has none.
    """
    rates = place.tables["rates"]
    found = rates[rates["key"].isin(place.near)]
    return found.pivot(index="year", columns="key", values="rate").reindex(columns=place.near)


def glance(place: Place) -> Section:
    """Sum up: the latest rate and its change, beside neighbours, region and country.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        One row a place in ``frame``.
    """
    year = place.latest
    keys = [(place.key, year)]
    if place.joined:
        keys.append((place.joined, int(place.series(place.joined).index[-1])))
    if len(place.successors) > 1:
        found = [(key, place.series(key)) for key in place.successors["key"]]
        keys += [(key, int(rows.index[-1])) for key, rows in found if len(rows)]
    keys += [(key, year) for key in (place.region_key, place.country_key) if key]
    rows = [_row(place, key, at) for key, at in keys]
    near = neighbour_rates(place)
    missing = {}
    if near.empty:
        missing["statistical neighbours"] = place.why(
            "The published models leave it out.", "neighbours"
        )
    elif year is not None:
        rows.insert(len(rows) - 2, _near_row(near, year))
    frame = pd.DataFrame([row for row in rows if row]).set_index("place")
    results = _glance_results(place, near)
    return Section(
        "at-a-glance", _glance_words(place, near), missing, frame, results=results,
        caption=f"At a glance: children in care per 10,000 aged 0 to 17 at 31 March. Lowest and "
        f"highest are the ends of the {words.percent(place.alpha)} interval that chance and "
        "rounding allow; for the neighbours, the lowest and the highest of them. Counts five "
        "years apart are taken as separate.",
        source=f"{place.source}{_model(place)}",
    )  # fmt: skip


def _model(place: Place) -> str:
    """Say which model the neighbours are from, and which stand for a part of theirs."""
    rows = place.rows("neighbours")
    if rows.empty:
        return ""
    whole = [f"{place.label(row.near)} for {row.stands_for}, a part of it"
             for row in rows.dropna(subset=["stands_for"]).itertuples()]  # fmt: skip
    more = f", with {words.listed(whole)}" if whole else ""
    return f" Statistical neighbours: the department's model of {rows['model'].iloc[0]}{more}."


def _row(place: Place, key: str, year: int | None) -> dict:
    rows = place.series(key)
    name = place.name if key == place.key else place.label(key)
    if key in set(place.successors["key"]):
        name = f"{name} (since {place.successors['since'].iloc[0]:.0f})"
    if year not in rows.index:
        return {"place": name}
    now, moved = rows.loc[year], change(place, key, year) or (np.nan,) * 3
    return {
        "place": name, "31 March": str(year), "children": now["number"], "rate": now["rate"],
        "lowest": now["low"], "highest": now["high"], "change in five years, %": moved[0],
        "change, lowest": moved[1], "change, highest": moved[2],
    }  # fmt: skip


def _near_row(near: pd.DataFrame, year: int) -> dict:
    now = near.loc[year].dropna()
    row = {"place": f"mean of its {len(now)} statistical neighbours", "31 March": str(year),
           "rate": now.mean(), "lowest": now.min(), "highest": now.max()}  # fmt: skip
    both = near.loc[[y for y in (year - SPAN, year) if y in near.index]].dropna(axis=1)
    if len(both) == 2:
        moves = 100 * (both.loc[year] / both.loc[year - SPAN] - 1)
        means = both.mean(axis=1)
        row |= {"change in five years, %": 100 * (means[year] / means[year - SPAN] - 1),
                "change, lowest": moves.min(), "change, highest": moves.max()}  # fmt: skip
    return row


def _glance_results(place: Place, near: pd.DataFrame) -> dict[str, Result]:
    if place.latest is None:
        return {}
    year, now = place.latest, place.history.iloc[-1]
    unit = "per 10,000 aged 0-17"
    out = {
        "year.latest": Result(year, unit="year ending 31 March"),
        "children.latest": Result(now["number"], unit="children", method=now["source_id"]),
        "rate.latest": Result(now["rate"], now["low"], now["high"], unit, EXACT),
        "rate.low": Result(now["low"], unit=unit, method=EXACT),
        "rate.high": Result(now["high"], unit=unit, method=EXACT),
    }
    moved = change(place, place.key, year)
    if moved:
        out["change_5y"] = Result(*moved, "percent", RATIO)
    if len(near):
        of_year = near.loc[year].dropna()
        out["neighbours.rate"] = Result(of_year.mean(), of_year.min(), of_year.max(), unit,
                                        "mean of the neighbours, lowest, highest")  # fmt: skip
    for name, key in (("region", place.region_key), ("country", place.country_key)):
        if key:
            row = place.series(key).loc[year]
            out[f"{name}.rate"] = Result(row["rate"], row["low"], row["high"], unit, EXACT)
    return out


def _glance_words(place: Place, near: pd.DataFrame) -> list[str]:
    if place.latest is None:
        return [place.why("No release prints a figure.")]
    now, sure = place.history.iloc[-1], words.percent(place.alpha)
    country = place.series(place.country_key).loc[place.latest, "rate"]
    counted = f"{words.number(now['number'])} children of {place.name} were"
    if not now["number"]:
        counted = f"No child of {place.name} was"
    said = [
        f"{counted} in care on 31 March "
        f"{place.latest}: {words.number(now['rate'])} for every 10,000 aged 0 to 17 "
        f"({sure} interval {words.span(now['low'], now['high'])}). The rate of {place.country} "
        f"was {words.number(country)}."
    ]
    moved = change(place, place.key, place.latest)
    if moved:
        said.append(
            f"In five years the rate {words.moved(moved[0])} ({sure} interval "
            f"{words.span(moved[1], moved[2], unit='%')}), {words.beyond(*moved[1:])}."
        )
    return said


def trend(place: Place) -> Section:
    """Set the rate over the years beside neighbours, region and country.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        ``series, year, rate, low, high`` in ``frame``: an interval for the authority
        alone.
    """
    if place.latest is None:
        return Section("trend", missing={"a trend": place.why("No figures.")})
    own = place.history.reset_index()[["year", "rate", "low", "high"]]
    parts = [own.assign(series=place.name)]
    near = neighbour_rates(place)
    if len(near):
        parts.append(near.mean(axis=1).rename("rate").reset_index().assign(series="neighbours"))
    for key in filter(None, (place.region_key, place.country_key, place.joined)):
        rows = place.series(key).reset_index()[["year", "rate"]]
        parts.append(rows.assign(series=TOGETHER if key == place.joined else place.label(key)))
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["year"] >= own["year"].min()]
    peak, least = own.loc[own["rate"].idxmax()], own.loc[own["rate"].idxmin()]
    if peak["rate"] == least["rate"]:
        said = [f"In every year with a figure the rate was {words.number(peak['rate'])}."]
    else:
        said = [
            f"Between {own['year'].min()} and {own['year'].max()} the rate was lowest in "
            f"{least['year']:.0f} ({words.number(least['rate'])}; interval "
            f"{words.span(least['low'], least['high'])}) and highest in {peak['year']:.0f} "
            f"({words.number(peak['rate'])}; {words.span(peak['low'], peak['high'])})."
        ]
    others = words.listed(dict.fromkeys(frame["series"].iloc[len(own) :]))
    return Section(
        "trend", said, {}, frame,
        caption=f"Children in care per 10,000 aged 0 to 17 at 31 March. Band: "
        f"{words.percent(place.alpha)} interval of {place.name}."
        + (" Neighbours: mean of those with a figure in the year." if len(near) else "")
        + (f" Joined area: {place.label(place.joined)}." if place.joined else ""),
        alt=f"Lines over the years: {place.name} beside {others}. {said[0]}",
        source=place.source,
    )  # fmt: skip
