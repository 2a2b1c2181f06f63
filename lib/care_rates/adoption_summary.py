"""What a simulated adoption shows: paths with intervals, break-even, what matters most.

Systems, assumptions and runs are as in :mod:`care_rates.adoption`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_rates.adoption import Assumptions, simulate


def yearly(run: Mapping[str, np.ndarray], first: int, alpha: float = 0.05) -> pd.DataFrame:
    """Sum up simulated futures by year.

    Parameters
    ----------
    run : mapping of str to numpy.ndarray
        From :func:`simulate`.
    first : int
        The present year.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``measure, year, median, low, high``.
    """
    kept = {k: v for k, v in run.items() if not k.startswith("area_")}
    levels = [alpha / 2, 0.5, 1 - alpha / 2]
    parts = [
        pd.DataFrame(np.quantile(v, levels, axis=1).T, columns=["low", "median", "high"])
        .rename_axis("year").reset_index().assign(measure=k)
        for k, v in kept.items()
    ]  # fmt: skip
    out = pd.concat(parts, ignore_index=True)
    out["year"] += first
    return out[["measure", "year", "median", "low", "high"]]


MEASURES = {
    "stock_without": "children in care, without", "stock_with": "children in care, with",
    "residential_without": "in residential homes, without",
    "residential_with": "in residential homes, with",
    "spend_without": "spending, without, £m", "spend_with": "spending, with, £m",
    "investment": "investment, £m", "saving": "net saving, £m",
}  # fmt: skip
"""What a page shows of a run, in words."""
MITIGATED = "share of the growth of spending mitigated, %"
LEAST = 0.05
"""Growth, as a share of today's spending, below which no share of it is given."""


def outcome(run: Mapping[str, np.ndarray], alpha: float = 0.05) -> pd.DataFrame:
    """Sum up the last year of simulated futures for a reader.

    Parameters
    ----------
    run : mapping of str to numpy.ndarray
        From :func:`care_rates.adoption.simulate`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``median, low, high`` by :data:`MEASURES` (money in £ million), and of the growth
        of spending, the share of it that is mitigated (percent; missing where growth may
        be less than :data:`LEAST` of today's spending: a share of next to nothing says
        nothing) and the years until savings cover the investment (missing where they do
        not within the run).
    """
    ends = {
        words: run[name][-1] / (1e6 if words.endswith("£m") else 1)
        for name, words in MEASURES.items()
    }
    growth = run["spend_without"][-1] - run["spend_without"][0]
    ends["growth of spending, without, £m"] = growth / 1e6
    sure = np.quantile(growth, alpha / 2) > LEAST * run["spend_without"][0].mean()
    ends[MITIGATED] = 100 * run["saving"][-1] / growth if sure else np.full(growth.shape, np.inf)
    ends["years until savings cover the investment"] = break_even(run["saving"])
    levels = [0.5, alpha / 2, 1 - alpha / 2]
    rows = {k: np.quantile(v, levels, method="inverted_cdf") for k, v in ends.items()}
    return pd.DataFrame(rows, index=["median", "low", "high"]).T.replace(np.inf, np.nan)


def break_even(saving: np.ndarray) -> np.ndarray:
    """Year after which the money saved covers the money put in.

    Parameters
    ----------
    saving : numpy.ndarray, shape (years + 1, draws)
        Net saving of each year, the first row the present.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Years from now to the first with a cumulative saving that is not negative;
        infinite where there is none.
    """
    covered = saving[1:].cumsum(axis=0) >= 0
    return np.where(covered.any(axis=0), covered.argmax(axis=0) + 1.0, np.inf)


def tornado(system: pd.DataFrame, assumptions: Assumptions, years: int = 5) -> pd.DataFrame:
    """Move one assumption at a time to its low and its high end.

    Parameters
    ----------
    system : pandas.DataFrame
        See the module.
    assumptions : Assumptions
        With their ends.
    years : int
        The outcome is the net saving of that year.

    Returns
    -------
    pandas.DataFrame
        ``assumption, low_end, high_end`` (values), ``at_low, at_high, likely`` (pounds),
        ``swing``; the widest first. An assumption with no spread has no row.
    """

    def outcome(**values: float) -> float:
        return simulate(system, assumptions.fixed(**values), years, draws=1)["saving"][-1, 0]

    likely = outcome()
    rows = [
        (name, ends[0], ends[2], outcome(**{name: ends[0]}), outcome(**{name: ends[2]}), likely)
        for name, ends in assumptions.triangles().items()
        if ends[0] < ends[2]
    ]
    columns = ["assumption", "low_end", "high_end", "at_low", "at_high", "likely"]
    out = pd.DataFrame(rows, columns=columns)
    out["swing"] = (out["at_high"] - out["at_low"]).abs()
    return out.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)


TITLES = {
    "success": ("share of the gap closed", "{:.0%}"),
    "pace": ("years until all have begun", "{:.0f} years"),
    "ramp": ("years from the beginning to that share", "{:.0f} years"),
    "cost_growth": ("growth of costs a year", "{:.0%}"),
    "residential_growth": ("growth of residential share a year", "{:.0%}"),
    "entries_growth": ("growth of entries a year", "{:.0%}"),
    "cost_per_child": ("cost of support a child", "£{:,.0f}"),
    "supported": ("children supported per 100 in care", "{:.0f}"),
}
"""Assumptions in words, and how their values are written."""


def labelled(storm: pd.DataFrame) -> pd.DataFrame:
    """Put a tornado into words and £ million.

    Parameters
    ----------
    storm : pandas.DataFrame
        From :func:`tornado`.

    Returns
    -------
    pandas.DataFrame
        As :func:`care_rates.plots_adoption.tornado` draws it.
    """
    ends = {
        f"{end}_label": [
            TITLES[n][1].format(v).replace("-", "−")
            for n, v in zip(storm["assumption"], storm[f"{end}_end"], strict=True)
        ]
        for end in ("low", "high")
    }
    names = storm["assumption"].map({k: v[0] for k, v in TITLES.items()})
    money = {c: storm[c] / 1e6 for c in ("at_low", "at_high", "likely", "swing")}
    return storm.assign(assumption=names, **ends, **money)


def sliders(system: pd.DataFrame, assumptions: Assumptions, years: int = 5) -> pd.DataFrame:
    """Boil the likely path down to what a chart needs to redraw it for other choices.

    With reach the share of the gap closed by a year, children in care are linear and
    the running cost at today's prices is quadratic in reach, so three columns are exact.

    Parameters
    ----------
    system : pandas.DataFrame
        See :mod:`care_rates.adoption`.
    assumptions : Assumptions
        Everything but success, pace (all at once), ramp and the growth of costs is taken
        at its likely value.
    years : int
        Length.

    Returns
    -------
    pandas.DataFrame
        By ``step`` (0 is the present): ``stock0, stock1`` (children without the model,
        and fewer at full reach), ``cost0, cost1, cost2`` (what children at the year's
        end cost, pounds a year at today's prices: without, and the coefficients of reach
        and of its square), ``before1, before2`` (the same coefficients a year earlier)
        and ``invest`` (pounds a year at today's prices).
    """
    known = {}
    for reach in (0.0, 0.5, 1.0):
        chosen = assumptions.fixed(success=reach, pace=0.0, ramp=1e-9, cost_growth=0.0)
        known[reach] = simulate(system, chosen, years, draws=1)
    cost = {reach: run["cost_with"][:, 0] for reach, run in known.items()}
    square = 2 * (cost[1.0] - 2 * cost[0.5] + cost[0.0])
    linear = cost[1.0] - cost[0.0] - square
    stock = {reach: run["stock_with"][:, 0] for reach, run in known.items()}
    return pd.DataFrame(
        {
            "step": np.arange(years + 1), "stock0": stock[0.0], "stock1": stock[1.0] - stock[0.0],
            "cost0": cost[0.0], "cost1": linear, "cost2": square,
            "before1": np.r_[0.0, linear[:-1]], "before2": np.r_[0.0, square[:-1]],
            "invest": known[1.0]["investment"][-1, 0],
        }
    )  # fmt: skip
