"""Profiles, weights and what is not known."""

import numpy as np
import pandas as pd
import pytest

from care_rates import assessment, scoring, self_evaluation
from care_rates import scoring_sensitivity as sensitivity

pytestmark = pytest.mark.unit

EQUAL = {"A": 1, "B": 1}


def table(*rows):
    frame = pd.DataFrame(rows, columns=["rater", "code", "score", "missing", "confidence"])
    return frame.assign(score=frame["score"].astype(float), evidence="")


@pytest.fixture
def scores():
    nan = np.nan
    return table(
        ("x", "A1", 4, "", "high"), ("x", "A2", nan, "not known", ""),
        ("x", "B1", 0, "", "low"), ("x", "B2", 2, "", "high"),
        ("y", "A1", 1, "", ""), ("y", "A2", nan, "does not apply", ""),
        ("y", "B1", nan, "not yet scored", ""), ("y", "B2", nan, "not known", ""),
    )  # fmt: skip


def at(profile, rater, domain):
    return profile[(profile["rater"] == rater) & (profile["domain"] == domain)].iloc[0]


def test_profile_by_hand(scores):
    profile = scoring.by_domain(scores)
    x_a, x_b = at(profile, "x", "A"), at(profile, "x", "B")
    assert (x_a["value"], x_a["low"], x_a["high"]) == (4, 2, 4)
    assert (x_a["known"], x_a["unknown"], x_a["coverage"]) == (1, 1, 0.5)
    assert (x_b["value"], x_b["low"], x_b["high"]) == (1, 1, 1)


def test_what_does_not_apply_is_left_out_and_nothing_known_is_missing_not_zero(scores):
    profile = scoring.by_domain(scores)
    y_a, y_b = at(profile, "y", "A"), at(profile, "y", "B")
    assert (y_a["value"], y_a["low"], y_a["high"], y_a["unknown"]) == (1, 1, 1, 0)
    assert np.isnan(y_b["value"])
    assert (y_b["low"], y_b["high"], y_b["unknown"]) == (0, 4, 2)


def test_a_domain_where_nothing_applies_has_no_figures():
    profile = scoring.by_domain(
        table(("x", "A1", 3, "", ""), ("x", "B1", np.nan, "does not apply", ""))
    )
    row = at(profile, "x", "B")
    assert row[["value", "low", "high", "coverage"]].isna().all()
    assert row["unknown"] == 0


def test_confidence_and_fixed_values_for_the_unknown(scores):
    confident = scoring.by_domain(scores, by_confidence=True)
    assert at(confident, "x", "B")["value"] == pytest.approx((0 / 3 + 2) / (1 / 3 + 1))
    filled = scoring.by_domain(scores, unknown=0)
    assert at(filled, "x", "A")["value"] == at(filled, "x", "A")["low"] == 2
    assert at(filled, "y", "B")["value"] == 0


def test_overall_weighs_known_domains_and_ignores_scale(scores):
    profile = scoring.by_domain(scores)
    total = scoring.overall(profile, {"A": 3, "B": 1}).set_index("rater")
    assert total.at["x", "value"] == (3 * 4 + 1) / 4
    assert total.at["x", "low"] == (3 * 2 + 1) / 4
    assert total.at["y", "value"] == 1, "a domain without a value takes no weight"
    assert (total.at["y", "low"], total.at["y", "high"]) == (0.75, 1.75)
    assert total["unknown"].to_list() == [1, 2]
    again = scoring.overall(profile, {"A": 6, "B": 2}).set_index("rater")
    pd.testing.assert_frame_equal(total, again)


def test_a_domain_with_weight_zero_does_not_count(scores):
    total = scoring.overall(scoring.by_domain(scores), {"A": 0, "B": 1}).set_index("rater")
    assert total.at["x", "value"] == 1
    assert np.isnan(total.at["y", "value"])


@pytest.mark.parametrize(
    ("weights", "words"),
    [({"A": 1}, "Domain B has no weight"), ({"A": -1, "B": 1}, "weight of A is -1"),
     ({"A": 0, "B": 0}, "All weights are zero"), ({"A": np.inf, "B": 1}, "weight of")],
)  # fmt: skip
def test_bad_weights(scores, weights, words):
    with pytest.raises(scoring.ScoringError, match=words):
        scoring.overall(scoring.by_domain(scores), weights)


def test_grid_refuses_levels_off_the_scale_and_doubles(scores):
    assert scoring.grid(scores).shape == (4, 2)
    with pytest.raises(scoring.ScoringError, match="x, A1: 5 is no level"):
        scoring.grid(scores.assign(score=scores["score"].replace(4, 5)))
    with pytest.raises(scoring.ScoringError, match="x scored A1 twice"):
        scoring.grid(pd.concat([scores, scores.head(1)]))


def test_consensus_says_what_to_talk_about():
    nan = np.nan
    found = scoring.consensus(
        table(
            ("x", "A1", 4, "", "high"), ("y", "A1", 2, "", "high"),
            ("x", "A2", nan, "not known", ""), ("y", "A2", nan, "not yet scored", ""),
            ("x", "A3", 3, "", "high"), ("y", "A3", nan, "not known", ""),
            ("x", "A4", 3, "", "low"), ("y", "A4", 3, "", "high"),
            ("x", "A5", 3, "", "medium"), ("y", "A5", 2, "", "high"),
            ("x", "A6", nan, "does not apply", ""), ("y", "A6", nan, "does not apply", ""),
            ("x", "A7", 3, "", "high"), ("y", "A7", nan, "does not apply", ""),
            ("x", "B1", 1, "", "high"), ("y", "B1", 0, "", "high"),
            ("x", "B2", nan, "not yet scored", ""), ("y", "B2", nan, "not yet scored", ""),
        )
    )  # fmt: skip
    assert found["talk"].to_list() == [
        "raters differ", "not known", "one view", "little confidence", "", "", "",
        "level 0 or 1", "",
    ]  # fmt: skip
    assert found.at["A5", "confidence"] == "medium"
    assert found.at["A1", "median"] == 3
    assert found["unknown"].to_list() == [0, 2, 1, 0, 0, 0, 0, 0, 2]


@pytest.fixture
def saved():
    return assessment.to_frame(self_evaluation.read())


def test_any_weights_lie_between_lowest_and_highest_domain(saved):
    profile = scoring.by_domain(saved)
    spread = sensitivity.over_weights(profile, draws=3000, seed=1)
    assert (spread["least"] <= spread["q025"]).all()
    assert (spread["q025"] < spread["q500"]).all()
    assert (spread["q975"] <= spread["most"]).all()
    near = sensitivity.over_weights(profile, draws=3000, seed=1, concentration=200)
    assert (near["q975"] - near["q025"] < spread["q975"] - spread["q025"]).all()
    assert near["q500"].to_numpy() == pytest.approx(near["equal"].to_numpy(), abs=0.02)
    pd.testing.assert_frame_equal(spread, sensitivity.over_weights(profile, draws=3000, seed=1))


def test_a_domain_that_is_not_known_takes_its_weight_along():
    wide = {"A": 1.0, "B": np.nan, "C": 3.0}
    profile = pd.DataFrame({"rater": "x", "domain": list(wide), "value": list(wide.values())})
    spread = sensitivity.over_weights(profile, draws=2000, seed=1).iloc[0]
    assert 1 <= spread["q025"] < spread["q500"] < spread["q975"] <= 3
    assert spread["q500"] == pytest.approx(2, abs=0.1)


def test_what_is_not_known_can_be_taken_as_the_middle_of_the_scale():
    scores = table(("x", "A1", np.nan, "not known", ""), ("x", "B1", 3, "", "high"))
    found = sensitivity.under_rules(scores, dict.fromkeys("ABCDE", 1.0))["x"]
    assert found["left out"] == 3
    for level in (0, 2, 4):
        assert found[f"taken as {level}"] == pytest.approx((level + 3) / 2)


def test_dirichlet_mean_of_two_domains_is_uniform():
    profile = pd.DataFrame({"rater": "x", "domain": ["A", "B"], "value": [0.0, 4.0]})
    spread = sensitivity.over_weights(profile, draws=40_000, seed=3).iloc[0]
    assert spread[["q025", "q500", "q975"]].to_numpy(float) == pytest.approx(
        [0.1, 2, 3.9], abs=0.05
    )


def test_one_weight_at_a_time(scores):
    moves = sensitivity.one_at_a_time(scoring.by_domain(scores), EQUAL).set_index(
        ["domain", "factor", "rater"]
    )
    assert moves.at[("A", 0.0, "x"), "value"] == 1
    assert moves.at[("A", 2.0, "x"), "value"] == 3
    assert moves.at[("B", 0.0, "x"), "change"] == 1.5


def test_rules_for_the_unknown_agree_with_the_bounds(scores):
    rules = sensitivity.under_rules(scores, EQUAL)
    total = scoring.overall(scoring.by_domain(scores), EQUAL).set_index("rater")
    assert rules.loc["taken as 0"].to_list() == total["low"].to_list()
    assert rules.loc["taken as 4"].to_list() == total["high"].to_list()
    assert rules.loc["left out"].to_list() == total["value"].to_list()


def test_drawing_the_unknown_stays_within_the_bounds(scores):
    drawn = sensitivity.over_missing(scores, EQUAL, draws=4000, seed=2).set_index("rater")
    assert drawn.loc["x"].to_list() == [2.5, 2.5, 2.5], "one known level leaves nothing to draw"
    assert drawn.at["y", "q025"] >= 0.5
    assert drawn.at["y", "q975"] <= 2.5
    assert drawn.at["y", "q500"] == pytest.approx(1.5, abs=0.13)


def test_the_largest_move_of_each_rater(scores):
    moves = sensitivity.one_at_a_time(scoring.by_domain(scores), EQUAL, factors=(0.0, 3.0))
    found = sensitivity.largest_move(moves, {"A": "first", "B": "second"}).set_index("rater")
    assert found.loc["x"].to_list() == ["first", "left out", 1, -1.5]
    later = sensitivity.largest_move(moves[moves["factor"] > 0], {"A": "first", "B": "second"})
    assert later["weight"].to_list() == ["times 3", "times 3"]
