"""Charts of models: rate ratios over many specifications, intervals of several series."""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, WIDTH


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
        Filled ticks where the interval leaves 1 out, faint ones where it holds it.
    """
    rows = curve[["sample", "factor", "ratio"]].copy()
    rows["clear"] = (curve["low"] > 1) | (curve["high"] < 1)
    rows["factor"] = rows["factor"].map(labels)
    samples = list(dict.fromkeys(rows["sample"]))
    base = alt.Chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=list(labels.values())),
        yOffset=alt.YOffset("sample:N", sort=samples),
        x=alt.X("ratio:Q", title="rate ratio for one standard deviation more",
                scale=alt.Scale(zero=False)),
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
            x=alt.X("low:Q", title=title, scale=alt.Scale(zero=False)), x2="high:Q"),
        base.mark_circle(size=52, opacity=1).encode(
            x="estimate:Q", tooltip=[label, series, "estimate", "low", "high"]),
    ).properties(
        width=WIDTH - 110, height=max(60, (14 * len(kinds) + 12) * len(order))
    )  # fmt: skip
