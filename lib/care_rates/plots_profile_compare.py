"""Charts of one authority beside all others: funnels, and rates by deprivation.

The authority is blue, what surrounds it grey; expected values and targets are orange.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREY, ORANGE, SKY
from care_rates.plots_parts import HEIGHT, RATE, WIDTH, apart, band, tips, unbroken, years
from care_rates.profile import Place, Section


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
            **band(f"low_{level}", f"high_{level}"))
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
        tooltip=tips("name", "persons", "rate"),
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
    base = alt.Chart(frame).encode(x=years())
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
        base.mark_area(color=CONTEXT, opacity=0.35).encode(**band("low_99_8", "high_99_8")),
        base.mark_area(color=CONTEXT, opacity=0.6).encode(**band("low_95", "high_95")),
        base.mark_line(color=ORANGE).encode(y=alt.Y("target:Q")),
        base.mark_circle(size=70, opacity=1).encode(
            y=title, color=seen, tooltip=tips("year", "rate", "target", "place")),
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
        tooltip=tips("name", "deprivation", "rate"),
    )
    return alt.layer(
        base.mark_area(color=ORANGE, opacity=0.13).encode(**band("low", "high")),
        base.mark_line(color=ORANGE).encode(y=alt.Y("expected:Q")),
        points.mark_circle(size=24, color=CONTEXT, opacity=0.9),
        *_mark(points, frame, "deprivation", place.name),
    ).properties(width=WIDTH, height=HEIGHT + 20)  # fmt: skip
