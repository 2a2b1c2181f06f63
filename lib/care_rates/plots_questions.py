"""Charts of questions on which reports disagree: methods side by side, specification curves.

Draws only: computes nothing but layout.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, ORANGE, PUBLISHED, PURPLE, WIDTH

MOST_POINTS = 240
"""Points of a curve that are drawn; more cannot be told apart at its width."""
PRINTED = "printed"
"""The lane of the published figures."""
SERIES = [BLUE, GREEN, PURPLE, GREY, DARK]


def methods(
    frame: pd.DataFrame, *, unit: str, series: str = "factor",
    published: pd.DataFrame | None = None,
) -> alt.HConcatChart:  # fmt: skip
    """Draw estimates of every method with intervals, one panel an outcome.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``method, outcome, period, estimate, low, high`` and ``series``.
    unit : str
        Axis title.
    series : str
        Column that colours the dots; periods differ in shape.
    published : pandas.DataFrame, optional
        ``method, outcome, value, text``: published figures, drawn as orange diamonds.

    Returns
    -------
    altair.HConcatChart
        Panels that share both axes.
    """
    order, kinds = list(dict.fromkeys(frame["method"])), list(dict.fromkeys(frame[series]))
    periods = list(dict.fromkeys(frame["period"]))
    lanes = [f"{kind}, {period}" for kind in kinds for period in periods]
    lane = frame[series] + ", " + frame["period"]
    if series == "period":
        lanes, lane = periods, frame["period"]
    frame = frame.assign(lane=lane)
    lanes = [PRINTED, *lanes] if published is not None else lanes
    marks = published if published is not None else pd.DataFrame({"value": []})
    ends = [*frame["low"], *frame["high"], *marks["value"], 0.0]
    scale = alt.Scale(domain=[min(ends), max(ends)], nice=True)
    outcomes = list(dict.fromkeys(frame["outcome"]))
    width = (WIDTH - 60) / max(2, len(outcomes))
    panels = []
    for place, outcome in enumerate(outcomes):
        rows = frame[frame["outcome"] == outcome]
        axis = alt.Axis(labelLimit=330) if place == 0 else None
        used = dict.fromkeys(["method", series, "period", "lane", "estimate", "low", "high"])
        kept = rows[list(used)].round(3)
        base = alt.Chart(kept).encode(
            y=alt.Y("method:N", title=None, sort=order, axis=axis, scale=alt.Scale(domain=order)),
            yOffset=alt.YOffset("lane:N", sort=lanes, scale=alt.Scale(domain=lanes)),
            color=alt.Color(f"{series}:N", title=None, scale=alt.Scale(
                domain=kinds, range=SERIES[: len(kinds)]), legend=alt.Legend(columns=2)),
        )  # fmt: skip
        zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=GREY, strokeDash=[4, 3])
        layers = [
            zero.encode(x="at:Q"),
            base.mark_rule(strokeWidth=2).encode(
                x=alt.X("low:Q", title=None, scale=scale, axis=alt.Axis(tickCount=5)),
                x2="high:Q"),
            base.mark_point(size=48, opacity=1, filled=True).encode(
                x="estimate:Q",
                shape=alt.Shape("period:N", title=None, sort=periods, scale=alt.Scale(
                    domain=periods, range=["circle", "square"][: len(periods)])),
                tooltip=["method", series, "period", "estimate", "low", "high"]),
        ]  # fmt: skip
        told = marks[marks["outcome"] == outcome] if len(marks) else marks
        if len(told):
            told = told[["method", "value", "text"]].assign(lane=PRINTED)
            point = alt.Chart(told).encode(
                y=alt.Y("method:N", sort=order), x="value:Q",
                yOffset=alt.YOffset("lane:N", sort=lanes, scale=alt.Scale(domain=lanes)),
            )  # fmt: skip
            layers += [
                point.mark_point(shape="diamond", size=110, filled=True, color=PUBLISHED, opacity=1)
                .encode(tooltip=["text", "value"]),
                point.mark_text(align="left", dx=9, fontSize=11, color=PUBLISHED).encode(
                    text="text:N"),
            ]  # fmt: skip
        height = (11 * len(lanes) + 12) * len(order)
        panels.append(alt.layer(*layers).properties(width=width, height=height, title=outcome))
    below = alt.TitleParams(unit, orient="bottom", anchor="middle", fontSize=12,
                            fontWeight="normal")  # fmt: skip
    return alt.hconcat(*panels, spacing=14).properties(title=below)


def curve(
    table: pd.DataFrame, choices: pd.DataFrame, summary: pd.Series, *, unit: str
) -> alt.VConcatChart:
    """Draw a specification curve above the medians under each choice.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a specification: ``estimate, low, high``.
    choices : pandas.DataFrame
        ``dimension, choice, median, low, high, lowest, highest``.
    summary : pandas.Series
        ``median, low, high`` of the whole curve.
    unit : str
        Axis title.

    Returns
    -------
    altair.VConcatChart
        Above: all estimates in order, with a band of their intervals. Below: the median
        of the specifications with each choice (dot), its interval (thick) and their range
        (thin).
    """
    rows = table[["estimate", "low", "high"]].sort_values("estimate").round(3)
    count = len(rows)
    shown = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
    rows = rows.assign(place=range(1, count + 1)).iloc[shown]
    base = alt.Chart(rows).encode(
        x=alt.X("place:Q", title=f"{count} specifications in order",
                axis=alt.Axis(labels=False, ticks=False), scale=alt.Scale(nice=False))
    )  # fmt: skip
    middle = pd.DataFrame([summary[["median", "low", "high"]].astype(float)])
    line = alt.Chart(middle)
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=GREY, strokeDash=[4, 3])
    upper = alt.layer(
        base.mark_area(color=CONTEXT, opacity=0.55).encode(
            y=alt.Y("low:Q", title=unit), y2="high:Q"),
        zero.encode(y="at:Q"),
        line.mark_rect(color=ORANGE, opacity=0.25).encode(y="low:Q", y2="high:Q"),
        line.mark_rule(color=ORANGE, strokeWidth=2).encode(y="median:Q"),
        base.mark_line(color=BLUE, strokeWidth=2).encode(y="estimate:Q"),
    ).properties(width=WIDTH - 40, height=190)  # fmt: skip
    order = list(choices["choice"])
    kinds = list(dict.fromkeys(choices["dimension"]))
    each = alt.Chart(choices.round(3)).encode(
        y=alt.Y("choice:N", title=None, sort=order, axis=alt.Axis(labelLimit=330)),
        color=alt.Color("dimension:N", title=None, sort=kinds, legend=None),
    )  # fmt: skip
    lower = alt.layer(
        zero.encode(x="at:Q"),
        each.mark_rule(strokeWidth=1).encode(x=alt.X("lowest:Q", title=unit), x2="highest:Q"),
        each.mark_rule(strokeWidth=5, opacity=0.45).encode(x="low:Q", x2="high:Q"),
        each.mark_circle(size=50, opacity=1, color=DARK).encode(
            x="median:Q", tooltip=["choice", "median", "low", "high", "specifications"]),
    ).properties(width=WIDTH - 240, height=19 * len(order))  # fmt: skip
    return alt.vconcat(upper, lower).resolve_scale(color="independent")
