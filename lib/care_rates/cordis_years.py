"""Changes and trends in the 2013 Welsh report, and the years since, side by side.

The rules (alike, differ) are those of :mod:`care_rates.cordis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from statsmodels.stats.meta_analysis import combine_effects

from care_rates import ecological, rates
from care_rates.intervals import PER

ROUNDED_TO = 5
"""Welsh counts are published to the nearest 5."""


def change(wide: pd.DataFrame, count: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Change of the rate between two years, with what rounding and chance allow.

    Parameters
    ----------
    wide : pandas.DataFrame
        Rates (per 10,000) by area and year.
    count : pandas.DataFrame
        Counts, same shape.
    start, end : int
        Years.

    Returns
    -------
    pandas.DataFrame
        ``change``; ``rounded_low, rounded_high`` for counts rounded to 5; ``low,
        high``: 95% normal interval for two independent Poisson counts, wider for
        rounding. Many of the children are the same in both years, so that the
        interval is on the wide side.
    """
    base = count / wide
    first, last = base[start], base[end]
    moved = wide[end] - wide[start]
    slack = ROUNDED_TO / 2 / first + ROUNDED_TO / 2 / last
    variance = count[start] / first**2 + count[end] / last**2
    reach = 1.959964 * np.sqrt(variance) + slack
    return pd.DataFrame(
        {"change": moved, "rounded_low": moved - slack, "rounded_high": moved + slack,
         "low": moved - reach, "high": moved + reach, "variance": variance}
    )  # fmt: skip


def changes_differ(table: pd.DataFrame) -> float:
    """Test whether changes differ between areas (Cochran's Q).

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`change`.

    Returns
    -------
    float
        p value, by statsmodels (``combine_effects``).
    """
    result = combine_effects(table["change"].to_numpy(), table["variance"].to_numpy())
    return float(result.test_homogeneity().pvalue)


def trends(wide: pd.DataFrame, cases: Sequence[str], start: int) -> dict:
    """Work out what the report says of the five case study areas' trends.

    Parameters
    ----------
    wide : pandas.DataFrame
        Rates by area (22 authorities) and year.
    cases : sequence of str
        The five areas.
    start : int
        First year of the period.

    Returns
    -------
    dict
        The statements under Figure 11. Trends are similar if the changes over the
        period are alike; Denbighshire is held against the mean of the other four.
    """

    def moved(first: int, last: int) -> pd.Series:
        return wide[last] - wide[first]

    def near(change: pd.Series, areas: Sequence[str]) -> bool:
        return bool(ecological.alike(change, areas)["alike"])

    pair, recent = ["Bridgend", "Rhondda Cynon Taf"], moved(2010, 2012)
    others = [area for area in cases if area != "Denbighshire"]
    early = moved(start, 2009)
    early.loc["mean of the others"] = early[others].mean()
    return {
        "bridgend_rct_similar": near(moved(start, 2012), pair),
        "newport_similar_to_2010": near(moved(start, 2010), ["Newport", *pair]),
        "newport_after_2010": recent["Newport"],
        "torfaen_after_2010": bool(recent[list(cases)].idxmax() == "Torfaen"),
        "denbighshire_differs_to_2009": not near(early, ["Denbighshire", "mean of the others"]),
        "denbighshire_from_2009": moved(2009, 2011)["Denbighshire"],
        "denbighshire_from_2011": moved(2011, 2012)["Denbighshire"],
    }


def alike_readings(
    wide: pd.DataFrame, areas: Sequence[str], starts: Sequence[int], ends: Sequence[int]
) -> pd.DataFrame:
    """Say whether areas moved alike, under each reading of when the period begins and ends.

    Parameters
    ----------
    wide : pandas.DataFrame
        Rates by area and year.
    areas : sequence of str
        Those said to have moved alike.
    starts, ends : sequence of int
        First and last years to try; every pair is a reading.

    Returns
    -------
    pandas.DataFrame
        Indexed ``from, to``: ``widest gap`` between the changes of the areas,
        ``median gap`` of all pairs of authorities (both in the unit of the rate), and
        ``alike``: yes where fewer than half of all pairs lie so near.
    """
    rows = {}
    for start, end in product(starts, ends):
        moved = (wide[end] - wide[start]).dropna()
        near = ecological.alike(moved, areas)
        rows[start, end] = {
            "widest gap": near["gap"],
            "median gap": float(np.median(pdist(moved.to_numpy()[:, None]))),
            "alike": "yes" if near["alike"] else "no",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["from", "to"])


def change_readings(
    number: pd.DataFrame, persons: pd.DataFrame, nation: str, start: int, end: int
) -> pd.Series:
    """Work out the change of a national average under four readings.

    Parameters
    ----------
    number : pandas.DataFrame
        Counts by area (the nation among them) and year.
    persons : pandas.DataFrame
        Children by area and mid-year.
    nation : str
        Row of the published total.
    start, end : int
        Years.

    Returns
    -------
    pandas.Series
        Change per 10,000 of the average over children or over authorities, on the
        population of the mid-year before or of the same year.
    """
    out = {}
    for words, back in (("mid-year before", 1), ("mid-year of the same year", 0)):
        first, last = (PER * number[year] / persons[year - back] for year in (start, end))
        moved = last - first
        out[f"children, {words}"] = moved[nation]
        out[f"authorities, {words}"] = moved.drop(nation).mean()
    return pd.Series(out, name="change per 10,000").rename_axis("average over")


def joined_years(
    units: pd.DataFrame, population: pd.DataFrame, areas: pd.DataFrame, wales: pd.DataFrame,
    releases: Mapping[int, str],
) -> pd.DataFrame:  # fmt: skip
    """Put English and Welsh authorities of several years into one table.

    Parameters
    ----------
    units : pandas.DataFrame
        Table ``cla_units``.
    population : pandas.DataFrame
        Table ``population``, one series.
    areas : pandas.DataFrame
        Table ``areas``, for names.
    wales : pandas.DataFrame
        ``area, year, number, persons`` of Welsh authorities.
    releases : mapping of int to str
        English release to use for each year.

    Returns
    -------
    pandas.DataFrame
        ``area, year, number, persons, unit`` (what counts were rounded to: 0 in
        England, 5 in Wales) and ``country``. English areas without a population are left out.
    """
    number = rates.pick(units, releases, value="number").rename_axis("unit_id")
    number = number.melt(ignore_index=False, var_name="year", value_name="number").reset_index()
    people = population[population["level"] == "authority"].dropna(subset=["unit_id"])
    people = people.assign(year=people["mid_year"] + 1, persons=people["persons_0_17"])
    people = people.groupby(["unit_id", "year"], as_index=False)["persons"].sum()
    english = number.dropna().merge(people, on=["unit_id", "year"])
    english["area"] = english["unit_id"].map(areas.set_index("unit_id")["area"])
    welsh = wales[wales["year"].isin(list(releases))].assign(unit=float(ROUNDED_TO))
    english, welsh = english.assign(unit=0.0, country="England"), welsh.assign(country="Wales")
    kept = ["area", "year", "number", "persons", "unit", "country"]
    return pd.concat([english[kept], welsh[kept]], ignore_index=True)
