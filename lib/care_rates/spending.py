"""Section 251 spending in groups that can be compared over time, and implied deflators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

STATUTORY = {
    2011: ("total_cla", "adoption", "special_guardianship", "total_safeguarding",
           "social_work_and_commissioning", "total_strategy"),
    2012: ("total_cla", "adoption", "special_guardianship", "total_safeguarding"),
    2013: ("total_cla", "total_safeguarding"),
}  # fmt: skip
"""Lines that make up looked-after and safeguarding work, from each year on.

Adoption and special guardianship moved into the looked-after total in 2012-13, social work
and strategy into the safeguarding total in 2011-12: the sum of the lines is what stays the
same. The rest of the total, from Sure Start to youth justice, is called preventative.
"""

GROUPS = {
    "safeguarding": {
        2011: ("total_safeguarding", "social_work_and_commissioning", "total_strategy"),
        2018: ("total_safeguarding",),
    },
    "family_support": {2011: ("total_family_support",), 2018: ("total_family_support",)},
    "other_services": {2011: ("other_children_families",), 2018: ("other_children_families",)},
    "youth_justice": {2011: ("youth_justice",), 2018: ("youth_justice",)},
    "looked_after": {
        2011: ("total_cla", "adoption", "special_guardianship"),
        2018: ("total_cla",),
    },
}  # fmt: skip
"""Lines behind the groups of the spending chart, at both ends."""


def england(s251: pd.DataFrame, basis: str = "net") -> pd.DataFrame:
    """Add authorities up to England by line and year.

    Parameters
    ----------
    s251 : pandas.DataFrame
        The table ``s251``.
    basis : {"gross", "net"}
        Which expenditure.

    Returns
    -------
    pandas.DataFrame
        Million pounds, lines by years, from the section 251 tables themselves.
    """
    rows = s251[(s251["level"] == "authority") & s251["source_id"].str.startswith("dfe_s251")]
    column = f"{basis}_expenditure_gbp"
    return rows.pivot_table(index="line", columns="year", values=column, aggfunc="sum") / 1e6


def group(table: pd.DataFrame, lines: Mapping[int, tuple[str, ...]], year: int) -> float:
    """Add up the lines of a group in a year.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`england`.
    lines : mapping of int to tuple of str
        Lines that hold from each year on.
    year : int
        Year ending 31 March.

    Returns
    -------
    float
        Million pounds.

    Raises
    ------
    ValueError
        If a line has no figure in the year.
    """
    since = max((start for start in lines if start <= year), default=min(lines))
    values = table.reindex(list(lines[since]))[year]
    if values.isna().any():
        raise ValueError(
            f"{year}: no section 251 figure for {', '.join(values.index[values.isna()])}. "
            "The lines changed: choose others."
        )
    return float(values.sum())


def statutory_share(table: pd.DataFrame, year: int) -> float:
    """Give the share of spending on looked-after and safeguarding work.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`england`.
    year : int
        Year ending 31 March, 2011 or later.

    Returns
    -------
    float
        Percent of children's and young people's services, schools' capital left out.
    """
    return 100 * group(table, STATUTORY, year) / float(table.at["total_cyps_excl_cera", year])


def implied_by_growth(first: float, last: float, printed: tuple[float, float]) -> np.ndarray:
    """Give the rise in prices that a printed real growth implies.

    Parameters
    ----------
    first, last : float
        Cash at both ends.
    printed : tuple of float
        Lowest and highest real growth, percent, that print so.

    Returns
    -------
    numpy.ndarray
        Lowest and highest price ratio: cash growth over real growth.
    """
    return np.sort(last / first / (1 + np.asarray(printed, float) / 100))


def implied_by_change(first: float, last: float, printed: tuple[float, float]) -> np.ndarray:
    """Give the rise in prices that a printed real change in money implies.

    Parameters
    ----------
    first, last : float
        Cash at both ends; the later year's prices are the basis.
    printed : tuple of float
        Lowest and highest change in money of the later year.

    Returns
    -------
    numpy.ndarray
        Lowest and highest price ratio ``(last - change) / first``.
    """
    return np.sort((last - np.asarray(printed, float)) / first)


def consensus(intervals: np.ndarray) -> tuple[float, float, int]:
    """Find where most intervals meet (Marzullo's rule).

    Parameters
    ----------
    intervals : numpy.ndarray
        K x 2, lowest and highest of each.

    Returns
    -------
    tuple
        Lowest, highest and how many intervals hold that stretch; the first such one.
    """
    low, high = np.asarray(intervals, float).T
    starts = np.unique(low)
    held = ((low <= starts[:, None]) & (high >= starts[:, None])).sum(axis=1)
    start = starts[held.argmax()]
    inside = (low <= start) & (high >= start)
    return float(start), float(high[inside].min()), int(held.max())


def leave_one_out(intervals: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Set each figure's price ratio against the one that most of the others agree on.

    Parameters
    ----------
    intervals : mapping of str to array of two
        Price ratios by the figure that implies them; at least two.

    Returns
    -------
    pandas.DataFrame
        By name: ``own_low, own_high``, the others' consensus ``low, high``, how many of
        them ``meet`` there, and ``agrees``: whether the two overlap.

    Raises
    ------
    ValueError
        If there are fewer than two.
    """
    if len(intervals) < 2:
        raise ValueError("At least two figures are needed to set one against the others.")
    ends = pd.DataFrame(dict(intervals), index=["own_low", "own_high"]).T
    others = [consensus(ends.drop(name).to_numpy()) for name in ends.index]
    ends[["low", "high", "meet"]] = others
    ends["agrees"] = (ends["own_low"] <= ends["high"]) & (ends["own_high"] >= ends["low"])
    return ends


def real_terms(table: pd.DataFrame, claims: Mapping[str, object]) -> pd.DataFrame:
    """Infer the rise in prices from each printed real-terms figure of the spending chart.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`england`, net, million pounds.
    claims : mapping of str to object
        Printed figures with ``low`` and ``high`` by ``<group>.change`` (million pounds of
        2017-18) or ``<group>.percent``; groups are keys of ``GROUPS``.

    Returns
    -------
    pandas.DataFrame
        By figure: cash at both ends (``first, last``), the price ratio that it implies
        (``own_low, own_high``), that of all others (``low, high``), ``agrees``.
    """
    cash, intervals = {}, {}
    for name, printed in claims.items():
        part, _, kind = name.partition(".")
        ends = tuple(group(table, GROUPS[part], year) for year in (2011, 2018))
        implied = implied_by_growth if kind == "percent" else implied_by_change
        cash[name] = ends
        intervals[name] = implied(*ends, (printed.low, printed.high))
    return pd.DataFrame(cash, index=["first", "last"]).T.join(leave_one_out(intervals))


def deflated(rows: pd.DataFrame) -> pd.DataFrame:
    """Compute each real-terms figure with the price ratio that the other figures imply.

    Parameters
    ----------
    rows : pandas.DataFrame
        From :func:`real_terms`.

    Returns
    -------
    pandas.DataFrame
        By figure: ``value`` (at the middle of the ratio), ``low, high``.
    """
    middle = rows[["low", "high"]].mean(axis=1)
    percent = rows.index.str.endswith("percent")

    def at(prices: pd.Series) -> np.ndarray:
        """Give the figures at a price ratio."""
        growth = 100 * (rows["last"] / (rows["first"] * prices) - 1)
        return np.where(percent, growth, rows["last"] - rows["first"] * prices)

    out = pd.DataFrame({"value": at(middle), "low": at(rows["high"]), "high": at(rows["low"])})
    return out.set_index(rows.index)
