"""Charts of models: rate ratios over many specifications, intervals of several series."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, WIDTH

STEP = 0.01
"""Ratios of a curve that round to the same multiple of this are drawn as one tick."""


def ticks(low: float, high: float, reference: float, about: int = 7) -> list[float]:
    """Place axis ticks at round steps from a reference, which is always one of them.

    Parameters
    ----------
    low, high : float
        Least and greatest value drawn.
    reference : float
        Where there would be no association (0, or 1 for a ratio).
    about : int
        Roughly how many ticks.

    Returns
    -------
    list of float
        Ticks that cover the values and the reference.
    """
    low, high = min(low, reference), max(high, reference)
    rough = max(high - low, 1e-9) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough * (1 - 1e-9))
    first, last = math.floor((low - reference) / step), math.ceil((high - reference) / step)
    return [round(reference + k * step, 10) for k in range(first, last + 1)]


def _axis(values: pd.Series, reference: float, title: str, field: str) -> alt.X:
    """Give an axis that shows the reference as a tick."""
    at = ticks(values.min(), values.max(), reference)
    scale = alt.Scale(domain=[at[0], at[-1]], nice=False, zero=False)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(values=at))


def specification_strips(curve: pd.DataFrame, *, labels: dict[str, str]) -> alt.LayerChart:
    """Draw every specification's rate ratio as a tick, one strip a factor and sample.

    Parameters
    ----------
    curve : pandas.DataFrame
        ``sample, factor, ratio, low, high`` and ``controls``, one row a specification.
    labels : dict of str to str
        What to call each factor, in drawing order.

    Returns
    -------
    altair.LayerChart
        Filled ticks where the interval leaves 1 out, faint ones where it holds it; those
        that would fall on one another (see ``STEP``) are drawn once.
    """
    rows = curve[["sample", "factor", "ratio"]].copy()
    rows["clear"] = (curve["low"] > 1) | (curve["high"] < 1)
    rows["ratio"] = (rows["ratio"] / STEP).round() * STEP
    rows["factor"] = rows["factor"].map(labels)
    rows = rows.round({"ratio": 6}).drop_duplicates()
    samples = list(dict.fromkeys(rows["sample"]))
    base = alt.Chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=list(labels.values())),
        yOffset=alt.YOffset("sample:N", sort=samples),
        x=_axis(rows["ratio"], 1, "rate ratio for one standard deviation more", "ratio"),
        color=alt.Color("sample:N", title=None,
                        scale=alt.Scale(domain=samples, range=[BLUE, ORANGE])),
        opacity=alt.condition("datum.clear", alt.value(0.95), alt.value(0.28)),
    )  # fmt: skip
    line = alt.Chart(pd.DataFrame({"at": [1]})).mark_rule(color=GREY, strokeDash=[4, 3])
    return alt.layer(line.encode(x="at:Q"), base.mark_tick(thickness=2.5, height=13)).properties(
        width=WIDTH - 90, height=46 * len(labels)
    )


def paired_intervals(
    frame: pd.DataFrame, *, label: str, series: str, title: str, reference: float = 0
) -> alt.LayerChart:
    """Draw estimates and intervals of several series side by side in each row.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label, series, estimate, low, high``.
    label, series : str
        Columns that name the rows and tell the series apart.
    title : str
        Axis title.
    reference : float
        Where to draw a line.

    Returns
    -------
    altair.LayerChart
        Dots with rules, one colour a series.
    """
    order, kinds = list(dict.fromkeys(frame[label])), list(dict.fromkeys(frame[series]))
    base = alt.Chart(frame).encode(
        y=alt.Y(f"{label}:N", title=None, sort=order),
        yOffset=alt.YOffset(f"{series}:N", sort=kinds),
        color=alt.Color(f"{series}:N", title=None, scale=alt.Scale(
            domain=kinds, range=[BLUE, ORANGE, GREEN, PURPLE][: len(kinds)])),
    )  # fmt: skip
    line = alt.Chart(pd.DataFrame({"at": [reference]})).mark_rule(color=GREY, strokeDash=[4, 3])
    return alt.layer(
        line.encode(x="at:Q"),
        base.mark_rule(strokeWidth=2).encode(
            x=_axis(pd.concat([frame["low"], frame["high"]]), reference, title, "low"),
            x2="high:Q"),
        base.mark_circle(size=52, opacity=1).encode(
            x="estimate:Q", tooltip=[label, series, "estimate", "low", "high"]),
    ).properties(
        width=WIDTH - 110, height=max(60, (14 * len(kinds) + 12) * len(order))
    )  # fmt: skip
