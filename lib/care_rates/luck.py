"""What a target set by neighbours would show if all of a group were alike.

Even if an authority and its neighbours had one true value, the lowest of them would
look lower by chance. This is the fall that such a world shows. It is no share of the
fall in the figures: where true values differ, the lowest stands out by its value more
than by its luck (for that share see :mod:`care_rates.winners_curse`).
Counts, sizes and neighbours are as in :mod:`care_rates.benchmark`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from care_rates.benchmark import neighbour_values, quantile_of, reduction


@dataclass(frozen=True)
class Worlds:
    """Simulated worlds in which each group has one true value.

    Parameters
    ----------
    value : numpy.ndarray, shape (draws, groups, 1 + k)
        Simulated values: the authority, then its neighbours; NaN where one is missing.
    size : numpy.ndarray, shape (groups,)
        Weight of each authority.
    """

    value: np.ndarray
    size: np.ndarray

    def reductions(self, rule: str | float = "best") -> np.ndarray:
        """Share by which the total seems to fall, one a world.

        Parameters
        ----------
        rule : str or float
            See :func:`care_rates.benchmark.targets`.

        Returns
        -------
        numpy.ndarray, shape (draws,)
            As :func:`care_rates.benchmark.reduction` would give in each world.
        """
        goal = _quantile(self.value[:, :, 1:], quantile_of(rule))
        own = self.value[:, :, 0]
        goal = np.minimum(own, goal)
        return 1 - (self.size * goal).sum(axis=1) / (self.size * own).sum(axis=1)

    def falls(self, rule: str | float = "best", alpha: float = 0.05) -> tuple[float, float, float]:
        """Mean fall and its middle ``1 - alpha``.

        Parameters
        ----------
        rule : str or float
            See :meth:`reductions`.
        alpha : float
            One less the coverage.

        Returns
        -------
        tuple of float
            Mean, low, high.
        """
        drawn = self.reductions(rule)
        low, high = np.quantile(drawn, [alpha / 2, 1 - alpha / 2])
        return float(drawn.mean()), float(low), float(high)


@dataclass(frozen=True)
class Luck:
    """How far noise alone would seem to reduce the total if all were alike.

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


def worlds(
    counts, sizes, index, *, kind: str = "rate", dispersion: float = 1.0,
    draws: int = 300, seed: int = 1, only=None,
) -> Worlds:  # fmt: skip
    """Simulate worlds in which all of a group have the group's pooled value.

    An authority has one stroke of luck a world, whichever groups it belongs to: its
    count in each is the same quantile of that group's distribution.

    Parameters
    ----------
    counts, sizes : array-like, shape (n,)
        Children in care and children who live there, or children in residential homes
        and children in care.
    index : array-like of int
        As in :func:`care_rates.benchmark.targets`.
    kind : {"rate", "share"}
        Counts are Poisson given a rate, or binomial given a share.
    dispersion : float
        Variance over that of the Poisson or binomial, at least 1; above 1 the true
        value of each draw varies (gamma or beta), as when brothers and sisters come
        into care together.
    draws, seed : int
        Worlds and their seed.
    only : array-like of bool, shape (n,), optional
        Authorities whose groups are simulated; all, unless told.

    Returns
    -------
    Worlds
        Groups with a figure of their own and of a neighbour.

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
    group = np.column_stack([np.arange(len(counts)), index])
    count, size = neighbour_values(counts, group), neighbour_values(sizes, group)
    known = ~np.isnan(count + size)
    used = known[:, 0] & known[:, 1:].any(axis=1)
    used &= True if only is None else np.asarray(only, dtype=bool)
    group, known = np.where(known, group, 0)[used], known[used]
    count, size = (np.where(known, x[used], 0.0) for x in (count, size))
    pooled = count.sum(axis=1) / size.sum(axis=1)
    chance = np.random.default_rng(seed).random((2, draws, len(counts)))
    noisy = _counts(chance[:, :, group], pooled[:, None] * size, size, kind, dispersion)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Worlds(np.where(known, noisy / size, np.nan), size[:, 0])


def luck(
    counts, sizes, index, rule: str | float = "best", *, kind: str = "rate",
    dispersion: float = 1.0, draws: int = 300, seed: int = 1,
) -> Luck:  # fmt: skip
    """Set the fall in the figures beside that of worlds in which all are alike.

    Parameters
    ----------
    counts, sizes, index, kind, dispersion, draws, seed
        See :func:`worlds`.
    rule : str or float
        See :func:`care_rates.benchmark.targets`.

    Returns
    -------
    Luck
        Reductions, one a world, and the observed one.
    """
    made = worlds(counts, sizes, index, kind=kind, dispersion=dispersion, draws=draws, seed=seed)
    counts, sizes = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = reduction(counts / sizes, sizes, index, rule)
    return Luck(made.reductions(rule), observed)


def _quantile(values: np.ndarray, level: float) -> np.ndarray:
    """Quantile along the last axis by the linear rule; missing values sort last."""
    ordered = np.sort(values, axis=-1)
    place = level * ((~np.isnan(values)).sum(axis=-1) - 1)
    under = np.floor(place).astype(int)
    over = np.minimum(under + 1, np.ceil(place).astype(int))
    low = np.take_along_axis(ordered, under[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, over[..., None], axis=-1)[..., 0]
    return low + (place - under) * (high - low)


def _counts(chance, mean, size, kind, dispersion) -> np.ndarray:
    """Give counts at quantiles: ``chance[0]`` of the count, ``chance[1]`` of its mean."""
    if kind == "rate":
        if dispersion > 1:
            grain = np.maximum(mean / (dispersion - 1), 1e-9)
            mean = special.gammaincinv(grain, chance[1]) * (dispersion - 1)
        return stats.poisson.ppf(chance[0], mean)
    whole = np.rint(size)
    share = np.divide(mean, size, out=np.zeros_like(mean), where=size > 0)
    if dispersion > 1:
        grain = np.maximum((whole - dispersion) / (dispersion - 1), 0.5)
        ends = np.maximum(share * grain, 1e-9), np.maximum((1 - share) * grain, 1e-9)
        share = special.betaincinv(*ends, chance[1])
    return np.where(whole > 0, stats.binom.ppf(chance[0], np.maximum(whole, 1), share), 0.0)
