"""Specification curves of rate ratios: every set, every measure, the right estimator."""

import numpy as np
import pandas as pd
import pytest

from care_rates import counts, rate_curve

pytestmark = pytest.mark.unit


@pytest.fixture
def areas():
    rng = np.random.default_rng(11)
    n = 151
    frame = pd.DataFrame({"poor": rng.normal(size=n), "cost": rng.normal(size=n)})
    frame["poor_b"] = frame["poor"] + rng.normal(0, 0.1, n)
    frame["london"] = (np.arange(n) < 33).astype(float)
    frame["population"] = rng.uniform(2e4, 2e5, n).round()
    mean = frame["population"] * 0.006 * np.exp(0.25 * frame["poor"] - 0.1 * frame["cost"])
    frame["number"] = rng.poisson(mean).astype(float)
    return frame


FACTORS = {"low income": {"a": "poor", "b": "poor_b"}, "cost": {"one": "cost"}}


def test_choices_are_every_set_in_every_measure():
    sets = rate_curve.choices(FACTORS)
    assert len(sets) == (2 + 1) * (1 + 1) - 1
    assert {"low income": "b", "cost": "one"} in sets
    assert {} not in sets
    assert sum("low income" in one for one in sets) == 4


def test_curve_counts_its_models_and_holds_what_is_asked(areas):
    samples = {"all": (areas["london"] >= 0, ["london"]), "rest": (areas["london"] == 0, [])}
    outcomes = {"2017": ("number", "population")}
    table = rate_curve.curve(areas, outcomes, FACTORS, samples)
    assert len(table) == 2 * 2 * 7  # samples, estimators, factors over the five sets
    assert set(table["factor"]) == {"low income", "cost"}
    assert table.query("sample == 'all'")["n"].unique().tolist() == [151]
    assert table.query("sample == 'rest'")["n"].unique().tolist() == [118]
    one = table.query("sample == 'all' and estimator == 'Poisson' and factor == 'cost' and "
                      "controls == 'low income: a'").iloc[0]  # fmt: skip
    direct = counts.fit(areas, "number", "population", ["poor", "cost", "london"]).table.loc["cost"]
    assert one[["ratio", "low", "high", "p"]].tolist() == pytest.approx(direct.tolist())
    assert one["ratio"] < 1
    summary = rate_curve.summarise(table)
    assert summary.loc[("all", "low income", "a"), "models"] == 4
    assert summary.loc[("all", "low income", "a"), "percent above 1"] == 100
    assert summary.loc[("rest", "cost", "one"), "percent above 1"] == 0


def test_least_squares_counts_areas_alike():
    rate, group = np.array([0.01, 0.012, 0.02, 0.024]), np.array([[0.0], [0.0], [1.0], [1.0]])
    people = np.array([1e6, 1e2, 1e2, 1e6])
    found = rate_curve.ratios(rate * people, people, group, "least squares on the log rate")
    assert found[0, 0] == pytest.approx(2)  # geometric means of the rates, whatever the sizes
    weighed = rate_curve.ratios(rate * people, people, group, "Poisson")
    assert weighed[0, 0] == pytest.approx(2.4, abs=0.01)
    with pytest.raises(ValueError, match="not one of: Poisson"):
        rate_curve.ratios(rate * people, people, group, "lasso")


def test_same_rows_for_all_measures(areas):
    areas.loc[0, "poor_b"] = np.nan
    samples = {"all": (areas["london"] >= 0, [])}
    table = rate_curve.curve(areas, {"y": ("number", "population")}, FACTORS, samples, ["Poisson"])
    assert table["n"].unique().tolist() == [150]
