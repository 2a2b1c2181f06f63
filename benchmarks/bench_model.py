"""Time the adoption model: 10,000 futures of every authority, five years, seeded.

Run ``python benchmarks/bench_model.py``. Prints seconds and the ratio to one path, which
is what a change of the code should be judged by; nothing is tested.
"""

from __future__ import annotations

import time

from care_rates import adoption, adoption_inputs, adoption_summary, backtest, care_system
from care_rates import forecast_models as models
from care_rates.data import load


def seconds(work, repeats: int = 3) -> float:
    """Best wall time of a few runs.

    Parameters
    ----------
    work : callable
        Without arguments.
    repeats : int
        How often.

    Returns
    -------
    float
        Seconds.
    """
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Time the model, its tornado and the rolling backtest."""
    names = ("cla", "cla_flows", "cla_placements", "population", "unit_cost")
    base = adoption_inputs.authorities({n: load(n) for n in names}, 2020, "dfe_cla_2021_ees")
    index = care_system.neighbour_index(load("neighbours"), load("crosswalk"), base.index, "2021")
    system = adoption_inputs.system(base, index)
    chosen = adoption.Assumptions()
    history = care_system.england(load("national"))
    one = seconds(lambda: adoption.simulate(system, chosen.fixed(), 5, 1))
    timed = {
        "one path": one,
        "10,000 futures": seconds(lambda: adoption.simulate(system, chosen, 5, 10_000)),
        "10,000 futures, by area": seconds(
            lambda: adoption.simulate(system, chosen, 5, 10_000, areas=True)
        ),
        "tornado": seconds(lambda: adoption_summary.tornado(system, chosen)),
        "backtest, 8 rules, 21 origins": seconds(
            lambda: backtest.rolling(history, models.METHODS, range(2004, 2025)), 1
        ),
    }
    print(f"{len(system)} authorities, 5 years")
    for name, value in timed.items():
        print(f"{name:32} {value:8.3f} s   {value / one:8.1f} x one path")


if __name__ == "__main__":
    main()
