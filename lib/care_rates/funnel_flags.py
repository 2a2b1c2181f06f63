"""Which limit of a funnel an area crosses, as a signed number and in words.

A flag is 0 inside all limits, 1 above the first, 2 above the second, negative below. A
count on a limit is inside. The count and its limits must be of the same area: dividing
both by its base changes nothing, so that rates, ratios and proportions are flagged alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from care_rates.funnel_rules import LEVELS, suffix


def crossings(count: object, bounds: pd.DataFrame, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Count the limits that each area crosses.

    Parameters
    ----------
    count : array-like of float
        Observed counts.
    bounds : pandas.DataFrame
        From :func:`care_rates.funnel_rules.limits`.
    levels : sequence of float
        Levels to look at, inner first.

    Returns
    -------
    numpy.ndarray
        0 inside all limits, 1 or 2 above the first or second, negative below; a
        count on a limit is inside; missing where count or limit is.
    """
    x = np.asarray(count, dtype=float)
    flag = np.where(np.isnan(x) | bounds.isna().any(axis=1), np.nan, 0.0)
    for level in levels:
        low, high = (bounds[f"{end}_{suffix(level)}"].to_numpy() for end in ("low", "high"))
        flag = flag + (x > high) - (x < low)
    return flag


def words(flag: object, levels: Sequence[float] = LEVELS) -> list[str]:
    """Say in words which limit is crossed.

    Parameters
    ----------
    flag : array-like of float
        From :func:`crossings`.
    levels : sequence of float
        The levels, inner first.

    Returns
    -------
    list of str
        ``inside``, ``above 95%``, ``below 99.8%`` … or ``not known``.
    """
    names = {0: "inside"} | {
        side * (i + 1): f"{way} {100 * level:g}%"
        for i, level in enumerate(levels)
        for side, way in ((1, "above"), (-1, "below"))
    }
    return ["not known" if np.isnan(f) else names[int(f)] for f in np.asarray(flag, float)]
