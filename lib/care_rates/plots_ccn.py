"""Charts of the forecast and the optimised model: drawing only."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import (
    BLUE,
    COMPUTED,
    DARK,
    GREEN,
    GREY,
    HEIGHT,
    ORANGE,
    PUBLISHED,
    WIDTH,
)  # fmt: skip

YEARS = alt.Axis(format="d", tickMinStep=1)


def _years(title: str = "31 March") -> alt.X:
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
    axis, scale = alt.Axis(format=","), alt.Scale(zero=False)
    y = alt.Y("children:Q", title=title, scale=scale, axis=axis)
    area = alt.Chart(forecast).encode(x=_years())
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
            x=_years(), y=y, tooltip=["year", "children"]),
        alt.Chart(happened).mark_line(color=COMPUTED, point=True, **line).encode(
            x=_years(), y=y, tooltip=["year", "children"]),
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
    rows = pd.concat([past, forecasts], ignore_index=True)
    base = alt.Chart(rows).encode(x=_years())
    axis, scale = alt.Axis(format=","), alt.Scale(zero=False)
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
    sort: Sequence[str] | None = None, zero: bool = True, step: int = 26,
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

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    kinds = list(dict.fromkeys(frame[colour]))
    paint = alt.Color(f"{colour}:N", title=None, sort=kinds,
                      scale=alt.Scale(domain=kinds, range=list(colours or [])) if colours
                      else alt.Scale(domain=kinds))  # fmt: skip
    y = alt.Y(f"{label}:N", title=None, sort=list(sort or dict.fromkeys(frame[label])))
    offset = alt.YOffset(f"{colour}:N", sort=kinds) if low else alt.YOffset()
    base = alt.Chart(frame).encode(y=y, color=paint)
    x = alt.X(f"{value}:Q", title=title, scale=alt.Scale(zero=zero))
    shape = alt.Shape(f"{colour}:N", title=None, sort=kinds)
    tips = [c for c in (label, colour, value, low, high) if c]
    if low and high:
        base = base.encode(yOffset=offset)
        marks = [base.mark_rule(strokeWidth=2).encode(x=alt.X(f"{low}:Q", title=title), x2=high)]
    else:
        marks = []
    marks.append(base.mark_point(size=70, filled=True, opacity=1).encode(
        x=x, shape=shape, tooltip=tips))  # fmt: skip
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


def tornado(frame: pd.DataFrame, *, title: str) -> alt.LayerChart:
    """Draw how far each assumption moves the outcome.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``assumption, at_low, at_high, likely, low_label, high_label``, widest first.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        Bars from the likely outcome to each end; the value assumed stands at the end.
    """
    parts = [
        frame[["assumption", "likely"]].assign(
            end=name, to=frame[f"at_{key}"], text=frame[f"{key}_label"])
        for key, name in (("low", "low end"), ("high", "high end"))
    ]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows["right"] = rows["to"] >= rows["likely"]
    y = alt.Y("assumption:N", title=None, sort=list(frame["assumption"]))
    span = [rows["to"].min(), rows["to"].max()]
    room = 0.18 * (span[1] - span[0])
    scale = alt.Scale(domain=[span[0] - room, span[1] + room], nice=False)
    base = alt.Chart(rows).encode(y=y)
    paint = alt.Color("end:N", title=None, scale=alt.Scale(
        domain=["low end", "high end"], range=[ORANGE, BLUE]))  # fmt: skip
    text = base.encode(x="to:Q", text="text:N")
    return alt.layer(
        base.mark_bar(height=18).encode(
            x=alt.X("likely:Q", title=title, scale=scale), x2="to:Q", color=paint),
        text.transform_filter("datum.right").mark_text(align="left", dx=4, fontSize=11),
        text.transform_filter("!datum.right").mark_text(align="right", dx=-4, fontSize=11),
        alt.Chart(rows.head(1)).mark_rule(color=DARK).encode(x="likely:Q"),
    ).properties(width=WIDTH - 60, height=28 * len(frame))  # fmt: skip


def paths(frame: pd.DataFrame, *, title: str, colours: Sequence[str] = ("#767676", BLUE)):
    """Draw simulated paths, each with its interval, labelled at the end.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label, year, median, low, high``.
    title : str
        Axis title with unit.
    colours : sequence of str
        One a label, in order of first appearance.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    order = list(dict.fromkeys(frame["label"]))
    paint = alt.Color("label:N", legend=None,
                      scale=alt.Scale(domain=order, range=list(colours)[: len(order)]))  # fmt: skip
    base = alt.Chart(frame).encode(x=_years(), color=paint)
    ends = frame.sort_values("year").groupby("label", sort=False).tail(1)
    axis, scale = alt.Axis(format=",~f"), alt.Scale(zero=False)
    y = alt.Y("median:Q", title=title, scale=scale, axis=axis)
    return alt.layer(
        base.mark_area(opacity=0.18).encode(
            y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"),
        base.mark_line(strokeWidth=2.5, point=True).encode(
            y=y, tooltip=["label", "year", "median", "low", "high"]),
        alt.Chart(ends).mark_text(align="left", dx=7, fontSize=12).encode(
            x="year:Q", y="median:Q", text="label:N", color=paint),
    ).properties(width=WIDTH - 40, height=HEIGHT - 60)  # fmt: skip


def slider_model(frame: pd.DataFrame, *, first: int, success: float, ramp: float, costs: float):
    """Draw the adoption model with three sliders inside the chart.

    Parameters
    ----------
    frame : pandas.DataFrame
        From :func:`care_rates.adoption_summary.sliders`.
    first : int
        The present year.
    success, ramp, costs : float
        Where the sliders start: percent of the gap closed, years to get there,
        percent growth of weekly costs a year.

    Returns
    -------
    altair.HConcatChart
        Children in care, and net saving a year in £ million, redrawn by the sliders.
    """

    def slider(name, start, low, high, step, label):
        return alt.param(name=name, value=start, bind=alt.binding_range(
            min=low, max=high, step=step, name=label))  # fmt: skip

    moving = [
        slider("success", success, 0, 100, 5, "Share of the gap closed in the end, % "),
        slider("ramp", ramp, 1, 10, 1, "Years until then "),
        slider("costs", costs, 0, 12, 1, "Growth of weekly costs, % a year "),
    ]
    rows = frame.assign(year=frame["step"] + first).round(6)
    base = (
        alt.Chart(rows)
        .transform_calculate(reach="success / 100 * min(1, datum.step / ramp)")
        .transform_calculate(
            children="datum.stock0 + datum.reach * datum.stock1",
            net="-pow(1 + costs / 100, datum.step) * (datum.reach * datum.spend1"
            " + datum.reach * datum.reach * datum.spend2"
            " + (datum.step > 0 ? datum.invest : 0)) / 1e6",
        )
    )
    size = {"width": WIDTH / 2 - 30, "height": HEIGHT - 80}
    low = 0.6 * rows["stock0"].min()
    scale = alt.Scale(domain=[low, 1.05 * rows["stock0"].max()], nice=True)
    left = alt.layer(
        base.mark_line(color=GREY, strokeDash=[5, 3], strokeWidth=2).encode(
            x=_years(), y=alt.Y("stock0:Q", title="children in care", scale=scale)),
        base.mark_line(color=BLUE, point=True, strokeWidth=2.5).encode(x=_years(), y="children:Q"),
    ).properties(title="Dashed: without the model. Blue: with it.", **size)  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=GREY).encode(y="at:Q")
    bars = base.mark_bar(width=22).encode(
        x=_years("year ending 31 March"),
        y=alt.Y("net:Q", title="net saving, £ million a year"),
        color=alt.condition("datum.net < 0", alt.value(ORANGE), alt.value(GREEN)),
    )
    right = alt.layer(bars, zero).properties(title="Spending avoided less investment", **size)
    return alt.hconcat(left, right, spacing=30).add_params(*moving)
