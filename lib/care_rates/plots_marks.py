"""Marks put on finished charts: a shaded span of years, chosen axis values.

Draws only: computes nothing but layout.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import CONTEXT, GREY, WIDTH


def mark_span(
    chart: alt.Chart | alt.LayerChart, first: float, last: float, text: str
) -> alt.LayerChart:
    """Shade a span of years on a chart over years.

    Parameters
    ----------
    chart : altair chart
        With years on a quantitative x axis named ``year``.
    first, last : float
        First and last year of the span.
    text : str
        What it is.

    Returns
    -------
    altair.LayerChart
        The chart with a band behind it, half a year wider at both ends, and its name.
    """
    span = pd.DataFrame({"year": [first - 0.5], "until": [last + 0.5], "text": [text]})
    mark = alt.Chart(span).encode(x="year:Q")
    return alt.layer(
        mark.mark_rect(color=CONTEXT, opacity=0.3).encode(x2="until:Q"),
        mark.mark_text(align="left", dx=4, color=GREY, fontSize=11, baseline="top").encode(
            y=alt.value(2), text="text:N"
        ),
        *(chart.layer if isinstance(chart, alt.LayerChart) else [chart]),
    ).properties(width=WIDTH, height=300)


def ticks(chart: alt.LayerChart, values: Sequence[float]) -> alt.LayerChart:
    """Put the marks of the x axis of a layered chart where they are wanted.

    Parameters
    ----------
    chart : altair.LayerChart
        With an x axis in one of its layers.
    values : sequence of float
        Where the marks stand.

    Returns
    -------
    altair.LayerChart
        A copy.
    """
    out = chart.copy()
    for layer in out.layer:
        x = getattr(layer.encoding, "x", alt.Undefined)
        if isinstance(x, alt.X) and x.to_dict().get("title"):
            x.axis = alt.Axis(values=list(values))
    return out
