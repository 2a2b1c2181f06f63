"""Facts behind the area pages: latest figures, sums of parts, populations."""

import numpy as np
import pandas as pd
import pytest

from care_rates import profile_measures as measures
from care_rates import profile_tables as facts
from care_rates.areas import ENGLAND, SCILLY

pytestmark = pytest.mark.unit

TOGETHER = "E06000028+E06000029+E10000009"


@pytest.fixture(scope="module")
def rates(analysis_tables):
    return facts.rates(analysis_tables)


def _row(**values):
    row = {"area_code": "A", "level": "authority", "area": "A", "region": "North West",
           "unit_id": "A", "stable_id": "A", "in_force": True, "year": 2011,
           "release_year": 2011, "source_id": "first_ud", "number": 100.0}  # fmt: skip
    return row | values


def test_latest_prefers_releases_printed_to_the_child_and_then_the_latest():
    frame = pd.DataFrame([
        _row(number=101.0),
        _row(number=102.0, release_year=2012, source_id="second_ud"),
        _row(number=105.0, release_year=2015, source_id="third_tables"),
        _row(year=2006, number=95.0, release_year=2010, source_id="old_tables"),
    ])  # fmt: skip
    out = facts.latest(frame, ["number"]).set_index("year")
    assert out.loc[2011, ["number", "rounding"]].tolist() == [102, 0]
    assert out.loc[2006, ["number", "rounding"]].tolist() == [95, 5]


def test_a_sum_with_a_missing_part_is_missing_and_falls_back_on_an_earlier_release():
    one = {"area_code": "P1", "unit_id": "U", "stable_id": "U"}
    two = {"area_code": "P2", "unit_id": "U", "stable_id": "U"}
    ended = {"area_code": "U", "unit_id": "U", "stable_id": "U", "in_force": False}
    later = {"release_year": 2012, "source_id": "second_ud"}
    frame = pd.DataFrame([
        _row(**one, number=10.0), _row(**two, number=20.0), _row(**ended, number=np.nan),
        _row(**one, **later, number=11.0), _row(**two, **later, number=np.nan),
    ])  # fmt: skip
    out = facts.latest(frame, ["number"])
    assert out["number"].tolist() == [30.0]
    assert out["source_id"].tolist() == ["first_ud"]


def test_every_rate_of_the_latest_release_agrees_with_the_printed_one(rates):
    new = rates[(rates["source_id"] == "dfe_cla_2025_ees") & (rates["level"] == "authority")]
    known = new.dropna(subset=["printed"])
    assert len(known) > 730
    assert (known["rate"] - known["printed"]).abs().max() < 0.52


def test_joined_area_is_the_sum_of_its_parts_before_and_after_the_change(rates):
    wide = rates.pivot(index="year", columns="key", values="number")
    old = wide[["E06000028", "E06000029", "E10000009"]].sum(axis=1, min_count=3)
    new = wide[["E06000058", "E06000059"]].sum(axis=1, min_count=2)
    assert (wide[TOGETHER] - old).dropna().abs().max() == 0
    assert (wide[TOGETHER] - new).dropna().abs().max() == 0
    assert wide[TOGETHER].notna().sum() == 20
    assert old.dropna().index.max() == 2019


def test_split_councils_add_up_and_also_stand_alone(rates, analysis_tables):
    crosswalk = analysis_tables["crosswalk"]
    split = crosswalk.loc[crosswalk["unit_map"].str.startswith("part of unit"), "area_code"]
    assert sorted(split) == sorted(facts.PARTS)
    wide = rates[rates["year"] == 2025].set_index("key")["number"]
    assert wide["E10000006"] == wide["E06000063"] + wide["E06000064"]
    assert set(rates.loc[rates["key"].isin(facts.PARTS), "level"]) == {"part"}


def test_missing_populations_are_taken_from_the_printed_rate_and_said_so(rates):
    dorset = rates[rates["key"] == "E10000009"].set_index("year")
    assert dorset.at[2011, "basis"] == "implied by the printed rate"
    assert dorset.at[2011, "rate"] == dorset.at[2011, "printed"]
    assert dorset.at[2015, "basis"] == "dfe_cin2022"
    assert not rates["persons"].isna().any()


def test_no_suppressed_figure_becomes_a_zero(rates):
    city = rates[rates["key"] == "E09000001"]
    assert 2025 not in set(city["year"])
    assert (city["number"] > 0).all()
    scilly = rates[rates["key"] == SCILLY].set_index("year")
    assert 2020 not in scilly.index
    assert scilly.at[2024, "number"] == 0


def test_england_beside_the_sum_of_authorities(rates):
    of_year = rates[(rates["year"] == 2019) & (rates["country"] == "England")]
    total = of_year[of_year["level"] == "authority"]["number"].sum()
    assert total == pytest.approx(of_year.set_index("key").at[ENGLAND, "number"], abs=10)


def test_names_hold_what_became_of_councils(analysis_tables):
    names = facts.names(analysis_tables["areas"], analysis_tables["crosswalk"]).set_index("key")
    assert names.at[TOGETHER, "name"] == "Bournemouth, Dorset and Poole together"
    assert names.at["E06000059", "joined"] == TOGETHER
    assert names.at["E10000006", "until"] == 2023
    assert names.index.is_unique


def test_placements_and_ages_add_up_to_the_total(analysis_tables):
    mix = measures.mix(analysis_tables)
    sums = mix[mix["number"].notna()].groupby(["key", "year", "kind"])
    found = sums.agg(number=("number", "sum"), total=("total", "first"), parts=("part", "size"))
    placed = found.xs("placement", level="kind")
    assert (placed["number"] == placed["total"]).all()
    aged = found.xs("age", level="kind")
    english = aged[~aged.index.get_level_values("key").str.startswith(("W", "E1", "E9"))]
    whole = english[english["parts"] == 5]
    assert (whole["number"] - whole["total"]).abs().max() <= 1
    last = mix[(mix["key"] == "E10000009")]
    assert set(last["year"]) == {2019}
    assert "children's homes, hostels" in set(last["part"])
    assert "independent, supported" not in set(last["part"])


def test_welsh_ages_need_both_sexes(analysis_tables):
    mix = measures.mix(analysis_tables)
    ceredigion = mix[mix["key"] == "W06000008"].set_index("part")["number"]
    assert ceredigion.index.tolist() == ["under 1", "1-4", "5-9", "10-15", "16-17", "18 and over"]
    assert ceredigion["5-9"] == 15
    assert np.isnan(ceredigion["1-4"])


def test_spending_of_parts_is_added_and_their_costs_are_not(analysis_tables):
    spend = measures.spend(analysis_tables).set_index(["key", "year"])
    parts = spend.loc["E06000063", 2025]["cla_gbp"] + spend.loc["E06000064", 2025]["cla_gbp"]
    assert spend.loc["E10000006", 2025]["cla_gbp"] == parts
    assert np.isnan(spend.loc["E10000006", 2025]["cla_weekly_cost"])
    assert spend.loc["E06000063", 2025]["cla_weekly_cost"] == 2075
    assert ("E10000006", 2024) not in spend.dropna(subset=["cla_gbp"]).index
    people = facts.persons(analysis_tables["population"], analysis_tables["crosswalk"])
    people = people.set_index(["key", "year"])["persons"]
    row = spend.loc["E09000001", 2025]
    assert row["per_child"] == pytest.approx(row["cla_gbp"] / people["E09000001", 2025])


def test_regions_without_a_population_row_are_added_up(analysis_tables):
    people = facts.persons(analysis_tables["population"], analysis_tables["crosswalk"])
    old = people[(people["year"] == 2008) & people["key"].str.startswith(("E12", "E13", "E9"))]
    wide = old.set_index("key")["persons"]
    regions = wide.drop([ENGLAND, *[k for k in wide.index if k == "E12000007"]])
    assert regions.sum() == wide[ENGLAND]


def test_releases_hold_first_and_last_print(analysis_tables):
    found = facts.releases(analysis_tables["cla"]).set_index(["key", "year"])
    row = found.loc["E09000001", 2023]
    assert row[["first_rate", "last_rate", "prints"]].tolist() == [152, 91, 3]


def test_counts_stand_beside_the_rates_of_the_same_print(analysis_tables):
    row = facts.releases(analysis_tables["cla"]).set_index(["key", "year"]).loc["E06000016", 2016]
    assert row[["first_rate", "first_count", "first_unit"]].tolist() == [79, 645, 5]
    assert row[["last_rate", "last_count", "last_unit"]].tolist() == [73, 596, 0]
    assert row[["first_release", "last_release"]].tolist() == [2016, 2019]


def test_populations_of_a_later_release_come_first(analysis_tables):
    people, crosswalk = analysis_tables["population"], analysis_tables["crosswalk"]
    new = people[people["series"] == "dfe_2025_rebased"].query("mid_year == 2024")
    new = new.assign(series="dfe_cla_2026_ees", mid_year=2025, persons_0_17=new["persons_0_17"] + 1)
    found = facts.persons(pd.concat([people, new]), crosswalk).set_index(["key", "year"])
    assert found.loc[("E06000001", 2026), "basis"] == "dfe_cla_2026_ees"
    assert found.loc[("E06000001", 2025), "basis"] == "dfe_2025_rebased"
    series = pd.Series(["dfe_cla_2024_ees", "dfe_cla_2026_ees", "dfe_cla_2027_ees", "other"])
    assert facts.preferred(series) == ["dfe_cla_2027_ees", "dfe_cla_2026_ees", *facts.POPULATION]


def test_inspections_stand_under_the_council_of_their_time(analysis_tables):
    rows = measures.ofsted(analysis_tables["ofsted"])
    cumbria = rows[rows["key"] == "E10000006"]
    assert {"Cumbria", "Cumberland", "Westmorland and Furness"} <= set(cumbria["area"])
    assert cumbria["published"].is_monotonic_increasing
    assert not rows.duplicated().any()
