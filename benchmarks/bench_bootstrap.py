"""Time the bootstrap of one rank correlation: ours against two ways with scipy.

Run: ``python benchmarks/bench_bootstrap.py``. Prints medians in seconds and ratios to ours.
All three draw 151 pairs with replacement and rank every resample anew, ties included.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from statistics import median
from time import perf_counter

import numpy as np
from scipy import stats

from care_rates.resampling import bca_interval, bootstrap, leave_one_out

PAIRS, RESAMPLES, SEED = 151, 10_000, 2018
REPEATS = {"ours": 9, "scipy.stats.bootstrap, vectorised": 3, "loop over scipy.stats.spearmanr": 1}
TARGET = 0.5
"""Seconds for one pair on one core, from the specification."""


def pairs() -> tuple[np.ndarray, np.ndarray]:
    """Draw a pair of columns with the ties of rates and percentages as printed."""
    rng = np.random.default_rng(SEED)
    x = np.round(20 + 6 * rng.normal(size=PAIRS), 1)
    return x, np.round(60 + 2 * (x - 20) + 18 * rng.normal(size=PAIRS))


def ours(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """BCa interval by counts of draws."""
    rs = stats.spearmanr(x, y).statistic
    return bca_interval(bootstrap(x, y, RESAMPLES, SEED), rs, leave_one_out(x, y))


def vectorised(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """BCa interval by scipy.stats.bootstrap with a statistic that takes an axis."""

    def coefficient(a, b, axis):
        a, b = (stats.rankdata(z, axis=axis) for z in (a, b))
        a, b = a - a.mean(axis=axis, keepdims=True), b - b.mean(axis=axis, keepdims=True)
        return (a * b).sum(axis) / np.sqrt((a * a).sum(axis) * (b * b).sum(axis))

    found = stats.bootstrap(
        (x, y), coefficient, paired=True, vectorized=True, n_resamples=RESAMPLES, method="BCa",
        rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return tuple(found.confidence_interval)


def loop(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Percentile interval by one call of scipy.stats.spearmanr a resample."""
    rng = np.random.default_rng(SEED)
    drawn = (rng.integers(0, PAIRS, PAIRS) for _ in range(RESAMPLES))
    return tuple(
        np.quantile([stats.spearmanr(x[i], y[i]).statistic for i in drawn], [0.025, 0.975])
    )


def main() -> None:
    """Time each way and print medians, ratios and the intervals."""
    x, y = pairs()
    ways = dict(zip(REPEATS, (ours, vectorised, loop), strict=True))
    seconds, found = {}, {}
    for name, way in ways.items():
        times = []
        for _ in range(REPEATS[name]):
            start = perf_counter()
            found[name] = way(x, y)
            times.append(perf_counter() - start)
        seconds[name] = median(times)
    print(f"{RESAMPLES:,} resamples of {PAIRS} pairs, one core; median seconds")
    for name, value in seconds.items():
        low, high = found[name]
        ratio = value / seconds["ours"]
        print(f"{name:36s} {value:8.3f} s  {ratio:7.1f} times ours   [{low:.3f}, {high:.3f}]")
    met = "met" if seconds["ours"] < TARGET else "missed"
    print(f"target {TARGET} s for ours: {met}")


if __name__ == "__main__":
    main()
