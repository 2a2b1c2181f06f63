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


PARTS = pd.Series(
    {"New Forest": 35078.488, "South Gloucestershire": 50050.7443, "Norwich": 24803.6256,
     "West Norfolk": 26789.238, "North Devon": 30277.5312, "Exeter": 24866.916}
)  # fmt: skip
WHOLES = pd.Series([41980.0, 61921, 31824, 33012, 37828, 30929], PARTS.index)


def test_proportions_are_classified_as_pheindicatormethods_does():
    # tests/testthat/testdata_funnel_prop_inputs.csv: numerator, denominator, significance,
    # against the baseline of 80.642448 percent
    rule = rules.Rule(kind="proportion", limits="normal", levels=(0.95, 0.998))
    found = funnel.judge(PARTS, WHOLES, rule, expected=0.80642448 * WHOLES)
    assert found["position"].to_dict() == {
        "New Forest": "above 99.8%",  # High (0.001)
        "South Gloucestershire": "inside",  # Not significant
        "Norwich": "below 99.8%",  # Low (0.001)
        "West Norfolk": "above 95%",  # High (0.025)
        "North Devon": "below 95%",  # Low (0.025)
        "Exeter": "inside",  # Not significant
    }
    assert found.attrs["target"] == pytest.approx(80.642448)
    assert found.at["Exeter", "rate"] == pytest.approx(100 * 24866.916 / 30929)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_limits_of_a_proportion_hold_what_they_promise(share):
    # the exact chance of falling outside, by scipy: 2.5% at each end, but for one count
    total = pd.Series([80.0, 200, 595])
    bounds = rules.limits(share * total, rules.Rule(kind="proportion"), total=total)
    for size, low, high in zip(total, bounds["low_95"], bounds["high_95"], strict=True):
        below = stats.binom.cdf(np.ceil(low) - 1, size, share)
        above = stats.binom.sf(np.floor(high), size, share)
        step = stats.binom.pmf([np.ceil(low), np.floor(high) + 1], size, share)
        assert below <= 0.025 < below + step[0] + 1e-12
        assert above - step[1] <= 0.025 <= above
    rule = rules.Rule(kind="proportion")
    drawn = funnel.false_alarms(share * total, rule, seed=2, draws=10_000, total=total)
    assert 0.03 < drawn["95"] < 0.08 and drawn["99_8"] < 0.006


def test_a_proportion_varies_less_than_a_rate_would():
    total = pd.Series([300.0] * 5)
    part = pd.Series([270.0, 262, 285, 268, 275])
    as_part = rules.limits(0.9 * total, rules.Rule(kind="proportion", limits="normal"), total=total)
    as_rate = rules.limits(0.9 * total, rules.Rule(limits="normal"))
    width = [b["high_95"][0] - b["low_95"][0] for b in (as_part, as_rate)]
    assert width[0] / width[1] == pytest.approx(np.sqrt(0.1))
    judged = funnel.judge(part, total, rules.Rule(kind="proportion"))
    assert judged["position"][2] == "above 95%"
    assert funnel.judge(part, total)["flag"].eq(0).all()
    assert judged.attrs["target"] == pytest.approx(100 * part.sum() / 1500)
    assert (judged[["high_95", "high_99_8"]] <= 100).all(axis=None)
    table = funnel.compare(
        part, total, {name: rules.Rule(kind="proportion", limits=name)
                      for name in ("interpolated", "normal", "additive")}, rounding=5,
    )  # fmt: skip
    assert table.loc[2, "interpolated"].startswith("above")


def test_rounding_of_part_and_whole_is_carried_to_the_flag():
    whole = pd.Series([200.0] * 5)
    part = pd.Series([117.0, 100, 100, 100, 100])
    rule = rules.Rule(kind="proportion")
    exact = funnel.judge(part, whole, rule)
    assert exact["flag"][0] == 1 and exact["certain"].all()
    rounded = funnel.judge(part, whole, rule, rounding=5, base_rounding=5)
    assert not rounded["certain"][0] and rounded["settled"][0] == 0
    assert rounded.at[0, "rounded_low"] == pytest.approx(100 * 114.5 / 202.5)
    assert rounded.at[0, "rounded_high"] == pytest.approx(100 * 119.5 / 197.5)
    part_only = funnel.judge(part, whole, rule, rounding=5)
    assert part_only.at[0, "rounded_high"] < rounded.at[0, "rounded_high"]
    # every count within rounding lies between the two corners
    generator = np.random.default_rng(4)
    for _ in range(50):
        near = part + generator.integers(-2, 3, 5), whole + generator.integers(-2, 3, 5)
        flag = funnel.judge(*near, rule)["flag"]
        assert flag.between(rounded["lowest_flag"], rounded["highest_flag"]).all()
    full = funnel.judge(pd.Series([10.0, 8, 9]), pd.Series([10.0] * 3), rule, rounding=5)
    assert full["rounded_high"].max() == 100
    with pytest.raises(ValueError, match="exceeds its whole"):
        funnel.judge(whole, part, rule)


def test_spread_of_proportions_beyond_chance():
    # three scales against their closed forms, statsmodels, and simulation
    total, part = np.array([400.0, 100, 900]), np.array([240.0, 50, 450])
    mean, error = 0.5 * total, 0.5 / np.sqrt(total)
    plain = overdispersion.z_scores(part, mean, "identity", total)
    assert plain == pytest.approx((part / total - 0.5) / error)
    arcsine = overdispersion.z_scores(part, mean, "sqrt", total)
    assert arcsine[0] == pytest.approx(40 * (np.arcsin(np.sqrt(0.6)) - np.pi / 4))
    odds = overdispersion.z_scores(part, mean, "log", total)
    assert odds[0] == pytest.approx(np.log(1.5) * 10)
    assert np.isfinite(overdispersion.z_scores([0.0, 9], [3.0, 3], "log", [9.0, 9])).all()
    generator = np.random.default_rng(11)
    size = generator.integers(80, 600, 4000).astype(float)
    calm = generator.binomial(size.astype(int), 0.3).astype(float)
    true = np.clip(generator.normal(0.3, 0.06, 4000), 0.01, 0.99)
    wild = generator.binomial(size.astype(int), true).astype(float)
    for scale in overdispersion.SCALES:
        chance = overdispersion.dispersion(calm, 0.3 * size, scale, "none", total=size)
        assert chance.phi == pytest.approx(1, abs=0.08) and chance.tau2 < 5e-4
    apart = overdispersion.dispersion(wild, 0.3 * size, "identity", "none", total=size)
    assert apart.tau2 == pytest.approx(0.06**2, rel=0.1) and apart.p < 1e-6
    few = slice(0, 40)
    share = calm[few].sum() / size[few].sum()
    found = overdispersion.dispersion(calm[few], share * size[few], "identity", "none",
                                      total=size[few])  # fmt: skip
    known = combine_effects(calm[few] / size[few], share * (1 - share) / size[few], method_re="dl")
    assert found.tau2 == pytest.approx(max(known.tau2, 0), abs=1e-9)


def test_wider_limits_of_a_proportion_stay_inside_and_reduce_to_chance():
    total = np.array([50.0, 5000])
    same = overdispersion.wider_limits(0.4 * total, 0.95, scale="identity", total=total)
    plain = funnel_limits.binomial_limits(total, 0.4, 0.95, "normal")
    assert np.array(same) / total == pytest.approx(np.array(plain))
    for scale in overdispersion.SCALES:
        low, high = overdispersion.wider_limits(0.95 * total, 0.998, phi=30.0, scale=scale,
                                                total=total)  # fmt: skip
        assert (low >= 0).all() and (high <= total).all() and (low < 0.95 * total).all()
        _, added = overdispersion.wider_limits(0.4 * total, tau2=0.01, scale=scale, total=total)
        assert added[1] / 5000 > plain[1][1] + 0.03, "large areas keep the spread between areas"


def test_binomial_limits_at_sizes_between_whole_numbers():
    whole = np.array(funnel_limits.binomial_limits(np.array([90.0, 91.0]), 0.4))
    between = np.array(funnel_limits.binomial_limits(np.array([90.5]), 0.4))
    counts = (whole * [90, 91]).mean(axis=1)
    assert between[:, 0] * 90.5 == pytest.approx(counts)
    rule = rules.Rule(kind="proportion")
    table = rules.curve([80, 600], 54.0, rule, points=20)
    assert table.notna().all(axis=None) and table["high_95"].max() < 100
    assert table["high_95"].iloc[-1] - 54 < (table["high_95"].iloc[0] - 54) / 2


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
    assert table["base"].iloc[[0, -1]].tolist() == pytest.approx([450, 84_000])  # spans all areas
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
        (lambda: rules.Rule(kind="odds"), "kind 'odds' is not one of: rate, proportion"),
        (lambda: rules.Rule(kind="proportion", limits="test"), "interpolated, normal"),
        (lambda: rules.limits([5.0], rules.Rule(kind="proportion")), "need total"),
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
