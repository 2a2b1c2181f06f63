"""Statements of the 2013 Welsh report, worked out from tables by one stated rule each.

Each function returns a mapping from the rest of a claim's id to a value, for
:func:`care_rates.report.check`. The rules are the report's where it gives one, and
otherwise these three:

* areas are **alike** in something if they lie nearer than half of all pairs of areas;
* rates **differ** if no counts that rounding allows would make them alike
  (chi-squared for one common rate, at the given level);
* a factor **explains** if its rank correlation with the rate is significant after
  Holm's adjustment for all factors that the report looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates import ecological
from care_rates.homogeneity import equal_rates

SHORT = {"Rhondda Cynon Taf": "RCT", "Kingston Upon Hull, City of": "Hull"}
"""Names as the report shortens them."""


def names(areas: Sequence[str]) -> list[str]:
    """Write area names as the report does.

    Parameters
    ----------
    areas : sequence of str
        Official names.

    Returns
    -------
    list of str
        With ``SHORT`` applied.
    """
    return [SHORT.get(area, area) for area in areas]


def extremes(values: pd.Series, low: str = "lowest", high: str = "highest") -> dict[str, str]:
    """Name the areas with the lowest and the highest value.

    Parameters
    ----------
    values : pandas.Series
        By area.
    low, high : str
        Keys of the result.

    Returns
    -------
    dict of str to str
        Two names as the report writes them.
    """
    ends = names([values.idxmin(), values.idxmax()])
    return dict(zip((low, high), ends, strict=True))


def sides(rate: pd.Series, mark: float, areas: Sequence[str], key: str = "vs_wales") -> dict:
    """Say on which side of a mark some areas lie: one by one, as sets and as counts.

    Parameters
    ----------
    rate : pandas.Series
        Rates by area.
    mark : float
        The rate that they are held against.
    areas : sequence of str
        Areas that the report speaks of.
    key : str
        Last part of the ids of single areas.

    Returns
    -------
    dict
        ``<area>.<key>`` (difference), ``case_below``, ``case_above`` (names) and
        ``case_below_count``, ``case_above_count``.
    """
    gap = rate[list(areas)] - mark
    out = {f"{area}.{key}": value for area, value in gap.items()}
    for side, part in (("below", gap[gap < 0]), ("above", gap[gap > 0])):
        out |= {f"case_{side}": names(part.index), f"case_{side}_count": len(part)}
    return out


def groups(rate: pd.Series, low: float, high: float) -> dict:
    """Sort areas into below, between and above two marks.

    Parameters
    ----------
    rate : pandas.Series
        Rates by area.
    low, high : float
        The two marks, the rates of England and Wales.

    Returns
    -------
    dict
        ``below_england``, ``between``, ``above_wales`` (names) and
        ``below_england_count``.
    """
    below, above = rate < low, rate > high
    parts = {"below_england": below, "between": ~below & ~above, "above_wales": above}
    out = {key: names(rate.index[chosen]) for key, chosen in parts.items()}
    return out | {"below_england_count": int(below.sum())}


def boxes(count: pd.Series, rounding: float) -> tuple[pd.Series, pd.Series]:
    """Give the least and the largest count that rounding allows.

    Parameters
    ----------
    count : pandas.Series
        Published counts.
    rounding : float
        Unit that they were rounded to.

    Returns
    -------
    tuple of pandas.Series
        Least (never below zero) and largest.
    """
    return (count - rounding / 2).clip(lower=0), count + rounding / 2


def pairs(
    groups_of: Mapping[str, Sequence[str]], factor: pd.Series, count: pd.Series,
    base: pd.Series, *, what: str, rounding: float = 5, level: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Test "alike in this, yet with different rates" for groups of areas.

    Parameters
    ----------
    groups_of : mapping of str to sequence of str
        Key of the claim to the areas it names.
    factor : pandas.Series
        What they are said to be alike in.
    count, base : pandas.Series
        Children looked after and children, by area.
    what : str
        Name of the factor in the ids (``population``, ``deprivation``).
    rounding : float
        Unit that counts were rounded to.
    level : float
        Of the test.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``gap``, ``share`` (of all pairs at least as near),
        ``<what>_similar``, ``ratio``, ``p`` and ``rates_differ``.
    """
    rows = {}
    for key, areas in groups_of.items():
        near = ecological.alike(factor, areas)
        chosen = list(areas)
        least, most = boxes(count[chosen], rounding)
        test = equal_rates(least, most, base[chosen])
        rate = count[chosen] / base[chosen]
        rows[key] = {"areas": ", ".join(areas), "gap": near["gap"], "share": near["share"],
                     f"{what}_similar": bool(near["alike"]), "ratio": rate.max() / rate.min(),
                     "p": test.p_least, "rates_differ": bool(test.p_least < level)}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")
