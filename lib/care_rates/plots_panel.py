"""Charts of panel models: shares of variance, specification curves, event studies.

Draws only: computes nothing but layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, ORANGE, PURPLE, WIDTH

BLOCKS = {"deprivation": ORANGE, "time": GREEN, "drivers": PURPLE, "authority": BLUE,
          "not explained": CONTEXT}  # fmt: skip
"""One colour a source of variation, on every chart."""


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


def share_intervals(frame: pd.DataFrame, *, row: str) -> alt.LayerChart:
    """Draw shares of variance as dots with intervals, the sources of one row on one line.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: ``row``, ``source``, ``share, low, high`` in percent.
    row : str
        Column that names the lines, from top to bottom.

    Returns
    -------
    altair.LayerChart
        In the colours of ``BLOCKS``.
    """
    used = [name for name in BLOCKS if name in set(frame["source"])]
    base = alt.Chart(frame[[row, "source", "share", "low", "high"]]).encode(
        y=alt.Y(f"{row}:N", title=None, sort=list(dict.fromkeys(frame[row]))),
        color=alt.Color("source:N", title=None, sort=used,
                        scale=alt.Scale(domain=used, range=[BLOCKS[name] for name in used])),
    )  # fmt: skip
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("low:Q", title="percent of the variance"), x2="high:Q"),
        base.mark_circle(size=60, opacity=1).encode(
            x="share:Q", tooltip=[row, "source", "share", "low", "high"]),
    ).properties(width=WIDTH - 60, height=24 * frame[row].nunique())  # fmt: skip


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
        # The curve rises from left to right: its free corners are above left and below right.
        left = (rows["percent"] < value).mean() > 0.5
        side = {"align": "left", "dx": 3, "dy": -8} if left else {
            "align": "right", "dx": -3, "dy": 11}  # fmt: skip
        word = line.encode(y="at:Q", x=alt.value(0 if left else 180), text="text:N")
        panels.append(
            alt.layer(
                base.mark_circle(size=9, color=CONTEXT, opacity=0.9),
                base.transform_filter(f"datum.{near}").mark_circle(
                    size=34, color=BLOCKS[source], opacity=1),
                line.mark_rule(color=DARK, strokeDash=[4, 3]).encode(y="at:Q"),
                word.mark_text(**side, fontSize=11, stroke="white", strokeWidth=4, color="white"),
                word.mark_text(**side, fontSize=11, color=DARK),
            ).properties(width=180, height=240, title=source)
        )  # fmt: skip
    return alt.hconcat(*panels).resolve_scale(y="shared")


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
