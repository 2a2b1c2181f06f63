"""How much of a gap to the best neighbour is luck: what noise alone would show.

Counts, sizes and neighbours are as in :mod:`care_rates.benchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_rates.benchmark import RULES, neighbour_values, quantile_of, reduction


@dataclass(frozen=True)
class Luck:
    """How far noise alone would seem to reduce the total.

    Parameters
    ----------
    draws : numpy.ndarray
        Simulated reductions under equal true values within each group.
    observed : float
        The reduction in the figures.
    """

    draws: np.ndarray
    observed: float

    @property
    def mean(self) -> float:
        """Average reduction that noise alone shows."""
        return float(self.draws.mean())

    @property
    def share(self) -> float:
        """Mean reduction from noise as a share of the observed one."""
        return self.mean / self.observed

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """Middle ``1 - alpha`` of the simulated reductions.

        Parameters
        ----------
        alpha : float
            One less the coverage.

        Returns
        -------
        tuple of float
            Low and high.
        """
        low, high = np.quantile(self.draws, [alpha / 2, 1 - alpha / 2])
        return float(low), float(high)


def luck(
    counts, sizes, index, rule: str | float = "best", *, kind: str = "rate",
    dispersion: float = 1.0, draws: int = 1000, seed: int = 1,
) -> Luck:  # fmt: skip
    """Simulate the reduction that noise alone shows when a group has one true value.

    Each authority with its neighbours is a group; all of the group get the group's
    pooled value, counts are drawn, and the authority is set beside its neighbours.

    Parameters
    ----------
    counts : array-like, shape (n,)
        Children in care, or children in residential homes.
    sizes : array-like, shape (n,)
        Children who live there, or children in care.
    index, rule
        As in :func:`targets`.
    kind : {"rate", "share"}
        Counts are Poisson given a rate, or binomial given a share.
    dispersion : float
        Variance over that of the Poisson or binomial, at least 1; above 1 the true
        value of each draw varies (gamma or beta), as when brothers and sisters come
        into care together.
    draws, seed : int
        Simulations and their seed.

    Returns
    -------
    Luck
        Reductions, one a draw, and the observed one.

    Raises
    ------
    ValueError
        On a dispersion below 1 or an unknown kind.
    """
    if dispersion < 1:
        raise ValueError(f"dispersion {dispersion} is below 1, that of pure chance.")
    if kind not in ("rate", "share"):
        raise ValueError(f"kind {kind!r} is not 'rate' or 'share'.")
    counts, sizes = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = reduction(counts / sizes, sizes, index, rule)
    seen = np.column_stack([np.arange(len(counts)), index])
    count, size = neighbour_values(counts, seen), neighbour_values(sizes, seen)
    count, size = (np.where(np.isnan(count + size), np.nan, x) for x in (count, size))
    used = ~np.isnan(size[:, 0]) & (~np.isnan(size[:, 1:])).any(axis=1)
    count, size = count[used], size[used]
    pooled = np.nansum(count, axis=1) / np.nansum(size, axis=1)
    whole = np.nan_to_num(size)
    rng = np.random.default_rng(seed)
    shape = (draws, *size.shape)
    noisy = _noise(rng, pooled[:, None] * whole, whole, shape, kind, dispersion)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(np.isnan(size), np.nan, noisy / whole)
    level = quantile_of(rule)
    goal = _quantile(value[:, :, 1:], level)
    goal = np.minimum(value[:, :, 0], goal)
    total = (size[:, 0] * value[:, :, 0]).sum(axis=1)
    return Luck(1 - (size[:, 0] * goal).sum(axis=1) / total, observed)


def table(
    cases: Mapping[str, tuple], index, *, dispersions: Sequence[float] = (1.0, 2.0),
    draws: int = 400, seed: int = 1, alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Set the fall in the figures beside that from luck, for every rule.

    Parameters
    ----------
    cases : mapping of str to (counts, sizes, kind)
        What :func:`luck` takes, by name.
    index : array-like of int
        Neighbours.
    dispersions : sequence of float
        See :func:`luck`.
    draws, seed : int
        Simulations and their seed.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``of, target, dispersion``, then in percent ``seen`` (fall in the figures),
        ``luck`` with ``low`` and ``high``, and ``share`` (luck of the fall seen).
    """
    rows = []
    for name, (counts, sizes, kind) in cases.items():
        for spread in dispersions:
            for rule in RULES:
                found = luck(counts, sizes, index, rule, kind=kind, dispersion=spread,
                             draws=draws, seed=seed)  # fmt: skip
                numbers = [found.observed, found.mean, *found.interval(alpha), found.share]
                rows.append((name, rule, spread, *(100 * x for x in numbers)))
    columns = ["of", "target", "dispersion", "seen", "luck", "low", "high", "share"]
    return pd.DataFrame(rows, columns=columns)


def _quantile(values: np.ndarray, level: float) -> np.ndarray:
    """Quantile along the last axis by the linear rule; missing values sort last."""
    ordered = np.sort(values, axis=-1)
    place = level * ((~np.isnan(values)).sum(axis=-1) - 1)
    under = np.floor(place).astype(int)
    over = np.minimum(under + 1, np.ceil(place).astype(int))
    low = np.take_along_axis(ordered, under[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, over[..., None], axis=-1)[..., 0]
    return low + (place - under) * (high - low)


def _noise(rng, mean, size, shape, kind, dispersion):
    if kind == "rate":
        if dispersion == 1:
            return rng.poisson(mean, shape)
        grain = np.maximum(mean / (dispersion - 1), 1e-9)
        return rng.poisson(rng.gamma(grain, dispersion - 1, shape))
    whole = np.rint(size).astype(int)
    share = np.divide(mean, size, out=np.zeros_like(mean), where=size > 0)
    if dispersion == 1:
        return rng.binomial(whole, share, shape)
    grain = np.maximum((whole - dispersion) / (dispersion - 1), 0.5)
    drawn = rng.beta(np.maximum(share * grain, 1e-9), np.maximum((1 - share) * grain, 1e-9), shape)
    return rng.binomial(whole, drawn)
