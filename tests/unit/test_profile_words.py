"""Numbers in sentences."""

import numpy as np
import pandas as pd
import pytest

from care_rates import profile_words as words
from care_rates.plots_parts import apart

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1416, 0, "1,416"), (81770.4, 0, "81,770"), (-3.26, 1, "−3.3"), (-0.2, 0, "0"),
        (0, 1, "0.0"), (1234567.5, 1, "1,234,567.5"), (np.nan, 0, "not known"), (999.5, 0, "1,000"),
    ],
)  # fmt: skip
def test_numbers(value, decimals, text):
    assert words.number(value, decimals) == text


def test_intervals_and_coverage():
    assert words.span(-11.6, 2.1, unit="%") == "−12% to 2%"
    assert words.percent(0.05) == "95%"
    assert words.percent(0.002) == "99.8%"


@pytest.mark.parametrize(
    ("change", "moved", "apart_from"),
    [
        (12.4, "rose by 12%", "12% higher than"), (-3, "fell by 3%", "3% lower than"),
        (0.4, "hardly changed", "about the same as"),
    ],
)  # fmt: skip
def test_changes(change, moved, apart_from):
    assert words.moved(change) == moved
    assert words.apart(change) == apart_from


def test_a_change_is_beyond_chance_only_if_its_interval_leaves_zero_out():
    assert words.beyond(0.1, 4) == words.beyond(-9, -1) == "more than chance alone would make"
    assert words.beyond(-1, 4) == "no more than chance alone could make"
    assert words.beyond(0, 4) == "no more than chance alone could make"


def test_positions_in_a_funnel():
    assert words.position("inside") == "inside the 95% limits"
    assert words.position("above 99.8%") == "above the upper 99.8% limit"
    assert words.position("below 95%") == "below the lower 95% limit"


def test_lists_and_counts():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.councils(["Cumberland", "Westmorland and Furness"]) == (
        "the councils of Cumberland and of Westmorland and Furness"
    )
    assert [words.times(n, "year") for n in (0, 1, 4)] == ["no year", "1 year", "4 years"]
    assert words.times(2, "authority") == "2 authorities"
    assert words.date(pd.Timestamp("2022-09-05")) == "5 September 2022"


def test_what_rounding_could_do_is_said_in_each_case():
    assert "printed to the child" in words.rounding(0, True)
    assert "no rounding could change" in words.rounding(5, True)
    assert "could move it across" in words.rounding(5, False)


def test_chance_of_moves_is_that_of_two_poisson_counts():
    assert words.chance_of_moves(50, 50) == pytest.approx(19.59964)
    draws = np.random.default_rng(1).poisson(200, (2, 40_000))
    spread = np.quantile(np.abs(draws[0] - draws[1]), 0.95)
    assert words.chance_of_moves(200, 200) == pytest.approx(spread, abs=1)


def test_labels_are_moved_apart_and_keep_their_order():
    placed = apart([10.0, 10.5, 30.0], 4.0)
    assert sorted(placed) == placed
    assert min(np.diff(placed)) >= 4.0 - 1e-9
    assert np.mean(placed) == pytest.approx(np.mean([10.0, 10.5, 30.0]))
    assert apart([], 4.0) == []
