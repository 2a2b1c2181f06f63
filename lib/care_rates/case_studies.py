"""Tables on the five case study areas: who was asked, what was published, what need was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.api import OLS

from care_rates.areas import slug

ROLES = {
    "la_childrens_services_senior_managers": "senior managers of children's services",
    "other_stakeholders": "other stakeholders",
    "independent_reviewing_officers_and_quality_assurance": "reviewing officers, quality assurance",
    "early_intervention": "early intervention",
    "child_protection_and_children_in_need": "child protection, children in need",
    "looked_after_childrens_services": "services for children looked after",
}
"""Rows of the report's table of people consulted, in its order, in our words."""
_CONSULTED = "stakeholders_consulted_"


class CaseError(ValueError):
    """Case study tables that do not hold what is asked of them."""


def consulted(facts: pd.DataFrame) -> pd.DataFrame:
    """List the people consulted in each area, by role.

    Parameters
    ----------
    facts : pandas.DataFrame
        The table ``wales_report_facts``.

    Returns
    -------
    pandas.DataFrame
        ``area, role, people`` (missing where the text copy has no value), ``flag``.
    """
    rows = facts[facts["measure"].isin([_CONSULTED + role for role in ROLES])]
    role = rows["measure"].str.removeprefix(_CONSULTED).map(ROLES)
    order = {name: i for i, name in enumerate(ROLES.values())}
    out = pd.DataFrame(
        {"area": rows["area"], "role": role, "people": pd.to_numeric(rows["value"]),
         "flag": rows["flag"].fillna("")}
    )  # fmt: skip
    place = out["role"].map(order)
    return out.assign(place=place).sort_values(["area", "place"], ignore_index=True)[list(out)]


def coverage(facts: pd.DataFrame) -> pd.DataFrame:
    """Set out what the report rests on in each area.

    Parameters
    ----------
    facts : pandas.DataFrame
        The table ``wales_report_facts``.

    Returns
    -------
    pandas.DataFrame
        By area: documents reviewed, people by the printed total, people by adding the
        printed roles, and roles without a number in the text copy.
    """
    people = consulted(facts)
    printed = facts[facts["measure"] == _CONSULTED + "total"].set_index("area")["value"]
    documents = facts[facts["measure"] == "documents_reviewed"].set_index("area")["value"]
    by_area = people.groupby("area")["people"]
    return pd.DataFrame(
        {
            "documents reviewed": pd.to_numeric(documents.reindex(by_area.groups)),
            "people, printed total": pd.to_numeric(printed.reindex(by_area.groups)),
            "people, roles added up": by_area.sum().astype(int),
            "roles without a number": by_area.size() - by_area.count(),
        }
    )


def reviews(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay out the serious case reviews published, by area and calendar year.

    Parameters
    ----------
    facts : pandas.DataFrame
        The table ``wales_report_facts``.

    Returns
    -------
    pandas.DataFrame
        One row an area, one column a year, as printed.
    """
    rows = facts[facts["measure"] == "serious_case_reviews_published"]
    counts = pd.to_numeric(rows["value"]).astype(int)
    years = rows["year"].astype(int)
    return rows.assign(year=years, value=counts).pivot(index="area", columns="year", values="value")


def changes_after(published: pd.DataFrame, rates: pd.DataFrame, last: int) -> pd.DataFrame:
    """Change of the rate in the year to the March after each calendar year.

    Parameters
    ----------
    published : pandas.DataFrame
        As :func:`reviews` gives it.
    rates : pandas.DataFrame
        ``area, year, rate``; years end on 31 March.
    last : int
        Last year of rates to use.

    Returns
    -------
    pandas.DataFrame
        ``area, year, reviews, change``: rate at 31 March of ``year + 1`` less that at
        31 March of ``year``.
    """
    wide = rates.pivot(index="area", columns="year", values="rate").loc[published.index]
    years = [year for year in published if year + 1 <= last]
    change = wide.diff(axis=1).shift(-1, axis=1)[years]
    counted = published[years].melt(ignore_index=False, value_name="reviews", var_name="year")
    moved = change.melt(ignore_index=False, value_name="change", var_name="year")
    return (
        counted.reset_index()
        .merge(moved.reset_index(), on=["area", "year"])
        .sort_values(["area", "year"])
        .reset_index(drop=True)
    )


def with_and_without(changes: pd.DataFrame, confidence: float = 0.95) -> pd.Series:
    """Compare years with and without a review inside each area.

    Parameters
    ----------
    changes : pandas.DataFrame
        As :func:`changes_after` gives it.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.Series
        ``difference`` in the yearly change (with less without), ``low``, ``high``,
        ``p``: least squares with a constant for each area, HC3 covariance, t
        distribution; ``with_review`` and ``years``: how many.

    Raises
    ------
    CaseError
        If no area has both kinds of year.
    """
    any_review = (changes["reviews"] > 0).astype(float)
    if changes.assign(any=any_review).groupby("area")["any"].nunique().max() < 2:
        raise CaseError("No area has years both with and without a review: nothing to compare.")
    design = pd.get_dummies(changes["area"], dtype=float).assign(review=any_review)
    found = OLS(changes["change"], design).fit(cov_type="HC3", use_t=True)
    low, high = found.conf_int(1 - confidence).loc["review"]
    return pd.Series(
        {"difference": found.params["review"], "low": low, "high": high,
         "p": found.pvalues["review"], "with_review": int(any_review.sum()), "years": len(changes)}
    )  # fmt: skip


def need(
    rates: pd.DataFrame, census: pd.DataFrame, deprivation: pd.DataFrame, *, year: int,
    index: str, domain: str, share: str,
) -> pd.DataFrame:  # fmt: skip
    """Rates of the Welsh authorities beside what stands for need.

    Parameters
    ----------
    rates, census, deprivation : pandas.DataFrame
        The tables ``wales_rates``, ``wales_census2011`` and ``wales_deprivation``.
    year : int
        Year ending 31 March.
    index, domain, share : str
        Which deprivation index, domain and column.

    Returns
    -------
    pandas.DataFrame
        ``area, unit_id, number, persons, rate, rate_low, rate_high, deprivation``
        (percent of small areas), ``lone_parents`` (percent of households) and
        ``population`` (log of persons aged 0 to 17).

    Raises
    ------
    CaseError
        If the year or the index is not in the tables.
    """
    rows = rates[(rates["year"] == year) & (rates["level"] == "authority")]
    chosen = deprivation[(deprivation["index"] == index) & (deprivation["domain"] == domain)]
    if rows.empty or chosen.empty:
        raise CaseError(f"No figures for {year}, or none for {index}, {domain}. Check the names.")
    out = rows.drop(columns=["area_code", "level", "year"])
    out = out.merge(census[["unit_id", "lone_parent_household_pct"]], on="unit_id")
    out = out.merge(chosen[["unit_id", share]], on="unit_id")
    out = out.rename(columns={share: "deprivation", "lone_parent_household_pct": "lone_parents"})
    return out.assign(population=np.log(out["persons"])).sort_values("area").reset_index(drop=True)


def order_claims(table: pd.DataFrame, names: Sequence[str]) -> dict[str, object]:
    """Sort named areas by rate, with what rounding leaves open.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`need` gives it.
    names : sequence of str
        Areas.

    Returns
    -------
    dict
        ``order`` (names from the highest rate down) and ``tied`` (pairs next to each
        other whose rates rounding could put the other way round).
    """
    rows = table[table["area"].isin(list(names))].sort_values("rate", ascending=False)
    low, high = rows["rate_low"].to_numpy(), rows["rate_high"].to_numpy()
    order = rows["area"].to_list()
    pairs = zip(order, order[1:], low, high[1:], strict=False)
    tied = [f"{first} and {second}" for first, second, x, y in pairs if x < y]
    return {"order": order, "tied": tied}


def order_bounds(orders: pd.DataFrame) -> pd.DataFrame:
    """Bound the number of special guardianship orders of each area.

    Parameters
    ----------
    orders : pandas.DataFrame
        The table ``wales_sgo_2012``: cells to the nearest 5, below 5 withheld.

    Returns
    -------
    pandas.DataFrame
        By area ``low`` and ``high`` over both kinds: a printed cell within 2 of its
        value, a withheld one from 0 to 4.
    """
    cells = orders.set_index("area")[["sgo_former_foster_carers", "sgo_other_carers"]]
    low, high = cells.sub(2).fillna(0).sum(axis=1), cells.add(2).fillna(4).sum(axis=1)
    return pd.DataFrame({"low": low, "high": high})


def above(table: pd.DataFrame, column: str, limit: float) -> pd.DataFrame:
    """Pick the areas above a limit, as claims name them.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`need` gives it.
    column : str
        ``number`` or ``rate``.
    limit : float
        In the column's unit.

    Returns
    -------
    pandas.DataFrame
        Highest first, indexed by the form of the name that claim ids use.
    """
    rows = table[table[column] > limit].sort_values(column, ascending=False)
    return rows.set_index(rows["area"].map(slug).rename("claim"))
