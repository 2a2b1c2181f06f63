"""Counts that differ by more than chance, known or bounded."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, poisson

from care_rates import homogeneity

pytestmark = pytest.mark.unit


def test_known_counts_bound_pearsons_test():
    counts, exposure = np.array([12, 30, 21]), np.array([100.0, 200.0, 250.0])
    usual = chisquare(counts, exposure * counts.sum() / exposure.sum())
    found = homogeneity.equal_rates(counts, counts, exposure)
    assert found.most == pytest.approx(usual.statistic)
    assert found.p_most == pytest.approx(usual.pvalue)
    # the least is over all rates: the minimum chi-square rate, sqrt(mean square)
    rate = np.sqrt((counts**2 / exposure).sum() / exposure.sum())
    least = ((counts - rate * exposure) ** 2 / (rate * exposure)).sum()
    assert found.least == pytest.approx(least)
    assert found.areas == 3


def test_bounds_that_hold_one_rate_cannot_show_a_difference():
    found = homogeneity.equal_rates([0, 4, 8], [4, 8, 12], [10, 20, 30])
    assert found.least == pytest.approx(0, abs=1e-9)
    assert found.p_least == pytest.approx(1)
    assert found.p_most < 0.5


def test_bounds_that_cannot_hold_one_rate_show_it():
    found = homogeneity.equal_rates([0, 95], [2, 105], [100, 100])
    assert found.p_least < 1e-9


def test_least_is_never_above_what_any_allowed_counts_give():
    rng = np.random.default_rng(2)
    low = rng.integers(0, 20, 12)
    high = low + rng.integers(0, 6, 12)
    exposure = rng.uniform(50, 200, 12)
    found = homogeneity.equal_rates(low, high, exposure)
    for _ in range(200):
        counts = rng.integers(low, high + 1)
        value = chisquare(counts, exposure * counts.sum() / exposure.sum()).statistic
        assert found.least <= value + 1e-9


@pytest.mark.parametrize(
    ("low", "high", "exposure", "words"),
    [([1], [1], [1], "two are needed"), ([2, 1], [1, 1], [1, 1], "0 <= low <= high"),
     ([1, 1], [1, 1], [1, 0], "above zero"), ([0, 0], [0, 0], [1, 1], "All counts are zero")],
)  # fmt: skip
def test_faults_are_named(low, high, exposure, words):
    with pytest.raises(homogeneity.HomogeneityError, match=words):
        homogeneity.equal_rates(low, high, exposure)


def test_chance_alone_leaves_a_dispersion_near_one():
    rng = np.random.default_rng(6)
    persons = rng.uniform(5e3, 8e4, 400)
    frame = pd.DataFrame({"persons": persons, "need": rng.normal(size=400)})
    frame["count"] = poisson.rvs(persons * 0.009, random_state=7)
    found = homogeneity.left_over(frame, "count", "persons", ["need"])
    assert found["dispersion"] == pytest.approx(1, abs=0.15)
    assert found["p"] > 0.01
    assert found["p_need"] > 0.01
    assert found["degrees"] == 398


def test_need_takes_up_what_it_explains():
    rng = np.random.default_rng(9)
    persons = rng.uniform(5e3, 8e4, 60)
    need = rng.normal(size=60)
    frame = pd.DataFrame({"persons": persons, "need": need})
    frame["count"] = poisson.rvs(persons * 0.009 * np.exp(0.4 * need), random_state=3)
    without = homogeneity.left_over(frame, "count", "persons")
    within = homogeneity.left_over(frame, "count", "persons", ["need"])
    usual = chisquare(frame["count"], persons * frame["count"].sum() / persons.sum())
    assert without["pearson"] == pytest.approx(usual.statistic)
    assert without["explained"] == pytest.approx(0, abs=1e-9)
    assert np.isnan(without["p_need"])
    assert within["explained"] > 0.9
    assert within["p_need"] < 1e-6
    assert within["dispersion"] < 2 < without["dispersion"]


def test_several_groups_and_exposures():
    low = pd.Series([1.0, 4, 9], index=list("abc"))
    exposures = pd.DataFrame({"persons": [10.0, 20, 30], "alike": 1.0}, index=low.index)
    found = homogeneity.equal_rates_by(
        low, low + 2, exposures, {"all": low.index, "two": ["a", "c"]}
    )
    assert found.index.to_list() == [
        ("all", "persons"), ("all", "alike"), ("two", "persons"), ("two", "alike"),
    ]  # fmt: skip
    one = homogeneity.equal_rates([1, 9], [3, 11], [10, 30])
    assert found.at[("two", "persons"), "least"] == one.least
