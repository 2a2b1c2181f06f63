"""Speed of exact funnel limits, against scipy called area by area.

Run with one core: ``OMP_NUM_THREADS=1 python benchmarks/bench_funnel.py``. Times are
the best of three; the ratio is what counts, since machines differ. The limits of the
sample are checked to be the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from care_rates.funnel_limits import METHODS, poisson_limits

AREAS, SAMPLE, SEED = 1_000_000, 2_000, 1
LEVELS = (0.95, 0.998)


def best(work: Callable[[], object], times: int = 3) -> float:
    """Time a piece of work.

    Parameters
    ----------
    work : callable
        Called without arguments.
    times : int
        How often.

    Returns
    -------
    float
        Seconds of the fastest call.
    """
    seen = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seen.append(time.perf_counter() - start)
    return min(seen)


def one_by_one(expected: np.ndarray) -> np.ndarray:
    """Give whole-count limits of both levels with one scipy call an area and limit.

    Parameters
    ----------
    expected : numpy.ndarray
        Expected counts.

    Returns
    -------
    numpy.ndarray, shape (areas, 4)
        Lower and upper limits.
    """
    tails = [p for level in LEVELS for p in ((1 - level) / 2, (1 + level) / 2)]
    return np.array([[stats.poisson.ppf(p, mean) for p in tails] for mean in expected])


def main() -> None:
    """Print the times and the ratio."""
    expected = np.random.default_rng(SEED).uniform(1, 3000, AREAS)
    few = expected[:SAMPLE]
    ours = np.column_stack([end for v in LEVELS for end in poisson_limits(few, v, "counts")])
    assert (ours == one_by_one(few)).all(), "the limits differ from scipy's"
    print(f"{AREAS:,} areas, 95% and 99.8% limits")
    for method in METHODS:
        seconds = best(lambda m=method: [poisson_limits(expected, v, m) for v in LEVELS])
        print(f"  {method:14}{seconds:7.2f} s")
    whole = best(lambda: [poisson_limits(expected, v, "counts") for v in LEVELS])
    loop = best(lambda: one_by_one(few), 1) / SAMPLE * AREAS
    print(
        f"  scipy, area by area (from {SAMPLE:,}): {loop:,.0f} s, {loop / whole:,.0f} times longer"
    )
    array = best(lambda: [stats.poisson.ppf((1 - v) / 2, expected) for v in LEVELS], 1) * 2
    print(f"  scipy on the whole array: {array:.1f} s, {array / whole:.1f} times longer")


if __name__ == "__main__":
    main()
