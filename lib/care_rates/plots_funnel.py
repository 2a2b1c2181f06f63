"""Charts of funnels: one, one a year, and one with a slider over years.

They draw what they are given; every limit and flag is worked out before.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from care_rates.charts import BLUE, DARK, GREY, ORANGE, PURPLE

RATE_TITLE = "children looked after per 10,000"
BASE_TITLE = "children aged 0-17 in the area"
SIDES = ("above the limits", "inside", "below the limits")
SIDE_COLOURS = [ORANGE, GREY, BLUE]
OFFSETS = {
    "right": {"align": "left", "dx": 6},
    "left": {"align": "right", "dx": -6},
    "above": {"align": "center", "dy": -11},
    "below": {"align": "center", "dy": 12},
}
WIDE = 620
BANDS = {"95": (1.6, [1, 0]), "99_8": (1.2, [5, 3])}


def side(flag: pd.Series) -> pd.Series:
    """Name the side of the funnel that an area lies on.

    Parameters
    ----------
    flag : pandas.Series
        Limits crossed, signed.

    Returns
    -------
    pandas.Series
        One of ``SIDES``.
    """
    names = flag.map(lambda f: SIDES[0] if f > 0 else SIDES[2] if f < 0 else SIDES[1])
    return names.where(flag.notna(), "not known")


def _colour() -> alt.Color:
    scale = alt.Scale(domain=list(SIDES), range=SIDE_COLOURS)
    return alt.Color("side:N", title=None, scale=scale, legend=alt.Legend(orient="top"))


def _lines(
    curve: pd.DataFrame, x: alt.X, y_scale: alt.Scale, title: str = RATE_TITLE
) -> list[alt.Chart]:
    base = alt.Chart(curve).encode(x=x)
    layers = [
        base.mark_line(
            aria=False, strokeWidth=width, strokeDash=dash, color=DARK, clip=True
        ).encode(y=alt.Y(f"{end}_{level}:Q", title=title, scale=y_scale))
        for level, (width, dash) in BANDS.items()
        for end in ("low", "high")
    ]
    centre = base.mark_line(aria=False, strokeWidth=1.5, color=PURPLE, clip=True).encode(
        y=alt.Y("target:Q", title=title, scale=y_scale)
    )
    return [*layers, centre]


def _axis(last: float, title: str = BASE_TITLE) -> tuple[alt.X, float]:
    end = float(last) * 1.14
    return alt.X("base:Q", title=title, axis=alt.Axis(format=",d", tickCount=6),
                 scale=alt.Scale(domain=[0, end], nice=False)), end  # fmt: skip


def place_labels(
    x: np.ndarray, y: np.ndarray, labels: Sequence[str], *, letter: float = 6.2, line: float = 13
) -> list[str]:
    """Choose a side for each label so that few overlap a point or another label.

    Parameters
    ----------
    x, y : numpy.ndarray
        Points, in pixels; those that have labels come first.
    labels : sequence of str
        Texts of the first points.
    letter, line : float
        Width of a letter and height of a line, in pixels.

    Returns
    -------
    list of str
        ``right``, ``left``, ``above`` or ``below``, the first that is free in this
        order, or the one that overlaps least.
    """
    taken = [(px - 4, px + 4, py - 4, py + 4) for px, py in zip(x, y, strict=True)]
    sides = []
    for i, text in enumerate(labels):
        wide = letter * len(text)
        boxes = {
            "right": (x[i] + 6, x[i] + 6 + wide, y[i] - line / 2, y[i] + line / 2),
            "left": (x[i] - 6 - wide, x[i] - 6, y[i] - line / 2, y[i] + line / 2),
            "above": (x[i] - wide / 2, x[i] + wide / 2, y[i] - 6 - line, y[i] - 6),
            "below": (x[i] - wide / 2, x[i] + wide / 2, y[i] + 6, y[i] + 6 + line),
        }
        hits = {
            side: sum(b[0] < t[1] and t[0] < b[1] and b[2] < t[3] and t[2] < b[3] for t in taken)
            + 9 * (b[0] < 2)
            for side, b in boxes.items()
        }
        sides.append(min(hits, key=hits.get))
        taken.append(boxes[sides[-1]])
    return sides


def _texts(
    rows: pd.DataFrame, chosen: pd.Series, label: str, size: tuple[float, float, float]
) -> pd.DataFrame:
    end, top, height = size
    first = pd.concat([rows[chosen], rows[~chosen]])
    x, y = first["base"] * WIDE / end, (1 - first["rate"] / top) * height
    places = place_labels(x.to_numpy(), y.to_numpy(), list(rows.loc[chosen, label]))
    return rows[chosen].assign(place=places)


def _label_layers(texts: pd.DataFrame, label: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    return [
        alt.Chart(part.drop(columns="place"))
        .mark_text(aria=False, fontSize=10.5, color=DARK, clip=True, **OFFSETS[place])
        .encode(x=x, y=y, text=f"{label}:N")
        for place, part in texts.groupby("place")
    ]


def funnel(
    judged: pd.DataFrame, curve: pd.DataFrame, *, label: str = "area",
    named: Sequence[str] | None = None, height: int = 420, y_title: str = RATE_TITLE,
    x_title: str = BASE_TITLE,
) -> alt.LayerChart:  # fmt: skip
    """Draw a funnel: areas by size and rate, limits, names of those outside.

    Parameters
    ----------
    judged : pandas.DataFrame
        From :func:`care_rates.funnel.judge`, with a column of names; an optional
        column ``country`` gives the shape of the points.
    curve : pandas.DataFrame
        From :func:`care_rates.funnel_rules.curve`.
    label : str
        Column with names.
    named : sequence of str, optional
        Areas to name; all that lie outside a limit unless told.
    height : int
        In pixels.
    y_title, x_title : str
        Titles of the axes with units.

    Returns
    -------
    altair.LayerChart
        95% limits full, 99.8% dashed, target purple; bars show what rounding allows.
    """
    rows = judged.assign(side=side(judged["flag"]))
    top = 10 * np.ceil(1.06 * rows["rate"].max() / 10)
    scale = alt.Scale(domain=[0, top], nice=False)
    x, end = _axis(rows["base"].max(), x_title)
    y = alt.Y("rate:Q", title=y_title, scale=scale)
    keep = [label, "base", "rate", "side", "position", "rounded_low", "rounded_high"]
    keep += [c for c in ("country",) if c in rows]
    points = alt.Chart(rows[keep].round(1)).encode(x=x, color=_colour())
    bars = points.mark_rule(aria=False, strokeWidth=2).encode(
        y=alt.Y("rounded_low:Q", title=y_title, scale=scale), y2="rounded_high:Q"
    )
    dots = points.mark_point(aria=False, size=42, opacity=0.9, filled=True).encode(
        y=y, tooltip=[label, "base", "rate", "position"]
    )
    if "country" in rows:
        shapes = alt.Scale(domain=["England", "Wales"], range=["circle", "diamond"])
        dots = dots.encode(shape=alt.Shape("country:N", title=None, scale=shapes))
    chosen = rows["flag"].abs() > 0 if named is None else rows[label].isin(list(named))
    texts = _texts(rows, chosen, label, (end, top, height))
    layers = _label_layers(texts[[label, "base", "rate", "place"]], label, x, y)
    chart = alt.layer(*_lines(curve.round(2), x, scale, y_title), bars, dots, *layers)
    return chart.properties(width=WIDE, height=height)


def funnel_years(
    judged: pd.DataFrame, curves: pd.DataFrame, *, columns: int = 4, top: float = 220,
) -> alt.FacetChart:  # fmt: skip
    """Draw small funnels, one a year.

    Parameters
    ----------
    judged : pandas.DataFrame
        ``year, base, rate, flag`` and a name ``area``, one row an area and year.
    curves : pandas.DataFrame
        Limits with their ``year``.
    columns : int
        Charts in a row.
    top : float
        Highest rate on the axis.

    Returns
    -------
    altair.FacetChart
        95% limits full, 99.8% dashed.
    """
    rows = judged.assign(side=side(judged["flag"]), part="area")
    keep = ["year", "base", "rate", "side", "part"]
    limits = curves.drop(columns="target").assign(part="limit")
    lean = [
        {key: value for key, value in row.items() if not pd.isna(value)}
        for row in pd.concat([rows[keep], limits], ignore_index=True).round(1).to_dict("records")
    ]
    scale = alt.Scale(domain=[0, top], nice=False)
    base = alt.Chart(alt.NamedData("areas_and_limits"))
    x = alt.X("base:Q", title="children (thousands)", axis=alt.Axis(labelExpr="datum.value/1000",
              values=[20_000, 40_000, 60_000]))  # fmt: skip
    limit = base.transform_filter("datum.part == 'limit'")
    layers = [
        limit.mark_line(aria=False, strokeWidth=1, strokeDash=dash, color=GREY, clip=True).encode(
            x=x, y=alt.Y(f"{end}_{level}:Q", title="per 10,000", scale=scale))
        for level, (_, dash) in BANDS.items()
        for end in ("low", "high")
    ]  # fmt: skip
    points = base.transform_filter("datum.part == 'area'").mark_circle(
        aria=False, size=16, opacity=0.9
    )
    layers.append(
        points.encode(x=x, y=alt.Y("rate:Q", title="per 10,000", scale=scale), color=_colour())
    )
    small = alt.layer(*layers).properties(width=132, height=110)
    chart = small.facet(alt.Facet("year:O", title=None), columns=columns)
    return chart.properties(datasets={"areas_and_limits": lean})


def funnel_slider(
    judged: pd.DataFrame, curves: pd.DataFrame, year: int, *, label: str = "area",
    top: float = 220, height: int = 400, name_first: int = 4,
) -> alt.LayerChart:  # fmt: skip
    """Draw one funnel with a slider that picks the year.

    The slider is a parameter of the specification itself: it works in a page that is
    opened from a folder, and the static picture shows the first year asked for.

    Parameters
    ----------
    judged : pandas.DataFrame
        ``year, base, rate, flag`` and names.
    curves : pandas.DataFrame
        Limits with their ``year``.
    year : int
        Year that is shown first.
    label : str
        Column with names.
    top : float
        Highest rate on the axis.
    height : int
        In pixels.
    name_first : int
        How many areas with the highest rates are named in each year.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    years = sorted(int(y) for y in judged["year"].unique())
    bind = alt.binding_range(min=years[0], max=years[-1], step=1, name="Year ending 31 March ")
    chosen = alt.param(name="year_shown", value=year, bind=bind)
    here = "datum.year == year_shown"
    words = f"datum.flag > 0 ? '{SIDES[0]}' : datum.flag < 0 ? '{SIDES[2]}' : '{SIDES[1]}'"
    scale = alt.Scale(domain=[0, top], nice=False)
    x, end = _axis(judged["base"].max())
    y = alt.Y("rate:Q", title=RATE_TITLE, scale=scale)
    lines = [layer.transform_filter(here) for layer in _lines(curves.round(1), x, scale)]
    lean = judged[["year", label, "base", "rate", "flag"]].round({"rate": 1})
    lean = lean.astype({"base": int, "flag": int})
    points = alt.Chart(lean).transform_filter(here)
    marks = (
        points.transform_calculate(side=words)
        .mark_circle(aria=False, size=42, opacity=0.9, clip=True)
        .encode(x=x, y=y, color=_colour(), tooltip=[label, "year", "base", "rate"])
    )
    extreme = lean.groupby("year")["rate"].rank(method="first", ascending=False) <= name_first
    texts = [
        _texts(part.drop(columns="flag"), extreme[part.index], label, (end, top, height))
        for _, part in lean.groupby("year")
    ]
    names = [layer.transform_filter(here) for layer in _label_layers(pd.concat(texts), label, x, y)]
    return alt.layer(*lines, marks, *names).add_params(chosen).properties(width=WIDE, height=height)
