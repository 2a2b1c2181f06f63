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


def test_intervals_are_stretched_by_what_they_lacked():
    tests = pd.DataFrame(
        {
            "method": ["a"] * 4 + ["b"] * 2, "horizon": [1, 1, 1, 1, 1, 1],
            "forecast": [10.0, 10, 10, 10, 10, 10], "low": [8.0, 8, 8, 8, 5, 5],
            "high": [14.0, 14, 14, 14, 15, 15], "actual": [11.0, 12, 18, 4, 11, 12],
        }
    )  # fmt: skip
    tests["error"] = tests["forecast"] - tests["actual"]
    found = backtest.stretch(tests, 0.05)
    assert found.to_dict() == {("a", 1): 3.0, ("b", 1): 1.0}
    assert backtest.stretch(tests, 0.5)["a", 1] == 2.0
    ahead = pd.DataFrame({"method": ["a", "b"], "year": [2026, 2026], "forecast": [100.0, 100],
                          "low": [50.0, 90], "high": [120.0, 130]})  # fmt: skip
    wide = backtest.stretched(ahead, 2025, found)
    assert wide["low"].tolist() == [0, 90]
    assert wide["high"].tolist() == [160, 130]
    assert wide["forecast"].tolist() == [100, 100]


def test_the_outlook_by_year_ends_where_the_reading_ends():
    years = [2021, 2022]
    children = pd.DataFrame({"lower": [100.0, 110], "upper": [120.0, 140]}, index=years)
    shares = pd.Series([40.0, 42, 44], index=[2018, 2019, 2020])
    found = readings_ccn.paths(children, shares, 1e6, 1e5, 0.1)
    assert found["share"].tolist() == pytest.approx([46, 48])
    assert found["spend"].tolist() == pytest.approx([0.46 * 1.1e6, 0.48 * 1.2e6])
    assert found.at[2022, "week_low"] == pytest.approx(0.48 * 1.2e6 / 140 / (365.25 / 7))
    assert found["homes_high"].tolist() == pytest.approx([12, 14])
