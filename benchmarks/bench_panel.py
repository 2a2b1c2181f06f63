"""Two-way effects with clustered errors: this library beside three others.

Run ``python benchmarks/bench_panel.py``. Prints, for a panel of the size of the report's
(152 areas, 10 years) and for a large one (5,000 by 40), the median seconds of each and its
ratio to this library's. Every program gets the same data frame and gives a coefficient
with an error clustered by area; the coefficients must agree.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings

import numpy as np
import pandas as pd

from care_rates.panel import two_way


def make(entities: int, times: int, seed: int) -> pd.DataFrame:
    """Make a panel with entity and time effects and two regressors."""
    rng = np.random.default_rng(seed)
    who, when = np.divmod(np.arange(entities * times), times)
    x = rng.normal(size=(who.size, 2)) + rng.normal(size=(entities, 1))[who]
    y = x @ [1.0, -0.5] + rng.normal(size=entities)[who] + 0.1 * when + rng.normal(size=who.size)
    return pd.DataFrame({"unit_id": who, "year": when, "y": y, "x1": x[:, 0], "x2": x[:, 1]})


def ours(frame: pd.DataFrame) -> float:
    """Fit with this library."""
    return two_way(frame, "y", ["x1", "x2"]).table.at["x1", "estimate"]


def by_pyfixest(frame: pd.DataFrame) -> float:
    """Fit with pyfixest."""
    import pyfixest

    return pyfixest.feols("y ~ x1 + x2 | unit_id + year", frame, vcov={"CRV1": "unit_id"}).coef()[
        "x1"
    ]


def by_linearmodels(frame: pd.DataFrame) -> float:
    """Fit with linearmodels."""
    from linearmodels import PanelOLS

    data = frame.set_index(["unit_id", "year"])
    model = PanelOLS(data["y"], data[["x1", "x2"]], entity_effects=True, time_effects=True)
    return model.fit(cov_type="clustered", cluster_entity=True).params["x1"]


def by_dummies(frame: pd.DataFrame) -> float:
    """Fit by least squares with a dummy variable for each area and year."""
    import statsmodels.formula.api as smf

    model = smf.ols("y ~ x1 + x2 + C(unit_id) + C(year)", frame)
    return model.fit(cov_type="cluster", cov_kwds={"groups": frame["unit_id"]}).params["x1"]


def median_time(fit, frame: pd.DataFrame, repeats: int) -> tuple[float, float]:
    """Give the estimate and the median seconds, after one run that does not count."""
    estimate, taken = fit(frame), []
    for _ in range(repeats):
        start = time.perf_counter()
        fit(frame)
        taken.append(time.perf_counter() - start)
    return float(estimate), statistics.median(taken)


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9, help="timed runs each (default 9)")
    repeats = parser.parse_args().repeats
    warnings.simplefilter("ignore")
    fits = {"this library": ours, "pyfixest": by_pyfixest, "linearmodels": by_linearmodels,
            "dummy variables": by_dummies}  # fmt: skip
    for entities, times in ((152, 10), (5_000, 40)):
        frame = make(entities, times, seed=1)
        print(f"{entities:,} areas x {times} years")
        base = None
        for name, fit in fits.items():
            if name == "dummy variables" and entities > 1_000:
                size = 8e-9 * len(frame) * entities
                print(f"  {name:<16} not run: its design matrix would need {size:.0f} GB")
                continue
            estimate, seconds = median_time(fit, frame, repeats)
            base = base or (estimate, seconds)
            if abs(estimate - base[0]) > 1e-6:
                raise SystemExit(f"{name}: {estimate} differs from {base[0]}")
            print(f"  {name:<16} {1000 * seconds:10.2f} ms   {seconds / base[1]:8.2f} x")


if __name__ == "__main__":
    main()
