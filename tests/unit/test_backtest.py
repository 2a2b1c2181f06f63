"""Rolling origins, their scores and the test of equal accuracy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_rates import backtest, forecast, readings_ccn

pytestmark = pytest.mark.unit

HISTORY = pd.DataFrame(
    {"stock": 100 + np.cumsum([1, 3, -1, 2, 4, 0, 1, 5, -2, 3, 2.0])}, index=range(2000, 2011)
)
RULES = {"no change": forecast.random_walk, "drift": forecast.drift}


def test_an_origin_sees_only_its_past():
    tests = backtest.rolling(HISTORY, RULES, [2005, 2008], 3)
    cut = backtest.rolling(HISTORY.loc[:2008], {"drift": forecast.drift}, [2005], 3)
    same = tests.query("method == 'drift' and origin == 2005")
    assert same["forecast"].tolist() == cut["forecast"].tolist()
    assert tests.query("origin == 2008")["horizon"].max() == 2
    row = tests.query("method == 'no change' and origin == 2005 and horizon == 2").iloc[0]
    assert row["error"] == HISTORY.at[2005, "stock"] - HISTORY.at[2007, "stock"]


def test_outcomes_may_come_from_a_later_release():
    later = HISTORY["stock"] + 10
    tests = backtest.rolling(HISTORY, RULES, [2008], 2, actual=later)
    assert tests["actual"].tolist() == [later[2009], later[2010]] * 2


def test_scores_by_hand():
    tests = pd.DataFrame(
        {"method": "m", "horizon": 1, "origin": [1, 2], "forecast": [110.0, 95], "low": [105.0, 90],
         "high": [115.0, 104], "actual": [100.0, 100]}
    )  # fmt: skip
    tests["error"] = tests["forecast"] - tests["actual"]
    row = backtest.scores(tests, alpha=0.1).loc[("m", 1)]
    assert row["mean_error"] == pytest.approx(2.5)
    assert row["mean_absolute_error"] == pytest.approx(7.5)
    assert row["coverage"] == 0.5
    assert row["width"] == pytest.approx(12)
    assert row["interval_score"] == pytest.approx((10 + 20 * 5 + 14) / 2)
    assert row["forecasts"] == 2


def test_one_step_test_of_equal_accuracy_is_the_paired_t_test():
    tests = backtest.rolling(HISTORY, RULES, range(2003, 2010), 1)
    found = backtest.equal_accuracy(tests, 1, "no change").loc["drift"]
    size = (100 * tests["error"].abs() / tests["actual"]).to_numpy()
    drift, still = (size[(tests["method"] == name).to_numpy()] for name in ("drift", "no change"))
    want = stats.ttest_rel(drift, still)
    assert found["statistic"] == pytest.approx(want.statistic)
    assert found["p"] == pytest.approx(want.pvalue)
    interval = want.confidence_interval(0.95)
    assert [found["low"], found["high"]] == pytest.approx([interval.low, interval.high])


def test_longer_horizons_count_overlapping_errors():
    tests = backtest.rolling(HISTORY, RULES, range(2002, 2009), 2)
    found = backtest.equal_accuracy(tests, 2, "no change").loc["drift"]
    rows = tests[tests["horizon"] == 2]
    size = 100 * rows["error"].abs() / rows["actual"]
    gap = (
        size[rows["method"] == "drift"].to_numpy() - size[rows["method"] == "no change"].to_numpy()
    )
    n, centred = len(gap), gap - gap.mean()
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / n
    variance = variance if variance > 0 else centred @ centred / n
    factor = (n + 1 - 4 + 2 / n) / n
    assert found["statistic"] == pytest.approx(gap.mean() / np.sqrt(variance / n / factor))


def test_faults_are_named():
    with pytest.raises(ValueError, match="origin 1999"):
        backtest.rolling(HISTORY, RULES, [1999])
    tests = backtest.rolling(HISTORY, RULES, [2005], 1)
    with pytest.raises(ValueError, match="reference 'x'"):
        backtest.equal_accuracy(tests, 1, "x")


def test_readings_of_the_published_forecasts():
    history = pd.DataFrame({"stock": np.linspace(65000.0, 80000, 10)}, index=range(2011, 2021))
    found = readings_ccn.numbers({"a": history, "b": history + 1}, 2025)
    assert len(found) == 2 * (2 + len(forecast.READINGS))
    lower = found.query("release == 'a' and estimate == 'lower'")
    assert lower["forecast"].tolist() == pytest.approx([80000 + 5 * 15000 / 9] * 2)
    spend = pd.DataFrame(
        {"gross share": [40.0, 42, 44], "net share": [50.0, 51, 52]}, index=[2018, 2019, 2020]
    )
    options = readings_ccn.spending(spend, {"gross": 10e9, "net": 9e9}, {"once": 1e9}, 2022)
    assert len(options) == 2 * 2 * 2 * 2
    first = options.iloc[0]
    assert (first["share"], first["spend"]) == (pytest.approx(48), pytest.approx(0.48 * 11e9))
    assert set(options["share rounded first"]) == {"no", "yes"}
