"""A specification curve in words and in tables that can be read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MINUS = "\N{MINUS SIGN}"


def number(value: float, decimals: int = 2) -> str:
    """Write a number with a true minus sign.

    Parameters
    ----------
    value : float
        The number.
    decimals : int
        After the point.

    Returns
    -------
    str
        ``−0.08``.
    """
    return f"{value:.{decimals}f}".replace("-", MINUS)


def sentence(found: pd.Series, statistic: str) -> str:
    """Say in plain words what a curve says.

    Parameters
    ----------
    found : pandas.Series
        From :func:`care_rates.multiverse_summary.summary`.
    statistic : str
        What was estimated (see :data:`care_rates.multiverse_grid.STATISTICS`).

    Returns
    -------
    str
        One or two sentences.
    """
    count = f"{int(found['specifications'])} ways of asking"
    if statistic == "share":
        middle, low, high, least, most = (
            f"{found[name]:.0f}" for name in ("median", "low", "high", "lowest", "highest")
        )
        return (
            f"Over {count}, the median share is {middle} percent ({low} to {high}); "
            f"single answers run from {least} to {most} percent."
        )
    what = {"correlation": "correlation", "gap": "difference in standard deviations"}[statistic]
    middle, low, high = (number(found[name]) for name in ("median", "low", "high"))
    below = 100 - found["percent above 0"]
    return (
        f"Over {count}, the median {what} is {middle} ({low} to {high}). "
        f"{below:.0f} percent of the answers lie below nought; "
        f"{found['percent clear']:.0f} percent are clear of it, where chance alone "
        f"could make up to {found['percent clear by chance']:.0f} percent clear."
    )


def side_by_side(
    table: pd.DataFrame, rows: Sequence[str], columns: Sequence[str], decimals: int = 2
) -> pd.DataFrame:  # fmt: skip
    """Lay estimates with their intervals out as text, method by outcome by period.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`run`; one estimate a cell.
    rows, columns : sequence of str
        Fields that name the rows and the columns.
    decimals : int
        Of the numbers.

    Returns
    -------
    pandas.DataFrame
        ``estimate (low to high)``; empty where the figures cannot carry the cell.

    Raises
    ------
    ValueError
        If two estimates fall into one cell.
    """
    if table.duplicated([*rows, *columns]).any():
        raise ValueError("Two estimates fall into one cell: name more fields as rows or columns.")
    ends = table[["estimate", "low", "high"]].itertuples(index=False)
    text = [
        f"{number(e, decimals)} ({number(low, decimals)} to {number(high, decimals)})"
        for e, low, high in ends
    ]
    named = table.assign(text=text, column=table[list(columns)].agg(", ".join, axis=1))
    wide = named.pivot(index=list(rows), columns="column", values="text").fillna("")
    order = named.set_index(list(rows)).index.unique()
    return wide.reindex(order)[list(dict.fromkeys(named["column"]))].rename_axis(columns=None)
