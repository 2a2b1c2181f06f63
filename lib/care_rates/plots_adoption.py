"""Charts of the adoption model, with its sliders: drawing only."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, DARK, GREEN, GREY, HEIGHT, ORANGE, WIDTH
from care_rates.plots_ccn import YEARS, years_axis


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
    base = alt.Chart(frame).encode(x=years_axis(), color=paint)
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
        .transform_calculate(
            reach="success / 100 * min(1, datum.step / ramp)",
            earlier="success / 100 * min(1, max(0, datum.step - 1) / ramp)",
        )
        .transform_calculate(
            children="datum.stock0 + datum.reach * datum.stock1",
            net="-pow(1 + costs / 100, datum.step) * ((datum.reach * datum.cost1"
            " + datum.reach * datum.reach * datum.cost2 + datum.earlier * datum.before1"
            " + datum.earlier * datum.earlier * datum.before2) / 2"
            " + (datum.step > 0 ? datum.invest : 0)) / 1e6",
        )
    )
    size = {"width": WIDTH / 2 - 30, "height": HEIGHT - 80}
    low = 0.6 * rows["stock0"].min()
    scale = alt.Scale(domain=[low, 1.05 * rows["stock0"].max()], nice=True)
    left = alt.layer(
        base.mark_line(color=GREY, strokeDash=[5, 3], strokeWidth=2).encode(
            x=years_axis(), y=alt.Y("stock0:Q", title="children in care", scale=scale)),
        base.mark_line(color=BLUE, point=True, strokeWidth=2.5).encode(
            x=years_axis(), y="children:Q"),
    ).properties(title="Dashed: without the model. Blue: with it.", **size)  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=GREY).encode(y="at:Q")
    room = alt.Scale(domain=[rows["year"].min() + 0.4, rows["year"].max() + 0.6], nice=False)
    bars = (
        base.transform_filter("datum.step > 0")
        .mark_bar(width=22)
        .encode(
            x=alt.X("year:Q", title="year ending 31 March", axis=YEARS, scale=room),
            y=alt.Y("net:Q", title="net saving, £ million a year"),
            color=alt.condition("datum.net < 0", alt.value(ORANGE), alt.value(GREEN)),
        )
    )
    right = alt.layer(bars, zero).properties(title="Spending avoided less investment", **size)
    return alt.hconcat(left, right, spacing=30).add_params(*moving)
