"""Money, staff and courts as the 2021-22 report describes them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from care_rates.care_system import by_authority, series, with_key
from care_rates.ccn_context import percent
from care_rates.decompose import lmdi

WEEKS = 365.25 / 7


def money(national: pd.DataFrame, stock: pd.Series) -> pd.DataFrame:
    """Collect spending on children in care and weekly costs.

    Parameters
    ----------
    national : pandas.DataFrame
        The table ``national``.
    stock : pandas.Series
        Children in care at 31 March.

    Returns
    -------
    pandas.DataFrame
        By year: ``gross`` and ``total`` (of children and families) in pounds, ``share``
        in percent, ``per_week`` (gross over children and 365.25/7 weeks), ``residential,
        fostering, all_children`` (published weekly costs).
    """
    gross = series(national, "s251_gross_cla_expenditure")
    total = series(national, "s251_gross_total_cyps_excl_cera_expenditure")
    return pd.DataFrame(
        {
            "gross": gross, "total": total, "share": 100 * gross / total,
            "per_week": (gross / stock / WEEKS).reindex(gross.index),
            "residential": series(national, "unit_cost_residential_care"),
            "fostering": series(national, "unit_cost_fostering"),
            "all_children": series(national, "unit_cost_all_cla"),
        }
    )  # fmt: skip


def member_spending(s251: pd.DataFrame, keys: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Add up the members' gross spending by line.

    Parameters
    ----------
    s251 : pandas.DataFrame
        The table ``s251``.
    keys : sequence of str
        Member authorities.
    first, last : int
        Financial years by their end.

    Returns
    -------
    pandas.DataFrame
        By line: both years and ``change``, pounds.
    """
    lines = ("total_cla", "total_safeguarding", "total_family_support", "total_sure_start_under5",
             "total_youth_services", "total_cyps_excl_cera")  # fmt: skip
    rows = {
        line: [
            by_authority(s251[s251["line"] == line], "gross_expenditure_gbp", year)
            .reindex(keys)
            .sum()
            for year in (first, last)
        ]
        for line in lines
    }
    out = pd.DataFrame(rows, index=[first, last]).T.rename_axis("line")
    return out.assign(change=out[last] - out[first])


def staff(workforce: pd.DataFrame, release: int) -> dict[str, float | bool]:
    """Compute what the report says of social workers in September 2020.

    Parameters
    ----------
    workforce : pandas.DataFrame
        The table ``workforce``.
    release : int
        Reporting year of the release.

    Returns
    -------
    dict
        By the rest of the claim's id; the fall of the caseload is split between cases
        and workers (LMDI).
    """
    rows = workforce[(workforce["level"] == "country") & (workforce["release_year"] == release)]
    table = rows.set_index("year").loc[[2019, 2020]]
    table = table[["inpost_fte", "case_holders_fte", "cases", "caseload_fte"]].astype(float)
    sides = [
        {"cases": r["cases"], "workers": 1 / r["case_holders_fte"]} for _, r in table.iterrows()
    ]
    return {
        "section4_4.fte": table.at[2020, "inpost_fte"],
        "section4_4.fte_growth": percent(*table["inpost_fte"]),
        "section4_4.caseload_2020": table.at[2020, "caseload_fte"],
        "section4_4.caseload_2019": table.at[2019, "caseload_fte"],
        "section4_4.workforce_lowers_caseload": bool(lmdi(*sides)["workers"] < 0),
        "section5_1.case_holders": table.at[2020, "case_holders_fte"],
    }


def courts(applications: pd.DataFrame, deprivation: pd.DataFrame, year: int) -> pd.DataFrame:
    """Join care applications with deprivation.

    Parameters
    ----------
    applications, deprivation : pandas.DataFrame
        The tables ``care_applications`` and ``deprivation``.
    year : int
        Year ending 31 March.

    Returns
    -------
    pandas.DataFrame
        By key: ``area, rate_per_10k, idaci`` (2019), latest release, complete rows.
    """
    rows = with_key(applications[applications["year"] == year]).dropna(subset=["rate_per_10k"])
    rows = rows[rows["release"] == rows["release"].max()].set_index("key")
    poor = with_key(deprivation[deprivation["index_year"].astype(str) == "2019"]).set_index("key")
    out = rows[["area", "rate_per_10k"]].join(poor["idaci_average_score"].rename("idaci"))
    return out.dropna()
