"""The best-neighbour source alone, for each authority and beside the printed outcomes.

``table`` and ``system`` are those of :mod:`care_rates.adoption_inputs`; true values come
from :mod:`care_rates.winners_curse`. Everything is adopted in full and at once, at the
weekly costs of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_rates.adoption import WEEKS
from care_rates.winners_curse import Attainable


def spending(system: pd.DataFrame, children, homes) -> np.ndarray:
    """Yearly cost of some number of children, some of them in residential homes.

    Parameters
    ----------
    system : pandas.DataFrame
        One row an authority.
    children : array-like, shape (..., n)
        Children in care, over those of the system.
    homes : array-like, shape (..., n)
        Share in residential homes, over that of the system; who does not live there
        lives with a foster family.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        Pounds a year.
    """
    stock, res, fos, *costs = (
        system[c].to_numpy(float)
        for c in ("stock", "residential", "foster", "cost_residential", "cost_foster", "cost_other")
    )
    moved = res * (1 - np.asarray(homes, dtype=float))
    parts = (res - moved, fos + moved, stock - res - fos)
    each = sum(part * cost for part, cost in zip(parts, costs, strict=True))
    return WEEKS * np.asarray(children, dtype=float) * each


@dataclass(frozen=True)
class Effect:
    """What the best neighbour's level would change, authority by authority.

    Parameters
    ----------
    children, homes : numpy.ndarray, shape (n,)
        Children in care, and the residential share, over today's: as in the figures.
    real_children, real_homes : numpy.ndarray, shape (draws, n)
        The same in true values.
    """

    children: np.ndarray
    homes: np.ndarray
    real_children: np.ndarray
    real_homes: np.ndarray


def effect(system: pd.DataFrame, table: pd.DataFrame, care: Attainable, home: Attainable) -> Effect:
    """Collect the changes for the authorities of a system.

    Parameters
    ----------
    system, table : pandas.DataFrame
        See the module.
    care, home : care_rates.winners_curse.Attainable
        Of children in care and of the residential share, in the order of ``table``.

    Returns
    -------
    Effect
        In the order of ``system``.
    """
    place = table.index.get_indexer(system.index)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [(a.goal / a.own)[:, place] for a in (care, home)]
    return Effect(
        1 - system["gap"].to_numpy(), 1 - system["gap_residential"].to_numpy(),
        *(np.where(np.isfinite(p), p, 1.0) for p in parts),
    )  # fmt: skip


def by_authority(system: pd.DataFrame, change: Effect, alpha: float = 0.05) -> pd.DataFrame:
    """Give each authority its target, with what chance leaves of it.

    Parameters
    ----------
    system : pandas.DataFrame
        See the module.
    change : Effect
        From :func:`effect`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        By area, in alphabetical order: children in care, residential share in percent
        and yearly cost in £ million, each now, at the neighbours' level, and at that
        level with chance taken out (mean, low, high).
    """
    stock = system["stock"].to_numpy()
    share = 100 * system["residential"].to_numpy() / stock
    now = spending(system, 1.0, 1.0) / 1e6
    cells = {
        "children in care": (stock, stock * change.children, stock * change.real_children),
        "residential share, %": (share, share * change.homes, share * change.real_homes),
        "cost, £m": (now, spending(system, change.children, change.homes) / 1e6,
                 spending(system, change.real_children, change.real_homes) / 1e6),
    }  # fmt: skip
    out = {}
    for name, (today, figures, real) in cells.items():
        low, high = np.quantile(real, [alpha / 2, 1 - alpha / 2], axis=0)
        parts = {"now": today, "at that level": figures, "chance out": real.mean(axis=0)}
        parts |= {"chance out, low": low, "chance out, high": high}
        out |= {f"{name}: {k}": v for k, v in parts.items()}
    made = pd.DataFrame(out, index=pd.Index(system["area"], name="area"))
    return made.sort_index()


def england(
    system: pd.DataFrame, change: Effect, known: Mapping[str, float], alpha: float = 0.05
) -> pd.DataFrame:
    """Work the printed outcomes out from the best neighbour alone.

    Parameters
    ----------
    system : pandas.DataFrame
        See the module; the authorities left out are taken to change as those in it.
    change : Effect
        From :func:`effect`.
    known : mapping of str to float
        ``low, high`` (forecasts of children in care), ``spend`` (forecast spending) and
        ``growth`` (its growth), ``gross`` (today's spending) and ``stock`` (today's
        children in care), ``invest``; pounds.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        By outcome: ``figures``, ``likely``, ``low``, ``high``. The share of spending
        saved is that of weekly costs, and holds for the part of the forecast that they
        cover (weekly costs raised to all children over ``gross``).
    """
    stock, res = (system[c].to_numpy() for c in ("stock", "residential"))
    now = spending(system, 1.0, 1.0).sum()
    covered = now * known["stock"] / stock.sum() / known["gross"]
    rows = {}
    for kind, children, homes in (
        ("figures", change.children, change.homes),
        ("real", change.real_children, change.real_homes),
    ):
        left = (stock * children).sum(axis=-1) / stock.sum()
        fewer = 1 - (res * homes).sum(axis=-1) / res.sum()
        saved = 1 - spending(system, children, homes).sum(axis=-1) / now
        gross = saved * covered * known["spend"]
        kept = res.sum() / stock.sum() * fewer * left
        rows[kind] = {
            "children in care, % lower": 100 * (1 - left),
            "children in care, from the lower forecast": known["low"] * left,
            "children in care, from the upper forecast": known["high"] * left,
            "more at home, from the upper forecast": known["high"] * (1 - left),
            "residential share, % lower": 100 * fewer,
            "more in family homes, from the lower forecast": known["low"] * kept,
            "more in family homes, from the upper forecast": known["high"] * kept,
            "spending lower by, before investment, £bn": gross / 1e9,
            "spending lower by, net of investment, £bn": (gross - known["invest"]) / 1e9,
            "share of growth mitigated, net, %": 100 * (gross - known["invest"]) / known["growth"],
        }  # fmt: skip
    real = pd.DataFrame(rows["real"])
    low, high = (real.quantile(p) for p in (alpha / 2, 1 - alpha / 2))
    return pd.DataFrame(
        {"figures": pd.Series(rows["figures"]), "likely": real.mean(), "low": low, "high": high}
    )
