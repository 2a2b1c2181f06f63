"""Where to write names beside points, so that few lie over a point, a line or each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

NEAR, LINE, LETTER = 6.0, 13.0, 6.2
"""Gap between point and name, height of a line and width of a letter, in pixels."""
FAR = 16.0
"""From this distance on a name needs a line that leads to its point."""
_POINT, _NAME, _CURVE, _EDGE, _AWAY = 1.0, 4.0, 0.3, 9.0, 0.02
"""What it costs to cover a point, a name, a piece of a curve or the frame, and a pixel of
distance: fifty pixels of leading line are worth one covered point."""


def _options() -> pd.DataFrame:
    """Anchors of a name around its point: four sides close by, then rings further out."""
    close = [(NEAR, 0, "left"), (-NEAR, 0, "right"), (0, -11, "center"), (0, 12, "center")]
    rings = [
        (far * np.cos(turn), -far * np.sin(turn), "left" if np.cos(turn) >= 0 else "right")
        for far in (24.0, 40, 60, 84, 112)
        for turn in np.radians([20, -20, 45, -45, 160, -160, 135, -135, 70, -70, 110, -110])
    ]
    return pd.DataFrame([*close, *rings], columns=["dx", "dy", "align"])


def place(
    x: np.ndarray, y: np.ndarray, names: Sequence[str], size: tuple[float, float],
    curves: np.ndarray | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Choose a place for each name, one after the other.

    Parameters
    ----------
    x, y : numpy.ndarray
        Points in pixels, from the upper left corner; those with names come first.
    names : sequence of str
        Names of the first points.
    size : tuple of float
        Width and height of the frame in pixels.
    curves : numpy.ndarray, optional
        Points along drawn lines (two columns), which names should rather not cover.

    Returns
    -------
    pandas.DataFrame
        One row a name: ``dx, dy`` (from point to anchor), ``align`` (``left``,
        ``right``, ``center``) and ``far`` (whether a line should lead to it).
    """
    width, height = size
    options = _options()
    dots = np.column_stack([x, y]).astype(float)
    lines = np.empty((0, 2)) if curves is None else np.asarray(curves, float)
    taken = np.empty((0, 4))
    rows = []
    for i, name in enumerate(names):
        wide = LETTER * len(name)
        shift = options["align"].map({"left": 0.0, "right": -wide, "center": -wide / 2})
        left = x[i] + options["dx"].to_numpy() + shift.to_numpy()
        top = y[i] + options["dy"].to_numpy() - LINE / 2
        box = np.column_stack([left, left + wide, top, top + LINE])
        others = np.delete(dots, i, axis=0)
        cost = _POINT * _inside(box, others, 4) + _CURVE * _inside(box, lines, 0)
        cost += _NAME * _overlaps(box, taken)
        cost += _EDGE * ((left < 2) | (left + wide > width) | (top < 0) | (top + LINE > height))
        away = np.hypot(options["dx"], options["dy"]).to_numpy()
        best = int(np.argmin(np.round(cost + _AWAY * np.maximum(away - FAR, 0), 9)))
        taken = np.vstack([taken, box[best]])
        rows.append({**options.loc[best], "far": bool(away[best] >= FAR)})
    return pd.DataFrame(rows, columns=["dx", "dy", "align", "far"])


def _inside(box: np.ndarray, points: np.ndarray, margin: float) -> np.ndarray:
    px, py = points[:, 0], points[:, 1]
    across = (px > box[:, [0]] - margin) & (px < box[:, [1]] + margin)
    return (across & (py > box[:, [2]] - margin) & (py < box[:, [3]] + margin)).sum(axis=1)


def _overlaps(box: np.ndarray, taken: np.ndarray) -> np.ndarray:
    across = (box[:, [0]] < taken[:, 1]) & (taken[:, 0] < box[:, [1]])
    return (across & (box[:, [2]] < taken[:, 3]) & (taken[:, 2] < box[:, [3]])).sum(axis=1)
