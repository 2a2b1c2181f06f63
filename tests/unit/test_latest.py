"""A release of the next year reaches what the notebooks call, without an edit."""

import pandas as pd
import pytest
import releases

from care_rates import (
    adoption_inputs,
    care_system,
    factors,
    ingest,
    latest,
    profile_tables,
    tidy,
)
from care_rates.data import Package
from care_rates.schema import DataError

pytestmark = pytest.mark.unit


LAST = 2025


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """The analysis tables once a release of the year after LAST has been taken in."""
    folder = tmp_path_factory.mktemp("next")
    raw = releases.as_of(folder / "raw", until=LAST)
    assert latest.latest_year(Package(raw).read("cla_england"), "number") == LAST
    rows = releases.number_and_rate(raw, on=1, years=(LAST,))
    ingest.ingest([releases.write(folder / "next.csv", rows)], folder=raw)
    return tidy.build(Package(raw))


def test_every_table_of_the_release_goes_on_to_the_new_year(after):
    assert latest.latest_year(after["cla"], "number") == LAST + 1
    assert latest.latest_year(after["cla_units"], "number", areas=140) == LAST + 1
    assert latest.latest_year(after["cla_flows"], "started") == LAST + 1
    assert latest.latest_year(after["population"], "persons_0_17", "mid_year") == LAST
    assert after["crosswalk"]["last_year_in_cla"].max() == LAST + 1


def test_checks_and_vintages_of_the_data_notebook_see_it(after):
    sums = tidy.reconcile(after["cla"], ["number"])
    assert sums["year"].max() == LAST + 1
    assert sums.loc[sums["year"] == LAST + 1, "number, difference"].abs().max() <= 10
    versions = tidy.vintages(after["cla_units"], LAST + 1).reset_index()
    assert f"dfe_cla_{LAST + 1}_ees" in versions.to_string()


def test_rates_of_the_new_year_can_be_computed(after):
    """The releases and the population that the panel needs are found, not named."""
    chosen = latest.releases(after["cla_units"], factors.LATEST)
    assert chosen[LAST + 1] == f"dfe_cla_{LAST + 1}_ees"
    assert factors.LATEST.items() <= chosen.items()
    people = latest.population(after["population"], ["dfe_2025_rebased", "nomis_utla21"])
    new = people[people["mid_year"] == LAST]
    assert set(new["series"]) == {f"dfe_cla_{LAST + 1}_ees"}
    counts = after["cla"].query("year == @LAST + 1").merge(new, on="area_code")
    rate = counts["number"] / counts["persons_0_17"] * 10_000
    assert (rate - counts["rate_per_10k"]).abs().max() <= 0.5


def test_the_area_pages_go_on(after):
    rates = profile_tables.rates(after)
    assert rates.loc[rates["year"] == LAST + 1, "rate"].notna().sum() > 150


def test_the_panel_goes_on_once_it_asks_for_releases_and_population(after, monkeypatch):
    series = "dfe_2025_rebased"
    monkeypatch.setattr(factors, "LATEST", latest.releases(after["cla_units"], factors.LATEST))
    people = latest.population(after["population"], [series]).assign(series=series)
    panel = factors.rates_to_child(after["cla_units"], people)
    assert latest.latest_year(panel, "rate", areas=140) == LAST + 1


# ---- the questions, on tables small enough to check by eye


def test_latest_year_counts_figures_and_not_rows():
    frame = pd.DataFrame(
        {"area_code": ["a", "b", "a", "a"], "year": [2024, 2024, 2025, 2026],
         "number": [1, 2, 3, None]}
    )  # fmt: skip
    assert latest.latest_year(frame, "number") == 2025
    assert latest.latest_year(frame, "number", areas=2) == 2024
    assert latest.latest_year(frame[["year", "number"]], "number", areas=2) == 2024
    with pytest.raises(DataError, match="No year has number for 3 areas"):
        latest.latest_year(frame, "number", areas=3)


def test_latest_date_in_words():
    events = pd.DataFrame({"published": ["2025-05-14", "2009-08-07"]})
    assert latest.latest_date(events) == "May 2025"


def test_later_years_take_the_newest_release_to_the_child():
    units = pd.DataFrame(
        [(2025, 2025, "old", True), (2026, 2026, "a", True), (2026, 2027, "b", True),
         (2026, 2028, "c_tables", False), (2027, 2027, "b", True)],
        columns=["year", "release_year", "source_id", "unrounded"],
    ).assign(number=1.0)  # fmt: skip
    assert latest.releases(units, {2025: "kept"}) == {2025: "kept", 2026: "b", 2027: "b"}


def test_population_prefers_the_series_named_and_goes_on_with_the_newest():
    people = pd.DataFrame(
        [("a", 2020, "second", 1.0), ("a", 2020, "first", 2.0),
         ("a", 2020, "dfe_cla_2021_ees", 3.0), ("a", 2021, "second", 4.0),
         ("a", 2022, "dfe_cla_2023_ees", 5.0), ("a", 2022, "dfe_cla_2024_ees", 6.0),
         ("a", 2023, "dfe_cla_2024_ees", None)],
        columns=["area_code", "mid_year", "series", "persons_0_17"],
    )  # fmt: skip
    found = latest.population(people, ["first", "second"])
    assert found["persons_0_17"].tolist() == [2.0, 4.0, 6.0]


# ---- England's own series go on by the England rows of the tables


def test_england_rows_are_the_national_series_where_both_print_a_year(analysis_tables):
    for series in [*latest.ENGLAND_ROWS, "population_0_17"]:
        own = care_system.series(analysis_tables["national"], series)
        row = latest.england_row(analysis_tables, series).set_index("year")["value"]
        both = pd.concat([own, row], axis=1, keys=["own", "row"]).dropna().loc[2018:]
        assert len(both) >= 7
        assert (both["own"] - both["row"]).abs().max() <= 10, series
        printed = latest.england_row(analysis_tables, series)
        assert (printed["printed"] >= printed["year"]).all(), series


def test_the_national_series_go_on_only_where_the_tables_reach_further(after, analysis_tables):
    same = latest.national(analysis_tables)
    pd.testing.assert_frame_equal(same, analysis_tables["national"])
    longer = latest.national(after)
    now = care_system.england(longer)
    assert now.index[-1] == LAST + 1
    assert now.loc[LAST + 1].notna().all()
    new = longer[longer["year"] == LAST + 1].set_index("series")
    people = longer[longer["series"] == "population_0_17"].iloc[-1]
    assert (people["year"], people["release"]) == (
        LAST, f"England's row of dfe_cla_{LAST + 1}_ees, {LAST + 1}"
    )  # fmt: skip
    assert new.at["cla_at_31_march", "release"] == f"England's row of dfe_cla_{LAST + 1}_ees, " \
        f"{LAST + 1}"  # fmt: skip
    assert "s251_gross_cla_expenditure" not in new.index  # that table was not taken in


def test_the_model_starts_from_the_last_year_with_every_input(after, analysis_tables):
    series = "dfe_2025_rebased"
    assert adoption_inputs.last_complete(analysis_tables, series) == LAST
    assert adoption_inputs.last_complete(after, series) == LAST  # placements and costs end there
    assert adoption_inputs.history(after, "Barnet").index[-1] == LAST + 1
    assert adoption_inputs.history(after, "Barnet")["persons"].notna().iloc[-5:].all()
    with pytest.raises(DataError, match="no year from 2024 on"):
        adoption_inputs.last_complete(after, series, areas=500, first=2024)
