"""Children in care as the 2021-22 report describes them: flows, homes, ages."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from care_rates.care_system import RESIDENTIAL, by_authority, placement, series

AGES = {
    "under_1": "under 1", "1_to_4": "1 to 4", "5_to_9": "5 to 9", "10_to_15": "10 to 15",
    "16_and_over": "16 and over",
}  # fmt: skip
OLDER = ("10_to_15", "16_and_over")


def percent(first: float, last: float) -> float:
    """Growth in percent.

    Parameters
    ----------
    first, last : float
        Values.

    Returns
    -------
    float
        ``100 (last / first - 1)``.
    """
    return 100 * (last / first - 1)


def flows(national: pd.DataFrame, release: str) -> pd.DataFrame:
    """Set published flows beside the change of the number in care.

    Parameters
    ----------
    national : pandas.DataFrame
        The table ``national``.
    release : str
        Words in the release's name.

    Returns
    -------
    pandas.DataFrame
        By year: ``stock, starting, ceasing, gap`` (starting less ceasing), ``change``
        of the stock, and ``unexplained`` (change less gap).
    """
    out = pd.DataFrame(
        {
            "stock": series(national, "cla_at_31_march", release),
            "starting": series(national, "cla_started_in_year", release),
            "ceasing": series(national, "cla_ceased_in_year", release),
        }
    )
    out["gap"] = out["starting"] - out["ceasing"]
    out["change"] = out["stock"].diff()
    return out.assign(unexplained=out["change"] - out["gap"])


def flow_claims(table: pd.DataFrame) -> dict[str, float | bool]:
    """Compute what the report says of entries and exits.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`flows`; 1995 stands for the mid-1990s.

    Returns
    -------
    dict
        By the rest of the claim's id. A steady rise is given as the smallest yearly
        change. Both years of the turn are the first year of the wider gap (see
        :func:`turn`).
    """
    stock, starting, ceasing = (table[c] for c in ("stock", "starting", "ceasing"))
    turned = turn(table["gap"].loc[2012:2020])
    fewer = ceasing[2015] - ceasing[2020]
    return {
        "fig1.first_year": starting.index.min(),
        "fig1.last_year": table.loc[:2020].dropna(subset=["starting"]).index.max(),
        "fig1.stock_mid1990s_2008": stock[2008] - stock[1995],
        "fig1.starts_mid1990s_2008": starting[2008] - starting[1995],
        "fig1.stock_2008_2017": stock.loc[2008:2017].diff().min(),
        "fig1.starts_2008_2017": starting.loc[2008:2017].diff().min(),
        "fig1.steep_2008_2011": starting[2011] - starting[2008],
        "fig1.starts_from_2017": starting[2020] - starting[2017],
        "fig2.close_until_year": turned,
        "fig2.gap_from_year": turned,
        "section4_2.net_inflow": table["gap"].loc[2015:2020].sum(),
        "section4_2.leavers_direction": -fewer,
        "section4_2.leavers_predominant": bool(fewer > starting[2020] - starting[2015]),
        "section5_1.starts_above_2008": percent(starting[2008], starting[2020]),
    }


def turn(values: pd.Series) -> int:
    """Find the year that best parts a series into two levels.

    Parameters
    ----------
    values : pandas.Series
        By year, at least four.

    Returns
    -------
    int
        First year of the second level: the one with the least squares around two means,
        each of at least two years.
    """
    years, x = list(values.index), values.to_numpy(float)
    cost = {
        years[k]: ((x[:k] - x[:k].mean()) ** 2).sum() + ((x[k:] - x[k:].mean()) ** 2).sum()
        for k in range(2, len(x) - 1)
    }
    return int(min(cost, key=cost.get))


def homes(placements: pd.DataFrame) -> pd.DataFrame:
    """Count England's children by where they live.

    Parameters
    ----------
    placements : pandas.DataFrame
        The table ``cla_placements``.

    Returns
    -------
    pandas.DataFrame
        By year: ``foster, residential`` (the class was redrawn in 2020), ``supported``
        (from 2020), ``with parents, other, total``.
    """
    rows = placements[placements["level"] == "country"]
    wide = rows.pivot_table(index="year", columns="placement", values="number")
    wide.index = wide.index.astype(int)
    out = pd.DataFrame(
        {
            "foster": wide["foster"],
            "residential": wide[list(RESIDENTIAL)].sum(axis=1, min_count=1),
            "supported": wide["independent_supported_accommodation"],
            "with parents": wide["with_parents"],
        }
    )
    rest = wide["total"] - out.sum(axis=1, skipna=True)
    return out.assign(other=rest, total=wide["total"])


def foster_claims(placements: pd.DataFrame, keys: Sequence[str]) -> dict[str, float | str]:
    """Compute what the report says of foster care, 2015 to 2020.

    Parameters
    ----------
    placements : pandas.DataFrame
        The table ``cla_placements``.
    keys : sequence of str
        Member authorities; those with figures in both years are used.

    Returns
    -------
    dict
        By the rest of the claim's id; falls of a share are in percentage points.
    """
    england = homes(placements)
    kinds = {(y, k): placement(placements, y, k) for y in (2015, 2020) for k in ("foster", "total")}
    ours = pd.DataFrame(kinds).reindex(keys).dropna().sum()
    share = 100 * england["foster"] / england["total"]
    fall = ours[2015]["foster"] / ours[2015]["total"] - ours[2020]["foster"] / ours[2020]["total"]
    return {
        "foster_most_common": england.loc[2012].drop("total").idxmax(),
        "foster_share_2012": share[2012],
        "foster_growth_england": percent(england.at[2015, "foster"], england.at[2020, "foster"]),
        "foster_growth_ccn": percent(ours[2015]["foster"], ours[2020]["foster"]),
        "foster_share_fall_england": share[2015] - share[2020],
        "foster_share_fall_ccn": 100 * fall,
    }


def ages(table: pd.DataFrame, keys: Sequence[str]) -> dict[str, float | bool]:
    """Compute what the report says of children's ages, 2010 to 2020.

    Parameters
    ----------
    table : pandas.DataFrame
        The table ``cla_ages``.
    keys : sequence of str
        Member authorities; those with figures in both years are used.

    Returns
    -------
    dict
        By the rest of the claim's id, growth in percent by age group; older children
        (10 and over, together) are held against each younger group.
    """
    rows = table[table["level"] == "country"]
    wide = rows.pivot_table(index="year", columns="age_group", values="number")
    growth = percent(wide.loc[2010], wide.loc[2020])
    parts = {
        (y, g): by_authority(table[table["age_group"] == g], "number", y)
        for y in (2010, 2020)
        for g in OLDER
    }
    ours = pd.DataFrame(parts).reindex(keys).dropna().sum()
    members = percent(ours[2010], ours[2020])
    younger = [g for g in AGES if g not in OLDER]
    older = percent(*(wide.loc[year, list(OLDER)].sum() for year in (2010, 2020)))
    return {
        "age_10_15_growth_england": growth[OLDER[0]],
        "age_16_growth_england": growth[OLDER[1]],
        "age_10_15_growth_ccn": members[OLDER[0]],
        "age_16_growth_ccn": members[OLDER[1]],
        "older_rise_most": bool(older > growth[younger].max()),
    }
