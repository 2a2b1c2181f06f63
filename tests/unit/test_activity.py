"""Growth with its rounding, spreads, costs and the drivers' panel, on the official tables."""

import numpy as np
import pandas as pd
import pytest

from care_rates import activity, drivers
from care_rates.data import load

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def protection():
    return load("child_protection")


@pytest.fixture(scope="module")
def built(protection):
    persons = drivers.population_by_unit(load("population"), protection)
    known = drivers.known_drivers(
        load("deprivation"), load("low_income"), load("conceptions"), load("s251")
    )
    return persons, drivers.panel(protection, load("cla_units"), persons, known, (2011, 2017))


def test_first_release_wins():
    rows = pd.DataFrame(
        {"area": ["a", "a", "b"], "release_year": [2022, 2017, 2019], "v": [1, 2, 3]}
    )
    assert activity.first_release(rows, ["area"])["v"].tolist() == [2, 3]


def test_growth_and_the_interval_of_rounding():
    ends = pd.DataFrame(
        {"first": [1000.0], "last": [1100.0], "half_first": [50.0], "half_last": [5.0]}
    )
    found = activity.growth(ends).iloc[0]
    assert found["growth"] == pytest.approx(10)
    assert found["low"] == pytest.approx(100 * (1095 / 1050 - 1))
    assert found["high"] == pytest.approx(100 * (1105 / 950 - 1))


def test_endpoints_know_how_far_counts_were_rounded(protection):
    found = activity.endpoints(protection, {"x": {2011: 11, 2018: 12}}, 2011, 2018)
    assert found.loc["referrals", ["first", "half_first", "half_last"]].tolist() == [615000, 50, 5]
    assert found.at["x", "half_last"] == 0.5
    assert found.index.tolist() == [*activity.MEASURES.values(), "x"]


def test_ratio_takes_every_corner():
    top = pd.Series({"growth": 15.0, "low": 14.0, "high": 16.0})
    bottom = pd.Series({"growth": 5.0, "low": 4.0, "high": 8.0})
    assert activity.ratio_interval(top, bottom) == pytest.approx((3, 14 / 8, 16 / 4))


def test_national_series_by_release():
    table = load("national")
    people = activity.national(table, "population_0_17", release="Nomis", shift=1)
    assert people[2011] == 11_279_426  # mid-2010
    care = activity.national(table, "cla_at_31_march", release="Nov 2018|Dec 2019")
    assert care[2018] == 75_420  # the 2018 release, not the revision
    with pytest.raises(KeyError, match="No national series 'nothing'"):
        activity.national(table, "nothing")


def test_span_leaves_the_two_smallest_out(protection):
    found = activity.span(protection, "cin_episodes_rate_per_10k", 2018)
    assert (found["authorities"], found["min"], found["max"]) == (150, 300.5, 1322.7)
    assert found["lowest"] == "Hertfordshire" and found["q1"] < found["median"] < found["mean"]
    assert activity.span(load("cla"), "rate_per_10k", 2018)["authorities"] == 150


def test_cost_per_episode_is_spending_over_episodes(protection):
    money = load("s251")
    gross = activity.cost_per_episode(money, protection, 2018)
    net = activity.cost_per_episode(money, protection, 2018, basis="net")
    assert (gross["cost"] * gross["episodes"]).to_numpy() == pytest.approx(gross["spend"])
    assert gross["cost"].is_monotonic_increasing
    assert net["spend"].sum() < gross["spend"].sum()
    assert not gross["unit_id"].isin(activity.SMALL).any()
    later = activity.cost_per_episode(money, protection, 2017, release=2022)
    first = activity.cost_per_episode(money, protection, 2017)
    assert later["episodes"].sum() < first["episodes"].sum()  # revised downwards


def test_change_in_percent_or_a_year():
    frame = pd.DataFrame({"unit_id": ["a", "a", "b", "b"], "year": [2012, 2017] * 2,
                          "rate": [50.0, 60.0, 0.0, 5.0]})  # fmt: skip
    percent = activity.change(frame, "rate", 2012, 2017)
    assert percent["a"] == pytest.approx(20) and np.isnan(percent["b"])
    yearly = activity.change(frame, "rate", 2012, 2017, per_year=True)
    assert yearly.tolist() == pytest.approx([2, 1])


def test_population_fills_the_merged_counties(built):
    persons, _ = built
    assert not persons.duplicated(["unit_id", "year"]).any()
    poole = persons[(persons["unit_id"] == "E06000029") & persons["year"].between(2011, 2017)]
    assert poole["basis"].tolist()[:2] == ["implied by the printed referral rate"] * 2
    assert poole["basis"].iloc[-1] == "dfe_cin2022" and len(poole) == 7
    assert poole["persons"].between(26_000, 32_000).all()


def test_panel_has_one_row_an_authority_and_year(built):
    _, frame = built
    assert len(frame) == 151 * 7 and not frame.duplicated(["unit_id", "year"]).any()
    rates = 1e4 * frame["cpp_started"] / frame["persons"]
    assert frame["cpp_started_rate"].dropna().to_numpy() == pytest.approx(rates.dropna())
    assert frame.loc[frame["year"] == 2012, "low_income"].notna().sum() > 145  # August 2011
    same = frame.set_index(["unit_id", "year"])
    assert (
        same.at[("E08000012", 2012), "low_income"]
        == same.at[("E08000012", 2011), "low_income_same"]
    )
    assert frame.groupby("unit_id")["imd_average_score"].nunique().max() == 1
    assert drivers.SCILLY not in set(frame["unit_id"])


def test_other_edition_of_the_indices():
    tables = [load(name) for name in ("deprivation", "low_income", "conceptions", "s251")]
    old, new = (
        drivers.known_drivers(*tables, index_year=year)["index"] for year in ("2015", "2019")
    )
    assert len(old) == 152 and not old["imd_average_score"].equals(new["imd_average_score"])
