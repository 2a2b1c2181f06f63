"""Findings then and now: the rule and the difference beside it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_rates import then_and_now

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("then", "p_then", "now", "p_now", "word"),
    [
        (-0.3, 0.001, -0.2, 0.02, "persists"),
        (-0.3, 0.001, 0.2, 0.02, "reverses"),
        (-0.3, 0.001, 0.2, 0.2, "vanishes"),
        (-0.1, 0.2, -0.3, 0.001, "appears"),
        (-0.1, 0.2, 0.1, 0.3, "none"),
        (0.3, 0.049, 0.2, 0.05, "vanishes"),
    ],
)
def test_rule(then, p_then, now, p_now, word):
    assert then_and_now.verdict(then, p_then, now, p_now) == word
    assert word in then_and_now.RULE


@pytest.fixture
def frames():
    rng = np.random.default_rng(5)
    x, noise = rng.normal(size=(2, 150))
    then = pd.DataFrame({"x": x, "y": x + noise})
    now = pd.DataFrame({"x": x, "y": -x + noise})
    now.loc[:3, "y"] = np.nan
    return then, now


def test_compare_sets_both_periods_side_by_side(frames):
    then, now = frames
    pairs = {"turned": (("x", "y"), ("x", "y"))}
    table = then_and_now.compare(then, now, pairs, alpha=0.05, resamples=400, seed=1)
    row = table.loc["turned"]
    assert row["verdict"] == "reverses"
    assert (row["n_then"], row["n_now"]) == (150, 146)
    assert row["then"] == pytest.approx(stats.spearmanr(then["x"], then["y"]).statistic)
    kept = now.dropna().index
    gap = (stats.spearmanr(now.loc[kept, "x"], now.loc[kept, "y"]).statistic
           - stats.spearmanr(then.loc[kept, "x"], then.loc[kept, "y"]).statistic)  # fmt: skip
    assert row["difference"] == pytest.approx(gap)
    assert row["low"] < row["difference"] < row["high"] < 0
    assert set(table.columns) == set(then_and_now.PLAIN)


def test_difference_of_a_finding_with_itself_is_none(frames):
    then, _ = frames
    assert then_and_now.difference(then, then, resamples=50, seed=1) == (0, 0, 0)
    with pytest.raises(ValueError, match="4 authorities have figures"):
        then_and_now.difference(then.head(4), then, resamples=50, seed=1)
