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

import numpy as np
import pandas as pd

from care_rates.adoption_assumptions import Assumptions, begun, reached, triangle

__all__ = ["COLUMNS", "WEEKS", "Assumptions", "begun", "check_system", "reached", "simulate",
           "triangle"]  # fmt: skip

WEEKS = 365.25 / 7
COLUMNS = (
    "stock", "started", "left", "residential", "foster",
    "cost_residential", "cost_foster", "cost_other", "gap", "gap_residential",
)  # fmt: skip
BLOCK = 500
"""Futures that are run at once: as many as keep the arrays of all authorities small."""
SUMS = (
    "stock_without", "stock_with", "residential_without", "residential_with", "foster_with",
    "other_with", "cost_without", "cost_with", "spend_without", "spend_with", "investment",
    "entries_with", "exits_with", "saving",
)  # fmt: skip


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
    now = _inputs(system, gaps)
    rng = np.random.default_rng(seed)
    drawn = {k: triangle(rng, v, draws) for k, v in assumptions.triangles().items()}
    parts = []
    for start in range(0, draws, BLOCK):
        block = slice(start, start + BLOCK)
        here = {k: v[..., block] if v.shape[-1] == draws else v for k, v in now.items()}
        some = {k: v[block] for k, v in drawn.items()}
        parts.append(_futures(here, some, assumptions, years, rng, areas))
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _futures(
    now: Mapping[str, np.ndarray], drawn: Mapping[str, np.ndarray], assumptions: Assumptions,
    years: int, rng: np.random.Generator, areas: bool,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Run a block of futures: what :func:`simulate` gives, of these draws."""
    share = {kind: now[kind] / now["stock"] for kind in ("residential", "foster")}
    leaving = now["left"] / (now["stock"] + now["left"])  # of those there and those who came
    logit = np.log(leaving / (1 - leaving))
    shape = (len(now["stock"]), len(drawn["success"]))
    without = with_model = np.broadcast_to(now["stock"], shape)
    walk, running = [np.zeros(shape), np.zeros(shape)], {}
    out = {name: np.zeros((years + 1, shape[1])) for name in SUMS}
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
        for name, part in zip(("foster_with", "other_with"), parts[1:], strict=True):
            out[name][year] = part.sum(axis=0)
        supported = now["stock"] * drawn["supported"] / 100
        joined = begun(year, drawn["pace"]) if year else 0.0
        paid = supported * joined * drawn["cost_per_child"] * (price / WEEKS)
        out["investment"][year] = paid.sum(axis=0)
        saving = spends[0] - spends[1] - paid
        out["saving"][year] = saving.sum(axis=0)
    if areas:
        out |= {"area_stock_with": with_model, "area_stock_without": without, "area_saving": saving}
    return out


def _inputs(system: pd.DataFrame, gaps: Mapping[str, np.ndarray] | None) -> dict[str, np.ndarray]:
    """Turn a system into columns, gaps that differ between futures in place of its own."""
    check_system(system)
    now = {name: system[name].to_numpy(float)[:, None] for name in COLUMNS}
    for name, gap in (gaps or {}).items():
        if name not in ("gap", "gap_residential") or not ((gap >= 0) & (gap <= 1)).all():
            raise ValueError(f"gaps: {name!r} must be gap or gap_residential, from 0 to 1.")
        now[name] = gap
    return now
