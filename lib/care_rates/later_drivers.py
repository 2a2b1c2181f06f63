"""Drivers that are public for later years only: low income from 2015, staffing, spending."""

from __future__ import annotations

import pandas as pd

from care_rates.activity import first_release
from care_rates.areas import to_units
from care_rates.common_panel import money_by_year

KEYS = ["unit_id", "year"]


def low_income(dwp: pd.DataFrame) -> pd.DataFrame:
    """Take children in relative low income before housing costs, by authority and year.

    Parameters
    ----------
    dwp : pandas.DataFrame
        The table ``low_income_dwp``.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, poor`` (children), from the latest extract.
    """
    rows = dwp[(dwp["measure"] == "relative") & (dwp["level"] == "authority")]
    rows = rows[rows["extract"] == rows["extract"].max()]
    rows = to_units(rows, ["year"], ["children"])
    return rows.rename(columns={"children": "poor"})[[*KEYS, "poor"]]


def staffing(workforce: pd.DataFrame) -> pd.DataFrame:
    """Take social workers in post within each year ending 31 March.

    Parameters
    ----------
    workforce : pandas.DataFrame
        The table of that name, counted on 30 September.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, workers`` (full-time equivalents on the 30 September before the
        year's end), from the first release; figures that two authorities share are left
        out.
    """
    rows = workforce[workforce["level"] == "authority"].dropna(subset=["unit_id", "inpost_fte"])
    rows = to_units(rows, ["year", "release_year"], ["inpost_fte"])
    rows = first_release(rows, KEYS).rename(columns={"inpost_fte": "workers"})
    return rows.assign(year=rows["year"] + 1)[[*KEYS, "workers"]]


def beside(
    panel: pd.DataFrame, dwp: pd.DataFrame, workforce: pd.DataFrame, s251: pd.DataFrame
) -> pd.DataFrame:
    """Put the later drivers beside a panel of authorities and years.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``unit_id, year, persons`` and more (see :func:`care_rates.drivers.panel`).
    dwp, workforce, s251 : pandas.DataFrame
        The tables ``low_income_dwp, workforce, s251``.

    Returns
    -------
    pandas.DataFrame
        The panel with ``poor_percent`` (children in relative low income, percent of
        children), ``workers_rate`` (social workers per 10,000 children) and
        ``all_per_child`` (gross spending on children's services, cash pounds a child);
        missing where no figure is public.
    """
    money = money_by_year(s251)[[*KEYS, "all"]]
    out = panel
    for table in (low_income(dwp), staffing(workforce), money):
        out = out.merge(table, on=KEYS, how="left", validate="one_to_one")
    return out.assign(
        poor_percent=100 * out["poor"] / out["persons"],
        workers_rate=1e4 * out["workers"] / out["persons"],
        all_per_child=out["all"] / out["persons"],
    ).drop(columns=["poor", "workers", "all"])
