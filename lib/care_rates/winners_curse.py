"""How much of the fall to a neighbour's level is there once chance is taken out.

The neighbour that looks lowest is partly low by chance: its true value is likely higher
(the winner's curse). Given a prior for true values, what the figures say of each is a
gamma (rates) or beta (shares) distribution. Both stay right however an authority was
picked, so the fall is simply worked out again with true values drawn from them.
Counts, sizes, neighbours and rules are as in :mod:`care_rates.benchmark`.

References
----------
E. C. Capen, R. V. Clapp and W. M. Campbell (1971), Competitive bidding in high-risk
situations, Journal of Petroleum Technology 23, 641-653; B. Efron (2011), Tweedie's
formula and selection bias, Journal of the American Statistical Association 106,
1602-1614 (posterior means need no correction for selection).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_rates import beta_binomial, luck, shrinkage
from care_rates.benchmark import RULES, neighbour_values, quantile_of


@dataclass(frozen=True)
class Attainable:
    """The fall in the figures, and in true values.

    Parameters
    ----------
    seen : float
        Share by which the total falls if each authority reaches what the figures show.
    draws : numpy.ndarray, shape (draws,)
        The same if each reaches the true value of the neighbours that looked so.
    own, goal : numpy.ndarray, shape (draws, n)
        True values of each authority and of its target; NaN where there is none.
    """

    seen: float
    draws: np.ndarray
    own: np.ndarray
    goal: np.ndarray

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """Middle ``1 - alpha`` of what is attainable.

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

    @property
    def mean(self) -> float:
        """Average fall in true values."""
        return float(self.draws.mean())

    @property
    def luck(self) -> float:
        """Part of the fall in the figures that is chance: one less the mean over ``seen``.

        Missing where the figures show no fall, as for an authority that is the lowest.
        """
        return 1 - self.mean / self.seen if self.seen else float("nan")


def prior(counts, sizes, kind: str = "rate", dispersion: float = 1.0) -> tuple[float, float]:
    """Fit the spread of true values over all authorities.

    Parameters
    ----------
    counts, sizes : array-like, shape (n,)
        Those with a missing figure are left out.
    kind : {"rate", "share"}
        Gamma-Poisson or beta-binomial, maximum likelihood.
    dispersion : float
        Variance of a count over that of chance: counts and sizes are divided by it, as
        if children came in groups of that number.

    Returns
    -------
    tuple of float
        Shape and rate of the gamma, or both shapes of the beta distribution.

    Raises
    ------
    ValueError
        On an unknown kind, a dispersion below 1, or a fit that does not settle.
    """
    if kind not in ("rate", "share"):
        raise ValueError(f"kind {kind!r} is not 'rate' or 'share'.")
    if dispersion < 1:
        raise ValueError(f"dispersion {dispersion} is below 1, that of pure chance.")
    x, n = (np.asarray(v, dtype=float) / dispersion for v in (counts, sizes))
    used = np.isfinite(x + n)
    x, n = x[used], n[used]
    if kind == "share":
        return beta_binomial.fit(x, n)
    model = shrinkage.fit(pd.Series(x), pd.Series(n))
    return 1 / model.alpha, float((n / model.expected).iloc[0]) / model.alpha


def attainable(
    counts, sizes, index, shapes: tuple[float, float], rule: str | float = "best", *,
    kind: str = "rate", dispersion: float = 1.0, draws: int = 1000, seed: int = 1, only=None,
) -> Attainable:  # fmt: skip
    """Work the fall out again with true values that the figures leave possible.

    Parameters
    ----------
    counts, sizes, index, rule
        As in :func:`care_rates.benchmark.reduction`.
    shapes : tuple of float
        From :func:`prior`, with the same kind and dispersion.
    kind, dispersion
        See :func:`prior`.
    draws, seed : int
        Sets of true values and their seed.
    only : array-like of bool, shape (n,), optional
        Authorities whose fall it is; all, unless told.

    Returns
    -------
    Attainable
        Who asks what of whom is decided by the figures; what it would bring, by the
        true values. A neighbour whose true value is not lower brings a rise.

    Raises
    ------
    ValueError
        If ``only`` names no authority with figures of its own and of a neighbour.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = x / n
    near = neighbour_values(value, index)
    used = np.isfinite(value) & np.isfinite(near).any(axis=1)
    order = np.argsort(np.where(np.isnan(near), np.inf, near), axis=1)
    place = quantile_of(rule) * (np.isfinite(near).sum(axis=1) - 1)
    under = np.clip(np.floor(place), 0, None).astype(int)
    over = np.clip(np.ceil(place), 0, None).astype(int)
    rows = np.arange(len(x))
    pick = [np.asarray(index)[rows, order[rows, k]] for k in (under, over)]
    part = place - under
    seen = (1 - part) * value[pick[0]] + part * value[pick[1]]
    asked = used & (seen < value)
    real = _true(x / dispersion, n / dispersion, shapes, kind, draws, seed)
    goal = np.where(asked, (1 - part) * real[:, pick[0]] + part * real[:, pick[1]], real)
    real, goal = (np.where(used, v, np.nan) for v in (real, goal))
    weight = np.where(_those(only, used), n, 0.0)[used]
    now = (weight * value[used]).sum()
    found = (weight * np.where(asked, seen, value)[used]).sum()
    falls = 1 - (weight * goal[:, used]).sum(axis=1) / (weight * real[:, used]).sum(axis=1)
    return Attainable(float(1 - found / now), falls, real, goal)


def table(
    cases: Mapping[str, tuple], index, *, dispersions: Sequence[float] = (1.0, 2.0),
    draws: int = 1000, worlds: int = 300, seed: int = 1, alpha: float = 0.05, only=None,
) -> pd.DataFrame:  # fmt: skip
    """Set the fall in the figures beside what is attainable, for every rule.

    Parameters
    ----------
    cases : mapping of str to (counts, sizes, kind)
        By name.
    index : array-like of int
        Neighbours.
    dispersions : sequence of float
        See :func:`prior`.
    draws, worlds, seed : int
        Sets of true values; simulated worlds of :func:`care_rates.luck.luck`; seed.
    alpha : float
        One less the coverage.
    only : array-like of bool, shape (n,), optional
        Authorities whose fall it is (the prior is that of all); all, unless told.

    Returns
    -------
    pandas.DataFrame
        ``of, target, dispersion``, then in percent ``seen``, ``attainable`` with
        ``low`` and ``high``, ``luck`` (share of the fall seen), and ``alike`` with
        ``alike_low, alike_high`` (fall if all of a group were alike).
    """
    rows = []
    for name, (counts, sizes, kind) in cases.items():
        for spread in dispersions:
            shapes = prior(counts, sizes, kind, spread)
            null = luck.worlds(counts, sizes, index, kind=kind, dispersion=spread,
                               draws=worlds, seed=seed, only=only)  # fmt: skip
            for rule in RULES:
                found = attainable(counts, sizes, index, shapes, rule, kind=kind,
                                   dispersion=spread, draws=draws, seed=seed,
                                   only=only)  # fmt: skip
                alike = null.falls(rule, alpha)
                numbers = [found.seen, found.mean, *found.interval(alpha), found.luck, *alike]
                rows.append((name, rule, spread, *(100 * x for x in numbers)))
    columns = ["of", "target", "dispersion", "seen", "attainable", "low", "high", "luck",
               "alike", "alike_low", "alike_high"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _those(only, used: np.ndarray) -> np.ndarray:
    """Choose the authorities whose total counts, among those with every figure."""
    if only is None:
        return used
    those = used & np.asarray(only, dtype=bool)
    if not those.any():
        raise ValueError("only names no authority that has figures of its own and a neighbour's.")
    return those


def _true(x, n, shapes, kind, draws, seed) -> np.ndarray:
    """Draw true values given counts; missing where a figure is."""
    known = np.isfinite(x + n)
    x, n = np.where(known, x, 0.0), np.where(known, n, 1.0)
    rng = np.random.default_rng(seed)
    a, b = shapes
    if kind == "rate":
        real = rng.gamma(a + x, 1 / (b + n), (draws, len(x)))
    else:
        real = rng.beta(a + x, b + np.maximum(n - x, 0), (draws, len(x)))
    return np.where(known, real, np.nan)
