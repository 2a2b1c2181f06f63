"""Funnel limits against three other programs' printed numbers, simulation and closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from care_rates import funnel, funnel_limits, overdispersion
from care_rates import funnel_rules as rules

pytestmark = pytest.mark.unit


def test_interval_limits_are_those_of_funnelplotr():
    # FunnelPlotR, tests/testthat/test-poisson_limits.R: expected 15, 20, 30
    expected = np.array([15.0, 20.0, 30.0])
    for level, low, high in (
        (0.95, [0.5596924, 0.6108260, 0.6746958], [1.649348, 1.544419, 1.427562]),
        (0.998, [0.3862650, 0.4479107, 0.5289724], [2.082907, 1.902094, 1.702771]),
    ):
        found = funnel_limits.poisson_limits(expected, level, "interval")
        assert found[0] / expected == pytest.approx(np.array(low), abs=5e-8)
        assert found[1] / expected == pytest.approx(np.array(high), abs=5e-7)


def test_test_limits_are_those_of_pheindicatormethods():
    # tests/testthat/testdata_funnel_ratio_outputs.csv: an observed count and the
    # expected counts at which it lies exactly on each limit
    seen = np.array([1, 2, 10, 100, 716])
    on_low = np.array([5.571644585, 7.224687515, 18.39035799, 121.6268111, 770.4222128])
    on_high = np.array([0.025317898, 0.242209467, 4.795387629, 81.36400699, 664.5083011])
    assert funnel_limits.poisson_limits(on_low, 0.95, "test")[0] == pytest.approx(seen, rel=2e-6)
    assert funnel_limits.poisson_limits(on_high, 0.95, "test")[1] == pytest.approx(seen, rel=2e-6)
    on_low = np.array([9.233410143, 11.22886836, 24.13397235, 134.9243187, 802.60414])
    assert funnel_limits.poisson_limits(on_low, 0.998, "test")[0] == pytest.approx(seen, rel=2e-5)


def test_proportion_limits_are_those_of_pheindicatormethods():
    # tests/testthat/testdata_funnel_prop_outputs.csv: baseline 80.642448 percent
    total, target = np.array([10.0, 1008.0, 110000.0]), 0.80642448
    low, high = funnel_limits.binomial_limits(total, target, 0.95, "normal")
    assert 100 * low == pytest.approx([56.154344, 78.203374, 80.408963], abs=2e-5)
    assert 100 * high == pytest.approx([100, 83.081521, 80.875933], abs=2e-5)
    assert 100 * funnel_limits.binomial_limits(total, target, 0.998, "normal")[0] == pytest.approx(
        [42.03259, 76.796814, 80.274317], abs=2e-5
    )


@pytest.mark.parametrize("p", [0.001, 0.025, 0.5, 0.975, 0.999])
def test_quantiles_are_scipys_at_every_size(p):
    mean = np.concatenate([np.geomspace(1e-3, 1e5, 3000), np.arange(1.0, 200.0)])
    found = funnel_limits._quantile(mean, p, between=False)
    assert (found == stats.poisson.ppf(p, mean)).all()


def test_interpolation_is_spiegelhalters_formula():
    mean = np.array([4.2, 37.0, 900.0])
    for p, found in zip((0.025, 0.975), funnel_limits.poisson_limits(mean), strict=True):
        count = stats.poisson.ppf(p, mean)
        over = stats.poisson.cdf(count, mean) - p
        within = stats.poisson.cdf(count, mean) - stats.poisson.cdf(count - 1, mean)
        assert found == pytest.approx(np.maximum(count - over / within, 0), rel=1e-9)


def test_binomial_interpolation_nears_poisson_and_stays_inside():
    low, high = funnel_limits.binomial_limits(np.array([5.0, 1e6]), 1e-4)
    poisson = funnel_limits.poisson_limits(np.array([100.0]))
    assert low[0] == 0 and high[0] <= 1
    assert 1e6 * np.array([low[1], high[1]]) == pytest.approx(np.ravel(poisson), rel=1e-3)


def test_small_areas_have_a_lower_limit_of_zero_and_missing_stays_missing():
    for method in funnel_limits.METHODS:
        low, high = funnel_limits.poisson_limits([0.5, np.nan, 100.0], method=method)
        assert low[0] < 1e-3 and high[0] > 0.5
        assert np.isnan(low[1]) and np.isnan(high[1])
        assert low[2] < 100 < high[2]


def test_coverage_by_simulation():
    # 10,000 draws: how often does a true rate fall outside?
    expected = pd.Series(np.linspace(40, 600, 25))
    for method in ("interpolated", "interval", "normal", "counts", "test"):
        share = funnel.false_alarms(expected, rules.Rule(limits=method), seed=1, draws=10_000)
        assert 0.04 < share["95"] < 0.056
        assert 0.001 < share["99_8"] < 0.003
    rounded = funnel.false_alarms(expected, seed=1, draws=2000, rounding=5)
    assert 0.04 < rounded["95"] < 0.07


def test_target_is_total_or_mean():
    count, base = [10.0, 30.0, np.nan], [1000.0, 1000.0, 500.0]
    assert rules.target_rate(count, base) == pytest.approx(0.02)
    assert rules.target_rate([10, 30], [1000, 2000], "mean") == pytest.approx(0.0125)
    with pytest.raises(ValueError, match="no area has both"):
        rules.target_rate([np.nan], [1.0])
    with pytest.raises(ValueError, match="total, mean"):
        rules.target_rate([1.0], [1.0], "median")


def test_z_scores_on_three_scales():
    assert overdispersion.z_scores([121.0], [100.0], "sqrt") == pytest.approx([2.0])
    assert overdispersion.z_scores([121.0], [100.0], "identity") == pytest.approx([2.1])
    assert overdispersion.z_scores([100 * np.e], [100.0], "log") == pytest.approx([10.0])
    assert np.isfinite(overdispersion.z_scores([0.0], [4.0], "log")).all()


def test_dispersion_is_the_mean_square_and_treatments_bite():
    expected = np.full(10, 100.0)
    count = np.array([81, 90, 95, 98, 100, 100, 102, 105, 110, 400.0])
    z = 2 * (np.sqrt(count) - 10)
    raw = overdispersion.dispersion(count, expected, treatment="none")
    assert raw.phi == pytest.approx((z**2).mean())
    assert raw.statistic == pytest.approx((z**2).sum()) and raw.p < 1e-6
    clipped = overdispersion.dispersion(count, expected)
    low, high = np.quantile(z, [0.1, 0.9])
    assert clipped.phi == pytest.approx((np.clip(z, low, high) ** 2).mean())
    trimmed = overdispersion.dispersion(count, expected, treatment="trim")
    assert trimmed.areas == 8 and trimmed.phi < clipped.phi < raw.phi
    assert overdispersion.dispersion(count, expected, share=0.0).phi == raw.phi
    assert trimmed.tau2 == 0.0


def test_variance_between_areas_is_dersimonian_and_lairds():
    # With the weighted mean as target the formula is theirs; statsmodels has it.
    generator = np.random.default_rng(7)
    expected = generator.uniform(50, 400, 40)
    count = generator.poisson(expected * generator.gamma(25, 1 / 25, 40)).astype(float)
    expected *= count.sum() / expected.sum()
    found = overdispersion.dispersion(count, expected, "identity", "none")
    known = combine_effects(count / expected, 1 / expected, method_re="dl")
    assert found.tau2 == pytest.approx(known.tau2, rel=1e-9)


def test_wider_limits_reduce_to_chance_and_differ_at_large_sizes():
    mean = np.array([100.0, 10_000.0])
    plain = funnel_limits.poisson_limits(mean, 0.95, "normal")
    same = overdispersion.wider_limits(mean, 0.95, scale="identity")
    assert np.array(same) == pytest.approx(np.array(plain))
    stretched = overdispersion.wider_limits(mean, 0.95, phi=4.0, scale="identity")
    assert stretched[1] - mean == pytest.approx(2 * (plain[1] - mean))
    added = overdispersion.wider_limits(mean, 0.95, tau2=0.04, scale="log")
    assert added[1][1] / mean[1] == pytest.approx(np.exp(1.959964 * np.sqrt(1e-4 + 0.04)))
    assert overdispersion.wider_limits([1.0], 0.998, tau2=1.0)[0] == 0
    below_one = overdispersion.wider_limits(mean, phi=0.3)
    assert np.array(below_one) == pytest.approx(np.array(overdispersion.wider_limits(mean)))


AREAS = pd.Index(list("abcdef"), name="area")
BASE = pd.Series([20_000.0] * 6, AREAS)
COUNT = pd.Series([180.0, 205.0, 150.0, 245.0, 175.0, np.nan], AREAS)


def test_judge_flags_by_limit_and_says_what_rounding_could_do():
    table = funnel.judge(COUNT, BASE, rounding=5)
    assert table["flag"].tolist()[:5] == [0, 0, -2, 2, 0] or table["flag"].abs().max() == 2
    assert table.loc["f", "position"] == "not known" and np.isnan(table.loc["f", "flag"])
    assert table.attrs["target"] == pytest.approx(1e4 * COUNT.sum() / (5 * 20_000))
    assert (table["lowest_flag"].dropna() <= table["highest_flag"].dropna()).all()
    assert table.loc["c", "settled"] == -1 and table.loc["d", "settled"] == 1
    assert table.loc["a", "rounded_low"] == pytest.approx(177.5 / 2)
    assert table.loc["a", "rounded_high"] == pytest.approx(182.5 / 2)


def test_an_area_by_a_line_is_not_certain():
    low, _ = funnel_limits.poisson_limits([200.0])
    count = pd.Series([float(np.floor(low[0])), 200, 200, 200, 200 + 200 - np.floor(low[0])])
    table = funnel.judge(count, pd.Series([20_000.0] * 5), rounding=5)
    assert table["flag"][0] == -1 and not table["certain"][0] and table["settled"][0] == 0
    assert funnel.judge(count, pd.Series([20_000.0] * 5))["certain"].all()


def test_zero_counts_are_judged():
    table = funnel.judge(pd.Series([0.0, 40.0, 50.0, 45.0]), pd.Series([1e4] * 4), rounding=5)
    assert table["position"][0] == "below 99.8%" and table["rounded_low"][0] == 0


def test_a_count_on_a_limit_is_inside():
    bounds = pd.DataFrame({"low_95": [10.0, 10.0], "high_95": [20.0, 20.0]})
    assert funnel.crossings([10, 20.0001], bounds, (0.95,)).tolist() == [0, 1]
    assert funnel.words([0, 1, np.nan], (0.95,)) == ["inside", "above 95%", "not known"]


def test_expected_counts_of_a_model_replace_the_target():
    expected = pd.Series([180.0, 205, 150, 245, 175, 190], AREAS)
    table = funnel.judge(COUNT, BASE, expected=expected)
    assert (table["flag"].dropna() == 0).all()


def test_rules_stand_side_by_side():
    choices = {name: rules.Rule(limits=name) for name in ("interpolated", "additive")}
    table = funnel.compare(COUNT, BASE, choices, rounding=5)
    assert list(table) == list(choices)
    assert table.loc["d", "interpolated"].startswith("above 99.8%")
    assert table.loc["d", "additive"].startswith("inside")


def test_groups_have_their_own_target_and_curve():
    frame = pd.DataFrame(
        {"year": [1] * 4 + [2] * 4, "area": list("abcd") * 2, "number": [10, 12, 8, 30] * 2,
         "persons": [1000.0] * 8, "unit": [0, 0, 5, 5] * 2}
    )  # fmt: skip
    frame.loc[4:, "number"] *= 2
    judged, curves = funnel.judge_groups(
        frame, "year", "number", "persons", rounding="unit", points=7
    )
    assert judged.groupby("year")["target"].first().tolist() == [150, 300]
    assert len(curves) == 14 and set(judged["area"]) == set("abcd")
    exact = judged[judged["unit"] == 0]
    assert (exact["rounded_low"] == exact["rate"]).all()
    plain, _ = funnel.judge_groups(frame, "year", "number", "persons", rounding=5.0, points=7)
    assert (plain["rounded_low"] < plain["rate"]).all()


def test_curves_narrow_with_size():
    table = rules.curve([500, 80_000], 90.0, points=30)
    width = table["high_95"] - table["low_95"]
    assert (np.diff(width) < 0).all() and table["base"].is_monotonic_increasing
    assert (table["low_99_8"] <= table["low_95"]).all()
    spread = overdispersion.Dispersion(9.0, 0.02, 20, 180.0, 0.0)
    wide = rules.curve([500, 80_000], 90.0, rules.Rule(limits="multiplicative"), spread, points=30)
    assert (wide["high_95"] >= table["high_95"]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rules.Rule(target="median"), "target 'median' is not one of"),
        (lambda: rules.Rule(limits="exact"), "limits 'exact' is not one of"),
        (lambda: rules.Rule(share=0.5), "share is 0.5"),
        (lambda: rules.Rule(levels=(0.998, 0.95)), "inner ones first"),
        (lambda: rules.limits([10.0], rules.Rule(limits="additive")), "need spread"),
        (lambda: funnel_limits.poisson_limits([0.0]), "above zero"),
        (lambda: funnel_limits.poisson_limits([5.0], method="exact"), "interpolated, counts"),
        (lambda: funnel_limits.binomial_limits([5.0], 1.2), "target is 1.2"),
        (lambda: funnel_limits.binomial_limits([5.0], 0.2, method="exact"), "normal"),
        (lambda: overdispersion.dispersion([1.0, 2], [1.0, 2]), "three areas"),
        (lambda: overdispersion.dispersion([1.0], [1.0], treatment="drop"), "winsorise, trim"),
        (lambda: overdispersion.wider_limits([1.0], scale="cube"), "identity, sqrt, log"),
    ],
)
def test_messages(call, words):
    with pytest.raises(ValueError, match=words):
        call()
