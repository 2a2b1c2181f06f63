"""Charts of the Welsh report: rates against factors, and ranks with intervals.

They draw what they are given; every figure is worked out before.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, GREY, ORANGE

GROUPS = {True: "case study areas of the report", False: "other Welsh authorities"}


def panels(
    frame: pd.DataFrame, *, named: Sequence[str] = (), columns: int = 3, label: str = "area",
) -> alt.FacetChart:  # fmt: skip
    """Draw the rate against many factors, one small chart each, with its line.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: ``factor`` (name with unit), ``value``, ``rate``, ``label``.
    named : sequence of str
        Areas that are drawn darker (the case studies).
    columns : int
        Charts in a row.
    label : str
        Column with names.

    Returns
    -------
    altair.FacetChart
        Least-squares lines; every chart has its own horizontal axis.
    """
    order = list(dict.fromkeys(frame["factor"]))
    rows = frame.assign(group=frame[label].isin(list(named)).map(GROUPS))
    base = alt.Chart(rows).encode(
        x=alt.X("value:Q", title=None, scale=alt.Scale(zero=False)),
        y=alt.Y("rate:Q", title="per 10,000", scale=alt.Scale(zero=False)),
    )
    paint = alt.Scale(domain=list(GROUPS.values()), range=[ORANGE, BLUE])
    colour = alt.Color("group:N", title=None, scale=paint)
    points = base.mark_circle(aria=False, size=34, opacity=0.85).encode(
        color=colour, tooltip=[label, "value", "rate"]
    )
    line = base.transform_regression("value", "rate", groupby=["factor"]).mark_line(
        aria=False, color=GREY, strokeDash=[5, 3]
    )
    small = alt.layer(line, points).properties(width=178, height=130)
    facet = alt.Facet("factor:N", title=None, sort=order)
    return small.facet(facet, columns=columns).resolve_scale(x="independent")


def rank_bars(ranks: pd.DataFrame, *, label: str = "area") -> alt.LayerChart:
    """Draw ranks with their intervals, one row an area.

    Parameters
    ----------
    ranks : pandas.DataFrame
        ``label, rank, low, high``, in the order to draw.
    label : str
        Column with names.

    Returns
    -------
    altair.LayerChart
        Dots are ranks by the printed rate, bars 95% intervals.
    """
    order = list(ranks[label])
    y = alt.Y(f"{label}:N", sort=order, title=None)
    scale = alt.Scale(domain=[0.5, len(order) + 0.5], nice=False)
    axis = alt.Axis(tickMinStep=1, values=list(range(1, len(order) + 1, 3)))
    base = alt.Chart(ranks[[label, "rank", "low", "high"]]).encode(y=y)
    x = alt.X("low:Q", title="rank of the rate (1 is the highest)", scale=scale, axis=axis)
    return alt.layer(
        base.mark_rule(aria=False, strokeWidth=4, color=BLUE, opacity=0.45).encode(
            x=x, x2="high:Q"
        ),
        base.mark_circle(aria=False, size=52, color=BLUE, opacity=1).encode(
            x="rank:Q", tooltip=[label, "rank", "low", "high"]
        ),
    ).properties(width=460, height=20 * len(order))
