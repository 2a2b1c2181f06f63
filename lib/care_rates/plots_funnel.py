"""Charts of funnels: one, one a year, and one with a slider over years.

They draw what they are given; every limit and flag is worked out before.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from care_rates import labels
from care_rates.charts import BLUE, DARK, GREY, ORANGE, PURPLE

RATE_TITLE = "children looked after per 10,000"
BASE_TITLE = "children aged 0-17 in the area"
SIDES = ("above the limits", "inside", "below the limits")
SIDE_COLOURS = [ORANGE, GREY, BLUE]
WIDE = 620
BANDS = {"95": (1.6, [1, 0]), "99_8": (1.2, [5, 3])}
CURVES = tuple(f"{end}_{level}" for level in BANDS for end in ("low", "high"))


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


def _texts(
    rows: pd.DataFrame, chosen: pd.Series, label: str, size: tuple[float, float, float],
    curve: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Names of some areas with their places: ``lx, ly`` in the units of the axes."""
    end, top, height = size
    first = pd.concat([rows[chosen], rows[~chosen]])
    drawn = pd.concat(
        [curve[["base", column]].set_axis(["base", "rate"], axis=1)
         for column in curve.columns.intersection([*CURVES, "target"])]
    )  # fmt: skip
    x, y, px, py = (
        values.to_numpy(float)
        for part in (first, drawn)
        for values in (part["base"] * WIDE / end, (1 - part["rate"] / top) * height)
    )
    names = list(rows.loc[chosen, label])
    at = labels.place(x, y, names, (WIDE, height), np.column_stack([px, py]))
    n = len(names)
    places = pd.DataFrame(
        {"lx": (x[:n] + at["dx"].to_numpy(float)) * end / WIDE,
         "ly": (1 - (y[:n] + at["dy"].to_numpy(float)) / height) * top,
         "align": at["align"].to_numpy(), "far": at["far"].to_numpy(bool)},
        index=rows.index[chosen],
    )  # fmt: skip
    return rows[chosen].join(places)


def _label_layers(texts: pd.DataFrame, label: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    keep = [c for c in ("year", label, "base", "rate", "lx", "ly") if c in texts]
    slim = texts[[*keep, "align", "far"]].round({"lx": 0, "ly": 2, "base": 0, "rate": 1})
    lead = alt.Chart(slim.loc[slim["far"], keep]).mark_rule(
        aria=False, color=DARK, strokeWidth=0.7, opacity=0.7
    )
    layers = [lead.encode(x=x, y=y, x2="lx:Q", y2="ly:Q")] if slim["far"].any() else []
    moved = slim.drop(columns=["base", "rate", "far"]).rename(columns={"lx": "base", "ly": "rate"})
    return layers + [
        alt.Chart(part.drop(columns="align"))
        .mark_text(aria=False, fontSize=10.5, color=DARK, clip=True, align=align,
                   dx={"left": 2, "right": -2, "center": 0}[align])
        .encode(x=x, y=y, text=f"{label}:N")
        for align, part in moved.groupby("align")
    ]  # fmt: skip


def _dots(points: alt.Chart, y: alt.Y, tooltip: Sequence[str], shape: bool) -> list[alt.Chart]:
    """Full points where the flag is certain, hollow ones where rounding could move it."""
    layers = []
    for test, filled in (("datum.certain", True), ("!datum.certain", False)):
        marks = points.transform_filter(test).mark_point(
            aria=False, size=42, opacity=0.9, filled=filled, clip=True, strokeWidth=1.4
        )
        layers.append(marks.encode(y=y, tooltip=list(tooltip), **(_shape() if shape else {})))
    return layers


def _shape() -> dict[str, alt.Shape]:
    shapes = alt.Scale(domain=["England", "Wales"], range=["circle", "diamond"])
    return {"shape": alt.Shape("country:N", title=None, scale=shapes)}


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
        95% limits full, 99.8% dashed, target purple; bars show what rounding allows,
        hollow points that it could change the position.
    """
    rows = judged.assign(side=side(judged["flag"]))
    top = 10 * np.ceil(1.06 * rows["rate"].max() / 10)
    scale = alt.Scale(domain=[0, top], nice=False)
    x, end = _axis(rows["base"].max(), x_title)
    y = alt.Y("rate:Q", title=y_title, scale=scale)
    keep = [label, "base", "rate", "side", "position", "certain", "rounded_low", "rounded_high"]
    keep += [c for c in ("country",) if c in rows]
    points = alt.Chart(rows[keep].round(1)).encode(x=x, color=_colour())
    bars = points.mark_rule(aria=False, strokeWidth=2).encode(
        y=alt.Y("rounded_low:Q", title=y_title, scale=scale), y2="rounded_high:Q"
    )
    dots = _dots(points, y, [label, "base", "rate", "position"], "country" in rows)
    chosen = rows["flag"].abs() > 0 if named is None else rows[label].isin(list(named))
    texts = _texts(rows, chosen, label, (end, top, height), curve)
    layers = _label_layers(texts, label, x, y)
    chart = alt.layer(*_lines(curve.round(2), x, scale, y_title), bars, *dots, *layers)
    return chart.properties(width=WIDE, height=height)


def funnel_years(
    judged: pd.DataFrame, curves: pd.DataFrame, *, columns: int = 4, top: float = 220,
) -> alt.FacetChart:  # fmt: skip
    """Draw small funnels, one a year.

    Parameters
    ----------
    judged : pandas.DataFrame
        ``year, base, rate, flag, certain`` and a name ``area``, one row an area and
        year.
    curves : pandas.DataFrame
        Limits with their ``year``.
    columns : int
        Charts in a row.
    top : float
        Highest rate on the axis.

    Returns
    -------
    altair.FacetChart
        95% limits full, 99.8% dashed; hollow points where rounding could change the
        position.
    """
    rows = judged.assign(side=side(judged["flag"]), part="area")
    keep = ["year", "base", "rate", "side", "certain", "part"]
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
    for test, filled in (("datum.certain", True), ("!datum.certain", False)):
        points = base.transform_filter(f"datum.part == 'area' && {test}").mark_point(
            aria=False, size=16, opacity=0.9, filled=filled, strokeWidth=1.2
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
        ``year, base, rate, flag, certain, country`` and names.
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
    lean = judged[["year", label, "base", "rate", "flag", "certain", "country"]]
    lean = lean.round({"rate": 1}).astype({"base": int, "flag": int})
    points = alt.Chart(lean).transform_filter(here).transform_calculate(side=words)
    marks = _dots(points.encode(x=x, color=_colour()), y, [label, "year", "base", "rate"], True)
    extreme = lean.groupby("year")["rate"].rank(method="first", ascending=False) <= name_first
    texts = [
        _texts(part, extreme[part.index], label, (end, top, height),
               curves[curves["year"] == shown])
        for shown, part in lean.groupby("year")
    ]  # fmt: skip
    names = [layer.transform_filter(here) for layer in _label_layers(pd.concat(texts), label, x, y)]
    return (
        alt.layer(*lines, *marks, *names).add_params(chosen).properties(width=WIDE, height=height)
    )
