"""Sets of cases: near each other in need, far apart in the outcome.

The question "why do areas with like need differ" asks for such a set. All sets of a
given size are listed, so that any choice of areas can be placed among those that could
have been made (most similar systems, Przeworski and Teune 1970).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist, squareform

MOST_SETS = 500_000


class CaseSetError(ValueError):
    """A choice of cases that cannot be made: why, and what to do."""


def need_distance(frame: pd.DataFrame, need: Sequence[str], *, area: str = "area") -> pd.DataFrame:
    """Distance in need between every two areas.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area.
    need : sequence of str
        Columns; each is scaled by its standard deviation over all areas.
    area : str
        Column with the area's name.

    Returns
    -------
    pandas.DataFrame
        Square: Euclidean distance in standard deviations, divided by the square root
        of the number of columns.
    """
    values = frame[list(need)].to_numpy(float)
    scaled = values / values.std(axis=0, ddof=1)
    names = pd.Index(frame[area], name=area)
    return pd.DataFrame(squareform(pdist(scaled)) / np.sqrt(len(need)), names, names)


def sets(frame: pd.DataFrame, outcome: str, need: Sequence[str], size: int, *,
         area: str = "area") -> pd.DataFrame:  # fmt: skip
    """Describe every set of areas that could have been chosen.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area.
    outcome : str
        Column of the rate.
    need : sequence of str
        Columns of need (see :func:`need_distance`).
    size : int
        Areas in a set.
    area : str
        Column with the area's name.

    Returns
    -------
    pandas.DataFrame
        One row a set: ``areas`` (a tuple), ``need_gap`` (mean distance in need between
        two of its areas), ``rate_gap`` (mean difference in the outcome).

    Raises
    ------
    CaseSetError
        If there are more than :data:`MOST_SETS`.
    """
    if comb(len(frame), size) > MOST_SETS:
        raise CaseSetError(
            f"{comb(len(frame), size):,} sets of {size} out of {len(frame)} areas are too many. "
            "Choose smaller sets."
        )
    chosen = np.array(list(combinations(range(len(frame)), size)))
    first, second = np.triu_indices(size, 1)
    distance = need_distance(frame, need, area=area).to_numpy()
    rate = frame[outcome].to_numpy(float)
    left, right = chosen[:, first], chosen[:, second]
    names = frame[area].to_numpy()[chosen]
    return pd.DataFrame(
        {"areas": list(map(tuple, names)), "need_gap": distance[left, right].mean(axis=1),
         "rate_gap": np.abs(rate[left] - rate[right]).mean(axis=1)}
    )  # fmt: skip


def place(table: pd.DataFrame, areas: Sequence[str]) -> pd.Series:
    """Say where one set stands among all.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`sets` gives it.
    areas : sequence of str
        The set, in any order.

    Returns
    -------
    pandas.Series
        ``need_gap``, ``rate_gap``; ``nearer_in_need``: share of the other sets with a
        smaller gap in need; ``wider_in_rate``: share of them with a larger gap in
        the outcome; ``both``: share of them that beat it on both.

    Raises
    ------
    CaseSetError
        If there is no such set.
    """
    wanted = set(areas)
    at = table["areas"].map(lambda names: set(names) == wanted)
    if not at.any():
        raise CaseSetError(f"No set holds {', '.join(areas)}. Check the names and the size.")
    row, others = table[at].iloc[0], table[~at]
    nearer, wider = others["need_gap"] < row["need_gap"], others["rate_gap"] > row["rate_gap"]
    return pd.Series(
        {"need_gap": row["need_gap"], "rate_gap": row["rate_gap"],
         "nearer_in_need": nearer.mean(), "wider_in_rate": wider.mean(),
         "both": (nearer & wider).mean()}
    )  # fmt: skip


def suggest(table: pd.DataFrame, *, nearest: float = 0.1, number: int = 3) -> pd.DataFrame:
    """Suggest sets: among those nearest in need, the ones furthest apart in the outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`sets` gives it.
    nearest : float
        Share of the sets that count as like in need.
    number : int
        How many to give.

    Returns
    -------
    pandas.DataFrame
        The rows, widest first; of sets equally wide the nearest in need first.
    """
    like = table[table["need_gap"] <= table["need_gap"].quantile(nearest)]
    rounded = like.round({"rate_gap": 9, "need_gap": 9})  # no order by rounding noise
    order = rounded.sort_values(["rate_gap", "need_gap", "areas"], ascending=[False, True, True])
    return order.head(number).reset_index(drop=True)


def binned(table: pd.DataFrame, bins: int = 30) -> pd.DataFrame:
    """Count the sets on a grid, for drawing.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`sets` gives it.
    bins : int
        Cells along each side.

    Returns
    -------
    pandas.DataFrame
        ``need_from, need_to, rate_from, rate_to, sets``: cells that hold any.
    """
    counts, x, y = np.histogram2d(table["need_gap"], table["rate_gap"], bins=bins)
    i, j = np.nonzero(counts)
    return pd.DataFrame(
        {"need_from": x[i], "need_to": x[i + 1], "rate_from": y[j], "rate_to": y[j + 1],
         "sets": counts[i, j].astype(int)}
    ).round(4)  # fmt: skip


def compare(options: Mapping[str, Mapping], outcome: str, areas: Sequence[str]) -> pd.DataFrame:
    """Place one set among all, under several measures of need.

    Parameters
    ----------
    options : mapping of str to mapping
        By name: ``frame`` and ``need``, as in :func:`sets`.
    outcome : str
        Column of the rate.
    areas : sequence of str
        The set.

    Returns
    -------
    pandas.DataFrame
        One row an option: the fields of :func:`place`.
    """
    placed = {
        name: place(sets(option["frame"], outcome, option["need"], len(areas)), areas)
        for name, option in options.items()
    }
    return pd.DataFrame(placed).T
