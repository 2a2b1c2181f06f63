"""Expressions over printed intervals."""

import math

import numpy as np
import pytest
from scipy import stats

from care_rates.arithmetic import (
    FormulaError,
    imply,
    mannwhitney_p,
    operands,
    sd_max,
    sd_min,
    spearman_p,
)  # fmt: skip

pytestmark = pytest.mark.unit


def box(**values):
    return {f"r.{k}": (v, v - h, v + h) for k, (v, h) in values.items()}


def test_growth_over_rounded_endpoints():
    found = imply("growth({r.a}, {r.b})", box(a=(100, 0.5), b=(115, 0.5)))
    assert found.value == pytest.approx(15)
    assert found.low == pytest.approx(100 * (114.5 / 100.5 - 1))
    assert found.high == pytest.approx(100 * (115.5 / 99.5 - 1))


def test_cagr_share_slope_and_sums():
    b = box(a=(100, 0), b=(121, 0), c=(30, 0))
    assert imply("cagr({r.a}, {r.b}, 2)", b).value == pytest.approx(10)
    assert imply("share({r.c}, {r.a} + {r.b} - 71)", b).value == pytest.approx(20)
    assert imply("slope({r.a}, {r.b}, 7)", b).value == pytest.approx(3)
    assert imply("sum({r.a}, {r.b}, {r.c})", b).value == 251
    assert imply("mean({r.a}, {r.b}) - min({r.a}, {r.c}) * 2 ** 1", b).value == pytest.approx(50.5)
    assert imply("-abs(-{r.c}) + sqrt({r.b})", b).value == pytest.approx(-19)


def test_a_long_sum_is_bounded_without_all_corners():
    b = {f"r.x{i}": (10.0, 9.5, 10.5) for i in range(20)}
    found = imply("sum(" + ", ".join(f"{{{k}}}" for k in b) + ")", b)
    assert (found.value, found.low, found.high) == (200, 190, 210)


def test_comparisons_know_always_and_possibly():
    b = box(a=(5, 0.5), b=(5, 0.5), c=(9, 0.5))
    sure = imply("{r.a} < {r.c}", b)
    assert (sure.value, sure.low, sure.high) == (True, True, True)
    open_ = imply("{r.a} < {r.b}", b)
    assert (open_.value, open_.low, open_.high) == (False, False, True)
    no = imply("{r.c} <= {r.a}", b)
    assert (no.value, no.high) == (False, False)
    chain = imply("{r.a} <= {r.b} < {r.c} and {r.c} > 1 and 2 >= 1", b)
    assert (chain.value, chain.high) == (True, True)


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("{r.a} +", "cannot be read"),
        ("{r.z} + 1", "no printed number for r.z"),
        ("__import__('os')", "not allowed"),
        ("{r.a}.real", "not allowed"),
        ("[1]", "not allowed"),
        ("True", "not allowed"),
        ("max(1, key=2)", "not allowed"),
        ("1 / ({r.a} - 5)", "divides by zero"),
        ("{r.a} == 5", "compare with"),
        ("{r.a} and {r.a} < 2", "only comparisons"),
    ],
)
def test_what_a_formula_may_not_hold(formula, word):
    with pytest.raises(FormulaError, match=word):
        imply(formula, box(a=(5, 0)))


def test_operands_in_order_of_first_use():
    assert operands("{r.b} + {r.a} * {r.b}") == ["r.b", "r.a"]


def test_spearman_p_is_scipys():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 40))
    r = stats.spearmanr(x, y)
    assert spearman_p(r.statistic, 40) == pytest.approx(r.pvalue)
    assert spearman_p(1, 10) == 0


def test_mannwhitney_p_is_scipys_normal_approximation():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=30), rng.normal(0.4, size=45)
    test = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False)
    assert mannwhitney_p(test.statistic, 30, 45) == pytest.approx(test.pvalue)
    assert mannwhitney_p(30 * 45 - test.statistic, 45, 30) == pytest.approx(test.pvalue)


def test_sd_bounds_hold_for_samples_and_are_attained():
    rng = np.random.default_rng(3)
    for n in (3, 9, 30):
        x = rng.gamma(2, size=n)
        sd = x.std(ddof=1)
        low, high, mean = x.min(), x.max(), x.mean()
        assert sd_min(low, high, mean, n) <= sd + 1e-9
        assert sd <= sd_max(low, high, mean, n) + 1e-9
    assert sd_min(0, 2, 1, 2) == pytest.approx(np.std([0, 2], ddof=1))
    assert sd_min(0, 10, 5, 12) == pytest.approx(np.std([0, 10] + [5] * 10, ddof=1))
    assert sd_max(0, 10, 5, 10) == pytest.approx(np.std([0] * 5 + [10] * 5, ddof=1))
    assert math.isclose(sd_max(4, 4, 4, 5), 0)
