"""Inputs of the report on rates 2012-2017: the right figure over the right divisor."""

import numpy as np
import pandas as pd
import pytest

from care_rates import wwcsc_inputs

pytestmark = pytest.mark.unit
HERE = pd.Index(["A", "B"], name="unit_id")


def test_low_income_from_counts_is_not_rounded():
    table = pd.DataFrame(
        {
            "unit_id": ["A", "B"],
            "level": "authority",
            "snapshot_year": 2013,
            "low_income_children_under16": [1, 2],
            "pct_under16": [33.3, 50.0],
            "child_benefit_children_under16": [3, 4],
            "pct_all_children": [30.0, 45],
        }
    )
    out = wwcsc_inputs.low_income(table, HERE)
    assert out["under 16, from counts"][2013].tolist() == pytest.approx([100 / 3, 50])
    assert out["under 16, as printed"].loc["A", 2013] == 33.3
    assert out["all children"].loc["B", 2013] == 45


@pytest.fixture
def costs():
    rows = [("A", year, basis, value) for basis, value in (("gross", 102.6), ("net", 97.4))
            for year in (2015, 2016)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["unit_id", "year", "spend_basis", wwcsc_inputs.COST])
    table = table.assign(level="authority", social_work_spend_gbp=365_000.0,
                         cin_at_31_march=table["year"].map({2015: 100, 2016: 50}))  # fmt: skip
    return wwcsc_inputs.unit_costs(table, HERE)


def test_cost_of_2016_over_the_children_of_2015(costs):
    cost, parts, variants = costs
    assert variants["gross, to £5"].loc["A", 2016] == 105
    assert variants["net, to £5"].loc["A", 2016] == 95
    stand_in = variants["gross, to £5, 2016 over children in need of 2015"]
    assert stand_in.loc["A", 2016] == 70  # 365,000 / 100 / 365 x 7
    assert stand_in.loc["A", 2015] == 105
    assert cost["gross"].loc["A", 2016] == 102.6  # not written over
    assert cost["as published"].isna().to_numpy().all()
    assert parts["cin_at_31_march"].loc["A", 2015] == 100


def test_spending_over_each_divisor(costs):
    _, parts, _ = costs
    looked_after = pd.DataFrame({2015: [20.0, 1], 2016: [20.0, 1]}, index=HERE)
    rate = pd.DataFrame({2015: [50.0, 0], 2016: [50.0, 0]}, index=HERE)
    need = pd.DataFrame(
        {
            "unit_id": ["A"] * 3,
            "level": "authority",
            "year": [2015, 2016, 2016],
            "release_year": [2015, 2017, 2016],
            "referrals": [500.0, 999, 250],
        }
    )
    out, people = wwcsc_inputs.spending_over(parts, need, looked_after, rate, [2015, 2016])
    assert people.loc["A"].tolist() == [4000, 4000]
    assert np.isnan(people.loc["B", 2015])
    first = out.loc["A"]
    assert first["spending per child in need (as published)"] == 365_000 * (1 / 100 + 1 / 50) / 2
    assert first["spending per child in need, less those in care"] == pytest.approx(
        365_000 * (1 / 80 + 1 / 30) / 2
    )
    assert first["spending per referral in the year"] == 365_000 * (1 / 500 + 1 / 250) / 2
    assert first["spending per child in the population"] == 365_000 / 4000


def test_panel_takes_staff_of_september_before_and_the_latest_release():
    base = pd.DataFrame({"unit_id": ["A"], "year": [2017], "population": [4000.0], "rate": [50.0]})
    staff = pd.DataFrame({"unit_id": "A", "level": "authority", "year": [2016, 2016, 2017],
                          "release_year": [2016, 2022, 2022], "turnover_rate_fte": [10.0, 12, 99],
                          "agency_rate_fte": [5.0, 6, 99]})  # fmt: skip
    tables = {
        "workforce": staff,
        "unit_cost": pd.DataFrame({"unit_id": ["A", "A"], "level": "authority", "year": 2017,
                                   "spend_basis": ["as published", "gross"],
                                   wwcsc_inputs.COST: [105.0, 99]}),
        "low_income_dwp": pd.DataFrame({"unit_id": ["A"], "in_force": True, "level": "authority",
                                        "year": 2017, "measure": "relative", "children": 800.0,
                                        "extract": "2014/15 to 2021/22"}),
        "child_protection": pd.DataFrame({"unit_id": ["A", "A"], "level": "authority", "year": 2017,
                                          "release_year": [2017, 2018],
                                          "cin_at_31_march": [90.0, 100]}),
    }  # fmt: skip
    events = pd.DataFrame({"unit_id": ["A"], "framework": "SIF", "overall": [3],
                           "published": pd.to_datetime(["2015-05-01"])})  # fmt: skip
    others = ("help_and_protection", "cla_and_permanence", "adoption", "care_leavers", "leadership")
    events = events.assign(**dict.fromkeys(others, 3))
    row = wwcsc_inputs.panel(base, tables, events, 2017).iloc[0]
    assert (row["turnover"], row["agency"], row["unit_cost"], row["overall"], row["cin"]) == (
        12, 6, 105, 3, 100,
    )  # fmt: skip
    assert row["low_income"] == 20
