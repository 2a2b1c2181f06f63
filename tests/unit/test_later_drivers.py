"""Drivers of later years: the right count, year and denominator."""

import numpy as np
import pandas as pd
import pytest

from care_rates import later_drivers

pytestmark = pytest.mark.unit
LEEDS = "E08000035"


@pytest.fixture(scope="module")
def tables(analysis_tables):
    from care_rates.data import load

    return {name: load(name) for name in ("low_income_dwp", "workforce", "s251")}


def test_leeds_by_hand(tables):
    base = pd.DataFrame({"unit_id": LEEDS, "year": [2014, 2020, 2025], "persons": 1000.0})
    found = later_drivers.beside(base, *tables.values()).set_index("year")
    dwp = tables["low_income_dwp"].query("unit_id == @LEEDS and measure == 'relative'")
    dwp = dwp[dwp["extract"] == dwp["extract"].max()].set_index("year")["children"]
    assert found.at[2020, "poor_percent"] == pytest.approx(100 * dwp[2020] / 1000)
    staff = tables["workforce"].query("unit_id == @LEEDS and year == 2019")
    staff = staff.sort_values("release_year")["inpost_fte"].iloc[0]
    assert found.at[2020, "workers_rate"] == pytest.approx(1e4 * staff / 1000)  # 30 Sept. 2019
    lines = tables["s251"].query("unit_id == @LEEDS and year == 2025").set_index("line")
    gross = lines.at["total_cyps_excl_cera", "gross_expenditure_gbp"]
    assert found.at[2025, "all_per_child"] == pytest.approx(gross / 1000)
    assert np.isnan(found.at[2014, "poor_percent"]) and np.isnan(found.at[2014, "workers_rate"])
    assert np.isnan(found.at[2025, "poor_percent"])  # that series ends in 2022


def test_one_row_an_authority_and_year(tables):
    for name, table in {"low_income_dwp": later_drivers.low_income,
                        "workforce": later_drivers.staffing}.items():  # fmt: skip
        rows = table(tables[name])
        assert not rows.duplicated(["unit_id", "year"]).any()
        assert len(rows) > 7 * 140
