"""Run the specifications of a curve, each a small task of its own.

All of them see the same bootstrap draws of authorities, so that their errors can be put
together (:mod:`care_rates.multiverse_summary`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from care_rates.multiverse_grid import Cube, Specification
from care_rates.multiverse_task import evaluate


def run(
    data: Cube, specs: Sequence[Specification], draws: np.ndarray,
    map_tasks: Callable[[Callable, Iterable], Iterable] = map, level: float = 0.95,
) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """Evaluate many specifications, each a small task of its own.

    Parameters
    ----------
    data : Cube
        The panel.
    specs : sequence of Specification
        What to compute.
    draws : numpy.ndarray
        B x G counts from :func:`care_rates.multiverse_grid.resample`.
    map_tasks : callable
        Called as ``map_tasks(function, items)``: the built-in ``map``, or one that spreads
        tasks over processes or machines. The result does not depend on it.
    level : float
        Coverage of the intervals.

    Returns
    -------
    tuple of (pandas.DataFrame, numpy.ndarray)
        One row a specification: its fields, ``estimate, low, high`` (percentile
        interval), ``error`` (standard deviation of the draws), ``p`` (two-sided, normal,
        estimate over error), ``slope, authorities, rows``; and S x B draws of the
        estimates. Specifications that the figures cannot carry are left out;
        ``attrs["left_out"]`` counts them.

    Raises
    ------
    ValueError
        If the figures cannot carry a single one.
    """
    found = list(map_tasks(partial(evaluate, data, draws), specs))
    fine = [i for i, one in enumerate(found) if np.isfinite(one.estimate)]
    if not fine:
        raise ValueError(
            f"None of {len(specs)} specifications can be computed: check periods and columns "
            "for missing figures."
        )
    matrix = np.array([found[i].draws for i in fine])
    table = pd.DataFrame([asdict(specs[i]) for i in fine])
    low, high = np.nanquantile(matrix, [(1 - level) / 2, (1 + level) / 2], axis=1)
    estimate, error = np.array([found[i].estimate for i in fine]), np.nanstd(matrix, axis=1, ddof=1)
    table = table.assign(
        estimate=estimate, low=low, high=high, error=error,
        p=2 * stats.norm.sf(np.abs(estimate) / error),
        slope=[found[i].slope for i in fine], authorities=[found[i].areas for i in fine],
        rows=[found[i].rows for i in fine],
    )  # fmt: skip
    table["period"] = [f"{first} to {last}" for first, last in table["period"]]
    table.attrs["left_out"] = len(specs) - len(fine)
    return table, matrix
