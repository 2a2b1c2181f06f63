"""Rates over windows and releases, and the counts of readings."""

import numpy as np
import pandas as pd
import pytest

from care_rates import implied, rates, readings
from care_rates.areas import SCILLY
from care_rates.claims import Register
from care_rates.data import Package
from care_rates.printed import parse
from care_rates.tidy import cla_units

pytestmark = pytest.mark.unit


@pytest.fixture
def units():
    rows = [
        ("A", 2016, "old", 50.0), ("A", 2017, "new", 55.0), ("A", 2016, "new", 51.0),
        ("B", 2016, "old", 40.0), ("B", 2017, "new", 38.0), (SCILLY, 2016, "old", 0.0),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["unit_id", "year", "source_id", "rate_per_10k"])


def test_pick_takes_each_year_from_its_release(units):
    wide = rates.pick(units, {2016: "old", 2017: "new"})
    assert wide.loc["A"].tolist() == [50.0, 55.0]
    assert SCILLY not in wide.index
    assert rates.pick(units, {2016: "new"}).index.tolist() == ["A"]


def test_pick_names_the_releases_that_have_the_year(units):
    with pytest.raises(ValueError, match=r"rate_per_10k of 2017: 'old' has none.*new"):
        rates.pick(units, {2017: "old"})
    with pytest.raises(ValueError, match="no release"):
        rates.pick(units, {1999: "old"})


def test_implied_population_holds_the_true_one():
    rng = np.random.default_rng(1)
    population = rng.integers(10_000, 300_000, 60)
    counts = pd.DataFrame(rng.integers(50, 900, (60, 3)), columns=list("abc"))
    printed = (counts.div(population, axis=0) * 10_000).round(1).add_suffix("_rate")
    frame = counts.join(printed)
    bounds = implied.implied_population(frame, {c: f"{c}_rate" for c in "abc"})
    assert (bounds["low"] <= population + 1e-6).all()
    assert (bounds["high"] >= population - 1e-6).all()
    one = implied.implied_population(frame, {"a": "a_rate"})
    assert ((bounds["high"] - bounds["low"]) <= (one["high"] - one["low"]) + 1e-9).all()


def test_implied_population_missing_zero_and_contradiction():
    frame = pd.DataFrame({"n": [np.nan, 10.0, 100.0], "r": [1.0, 0.0, 10.0], "m": 200.0, "q": 20.0})
    alone = implied.implied_population(frame, {"n": "r"})
    assert alone.loc[0].isna().all()
    assert np.isnan(alone.loc[1, "high"])  # a rate that prints as nought bounds nothing above
    assert alone.loc[2].tolist() == pytest.approx([1e6 / 10.05, 1e6 / 9.95])
    with pytest.raises(ValueError, match="no common population"):
        implied.implied_population(frame.assign(q=40.0).loc[[2]], {"n": "r", "m": "q"})


def test_rate_bounds_settle_when_both_ends_round_alike():
    population = pd.DataFrame(
        {"low": [9_990.0, 9_000.0], "high": [10_010.0, 11_000.0]}, index=list("AB")
    )
    out = implied.rate_bounds(pd.Series({"A": 62.0, "B": 62.0, "C": 1.0}), population)
    assert out.index.tolist() == ["A", "B"]
    assert out.loc["A", "whole"] == 62
    assert out["settled"].tolist() == [True, False]
    assert np.isnan(out.loc["B", "whole"])


def test_average_and_change():
    wide = pd.DataFrame(
        {2012: [10.0, np.nan], 2013: [12.0, 5.0], 2014: [20.0, 7.0]}, index=list("AB")
    )
    assert rates.average(wide, [2012, 2013, 2014])["A"] == 14
    assert np.isnan(rates.average(wide, [2012, 2013])["B"])
    assert rates.average(wide, [2012, 2013], complete=False)["B"] == 5
    change = rates.average_change(wide, 2012, 2014)
    assert change["A"] == 5
    assert np.isnan(change["B"])
    with pytest.raises(ValueError, match="from 2014 to 2012"):
        rates.average_change(wide, 2014, 2012)


def test_spread_by_region_and_directions():
    values = pd.Series({"A": 1.0, "B": 3.0, "C": 8.0, "D": np.nan})
    region = pd.Series({"A": "North East", "B": "North East", "C": "South West", "D": "South West"})
    table = rates.by_region(values, region)
    assert table.index[0] == "North East"
    assert table.loc["North East"].tolist() == pytest.approx([2, 1, 3, 2, np.sqrt(2)])
    assert table.loc["South West", "n"] == 1
    assert table.loc["East Midlands"].isna().all()
    assert rates.spread(values)["sd"] == pytest.approx(np.std([1, 3, 8], ddof=1))
    with pytest.raises(ValueError, match="C has no region"):
        rates.by_region(values, region.drop("C"))
    shares = rates.directions(pd.Series([0.2, -0.1, 1e-12, np.nan, 3.0]))
    assert shares.tolist() == [50.0, 25.0, 25.0]


def test_readings_count_exact_and_last_digit():
    printed = {"north_east.mean": parse("2.8"), "north_east.sd": parse("3.4"), "n": parse("151")}
    table = pd.DataFrame({"mean": [2.84], "sd": [3.55]}, index=["North East"])
    assert readings.matches(table, printed) == {
        "cells": 3, "exact": 1, "within one last digit": 0, "further off": 1, "not computed": 1,
    }  # fmt: skip
    worse = pd.Series({"north_east.mean": 2.9, "north_east.sd": 3.4})
    both = readings.ambiguity({"first": table, "second": worse}, printed)
    assert both.index.tolist() == ["second", "first"]
    assert both.loc["second", "within one last digit"] == 1
    with pytest.raises(ValueError, match="No computed cell"):
        readings.matches({"x": 1.0}, printed)


def test_readings_take_the_scale_of_the_printed_number():
    assert readings.matches({"a": 4.16e9}, {"a": parse("£4.2 billion")})["exact"] == 1
    assert readings.matches({"a": -0.149}, {"a": parse("-.1")})["exact"] == 1


def test_printed_cells_leave_out_thresholds_and_arithmetic():
    cells = readings.printed_cells(Register().under("wwcsc.table3"), "wwcsc.table3")
    assert cells["inner_london.mean"].value == -2.3
    assert not [key for key in cells if key.endswith("_arith") or key == "order"]


def test_recoded_authorities_keep_the_rates_of_back_years():
    rows = pd.DataFrame(
        {
            "level": "authority", "unit_id": "E08000037", "area_code": "E08000037",
            "in_force": [False, True], "year": [2013, 2014], "release_year": 2016,
            "source_id": "dfe_cla_2016_tables", "number": [390.0, 355.0],
            "rate_per_10k": [96.0, 89.0],
        }
    )  # fmt: skip
    assert cla_units(rows)["rate_per_10k"].tolist() == [96.0, 89.0]


@pytest.fixture(scope="module")
def england():
    package = Package()
    from care_rates.areas import attach

    areas = package.read("areas_england")
    cla = attach(package.read("cla_england"), areas)
    cin = attach(package.read("child_protection_england"), areas)
    return cla_units(cla), cin


def test_first_published_rates_of_2017_are_settled_for_every_authority(england):
    units, cin = england
    rows = cin[(cin["source_id"] == "dfe_cin_2017_ud") & (cin["level"] == "authority")]
    pairs = {"referrals": "referrals_rate_per_10k", "cin_episodes": "cin_episodes_rate_per_10k",
             "cin_at_31_march": "cin_at_31_march_rate_per_10k", "icpc": "icpc_rate_per_10k",
             "s47_enquiries": "s47_rate_per_10k"}  # fmt: skip
    population = implied.implied_population(rows.set_index("unit_id"), pairs)
    number = rates.pick(units, {2017: "dfe_cla_2017_ud"}, "number")[2017]
    out = implied.rate_bounds(number, population)
    assert len(out) == 151
    assert out["settled"].all()


def test_windows_and_readings_by_region():
    assert readings.windows(2012, 2014, 2) == [(2012, 2013), (2012, 2014), (2013, 2014)]
    wide = pd.DataFrame({2012: [10.0, 20.0], 2013: [12.0, 26.0]}, index=list("AB"))
    region = pd.Series({"A": "North East", "B": "South West"})
    spans = readings.windows(2012, 2014)
    tables = readings.readings_by_region({"first": wide}, region, spans)
    assert list(tables) == ["2012 to 2012, first", "2012 to 2013, first", "2013 to 2013, first"]
    assert tables["2012 to 2013, first"].loc["North East", "mean"] == 11
    changes = readings.readings_by_region({"first": wide}, region, [(2012, 2013)], change=True)
    assert changes["2012 to 2013, first"].loc["South West", "mean"] == 6


def test_to_nearest_rounds_half_up():
    assert rates.to_nearest(pd.Series([102.5, 97.4, 107.5]), 5).tolist() == [105, 95, 110]
    assert np.isnan(rates.to_nearest(pd.Series([np.nan]), 5)[0])


def test_change_by_every_way():
    wide = pd.DataFrame(
        {2012: [10.0, 50], 2013: [20.0, 50], 2014: [16.0, np.nan]}, index=["A", "B"]
    )
    years = range(2012, 2015)
    assert rates.change_by(wide, years, "steps")["A"] == pytest.approx(3)
    assert rates.change_by(wide, years, "slope")["A"] == pytest.approx(
        np.polyfit([2012, 2013, 2014], [10, 20, 16], 1)[0]
    )
    assert rates.change_by(wide, years, "percent")["A"] == pytest.approx((100 - 20) / 2)
    assert rates.change_by(wide / 2, years, "rounded")["A"] == 2  # 1.5 goes up
    for way in ("steps", "slope", "percent", "rounded"):
        assert np.isnan(rates.change_by(wide, years, way)["B"])
    with pytest.raises(ValueError, match="not one of: steps"):
        rates.change_by(wide, years, "median")


def test_values_under_every_reading():
    tried = {"one": pd.DataFrame({"mean": [1.0]}, index=["North East"]), "two": {"x": 2.0}}
    table = readings.values(tried, {"north_east.mean": "North East"})
    assert table.loc["one", "North East"] == 1
    assert np.isnan(table.loc["two", "North East"])


def test_rows_that_print_alike_keep_the_order_of_the_report():
    means = pd.Series({"A": -0.757, "B": -0.787, "C": -1.2})
    assert readings.in_order(means, 1, "C; A; B") == ["C", "A", "B"]
    assert readings.in_order(means, 1, "C; B; A") == ["C", "B", "A"]
    assert readings.in_order(means, 2, "C; A; B") == ["C", "B", "A"]  # no tie any more
