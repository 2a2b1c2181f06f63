"""Specification curve of a variance decomposition: every reasonable choice, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

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

    A sample that leaves the same complete rows as an earlier one is not a choice, and
    counts once: under the earlier name.

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
        ``further`` drivers, ``total``, ``rows`` and ``years`` used. ``order`` is
        ``average`` for the mean over all orders (LMG, Shapley).
    """
    found, seen = [], set()
    choices = product(samples.items(), outcomes.items(), measures.items(), drivers.items())
    for (sample, mask), (outcome, y), (measure, x), (extra, names) in choices:
        complete = mask & frame[[y, x, *names]].notna().all(axis=1)
        key = (outcome, measure, extra, complete.to_numpy().tobytes())
        if key in seen:
            continue
        seen.add(key)
        blocks = {FIRST: [x]} | ({EXTRA: list(names)} if names else {})
        data = moments(frame[complete], y, blocks)
        labels = {"outcome": outcome, "measure": measure, "drivers": extra, "sample": sample,
                  "rows": data.nobs, "years": f"{data.times[0]} to {data.times[-1]}"}  # fmt: skip
        found += [_one(data, labels, adjusted) for adjusted in (False, True)]
    out = pd.concat(found, ignore_index=True).rename(columns={EXTRA + "_share": "further"})
    if "further" not in out:
        out["further"] = np.nan
    front = ["outcome", "measure", "drivers", "sample", "r2", "order"]
    return out[[*front, FIRST, "time", "authority", "further", "total", "rows", "years"]]


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


def dots(
    table: pd.DataFrame, target: Mapping[str, float], points: float, most: int = 300
) -> pd.DataFrame:
    """Pick the specifications to draw: evenly spaced along each curve, and all near ones.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`curve`.
    target : mapping of str to float
        Published percent by column.
    points : float
        Distance that counts as near, in all shares at once.
    most : int
        About how many to draw a share.

    Returns
    -------
    pandas.DataFrame
        ``source, specification`` (place in the curve of *all* specifications, 1 the
        smallest share), ``percent, near``.
    """
    near = (distance(table, target) <= points + 1e-9).to_numpy()
    parts = []
    for source in target:
        order = np.argsort(table[source].to_numpy(), kind="stable")
        place = np.empty(len(table), int)
        place[order] = np.arange(1, len(table) + 1)
        spaced = np.zeros(len(table), bool)
        spaced[order[np.unique(np.linspace(0, len(table) - 1, most).round().astype(int))]] = True
        part = pd.DataFrame({"source": source, "specification": place,
                             "percent": table[source].to_numpy(), "near": near})  # fmt: skip
        parts.append(part[spaced | near].sort_values("specification"))
    return pd.concat(parts, ignore_index=True)


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
        ``by``, the shares, ``rows, years``, ``given back`` (how many) and ``largest
        gap``, best first.
    """
    hits = (table[list(target)] - pd.Series(target)).abs().le(points + 1e-9).sum(axis=1)
    kept = [name for name in ("rows", "years") if name in table]
    out = table[[*by, *target, *kept]].assign(
        **{"given back": hits, "largest gap": distance(table, target)}
    )
    return out.sort_values(["given back", "largest gap"], ascending=[False, True])
