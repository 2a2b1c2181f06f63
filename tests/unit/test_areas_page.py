"""The list of all authorities: intervals in the cells, Wales and other years apart."""

import pandas as pd
import pytest

from care_rates import lists, profiles

pytestmark = pytest.mark.unit


def _results(year, value=12.4):
    rows = {"year.latest": (year, None, None), "rate.latest": (70.2, 66.0, 75.0),
            "change_5y": (value, -3.2, 28.6)}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])


def test_a_change_stands_with_its_interval_and_sorts_by_its_value():
    cell = lists._area_cell(_results(2025), "change_5y", "England", 2025)
    assert cell == '<td class="n" data-v="12.4">12 (−3 to 29)</td>'


@pytest.mark.parametrize(("country", "year"), [("Wales", 2018), ("Wales", 2025), ("England", 2019)])
def test_another_country_or_year_is_named_and_not_sorted(country, year):
    cell = lists._area_cell(_results(year), "change_5y", country, 2025)
    assert 'data-v=""' in cell
    assert f"12 (−3 to 29), to {country} {year}" in cell


def test_what_is_missing_is_no_zero():
    cell = lists._area_cell(_results(2025, None), "change_5y", "England", 2025)
    assert cell == '<td class="n" data-v="">–</td>'
    assert "–" in lists._area_cell(_results(2025), "residual_given_deprivation", "England", 2025)


def test_rows_are_searched_by_codes_and_todays_names(tmp_path, monkeypatch):
    monkeypatch.setenv("CARE_RATES_OUTPUTS", str(tmp_path))
    (tmp_path / "results" / "areas").mkdir(parents=True)
    area = profiles.chosen(["Cumbria"])[0]
    _results(2025).rename_axis("key").to_csv(tmp_path / "results" / f"{area.step}.csv")
    text = lists.areas_page()
    row = text.partition('data-text="')[2].partition('"')[0]
    assert {"cumberland", "e06000064", "e10000006", "cumbria"} <= set(row.split())
    assert text.count("<tr data-region") == 1
