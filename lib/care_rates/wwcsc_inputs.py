"""Inputs of the report on rates 2012-2017: tables laid out by authority and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates import factors, rates
from care_rates.areas import to_units

COST = "social_work_weekly_unit_cost_per_cin"
JUDGED_FROM = 2016
"""First year-end by which most authorities had a judgement under the single framework."""


def low_income(table: pd.DataFrame, index: pd.Index) -> dict[str, pd.DataFrame]:
    """Lay out the share of children in low-income families, in each way it is published.

    Parameters
    ----------
    table : pandas.DataFrame
        The table ``low_income``.
    index : pandas.Index
        Authorities to give.

    Returns
    -------
    dict of str to pandas.DataFrame
        Authorities by Augusts, percent: of children under 16 from counts (not rounded)
        and as printed, and of all children as printed.
    """
    rows = table[table["level"] == "authority"].dropna(subset=["unit_id"])
    share = rows["low_income_children_under16"] / rows["child_benefit_children_under16"]
    rows = rows.assign(unrounded=100 * share)
    columns = {"under 16, from counts": "unrounded", "under 16, as printed": "pct_under16",
               "all children": "pct_all_children"}  # fmt: skip
    return {
        label: rows.pivot(index="unit_id", columns="snapshot_year", values=column).reindex(index)
        for label, column in columns.items()
    }


def unit_costs(
    table: pd.DataFrame, index: pd.Index
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, dict[str, pd.DataFrame]]:
    """Lay out the weekly cost of social work for a child in need, in each way to read it.

    Parameters
    ----------
    table : pandas.DataFrame
        The table ``unit_cost``.
    index : pandas.Index
        Authorities to give.

    Returns
    -------
    tuple
        Costs by basis (``gross``, ``net``, ``as published``), pounds a week; the parts of
        the gross cost, yearly spending and children in need at 31 March; and the
        variants that a table could rest on: gross or net, to five pounds or not, and
        the cost of 2016 over the children in need of 2015.
    """
    rows = table[table["level"] == "authority"].dropna(subset=["unit_id"])
    bases = ("gross", "net", "as published")
    by_basis = {basis: rows[rows["spend_basis"] == basis] for basis in bases}
    cost = {
        basis: part.pivot_table(index="unit_id", columns="year", values=COST).reindex(index)
        for basis, part in by_basis.items()
    }
    parts = by_basis["gross"].pivot_table(
        index="unit_id", columns="year", values=["social_work_spend_gbp", "cin_at_31_march"]
    )
    parts = parts.reindex(index)
    stand_in = parts["social_work_spend_gbp"][2016] / parts["cin_at_31_march"][2015] / 365 * 7
    on_2015 = cost["gross"].copy()
    on_2015[2016] = stand_in
    variants = {
        "gross, to £5": rates.to_nearest(cost["gross"], 5),
        "gross, unrounded": cost["gross"],
        "net, to £5": rates.to_nearest(cost["net"], 5),
        "net, unrounded": cost["net"],
        "gross, to £5, 2016 over children in need of 2015": rates.to_nearest(on_2015, 5),
    }
    return cost, parts, variants


def spending_over(
    parts: pd.DataFrame, need: pd.DataFrame, looked_after: pd.DataFrame, rate: pd.DataFrame,
    years: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Put spending on social work over divisors that hold the outcome, and that do not.

    Parameters
    ----------
    parts : pandas.DataFrame
        Spending and children in need (see :func:`unit_costs`).
    need : pandas.DataFrame
        The table ``child_protection``: referrals, from the earliest release of a year.
    looked_after, rate : pandas.DataFrame
        Children looked after and their rate per 10,000, authorities by years.
    years : sequence of int
        Year-ends to average.

    Returns
    -------
    tuple of pandas.DataFrame
        Mean yearly pounds per child in need, per child in need who is not looked after,
        per referral, and per child in the population; and the child population of each
        year that count and rate imply.
    """
    years = list(years)
    rows = need[(need["level"] == "authority") & need["year"].isin(years)]
    rows = rows.dropna(subset=["unit_id"]).sort_values("release_year")
    rows = rows.drop_duplicates(["unit_id", "year"])
    referrals = rows.pivot(index="unit_id", columns="year", values="referrals")
    people = (looked_after[years] / rate[years] * 10_000).where(rate[years] > 0)
    in_need = parts["cin_at_31_march"][years]
    divisors = {"child in need (as published)": in_need,
                "child in need, less those in care": in_need - looked_after[years],
                "referral in the year": referrals.reindex(rate.index),
                "child in the population": people}  # fmt: skip
    spend = parts["social_work_spend_gbp"][years]
    each = {
        f"spending per {label}": (spend / over).mean(axis=1) for label, over in divisors.items()
    }
    return pd.DataFrame(each), people


def panel(
    base: pd.DataFrame, tables: Mapping[str, pd.DataFrame], events: pd.DataFrame, last: int
) -> pd.DataFrame:
    """Put each year's factors beside the rate of each authority and year-end.

    Parameters
    ----------
    base : pandas.DataFrame
        From :func:`care_rates.factors.rates_to_child`.
    tables : mapping of str to pandas.DataFrame
        ``workforce, unit_cost, low_income_dwp, child_protection``.
    events : pandas.DataFrame
        Coded judgements (see :func:`care_rates.judgements.coded`).
    last : int
        Last year-end of the judgements.

    Returns
    -------
    pandas.DataFrame
        ``base`` with ``turnover, agency`` (percent, September before, latest release),
        ``unit_cost`` (pounds a week per child in need, as published), ``low_income``
        (percent of children, relative, before housing costs), ``overall`` (latest by
        then) and ``cin`` (children in need at 31 March, latest release).
    """
    staff = _latest_release(tables["workforce"])
    costs = tables["unit_cost"]
    costs = costs[(costs["level"] == "authority") & (costs["spend_basis"] == "as published")]
    poor = tables["low_income_dwp"]
    poor = poor[(poor["measure"] == "relative") & (poor["extract"] == "2014/15 to 2021/22")]
    out = factors.assemble(base, {
        "turnover": factors.yearly(staff, "turnover_rate_fte", "turnover", lag=1),
        "agency": factors.yearly(staff, "agency_rate_fte", "agency", lag=1),
        "unit_cost": factors.yearly(costs, COST, "unit_cost"),
        "low_income": factors.yearly(to_units(poor, ["year"], ["children"]), "children",
                                     "low_income"),
        "overall": factors.judged_by(events, range(JUDGED_FROM, last + 1), ("SIF", "ILACS")),
        "cin": factors.yearly(_latest_release(tables["child_protection"]), "cin_at_31_march",
                              "cin"),
    })  # fmt: skip
    return out.assign(low_income=100 * out["low_income"] / out["population"])


def _latest_release(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["level"] == "authority"].sort_values("release_year", kind="stable")
    return rows.drop_duplicates(["unit_id", "year"], keep="last")
