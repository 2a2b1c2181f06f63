"""One Altair theme and the chart builders that notebooks share.

The same colour means the same thing on every page: blue for what is computed,
orange for what was published, green and purple for further series, grey for context.
The palette is Okabe and Ito's, which colour-blind readers can tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.areas import REGIONS
from care_rates.claims import STATUSES

BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, RED, GREY, DARK = (
    "#0072B2", "#B85300", "#007A5A", "#9C4F86", "#56B4E9", "#E6B800", "#B22222", "#767676",
    "#1f2933",
)  # fmt: skip
COMPUTED, PUBLISHED, CONTEXT = BLUE, ORANGE, "#b5bcc4"
SERIES = [BLUE, ORANGE, GREEN, PURPLE, SKY, DARK]
STATUS_COLOURS = dict(
    zip(
        STATUSES,
        [BLUE, SKY, GREEN, YELLOW, ORANGE, PURPLE, "#8d99a6", "#c3cad1", "#e3e7ea"],
        strict=True,
    )
)
WIDTH, HEIGHT = 560, 320
FONT = "Helvetica, Arial, sans-serif"


@alt.theme.register("care_rates", enable=True)
def theme() -> alt.theme.ThemeConfig:
    """Give the project's theme.

    Returns
    -------
    altair.theme.ThemeConfig
        White ground, direct labels over legends, light grid.
    """
    return alt.theme.ThemeConfig(
        config={
            "background": "white",
            "font": FONT,
            "view": {"continuousWidth": WIDTH, "continuousHeight": HEIGHT, "stroke": None},
            "axis": {
                "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
                "labelColor": DARK, "titleColor": DARK, "gridColor": "#e8ebee",
                "domainColor": "#8d99a6", "tickColor": "#8d99a6", "labelLimit": 260,
                "labelSeparation": 6,
            },
            # Fewer ticks than Vega's: none is dropped for want of room, so nought keeps its label.
            "axisXQuantitative": {"tickCount": 7, "labelFlush": False},
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": DARK,
                       "titleColor": DARK, "labelLimit": 320, "orient": "top"},
            "header": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": DARK},
            "title": {"fontSize": 13, "anchor": "start", "color": DARK},
            "range": {"category": SERIES},
            "mark": {"color": COMPUTED},
        }
    )  # fmt: skip


alt.data_transformers.disable_max_rows()


def lines(
    frame: pd.DataFrame, x: str, y: str, series: str | None = None, *, x_title: str = "year",
    y_title: str, low: str | None = None, high: str | None = None, zero: bool = True,
    colours: Sequence[str] | None = None, width: int = WIDTH, height: int = HEIGHT,
) -> alt.LayerChart:  # fmt: skip
    """Draw lines over years, each labelled at its end, with bands of uncertainty.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: one row a point.
    x, y : str
        Columns; ``x`` is a whole number (a year).
    series : str, optional
        Column that tells lines apart.
    x_title, y_title : str
        Axis titles; the second names the unit.
    low, high : str, optional
        Columns of an interval, drawn as a band.
    zero : bool
        Whether the y axis starts at zero.
    colours : sequence of str, optional
        One a series, in order of first appearance.
    width, height : int
        In pixels.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    order = list(dict.fromkeys(frame[series])) if series else []
    colour = (
        alt.Color(f"{series}:N", legend=None,
                  scale=alt.Scale(domain=order, range=list(colours or SERIES)[: len(order)]))
        if series
        else alt.value(COMPUTED)
    )  # fmt: skip
    base = alt.Chart(frame).encode(
        x=alt.X(f"{x}:Q", title=x_title, axis=alt.Axis(format="d", tickMinStep=1),
                scale=alt.Scale(zero=False, nice=False)),
        color=colour,
    )  # fmt: skip
    y_axis = alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(zero=zero))
    layers = []
    if low and high:
        layers.append(base.mark_area(opacity=0.18).encode(y=alt.Y(f"{low}:Q"), y2=f"{high}:Q"))
    layers.append(base.mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2).encode(
        y=y_axis, tooltip=[c for c in (series, x, y, low, high) if c]))  # fmt: skip
    if series:
        ends = frame.dropna(subset=[y]).sort_values(x).groupby(series, sort=False).tail(1)
        layers.append(
            alt.Chart(ends).mark_text(align="left", dx=7, fontSize=12).encode(
                x=f"{x}:Q", y=f"{y}:Q", text=f"{series}:N", color=colour)
        )  # fmt: skip
    return alt.layer(*layers).properties(width=width, height=height)


def region_boxes(
    frame: pd.DataFrame, value: str, *, title: str, label: str = "area",
    regions: Sequence[str] = REGIONS,
) -> alt.LayerChart:  # fmt: skip
    """Draw one box a region, every authority as a point, outliers by name.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority: ``region``, ``value``, ``label``.
    value : str
        Column to draw.
    title : str
        Axis title with unit.
    label : str
        Column with the authority's name.
    regions : sequence of str
        Order from top to bottom.

    Returns
    -------
    altair.LayerChart
        Boxes from the first to the third quartile (linear rule) with whiskers to the
        furthest point within 1.5 interquartile ranges; points beyond are named.
    """
    rows = frame.dropna(subset=[value])[["region", label, value]].copy()
    quartiles = rows.groupby("region")[value].quantile([0.25, 0.5, 0.75]).unstack()
    spread = quartiles[0.75] - quartiles[0.25]
    low, high = quartiles[0.25] - 1.5 * spread, quartiles[0.75] + 1.5 * spread
    at = rows["region"]
    rows["outlier"] = (rows[value] < at.map(low)) | (rows[value] > at.map(high))
    inside = rows[~rows["outlier"]].groupby("region")[value].agg(["min", "max"])
    boxes = quartiles.set_axis(["q1", "median", "q3"], axis=1).join(inside).reset_index()
    y = alt.Y("region:N", sort=list(regions), title=None)
    base = alt.Chart(boxes).encode(y=y)
    x = alt.X("min:Q", title=title, scale=alt.Scale(zero=False))
    points = alt.Chart(rows).encode(y=y, x=f"{value}:Q", tooltip=[label, value])
    named = points.transform_filter("datum.outlier")
    return alt.layer(
        base.mark_rule(color=GREY).encode(x=x, x2="max:Q"),
        base.mark_bar(color="#cfe3f1", height=16).encode(x="q1:Q", x2="q3:Q"),
        points.mark_circle(size=16, color=COMPUTED, opacity=0.55),
        base.mark_tick(color=DARK, thickness=2, height=16).encode(x="median:Q"),
        named.mark_circle(size=30, color=ORANGE),
        named.mark_text(align="left", dx=5, dy=-6, fontSize=10, color=DARK).encode(
            text=f"{label}:N"),
    ).properties(width=WIDTH, height=30 * len(regions))  # fmt: skip


def intervals(
    frame: pd.DataFrame, value: str, label: str, *, low: str, high: str, title: str,
    colour: str | None = None, reference: float | None = None, sort: Sequence[str] | None = None,
) -> alt.LayerChart:  # fmt: skip
    """Draw a dot and its interval a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an estimate.
    value, low, high : str
        Columns of the estimate and its interval.
    label : str
        Column with the row's name.
    title : str
        Axis title with unit.
    colour : str, optional
        Column that colours the dots, with a legend.
    reference : float, optional
        Where to draw a line (0 for no effect).
    sort : sequence of str, optional
        Order of the labels; the frame's order unless told.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    y = alt.Y(f"{label}:N", title=None, sort=list(sort or dict.fromkeys(frame[label])))
    paint = alt.Color(f"{colour}:N", title=None) if colour else alt.value(COMPUTED)
    base = alt.Chart(frame).encode(y=y, color=paint)
    layers = [
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X(f"{low}:Q", title=title, scale=alt.Scale(zero=False)), x2=f"{high}:Q"),
        base.mark_circle(size=60, opacity=1).encode(
            x=f"{value}:Q", tooltip=[label, value, low, high]),
    ]  # fmt: skip
    if reference is not None:
        line = alt.Chart(pd.DataFrame({"at": [reference]}))
        layers.insert(0, line.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x="at:Q"))
    rows = frame[label].nunique()
    return alt.layer(*layers).properties(width=WIDTH - 60, height=max(60, 24 * rows))


def scatter(
    frame: pd.DataFrame, x: str, y: str, *, x_title: str, y_title: str, label: str = "area",
    named: Sequence[str] = (), trend: bool = False, colour: str | None = None,
) -> alt.LayerChart:  # fmt: skip
    """Draw one point an area, a few of them named.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area.
    x, y : str
        Columns.
    x_title, y_title : str
        Axis titles with units.
    label : str
        Column with the area's name.
    named : sequence of str
        Names to write beside their points.
    trend : bool
        Whether to draw the least-squares line.
    colour : str, optional
        Column that colours the points, with a legend.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    rows = frame.dropna(subset=[x, y])
    paint = alt.Color(f"{colour}:N", title=None) if colour else alt.value(COMPUTED)
    base = alt.Chart(rows).encode(
        x=alt.X(f"{x}:Q", title=x_title, scale=alt.Scale(zero=False),
                axis=alt.Axis(format="d") if x == "year" else alt.Axis()),
        y=alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(zero=False)),
    )  # fmt: skip
    layers = [base.mark_circle(size=42, opacity=0.7).encode(color=paint, tooltip=[label, x, y])]
    if trend:
        layers.append(base.transform_regression(x, y).mark_line(color=GREY, strokeDash=[5, 3]))
    chosen = rows[rows[label].isin(list(named))]
    if len(chosen):
        layers.append(
            alt.Chart(chosen).mark_text(align="left", dx=6, fontSize=11, color=DARK).encode(
                x=f"{x}:Q", y=f"{y}:Q", text=f"{label}:N")
        )  # fmt: skip
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT + 40)


def status_bars(counts: pd.DataFrame, *, row: str = "report") -> alt.Chart:
    """Draw how many claims have each status, one bar a report.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``row``, ``status``, ``claims``.
    row : str
        Column that names the bars.

    Returns
    -------
    altair.Chart
        Stacked bars, statuses from best to worst.
    """
    used = [status for status in STATUSES if status in set(counts["status"])]
    rank = {status: i for i, status in enumerate(used)}
    return (
        alt.Chart(counts.assign(rank=counts["status"].map(rank)))
        .mark_bar(height=22)
        .encode(
            y=alt.Y(f"{row}:N", title=None, sort=list(dict.fromkeys(counts[row]))),
            x=alt.X("claims:Q", title="claims"),
            color=alt.Color(
                "status:N", title=None, legend=alt.Legend(columns=4),
                scale=alt.Scale(domain=used, range=[STATUS_COLOURS[s] for s in used])),
            order=alt.Order("rank:Q"),
            tooltip=[row, "status", "claims"],
        )
        .properties(width=WIDTH, height=36 * counts[row].nunique())
    )  # fmt: skip
