"""Charts of the case studies: evidence, people consulted, profiles, cases on and off the line."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_rates.case_evidence import DIRECTIONS
from care_rates.charts import BLUE, CONTEXT, DARK, GREEN, GREY, ORANGE, PURPLE, SKY, WIDTH

SIX = [BLUE, ORANGE, GREEN, PURPLE, SKY, DARK]
POSITIONS = ("on the line", "between", "off the line, above", "off the line, below")


def evidence(counts: pd.DataFrame) -> alt.Chart:
    """Draw how many statements the report makes on each characteristic.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``characteristic`` (in order), ``direction``, ``statements``.

    Returns
    -------
    altair.Chart
        Stacked bars.
    """
    rank = {word: i for i, word in enumerate(DIRECTIONS)}
    order = list(dict.fromkeys(counts["characteristic"]))
    return (
        alt.Chart(counts.assign(rank=counts["direction"].map(rank)))
        .mark_bar(height=14)
        .encode(
            y=alt.Y("characteristic:N", title=None, sort=order),
            x=alt.X("statements:Q", title="statements in the report", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("direction:N", title="link with fewer children looked after",
                            legend=alt.Legend(titleLimit=400),
                            scale=alt.Scale(domain=list(DIRECTIONS),
                                            range=[BLUE, ORANGE, PURPLE, CONTEXT])),
            order="rank:Q",
            tooltip=["characteristic", "direction", "statements"],
        )
        .properties(width=WIDTH - 160, height=alt.Step(20))
    )  # fmt: skip


def people(table: pd.DataFrame) -> alt.Chart:
    """Draw who was consulted in each area.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area``, ``role`` (in order), ``people``; no row where the number is not known.

    Returns
    -------
    altair.Chart
        Stacked bars, one an area.
    """
    roles = list(dict.fromkeys(table["role"]))
    rank = {role: i for i, role in enumerate(roles)}
    return (
        alt.Chart(table.assign(rank=table["role"].map(rank)))
        .mark_bar(height=22, stroke="white", strokeWidth=1)
        .encode(
            y=alt.Y("area:N", title=None),
            x=alt.X("people:Q", title="people consulted"),
            color=alt.Color("role:N", title=None, legend=alt.Legend(columns=2),
                            scale=alt.Scale(domain=roles, range=SIX)),
            order="rank:Q",
            tooltip=["area", "role", "people"],
        )
        .properties(width=WIDTH, height=alt.Step(34))
    )  # fmt: skip


def trends(rates: pd.DataFrame, reviews: pd.DataFrame) -> alt.FacetChart:
    """Draw the rate of each case study area, with the serious case reviews published.

    Parameters
    ----------
    rates : pandas.DataFrame
        ``area, year, rate, wales``. What rounding allows is narrower than the line, so
        that no band is drawn.
    reviews : pandas.DataFrame
        ``area, year, reviews, rate`` (where to put the sign), years with any.

    Returns
    -------
    altair.FacetChart
        Small multiples on one scale; grey is Wales.
    """
    rows = pd.concat([rates, reviews.assign(mark=reviews["reviews"].astype(str))])
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", values=[2004, 2008, 2012]),
              scale=alt.Scale(zero=False, nice=False))  # fmt: skip
    base = alt.Chart().encode(x=x)
    y = alt.Y("rate:Q", title=None)
    lines = base.transform_filter("isValid(datum.wales)")
    layers = alt.layer(
        lines.mark_line(color=GREY, strokeDash=[4, 3]).encode(
            y=alt.Y("wales:Q", title=None, scale=alt.Scale(zero=False))
        ),
        lines.mark_line(color=BLUE).encode(y=y, tooltip=["area", "year", "rate"]),
        base.transform_filter("isValid(datum.mark)")
        .mark_point(shape="triangle-down", filled=True, size=70, color=ORANGE, opacity=1)
        .encode(y="rate:Q", tooltip=["area", "year", "reviews"]),
        base.transform_filter("isValid(datum.mark)")
        .mark_text(dy=-12, fontSize=11, color=DARK)
        .encode(y="rate:Q", text="mark:N"),
        data=rows,
    ).properties(width=150, height=170)
    return layers.facet(
        facet=alt.Facet("area:N", title=None),
        columns=3,
        title="children looked after per 10,000 aged 0-17",
    )


def profile(table: pd.DataFrame) -> alt.FacetChart:
    """Draw each rater's level by domain, with bounds for what is not known.

    Parameters
    ----------
    table : pandas.DataFrame
        ``rater, domain, value, low, high``.

    Returns
    -------
    altair.FacetChart
        A panel a domain, a row a rater; a thin line without a dot means that nothing
        is known.
    """
    raters = list(dict.fromkeys(table["rater"]))
    domains = list(dict.fromkeys(table["domain"]))
    scale = alt.Scale(domain=raters, range=SIX)
    colour = alt.Color("rater:N", legend=None, scale=scale)
    base = alt.Chart().encode(y=alt.Y("rater:N", title=None, sort=raters), color=colour)
    layers = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.45).encode(
            x=alt.X("low:Q", title="level, 0 to 4", scale=alt.Scale(domain=[0, 4])), x2="high:Q"),
        base.mark_circle(size=90, opacity=1).encode(
            x="value:Q", tooltip=["rater", "domain", "value", "low", "high"]),
        data=table,
    ).properties(width=WIDTH - 180, height=alt.Step(20))  # fmt: skip
    row = alt.Row("domain:N", title=None, sort=domains,
                  header=alt.Header(labelAngle=0, labelAnchor="start", orient="top"))  # fmt: skip
    return layers.facet(row=row).properties(spacing=8)


def totals(table: pd.DataFrame) -> alt.LayerChart:
    """Draw each rater's weighted mean with a range, on the whole scale of levels.

    Parameters
    ----------
    table : pandas.DataFrame
        ``rater, equal`` (the dot), ``q025, q975`` (the line), in the order to draw.

    Returns
    -------
    altair.LayerChart
        From 0 to 4, so that a range can be judged against the scale.
    """
    base = alt.Chart(table).encode(y=alt.Y("rater:N", title=None, sort=list(table["rater"])))
    x = alt.X("q025:Q", title="weighted mean level, 0 to 4", axis=alt.Axis(values=[0, 1, 2, 3, 4]),
              scale=alt.Scale(domain=[0, 4], nice=False))  # fmt: skip
    return alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.45, color=BLUE).encode(x=x, x2="q975:Q"),
        base.mark_circle(size=70, opacity=1, color=BLUE).encode(
            x="equal:Q", tooltip=["rater", "equal", "q025", "q975"]
        ),
    ).properties(width=WIDTH - 120, height=alt.Step(26))


def on_the_line(cases: pd.DataFrame, chosen: Sequence[str]) -> alt.LayerChart:
    """Draw observed rates beside what the other areas would predict.

    Parameters
    ----------
    cases : pandas.DataFrame
        ``area, observed, fitted, low, high, position``, in the order to draw.
    chosen : sequence of str
        Areas whose names are set in bold: the case studies.

    Returns
    -------
    altair.LayerChart
        Grey bars are prediction intervals, ticks fitted values, dots observed ones.
    """
    names = [f"{area} (case study)" if area in set(chosen) else area for area in cases["area"]]
    rows = cases.assign(name=names)
    base = alt.Chart(rows).encode(y=alt.Y("name:N", title=None, sort=names))
    colours = [BLUE, SKY, ORANGE, PURPLE]
    return alt.layer(
        base.mark_bar(height=9, color="#dde3e8").encode(
            x=alt.X("low:Q", title="children looked after per 10,000 aged 0-17",
                    axis=alt.Axis(tickCount=6), scale=alt.Scale(nice=False, zero=True)),
            x2="high:Q"),
        base.mark_tick(color=DARK, thickness=2, height=14).encode(x="fitted:Q"),
        base.mark_circle(size=80, opacity=1).encode(
            x="observed:Q",
            color=alt.Color("position:N", title=None,
                            scale=alt.Scale(domain=list(POSITIONS), range=colours)),
            tooltip=["area", "observed", "fitted", "position"]),
    ).properties(width=WIDTH - 60, height=alt.Step(21))  # fmt: skip


def cloud(cells: pd.DataFrame, marks: pd.DataFrame) -> alt.LayerChart:
    """Draw all sets of areas as a shaded grid, and a few of them by name.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``need_from, need_to, rate_from, rate_to, sets``.
    marks : pandas.DataFrame
        ``need_gap, rate_gap, name``.

    Returns
    -------
    altair.LayerChart
        Darker cells hold more sets.
    """
    grid = alt.Chart(cells).mark_rect().encode(
        x=alt.X("need_from:Q", title="mean gap in need between two areas (standard deviations)"),
        x2="need_to:Q",
        y=alt.Y("rate_from:Q", title="mean gap in the rate (per 10,000)",
                scale=alt.Scale(domainMin=0, nice=True)),
        y2="rate_to:Q",
        color=alt.Color("sets:Q", title="sets of five",
                        scale=alt.Scale(range=["#edf1f4", "#5f7f99"], type="sqrt")),
    )  # fmt: skip
    points = alt.Chart(marks).encode(x="need_gap:Q", y="rate_gap:Q")
    return alt.layer(
        grid,
        points.mark_point(filled=True, size=110, color=ORANGE, opacity=1),
        points.mark_text(align="left", dx=9, fontSize=12, fontWeight="bold", color=DARK).encode(
            text="name:N"),
    ).properties(width=WIDTH, height=340)  # fmt: skip
