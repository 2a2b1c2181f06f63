"""What the adoption model takes for granted, and how fast adoption goes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np


@dataclass(frozen=True)
class Assumptions:
    """What the model takes for granted: each a (low, likely, high) triangle, or a number.

    Parameters
    ----------
    success : tuple of float
        Share of the gap to the target that is closed in the end.
    pace : tuple of float
        Years until all authorities have begun, evenly one after the other; 0: all at once.
    ramp : tuple of float
        Years from the beginning until an authority has closed that share, in a
        straight line.
    entries_growth : tuple of float
        Yearly growth of entries without the model.
    residential_growth : tuple of float
        Yearly growth of the residential share without the model.
    cost_growth : tuple of float
        Yearly growth of all costs.
    cost_per_child : tuple of float
        Support of one child, pounds a year.
    supported : tuple of float
        Children supported a year where it has begun, for every 100 in care at the start.
    at_the_door : float
        Share of the fall that comes from fewer entries; the rest leaves sooner.
    local_noise : tuple of float
        Yearly spread of log entries and of the logit of the share leaving, of each
        authority alone.
    """

    success: tuple[float, float, float] = (0.25, 0.5, 1.0)
    pace: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ramp: tuple[float, float, float] = (2.0, 4.0, 8.0)
    entries_growth: tuple[float, float, float] = (-0.02, 0.0, 0.02)
    residential_growth: tuple[float, float, float] = (0.0, 0.02, 0.05)
    cost_growth: tuple[float, float, float] = (0.01, 0.03, 0.08)
    cost_per_child: tuple[float, float, float] = (5500.0, 6800.0, 9000.0)
    supported: tuple[float, float, float] = (30.0, 37.5, 45.0)
    at_the_door: float = 0.5
    local_noise: tuple[float, float] = (0.05, 0.05)

    def triangles(self) -> dict[str, tuple[float, float, float]]:
        """Give the assumptions that vary, by name.

        Returns
        -------
        dict of str to tuple of float
            Low, likely, high.
        """
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v for k, v in found.items() if k not in ("at_the_door", "local_noise")}

    def fixed(self, **values: float) -> Assumptions:
        """Fix every assumption at its likely value, some at another, without noise.

        Parameters
        ----------
        **values : float
            Assumptions that take another value.

        Returns
        -------
        Assumptions
            For a single path.

        Raises
        ------
        ValueError
            If there is no such assumption.
        """
        unknown = sorted(set(values) - set(self.triangles()))
        if unknown:
            raise ValueError(
                f"no assumption {unknown[0]!r}; it has: {', '.join(self.triangles())}."
            )
        middle = {k: values.get(k, v[1]) for k, v in self.triangles().items()}
        return replace(self, **{k: (v, v, v) for k, v in middle.items()}, local_noise=(0.0, 0.0))


def triangle(rng: np.random.Generator, ends: tuple[float, float, float], draws: int) -> np.ndarray:
    """Draw from a triangle of low, likely and high.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not touched where low and high are the same.
    ends : tuple of float
        Low, likely, high.
    draws : int
        How many.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        The values.

    Raises
    ------
    ValueError
        If the ends are out of order.
    """
    low, likely, high = ends
    if not low <= likely <= high:
        raise ValueError(f"a triangle needs low <= likely <= high, not {ends}.")
    if low == high:
        return np.full(draws, float(low))
    return rng.triangular(low, likely, high, draws)


def begun(year: float, pace) -> np.ndarray:
    """Share of authorities that have begun, averaged over the year that ends.

    Parameters
    ----------
    year : float
        Years from now, 1 or more.
    pace : array-like of float
        See :class:`Assumptions`.

    Returns
    -------
    numpy.ndarray
        Mean of ``min(1, t / pace)`` for t from ``year - 1`` to ``year``.
    """
    return _risen(year, pace) - _risen(year - 1, pace)


def reached(year: float, pace, ramp) -> np.ndarray:
    """Share of what is reached in the end, averaged over authorities, at a year's end.

    Parameters
    ----------
    year : float
        Years from now.
    pace, ramp : array-like of float
        See :class:`Assumptions`.

    Returns
    -------
    numpy.ndarray
        Mean of ``min(1, (year - s) / ramp)`` over beginnings ``s`` spread evenly from 0
        to ``pace``; for a single authority, over when it may begin.
    """
    pace = np.asarray(pace, dtype=float)
    spread = np.maximum(pace, 1e-9)
    since = np.maximum(year - spread, 0.0)
    even = (_risen(year, ramp) - _risen(since, ramp)) / spread
    ramp = np.maximum(np.asarray(ramp, dtype=float), 1e-12)
    return np.where(pace > 1e-6, even, np.minimum(1.0, year / ramp))


def _risen(time, length) -> np.ndarray:
    """Area under ``min(1, t / length)`` from 0 to ``time``."""
    length = np.maximum(np.asarray(length, dtype=float), 1e-12)
    return np.where(time <= length, np.square(time) / (2 * length), time - length / 2)
