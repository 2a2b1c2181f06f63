"""Splits of growth against published numbers and closed forms."""

import numpy as np
import pandas as pd
import pytest

from care_rates import decompose

pytestmark = pytest.mark.unit

BEFORE = {"people": 10.0, "rate": 2.0, "cost": 3.0}
AFTER = {"people": 12.0, "rate": 3.0, "cost": 5.0}


def test_lmdi_gives_the_example_of_the_r_package_lmdir():
    """Two parts, three factors, 1971 to 1972: LMDIR's checked worksheet (CRAN)."""
    before = {"factor 1": [1, 4], "factor 2": [10, 5], "factor 3": [2, 3]}
    after = {"factor 1": [4, 5], "factor 2": [5, 6], "factor 3": [3, 4]}
    found = decompose.lmdi(before, after)
    assert found.tolist() == pytest.approx([69.79006598, -9.455125793, 39.66505981])
    assert found.sum() == pytest.approx(100)


def test_two_factors_by_hand():
    a, b = {"x": 4.0, "y": 5.0}, {"x": 6.0, "y": 9.0}
    shapley = decompose.shapley(a, b)
    assert shapley["x"] == pytest.approx(2 * (5 + 9) / 2)
    assert shapley["y"] == pytest.approx(4 * (4 + 6) / 2)
    assert decompose.laspeyres(a, b).to_dict() == pytest.approx({"x": 10, "y": 16, "joint": 8})
    assert decompose.paasche(a, b).to_dict() == pytest.approx({"x": 18, "y": 24, "joint": -8})


def test_three_factors_by_das_guptas_formula():
    found = decompose.shapley(BEFORE, AFTER)["people"]
    (b, c), (d, e) = (2.0, 3.0), (3.0, 5.0)
    assert found == pytest.approx(2 * ((b * c + d * e) / 3 + (b * e + d * c) / 6))


def test_every_rule_without_a_joint_term_adds_up():
    total = 12 * 3 * 5 - 10 * 2 * 3
    orders = decompose.all_orders(BEFORE, AFTER)
    assert len(orders) == 6
    assert orders.sum(axis=1).tolist() == pytest.approx([total] * 6)
    for rule in (decompose.shapley, decompose.lmdi, decompose.laspeyres, decompose.paasche):
        assert rule(BEFORE, AFTER).sum() == pytest.approx(total)
    first = decompose.sequential(BEFORE, AFTER, ["cost", "rate", "people"])
    assert first.to_dict() == pytest.approx({"people": 30, "rate": 50, "cost": 40})


def test_turning_time_round_turns_the_signs():
    for rule in (decompose.shapley, decompose.lmdi):
        there, back = rule(BEFORE, AFTER), rule(AFTER, BEFORE)
        assert there.to_numpy() == pytest.approx(-back.to_numpy())


def test_a_factor_that_stands_still_contributes_nothing():
    after = AFTER | {"rate": 2.0}
    for rule in (decompose.shapley, decompose.lmdi, decompose.laspeyres):
        assert rule(BEFORE, after)["rate"] == pytest.approx(0)


def test_logarithmic_mean_lies_between_geometric_and_arithmetic():
    a, b = np.array([1.0, 2.0, 5.0]), np.array([4.0, 2.0, 5.5])
    mean = decompose.logarithmic_mean(a, b)
    assert (mean >= np.sqrt(a * b) - 1e-12).all()
    assert (mean <= (a + b) / 2 + 1e-12).all()
    assert mean[0] == pytest.approx(3 / np.log(4))
    assert mean[1] == 2


def test_compare_is_in_percent_of_the_growth():
    table = decompose.compare(BEFORE, AFTER)
    assert list(table.index) == ["people", "rate", "cost", "joint"]
    assert table[["LMDI", "Shapley"]].sum().tolist() == pytest.approx([100, 100])
    assert table[["Laspeyres", "Paasche"]].sum().tolist() == pytest.approx([100, 100])
    assert (table["lowest order"].dropna() <= table["Shapley"].dropna()).all()
    assert table.loc["cost", "highest order"] >= table.loc["cost", "Shapley"]


def test_faults_are_named():
    with pytest.raises(ValueError, match="the factors differ"):
        decompose.shapley(BEFORE, {"people": 1.0})
    with pytest.raises(ValueError, match="finite"):
        decompose.laspeyres(BEFORE, AFTER | {"rate": np.nan})
    with pytest.raises(ValueError, match="each factor once"):
        decompose.sequential(BEFORE, AFTER, ["cost"])
    with pytest.raises(ValueError, match="same factors"):
        decompose.lmdi(BEFORE, {"people": 1.0})
    with pytest.raises(ValueError, match="positive"):
        decompose.lmdi(BEFORE, AFTER | {"rate": 0.0})
    with pytest.raises(ValueError, match="positive"):
        decompose.logarithmic_mean([1.0], [0.0])
    with pytest.raises(ValueError, match="nothing to split"):
        decompose.compare(pd.Series(BEFORE), pd.Series(BEFORE))


def test_the_nearest_split_comes_first():
    printed = {"a": 40.0, "b": 60.0}
    found = decompose.nearest(printed, {"far": {"b": 70, "a": 30}, "near": {"a": 41, "b": 57}})
    assert list(found.index) == ["near", "far"]
    assert found.loc["near", ["points apart", "largest"]].tolist() == [2, 3]
    with pytest.raises(ValueError, match="parts: a, b"):
        decompose.nearest(printed, {"odd": {"a": 40, "c": 60}})
