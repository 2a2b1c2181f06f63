"""How a funnel is drawn: its target, its limits, and the curve through them.

A funnel needs three choices, and tools differ in each: the target (total rate or
mean of the areas), the limits (see :mod:`care_rates.funnel_limits`), and whether
spread beyond chance widens them (:mod:`care_rates.overdispersion`). A :class:`Rule`
holds one choice of the three, and says what is judged: a rate (or the ratio of a count
to what is expected), where chance is Poisson, or a proportion, a part of a known
whole, where it is binomial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_rates.funnel_limits import METHODS, binomial_limits, poisson_limits
from care_rates.intervals import PER, checked
from care_rates.overdispersion import SCALES, TREATMENTS, Dispersion, wider_limits

LEVELS = (0.95, 0.998)
WIDENED = ("multiplicative", "additive")
LIMITS = {
    "rate": (*METHODS, *WIDENED),
    "proportion": ("interpolated", "normal", *WIDENED),
}
"""Limits that can be drawn, by what is judged."""


@dataclass(frozen=True)
class Rule:
    """One way to draw a funnel.

    Parameters
    ----------
    target : {"total", "mean"}
        Total count over total base, or unweighted mean of the areas' rates.
    limits : str
        A method of :func:`care_rates.funnel_limits.poisson_limits` or, for a
        proportion, of :func:`care_rates.funnel_limits.binomial_limits`; or
        ``multiplicative`` or ``additive`` to allow for spread beyond chance.
    levels : tuple of float
        Two-sided levels, inner first.
    scale : {"sqrt", "log", "identity"}
        Scale of the z-scores that measure the spread beyond chance.
    treatment : {"winsorise", "trim", "none"}
        What is done with the outermost z-scores before the spread is measured.
    share : float
        Share of areas at each end that is so treated.
    kind : {"rate", "proportion"}
        Whether the base is a population that counts could exceed, or a whole that
        they are parts of.

    Raises
    ------
    ValueError
        If a choice is unknown.
    """

    target: str = "total"
    limits: str = "interpolated"
    levels: tuple[float, ...] = LEVELS
    scale: str = "sqrt"
    treatment: str = "winsorise"
    share: float = 0.1
    kind: str = "rate"

    @property
    def per(self) -> float:
        """What results are given for: 10,000 children, or 100 for a percentage."""
        return 100.0 if self.kind == "proportion" else float(PER)

    def whole(self, base: object) -> object:
        """Give the base where counts are parts of it, else None.

        Parameters
        ----------
        base : array-like of float
            Sizes of the areas.

        Returns
        -------
        array-like of float or None
            For the ``total`` of :mod:`care_rates.overdispersion`.
        """
        return base if self.kind == "proportion" else None

    def __post_init__(self):
        known = {
            "kind": tuple(LIMITS),
            "target": ("total", "mean"),
            "limits": LIMITS.get(self.kind, ()),
            "scale": SCALES,
            "treatment": TREATMENTS,
        }
        for name, allowed in known.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} {getattr(self, name)!r} is not one of: {', '.join(allowed)}."
                )
        if not 0 <= self.share < 0.5:
            raise ValueError(f"share is {self.share!r}: give a share from 0 to below 0.5.")
        if list(self.levels) != sorted(set(self.levels)):
            raise ValueError(f"levels are {self.levels!r}: give each once, the inner ones first.")


def target_rate(count: object, base: object, kind: str = "total") -> float:
    """Rate that all areas are held against.

    Parameters
    ----------
    count, base : array-like of float
        Areas with either missing are left out.
    kind : {"total", "mean"}
        Total count over total base, or the unweighted mean of rates.

    Returns
    -------
    float
        Per one of the base.

    Raises
    ------
    ValueError
        If no area is complete, or the kind is unknown.
    """
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    whole = ~(np.isnan(x) | np.isnan(n))
    if not whole.any():
        raise ValueError("count and base: no area has both. Check that the two tables match.")
    if kind == "total":
        return float(x[whole].sum() / n[whole].sum())
    if kind == "mean":
        return float((x[whole] / n[whole]).mean())
    raise ValueError(f"target {kind!r} is not one of: total, mean.")


def limits(
    expected: object, rule: Rule | None = None, spread: Dispersion | None = None,
    total: object = None,
) -> pd.DataFrame:  # fmt: skip
    """Limits of every level by one rule.

    Parameters
    ----------
    expected : array-like of float
        Expected counts.
    rule : Rule, optional
        Which limits.
    spread : Dispersion, optional
        Needed for ``multiplicative`` and ``additive`` limits.
    total : array-like of float, optional
        Needed for proportions: the wholes.

    Returns
    -------
    pandas.DataFrame
        ``low_95, high_95, low_99_8, high_99_8`` (as many as levels), as counts.

    Raises
    ------
    ValueError
        If the rule widens limits and no spread is given, or is for proportions and
        no total is.
    """
    rule = rule or Rule()
    parts = rule.kind == "proportion"
    if parts and total is None:
        raise ValueError("limits of a proportion need total: give the size of each whole.")
    whole = np.asarray(total, float) if parts else None
    widen = rule.limits in WIDENED
    if widen and spread is None:
        raise ValueError(f"{rule.limits} limits need spread: give the result of dispersion().")
    out = {}
    for level in rule.levels:
        if widen:
            kind = {"phi": spread.phi} if rule.limits == "multiplicative" else {"tau2": spread.tau2}
            low, high = wider_limits(expected, level, scale=rule.scale, total=whole, **kind)
        elif parts:
            share = np.asarray(expected, float) / whole
            low, high = (whole * end for end in binomial_limits(whole, share, level, rule.limits))
        else:
            low, high = poisson_limits(expected, level, rule.limits)
        out[f"low_{suffix(level)}"], out[f"high_{suffix(level)}"] = low, high
    return pd.DataFrame(out, index=getattr(expected, "index", None))


def suffix(level: float) -> str:
    """Name a level in a column: ``95``, ``99_8``.

    Parameters
    ----------
    level : float
        For instance 0.998.

    Returns
    -------
    str
        For instance ``"99_8"``.
    """
    return f"{100 * level:g}".replace(".", "_")


def curve(
    base: object, target: float, rule: Rule | None = None, spread: Dispersion | None = None,
    *, points: int = 80, per: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Limits over a range of sizes, for drawing and for reading off.

    Parameters
    ----------
    base : array-like of float
        Sizes of the areas that the curve must span.
    target : float
        Target rate (per ``per``).
    rule : Rule, optional
        Which limits.
    spread : Dispersion, optional
        For limits that allow for spread beyond chance.
    points : int
        Sizes to work out, evenly spaced on the scale of the fourth root, closer
        together where limits bend.
    per : float, optional
        Children that the rates are given for; that of the rule unless told.

    Returns
    -------
    pandas.DataFrame
        ``base, target`` and the limits as rates.
    """
    rule = rule or Rule()
    per = rule.per if per is None else per
    sizes = np.asarray(base, float)
    low, high = (np.nanmin(sizes) * 0.9) ** 0.25, (np.nanmax(sizes) * 1.05) ** 0.25
    grid = np.linspace(low, high, points) ** 4
    bounds = limits(target / per * grid, rule, spread, grid).mul(per / grid, axis=0)
    return pd.concat([pd.DataFrame({"base": grid, "target": target}), bounds], axis=1)
