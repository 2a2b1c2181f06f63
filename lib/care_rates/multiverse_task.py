"""One task of a specification curve: a (partial) correlation with its bootstrap draws.

Every design comes down to one weighted least-squares problem: an outcome, a factor and
what is held still. It is solved from cross-products, one matrix an authority, so that
drawing authorities again is a weighted sum and not a new regression.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from care_rates import variance
from care_rates.multiverse_grid import LEAST, Cube, Estimate, Specification

PANEL_DESIGNS = ("all years", "within", "all orders")
FLAT = 1e-8
"""Share of a column's variance below which nothing is left once the rest is held still."""


def evaluate(data: Cube, draws: np.ndarray, spec: Specification) -> Estimate:
    """Evaluate one specification.

    Parameters
    ----------
    data : Cube
        The panel.
    draws : numpy.ndarray
        B x G counts from :func:`care_rates.multiverse_grid.resample`.
    spec : Specification
        What to compute.

    Returns
    -------
    Estimate
        Authorities are drawn with all their years (a cluster bootstrap). Under ranks,
        the figures are ranked once and the ranks are drawn. The estimate is not a number
        where fewer than ``LEAST`` authorities are complete, or where nothing is left of
        the factor once the rest is held still.
    """
    y, x, held = _figures(data, spec)
    used = np.isfinite(np.stack([y, x, *held])).all(axis=0)
    kept = data.areas[spec.areas] & used.any(axis=1)
    areas, rows = int(kept.sum()), int(used[kept].sum())
    nothing = Estimate(np.nan, np.nan, areas, rows, np.full(len(draws), np.nan))
    if areas < LEAST:
        return nothing
    weights = np.vstack([np.ones(len(kept)), draws])[:, kept]
    if spec.weights == "children":
        weights = weights * (data.size[kept] / data.size[kept].mean())
    y, x, *held, used = (part[kept] for part in (y, x, *held, used))
    if spec.design == "all orders":
        share = _all_orders(y, x, used, weights)
        return Estimate(float(share[0]), np.nan, areas, rows, share[1:])
    region = data.region[kept] if "region" in spec.controls else None
    block, scale = _design(spec, [y, x, *held], region, used)
    if block is None:
        return nothing
    total = np.tensordot(weights, np.einsum("gtp,gtq->gpq", block, block), axes=1)
    ridge = 1e-9 * rows * np.eye(total.shape[1] - 2)  # a region or year that was not drawn
    slopes = np.linalg.solve(total[:, 2:, 2:] + ridge, total[:, 2:, :2])
    left = total[:, :2, :2] - total[:, :2, 2:] @ slopes
    if min(left[0, 0, 0], left[0, 1, 1]) < FLAT * rows:
        return nothing
    with np.errstate(invalid="ignore", divide="ignore"):
        r = left[:, 0, 1] / np.sqrt(left[:, 0, 0] * left[:, 1, 1])
        slope = left[:, 0, 1] / left[:, 1, 1] * scale[0] / scale[1]
        gap = slope / (scale[0] * np.sqrt(_centred(total, block, weights, used)))
    value = {"correlation": r, "share": 100 * r**2, "gap": gap}[spec.statistic]
    return Estimate(float(value[0]), float(slope[0]), areas, rows, value[1:])


def _centred(total, block, weights, used) -> np.ndarray:
    """Weighted variance of the outcome, in the units of its scale, before anything is held."""
    count = weights @ used.sum(axis=1)
    mean = weights @ block[:, :, 0].sum(axis=1) / count
    return total[:, 0, 0] / count - mean**2


def _figures(data: Cube, spec: Specification) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Give outcome, factor and what is held still: G x T, or G x 1 for one figure an area."""
    inside = (data.years >= spec.period[0]) & (data.years <= spec.period[1])
    years = data.years[inside]
    y, x = (data.figures[name][:, inside] for name in (spec.outcome, spec.factor))
    held = [data.figures[name][:, inside] for name in spec.controls if name != "region"]
    if spec.design in PANEL_DESIGNS:
        return y, x, held
    both = np.isfinite(y) & np.isfinite(x)
    middle, still = len(years) // 2, [_mean(part) for part in held]
    if spec.design == "averages":
        return _mean(y, both), _mean(x, both), still
    if spec.design == "change":
        return _moved(y, years, 0, -1), _mean(x), still
    if spec.design == "growth":
        return _moved(np.log(np.where(y > 0, y, np.nan)), years, 0, -1), _mean(x), still
    if spec.design == "both change":
        return _moved(y, years, 0, -1), _moved(x, years, 0, -1), still
    return _moved(y, years, middle, -1), _moved(x, years, 0, middle), still  # cut first


def _mean(part: np.ndarray, use: np.ndarray | None = None) -> np.ndarray:
    """Mean over the years that have a figure (or over those in ``use``)."""
    use = np.isfinite(part) if use is None else use
    count = use.sum(axis=1, keepdims=True)
    total = np.where(use, part, 0).sum(axis=1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _moved(part: np.ndarray, years: np.ndarray, first: int, last: int) -> np.ndarray:
    """Change a year between two years."""
    return (part[:, [last]] - part[:, [first]]) / (years[last] - years[first])


def _design(spec, parts, region, used) -> tuple[np.ndarray | None, np.ndarray]:
    """Columns at unit root mean square, noughts where unused: G x T x P, and their scales."""
    if spec.scale == "ranks":
        parts = [_ranks(part, used) for part in parts]
    shape = used.shape
    if spec.design == "within":
        parts = parts + [np.broadcast_to(np.eye(shape[1])[t], shape) for t in range(1, shape[1])]
        block = np.where(used[:, :, None], np.stack(parts, axis=-1), 0.0)
        block = block - (block.sum(axis=1) / used.sum(axis=1)[:, None])[:, None, :]
    else:
        dummies = [] if region is None else [region == code for code in np.unique(region)[1:]]
        extra = [np.broadcast_to(one[:, None], shape).astype(float) for one in dummies]
        block = np.stack([*parts, *extra], axis=-1)
        middle = np.where(used[:, :, None], block, 0.0).sum(axis=(0, 1)) / used.sum()
        block = np.concatenate([block - middle, np.ones((*shape, 1))], axis=-1)
    block = np.where(used[:, :, None], block, 0.0)
    scale = np.sqrt((block**2).sum(axis=(0, 1)) / used.sum())
    whole = [np.abs(part[used]).max() for part in parts[:2]]
    if any(one <= np.sqrt(FLAT) * most for one, most in zip(scale[:2], whole, strict=True)):
        return None, scale
    return block / np.where(scale > 0, scale, 1.0), scale


def _ranks(part: np.ndarray, used: np.ndarray) -> np.ndarray:
    out = np.zeros_like(part)
    out[used] = rankdata(part[used]) / used.sum()
    return out


def _all_orders(y, x, used, weights) -> np.ndarray:
    """Share of deprivation, averaged over its orders with years and authorities, in percent."""
    who, when = np.nonzero(used)
    frame = pd.DataFrame({"unit_id": who, "year": when, "y": y[used], "x": x[used]})
    found = variance.moments(frame, "y", {"deprivation": ["x"]})
    r2 = variance.subsets(found, weights[:, list(found.entities)])
    return 100 * variance.lmg(r2, found.blocks)[:, 0]
