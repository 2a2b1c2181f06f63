"""Empirical-Bayes rates against a published example, closed forms and simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from care_rates import shrinkage

pytestmark = pytest.mark.unit

# Ten power plant pumps (Gaver and O'Muircheartaigh 1987): failures, thousands of hours.
FAILURES = pd.Series([5, 1, 5, 14, 3, 19, 1, 1, 4, 22.0])
HOURS = pd.Series([94.320, 15.720, 62.880, 125.760, 5.240, 31.440, 1.048, 1.048, 2.096, 10.480])


def test_fit_is_the_maximum_of_the_gamma_poisson_likelihood():
    model = shrinkage.fit(FAILURES, HOURS)
    shape = 1 / model.alpha
    rate = shape / (model.expected / HOURS).iloc[0]

    def minus(log):
        a, b = np.exp(log)
        return -stats.nbinom.logpmf(FAILURES, a, b / (b + HOURS)).sum()

    exact = {"xatol": 1e-8, "fatol": 1e-10}
    best = optimize.minimize(minus, [0, 0], method="Nelder-Mead", options=exact)
    assert [shape, rate] == pytest.approx(np.exp(best.x), rel=1e-3)
    assert model.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert model.alpha_interval[0] < model.alpha < model.alpha_interval[1]


def test_shrunk_rates_are_the_conjugate_posterior():
    model = shrinkage.fit(FAILURES, HOURS)
    shape, prior = 1 / model.alpha, 1 / model.alpha / (model.expected / HOURS).iloc[0]
    table = shrinkage.shrunk_rates(FAILURES, HOURS, model, per=1)
    assert table["shrunk"].to_numpy() == pytest.approx((FAILURES + shape) / (HOURS + prior))
    low = stats.gamma.ppf(0.025, FAILURES + shape, scale=1 / (HOURS + prior))
    assert table["low"].to_numpy() == pytest.approx(low)
    between = table[["rate", "expected_rate"]]
    assert (table["shrunk"] >= between.min(axis=1) - 1e-12).all()
    assert (table["shrunk"] <= between.max(axis=1) + 1e-12).all()
    mixed = table["weight"] * table["rate"] + (1 - table["weight"]) * table["expected_rate"]
    assert table["shrunk"].to_numpy() == pytest.approx(mixed.to_numpy())


def test_known_effects_and_spread_are_found_again():
    generator = np.random.default_rng(3)
    base = pd.Series(generator.uniform(1e4, 8e4, 600))
    x = pd.DataFrame({"x": generator.normal(30, 10, 600)})
    truth = base * np.exp(-5 + 0.02 * x["x"])
    count = pd.Series(generator.poisson(truth * generator.gamma(20, 1 / 20, 600)).astype(float))
    model = shrinkage.fit(count, base, x)
    assert model.alpha == pytest.approx(0.05, rel=0.15)
    row = model.coefficients.loc["x"]
    assert row["low"] < np.exp(0.02) < row["high"] and row["p"] < 1e-10
    table = shrinkage.shrunk_rates(count, base, model, per=1)
    assert table["expected_rate"].to_numpy() == pytest.approx(model.expected / base)


def test_ranks_are_sure_where_rates_are_far_apart_and_shared_where_not():
    count = pd.Series([3000.0, 1000.0, 1000.0, 200.0], index=list("abcd"))
    base = pd.Series([1e5] * 4, index=list("abcd"))
    model = shrinkage.fit(count, base)
    table = shrinkage.rank_intervals(count, base, model, seed=1, draws=2000)
    assert table.loc["a", ["rank", "low", "high"]].tolist() == [1, 1, 1]
    assert table.loc["b", ["low", "high"]].tolist() == [2, 3]
    assert table["in_top"].sum() == pytest.approx(1)
    assert table["mean_rank"].sum() == pytest.approx(10)
    again = shrinkage.rank_intervals(count, base, model, seed=1, draws=2000)
    assert again.equals(table)
    wide = shrinkage.rank_intervals(count, base, model, seed=1, draws=2000, rounding=5, top=3)
    assert wide["in_top"].sum() == pytest.approx(3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: shrinkage.fit(pd.Series([1.0, np.nan]), pd.Series([1.0, 1.0])), "complete"),
        (lambda: shrinkage.fit(pd.Series([100.0] * 8), pd.Series([1e4] * 8)), "did not settle"),
        (
            lambda: shrinkage.rank_intervals(
                FAILURES, HOURS, shrinkage.fit(FAILURES, HOURS), seed=1, top=0
            ),
            "1 or more",
        ),
    ],
)
def test_messages(call, words):
    with pytest.raises(ValueError, match=words):
        call()
