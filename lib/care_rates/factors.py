"""Put factors that are published on different calendars beside the rate of each year-end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates import latest as latest_figures
from care_rates.areas import SCILLY, to_units
from care_rates.judgements import latest
from care_rates.rates import average, average_change

LATEST = {
    **{year: f"dfe_cla_{year}_ud" for year in (2011, 2012, 2013)},
    **dict.fromkeys(range(2014, 2018), "dfe_cla_2018_ud"),
    **dict.fromkeys(range(2018, 2021), "dfe_cla_2022_ees"),
    **dict.fromkeys(range(2021, 2026), "dfe_cla_2025_ees"),
}
"""For each year-end to 2025 the latest release that prints every authority to the child; later
years take their newest release."""


def rates_to_child(
    units: pd.DataFrame, population: pd.DataFrame, series: str = "dfe_2025_rebased"
) -> pd.DataFrame:
    """Compute rates of time-invariant authorities on one population series.

    Parameters
    ----------
    units : pandas.DataFrame
        The table ``cla_units``.
    population : pandas.DataFrame
        The table ``population``.
    series : str
        Which of its series; mid-year Y - 1 stands under a count of 31 March of year Y. For
        mid-years after its last the denominator of the newest release stands in.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, number, population, rate`` (per 10,000), each year from the
        release in ``LATEST``. Authorities that merged into others have no population in
        the series and are left out, and so is the Isles of Scilly.
    """
    chosen = units["year"].map(latest_figures.releases(units, LATEST))
    counts = units.loc[units["source_id"] == chosen, ["unit_id", "year", "number"]].dropna()
    people = latest_figures.population(population[population["level"] == "authority"], [series])
    people = people.assign(series=series)
    people = people.assign(year=people["mid_year"] + 1)
    people = to_units(people, ["year"], ["persons_0_17"])[["unit_id", "year", "persons_0_17"]]
    out = counts.merge(people.dropna(), on=["unit_id", "year"])
    out = out[out["unit_id"] != SCILLY].rename(columns={"persons_0_17": "population"})
    out["rate"] = out["number"] / out["population"] * 10_000
    return out.sort_values(["unit_id", "year"]).reset_index(drop=True)


def yearly(
    frame: pd.DataFrame, value: str, name: str, lag: int = 0, year: str = "year"
) -> pd.DataFrame:
    """Take one figure a year-end from a table of another calendar.

    Parameters
    ----------
    frame : pandas.DataFrame
        Authority rows: ``unit_id``, a year and ``value``.
    value : str
        Column to take.
    name : str
        What to call it.
    lag : int
        Years from the figure's year to the year-end that it goes with: staff of 30
        September 2016 go with 31 March 2017, a lag of 1.
    year : str
        Column of the figure's year.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, name``. Where parts of one authority each have a figure, none
        is given: a share of parts is not the mean of shares.
    """
    rows = frame.dropna(subset=["unit_id", value])
    rows = rows.drop_duplicates(["unit_id", year, value])
    alone = rows[~rows.duplicated(["unit_id", year], keep=False)]
    out = alone[["unit_id", year, value]].set_axis(["unit_id", "year", name], axis=1)
    return out.assign(year=out["year"] + lag).reset_index(drop=True)


def judged_by(
    events: pd.DataFrame, years: Sequence[int], frameworks: Sequence[str], area: str = "overall"
) -> pd.DataFrame:
    """Give the latest judgement published by each year-end.

    Parameters
    ----------
    events : pandas.DataFrame
        Coded events (see :func:`care_rates.judgements.coded`).
    years : sequence of int
        Years ending 31 March.
    frameworks : sequence of str
        Inspection frameworks that count.
    area : str
        Which judgement.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year`` and ``area``, for authorities that had a judgement by then.
    """
    parts = [
        latest(events, f"{year}-03-31", frameworks, [area])[[area]].assign(year=year)
        for year in years
    ]
    return pd.concat(parts).reset_index()[["unit_id", "year", area]]


def assemble(base: pd.DataFrame, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Join figures to the rates of authorities and year-ends.

    Parameters
    ----------
    base : pandas.DataFrame
        ``unit_id, year`` and more (see :func:`rates_to_child`).
    parts : mapping of str to pandas.DataFrame
        Each with ``unit_id, year`` and the column that it is called.

    Returns
    -------
    pandas.DataFrame
        One row an authority and year-end, missing where a part has no figure.

    Raises
    ------
    ValueError
        If a part has two figures for one authority and year.
    """
    out = base
    for name, part in parts.items():
        if part.duplicated(["unit_id", "year"]).any():
            raise ValueError(f"{name}: an authority has two figures in a year: make them one.")
        out = out.merge(part[["unit_id", "year", name]], on=["unit_id", "year"], how="left")
    return out


def before_and_after(
    rates: pd.DataFrame, events: pd.DataFrame, years: int, area: str = "overall"
) -> pd.DataFrame:
    """Set the change before an inspection beside the change after it.

    Parameters
    ----------
    rates : pandas.DataFrame
        ``unit_id, year, rate``.
    events : pandas.DataFrame
        One coded event an authority: ``unit_id, published`` and ``area``.
    years : int
        Length of each window.

    Returns
    -------
    pandas.DataFrame
        By authority: the judgement, ``year`` (the last 31 March before it was
        published), ``before`` and ``after`` (change a year over the windows that end
        and begin there); missing where the series does not reach.
    """
    rows = events.dropna(subset=[area]).set_index("unit_id")
    rows = rows[rows.index.isin(rates["unit_id"])]
    published = rows["published"]
    year = published.dt.year - (
        published < pd.to_datetime(published.dt.year.astype(str) + "-04-01")
    )
    long = rates.set_index(["unit_id", "year"])["rate"]
    at = {
        step: pd.Series(
            long.reindex(pd.MultiIndex.from_arrays([rows.index, year + step])).to_numpy(),
            index=rows.index,
        )
        for step in (-years, 0, years)
    }
    return pd.DataFrame(
        {
            area: rows[area],
            "year": year,
            "before": (at[0] - at[-years]) / years,
            "after": (at[years] - at[0]) / years,
        }
    )


def windows(panel: pd.DataFrame, wanted: Mapping[str, tuple[str, str, int, int]]) -> pd.DataFrame:
    """Sum a panel up by authority: means and changes over stated windows.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``unit_id, year`` and columns (see :func:`assemble`).
    wanted : mapping of str to (str, str, int, int)
        Name to column, ``mean`` or ``change``, first and last year-end. A mean is of
        the years at hand; a change needs both ends and is by the year.

    Returns
    -------
    pandas.DataFrame
        One row an authority, one column a name.

    Raises
    ------
    ValueError
        If a kind is neither ``mean`` nor ``change``.
    """
    out = {}
    for name, (column, kind, first, last) in wanted.items():
        if kind not in ("mean", "change"):
            raise ValueError(f"{name}: a window gives a mean or a change, not a {kind}.")
        wide = panel.pivot(index="unit_id", columns="year", values=column)
        years = range(first, last + 1)
        out[name] = (
            average(wide, years, complete=False) if kind == "mean"
            else average_change(wide, first, last)
        )  # fmt: skip
    return pd.DataFrame(out)
