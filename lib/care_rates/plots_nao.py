"""Charts of the report on drivers of demand: draws only, computes nothing but layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, ORANGE, PURPLE, SKY, WIDTH

BLOCKS = {"deprivation": ORANGE, "time": GREEN, "drivers": PURPLE, "authority": BLUE,
          "not explained": CONTEXT}  # fmt: skip
"""One colour a source of variation, on every chart."""


def growth_bars(
    frame: pd.DataFrame, *, label: str = "measure", value: str = "growth", reference: float,
    reference_name: str, colour: str = "kind", unit: str = "percent",
) -> alt.LayerChart:  # fmt: skip
    """Draw growth by measure with a reference line.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a measure: ``label``, ``value``, ``colour``.
    label, value, colour : str
        Columns.
    reference : float
        Where to draw the line.
    reference_name : str
        What it is.
    unit : str
        Axis title.

    Returns
    -------
    altair.LayerChart
        Bars with their value at the end.
    """
    order = list(frame[label])
    base = alt.Chart(frame).encode(y=alt.Y(f"{label}:N", sort=order, title=None))
    line = alt.Chart(pd.DataFrame({"at": [reference], "name": [reference_name]}))
    limit = alt.Scale(domain=[min(0, frame[value].min() * 1.1), frame[value].max() * 1.12])
    return alt.layer(
        base.mark_bar(height=16).encode(
            x=alt.X(f"{value}:Q", title=unit, scale=limit),
            color=alt.Color(f"{colour}:N", title=None, scale=alt.Scale(range=[BLUE, SKY, GREY])),
            tooltip=[label, alt.Tooltip(f"{value}:Q", format=".1f")],
        ),
        base.transform_calculate(at=f"max(datum['{value}'], {reference})").mark_text(
            align="left", dx=5, color=DARK).encode(
            x="at:Q", text=alt.Text(f"{value}:Q", format=".1f")),
        line.mark_rule(color=ORANGE, strokeDash=[4, 3], strokeWidth=2).encode(x="at:Q"),
        line.mark_text(align="left", dx=5, dy=-4, baseline="bottom", color=ORANGE).encode(
            x="at:Q", y=alt.value(0), text="name:N"),
    ).properties(width=WIDTH - 80, height=30 * len(frame))  # fmt: skip


def decomposition_bars(frame: pd.DataFrame, *, row: str = "order") -> alt.Chart:
    """Draw shares of variance as stacked bars, one a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        Wide: ``row`` and one column a source, in percent.
    row : str
        Column that names the bars, from top to bottom.

    Returns
    -------
    altair.LayerChart
        Stacked bars with the percent inside each part of three or more.
    """
    used = [name for name in BLOCKS if name in frame and frame[name].notna().any()]
    long = frame.melt(row, used, var_name="source", value_name="percent").dropna()
    long["percent"] = long["percent"].clip(lower=0)
    long["place"] = long["source"].map({name: i for i, name in enumerate(used)})
    long["label"] = [f"{p:.0f}" if p >= 3 else "" for p in long["percent"]]
    base = alt.Chart(long).encode(
        y=alt.Y(f"{row}:N", sort=list(frame[row]), title=None),
        x=alt.X("percent:Q", title="percent of the variance", stack=True,
                scale=alt.Scale(domain=[0, 100])),
        order=alt.Order("place:Q"),
    )  # fmt: skip
    bars = base.mark_bar(height=18).encode(
        color=alt.Color("source:N", title=None, sort=used,
                        scale=alt.Scale(domain=used, range=[BLOCKS[name] for name in used])),
        tooltip=[row, "source", alt.Tooltip("percent:Q", format=".1f")],
    )  # fmt: skip
    text = base.transform_stack(
        stack="percent", as_=["from", "to"], groupby=[row], sort=[alt.SortField("place")]
    ).transform_calculate(middle="(datum.from + datum.to) / 2")
    words = text.mark_text(fontSize=11, fontWeight="bold").encode(
        x=alt.X("middle:Q", stack=None),
        text="label:N",
        color=alt.condition("datum.source == 'not explained'", alt.value(DARK), alt.value("white")),
    )
    return alt.layer(bars, words).properties(width=WIDTH - 120, height=28 * frame[row].nunique())


def curve_dots(
    frame: pd.DataFrame, target: Mapping[str, float], *, near: str = "near",
    rank: str = "specification",
) -> alt.FacetChart:  # fmt: skip
    """Draw a specification curve: one panel a share, specifications ordered by each.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: ``source, specification`` (rank within the panel), ``percent``, ``near``
        (whether the specification is near the target in all shares).
    target : mapping of str to float
        Published percent by source.
    near, rank : str
        Columns.

    Returns
    -------
    altair.HConcatChart
        Panels side by side with the published value as a line.
    """
    panels = []
    for place, (source, value) in enumerate(target.items()):
        rows = frame[frame["source"] == source]
        base = alt.Chart(rows).encode(
            x=alt.X(f"{rank}:Q", title="specifications, ordered", axis=alt.Axis(labels=False)),
            y=alt.Y("percent:Q", title="percent of the variance" if place == 0 else None,
                    scale=alt.Scale(domain=[0, 75])),
        )  # fmt: skip
        line = alt.Chart(pd.DataFrame({"at": [value], "text": [f"published {value:g}"]}))
        panels.append(
            alt.layer(
                base.mark_circle(size=9, color=CONTEXT, opacity=0.8),
                base.transform_filter(f"datum.{near}").mark_circle(
                    size=34, color=BLOCKS[source], opacity=1),
                line.mark_rule(color=DARK, strokeDash=[4, 3]).encode(y="at:Q"),
                line.mark_text(align="left", dx=3, dy=-7, color=DARK, fontSize=11).encode(
                    y="at:Q", x=alt.value(0), text="text:N"),
            ).properties(width=180, height=240, title=source)
        )  # fmt: skip
    return alt.hconcat(*panels).resolve_scale(y="shared")


def stages(frame: pd.DataFrame, *, label: str = "stage", value: str = "number") -> alt.LayerChart:
    """Draw the stages of the process as centred bars with their counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a stage, in order.
    label, value : str
        Columns.

    Returns
    -------
    altair.LayerChart
        A funnel: widths in proportion to the counts.
    """
    rows = frame[[label, value]].assign(left=-frame[value] / 2, right=frame[value] / 2)
    rows["text"] = [f"{number:,.0f}" for number in rows[value]]
    base = alt.Chart(rows).encode(y=alt.Y(f"{label}:N", sort=list(rows[label]), title=None))
    return alt.layer(
        base.mark_bar(height=24, color=BLUE, opacity=0.85).encode(
            x=alt.X("left:Q", axis=None), x2="right:Q", tooltip=[label, value]),
        base.mark_text(align="left", dx=6, color=DARK).encode(x="right:Q", text="text:N"),
    ).properties(width=WIDTH - 120, height=36 * len(rows))  # fmt: skip


def events(
    frame: pd.DataFrame, *, x: str = "period", value: str = "estimate",
    series: str = "estimator", y_title: str, colours: Sequence[str] = (BLUE, ORANGE, GREEN),
) -> alt.LayerChart:  # fmt: skip
    """Draw an event study with pointwise and simultaneous bands.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``x`` (years since the event), ``value``, ``low, high`` (pointwise),
        ``band_low, band_high`` (simultaneous) and ``series``.
    x, value, series : str
        Columns.
    y_title : str
        Axis title with unit.
    colours : sequence of str
        One an estimator.

    Returns
    -------
    altair.LayerChart
        Points set side by side, thick for pointwise and thin for simultaneous intervals.
    """
    names = list(dict.fromkeys(frame[series]))
    step = 0.18
    shift = {name: step * (i - (len(names) - 1) / 2) for i, name in enumerate(names)}
    rows = frame.assign(at=frame[x] + frame[series].map(shift))
    paint = alt.Color(f"{series}:N", title=None, legend=alt.Legend(symbolOpacity=1),
                      scale=alt.Scale(domain=names, range=list(colours)[: len(names)]))  # fmt: skip
    base = alt.Chart(rows).encode(
        x=alt.X("at:Q", title="years since the cut (0 is its first year)",
                axis=alt.Axis(tickMinStep=1, format="d")), color=paint)  # fmt: skip
    marks = alt.Chart(pd.DataFrame({"nought": [0], "start": [-0.5]}))
    return alt.layer(
        marks.mark_rule(color=GREY).encode(y="nought:Q"),
        marks.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x="start:Q"),
        base.mark_rule(strokeWidth=1).encode(
            y=alt.Y("band_low:Q", title=y_title), y2="band_high:Q"),
        base.mark_rule(strokeWidth=4, opacity=0.45).encode(y="low:Q", y2="high:Q"),
        base.mark_circle(size=55, opacity=1).encode(
            y=f"{value}:Q", tooltip=[series, x, value, "low", "high"]),
    ).properties(width=WIDTH, height=300)  # fmt: skip


def mark_year(chart: alt.Chart | alt.LayerChart, year: float, text: str) -> alt.LayerChart:
    """Mark a year on a chart over years.

    Parameters
    ----------
    chart : altair chart
        With years on a quantitative x axis named ``year``.
    year : float
        Where to draw the line.
    text : str
        What it is.

    Returns
    -------
    altair.LayerChart
        The chart with a dashed line and its name.
    """
    mark = alt.Chart(pd.DataFrame({"year": [year], "text": [text]})).encode(x="year:Q")
    return alt.layer(
        mark.mark_rule(color=GREY, strokeDash=[4, 3]),
        mark.mark_text(align="left", dx=4, color=GREY, fontSize=11, baseline="top").encode(
            y=alt.value(2), text="text:N"
        ),
        *(chart.layer if isinstance(chart, alt.LayerChart) else [chart]),
    ).properties(width=WIDTH, height=300)


def evidence(frame: pd.DataFrame) -> alt.LayerChart:
    """Draw what kinds of statement the public figures can and cannot carry.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``question, kind`` (described, associated, cause), ``answer`` (shown, in part, not
        shown), in order from top to bottom.

    Returns
    -------
    altair.LayerChart
        A grid of questions by kind of statement, each cell named and coloured.
    """
    kinds = list(dict.fromkeys(frame["kind"]))
    answers = ["shown", "in part", "not shown"]
    base = alt.Chart(frame).encode(
        x=alt.X("kind:N", sort=kinds, title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("question:N", sort=list(dict.fromkeys(frame["question"])), title=None,
                axis=alt.Axis(labelLimit=330)),
    )  # fmt: skip
    fill = alt.Color("answer:N", title=None, legend=None,
                     scale=alt.Scale(domain=answers, range=[BLUE, SKY, "#e3e7ea"]))  # fmt: skip
    ink = alt.condition("datum.answer == 'shown'", alt.value("white"), alt.value(DARK))
    return alt.layer(
        base.mark_rect(stroke="white", strokeWidth=3).encode(color=fill),
        base.mark_text(fontSize=12).encode(text="answer:N", color=ink),
    ).properties(width=360, height=30 * frame["question"].nunique())
