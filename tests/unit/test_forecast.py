"""Forecast rules against formulas worked by hand and against one another."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.tsa.statespace.sarimax import SARIMAX

from care_rates import forecast, forecast_many, forecast_models

pytestmark = pytest.mark.unit

YEARS = range(2006, 2021)
STOCK = pd.Series([60, 60, 59, 61, 64, 66, 67, 68, 69, 69, 70, 73, 75, 78, 80.0], index=YEARS)


@pytest.fixture
def history():
    started = pd.Series(np.linspace(24, 31, len(STOCK)), index=YEARS)
    persons = pd.Series(np.linspace(1100, 1200, len(STOCK)), index=YEARS)
    return pd.DataFrame({"stock": STOCK, "started": started, "persons": persons})


def test_line_has_the_prediction_interval_of_predict_lm(history):
    found = forecast.linear(history, 5, alpha=0.1, window=10)
    x, y = np.arange(2011, 2021.0), STOCK.loc[2011:].to_numpy()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    fitted = y.mean() + slope * (x - x.mean())
    s = np.sqrt(((y - fitted) ** 2).sum() / 8)
    spread = s * np.sqrt(1 + 1 / 10 + (2025 - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    centre = y.mean() + slope * (2025 - x.mean())
    reach = stats.t.ppf(0.95, 8) * spread
    assert list(found.loc[2025]) == pytest.approx([centre, centre - reach, centre + reach])
    anchored = forecast.linear(history, 5, anchored=True)
    assert anchored.loc[2025, "forecast"] == pytest.approx(80 + 5 * slope)


def test_a_perfect_line_is_continued_without_doubt():
    straight = pd.DataFrame({"stock": 10.0 + np.arange(8)}, index=range(2000, 2008))
    found = forecast.linear(straight, 3)
    assert found["forecast"].tolist() == pytest.approx([18, 19, 20])
    assert (found["high"] - found["low"]).max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("reading", "factor"),
    [
        ("total over years", (1 + (80 / 73 - 1) / 3) ** 5),
        ("mean of yearly", (1 + np.mean([75 / 73, 78 / 75, 80 / 78]) - 1) ** 5),
        ("compound", (80 / 73) ** (5 / 3)),
        ("not compounded", 1 + 5 * (np.mean([75 / 73, 78 / 75, 80 / 78]) - 1)),
        ("children a year", 1 + 5 * (80 - 73) / 3 / 80),
    ],
)
def test_every_reading_of_average_growth(history, reading, factor):
    found = forecast.growth(history, 5, reading=reading)
    assert found.loc[2025, "forecast"] == pytest.approx(80 * factor)
    steps = np.diff(np.log([73, 75, 78, 80]))
    reach = np.exp(stats.t.ppf(0.975, 2) * steps.std(ddof=1) * np.sqrt(5 + 25 / 3))
    assert found.loc[2025, "high"] == pytest.approx(80 * factor * reach)
    assert found.loc[2025, "low"] == pytest.approx(80 * factor / reach)


def test_walk_and_drift_by_hand():
    short = pd.DataFrame({"stock": [10, 12, 11, 15.0]}, index=range(2000, 2004))
    walk = forecast.random_walk(short, 4)
    s = np.sqrt((4 + 1 + 16) / 3)
    assert walk.loc[2007, "high"] - 15 == pytest.approx(stats.t.ppf(0.975, 3) * s * 2)
    assert (walk["forecast"] == 15).all()
    drift = forecast.drift(short, 3)
    assert drift["forecast"].tolist() == pytest.approx([15 + 5 / 3, 15 + 10 / 3, 20])
    s = np.std([2, -1, 4], ddof=1)
    reach = stats.t.ppf(0.975, 2) * s * np.sqrt(3 * (1 + 3 / 3))
    assert drift.loc[2006, "high"] - 20 == pytest.approx(reach)


def test_arima_without_lags_is_a_random_walk(history):
    found = forecast_models.arima(history, 4, order=(0, 1, 0))
    steps = np.diff(STOCK)
    reach = stats.norm.ppf(0.975) * np.sqrt((steps**2).mean() * 4)
    assert found.loc[2024, "forecast"] == pytest.approx(80)
    assert found.loc[2024, "high"] - 80 == pytest.approx(reach, rel=1e-3)


def test_arima_agrees_with_the_state_space_form(history):
    found = forecast_models.arima(history, 3)
    model = SARIMAX(STOCK.to_numpy() - 80, order=(1, 1, 0), simple_differencing=True)
    fit = model.fit(disp=False)
    phi, step = fit.params[0], 80 - 78
    path = 80 + np.cumsum(step * phi ** np.arange(1, 4))
    assert found["forecast"].tolist() == pytest.approx(path, rel=1e-3)


def test_smoothing_follows_a_trend_and_does_not_depend_on_the_unit(history):
    straight = pd.DataFrame({"stock": 50.0 + 2 * np.arange(15)}, index=YEARS)
    jitter = straight + 1e-3 * np.sin(np.arange(15))[:, None]
    found = forecast_models.smoothing(jitter, 2)
    assert found["forecast"].tolist() == pytest.approx([80, 82], abs=0.6)
    one, thousand = (forecast_models.smoothing(history[["stock"]] * k, 3) for k in (1, 1000))
    assert (one * 1000).to_numpy() == pytest.approx(thousand.to_numpy(), rel=1e-3)


def test_constant_rate_follows_the_population(history):
    found = forecast_models.rate_population(history, 5, window=5)
    gain = (1200 / history.loc[2015, "persons"]) ** (1 / 5)
    assert found.loc[2025, "forecast"] == pytest.approx(80 * gain**5)
    steps = np.diff(np.log(STOCK / history["persons"]))
    reach = np.exp(stats.t.ppf(0.975, 14) * np.sqrt((steps**2).mean() * 5))
    assert found.loc[2025, "high"] == pytest.approx(80 * gain**5 * reach)


def test_flows_balance_to_the_child(history):
    table = forecast_models.flows(history)
    before = STOCK.shift().loc[table.index]
    assert (before + table["started"] - table["left"]).tolist() == STOCK.loc[2007:].tolist()
    assert table["share_left"].between(0, 1).all()


def test_stock_and_flow_keeps_its_balance_and_its_seed(history):
    found = forecast_models.stock_flow(history, 4, draws=500, seed=3)
    last = forecast_models.flows(history).iloc[-1]
    now = 80.0
    for value in found["forecast"]:
        now = (now + last["started"]) * (1 - last["share_left"])
        assert value == pytest.approx(now)
    again = forecast_models.stock_flow(history, 4, draws=500, seed=3)
    other = forecast_models.stock_flow(history, 4, draws=500, seed=4)
    assert found.equals(again)
    assert not found["low"].equals(other["low"])
    assert (found["low"] < found["forecast"]).all()
    assert (found["high"] > found["forecast"]).all()


@pytest.mark.parametrize("name", list(forecast_models.METHODS))
def test_all_rules_speak_alike(history, name):
    found = forecast_models.METHODS[name](history, 5, alpha=0.2)
    assert list(found.columns) == ["forecast", "low", "high"]
    assert list(found.index) == [2021, 2022, 2023, 2024, 2025]
    assert (found["low"] <= found["high"]).all()
    wider = forecast_models.METHODS[name](history, 5, alpha=0.05)
    assert ((wider["high"] - wider["low"]) > (found["high"] - found["low"])).all()


def test_every_rule_that_the_figures_allow(history):
    whole = forecast_models.every(history, 3)
    assert set(whole["method"]) == set(forecast_models.METHODS)
    broken = history.assign(started=history["started"].where(history.index != 2018))
    found = forecast_models.every(broken, 3)
    assert set(forecast_models.METHODS) - set(found["method"]) == {"stock and flow"}
    gap = forecast_models.every(history.drop(index=2009), 3)
    late = forecast_models.drift(history.loc[2010:], 3)
    mine = gap[gap["method"] == "average change since the start"]
    assert mine["forecast"].tolist() == late["forecast"].tolist()
    with pytest.raises(ValueError, match="no rule"):
        forecast_models.every(history.tail(2), 3)


def test_faults_are_named(history):
    with pytest.raises(ValueError, match="no column 'persons'"):
        forecast_models.rate_population(history[["stock"]], 3)
    with pytest.raises(ValueError, match="at least one year"):
        forecast.drift(history, 0)
    with pytest.raises(ValueError, match="needs at least 8"):
        forecast_models.arima(history.tail(5), 3)
    with pytest.raises(ValueError, match="gap"):
        forecast.random_walk(history.drop(index=2015), 3)
    with pytest.raises(ValueError, match="reading 'mean'"):
        forecast.growth(history, 3, reading="mean")
    with pytest.raises(ValueError, match="at least two changes"):
        forecast.growth(history, 3, window=1)


@pytest.mark.parametrize("rule", ["random_walk", "drift", "growth", "linear"])
def test_many_series_at_once_are_each_as_alone(rule):
    rng = np.random.default_rng(4)
    stock = 200 + rng.normal(0, 9, (6, 14)).cumsum(axis=1)
    together = getattr(forecast_many, rule)(stock, 5, 0.1)
    for number, series in enumerate(stock):
        alone = getattr(forecast, rule)(
            pd.DataFrame({"stock": series}, index=range(2000, 2014)), 5, alpha=0.1
        )
        for part, name in zip(together, ("forecast", "low", "high"), strict=True):
            assert part[number] == pytest.approx(alone[name].to_numpy(), rel=1e-9)
