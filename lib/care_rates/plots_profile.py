"""Charts of one authority's page: small, and lean in data.

The authority is blue, what surrounds it grey; expected values and targets are orange.
Those of funnels and deprivation are in ``plots_profile_compare``.
"""

from __future__ import annotations

import altair as alt

from care_rates.charts import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE
from care_rates.plots_parts import HEIGHT, RATE, WIDTH, band, ends, reach, tips, unbroken, years
from care_rates.profile import Place, Section
from care_rates.profile_trend import TOGETHER


def trend(section: Section, place: Place) -> alt.LayerChart:
    """Draw the rate over the years beside others, with its interval.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_trend.trend`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = unbroken(section.frame.round(1), "series")
    keys = {place.region_key: PURPLE, place.country_key: GREY, place.joined: ORANGE}
    paint = {place.name: BLUE, "neighbours": GREEN}
    paint |= {TOGETHER if key == place.joined else place.label(key): colour
              for key, colour in keys.items() if key}  # fmt: skip
    scale = alt.Scale(domain=list(paint), range=list(paint.values()))
    colour = alt.Color("series:N", legend=None, scale=scale)
    own = alt.Chart(frame[frame["series"] == place.name].drop(columns="alone"))
    shade = own.mark_area(opacity=0.2, color=BLUE).encode(x=years(), **band("low", "high"))
    lines = alt.Chart(frame[["series", "year", "rate"]]).encode(x=years(), color=colour)
    lines = lines.mark_line(strokeWidth=1.5).encode(
        y=alt.Y("rate:Q", title=RATE), tooltip=tips("series", "year", "rate")
    )
    bold = own.mark_line(strokeWidth=3, color=BLUE).encode(x=years(), y=alt.Y("rate:Q"))
    layers = [shade, lines, bold, ends(frame, "rate", "series", colour)]
    if frame["alone"].any():
        dots = alt.Chart(frame.loc[frame["alone"], ["series", "year", "rate"]])
        layers.append(dots.mark_circle(opacity=1).encode(
            x=years(), y=alt.Y("rate:Q"), color=colour))  # fmt: skip
    return alt.layer(*layers).properties(width=WIDTH - 60, height=HEIGHT)


def flows(section: Section, place: Place) -> alt.LayerChart:
    """Draw entries and exits over the years.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_services.flows`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    colour = alt.Color("kind:N", legend=None, scale=alt.Scale(
        domain=["came into care", "left care"], range=[BLUE, ORANGE]))  # fmt: skip
    frame = unbroken(section.frame, "kind").drop(columns="alone")
    top = max(1.05 * frame["children"].max(), 10)  # where all are zero too
    base = alt.Chart(frame).encode(x=years("year to 31 March"), color=colour)
    lines = base.mark_line(point=alt.OverlayMarkDef(size=24), strokeWidth=2).encode(
        y=alt.Y(
            "children:Q",
            title="children in the year",
            scale=alt.Scale(domainMin=0, domainMax=top),
            axis=alt.Axis(tickCount=6, tickMinStep=1),
        ),
        tooltip=tips("kind", "year", "children"),
    )
    layers = alt.layer(lines, ends(section.frame, "children", "kind", colour, top))
    return layers.properties(width=WIDTH - 60, height=HEIGHT - 40)


def mix(section: Section, place: Place) -> alt.VConcatChart:
    """Draw the share of each placement and age group, the country as a tick.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_services.mix`.
    place : Place
        The authority.

    Returns
    -------
    altair.VConcatChart
        One panel a kind.
    """
    panels = []
    known = section.frame.dropna(subset=["share", "country"], how="all")
    top = known[["high", "country"]].max().max()
    x = alt.X("share:Q", title="percent of children in care", scale=alt.Scale(domain=[0, top]))
    for kind, part in known.groupby("kind", sort=False):
        base = alt.Chart(part.drop(columns="kind").round(1)).encode(
            y=alt.Y("part:N", title=None, sort=list(part["part"]))
        )
        panels.append(
            alt.layer(
                base.mark_tick(color=ORANGE, thickness=3, height=14).encode(x=alt.X("country:Q")),
                base.mark_rule(color=BLUE, strokeWidth=2).encode(**reach()),
                base.mark_circle(color=BLUE, size=60, opacity=1).encode(
                    x=x, tooltip=tips("part", "share", "low", "high", "country")),
            ).properties(width=WIDTH - 180, height=21 * len(part), title=kind)
        )  # fmt: skip
    return alt.vconcat(*panels)


def forecast(section: Section, place: Place) -> alt.LayerChart:
    """Draw the counts so far and five years ahead.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_outlook.forecast`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = unbroken(section.frame.round(1), "series").drop(columns="alone")
    base = alt.Chart(frame).encode(x=years())
    dash = alt.StrokeDash("series:N", title=None, scale=alt.Scale(
        domain=["counted", "forecast"], range=[[1, 0], [5, 4]]))  # fmt: skip
    return alt.layer(
        base.mark_area(color=BLUE, opacity=0.18).encode(**band("low", "high")),
        base.mark_line(color=BLUE, strokeWidth=2).encode(
            y=alt.Y("children:Q", title="children in care"), strokeDash=dash,
            tooltip=tips("series", "year", "children", "low", "high")),
    ).properties(width=WIDTH, height=HEIGHT - 20)  # fmt: skip


def benchmark(section: Section, place: Place) -> alt.LayerChart:
    """Draw the authority and its neighbours, with what is left when luck is taken out.

    Parameters
    ----------
    section : Section
        From :func:`care_rates.profile_compare.benchmark`.
    place : Place
        The authority.

    Returns
    -------
    altair.LayerChart
        The chart.
    """
    frame = section.frame.round(1)
    base = alt.Chart(frame).encode(y=alt.Y("name:N", title=None, sort=list(frame["name"])))
    paint = alt.Color("this:N", legend=None,
                      scale=alt.Scale(domain=[True, False], range=[BLUE, GREY]))  # fmt: skip
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(
            **reach(title=RATE, scale=alt.Scale(zero=False)), color=paint),
        base.mark_circle(size=60, opacity=1).encode(
            x=alt.X("rate:Q"), color=paint, tooltip=tips("name", "rate", "low", "high", "shrunk")),
        base.mark_tick(color=DARK, thickness=2, height=13).encode(x=alt.X("shrunk:Q")),
    ).properties(width=WIDTH - 160, height=20 * len(frame))  # fmt: skip
