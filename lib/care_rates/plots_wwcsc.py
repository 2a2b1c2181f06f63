"""Charts of the notebook on rates 2012-2017: they draw, they do not compute."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, HEIGHT, ORANGE, PURPLE, SKY, WIDTH

JUDGEMENT_COLOURS = {
    "Outstanding": BLUE, "Good": SKY, "Requires improvement to be good": "#d9b26f",
    "Inadequate": ORANGE,
}  # fmt: skip
DIRECTION_COLOURS = {"fell": BLUE, "no change": CONTEXT, "rose": ORANGE}


def region_lines(
    frame: pd.DataFrame, *, named: Sequence[str], y_title: str, national: str = "England"
) -> alt.LayerChart:
    """Draw one line a region, a few in colour with their names, the rest grey.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``region, year, rate``, with rows of the nation.
    named : sequence of str
        Regions to colour and name.
    y_title : str
        Axis title with unit.
    national : str
        The name of the national line, drawn dark.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    domain = [*named, national]
    colour = alt.Color(
        "region:N", legend=None, scale=alt.Scale(
            domain=domain, range=[*[BLUE, ORANGE, GREEN, PURPLE][: len(named)], DARK]),
    )  # fmt: skip
    x = alt.X("year:Q", title="year ending 31 March", scale=alt.Scale(zero=False, nice=False),
              axis=alt.Axis(format="d", tickMinStep=1))  # fmt: skip
    y = alt.Y("rate:Q", title=y_title, scale=alt.Scale(zero=False))
    rest = frame[~frame["region"].isin(domain)]
    chosen = frame[frame["region"].isin(domain)]
    last = frame["year"].max()
    ends_at = _apart(frame[frame["year"] == last], "rate")
    grey = alt.Chart(rest).encode(x=x, y=y, detail="region:N", tooltip=["region", "year", "rate"])
    bold = alt.Chart(chosen).encode(x=x, y=y, color=colour, tooltip=["region", "year", "rate"])
    label_y = alt.Y("label:Q", title=y_title)
    ends = alt.Chart(ends_at[ends_at["region"].isin(domain)]).encode(x=x, y=label_y, color=colour)
    faint = alt.Chart(ends_at[~ends_at["region"].isin(domain)]).encode(x=x, y=label_y)
    return alt.layer(
        grey.mark_line(color=CONTEXT, strokeWidth=1.5),
        bold.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=26)),
        faint.mark_text(align="left", dx=7, fontSize=10, color=GREY).encode(text="region:N"),
        ends.mark_text(align="left", dx=7, fontSize=12, fontWeight="bold").encode(text="region:N"),
    ).properties(width=WIDTH - 90, height=HEIGHT + 60)


def _apart(frame: pd.DataFrame, value: str, share: float = 0.036) -> pd.DataFrame:
    """Place labels at their values, moved up where they would overlap."""
    rows = frame.sort_values(value, kind="stable")
    gap = share * (rows[value].max() - rows[value].min())
    places: list[float] = []
    for at in rows[value]:
        places.append(at if not places else max(at, places[-1] + gap))
    return rows.assign(label=places)


def region_boxes(
    boxes: pd.DataFrame, points: pd.DataFrame, value: str, *, title: str
) -> alt.LayerChart:
    """Draw a box a region with every authority as a point, outliers named in one label a side.

    Parameters
    ----------
    boxes : pandas.DataFrame
        From :func:`care_rates.boxplot.boxes_by_region`.
    points : pandas.DataFrame
        ``region, area`` and ``value``, one row an authority.
    value : str
        Column of the points.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        Regions in the order of ``boxes``.
    """
    rows = boxes.reset_index()
    width = WIDTH - 60
    y = alt.Y("region:N", sort=list(boxes.index), title=None)
    x = alt.X(
        "low_whisker:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(labelOverlap=True)
    )
    base = alt.Chart(rows).encode(y=y)
    layers = [
        base.mark_rule(color=GREY).encode(x=x, x2="high_whisker:Q"),
        base.mark_bar(color="#cfe3f1", height=15).encode(x="q1:Q", x2="q3:Q"),
        alt.Chart(points[["region", "area", value]].dropna())
        .mark_circle(size=16, color=BLUE, opacity=0.55, aria=False)
        .encode(y=y, x=f"{value}:Q", tooltip=["area", value]),
        base.mark_tick(color=DARK, thickness=2, height=15).encode(x="median:Q"),
    ]
    labels = outlier_labels(boxes, points, value, width)
    for place, (align, dx, dy) in PLACES.items():
        named = labels[labels["place"] == place]
        if len(named):
            layers.append(
                alt.Chart(named)
                .mark_text(align=align, dx=dx, dy=dy, fontSize=10, color=DARK)
                .encode(y=y, x="at:Q", text="label:N")
            )
    return alt.layer(*layers).properties(width=width, height=36 * len(rows))


PLACES = {
    "left": ("right", -6, 0), "right": ("left", 6, 0), "over, to the right": ("left", -3, -14),
    "over, to the left": ("right", 3, -14), "under, to the left": ("right", 3, 15),
}  # fmt: skip
"""Where a label stands by its point: alignment and shift in pixels."""
_LETTER = 5.4
"""Width of a letter of the labels in pixels."""


def outlier_labels(
    boxes: pd.DataFrame, points: pd.DataFrame, value: str, width: float
) -> pd.DataFrame:
    """Place the names of outliers where they cover neither box nor other points.

    Parameters
    ----------
    boxes : pandas.DataFrame
        From :func:`care_rates.boxplot.boxes_by_region`.
    points : pandas.DataFrame
        ``region, area`` and ``value``.
    value : str
        Column of the points.
    width : float
        Of the drawing, in pixels.

    Returns
    -------
    pandas.DataFrame
        ``region, at, label, place`` (a key of ``PLACES``). Beside the point where there
        is room before the edge or the next point, else above the row; names that would
        run into one another are joined.
    """
    kept = points[["region", "area", value]].dropna().sort_values(value, kind="stable")
    low, high = kept[value].min(), kept[value].max()
    pixel = width / (high - low) if high > low else 1.0
    found = []
    for region, box in boxes.iterrows():
        inside = kept[kept["region"] == region]
        below = inside[inside[value] < box["low_whisker"]] if box["below"] else inside[:0]
        above = inside[inside[value] > box["high_whisker"]] if box["above"] else inside[:0]
        taken = -math.inf  # how far names above the row reach, from the left
        for at, label, room in _groups(below, value, low, pixel):
            fits = room > _LETTER * len(label) + 10
            found.append((region, at, label, "left" if fits else "over, to the right"))
            if not fits:
                taken = max(taken, at * pixel + _LETTER * len(label))
        for at, label, room in _groups(above.iloc[::-1], value, high, pixel):
            size = _LETTER * len(label) + 10
            over = "under, to the left" if at * pixel - size < taken else "over, to the left"
            found.append((region, at, label, "right" if room > size else over))
    return pd.DataFrame(found, columns=["region", "at", "label", "place"])


def _groups(rows: pd.DataFrame, value: str, edge: float, pixel: float) -> list[tuple]:
    """Names from the edge inwards, joined where they would touch, and the room by each."""
    groups: list[tuple[float, list[str], float]] = []
    for name, at in zip(rows["area"].astype(str), rows[value], strict=True):
        room = abs((groups[-1][0] if groups else edge) - at) * pixel
        if groups and room < _LETTER * len(name) + 18:
            groups[-1][1].append(name)
        else:
            groups.append((at, [name], room))
    return [(at, "; ".join(names), room) for at, names, room in groups]


def growth_bars(frame: pd.DataFrame) -> alt.Chart:
    """Draw growth of children in care beside growth of all children, one pair a span.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``span, group, growth`` (percent).

    Returns
    -------
    altair.Chart
        Horizontal bars with their values.
    """
    order = list(dict.fromkeys(frame["span"]))
    base = alt.Chart(frame).encode(
        y=alt.Y("group:N", title=None, axis=None),
        x=alt.X("growth:Q", title="growth to 2017, percent"),
    )
    colour = alt.Color(
        "group:N", title=None,
        scale=alt.Scale(domain=list(dict.fromkeys(frame["group"])), range=[BLUE, CONTEXT]),
    )  # fmt: skip
    bars = base.mark_bar(height=15).encode(color=colour, tooltip=["span", "group", "growth"])
    text = base.mark_text(align="left", dx=4, fontSize=11, color=DARK).encode(
        text=alt.Text("growth:Q", format=".1f")
    )
    return (
        alt.layer(bars, text)
        .properties(width=WIDTH - 90, height=40)
        .facet(row=alt.Row("span:N", sort=order, title=None,
                           header=alt.Header(labelAngle=0, labelAlign="left", labelFontSize=12)))
    )  # fmt: skip


def change_histogram(change: pd.DataFrame, value: str, *, title: str) -> alt.LayerChart:
    """Draw the distribution of changes, coloured by direction.

    Parameters
    ----------
    change : pandas.DataFrame
        One row an authority with ``value``.
    value : str
        Column with the change a year.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        Bars of width 1 and a line at no change.
    """
    rows = change[[value]].dropna()
    signs = (rows[value].round(9) > 0).astype(int) - (rows[value].round(9) < 0).astype(int)
    rows = rows.assign(direction=signs.map({-1: "fell", 0: "no change", 1: "rose"}))
    colours = alt.Scale(domain=list(DIRECTION_COLOURS), range=list(DIRECTION_COLOURS.values()))
    bars = (
        alt.Chart(rows)
        .mark_bar(stroke="white")
        .encode(
            x=alt.X(f"{value}:Q", bin=alt.Bin(step=1), title=title),
            y=alt.Y("count():Q", title="local authorities"),
            color=alt.Color("direction:N", title=None, scale=colours),
        )
    )
    line = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=DARK, strokeDash=[4, 3])
    return alt.layer(bars, line.encode(x="at:Q")).properties(width=WIDTH, height=HEIGHT - 60)


def share_bars(
    frame: pd.DataFrame, *, row: str, part: str, value: str, colours: dict[str, str], title: str
) -> alt.LayerChart:
    """Draw stacked bars of shares with their values inside.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``row, part, value``, the parts of each bar in drawing order.
    row, part, value : str
        Columns.
    colours : dict of str to str
        Colour of each part.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        One bar a row.
    """
    rank = {name: place for place, name in enumerate(colours)}
    rows = frame.assign(rank=frame[part].map(rank)).sort_values([row, "rank"], kind="stable")
    rows["upto"] = rows.groupby(row, sort=False)[value].cumsum()
    rows["middle"] = rows["upto"] - rows[value] / 2
    y = alt.Y(f"{row}:N", title=None, sort=list(dict.fromkeys(frame[row])))
    bars = alt.Chart(rows).mark_bar(height=24).encode(
        y=y, x=alt.X(f"{value}:Q", title=title, scale=alt.Scale(domain=[0, 100])),
        color=alt.Color(f"{part}:N", title=None, legend=alt.Legend(columns=4),
                        scale=alt.Scale(domain=list(colours), range=list(colours.values()))),
        order="rank:Q", tooltip=[row, part, value],
    )  # fmt: skip
    dark = f"datum.{part} === 'Outstanding' || datum.{part} === 'Inadequate'"
    text = alt.Chart(rows[rows[value] >= 3]).mark_text(fontSize=11).encode(
        y=y, x="middle:Q", text=alt.Text(f"{value}:Q", format=".0f"),
        color=alt.condition(f"{dark} || datum.{part} === 'rose' || datum.{part} === 'fell'",
                            alt.value("white"), alt.value(DARK)),
    )  # fmt: skip
    return alt.layer(bars, text).properties(width=WIDTH - 40, height=36 * rows[row].nunique())
