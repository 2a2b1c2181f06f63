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

import numpy as np
import pandas as pd
from statsmodels.stats.meta_analysis import combine_effects

from care_rates import ecological
from care_rates.areas import slug

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


def highest(rate: pd.Series, home: pd.Series, places: int = 10) -> dict:
    """List the highest rates.

    Parameters
    ----------
    rate : pandas.Series
        Rates by area.
    home : pandas.Series
        Whether an area is Welsh.
    places : int
        Length of the list.

    Returns
    -------
    dict
        ``order`` (names, from the highest) and ``welsh_count``.
    """
    top = rate.sort_values(ascending=False, kind="stable").index[:places]
    return {"order": names(top), "welsh_count": int(home[top].sum())}


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
        least, most = boxes(count[list(areas)], rounding)
        test = ecological.differ(least, most, base[list(areas)])
        rows[key] = {"areas": ", ".join(areas), "gap": near["gap"], "share": near["share"],
                     f"{what}_similar": bool(near["alike"]), "ratio": test["ratio"],
                     "p": test["p"], "rates_differ": bool(test["p"] < level)}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


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
    slack = 2.5 / first + 2.5 / last
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
    result = combine_effects(table["change"], table["variance"])
    return float(result.test_homogeneity().pvalue)


def factor_claims(
    significant: pd.Series, left: pd.Series, families: Mapping[str, Sequence[str]], level: float
) -> dict:
    """Say which factors explain, and whether areas alike in them still differ.

    Parameters
    ----------
    significant : pandas.Series
        Adjusted p value by factor.
    left : pandas.Series
        p value of the spread that remains, by factor.
    families : mapping of str to sequence of str
        Name in the ids to the columns that measure it (age profile: five).
    level : float
        Of the tests.

    Returns
    -------
    dict
        ``<name>.explains`` (any measure significant) and ``<name>.similar_differ``
        (spread beyond chance remains for every measure).
    """
    out = {}
    for name, columns in families.items():
        out[f"{name}.explains"] = bool((significant[list(columns)] < level).any())
        out[f"{name}.similar_differ"] = bool((left[list(columns)] < level).all())
    return out


def footnote(both: pd.DataFrame, home: pd.Series, alone: pd.DataFrame, column: str) -> dict:
    """Work out footnote 11: which Welsh areas are average once England is included.

    Parameters
    ----------
    both : pandas.DataFrame
        Areas of both countries, from :func:`care_rates.funnel.judge`.
    home : pandas.Series
        Whether an area is Welsh.
    alone : pandas.DataFrame
        Welsh areas judged by themselves, by the same rule.
    column : {"settled", "flag"}
        Outside whatever rounding did, or as the published counts stand.

    Returns
    -------
    dict
        Position of each Welsh area (sign), ``average`` (names of those inside),
        ``below_count``, ``fewer_average``.
    """
    position = both.loc[home, column]
    inside = names(position.index[position == 0])
    return dict(position) | {
        "average": inside,
        "below_count": int((position < 0).sum()),
        "fewer_average": len(inside) < int((alone[column] == 0).sum()),
    }


def labels_given_back(register, prefix: str, values: Mapping, single: Sequence[str]) -> dict:
    """Count the printed statements that one reading gives back.

    Parameters
    ----------
    register : care_rates.claims.Register
        The claims.
    prefix : str
        Leading parts of the ids.
    values : mapping
        Computed values by the rest of the id.
    single : sequence of str
        Areas whose labels are counted together.

    Returns
    -------
    dict
        ``labels``: how many of the single areas agree; then ``yes`` or ``no`` for
        every other statement.
    """
    agree = {
        key: register.judge(f"{prefix}.{slug(key)}", value).status == "exact"
        for key, value in values.items()
    }
    rest = {key: "yes" if same else "no" for key, same in agree.items() if key not in single}
    return {"labels": sum(agree[key] for key in single)} | rest
