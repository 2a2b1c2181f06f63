"""Tables and charts of the five case studies."""

import json

import numpy as np
import pandas as pd
import pytest

from care_rates import case_evidence, case_reviews, case_sets, case_studies, plots_cases
from care_rates.claims import Register
from care_rates.data import Package

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def facts():
    return Package().read("report_facts_wales")


def test_people_consulted_are_those_of_the_register(facts):
    register = Register()
    people = case_studies.consulted(facts).set_index(["area", "role"])["people"]
    assert len(people) == 5 * 6
    assert people.isna().sum() == 2, "Bridgend, two roles: not in the text copy"
    newport = people["Newport"].to_list()
    claims = register.under("cordis.fig5")
    printed = [c.number.value for c in claims if c.claim_id.endswith(".newport")]
    assert newport == printed[:6]
    coverage = case_studies.coverage(facts)
    assert coverage["documents reviewed"].sum() == register["cordis.fig4.total"].number.value
    silent = coverage["roles without a number"]
    assert silent["Bridgend"] == silent.sum() == 2
    gap = coverage["people, roles added up"] - coverage["people, printed total"]
    assert gap.dropna().to_dict() == {
        "Denbighshire": 0,
        "Newport": 0,
        "Rhondda Cynon Taf": 0,
        "Torfaen": 1,
    }


def test_reviews_are_those_of_the_register(facts):
    table = case_reviews.reviews(facts)
    for claim in Register().under("cordis.fig21"):
        _, _, area, year = claim.claim_id.split(".")
        row = next(name for name in table.index if name.lower().replace(" ", "_") == area)
        assert table.at[row, int(year)] == claim.number.value


def test_change_in_the_year_after():
    published = pd.DataFrame({2009: [1, 0], 2010: [0, 2]}, index=pd.Index(["x", "y"], name="area"))
    rates = pd.DataFrame(
        {
            "area": ["x"] * 3 + ["y"] * 3,
            "year": [2009, 2010, 2011] * 2,
            "rate": [10.0, 14, 15, 20, 18, 25],
        }
    )
    found = case_reviews.changes_after(published, rates, last=2011)
    assert found["change"].to_list() == [4, 1, -2, 7]
    assert found["reviews"].to_list() == [1, 0, 0, 2]
    assert len(case_reviews.changes_after(published, rates, last=2010)) == 2


def test_difference_within_areas_by_hand():
    changes = pd.DataFrame(
        {
            "area": ["x"] * 4 + ["y"] * 4,
            "reviews": [1, 0, 1, 0, 0, 0, 3, 3],
            "change": [5.0, 1, 7, 3, 10, 12, 13, 17],
        }
    )
    found = case_reviews.with_and_without(changes)
    assert found["difference"] == pytest.approx(4)
    assert found["low"] < 4 < found["high"]
    assert (found["with_review"], found["years"]) == (4, 8)
    with pytest.raises(case_studies.CaseError, match="nothing to compare"):
        case_reviews.with_and_without(changes.assign(reviews=0))


def test_need_has_every_authority_and_refuses_unknown_names(analysis_tables):
    tables = [analysis_tables[n] for n in ("wales_rates", "wales_census2011", "wales_deprivation")]
    share = "pct_lsoas_in_most_deprived_30"
    found = case_studies.need(*tables, year=2012, index="WIMD 2011", domain="income", share=share)
    assert len(found) == 22
    assert found.notna().all(axis=None)
    assert np.exp(found["population"]).to_numpy() == pytest.approx(found["persons"].to_numpy())
    with pytest.raises(case_studies.CaseError, match="none for WIMD 1999"):
        case_studies.need(*tables, year=2012, index="WIMD 1999", domain="income", share=share)


def test_order_names_what_rounding_leaves_open():
    table = pd.DataFrame(
        {
            "area": list("abc"),
            "rate": [5.0, 9, 5.5],
            "rate_low": [4.6, 8, 5.1],
            "rate_high": [5.4, 10, 5.9],
        }
    )
    found = case_studies.order_claims(table, ["a", "b", "c"])
    assert found == {"order": ["b", "c", "a"], "tied": ["c and a"]}


def test_evidence_matrix_holds_together():
    evidence = Package().read("evidence_cordis")
    codes = set(Package().read("characteristics")["code"])
    assert set(evidence["code"]) == codes, "every characteristic has evidence, and no other"
    register = Register()
    assert all(name in register.claims for name in evidence["claim_id"].dropna())
    rows = evidence.dropna(subset=["claim_id", "areas"]).set_index("claim_id")["areas"]
    numbers = {n: register[n].number for n in rows.index if register[n].number is not None}
    assert len(numbers) > 20
    assert {n: number.value for n, number in numbers.items()} == rows[list(numbers)].to_dict()
    assert evidence["areas"].dropna().between(1, 5).all()
    assert (evidence["areas_said"].isin(["most", "not counted"]) == evidence["areas"].isna()).all()
    assert (evidence["evidence_id"].str.split("_").str[0].str.upper() == evidence["code"]).all()


def test_charts_hold_their_data_and_draw():
    import vl_convert

    counts = pd.DataFrame(
        {
            "characteristic": ["A1 x", "A2 y"],
            "direction": ["in favour", "against"],
            "statements": [3, 1],
        }
    )
    people = pd.DataFrame({"area": ["x", "y"], "role": ["r", "s"], "people": [3, 4]})
    rates = pd.DataFrame(
        {
            "area": "x",
            "year": [2010, 2011],
            "rate": [60.0, 62],
            "wales": [70.0, 71],
        }
    )
    marks = pd.DataFrame({"area": ["x"], "year": [2010], "rate": [60.0], "reviews": [2]})
    profile = pd.DataFrame(
        {
            "rater": ["a", "b"],
            "domain": "A x",
            "value": [2.0, np.nan],
            "low": [2.0, 0.0],
            "high": [2.0, 4.0],
        }
    )
    cases = pd.DataFrame(
        {
            "area": ["x", "y"],
            "observed": [60.0, 90],
            "fitted": [62.0, 70],
            "low": [40.0, 50],
            "high": [80.0, 85],
            "position": ["on the line", "off the line, above"],
        }
    )
    sets = pd.DataFrame(
        {"areas": [("a",), ("b",)], "need_gap": [0.5, 1.0], "rate_gap": [10.0, 20.0]}
    )
    dots = pd.DataFrame({"need_gap": [0.5], "rate_gap": [10.0], "name": ["five"]})
    charts = {
        "A2 y": plots_cases.evidence(counts),
        "people consulted": plots_cases.people(people),
        "per 10,000": plots_cases.trends(rates, marks),
        "level, 0 to 4": plots_cases.profile(profile),
        "weighted mean level, 0 to 4": plots_cases.totals(
            pd.DataFrame({"rater": ["a"], "equal": [2.0], "q025": [1.8], "q975": [2.4]})
        ),
        "x (case study)": plots_cases.on_the_line(cases, ["x"]),
        "five": plots_cases.cloud(case_sets.binned(sets, 3), dots),
    }
    for words, chart in charts.items():
        specification = chart.to_dict(context={"pre_transform": False})
        assert words in json.dumps(specification)
        assert words in vl_convert.vegalite_to_svg(specification)


def test_bounds_of_orders_and_areas_above_a_limit():
    orders = pd.DataFrame(
        {"area": ["x"], "sgo_former_foster_carers": [5.0], "sgo_other_carers": [np.nan]}
    )
    assert case_studies.order_bounds(orders).loc["x"].to_list() == [3, 11]
    table = pd.DataFrame({"area": ["A b", "C", "D"], "number": [401.0, 400, 500]})
    found = case_studies.above(table, "number", 400)
    assert found.index.to_list() == ["d", "a_b"]


def test_chart_data_of_reviews_and_their_counts():
    published = pd.DataFrame({2009: [1, 0], 2010: [9, 0]}, index=pd.Index(["x", "y"], name="area"))
    rates = pd.DataFrame(
        {
            "area": ["x"] * 3 + ["y"] * 3 + ["Wales"] * 3,
            "year": [2009, 2010, 2011] * 3,
            "level": ["authority"] * 6 + ["country"] * 3,
            "rate": [10.0, 14, 15, 20, 18, 12, 1, 2, 3],
        }
    ).assign(rate_low=0.0, rate_high=99.0)
    lines, marks = case_reviews.around_reviews(published, rates, last=2010)
    assert lines["wales"].to_list() == [1, 2, 1, 2]
    assert marks[["area", "year", "reviews", "rate"]].to_numpy().tolist() == [
        ["x", 2009, 1, 10],
        ["x", 2010, 9, 14],
    ]
    table = case_reviews.reviews_and_rates(
        published, rates, year=2010, first=2009, last=2011, without=2010
    )
    assert table.loc["x"].to_list() == [10, 1, 14, 5]
    assert table.loc["y"].to_list() == [0, 0, 18, 8]


def test_what_is_said_by_name(facts):
    found = case_studies.named(facts, ["Torfaen"])
    assert set(found["area"]) == {"Torfaen"}
    caseload = found.set_index("what")["said"][
        "cases that a social worker held, up to (inspection)"
    ]
    register = Register()
    assert float(caseload) == register["cordis.section4_4_3.torfaen_caseload"].number.value
    said = case_studies.named(facts, ["Torfaen", "Bridgend", "Denbighshire"]).set_index("area")
    alike = said[said["what"].str.startswith("lone parent")]["said"]
    assert alike["Torfaen"] == "Bridgend, Rhondda Cynon Taf"
    assert not any(area in words for area, words in alike.items()), "none is like itself"
    number = said[said["what"].str.startswith("number of children")]["said"]
    assert (number["Denbighshire"], number["Torfaen"]) == ("Torfaen", "Denbighshire")
    assert said.loc["Bridgend", "what"].str.contains("stretched").sum() == 1
    newport = case_studies.named(facts, ["Newport"]).set_index("what")["said"]
    assert newport["change in spending on social services, percent"] == "-13.8"


def test_reviews_by_window_use_the_years_up_to_each(facts):
    index = pd.Index(["x", "y"], name="area")
    published = pd.DataFrame({2010: [1, 0], 2011: [0, 1], 2012: [1, 0]}, index=index)
    rates = pd.DataFrame(
        {
            "area": ["x"] * 4 + ["y"] * 4,
            "year": [2010, 2011, 2012, 2013] * 2,
            "rate": [10.0, 15, 16, 40, 20, 21, 27, 26],
        }
    )
    found = case_reviews.by_window(published, rates, (2012, 2013))
    assert found.index.to_list() == [2012, 2013]
    assert found["years"].to_list() == [4, 6] and found["with_review"].to_list() == [2, 3]
    assert found.at[2012, "difference"] == pytest.approx((4 + 5) / 2)
    assert found.at[2013, "difference"] > found.at[2012, "difference"]
    real = case_reviews.reviews(facts)
    assert (real.drop(columns=2013) > 0).sum().sum() == 6 and (real > 0).sum().sum() == 8


def test_evidence_tables_keep_every_statement():
    evidence, frame = Package().read("evidence_cordis"), Package().read("characteristics")
    counts = case_evidence.by_characteristic(evidence, frame)
    assert counts["statements"].sum() == len(evidence)
    assert counts["characteristic"].nunique() == 23
    table = case_evidence.by_direction(evidence)
    assert table.index.to_list() == list(case_evidence.DIRECTIONS)
    assert table["statements"].sum() == len(evidence)
    assert table.filter(like="rests on").sum(axis=None) == len(evidence)
    shown = pd.concat([case_evidence.matrix(evidence, letter) for letter in "ABCDE"])
    assert sorted(shown["statement"]) == sorted(evidence["statement"])
    words = shown.set_index("statement")["areas"]
    assert words["All five areas have a corporate parenting forum or board."] == "5 of five"
    visits = "In at least one area forum members visited field social work teams."
    assert words[visits] == "at least 1 of five"
    most = "Most areas are only beginning to measure the impact of prevention."
    assert words[most] == "most areas"
    assert set(words) == {
        "1 of five", "2 of five", "3 of five", "5 of five", "at least 1 of five", "most areas",
        "not counted",
    }  # fmt: skip


def test_one_finding_counts_once_in_favour():
    evidence = Package().read("evidence_cordis").set_index("evidence_id")
    told_twice = [("e1_3", "e2_3"), ("c2_3", "c2_4")]
    for count, link in told_twice:
        assert evidence.at[count, "direction"] == "not stated"
        assert evidence.at[link, "direction"] == "in favour"
    assert evidence["claim_id"].notna().all()
