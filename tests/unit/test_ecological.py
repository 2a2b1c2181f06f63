"""Associations between areas: known answers, and tests that can fail."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import spearmanr

from care_rates import ecological

pytestmark = pytest.mark.unit

AREAS = pd.Index([f"area {i}" for i in range(30)])


@pytest.fixture
def made():
    generator = np.random.default_rng(5)
    factor = pd.Series(generator.uniform(0, 40, 30), AREAS)
    base = pd.Series(generator.uniform(1e4, 6e4, 30), AREAS)
    mean = base * np.exp(-5 + 0.02 * factor)
    return factor, base, pd.Series(generator.poisson(mean).astype(float), AREAS)


def test_slopes_are_statsmodels_with_hc3(made):
    factor, base, count = made
    rate = 1e4 * count / base
    table = ecological.slopes(rate, factor.to_frame("x"))
    fit = sm.OLS(rate, sm.add_constant(factor)).fit(cov_type="HC3", use_t=True)
    assert table.loc["x", "slope"] == pytest.approx(fit.params.iloc[1])
    assert table.loc["x", "p"] == pytest.approx(fit.pvalues.iloc[1])
    assert table.loc["x", "per_sd"] == pytest.approx(fit.params.iloc[1] * factor.std())
    assert table.loc["x", "low"] < 0.02 * rate.mean() < table.loc["x", "high"]
    ends = fit.conf_int().iloc[1] * factor.std()
    found = table.loc["x", ["per_sd_low", "per_sd_high"]].astype(float)
    assert found.to_numpy() == pytest.approx(ends.to_numpy())
    small = ecological.slopes(rate, factor.to_frame("x"), level=0.5)
    assert small.loc["x", "per_sd_low"] > table.loc["x", "per_sd_low"]


def test_slopes_leave_out_areas_without_a_factor(made):
    factor, base, count = made
    holes = factor.copy()
    holes.iloc[:3] = np.nan
    assert ecological.slopes(count / base, holes.to_frame("x")).loc["x", "areas"] == 27


def test_no_spread_is_left_where_the_factor_is_all(made):
    factor, base, count = made
    noise = pd.Series(np.random.default_rng(9).normal(size=30), AREAS)
    factors = pd.DataFrame({"true": factor, "noise": noise})
    alone = ecological.remaining_spread(count, base, factors)
    assert alone.loc["true", "dispersion"] == pytest.approx(1, abs=0.5)
    assert alone.loc["true", "p"] > 0.05 and alone.loc["noise", "p"] < 1e-6
    both = ecological.remaining_spread(count, base, factors, together=True)
    assert list(both.index) == ["all together"] and both["p"].item() > 0.05


def test_spread_that_grows_is_found_and_even_spread_is_not():
    x = pd.Series(np.linspace(1, 40, 30), AREAS)
    sign = np.resize([1.0, -1.0], 30)
    even = ecological.spread_with(100 + x + 5 * sign, x)
    grows = ecological.spread_with(100 + x + 0.5 * x * sign, x)
    assert even["p_bp"] > 0.5
    assert grows["rs"] > 0.9 and grows["p_rank"] < 0.001 and grows["p_bp"] < 0.001
    assert grows["one_out_low"] <= grows["rs"] <= grows["one_out_high"]
    residual = sm.OLS(np.log(100 + x + sign), sm.add_constant(x)).fit().resid.abs()
    found = ecological.spread_with(100 + x + sign, x, "logarithm")
    assert found["rs"] == pytest.approx(spearmanr(x, residual).statistic)


def test_alike_counts_pairs():
    factor = pd.Series([0.0, 1.0, 3.0, 10.0], list("abcd"))
    near = ecological.alike(factor, ["a", "b"])
    assert near["gap"] == 1 and near["share"] == pytest.approx(1 / 6) and near["alike"]
    assert ecological.alike(factor, ["b", "c"])["share"] == pytest.approx(2 / 6)
    assert not ecological.alike(factor, ["a", "b", "d"])["alike"]
    with pytest.raises(KeyError):
        ecological.alike(factor, ["a", "nowhere"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: ecological.slopes(s, s.to_frame()), "only 4 areas"),
        (lambda s: ecological.spread_with(s, s, "cube"), "rate, square root, logarithm"),
    ],
)
def test_messages(call, words):
    with pytest.raises(ValueError, match=words):
        call(pd.Series([4.0, 3.0, 2.0, 1.0]))
