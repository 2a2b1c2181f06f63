"""Intervals against R's documented examples, PHEindicatormethods and closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_rates import intervals

pytestmark = pytest.mark.unit


def test_exact_interval_is_that_of_r_poisson_test():
    # R: poisson.test(137, 24.19893), Welsh nickel workers
    low, high = intervals.count_interval(137)
    assert np.array([low, high]) / 24.19893 == pytest.approx([4.753125, 6.692709], abs=5e-7)


def test_byar_is_that_of_pheindicatormethods():
    # byars_lower(65), byars_upper(65), as quoted in the project's issue
    low, high = intervals.count_interval(65, method="byar")
    assert (float(low), float(high)) == pytest.approx((50.1632, 82.8491), abs=5e-5)


def test_exact_interval_holds_its_tails():
    x = np.array([1.0, 7.0, 65.0, 1045.0])
    for level in (0.95, 0.998):
        low, high = intervals.count_interval(x, level)
        tail = (1 - level) / 2
        assert stats.poisson.sf(x - 1, low) == pytest.approx(np.full(4, tail))
        assert stats.poisson.cdf(x, high) == pytest.approx(np.full(4, tail))


def test_zero_and_missing_counts():
    for method in ("exact", "byar"):
        low, high = intervals.count_interval([0.0, np.nan], method=method)
        assert low[0] == 0 and high[0] > 3
        assert np.isnan(low[1]) and np.isnan(high[1])
    assert intervals.count_interval(0.0)[1] == pytest.approx(-np.log(0.025))
    assert intervals.count_interval(1e-3, method="byar")[0] == 0


def test_rates_carry_rounding():
    table = intervals.rates(pd.Series([2.0, 100.0]), pd.Series([10_000.0, 10_000.0]), rounding=5)
    assert table["rounded_low"].tolist() == [0.0, 97.5]
    assert table["rounded_high"].tolist() == [4.5, 102.5]
    assert (table["low"] <= table["rounded_low"]).all()
    exact = intervals.rates(pd.Series([100.0]), pd.Series([10_000.0]))
    assert exact.loc[0, ["low", "high"]].tolist() == pytest.approx(
        [float(v) for v in intervals.count_interval(100)]
    )
    assert exact["low"][0] > table["low"][1]


def test_proportions():
    # Newcombe 1998, 81 of 263: Wilson 0.2553 to 0.3662, Clopper-Pearson 0.2527 to 0.3676
    wilson = intervals.proportions([81.0], [263.0])
    exact = intervals.proportions([81.0], [263.0], method="exact")
    assert wilson.loc[0, ["low", "high"]].tolist() == pytest.approx([0.2553, 0.3662], abs=5e-5)
    assert exact.loc[0, ["low", "high"]].tolist() == pytest.approx([0.2527, 0.3676], abs=5e-5)
    with pytest.raises(ValueError, match="5 of 4 at position 1"):
        intervals.proportions([1.0, 5.0], [4.0, 4.0])
    with pytest.raises(ValueError, match="wilson, exact"):
        intervals.proportions([1.0], [4.0], method="wald")


def test_rate_ratio_is_that_of_r_poisson_test():
    # R: poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))
    row = intervals.rate_ratio(11, 800, 21, 3011).iloc[0]
    assert row[["ratio", "low", "high"]].tolist() == pytest.approx(
        [1.971488, 0.8584264, 4.2772659], abs=5e-7
    )
    assert row["p"] > 0.05


def test_rate_ratio_test_and_interval_agree_and_zero_is_allowed():
    table = intervals.rate_ratio([30, 0, 5], 1000, [10, 4, 0], 1000)
    assert ((table["low"] > 1) | (table["high"] < 1)).tolist() == (table["p"] < 0.05).tolist()
    assert table["ratio"].tolist()[1] == 0 and np.isinf(table["ratio"][2])
    assert (table["p"] <= 1).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: intervals.count_interval([3, -1]), "count: value -1 at position 1"),
        (lambda: intervals.count_interval([np.inf]), "must be finite"),
        (lambda: intervals.count_interval([3], 95), "between 0 and 1"),
        (lambda: intervals.count_interval([3], method="wald"), "exact, byar"),
        (lambda: intervals.rates(pd.Series([1.0]), pd.Series([0.0])), "above zero"),
    ],
)
def test_messages_say_what_and_where(call, words):
    with pytest.raises(ValueError, match=words):
        call()
