"""Rank association against published output, closed forms and scipy's own estimators."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_rates import association, boxplot, resampling

pytestmark = pytest.mark.unit

# Hollander and Wolfe (1973), 187f: the example of R's help page of cor.test.
LIGHTNESS = np.array([44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1])
PANEL = np.array([2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8])
# Hollander and Wolfe (1973), 69f: the example of R's help page of wilcox.test.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]
# Benjamini and Hochberg (1995), section 4.1: fifteen p values in order.
THROMBOLYSIS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
                0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip


@pytest.fixture(scope="module")
def pairs():
    rng = np.random.default_rng(5)
    x = np.round(rng.normal(size=151), 1)  # ties on both sides
    return x, np.round(0.4 * x + rng.normal(size=151), 1)


def test_exact_p_as_r_prints_it():
    rs, p, method = association.spearman_test(LIGHTNESS, PANEL)
    assert rs == pytest.approx(0.6, abs=1e-12)  # R: S = 48, rho = 0.6
    assert p == pytest.approx(0.0968, abs=5e-5)
    assert method == "exact, every permutation"


def test_asymptotic_p_is_the_t_approximation(pairs):
    rs, p, method = association.spearman_test(*pairs)
    t = abs(rs) * np.sqrt(149 / (1 - rs**2))
    assert p == pytest.approx(2 * stats.t.sf(t, 149), rel=1e-10)
    assert method == "t approximation, 149 d.f."
    with pytest.raises(ValueError, match="2 pairs"):
        association.spearman_test(np.array([1.0, 2.0]), np.array([1.0, 2.0]))


def test_resampled_coefficients_are_scipys(pairs):
    x, y = pairs
    drawn = resampling.bootstrap(x, y, 700, seed=3)  # more than one block
    rng = np.random.default_rng(3)
    index = np.vstack([rng.integers(0, 151, (512, 151)), rng.integers(0, 151, (188, 151))])
    expected = [stats.spearmanr(x[i], y[i]).statistic for i in index[::23]]
    np.testing.assert_allclose(drawn[::23], expected, atol=1e-12)
    np.testing.assert_array_equal(drawn, resampling.bootstrap(x, y, 700, seed=3))
    assert not np.array_equal(drawn, resampling.bootstrap(x, y, 700, seed=4))


def test_leave_one_out_is_scipys(pairs):
    x, y = pairs
    without = resampling.leave_one_out(x, y)
    for place in (0, 17, 150):
        expected = stats.spearmanr(np.delete(x, place), np.delete(y, place)).statistic
        assert without[place] == pytest.approx(expected, abs=1e-12)


def test_a_resample_of_one_value_is_not_a_number():
    counts = np.array([[3.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    out = resampling.weighted_spearman(np.array([1.0, 2, 3]), np.array([3.0, 2, 1]), counts)
    assert np.isnan(out[0])
    assert out[1] == -1


@pytest.mark.parametrize("method", ["percentile", "BCa"])
def test_intervals_are_scipys_on_the_same_resamples(pairs, method):
    x, y = pairs[0][:40], pairs[1][:40]

    def coefficient(a, b, axis):
        a, b = (stats.rankdata(z, axis=axis) for z in (a, b))
        a, b = a - a.mean(axis=axis, keepdims=True), b - b.mean(axis=axis, keepdims=True)
        return (a * b).sum(axis) / np.sqrt((a * a).sum(axis) * (b * b).sum(axis))

    theirs = stats.bootstrap(
        (x, y), coefficient, paired=True, vectorized=True, n_resamples=999, method=method,
        rng=np.random.default_rng(2), confidence_level=0.9,
    )  # fmt: skip
    drawn = theirs.bootstrap_distribution
    if method == "percentile":
        ours = resampling.percentile_interval(drawn, 0.9)
    else:
        rs = stats.spearmanr(x, y).statistic
        ours = resampling.bca_interval(drawn, rs, resampling.leave_one_out(x, y), 0.9)
    assert ours == pytest.approx(tuple(theirs.confidence_interval), abs=1e-10)


def test_bca_without_spread_on_one_side_has_no_ends():
    low, high = resampling.bca_interval(np.full(50, 0.2), 0.9, np.array([0.88, 0.9, 0.91]))
    assert np.isnan([low, high]).all()


def test_intervals_cover_as_often_as_they_say():
    rng, covered = np.random.default_rng(8), 0
    truth = 6 / np.pi * np.arcsin(0.5 / 2)  # Spearman's of a normal pair with r = 0.5
    for seed in range(120):
        x = rng.normal(size=80)
        y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=80)
        drawn = resampling.bootstrap(x, y, 400, seed)
        rs = stats.spearmanr(x, y).statistic
        low, high = resampling.bca_interval(drawn, rs, resampling.leave_one_out(x, y))
        covered += low <= truth <= high
    assert 0.88 <= covered / 120 <= 0.995


def test_adjustments_decide_as_benjamini_and_hochberg_print():
    table = association.adjust(THROMBOLYSIS)
    assert (table["holm"] <= 0.05).sum() == 3
    assert (table["bh"] <= 0.05).sum() == 4
    assert table.loc[3, "bh"] == pytest.approx(0.0095 * 15 / 4)
    assert table.loc[2, "holm"] == pytest.approx(0.0019 * 13)
    shuffled = association.adjust(pd.Series(THROMBOLYSIS[::-1], index=list("abcdefghijklmno")))
    assert shuffled.loc["o", "holm"] == pytest.approx(0.0015)


def test_family_of_correlations(pairs):
    x, y = pairs
    frame = pd.DataFrame({"x": x, "y": y, "z": x[::-1]})
    frame.loc[3, "y"] = np.nan
    tests = {"first": ("x", "y"), "second": ("x", "z")}
    table = association.rank_correlations(frame, tests, resamples=500, seed=1)
    assert table.loc["first", "n"] == 150
    assert (table["low"] < table["rs"]).all()
    assert (table["rs"] < table["high"]).all()
    assert (table["holm"] >= table["p"]).all()
    again = association.rank_correlations(frame, tests, resamples=500, seed=1)
    pd.testing.assert_frame_equal(table, again)
    alone = association.rank_correlations(frame, {"first": ("x", "y")}, resamples=500, seed=1)
    assert alone.loc["first", "low"] == table.loc["first", "low"]  # own stream for each pair


def test_influence_finds_the_planted_area():
    x = np.arange(20.0)
    frame = pd.DataFrame({"area": list("abcdefghijklmnopqrst"), "x": x, "y": x})
    frame.loc[0, "y"] = 99
    table = association.influence(frame, "x", "y")
    assert table.iloc[0]["area"] == "a"
    assert table.iloc[0]["without"] == 1
    assert table.iloc[0]["shift"] < 0


def test_mann_whitney_exact_as_r_prints_it():
    found = association.mann_whitney(TERM, EARLY)
    assert found.u == 35  # R: W = 35, one-sided p = 0.1272
    assert found.p == pytest.approx(2 * 0.1272, abs=2e-4)
    assert found.method == "exact"
    assert found.superiority == pytest.approx(35 / 50)


def test_mann_whitney_with_ties_as_r_prints_it():
    first = [1, 5, 9, 24, 56, 21, 3, 7, 21, 4, np.nan]
    second = [12, 15, 5, 9, 9, 14, 56, 22, 3, 7, 32, 5]
    found = association.mann_whitney(first, second)
    assert found.u == 51.5  # endmemo.com/r/wilcoxon.php: W = 51.5, p-value = 0.5966
    assert found.p == pytest.approx(0.5966, abs=5e-5)
    assert "ties" in found.method
    plain = association.mann_whitney(first, second, correction=False)
    assert plain.p < found.p
    assert "no continuity correction" in plain.method
    with pytest.raises(ValueError, match="empty"):
        association.mann_whitney([np.nan], second)


def test_quartile_rules_differ_as_hyndman_and_fan_say():
    values = np.arange(1.0, 12)  # 1 to 11
    assert boxplot.quartiles(values, "linear") == (3.5, 6, 8.5)  # R quantile(1:11, type = 7)
    assert boxplot.quartiles(values, "weibull") == (3, 6, 9)  # R quantile(1:11, type = 6)
    assert boxplot.quartiles(values, "hinges") == (3.5, 6, 8.5)  # R fivenum(1:11)
    assert boxplot.quartiles([1, 2, 3, 4, 5, 6], "hinges") == (2, 3.5, 5)  # R fivenum(1:6)
    with pytest.raises(ValueError, match="'type7' is not one of"):
        boxplot.quartiles(values, "type7")
    with pytest.raises(ValueError, match="No value"):
        boxplot.quartiles([np.nan], "linear")


def test_box_statistics_name_outliers():
    values = pd.Series([1.0, 2, 3, 4, 5, 30, np.nan, -40], index=list("abcdefgh"))
    box = boxplot.box_statistics(values, "linear")
    assert box["n"] == 7
    assert box["outliers"] == "h; f"
    assert (box["low_whisker"], box["high_whisker"]) == (1, 5)
    assert boxplot.box_statistics(values, "linear", reach=100)["outliers"] == ""


def test_findings_in_words():
    table = pd.DataFrame({"rs": [0.3, -0.3, 0.1], "p": [0.001, 0.04, 0.2]}, index=list("abc"))
    assert association.findings(table, 0.05).tolist() == ["positive", "negative", "none"]


def test_partial_spearman_is_pingouins():
    import pingouin

    rng = np.random.default_rng(8)
    z = rng.normal(size=90)
    frame = pd.DataFrame({"x": z + rng.normal(size=90), "y": z + rng.normal(size=90), "z": z})
    theirs = pingouin.partial_corr(frame, "x", "y", "z", method="spearman").iloc[0]
    ours = association.partial_spearman(*frame.to_numpy().T)
    p = next(theirs[name] for name in ("p-val", "p_val", "p") if name in theirs)
    assert ours == pytest.approx((theirs["r"], p))
    assert abs(ours[0]) < abs(association.spearman_test(frame["x"], frame["y"])[0])


def test_plain_words_keep_the_numbers():
    table = pd.DataFrame({"n": [9], "rs": [0.2], "p": [0.6], "p_method": ["t"], "bh": [0.6]})
    words = association.plain(table)
    assert words.columns.tolist() == [
        "authorities", "rank correlation", "p", "p, Benjamini-Hochberg"
    ]  # fmt: skip
    assert words["rank correlation"].tolist() == [0.2]
    assert association.plain(table, "p").columns.tolist() == ["p"]
