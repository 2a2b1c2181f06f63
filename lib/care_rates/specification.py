"""Specification curve of a variance decomposition: every reasonable choice, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.variance import lmg, moments, sequential, subsets

FIRST = "deprivation"
EXTRA = "drivers"


def curve(
    frame: pd.DataFrame, outcomes: Mapping[str, str], measures: Mapping[str, str],
    drivers: Mapping[str, Sequence[str]], samples: Mapping[str, pd.Series],
) -> pd.DataFrame:  # fmt: skip
    """Decompose the variance under every combination of choices and every order of entry.

    Parameters
    ----------
    frame : pandas.DataFrame
        Panel with ``unit_id`` and ``year``.
    outcomes : mapping of str to str
        Names of outcomes and their columns.
    measures : mapping of str to str
        Names of deprivation measures and their columns.
    drivers : mapping of str to sequence of str
        Names of sets of further drivers and their columns (may be empty).
    samples : mapping of str to pandas.Series
        Names of samples and boolean masks over the rows.

    Returns
    -------
    pandas.DataFrame
        One row a choice and order: ``outcome, measure, drivers, sample, r2`` (plain or
        adjusted), ``order``, percent for ``deprivation, time, authority`` and
        ``further`` drivers, ``total`` and ``rows`` used. ``order`` is ``average`` for the
        mean over all orders (LMG, Shapley).
    """
    found = []
    for sample, mask in samples.items():
        for outcome, y in outcomes.items():
            for measure, x in measures.items():
                for extra, names in drivers.items():
                    blocks = {FIRST: [x]} | ({EXTRA: list(names)} if names else {})
                    data = moments(frame[mask], y, blocks)
                    labels = {"outcome": outcome, "measure": measure, "drivers": extra,
                              "sample": sample, "rows": data.nobs}  # fmt: skip
                    found += [_one(data, labels, adjusted) for adjusted in (False, True)]
    out = pd.concat(found, ignore_index=True).rename(columns={EXTRA + "_share": "further"})
    if "further" not in out:
        out["further"] = np.nan
    front = ["outcome", "measure", "drivers", "sample", "r2", "order"]
    return out[[*front, FIRST, "time", "authority", "further", "total", "rows"]]


def _one(data, labels: dict, adjusted: bool) -> pd.DataFrame:
    r2 = subsets(data, adjusted=adjusted)
    table = sequential(r2, data.blocks)
    mean = dict(zip(data.blocks, 100 * lmg(r2, data.blocks)[0], strict=True))
    mean |= {"order": "average", "total": table["total"].iloc[0]}
    table = pd.concat([table, pd.DataFrame([mean])], ignore_index=True)
    table = table.rename(columns={EXTRA: EXTRA + "_share"})
    return table.assign(**labels, r2="adjusted" if adjusted else "plain")


def distance(table: pd.DataFrame, target: Mapping[str, float]) -> pd.Series:
    """Measure how far each specification lies from a published set of shares.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`curve`.
    target : mapping of str to float
        Published percent by column.

    Returns
    -------
    pandas.Series
        Largest absolute gap in percentage points.
    """
    return (table[list(target)] - pd.Series(target)).abs().max(axis=1)


def within_points(
    table: pd.DataFrame, target: Mapping[str, float], points: Sequence[float]
) -> pd.DataFrame:
    """Count the specifications that come near a published set of shares.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`curve`.
    target : mapping of str to float
        Published percent by column.
    points : sequence of float
        Distances in percentage points.

    Returns
    -------
    pandas.DataFrame
        One row a choice within a dimension (``dimension, choice``): ``specifications``
        and how many lie ``within`` each distance.
    """
    gap = distance(table, target)
    labels = {"all": pd.Series("all specifications", index=table.index)} | {
        name: table[name] for name in ("outcome", "measure", "drivers", "sample", "r2")
    }
    parts = []
    for dimension, choice in labels.items():
        counted = pd.DataFrame({"choice": choice, "specifications": 1} | {
            f"within {point:g} points": (gap <= point + 1e-9).astype(int) for point in points
        })  # fmt: skip
        counted = counted.groupby("choice", sort=False).sum().reset_index()
        parts.append(counted.assign(dimension=dimension))
    out = pd.concat(parts, ignore_index=True)
    return out[["dimension", *[name for name in out if name != "dimension"]]]


def readings(
    table: pd.DataFrame, target: Mapping[str, float], by: Sequence[str], points: float
) -> pd.DataFrame:
    """Say how many published shares each reading of the report gives back.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of :func:`curve`, one a reading.
    target : mapping of str to float
        Published percent by column.
    by : sequence of str
        Columns that name the reading.
    points : float
        Distance that counts as given back.

    Returns
    -------
    pandas.DataFrame
        ``by``, the shares, ``given back`` (how many) and ``largest gap``, best first.
    """
    hits = (table[list(target)] - pd.Series(target)).abs().le(points + 1e-9).sum(axis=1)
    out = table[[*by, *target]].assign(
        **{"given back": hits, "largest gap": distance(table, target)}
    )
    return out.sort_values(["given back", "largest gap"], ascending=[False, True])
