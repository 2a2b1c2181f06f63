"""The page of one authority: a look ahead, and what revisions and rounding allow to say."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from care_rates import profile_words as words
from care_rates.profile import Place, Result, Section

STEP = 1.0
"""Change of a printed rate that rounding both prints to whole numbers can make by itself."""


def forecast(place: Place) -> Section:
    """Look five years ahead, and say how well such a look has done.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        ``series, year, children, low, high`` in ``frame``.
    """
    key, missing = place.key, {}
    if place.joined:
        key = place.joined
        missing["a forecast of its own"] = place.why("ended")
    rows = place.rows("forecast", key)
    if rows.empty:
        reason = place.why("An unbroken series of at least ten years is needed.", "forecast")
        return Section("forecast", missing={"a forecast": reason})
    name = place.label(key)
    last, end = place.series(key).iloc[-1], rows.iloc[-1]
    since, year = place.series(key).index[-1], int(end["year"])
    first, *caveats = _rules(place.tables["scores"])
    said = [
        first,
        f"By it {name} would have {words.number(end['forecast'])} children in care on 31 March "
        f"{year} ({words.percent(place.alpha)} interval {words.span(end['low'], end['high'])}), "
        f"after {words.number(last['number'])} in {since}.",
        f"Take the interval as too narrow: in the past such intervals held what came in "
        f"{words.number(100 * end['coverage'])}% of cases, here in {end['own_held']:.0f} of "
        f"{words.times(int(end['own_tests']), 'trial')}, with a mean miss of "
        f"{words.number(end['own_error'])}%.",
        *caveats,
    ]
    if place.country == "Wales":
        missing["a forecast from later figures"] = (
            f"Figures by Welsh authority end with {since} in the tables at hand."
        )
    past = place.series(key)["number"].rename("children").reset_index()
    ahead = rows.rename(columns={"forecast": "children"})[["year", "children", "low", "high"]]
    start = past.tail(1).assign(low=past["children"].iloc[-1], high=past["children"].iloc[-1])
    frame = pd.concat([past.assign(series="counted"),
                       pd.concat([start, ahead]).assign(series="forecast")])  # fmt: skip
    return Section(
        "forecast", said, missing, frame.reset_index(drop=True),
        caption=f"Children in care of {name} on 31 March, and five years ahead by the rule "
        f"'{end['rule']}' with its {words.percent(place.alpha)} interval.",
        alt=f"A line of counts with a fan of five years. {said[1]}",
        source="profile_forecast. Rolling-origin tests over all authorities (backtest.rolling).",
        results={
            f"forecast_{year}": Result(end["forecast"], end["low"], end["high"], "children",
                                       f"{end['rule']} ({name})"),
            "forecast.mean_miss": Result(end["own_error"], unit="percent, five years ahead",
                                         method=f"{end['own_tests']:.0f} past origins"),
        },
    )  # fmt: skip


def _rules(scores: pd.DataFrame) -> list[str]:
    """Say how the rule in use did, which way it missed, and what another did better."""
    used, best = scores.iloc[0], scores.loc[scores["interval_score"].idxmin()]
    bias = used["mean_error"]
    said = [
        f"Of the simple rules tried on all authorities, '{used['method']}' came closest five years "
        f"ahead: it missed by {words.number(used['mean_absolute_error'])}% on average."
    ]
    if abs(bias) >= 1:
        way, moved = ("low", "rose") if bias < 0 else ("high", "fell")
        why = f", since numbers {moved} on average over the years tried"
        said.append(
            f"The rule leans one way, too: on average it came out {words.number(abs(bias))}% too "
            f"{way}{why if used['method'] == 'no change' else ''}."
        )
    if best["method"] != used["method"]:
        said.append(
            f"Nor is its interval the best. That of '{best['method']}' held "
            f"{words.number(100 * best['coverage'])}% of outcomes, against "
            f"{words.number(100 * used['coverage'])}%, and has the better interval score "
            f"({words.number(best['interval_score'])} against "
            f"{words.number(used['interval_score'])}; lower is better), though its middle missed "
            f"by {words.number(best['mean_absolute_error'])}%."
        )
    return said


def revisions(place: Place) -> Section:
    """Say what later releases changed, and what rounding and chance allow to say.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        One row a year that later releases changed.
    """
    if place.latest is None:
        return Section("revisions", missing={"revisions": place.why("No figures.")})
    now, year = place.history.iloc[-1], place.latest
    unit, half = now["rounding"], now["rounding"] / 2
    said, results = [], {}
    if unit:
        least, most = (1e4 * (now["number"] + s * half) / now["persons"] for s in (-1, 1))
        said.append(
            f"Counts are rounded to the nearest {words.number(unit)}. By that alone the rate of "
            f"{year} may be anything from {words.span(least, most, 1)}."
        )
        results["rate.latest_rounding"] = Result(now["rate"], least, most, "per 10,000 aged 0-17",
                                                 "rounding of the count alone")  # fmt: skip
    else:
        said.append(f"The count of {year} is printed to the child. A printed rate is a whole "
                    "number, so it may hide up to half a child in 10,000 either way.")  # fmt: skip
    moves = place.rows("flows").dropna(subset=["started", "ceased"])
    if len(moves) and moves.iloc[-1][["started", "ceased"]].sum() > 0:
        reach = words.chance_of_moves(*moves.iloc[-1][["started", "ceased"]])
        said.append(
            f"With as many children coming and leaving as in {int(moves.iloc[-1]['year'])}, the "
            f"number in care can change by up to {words.number(reach)} in a year through chance "
            "alone. A smaller step needs no explanation."
        )
        results["chance.yearly_change"] = Result(reach, unit="children", method="1.96 times the "
                                                 "root of entries and exits")  # fmt: skip
    if place.country == "Wales":
        missing = {"earlier and later releases of a year": place.why("wales")}
        return Section("revisions", said, missing, results=results)
    return _changed(place, said, results)


def _changed(place: Place, said: list[str], results: dict[str, Result]) -> Section:
    rows = place.rows("releases")
    counted = rows.dropna(subset=["first", "last"])
    moved = counted["last"] - counted["first"]
    rated = rows[rows["prints"] > 1]
    shift = (rated["last_rate"] - rated["first_rate"]).abs()
    if len(counted):
        most = counted.loc[moved.abs().idxmax()]
        said.append(
            f"Later releases changed the number of {int((moved != 0).sum()) or 'none'} of "
            f"{words.times(len(counted), 'year')}"
            + (f", most in {most['year']:.0f} (by {words.number(moved.abs().max())})." if
               (moved != 0).any() else ".")
        )  # fmt: skip
    if shift.max() > 0:
        most = rated.loc[shift.idxmax()]
        said.append(
            f"The rate that later releases moved most is that of {most['year']:.0f}: printed as "
            f"{words.number(most['first_rate'])} in {most['first_release']:.0f} and as "
            f"{words.number(most['last_rate'])} in {most['last_release']:.0f}. {cause(most)}"
        )
        results["revision.rate_most"] = Result(shift.max(), unit="per 10,000, printed rate")
    changed = rows[
        (rows["first"] != rows["last"]) & rows["first"].notna()
        | (rows["first_rate"] != rows["last_rate"]) & rows["first_rate"].notna()
    ]
    frame = pd.DataFrame(
        {"31 March": changed["year"].astype(str), "children, first print": changed["first"],
         "children, last print": changed["last"], "rate, first print": changed["first_rate"],
         "rate, last print": changed["last_rate"], "releases with the rate": changed["prints"]}
    )  # fmt: skip
    return Section(
        "revisions", said, {}, frame,
        caption="Years of which later releases changed the number or the rate. Numbers from "
        "releases that print to the child; rates as printed.",
        source=f"{place.printed} (profile_releases).",
        results=results,
    )  # fmt: skip


def cause(row: pd.Series) -> str:
    """Say what moved a printed rate: the count, the children who live there, or rounding.

    Parameters
    ----------
    row : pandas.Series
        A row of :func:`care_rates.profile_tables.releases`: rate, count and rounding of
        the first and of the last print.

    Returns
    -------
    str
        A sentence. A step of no more than :data:`STEP` is rounding. Else the rate that
        the later count alone would have given (first rate times the ratio of counts) is
        set beside both prints; what rounding of rates (half a child in 10,000 each) and
        of counts leaves open is allowed for.
    """
    then, now = row["first_rate"], row["last_rate"]
    before, after = row["first_count"], row["last_count"]
    if abs(now - then) <= STEP:
        return "So small a step can come from rounding to whole numbers alone."
    alone = then * after / before if before else float("nan")
    loose = STEP + then * (row["first_unit"] + row["last_unit"]) / 2 / max(before, 1)
    about = " (rounded)" if row["first_unit"] else ""
    counts = f"from {words.number(before)}{about} to {words.number(after)}"
    if abs(alone - now) <= loose < abs(alone - then):
        return f"The number of children in care was revised, {counts}, and that accounts for it."
    if abs(alone - then) <= loose:
        kept = "did not change" if before == after else f"hardly changed ({counts})"
        return (f"The number of children in care {kept}: what was revised is the estimate of how "
                "many children live there.")  # fmt: skip
    return (f"Both parts were revised: the number of children in care ({counts}) and the estimate "
            "of how many children live there.")  # fmt: skip


def gaps(sections: Iterable[Section]) -> Section:
    """Collect what is missing on the page, and why.

    Parameters
    ----------
    sections : iterable of Section
        All other sections.

    Returns
    -------
    Section
        A table; empty if nothing is missing.
    """
    rows = [(what, why) for section in sections for what, why in section.missing.items()]
    frame = pd.DataFrame(rows, columns=["missing for this area", "why"]).drop_duplicates()
    said = [] if len(frame) else ["Nothing that the other pages show is missing here."]
    return Section(
        "what-is-missing", said, {}, frame,
        caption="What other pages show and this one cannot, and why.",
        source="The flags of the publishers, and the crosswalk of areas.",
        results={"missing": Result(len(frame), unit="items")},
    )  # fmt: skip
