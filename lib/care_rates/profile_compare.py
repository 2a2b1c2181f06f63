"""The page of one authority beside others: funnels, deprivation, neighbours."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import pandas as pd

from care_rates import intervals, luck, winners_curse
from care_rates import profile_words as words
from care_rates.profile import INDICES, Place, Result, Section

FUNNEL = "exact Poisson limits around the country's total rate, interpolated"
ADDITIVE = "additive random-effects limits, spread winsorised at 10%"
NONE = "Too few children for a comparison."
LEAST = 20
"""Children in care below which a gap to neighbours is nearly all luck."""


def _now(place: Place) -> pd.Series | None:
    rows = place.rows("funnel")
    rows = rows[rows["year"] == place.latest]
    return rows.iloc[0] if len(rows) else None


def _outside(flags: pd.Series) -> tuple[int, int]:
    """Count areas outside the 95% limits, and those outside the 99.8% limits too."""
    return int((flags.abs() >= 1).sum()), int((flags.abs() >= 2).sum())


def funnel(place: Place) -> Section:
    """Place the latest rate in the funnel of its country, by two rules.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        All authorities of the year in ``frame`` (``persons, rate, name, this``), limits
        in ``context["limits"]``.
    """
    now = _now(place)
    if now is None:
        return Section("funnel", missing={"a place in the funnel": place.why(NONE, "funnel")})
    every = place.tables["funnel"]
    every = every[(every["country"] == place.country) & (every["year"] == place.latest)]
    lines = place.tables["limits"]
    lines = lines[(lines["country"] == place.country) & (lines["year"] == place.latest)]
    frame = every.assign(name=every["key"].map(place.label), this=every["key"] == place.key)
    (some, most), (few, fewest) = (_outside(every[c]) for c in ("flag", "spread_flag"))
    unit = place.history.loc[place.latest, "rounding"]
    said = [
        f"In {place.latest} the rate lies {words.position(now['position'])} that chance alone "
        f"would set around the rate of {place.country} ({words.number(now['target'])}). So narrow "
        f"are these limits that {some} of {len(every)} authorities lie outside the 95% limits, and "
        f"{most} outside the wider 99.8% limits.",
        f"Limits that also allow for the spread between authorities leave {few} outside at 95% and "
        f"{fewest} at 99.8%. By that rule the rate lies {words.position(now['spread_position'])}.",
        words.rounding(unit, bool(now["certain"] and now["spread_certain"])),
        f"Counted from the highest rate it would be number {now['rank']} of {now['areas']}, but "
        f"chance alone allows any place from {now['rank_low']} to {now['rank_high']} "
        f"({words.percent(place.alpha)} interval).",
    ]
    return Section(
        "funnel", said, {}, frame[["persons", "rate", "name", "this"]],
        {"limits": lines, "target": pd.DataFrame({"target": [now["target"]]})},
        caption=f"Every authority of {place.country} on 31 March {place.latest}, and the rate of "
        f"{place.country} (orange line). Limits of 95% (inner) and of 99.8% (outer): by chance "
        "alone (grey bands), and with the spread between authorities allowed for (dashed lines).",
        alt=f"Funnel plot of rates against children aged 0 to 17, {place.name} marked. {said[0]}",
        source=f"profile_funnel. Rules: {FUNNEL}; {ADDITIVE}. Rank: gamma-Poisson draws.",
        results={
            "funnel.position": Result(now["flag"], unit="limits crossed", method=FUNNEL),
            "funnel.position_spread": Result(now["spread_flag"], unit="limits crossed",
                                             method=ADDITIVE),
            "rank_interval": Result(now["rank"], now["rank_low"], now["rank_high"],
                                    f"of {now['areas']}, highest rate first",
                                    "gamma-Poisson draws (shrinkage.rank_intervals)"),
        },
    )  # fmt: skip


def funnel_years(place: Place) -> Section:
    """Follow the place in the funnel over the years.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        ``year, rate, target``, limits and ``spread_position`` in ``frame``.
    """
    rows = place.rows("funnel").sort_values("year")
    if rows.empty:
        reason = place.why(NONE, "funnel")
        return Section("funnel-over-years", missing={"the funnel over years": reason})
    (above, far), (high, _) = (_outside(rows[c].clip(lower=0)) for c in ("flag", "spread_flag"))
    (below, deep), (low, _) = (_outside(rows[c].clip(upper=0)) for c in ("flag", "spread_flag"))
    said = [
        f"Of {words.times(len(rows), 'year')} the rate lay above the 95% limits of chance in "
        f"{above} ({far} beyond the 99.8% limit) and below them in {below} ({deep}). With the "
        f"spread between authorities allowed for, it lay above the 95% limits in {high} and below "
        f"in {low}."
    ]
    if above and below:
        said.append("It has been on both sides: a place in one year is not a trait of the area.")
    unsure = int((~rows["certain"].astype(bool) | ~rows["spread_certain"].astype(bool)).sum())
    if unsure:
        said.append(f"In {words.times(unsure, 'year')} the rounding of counts alone could "
                    "have moved it across a limit.")  # fmt: skip
    return Section(
        "funnel-over-years", said, {}, rows,
        caption=f"{place.name} against the limits of its size around the rate of "
        f"{place.country} (line) in each year. Bands: 95% and 99.8% by chance alone. Dark dots lie "
        "outside the 95% limits that allow for the spread between authorities too.",
        alt=f"A point for each year from {rows['year'].min()} to {rows['year'].max()}. {said[0]}",
        source=f"profile_funnel. Rules: {FUNNEL}; {ADDITIVE}.",
        results={"funnel.years_above": Result(above, unit=f"of {len(rows)} years",
                                               method=f"{FUNNEL}, 95%"),
                 "funnel.years_below": Result(below, unit=f"of {len(rows)} years",
                                               method=f"{FUNNEL}, 95%")},
    )  # fmt: skip


def deprivation(place: Place) -> Section:
    """Set the rate beside that of authorities as deprived.

    Parameters
    ----------
    place : Place
        The authority.

    Returns
    -------
    Section
        All authorities of the year in ``frame``; the fitted line in ``context["line"]``.
    """
    every = place.tables["expected"]
    every = every[(every["country"] == place.country) & (every["year"] == place.latest)]
    own = every[every["key"] == place.key]
    if own.empty:
        reason = place.why(NONE, "deprivation")
        return Section("given-deprivation", missing={"a rate given deprivation": reason})
    now, sure = own.iloc[0], words.percent(place.alpha)
    lines = place.tables["expected_lines"]
    lines = lines[(lines["country"] == place.country) & (lines["year"] == place.latest)]
    ends = place.history.loc[place.latest]
    gap, low, high = (100 * (x / now["expected"] - 1) for x in (now["rate"], ends["low"],
                                                                ends["high"]))  # fmt: skip
    measure = INDICES[place.country]
    usual = now["usual_low"] <= now["rate"] <= now["usual_high"]
    said = [
        f"Among {now['areas']} authorities, twice the deprivation goes with "
        f"{words.number(now['slope'], 2)} times the rate ({sure} interval "
        f"{words.span(now['slope_low'], now['slope_high'], 2)}).",
        f"For an authority as deprived as {place.name} that leads one to expect "
        f"{words.number(now['expected'])} per 10,000. Its rate is {words.apart(gap)} that "
        f"({sure} interval from chance and rounding {words.span(low, high, unit='%')}).",
        f"Authorities as deprived differ widely: by the model, the true rates of the middle {sure} "
        f"go from {words.span(now['usual_low'], now['usual_high'])}. The printed rate of "
        f"{place.name} is {'within' if usual else 'outside'} that range. With chance allowed for "
        f"as well as the spread, it lies {words.position(now['position'])} of a funnel around "
        "what is expected.",
    ]
    method = (f"Negative binomial regression on log2 of {measure}, {now['edition']:.0f}, maximum "
              f"likelihood (NB2, Wald intervals), statsmodels {version('statsmodels')}; interval "
              "of the area from its count alone")  # fmt: skip
    return Section(
        "given-deprivation", said, {}, every.assign(
            name=every["key"].map(place.label), this=every["key"] == place.key
        )[["deprivation", "rate", "name", "this"]],
        {"line": lines, "axis": pd.DataFrame({"title": [measure]})},
        caption=f"Rate on 31 March {place.latest} by deprivation ({measure}; edition of "
        f"{now['edition']:.0f}). Line: what is expected; band: middle {sure} of authorities.",
        alt=f"One point an authority, rates rising with deprivation. {said[1]}",
        source=f"profile_expected. {method}.",
        results={
            "residual_given_deprivation": Result(gap, low, high, "percent of expected", method),
            "rate.expected_given_deprivation": Result(
                now["expected"], now["usual_low"], now["usual_high"], "per 10,000 aged 0-17",
                f"{method}; low and high: middle {sure} of true rates"),
        },
    )  # fmt: skip


def benchmark(place: Place, *, seed: int, draws: int = 2000) -> Section:
    """Set the rate beside the lowest of its neighbours, and take chance out of the gap.

    Parameters
    ----------
    place : Place
        The authority.
    seed, draws : int
        Of the true rates that the counts leave possible.

    Returns
    -------
    Section
        ``name, rate, low, high, shrunk`` of the authority and its neighbours.
    """
    rates = place.tables["rates"]
    rows = rates[rates["key"].isin([place.key, *place.near]) & (rates["year"] == place.latest)]
    rows = rows.set_index("key").reindex([place.key, *place.near]).dropna(subset=["rate"])
    now = _now(place)
    few = len(rows) < 3 or place.key not in rows.index or rows["number"].iloc[0] < LEAST
    if few or now is None:
        reason = "The published models of neighbours leave it out."
        if place.near:
            reason = f"With fewer than {LEAST} children in care a gap is nearly all luck."
        reason = place.why(reason)
        return Section("benchmark", missing={"a benchmark of neighbours": reason})
    gap, net, alike = _gap(rows, (now["prior_shape"], now["prior_persons"]), draws, seed,
                           place.alpha)  # fmt: skip
    middle = 100 * (rows["rate"].iloc[1:].median() / rows["rate"].iloc[0] - 1)
    ends_of = intervals.rates(rows["number"], rows["persons"], rounding=rows["rounding"],
                              level=1 - place.alpha)  # fmt: skip
    shrunk = place.tables["funnel"]
    shrunk = shrunk[shrunk["year"] == place.latest].set_index("key")["shrunk"]
    frame = rows.join(ends_of[["low", "high"]]).join(shrunk).reset_index()
    frame = frame.assign(name=frame["key"].map(place.label), this=frame["key"] == place.key)
    lowest = frame.loc[frame["rate"].idxmin(), "name"]
    sure = words.percent(place.alpha)
    said = [f"The median of its {len(rows) - 1} statistical neighbours is "
            f"{words.apart(middle)} its own rate."]  # fmt: skip
    if gap > 0:
        said += [
            f"To reach the lowest of them ({lowest}), it would have to fall by "
            f"{words.number(gap)}%. The lowest of several is partly low by chance. With chance "
            f"taken out, the fall to its likely true rate is {words.number(net[0])}% ({sure} "
            f"interval {words.span(*net[1:], unit='%')}), if counts vary twice as much as pure "
            "chance makes them, as when brothers and sisters come into care together.",
            f"Had the whole group one true rate, chance alone would show a gap of "
            f"{words.number(alike[0])}% on average ({words.span(*alike[1:], unit='%')}). The "
            "figures say that neighbours differ, not that any of them could do as another does.",
        ]
    else:
        said.append("No neighbour has a lower rate, so this way of setting a target asks nothing.")
    method = f"gamma-Poisson posterior, best-neighbour rule, dispersion 2, {draws} draws"
    return Section(
        "benchmark", said, {}, frame[["name", "rate", "low", "high", "shrunk", "this"]],
        caption=f"{place.name} and its statistical neighbours, nearest first, on 31 March "
        f"{place.latest}: rate with {sure} interval (dot and line), and the rate drawn towards the "
        "mean by as much as it is chance (tick).",
        alt=f"A dot and an interval for {place.name} and each neighbour. {said[0]}",
        source=f"Statistical neighbours, model of {place.rows('neighbours')['model'].iloc[0]}; "
        f"profile_rates. {method}.",
        results={
            "benchmark.gap_to_lowest": Result(gap, unit="percent of own rate"),
            "benchmark.luck": Result(gap - net[0], gap - net[2], gap - net[1],
                                     "percent of own rate", f"gap less true gap; {method}"),
            "benchmark.net": Result(*net, "percent of own rate", method),
            "benchmark.if_alike": Result(*alike, "percent of own rate",
                                         f"luck.luck, dispersion 2, {draws // 4} worlds"),
            "benchmark.median": Result(middle, unit="percent, median neighbour against own rate"),
        },
    )  # fmt: skip


def _gap(rows: pd.DataFrame, shapes: tuple[float, float], draws: int, seed: int, alpha: float):
    """Gap to the lowest in the figures, in true rates, and if all were alike, in percent."""
    index = np.full((len(rows), len(rows) - 1), -1)
    index[0] = np.arange(1, len(rows))
    real = winners_curse.attainable(
        rows["number"], rows["persons"], index, shapes, dispersion=2.0, draws=draws, seed=seed
    )
    alike = luck.luck(
        rows["number"], rows["persons"], index, dispersion=2.0, draws=draws // 4, seed=seed
    )
    gap = 100 * real.seen
    net = [100 * x for x in (real.mean, *real.interval(alpha))] if gap > 0 else [0.0, 0.0, 0.0]
    return gap, net, [100 * x for x in (alike.mean, *alike.interval(alpha))]
