"""The panel of drivers: outcomes, child population and public drivers by authority and year.

Pure functions on the analysis tables, at time-invariant authorities (152 of 2016-17).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates import latest
from care_rates.activity import MEASURES, first_release
from care_rates.areas import SCILLY, to_units

SERIES = ("nomis_utla21", "dfe_cin2022", "dfe_2025_rebased")
"""Population series in order of preference: the longest before the 2021 Census first."""


def population_by_unit(
    population: pd.DataFrame, child_protection: pd.DataFrame, series: Sequence[str] = SERIES
) -> pd.DataFrame:
    """Give children aged 0 to 17 for every authority of 2016-17 and year.

    Parameters
    ----------
    population, child_protection : pandas.DataFrame
        The tables of those names.
    series : sequence of str
        Population series in order of preference.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, persons, basis``: the mid-year estimate of the year before from
        the long series; where it has none (Bournemouth, Poole and Dorset, merged since)
        the denominator of the children in need release; before 2013 the one that the
        printed referral rate implies.
    """
    keys = ["unit_id", "year"]
    rows = population[population["level"] == "authority"]
    rows = rows.assign(year=rows["mid_year"] + 1).dropna(subset=["unit_id"])
    last = rows.loc[rows["series"].isin(series), "mid_year"].max()
    later = latest.population(rows, series)
    later = later[later["mid_year"] > last]  # from releases that came in since
    parts = [
        to_units(part, ["year"], ["persons_0_17"])
        .rename(columns={"persons_0_17": "persons"})
        .assign(basis=name)
        for name, part in [
            *((name, rows[rows["series"] == name]) for name in series),
            *later.groupby("series"),
        ]
    ]
    printed = first_release(
        child_protection[child_protection["level"] == "authority"].dropna(
            subset=["unit_id", "referrals", "referrals_rate_per_10k"]
        ),
        keys,
    )
    printed = printed[printed["referrals_rate_per_10k"] > 0]
    printed = printed.assign(
        persons=1e4 * printed["referrals"] / printed["referrals_rate_per_10k"],
        basis="implied by the printed referral rate",
    )
    whole = pd.concat([*parts, printed]).dropna(subset=["persons"])
    whole = whole.drop_duplicates(keys)[[*keys, "persons", "basis"]]
    return whole.sort_values(keys).reset_index(drop=True)


def panel(
    child_protection: pd.DataFrame, cla_units: pd.DataFrame, persons: pd.DataFrame,
    known: Mapping[str, pd.DataFrame], years: Sequence[int],
) -> pd.DataFrame:  # fmt: skip
    """Put outcomes and drivers of every authority and year in one panel.

    Parameters
    ----------
    child_protection, cla_units : pandas.DataFrame
        The tables of those names.
    persons : pandas.DataFrame
        From :func:`population_by_unit`.
    known : mapping of str to pandas.DataFrame
        Driver tables by name: each with ``unit_id``, perhaps ``year``, and columns.
    years : sequence of int
        First and last year ending 31 March.

    Returns
    -------
    pandas.DataFrame
        One row an authority and year: counts from the first release, ``<count>_rate`` per
        10,000 children, ``persons`` and the drivers. The Isles of Scilly are left out
        (nearly every count is withheld).
    """
    first, last = years
    keys = ["unit_id", "year"]
    counts = list(MEASURES)
    rows = child_protection[child_protection["level"] == "authority"].dropna(subset=["unit_id"])
    rows = to_units(rows, ["year", "release_year"], counts)
    rows = first_release(rows, keys)[[*keys, *counts]]
    care = first_release(cla_units[cla_units["unrounded"]], keys)[[*keys, "number"]]
    out = rows.merge(care.rename(columns={"number": "cla"}), on=keys, how="outer")
    out = out.merge(persons[[*keys, "persons"]], on=keys, how="left")
    for table in known.values():
        out = out.merge(table, on=[key for key in keys if key in table], how="left")
    rates = {f"{name}_rate": 1e4 * out[name] / out["persons"] for name in [*counts, "cla"]}
    out = out.assign(**rates)
    return out[out["year"].between(first, last) & (out["unit_id"] != SCILLY)].reset_index(drop=True)


def known_drivers(
    deprivation: pd.DataFrame, low_income: pd.DataFrame, conceptions: pd.DataFrame,
    s251: pd.DataFrame, basis: str = "net", index_year: str = "2015",
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Gather the public drivers by time-invariant authority.

    Parameters
    ----------
    deprivation, low_income, conceptions, s251 : pandas.DataFrame
        The tables of those names.
    basis : {"net", "gross"}
        Which expenditure.
    index_year : {"2015", "2019"}
        Edition of the indices of deprivation.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``index`` (indices of deprivation, fixed in time), ``low_income`` (share of children, 31
        August within the year ending 31 March) and ``low_income_same`` (the 31 August
        after it), ``conceptions`` (calendar year before), ``spending`` (pounds: all
        services, Sure Start).
    """
    index = deprivation[deprivation["index_year"] == index_year].dropna(subset=["unit_id"])
    index = index[["unit_id", "imd_average_score", "idaci_average_score", "income_average_score"]]
    poor = low_income[low_income["level"] == "authority"].assign(year=low_income["snapshot_year"])
    poor = to_units(poor, ["year"], ["low_income_children_all", "child_benefit_children_all"])
    poor["low_income"] = 100 * poor["low_income_children_all"] / poor["child_benefit_children_all"]
    poor = poor[["unit_id", "year", "low_income"]]
    births = conceptions[
        (conceptions["level"] == "authority")
        & conceptions["source_id"].eq("ons_conceptions_2017")
        & conceptions["in_force"]
    ].dropna(subset=["unit_id"])
    births = births.assign(year=births["year"] + 1).drop_duplicates(["unit_id", "year"])
    births = births[["unit_id", "year", "under18_conception_rate", "under18_abortion_rate"]]
    column = f"{basis}_expenditure_gbp"
    money = s251[(s251["level"] == "authority") & s251["source_id"].str.startswith("dfe_s251")]
    names = {"total_cyps_excl_cera": "spend", "total_sure_start_under5": "sure_start"}
    money = to_units(money[money["line"].isin(names)], ["year", "line"], [column])
    money = money.assign(line=money["line"].map(names))
    money = money.pivot(index=["unit_id", "year"], columns="line", values=column).reset_index()
    return {
        "index": index,
        "low_income": poor.assign(year=poor["year"] + 1),
        "low_income_same": poor.rename(columns={"low_income": "low_income_same"}),
        "conceptions": births,
        "spending": money,
    }
