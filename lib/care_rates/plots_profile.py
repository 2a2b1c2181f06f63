"""Charts of one authority's page: small, and lean in data.

The authority is blue, what surrounds it grey; expected values and targets are orange.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, ORANGE, PURPLE, SKY
from care_rates.profile import Place, Section

WIDTH, HEIGHT = 460, 230
RATE = "per 10,000 aged 0 to 17"


def _tips(*names: str) -> list[alt.Tooltip]:
    """Name the columns that a reader sees at a point (a plain name costs Altair far more)."""
    return [alt.Tooltip(name) for name in names]


def _band(low: str, high: str) -> dict[str, object]:
    """Draw an interval as a band between two lines."""
    return {"y": alt.Y(f"{low}:Q"), "y2": alt.Y2(f"{high}:Q")}


def _reach(**more: object) -> dict[str, object]:
    """Draw an interval as a line from left to right."""
    return {"x": alt.X("low:Q", **more), "x2": alt.X2("high:Q")}


def _year(title: str = "31 March", **scale: object) -> alt.X:
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=6, labelFlush=False)
    return alt.X("year:Q", title=title, axis=axis,
                 scale=alt.Scale(zero=False, nice=False, **scale))  # fmt: skip


def unbroken(frame: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Put an empty row where a year is missing, so that a line breaks there.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``year``.
    by : str, optional
        Column that tells lines apart; one line without it.

    Returns
    -------
    pandas.DataFrame
        Every year from the first to the last of each line, and ``alone``: a year with
        no figure on either side, which no line can show.
    """
    parts = []
    for name, line in frame.groupby(by, sort=False) if by else [(None, frame)]:
        rows = line.set_index("year")
        years = range(int(rows.index.min()), int(rows.index.max()) + 1)
        whole = rows.reindex(pd.Index(years, name="year"))
        known = pd.Series(whole.index.isin(rows.index), index=whole.index)
        beside = known.shift(1, fill_value=False) | known.shift(-1, fill_value=False)
        whole = whole.assign(alone=known & ~beside)
        parts.append(
            whole.reset_index() if by is None else whole.reset_index().assign(**{by: name})
        )
    return pd.concat(parts, ignore_index=True)


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Move labels apart so that they can be read.

    Parameters
    ----------
    values : sequence of float
        Where the labels should stand.
    gap : float
        Smallest distance between two.

    Returns
    -------
    list of float
        Where they can stand, in the same order.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed, last = [0.0] * len(values), float("-inf")
    for i in order:
        last = max(values[i], last + gap)
        placed[i] = last
    over = sum(placed[i] - values[i] for i in order) / max(len(values), 1)
    return [value - over for value in placed]


def _ends(frame: pd.DataFrame, y: str, series: str, colour: alt.Color) -> alt.Chart:
    """Names at the ends of lines."""
    last = frame.dropna(subset=[y]).sort_values("year").groupby(series, sort=False).tail(1)
    room = (frame[y].max() or 1) * 15 / HEIGHT
    ended = last["year"] < last["year"].max() - 3  # a line that ends early is named above its end
    last[y] = last[y] + 0.9 * room * ended
    last.loc[~ended, y] = apart(list(last.loc[~ended, y]), room)
    return (
        alt.Chart(last[["year", y, series]].round(1))
        .mark_text(align="left", dx=7, fontSize=11)
        .encode(x=alt.X("year:Q"), y=alt.Y(f"{y}:Q"), text=alt.Text(f"{series}:N"), color=colour)
    )


def trend(section: Section, place: Place) -> alt.LayerChart:
    """Draw the rate over the years beside others, with its interval.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_trend.trend`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = unbroken(section.frame.round(1), "series")
    keys = {place.region_key: PURPLE, place.country_key: GREY, place.joined: ORANGE}
    paint = {place.name: BLUE, "neighbours": GREEN}
    paint |= {place.label(key): colour for key, colour in keys.items() if key}
    scale = alt.Scale(domain=list(paint), range=list(paint.values()))
    colour = alt.Color("series:N", legend=None, scale=scale)
    own = alt.Chart(frame[frame["series"] == place.name].drop(columns="alone"))
    band = own.mark_area(opacity=0.2, color=BLUE).encode(x=_year(), **_band("low", "high"))
    lines = alt.Chart(frame[["series", "year", "rate"]]).encode(x=_year(), color=colour)
    lines = lines.mark_line(strokeWidth=1.5).encode(
        y=alt.Y("rate:Q", title=RATE), tooltip=_tips("series", "year", "rate")
    )
    bold = own.mark_line(strokeWidth=3, color=BLUE).encode(x=_year(), y=alt.Y("rate:Q"))
    dots = alt.Chart(frame.loc[frame["alone"], ["series", "year", "rate"]]).mark_circle(opacity=1)
    dots = dots.encode(x=_year(), y=alt.Y("rate:Q"), color=colour)
    layers = alt.layer(band, lines, bold, dots, _ends(frame, "rate", "series", colour))
    return layers.properties(width=WIDTH - 60, height=HEIGHT)


def _mark(points: alt.Chart, frame: pd.DataFrame, x: str, name: str) -> list[alt.Chart]:
    """Draw the authority above the others, with its name on the side that has room."""
    at = float(frame.loc[frame["this"], x].iloc[0])
    right = at > frame[x].min() + 0.6 * (frame[x].max() - frame[x].min())
    own = points.transform_filter("datum.this")
    side = {"align": "right" if right else "left", "dx": -8 if right else 8, "fontSize": 12,
            "fontWeight": "bold"}  # fmt: skip
    text = alt.TextValue(name)
    return [
        own.mark_circle(size=90, color=BLUE, opacity=1),
        own.mark_text(**side, color="white", stroke="white", strokeWidth=4).encode(text=text),
        own.mark_text(**side, color=BLUE).encode(text=text),
    ]


def funnel(section: Section, place: Place) -> alt.LayerChart:
    """Draw every authority and the limits of two rules.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_compare.funnel`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = section.frame.round({"persons": 0, "rate": 1})
    ends = [f"{side}_{level}" for side in ("low", "high") for level in ("95", "99_8")]
    lines = section.context["limits"][["base", *ends, "rule"]].round(1)
    top = 1.05 * frame["rate"].max()
    lines[ends] = lines[ends].clip(upper=top)
    x = alt.X("base:Q", title="children aged 0 to 17 who live there",
              axis=alt.Axis(format=",d", tickCount=4))  # fmt: skip
    scale = alt.Scale(domain=[0, top])
    chance = alt.Chart(lines[lines["rule"] == "chance"].drop(columns="rule")).encode(x=x)
    spread = alt.Chart(lines[lines["rule"] == "spread"].drop(columns="rule")).encode(x=x)
    bands = [
        chance.mark_area(color=CONTEXT, opacity=shade).encode(
            **_band(f"low_{level}", f"high_{level}"))
        for level, shade in (("99_8", 0.35), ("95", 0.6))
    ]  # fmt: skip
    dashed = [
        spread.mark_line(color=GREY, strokeWidth=1.3 if end.endswith("8") else 0.9,
                         strokeDash=[6, 3] if end.endswith("8") else [2, 3]).encode(
            y=alt.Y(f"{end}:Q", scale=scale))
        for end in ends
    ]  # fmt: skip
    points = alt.Chart(frame).encode(
        x=alt.X("persons:Q"),
        y=alt.Y("rate:Q", title=RATE, axis=alt.Axis(tickCount=6)),
        tooltip=_tips("name", "persons", "rate"),
    )
    target = alt.Chart(section.context["target"].round(1)).mark_rule(color=ORANGE)
    return alt.layer(
        *bands, *dashed, target.encode(y=alt.Y("target:Q")), _limit_names(lines),
        points.mark_circle(size=20, color=GREY, opacity=0.75),
        *_mark(points, frame, "persons", place.name),
    ).properties(width=WIDTH - 80, height=HEIGHT + 20)  # fmt: skip


def _limit_names(lines: pd.DataFrame) -> alt.Chart:
    """Names at the right ends of the upper limits."""
    last = lines.loc[lines.groupby("rule")["base"].idxmax()].melt(
        ["base", "rule"], ["high_95", "high_99_8"], "level", "at"
    )
    told = last["level"].map({"high_95": "95%", "high_99_8": "99.8%"}) + ", " + last["rule"]
    top = lines[["high_95", "high_99_8"]].max().max()
    last = last.assign(name=told, at=apart(list(last["at"]), top * 13 / HEIGHT))
    return (
        alt.Chart(last[["base", "at", "name"]].round(1))
        .mark_text(align="left", dx=5, fontSize=10, color=DARK)
        .encode(x=alt.X("base:Q"), y=alt.Y("at:Q"), text=alt.Text("name:N"))
    )


def funnel_years(section: Section, place: Place) -> alt.LayerChart:
    """Draw the limits of the authority's size in each year, and its rate.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_compare.funnel_years`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    columns = ["year", "rate", "target", "low_95", "high_95", "low_99_8", "high_99_8"]
    frame = section.frame[columns].round(1)
    frame = frame.assign(place=section.frame["spread_position"].eq("inside").map(
        {True: "inside 95% limits that allow for spread", False: "outside them too"}))  # fmt: skip
    frame = unbroken(frame).drop(columns="alone")
    base = alt.Chart(frame).encode(x=_year())
    title = alt.Y("rate:Q", title=RATE)
    seen = alt.Color(
        "place:N",
        title=None,
        scale=alt.Scale(
            domain=["inside 95% limits that allow for spread", "outside them too"],
            range=[SKY, BLUE],
        ),
    )
    return alt.layer(
        base.mark_area(color=CONTEXT, opacity=0.35).encode(**_band("low_99_8", "high_99_8")),
        base.mark_area(color=CONTEXT, opacity=0.6).encode(**_band("low_95", "high_95")),
        base.mark_line(color=ORANGE).encode(y=alt.Y("target:Q")),
        base.mark_circle(size=70, opacity=1).encode(
            y=title, color=seen, tooltip=_tips("year", "rate", "target", "place")),
    ).properties(width=WIDTH, height=HEIGHT)  # fmt: skip


def deprivation(section: Section, place: Place) -> alt.LayerChart:
    """Draw rates by deprivation, with what is expected and what is usual.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_compare.deprivation`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = section.frame.round({"deprivation": 3, "rate": 1})
    lines = section.context["line"][["deprivation", "expected", "low", "high"]].round(3)
    title, _, unit = section.context["axis"].at[0, "title"].rpartition(", ")
    base = alt.Chart(lines).encode(x=alt.X("deprivation:Q", title=[title, unit],
                                           scale=alt.Scale(zero=False, nice=False)))  # fmt: skip
    points = alt.Chart(frame).encode(
        x=alt.X("deprivation:Q"),
        y=alt.Y("rate:Q", title=RATE),
        tooltip=_tips("name", "deprivation", "rate"),
    )
    return alt.layer(
        base.mark_area(color=ORANGE, opacity=0.13).encode(**_band("low", "high")),
        base.mark_line(color=ORANGE).encode(y=alt.Y("expected:Q")),
        points.mark_circle(size=24, color=CONTEXT, opacity=0.9),
        *_mark(points, frame, "deprivation", place.name),
    ).properties(width=WIDTH, height=HEIGHT + 20)  # fmt: skip


def flows(section: Section, place: Place) -> alt.LayerChart:
    """Draw entries and exits over the years.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_services.flows`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    colour = alt.Color("kind:N", legend=None, scale=alt.Scale(
        domain=["came into care", "left care"], range=[BLUE, ORANGE]))  # fmt: skip
    frame = unbroken(section.frame, "kind").drop(columns="alone")
    base = alt.Chart(frame).encode(x=_year("year to 31 March"), color=colour)
    lines = base.mark_line(point=alt.OverlayMarkDef(size=24), strokeWidth=2).encode(
        y=alt.Y("children:Q", title="children in the year"),
        tooltip=_tips("kind", "year", "children"),
    )
    layers = alt.layer(lines, _ends(section.frame, "children", "kind", colour))
    return layers.properties(width=WIDTH - 60, height=HEIGHT - 40)


def mix(section: Section, place: Place) -> alt.VConcatChart:
    """Draw the share of each placement and age group, the country as a tick.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_services.mix`.
    place : Place
        The authority.

    Returns
    -------
    altair.VConcatChart
        One panel a kind.
    """
    panels = []
    known = section.frame.dropna(subset=["share", "country"], how="all")
    top = known[["high", "country"]].max().max()
    x = alt.X("share:Q", title="percent of children in care", scale=alt.Scale(domain=[0, top]))
    for kind, part in known.groupby("kind", sort=False):
        base = alt.Chart(part.drop(columns="kind").round(1)).encode(
            y=alt.Y("part:N", title=None, sort=list(part["part"]))
        )
        panels.append(
            alt.layer(
                base.mark_tick(color=ORANGE, thickness=3, height=14).encode(x=alt.X("country:Q")),
                base.mark_rule(color=BLUE, strokeWidth=2).encode(**_reach()),
                base.mark_circle(color=BLUE, size=60, opacity=1).encode(
                    x=x, tooltip=_tips("part", "share", "low", "high", "country")),
            ).properties(width=WIDTH - 180, height=21 * len(part), title=kind)
        )  # fmt: skip
    return alt.vconcat(*panels)


def forecast(section: Section, place: Place) -> alt.LayerChart:
    """Draw the counts so far and five years ahead.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_outlook.forecast`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = unbroken(section.frame.round(1), "series").drop(columns="alone")
    base = alt.Chart(frame).encode(x=_year())
    dash = alt.StrokeDash("series:N", title=None, scale=alt.Scale(
        domain=["counted", "forecast"], range=[[1, 0], [5, 4]]))  # fmt: skip
    return alt.layer(
        base.mark_area(color=BLUE, opacity=0.18).encode(**_band("low", "high")),
        base.mark_line(color=BLUE, strokeWidth=2).encode(
            y=alt.Y("children:Q", title="children in care"), strokeDash=dash,
            tooltip=_tips("series", "year", "children", "low", "high")),
    ).properties(width=WIDTH, height=HEIGHT - 20)  # fmt: skip


def benchmark(section: Section, place: Place) -> alt.LayerChart:
    """Draw the authority and its neighbours, with what is left when luck is taken out.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_compare.benchmark`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = section.frame.round(1)
    base = alt.Chart(frame).encode(y=alt.Y("name:N", title=None, sort=list(frame["name"])))
    paint = alt.Color("this:N", legend=None,
                      scale=alt.Scale(domain=[True, False], range=[BLUE, GREY]))  # fmt: skip
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(
            **_reach(title=RATE, scale=alt.Scale(zero=False)), color=paint),
        base.mark_circle(size=60, opacity=1).encode(
            x=alt.X("rate:Q"), color=paint, tooltip=_tips("name", "rate", "low", "high", "shrunk")),
        base.mark_tick(color=DARK, thickness=2, height=13).encode(x=alt.X("shrunk:Q")),
    ).properties(width=WIDTH - 160, height=20 * len(frame))  # fmt: skip
