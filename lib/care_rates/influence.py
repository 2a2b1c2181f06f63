"""Shares of variance with what they hang on: draws of areas, one area, one year left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.variance import bootstrap, leave_one_out, lmg, moments, subsets


def shares(
    frame: pd.DataFrame, y: str, blocks: Mapping[str, Sequence[str]], *, draws: int, seed: int,
    alpha: float = 0.05, names: Mapping[str, str] | None = None, entity: str = "unit_id",
    time: str = "year",
) -> pd.DataFrame:  # fmt: skip
    """Give order-free shares of variance and how far they move.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area and year; rows with a missing value are left out.
    y : str
        Outcome column.
    blocks : mapping of str to sequence of str
        Named groups of columns (see :func:`care_rates.variance.moments`).
    draws, seed : int
        Bootstrap draws of whole areas, and their seed.
    alpha : float
        One minus the coverage of the percentile intervals.
    names : mapping of str to str, optional
        Names of areas by code.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.DataFrame
        By source, percent of the variance (LMG shares of adjusted R-squared): ``share``,
        ``low, high``; ``lowest area, highest area`` (leaving one area out at a time) and
        ``most telling`` (the area whose absence moves the share furthest); ``lowest
        year, highest year`` (leaving one year out); ``rows, areas`` and ``years`` used.
    """
    data = moments(frame, y, blocks)
    sources = list(data.blocks)

    def percent(weights: np.ndarray | None = None, part=data) -> np.ndarray:
        return 100 * lmg(subsets(part, weights, adjusted=True), sources)

    whole = percent()[0]
    low, high = np.percentile(percent(bootstrap(data, draws, seed)),
                              [50 * alpha, 100 - 50 * alpha], axis=0)  # fmt: skip
    without = percent(leave_one_out(data))
    furthest = np.abs(without - whole).argmax(axis=0)
    codes = [data.entities[place] for place in furthest]
    rest = [frame[frame[time] != year] for year in data.times]
    years = np.array([percent(part=moments(part, y, blocks))[0] for part in rest])
    return pd.DataFrame(
        {
            "share": whole, "low": low, "high": high,
            "lowest area": without.min(axis=0), "highest area": without.max(axis=0),
            "most telling": [names.get(code, code) if names else code for code in codes],
            "lowest year": years.min(axis=0), "highest year": years.max(axis=0),
            "rows": data.nobs, "areas": len(data.entities),
            "years": f"{data.times[0]} to {data.times[-1]}",
        },
        index=pd.Index(sources, name="source"),
    )  # fmt: skip
