"""Charts over all authorities: how many stand outside, how sure a rank is, regions."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREY, ORANGE

WIDTH, HEIGHT = 460, 230


def outside(shares: pd.DataFrame) -> alt.Chart:
    """Draw the share of authorities outside the limits, by year, rule and country.

    Parameters
    ----------
    shares : pandas.DataFrame
        From :func:`care_rates.profile_models.outside`.

    Returns
    -------
    altair.Chart
        One line a rule, one panel a country.
    """
    colour = alt.Color("rule:N", title=None, scale=alt.Scale(range=[GREY, BLUE]))
    return (
        alt.Chart(shares.round(1))
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("year:Q", title="31 March", axis=alt.Axis(format="d", tickCount=6),
                    scale=alt.Scale(zero=False, nice=False)),
            y=alt.Y("percent:Q", title="percent of authorities outside"),
            color=colour, column=alt.Column("country:N", title=None),
            tooltip=["country", "year", "rule", "percent"],
        )
        .properties(width=WIDTH - 180, height=HEIGHT - 30)
    )  # fmt: skip


def ranks(frame: pd.DataFrame) -> alt.LayerChart:
    """Draw the interval of every rank.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``name, rank, rank_low, rank_high`` of one year.

    Returns
    -------
    altair.LayerChart
        A line and a dot an authority.
    """
    frame = frame[["name", "rank", "rank_low", "rank_high"]]
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "rank:Q", title="place by the printed rate", scale=alt.Scale(reverse=True, nice=False)
        )
    )
    x = alt.X(
        "rank_low:Q",
        title="places that chance allows (1: highest rate)",
        scale=alt.Scale(nice=False),
    )
    return alt.layer(
        base.mark_rule(color=CONTEXT, strokeWidth=1.5).encode(x=x, x2="rank_high:Q"),
        base.mark_circle(color=BLUE, size=12, opacity=1).encode(
            x="rank:Q", tooltip=["name", "rank", "rank_low", "rank_high"]),
    ).properties(width=WIDTH, height=HEIGHT + 130)  # fmt: skip


def by_region(frame: pd.DataFrame, order: Sequence[str]) -> alt.LayerChart:
    """Draw how far each authority lies from what its deprivation leads one to expect.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``name, region, percent``.
    order : sequence of str
        Regions from top to bottom.

    Returns
    -------
    altair.LayerChart
        A tick an authority, the median of each region bold.
    """
    base = alt.Chart(frame[["name", "region", "percent"]].round(0)).encode(
        y=alt.Y("region:N", sort=list(order), title=None)
    )
    x = alt.X("percent:Q", title="percent above or below what is expected")
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=ORANGE).encode(x="at:Q")
    return alt.layer(
        zero,
        base.mark_tick(color=BLUE, opacity=0.6, height=12).encode(x=x, tooltip=["name", "percent"]),
        base.mark_tick(color=DARK, thickness=3, height=20).encode(x="median(percent):Q"),
    ).properties(width=WIDTH - 100, height=26 * len(order))  # fmt: skip
