"""What explains the variance of a panel: R-squared of every subset, order and share.

Everything is a function of one cross-product matrix an area, raw and within the area, so
that leaving areas out, or drawing them again, is a weighted sum and not a new regression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from math import factorial

import numpy as np
import pandas as pd

from care_rates.panel import within


@dataclass(frozen=True)
class Moments:
    """Cross-products of a panel, one matrix an area.

    Parameters
    ----------
    raw : numpy.ndarray
        G x P x P: sums of products of a constant, the outcome and the columns.
    inner : numpy.ndarray
        G x P x P: the same once area means are taken out.
    columns : dict of str to list of int
        Positions of each block's columns.
    blocks : tuple of str
        Names of the blocks; the last one is the areas themselves.
    entities : tuple
        Names of the areas, in the order of the matrices.
    times : tuple
        The years that have complete rows.
    """

    raw: np.ndarray
    inner: np.ndarray
    columns: dict[str, list[int]]
    blocks: tuple[str, ...]
    entities: tuple
    times: tuple = ()

    @property
    def nobs(self) -> int:
        """Rows used."""
        return round(self.raw[:, 0, 0].sum())


def moments(
    frame: pd.DataFrame, y: str, blocks: Mapping[str, Sequence[str]], *,
    entity: str = "unit_id", time: str = "year", areas: str = "authority", years: str = "time",
) -> Moments:  # fmt: skip
    """Add up the cross-products that every decomposition needs.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time; rows with a missing value are left out.
    y : str
        Outcome column.
    blocks : mapping of str to sequence of str
        Named groups of columns, for instance ``{"deprivation": ["imd"]}``.
    entity, time : str
        Columns that name the two dimensions.
    areas, years : str
        Names that the entity effects and the time effects get as blocks.

    Returns
    -------
    Moments
        For :func:`subsets`.

    Raises
    ------
    ValueError
        If fewer than two areas or years are left.
    """
    wanted = [name for names in blocks.values() for name in names]
    rows = frame[[entity, time, y, *wanted]].dropna()
    who, names = pd.factorize(rows[entity], sort=True)
    dummies = pd.get_dummies(rows[time], dtype=float).to_numpy()[:, 1:]
    if len(names) < 2 or dummies.shape[1] < 1:
        raise ValueError(
            f"{len(rows)} complete rows of {len(names)} areas are too few: "
            "at least two areas and two years are needed. Check for missing values."
        )
    data = rows[[y, *wanted]].to_numpy(float)
    data = (data - data.mean(axis=0)) / np.where(data.std(axis=0) > 0, data.std(axis=0), 1)
    whole = np.column_stack([np.ones(len(rows)), data, dummies])
    order = np.argsort(who, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(who[order]) > 0])
    parts = [
        np.add.reduceat(matrix[order, :, None] * matrix[order, None, :], first, axis=0)
        for matrix in (whole, within(whole, who))
    ]
    columns, place = {}, 2
    for name, members in blocks.items():
        columns[name] = list(range(place, place + len(members)))
        place += len(members)
    columns[years] = list(range(place, whole.shape[1]))
    return Moments(
        *parts, columns, (*blocks, years, areas), tuple(names), tuple(sorted(set(rows[time])))
    )


def subsets(data: Moments, weights: np.ndarray | None = None, adjusted: bool = False) -> dict:
    """Give the R-squared of every subset of blocks.

    Parameters
    ----------
    data : Moments
        From :func:`moments`.
    weights : numpy.ndarray, optional
        B x G: how often each area counts in each of B replicates (all ones unless told;
        0 leaves an area out; a bootstrap draws whole areas).
    adjusted : bool
        Whether to adjust for degrees of freedom, areas and years counted.

    Returns
    -------
    dict of frozenset to numpy.ndarray
        R-squared, length B, by subset of block names; 0 for the empty one.
    """
    weights = np.ones((1, len(data.entities))) if weights is None else np.atleast_2d(weights)
    raw, inner = (np.tensordot(weights, part, axes=1) for part in (data.raw, data.inner))
    n = raw[:, 0, 0]
    centred = raw - raw[:, :, [0]] * raw[:, [0], :] / n[:, None, None]
    total = centred[:, 1, 1]
    areas, out = data.blocks[-1], {frozenset(): np.zeros(len(weights))}
    for size in range(1, len(data.blocks) + 1):
        for chosen in combinations(data.blocks, size):
            matrix = inner if areas in chosen else centred
            use = [place for name in chosen if name != areas for place in data.columns[name]]
            explained, rank = _explained(matrix, use)
            rss = matrix[:, 1, 1] - explained
            if areas in chosen:
                rank = rank + weights.sum(axis=1) - 1
            ratio = (n - 1) / (n - 1 - rank) if adjusted else 1.0
            out[frozenset(chosen)] = 1 - rss / total * ratio
    return out


def _explained(matrix: np.ndarray, use: list[int]) -> tuple[np.ndarray, np.ndarray]:
    if not use:
        return np.zeros(len(matrix)), np.zeros(len(matrix))
    square, side = matrix[:, use][:, :, use], matrix[:, use, 1]
    values, vectors = np.linalg.eigh(square)
    keep = values > 1e-9 * matrix[:, [1], 1]
    turned = np.einsum("bij,bi->bj", vectors, side)
    return (np.where(keep, turned**2 / np.where(keep, values, 1), 0)).sum(axis=1), keep.sum(axis=1)


def sequential(r2: Mapping[frozenset, np.ndarray], blocks: Sequence[str]) -> pd.DataFrame:
    """Give what each block adds in every order of entry.

    Parameters
    ----------
    r2 : mapping
        From :func:`subsets`; the first replicate is used.
    blocks : sequence of str
        Names of the blocks.

    Returns
    -------
    pandas.DataFrame
        One row an order (``order``: names joined by an arrow), one column a block with
        the R-squared that it adds, in percent, and ``total``.
    """
    rows = []
    for order in permutations(blocks):
        steps = [float(np.ravel(r2[frozenset(order[:size])])[0]) for size in range(len(order) + 1)]
        gains = dict(zip(order, 100 * np.diff(steps), strict=True))
        rows.append({"order": " → ".join(order), **{b: gains[b] for b in blocks},
                     "total": 100 * steps[-1]})  # fmt: skip
    return pd.DataFrame(rows)


def lmg(r2: Mapping[frozenset, np.ndarray], blocks: Sequence[str]) -> np.ndarray:
    """Average what each block adds over all orders (Lindeman, Merenda and Gold; Shapley).

    Parameters
    ----------
    r2 : mapping
        From :func:`subsets`.
    blocks : sequence of str
        Names of the K blocks.

    Returns
    -------
    numpy.ndarray
        B x K shares of the whole variance, as fractions, that add to the R-squared of all
        blocks: sum over subsets S without k of |S|!(K-|S|-1)!/K! times the gain of k.
    """
    names, size = list(blocks), len(blocks)
    shares = []
    for name in names:
        others = [other for other in names if other != name]
        shares.append(
            sum(
                factorial(k) * factorial(size - k - 1) / factorial(size)
                * (r2[frozenset(chosen) | {name}] - r2[frozenset(chosen)])
                for k in range(size)
                for chosen in combinations(others, k)
            )
        )  # fmt: skip
    return np.stack(shares, axis=-1)


def leave_one_out(data: Moments) -> np.ndarray:
    """Give the weights that leave each area out once.

    Parameters
    ----------
    data : Moments
        From :func:`moments`.

    Returns
    -------
    numpy.ndarray
        G x G, ones with a zero diagonal.
    """
    return 1.0 - np.eye(len(data.entities))


def bootstrap(data: Moments, draws: int, seed: int) -> np.ndarray:
    """Give the weights of a bootstrap that draws whole areas.

    Parameters
    ----------
    data : Moments
        From :func:`moments`.
    draws : int
        Replicates.
    seed : int
        Seed of the generator.

    Returns
    -------
    numpy.ndarray
        ``draws`` x G multinomial counts that add to G.
    """
    size = len(data.entities)
    return (
        np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), draws).astype(float)
    )
