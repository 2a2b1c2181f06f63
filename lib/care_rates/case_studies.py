"""Tables on the five case study areas: who was asked, what is said by name, what need was."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

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
NAMED = {
    "cla_rate_trend": "trend of the rate",
    "child_population_similar_to": "number of children like that of",
    "deprivation_similar_to": "deprivation like that of",
    "lone_parent_household_share_similar_to": "lone parent households like those of",
    "change_in_deprivation": "change in deprivation",
    "change_in_social_services_spending": "change in spending on social services, percent",
    "social_worker_caseload_up_to": "cases that a social worker held, up to (inspection)",
    "social_work_staff_stretched": "staff under pressure and stretched (inspection)",
}
"""Measures that the report gives by name, in our words."""
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


def named(facts: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """List what the report says of areas by name, beyond numbers and rates.

    An area that is said to be like others is listed for each of them, and never as
    like itself.

    Parameters
    ----------
    facts : pandas.DataFrame
        The table ``wales_report_facts``.
    areas : sequence of str
        Areas.

    Returns
    -------
    pandas.DataFrame
        ``area, year, what, said, locator``.
    """
    rows = []
    for fact in facts[facts["measure"].isin(NAMED)].to_dict("records"):
        said, holders = str(fact["value"]), [fact["area"]]
        if fact["measure"].endswith("_similar_to"):
            alike = dict.fromkeys([fact["area"], *re.split(r", | and ", said)])
            holders = list(alike)
        for area in holders:
            others = ", ".join(name for name in holders if name != area)
            rows.append({"area": area, "year": fact["year"], "what": NAMED[fact["measure"]],
                         "said": others or said, "locator": fact["locator"]})  # fmt: skip
    table = pd.DataFrame(rows, columns=["area", "year", "what", "said", "locator"])
    table = table[table["area"].isin(list(areas))].drop_duplicates(["area", "what", "locator"])
    return table.sort_values(["area", "year", "what"], kind="stable").reset_index(drop=True)
