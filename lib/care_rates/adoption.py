"""A model of adopting better practice: children, placements, spending, year by year.

``system`` is a frame with one row an authority: ``stock`` (children in care now),
``started`` and ``left`` (entries and exits of the last year), ``residential`` and
``foster`` (of the stock), weekly costs ``cost_residential``, ``cost_foster``,
``cost_other``, and the gaps to the target, ``gap`` (share of the stock) and
``gap_residential`` (share of the residential share).
Two things always hold: entries less exits equal the change of the stock, and the
placements add up to the stock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

WEEKS = 365.25 / 7
COLUMNS = (
    "stock", "started", "left", "residential", "foster",
    "cost_residential", "cost_foster", "cost_other", "gap", "gap_residential",
)  # fmt: skip


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


def check_system(system: pd.DataFrame) -> None:
    """Refuse a system that the model cannot run.

    Parameters
    ----------
    system : pandas.DataFrame
        See the module.

    Raises
    ------
    ValueError
        Naming the column and the authority.
    """
    for name in COLUMNS:
        if name not in system:
            raise ValueError(f"system has no column {name!r}.")
        bad = ~np.isfinite(system[name].astype(float))
        if bad.any():
            raise ValueError(f"{name} of {bad.idxmax()} is missing: leave the authority out.")
    over = system["residential"] + system["foster"] > system["stock"] + 1e-9
    if over.any():
        raise ValueError(f"the placements of {over.idxmax()} are more than its children.")


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


def simulate(
    system: pd.DataFrame, assumptions: Assumptions, years: int = 5, draws: int = 1000,
    seed: int = 1, areas: bool = False, gaps: Mapping[str, np.ndarray] | None = None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Run the system forward, with and without the model.

    Parameters
    ----------
    system : pandas.DataFrame
        See the module.
    assumptions : Assumptions
        What is taken for granted.
    years, draws, seed : int
        Length, number of simulated futures, seed.
    areas : bool
        Keep each authority apart.
    gaps : mapping of str to numpy.ndarray, optional
        ``gap`` and ``gap_residential`` that differ between futures, shape (draws,) or
        (n, draws); they take the place of the system's (see
        :mod:`care_rates.adoption_sources`).

    Returns
    -------
    dict of str to numpy.ndarray
        Shape (years + 1, draws), the first row the present: sums over authorities of
        ``stock_without``, ``stock_with``, ``residential_without``, ``residential_with``,
        ``foster_with``, ``other_with``, ``cost_without``, ``cost_with`` (what children
        at the year's end cost a year), ``spend_without``, ``spend_with``,
        ``investment`` (pounds), ``entries_with``, ``exits_with``, ``saving`` (spending
        avoided less investment). Children and placements are those at the year's end;
        spending is that of the year: the mean of what children and placements at its
        beginning and at its end cost, at the year's prices (in the first row, what they
        cost at the end). With ``areas`` also ``area_stock_with``,
        ``area_stock_without`` and ``area_saving`` in the last year, shape (n, draws).

    Raises
    ------
    ValueError
        If the system, an assumption or a gap is faulty.
    """
    check_system(system)
    rng = np.random.default_rng(seed)
    drawn = {k: triangle(rng, v, draws) for k, v in assumptions.triangles().items()}
    now = {name: system[name].to_numpy(float)[:, None] for name in COLUMNS}
    for name, gap in (gaps or {}).items():
        if name not in ("gap", "gap_residential") or not ((gap >= 0) & (gap <= 1)).all():
            raise ValueError(f"gaps: {name!r} must be gap or gap_residential, from 0 to 1.")
        now[name] = gap
    share = {kind: now[kind] / now["stock"] for kind in ("residential", "foster")}
    leaving = now["left"] / (now["stock"] + now["left"])  # of those there and those who came
    logit = np.log(leaving / (1 - leaving))
    shape = (len(system), draws)
    without = with_model = np.broadcast_to(now["stock"], shape)
    walk, running = [np.zeros(shape), np.zeros(shape)], {}
    names = ("stock_without", "stock_with", "residential_without", "residential_with",
             "foster_with", "other_with", "cost_without", "cost_with", "spend_without",
             "spend_with", "investment",
             "entries_with", "exits_with", "saving")  # fmt: skip
    out = {name: np.zeros((years + 1, draws)) for name in names}
    for year in range(years + 1):
        reach = drawn["success"] * reached(year, drawn["pace"], drawn["ramp"]) if year else 0.0
        if year:
            for place, spread in enumerate(assumptions.local_noise):
                if spread:
                    walk[place] = walk[place] + spread * rng.standard_normal(shape)
            entries = now["started"] * (1 + drawn["entries_growth"]) ** year * np.exp(walk[0])
            stay = 1 / (1 + np.exp(logit + walk[1]))
            without = (without + entries) * stay
            free = (with_model + entries) * stay
            goal = np.minimum(free, without * (1 - reach * now["gap"]))
            kept_out = assumptions.at_the_door * (free - goal) / stay
            out["entries_with"][year] = (entries - kept_out).sum(axis=0)
            out["exits_with"][year] = (with_model + entries - kept_out - goal).sum(axis=0)
            with_model = goal
        home = np.minimum(share["residential"] * (1 + drawn["residential_growth"]) ** year, 1.0)
        rest = (1 - home) / np.maximum(1 - share["residential"], 1e-12)
        moved = home * reach * now["gap_residential"]
        price = WEEKS * (1 + drawn["cost_growth"]) ** year
        costs = [now[f"cost_{kind}"] for kind in ("residential", "foster", "other")]
        mixes = [(home, share["foster"] * rest), (home - moved, share["foster"] * rest + moved)]
        spends = []
        for label, stock, (res, fos) in zip(
            ("without", "with"), (without, with_model), mixes, strict=True
        ):
            parts = [stock * res, stock * fos, stock * (1 - res - fos)]
            at_end = sum(p * c for p, c in zip(parts, costs, strict=True))
            at_start = running.get(label, at_end)
            spends.append(price * (at_start + at_end) / 2)
            running[label] = at_end
            out[f"cost_{label}"][year] = (price * at_end).sum(axis=0)
            out[f"stock_{label}"][year] = stock.sum(axis=0)
            out[f"residential_{label}"][year] = parts[0].sum(axis=0)
            out[f"spend_{label}"][year] = spends[-1].sum(axis=0)
        out["foster_with"][year], out["other_with"][year] = (
            parts[1].sum(axis=0),
            parts[2].sum(axis=0),
        )
        supported = now["stock"] * drawn["supported"] / 100
        joined = begun(year, drawn["pace"]) if year else 0.0
        paid = supported * joined * drawn["cost_per_child"] * (price / WEEKS)
        out["investment"][year] = paid.sum(axis=0)
        saving = spends[0] - spends[1] - paid
        out["saving"][year] = saving.sum(axis=0)
    if areas:
        out |= {"area_stock_with": with_model, "area_stock_without": without, "area_saving": saving}
    return out
