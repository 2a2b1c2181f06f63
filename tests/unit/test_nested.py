"""Cases on and off the line, and sets of cases."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from care_rates import case_sets, nested

pytestmark = pytest.mark.unit


@pytest.fixture
def areas():
    rng = np.random.default_rng(4)
    need = rng.normal(size=(14, 2))
    rate = np.exp(4 + 0.3 * need[:, 0] + 0.1 * rng.normal(size=14))
    frame = pd.DataFrame(need, columns=["poor", "lone"])
    return frame.assign(area=[f"area {i:02}" for i in range(14)], rate=rate)


def test_intervals_are_those_of_the_model_without_the_area(areas):
    model = nested.fit(areas, "rate", ["poor", "lone"], log=False)
    left = areas.drop(index=3)
    rest = sm.OLS(left["rate"], sm.add_constant(left[["poor", "lone"]])).fit()
    one = sm.add_constant(areas[["poor", "lone"]]).loc[[3]]
    wanted = rest.get_prediction(one).summary_frame(alpha=0.05).iloc[0]
    row = model.cases.loc["area 03"]
    assert row["low"] == pytest.approx(wanted["obs_ci_lower"])
    assert row["high"] == pytest.approx(wanted["obs_ci_upper"])
    expected = (areas.at[3, "rate"] - wanted["mean"]) / np.sqrt(
        rest.scale + rest.get_prediction(one).se_mean[0] ** 2
    )
    assert row["studentised"] == pytest.approx(expected)


def test_logged_model_is_back_on_the_scale_of_the_outcome(areas):
    plain = nested.fit(
        areas.assign(rate=np.log(areas["rate"])), "rate", ["poor", "lone"], log=False
    )
    logged = nested.fit(areas, "rate", ["poor", "lone"])
    assert np.log(logged.cases["fitted"]).to_numpy() == pytest.approx(
        plain.cases["fitted"].to_numpy()
    )
    assert np.log(logged.cases["low"]).to_numpy() == pytest.approx(plain.cases["low"].to_numpy())
    assert (logged.cases["low"] > 0).all()
    assert logged.r_squared == plain.r_squared
    assert logged.cases["observed"].to_list() == areas["rate"].to_list()


def test_positions_follow_the_stated_rule(areas):
    areas.loc[5, "rate"] *= 3
    areas.loc[6, "rate"] /= 3
    model = nested.fit(areas, "rate", ["poor", "lone"], near=0.5)
    cases = model.cases
    assert cases.at["area 05", "position"] == "off the line, above"
    assert cases.at["area 06", "position"] == "off the line, below"
    on = cases["position"] == "on the line"
    assert (cases.loc[on, "studentised"].abs() <= 0.5).all()
    off = cases["position"].str.startswith("off")
    assert (((cases["observed"] > cases["high"]) | (cases["observed"] < cases["low"])) == off).all()


def test_coefficients_have_robust_intervals(areas):
    model = nested.fit(areas, "rate", ["poor", "lone"])
    design = sm.add_constant(areas[["poor", "lone"]])
    robust = sm.OLS(np.log(areas["rate"]), design).fit(cov_type="HC3", use_t=True)
    assert model.coefficients["low"].to_numpy() == pytest.approx(robust.conf_int()[0].to_numpy())
    assert model.coefficients.index.to_list() == ["constant", "poor", "lone"]


def test_faults_of_the_model_are_named(areas):
    with pytest.raises(nested.NestedError, match="area 02 has no value in one of: rate, poor"):
        nested.fit(areas.assign(poor=areas["poor"].mask(areas.index == 2)), "rate", ["poor"])
    with pytest.raises(nested.NestedError, match="5 areas are too few for 2 terms"):
        nested.fit(areas.head(5), "rate", ["poor", "lone"])
    with pytest.raises(nested.NestedError, match="area 01 has rate 0: no logarithm"):
        nested.fit(areas.assign(rate=areas["rate"].where(areas.index != 1, 0)), "rate", ["poor"])


@pytest.mark.parametrize("log", [True, False])
def test_rounding_moves_residuals_as_far_as_it_can(areas, log):
    model = nested.fit(areas, "rate", ["poor", "lone"], log=log)
    rate = areas.set_index("area")["rate"]
    still = nested.under_rounding(model, rate, rate, draws=20, seed=0)
    assert still["low"].to_numpy() == pytest.approx(model.cases["residual"].to_numpy())
    assert still["high"].to_numpy() == pytest.approx(model.cases["residual"].to_numpy())
    moved = nested.under_rounding(model, rate - 2, rate + 2, draws=2000, seed=0)
    assert (moved["low"] < model.cases["residual"]).all()
    assert moved["same_sign"].between(0, 1).all()
    again = nested.under_rounding(model, rate - 2, rate + 2, draws=2000, seed=0)
    pd.testing.assert_frame_equal(moved, again)


@pytest.fixture
def line():
    """Six areas: need 0, 0, 0, 10, 10, 10 and rates 1, 1, 9, 1, 1, 1."""
    return pd.DataFrame(
        {"area": list("abcdef"), "need": [0.0, 0, 0, 10, 10, 10], "rate": [1.0, 1, 9, 1, 1, 1]}
    )


def test_distance_is_in_standard_deviations(line):
    found = case_sets.need_distance(line, ["need"])
    assert found.at["a", "b"] == 0
    assert found.at["a", "d"] == pytest.approx(10 / line["need"].std())
    twice = case_sets.need_distance(line.assign(also=line["need"]), ["need", "also"])
    pd.testing.assert_frame_equal(found, twice)


def test_all_sets_by_hand(line):
    table = case_sets.sets(line, "rate", ["need"], 3)
    assert len(table) == 20
    like = table[table["areas"] == ("a", "b", "c")].iloc[0]
    assert like["need_gap"] == 0
    assert like["rate_gap"] == pytest.approx((0 + 8 + 8) / 3)
    placed = case_sets.place(table, ["c", "b", "a"])
    assert placed["nearer_in_need"] == placed["wider_in_rate"] == placed["both"] == 0
    other = case_sets.place(table, ["a", "b", "d"])
    assert other["nearer_in_need"] == pytest.approx(2 / 19)
    assert other["wider_in_rate"] == pytest.approx(10 / 19)
    assert other["both"] == pytest.approx(1 / 19)


def test_suggested_set_is_the_widest_among_the_nearest(line):
    table = case_sets.sets(line, "rate", ["need"], 3)
    best = case_sets.suggest(table, nearest=0.1, number=2)
    assert best["areas"].to_list() == [("a", "b", "c"), ("d", "e", "f")]
    assert best["rate_gap"].is_monotonic_decreasing


def test_binned_sets_keep_their_number(line):
    table = case_sets.sets(line, "rate", ["need"], 2)
    cells = case_sets.binned(table, bins=4)
    assert cells["sets"].sum() == len(table)
    assert (cells["need_to"] > cells["need_from"]).all()


def test_faults_of_sets_are_named(line, areas):
    table = case_sets.sets(line, "rate", ["need"], 3)
    with pytest.raises(case_sets.CaseSetError, match="No set holds a, z"):
        case_sets.place(table, ["a", "z"])
    many = pd.concat([areas] * 4, ignore_index=True)
    with pytest.raises(case_sets.CaseSetError, match="are too many"):
        case_sets.sets(many, "rate", ["poor"], 8)


def test_ratios_are_observed_over_expected(areas):
    model = nested.fit(areas, "rate", ["poor", "lone"])
    rate = areas.set_index("area")["rate"]
    rounding = nested.under_rounding(model, rate - 1, rate + 1, draws=500, seed=0)
    found = nested.ratios(model, rounding)
    assert (found["observed"] / found["expected"]).to_numpy() == pytest.approx(
        found["ratio"].to_numpy()
    )
    assert (found["ratio_low"] < found["ratio"]).all()
    assert (found["ratio"] < found["ratio_high"]).all()
    with pytest.raises(nested.NestedError, match="log=True"):
        nested.ratios(nested.fit(areas, "rate", ["poor"], log=False), rounding)


def test_the_same_areas_under_several_models(areas):
    areas.loc[5, "rate"] *= 4
    options = {"one": {"frame": areas, "need": ["poor"]},
               "straight": {"frame": areas, "need": ["poor", "lone"], "log": False}}  # fmt: skip
    found = nested.compare(options, "rate", ["area 05", "area 01"])
    straight = nested.fit(areas, "rate", ["poor", "lone"], log=False)
    assert found.at["straight", "area 05"] == straight.cases.at["area 05", "studentised"]
    assert found.at["one", "off the line"] == "area 05"
    calm = nested.compare({"one": {"frame": areas.drop(index=5), "need": ["poor"]}}, "rate", [])
    assert calm.at["one", "off the line"] in ("none", *areas["area"])


def test_the_same_set_under_several_measures_of_need(line):
    options = {"need": {"frame": line, "need": ["need"]}, "rate": {"frame": line, "need": ["rate"]}}
    found = case_sets.compare(options, "rate", ["a", "b", "d"])
    assert found.at["need", "nearer_in_need"] == pytest.approx(2 / 19)
    assert found.at["rate", "need_gap"] == 0


def test_a_pick_takes_both_ends_and_the_middle(areas):
    areas.loc[5, "rate"] *= 3
    areas.loc[6, "rate"] /= 3
    model = nested.fit(areas, "rate", ["poor", "lone"])
    found = nested.pick(model, ["area 05", "area 99"])
    assert len(found) == 5 and found.index[0] == "area 05" and found.index[-1] == "area 06"
    assert found["studentised"].is_monotonic_decreasing
    assert found["picked"].value_counts().to_dict() == {
        "furthest above": 2, "furthest below": 2, "nearest to the line": 1,
    }  # fmt: skip
    middle = found.index[found["picked"] == "nearest to the line"].item()
    assert middle == model.cases["studentised"].abs().idxmin()
    assert found["studied"].to_list() == [True, False, False, False, False]
    assert found.at["area 05", "position"] == "off the line, above"
    with pytest.raises(nested.NestedError, match="on one side"):
        nested.pick(model, each_side=12)
