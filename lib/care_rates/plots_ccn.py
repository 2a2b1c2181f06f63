"""Charts of the forecast and of the targets: drawing only."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import (
    COMPUTED,
    DARK,
    GREY,
    HEIGHT,
    PUBLISHED,
    SERIES,
    WIDTH,
)  # fmt: skip

YEARS = alt.Axis(format="d", tickMinStep=1)


def years_axis(title: str = "31 March") -> alt.X:
    """Axis of years.

    Parameters
    ----------
    title : str
        Axis title.

    Returns
    -------
    altair.X
        Of the column ``year``, whole years only, not from zero.
    """
    return alt.X("year:Q", title=title, axis=YEARS, scale=alt.Scale(zero=False, nice=False))


def forecast_range(
    known: pd.DataFrame, forecast: pd.DataFrame, happened: pd.DataFrame, *, title: str
) -> alt.LayerChart:
    """Draw a forecast range, the figures it rests on, and what happened.

    Parameters
    ----------
    known, happened : pandas.DataFrame
        By year: ``stock``.
    forecast : pandas.DataFrame
        By year: ``lower, upper``.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        The range is shaded between its two lines; labels stand at the ends.
    """
    known, happened = (
        d["stock"].rename("children").rename_axis("year").reset_index() for d in (known, happened)
    )
    forecast = forecast.rename_axis("year").reset_index()
    axis, scale = alt.Axis(format=",.0f"), alt.Scale(zero=False)
    y = alt.Y("children:Q", title=title, scale=scale, axis=axis)
    area = alt.Chart(forecast).encode(x=years_axis())
    ends = forecast.tail(1).melt("year", value_name="children", var_name="label")
    ends["label"] = ends["label"].map({"lower": "lower estimate", "upper": "upper estimate"})
    last = happened.tail(1).assign(label="what happened")
    line = {"strokeWidth": 2.5}
    text = {"align": "left", "dx": 7, "fontSize": 12}
    return alt.layer(
        area.mark_area(opacity=0.18, color=PUBLISHED).encode(
            y=alt.Y("lower:Q", title=title, scale=scale, axis=axis), y2="upper:Q"),
        area.mark_line(color=PUBLISHED, strokeDash=[5, 3]).encode(y="lower:Q"),
        area.mark_line(color=PUBLISHED, strokeDash=[5, 3]).encode(y="upper:Q"),
        alt.Chart(known).mark_line(color=DARK, point={"color": DARK}, **line).encode(
            x=years_axis(), y=y, tooltip=["year", "children"]),
        alt.Chart(happened).mark_line(color=COMPUTED, point=True, **line).encode(
            x=years_axis(), y=y, tooltip=["year", "children"]),
        alt.Chart(ends).mark_text(color=PUBLISHED, **text).encode(
            x="year:Q", y="children:Q", text="label:N"),
        alt.Chart(last).mark_text(color=COMPUTED, **text).encode(
            x="year:Q", y="children:Q", text="label:N"),
    ).properties(width=WIDTH, height=HEIGHT)  # fmt: skip


def fans(
    known: pd.DataFrame, forecasts: pd.DataFrame, *, title: str, columns: int = 2
) -> alt.FacetChart:
    """Draw one small fan a rule.

    Parameters
    ----------
    known : pandas.DataFrame
        By year: ``stock``.
    forecasts : pandas.DataFrame
        ``method, year, forecast, low, high``.
    title : str
        Axis title with unit.
    columns : int
        Fans a row.

    Returns
    -------
    altair.FacetChart
        All on one scale.
    """
    order = list(dict.fromkeys(forecasts["method"]))
    known = known["stock"].rename("children").rename_axis("year").reset_index()
    past = pd.concat([known.assign(method=name) for name in order])
    joint = past.groupby("method").tail(1)
    joint = joint.assign(**dict.fromkeys(("forecast", "low", "high"), joint["children"]))
    rows = pd.concat([past, joint.drop(columns="children"), forecasts], ignore_index=True)
    base = alt.Chart(rows).encode(x=years_axis())
    axis, scale = alt.Axis(format=",.0f"), alt.Scale(zero=False)
    y = alt.Y("children:Q", title=title, scale=scale, axis=axis)
    layers = alt.layer(
        base.mark_area(opacity=0.2, color=COMPUTED).encode(
            y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"),
        base.mark_line(color=DARK, strokeWidth=2).encode(y=y),
        base.mark_line(color=COMPUTED, strokeWidth=2).encode(y="forecast:Q"),
    ).properties(width=WIDTH / columns - 50, height=150)  # fmt: skip
    return layers.facet(alt.Facet("method:N", sort=order, title=None), columns=columns)


def dots(
    frame: pd.DataFrame, value: str, label: str, colour: str, *, title: str,
    low: str | None = None, high: str | None = None, colours: Sequence[str] | None = None,
    sort: Sequence[str] | None = None, zero: bool = True, step: int = 26, dodge: bool = False,
) -> alt.LayerChart:  # fmt: skip
    """Draw several dots a row, told apart by colour and shape, with their intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a dot.
    value, label, colour : str
        Columns: what is drawn, the row, what tells dots apart.
    title : str
        Axis title with unit.
    low, high : str, optional
        Columns of the interval.
    colours : sequence of str, optional
        One for each of the colour's values, in order of first appearance.
    sort : sequence of str, optional
        Order of the rows.
    zero : bool
        Whether the axis starts at zero.
    step : int
        Height of a row in pixels.
    dodge : bool
        Set the dots of a row below one another.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    kinds = list(dict.fromkeys(frame[colour]))
    inks = list(colours or SERIES)[: len(kinds)]
    paint = alt.Color(f"{colour}:N", title=None, scale=alt.Scale(domain=kinds, range=inks))
    shape = alt.Shape(f"{colour}:N", title=None, scale=alt.Scale(domain=kinds))
    y = alt.Y(f"{label}:N", title=None, sort=list(sort or dict.fromkeys(frame[label])))
    base = alt.Chart(frame).encode(y=y, color=paint)
    if dodge:
        base = base.encode(yOffset=alt.YOffset(f"{colour}:N", sort=kinds))
    x = alt.X(f"{value}:Q", title=title, scale=alt.Scale(zero=zero))
    tips = [c for c in (label, colour, value, low, high) if c]
    marks = []
    if low and high:
        marks.append(
            base.transform_filter(f"isValid(datum['{low}'])")
            .mark_rule(strokeWidth=2)
            .encode(x=alt.X(f"{low}:Q", title=title), x2=high)
        )
    marks.append(
        base.mark_point(size=70, filled=True, opacity=1).encode(x=x, shape=shape, tooltip=tips)
    )
    return alt.layer(*marks).properties(width=WIDTH - 80, height=step * frame[label].nunique())


def band_scatter(
    frame: pd.DataFrame, x: str, y: str, *, band: tuple[float, float], x_title: str, y_title: str
) -> alt.LayerChart:
    """Draw one point an authority with a shaded band of x.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``area`` and the two columns.
    x, y : str
        Columns.
    band : tuple of float
        Ends of the band.
    x_title, y_title : str
        Axis titles with units.

    Returns
    -------
    altair.LayerChart
        With the least-squares line.
    """
    shade = pd.DataFrame({"from": [band[0]], "to": [band[1]]})
    base = alt.Chart(frame).encode(
        x=alt.X(f"{x}:Q", title=x_title), y=alt.Y(f"{y}:Q", title=y_title)
    )
    return alt.layer(
        alt.Chart(shade).mark_rect(color="#f3e3d3", opacity=0.8).encode(
            x=alt.X("from:Q", title=x_title), x2="to:Q"),
        base.mark_circle(size=40, opacity=0.7, color=COMPUTED).encode(tooltip=["area", x, y]),
        base.transform_regression(x, y).mark_line(color=GREY, strokeDash=[5, 3]),
    ).properties(width=WIDTH, height=HEIGHT)  # fmt: skip
