"""What a specification curve says as a whole, with the uncertainty of the whole.

The draws of all specifications are of the same authorities, so that the interval of the
curve's median, and the number of specifications that would look clear by chance alone, can
be read off them (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4, 1208-1214,
with the null made by centring the draws).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_rates.association import adjust

DIMENSIONS = ("outcome", "factor", "method", "period", "areas", "weights")
"""Choices that make up a curve."""


def summary(table: pd.DataFrame, draws: np.ndarray, level: float = 0.95) -> pd.Series:
    """Sum up a specification curve, with the uncertainty of the whole.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`care_rates.multiverse.run`.
    draws : numpy.ndarray
        S x B, from the same call.
    level : float
        Coverage.

    Returns
    -------
    pandas.Series
        ``specifications, left out, median, low, high`` (percentile interval of the median
        over the joint draws), ``lowest, highest``, ``percent above 0``, ``percent clear``
        (estimate further from nought than the normal quantile times its standard error),
        ``percent clear by chance`` (the ``level`` quantile of the same under centred
        draws), and ``p``: share of centred draws with a median at least as far from nought.
    """
    value = table["estimate"].to_numpy()
    middle = float(np.median(value))
    joint = np.nanmedian(draws, axis=0)
    low, high = np.quantile(joint, [(1 - level) / 2, (1 + level) / 2])
    cut = stats.norm.ppf((1 + level) / 2) * np.nanstd(draws, axis=1, ddof=1)
    centred = draws - np.nanmean(draws, axis=1, keepdims=True)
    by_chance = (np.abs(centred) > cut[:, None]).mean(axis=0)
    far = np.abs(np.nanmedian(centred, axis=0)) >= abs(middle)
    return pd.Series(
        {
            "specifications": len(table), "left out": table.attrs.get("left_out", 0),
            "median": middle, "low": low, "high": high,
            "lowest": value.min(), "highest": value.max(),
            "percent above 0": 100 * float((value > 0).mean()),
            "percent clear": 100 * float((np.abs(value) > cut).mean()),
            "percent clear by chance": 100 * float(np.quantile(by_chance, level)),
            "p": (1 + far.sum()) / (1 + draws.shape[1]),
        }
    )  # fmt: skip


def by_choice(
    table: pd.DataFrame, draws: np.ndarray, labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Give the median under each choice, and how much of the curve's spread goes with it.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`care_rates.multiverse.run`.
    draws : numpy.ndarray
        S x B, from the same call.
    labels : mapping of str to str, optional
        Names of outcomes and factors.
    level : float
        Coverage of the intervals of the medians.

    Returns
    -------
    pandas.DataFrame
        One row a choice of a dimension that varies: ``dimension, choice, specifications,
        median, low, high, lowest, highest`` and ``spread``, the percent of the variance of
        the estimates that lies between the choices of the dimension (eta squared; it
        describes the curve and tests nothing).
    """
    names, rows = dict(labels or {}), []
    value, edges = table["estimate"], [(1 - level) / 2, (1 + level) / 2]
    for dimension in DIMENSIONS:
        groups = table.groupby(dimension, sort=False).indices
        if len(groups) < 2:
            continue
        between = value - value.groupby(table[dimension]).transform("mean")
        spread = 100 * (1 - between.var(ddof=0) / value.var(ddof=0))
        for choice, place in groups.items():
            ends = np.quantile(np.nanmedian(draws[place], axis=0), edges)
            part = value.iloc[place]
            rows.append([dimension, names.get(choice, choice), len(place), part.median(), *ends,
                         part.min(), part.max(), spread])  # fmt: skip
    columns = ["dimension", "choice", "specifications", "median", "low", "high", "lowest",
               "highest", "spread"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def contrast(
    table: pd.DataFrame, draws: np.ndarray, dimension: str, first: str, second: str,
    level: float = 0.95,
) -> pd.Series:  # fmt: skip
    """Say how far estimates move when one choice is swapped and nothing else.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`care_rates.multiverse.run`.
    draws : numpy.ndarray
        S x B, from the same call.
    dimension : str
        Which choice.
    first, second : str
        The two values.
    level : float
        Coverage.

    Returns
    -------
    pandas.Series
        ``pairs`` (specifications alike in all else), ``first`` and ``second`` (medians),
        ``difference`` (median of second less first), ``low, high`` and ``largest`` (the
        greatest move either way).

    Raises
    ------
    ValueError
        If no two specifications differ in this choice alone.
    """
    rest = [name for name in DIMENSIONS if name != dimension]
    key = table[rest].astype(str).agg("|".join, axis=1)
    place = [pd.Series(np.flatnonzero(table[dimension] == value)) for value in (first, second)]
    one, two = (pd.Series(p.to_numpy(), index=key.to_numpy()[p]) for p in place)
    both = pd.concat([one, two], axis=1, join="inner")
    if both.empty:
        raise ValueError(f"No specifications differ in {dimension} alone: {first!r}, {second!r}.")
    a, b = both.to_numpy().T
    value = table["estimate"].to_numpy()
    gap, moved = value[b] - value[a], np.nanmedian(draws[b] - draws[a], axis=0)
    low, high = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2])
    return pd.Series(
        {
            "pairs": len(both), "first": np.median(value[a]), "second": np.median(value[b]),
            "difference": np.median(gap), "low": low, "high": high,
            "largest": gap[np.abs(gap).argmax()],
        }
    )  # fmt: skip


def family(table: pd.DataFrame, by: Sequence[str], alpha: float = 0.05) -> pd.DataFrame:
    """Count the tests of a family that pass, before and after adjustment.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``p``; all rows are one family.
    by : sequence of str
        Columns to count by.
    alpha : float
        Level.

    Returns
    -------
    pandas.DataFrame
        ``tests``, and how many have raw, Benjamini-Hochberg and Holm p below ``alpha``.
    """
    marks = pd.DataFrame({"tests": 1, "raw p": table["p"] < alpha})
    adjusted = adjust(table["p"])
    marks["Benjamini-Hochberg"] = adjusted["bh"] < alpha
    marks["Holm"] = adjusted["holm"] < alpha
    counted = marks.astype(int).groupby([table[name] for name in by], sort=False).sum()
    return counted.rename(columns={name: f"{name} < {alpha:g}" for name in counted.columns[1:]})
