"""The common panel against hand sums of the official figures; questions and their charts."""

import numpy as np
import pandas as pd
import pytest

from care_rates import (
    common_panel,
    judgements,
    multiverse,
    multiverse_grid,
    multiverse_summary,
    questions,
)
from care_rates import plots_questions as plots
from care_rates.activity import SMALL
from care_rates.claims import REPORTS, Register

pytestmark = pytest.mark.unit
LEEDS = "E08000035"


@pytest.fixture(scope="module")
def tables(analysis_tables):
    from care_rates.data import load

    names = (
        "areas child_protection cla_units population low_income low_income_dwp deprivation "
        "conceptions ofsted s251 unit_cost"
    )
    return {name: load(name) for name in names.split()}


@pytest.fixture(scope="module")
def panel(tables):
    return common_panel.build(tables)


@pytest.fixture(scope="module")
def leeds(panel):
    return panel[panel["unit_id"] == LEEDS].set_index("year")


def test_one_row_an_authority_and_year(panel):
    assert not panel.duplicated(["unit_id", "year"]).any()
    assert panel["year"].min() == 2011 and panel["year"].max() == 2025
    assert not panel["unit_id"].isin(SMALL).any()
    assert panel.groupby("year")["unit_id"].nunique().loc[2012:2017].eq(150).all()
    assert list(panel) == ["unit_id", "year", "area", "region", "persons", *common_panel.COLUMNS]
    assert set(common_panel.MONEY) < set(common_panel.COLUMNS)
    assert panel.loc[panel["london"] == 1, "unit_id"].nunique() == 32


def test_rates_are_counts_over_children(tables, leeds):
    units = tables["cla_units"].query("unit_id == @LEEDS and year == 2016 and unrounded")
    first = units.sort_values("release_year")["number"].iloc[0]
    assert leeds.at[2016, "rate"] == pytest.approx(1e4 * first / leeds.at[2016, "persons"])
    started = tables["child_protection"].query("unit_id == @LEEDS and year == 2016")
    started = started.sort_values("release_year")["cpp_started"].iloc[0]
    assert leeds.at[2016, "plans"] == pytest.approx(1e4 * started / leeds.at[2016, "persons"])


def test_editions_change_in_the_middle(tables, leeds):
    index = tables["deprivation"].query("unit_id == @LEEDS").set_index("index_year")
    assert leeds.at[2017, "idaci"] == index.at["2015", "idaci_average_score"]
    assert leeds.at[2018, "imd"] == index.at["2019", "imd_average_score"]
    income = tables["low_income"].query("unit_id == @LEEDS and snapshot_year == 2014")
    share = income["low_income_children_all"] / income["child_benefit_children_all"]
    assert leeds.at[2015, "low_income"] == pytest.approx(100 * share.iloc[0])
    dwp = tables["low_income_dwp"]
    dwp = dwp[(dwp["extract"] == dwp["extract"].max()) & (dwp["measure"] == "relative")]
    children = dwp.query("unit_id == @LEEDS and year == 2020")["children"].iloc[0]
    assert leeds.at[2020, "low_income"] == pytest.approx(100 * children / leeds.at[2020, "persons"])
    assert np.isnan(leeds.at[2011, "low_income"]) and np.isnan(leeds.at[2025, "low_income"])


def test_judgements_are_cut_by_date_of_publication(tables, panel):
    """Before, during and after the change, whatever the year in which an inspection began."""
    events = tables["ofsted"].dropna(subset=["overall", "unit_id"])
    single = events[events["framework"].isin(["SIF", "ILACS"])]
    for year, (start, end) in zip((2015, 2020), common_panel.CHANGES, strict=True):
        rows = panel[panel["year"] == year].set_index("unit_id")
        after = single[single["published"] > end].groupby("unit_id")["published"].min()
        inside = single[(single["published"] > start) & (single["published"] <= end)]
        here = set(rows.index)
        assert set(rows["judged_after"].dropna().index) == set(after.index) & here
        assert set(rows["judged_during"].dropna().index) == set(inside["unit_id"]) & here
    slac = tables["ofsted"].query("framework == 'SLAC'").dropna(subset=["help_and_protection"])
    slac = slac.groupby("unit_id")["published"].min()
    late = set(slac[slac > "2012-03-31"].index)  # inspected so late that it is not "before"
    early = panel[(panel["year"] == 2015) & panel["unit_id"].isin(late)]
    assert len(early) > 30
    assert early["judged_before"].isna().all()


def test_first_and_latest_judgement_of_a_span(tables):
    events = judgements.coded(tables["ofsted"])
    single = ["SIF", "ILACS"]
    after = judgements.first_after(events, "2017-03-31", single)
    late = judgements.latest(events, "2017-03-31", single, after="2015-03-31")
    assert after["published"].min() > pd.Timestamp("2017-03-31")
    assert late["published"].between("2015-04-01", "2017-03-31").all()
    leeds = events[(events["unit_id"] == LEEDS) & events["framework"].isin(single)]
    known = leeds.dropna(subset=["overall"]).set_index("published")["overall"].sort_index()
    assert after.at[LEEDS, "overall"] == known["2017-04-01":].iloc[0]
    with pytest.raises(ValueError, match="published after 2040-01-01"):
        judgements.first_after(events, "2040-01-01", single)
    with pytest.raises(ValueError, match="after 2017-03-31 by 2017-04-01"):
        judgements.latest(events, "2017-04-01", single, after="2017-03-31")


def test_judgements_before_by_and_after(tables, leeds):
    events = tables["ofsted"].query("unit_id == @LEEDS").sort_values("published")
    sif = events[events["framework"].isin(["SIF", "ILACS"]) & events["overall"].notna()]
    scale = {"Inadequate": 1, "Requires improvement to be good": 2, "Good": 3, "Outstanding": 4}
    by_2018 = sif[sif["published"] <= "2018-07-31"]["overall"].map(scale).iloc[-1]
    after = sif[sif["published"] > "2017-03-31"]["overall"].map(scale).iloc[0]
    during = sif[sif["published"] <= "2017-03-31"]["overall"].map(scale).iloc[-1]
    slac = events[(events["framework"] == "SLAC") & events["help_and_protection"].notna()]
    assert leeds.loc[2011:2017, "judged_late"].eq(by_2018).all()
    assert leeds.loc[2011:2017, "judged_after"].eq(after).all()
    assert leeds.loc[2011:2017, "judged_during"].eq(during).all()
    assert (
        leeds.loc[2011:2017, "judged_before"]
        .eq(slac["help_and_protection"].map(scale).iloc[-1])
        .all()
    )
    assert leeds.at[2025, "judged_late"] == sif["overall"].map(scale).iloc[-1]
    assert leeds.loc[:2014, "judged_then"].isna().all()


def test_spending_adds_up(tables, leeds):
    lines = tables["s251"].query("unit_id == @LEEDS and year == 2016").set_index("line")
    gross = lines["gross_expenditure_gbp"]
    rest = gross["total_cyps_excl_cera"] - gross["total_cla"] - gross["total_safeguarding"]
    children = leeds.at[2016, "persons"]
    assert leeds.at[2016, "prevention_per_child"] == pytest.approx(rest / children)
    assert leeds.at[2016, "prevention_share"] == pytest.approx(
        100 * rest / gross["total_cyps_excl_cera"]
    )
    other = gross["total_cyps_excl_cera"] - gross["total_cla"]
    assert leeds.at[2016, "other_per_child"] == pytest.approx(other / children)
    early = tables["s251"].query("unit_id == @LEEDS and year == 2011").set_index("line")
    early = early["gross_expenditure_gbp"]
    kept = ["total_cla", "adoption", "special_guardianship", "total_safeguarding",
            "social_work_and_commissioning", "total_strategy"]  # fmt: skip
    rest = early["total_cyps_excl_cera"] - early[kept].sum()
    assert leeds.at[2011, "prevention_per_child"] == pytest.approx(rest / leeds.at[2011, "persons"])


def test_work_per_child_in_need_without_those_in_care(tables, leeds):
    cost = (
        tables["unit_cost"]
        .query(
            "unit_id == @LEEDS and year == 2016 and spend_basis == 'gross' "
            "and basis == 'rebuilt from S251 and CIN'"
        )["social_work_weekly_unit_cost_per_cin"]
        .iloc[0]
    )
    assert leeds.at[2016, "work_per_need"] == pytest.approx(cost * 365 / 7)
    assert leeds.at[2016, "work_per_other_need"] > leeds.at[2016, "work_per_need"]
    need = leeds.at[2016, "work_per_child"] / leeds.at[2016, "work_per_need"]
    in_care = leeds.at[2016, "rate"] / 1e4
    assert leeds.at[2016, "work_per_other_need"] == pytest.approx(
        leeds.at[2016, "work_per_child"] / (need - in_care)
    )


def test_questions_speak_of_registered_claims_and_known_columns(panel):
    register = Register()
    for key, question in questions.QUESTIONS.items():
        assert question.key == key
        table = questions.statements(register[claim] for claim in question.claims)
        assert set(table.index) <= set(REPORTS.values())
        assert len(question.methods) == len({str(m) for m in question.methods.values()})
        specs = question.specifications()
        assert len(specs) == len(set(specs))
        assert set(question.specifications(main=True)) < set(specs)
        for one in specs:
            wanted = {one.outcome, one.factor, *one.controls} - {"region"}
            assert wanted <= set(common_panel.COLUMNS)
            assert one.period[1] < common_panel.BREAK or one.period[0] >= common_panel.BREAK
        for outcome, method, factor in question.printed.values():
            assert outcome in question.outcomes and method in question.methods
            assert factor in (question.main or question.factors)


def test_printed_numbers_take_the_scale_of_the_question():
    told = questions.printed(questions.QUESTIONS["deprivation"], Register()).set_index("text")
    assert told.at["printed: .682, squared", "value"] == pytest.approx(46.5124)
    assert told.at["printed: 15%", "value"] == 15
    assert told.at["printed: a third", "value"] == pytest.approx(33.3)
    told = questions.printed(questions.QUESTIONS["ofsted"], Register())
    assert told["value"].tolist() == [-0.175, -0.17]
    table = pd.DataFrame(
        {"method": told["method"], "outcome": told["outcome"], "factor": told["factor"],
         "period": "2012 to 2017", "estimate": -0.2, "low": [-0.3, -0.3], "high": [-0.1, -0.19]}
    )  # fmt: skip
    assert questions.against(table, told)["inside"].tolist() == ["yes", "no"]


def test_unseen_names_a_table_and_its_limits():
    table = questions.unseen()
    assert len(table) >= 10 and table.ne("").all().all()


@pytest.fixture(scope="module")
def ofsted(panel):
    data = multiverse_grid.cube(panel, list(common_panel.COLUMNS), common_panel.MONEY)
    draws = multiverse_grid.resample(len(data.units), 40, 1)
    question = questions.QUESTIONS["ofsted"]
    table, matrix = multiverse.run(data, question.specifications(main=True), draws)
    return question, questions.named(table), matrix


def test_charts_of_methods(ofsted):
    question, table, _ = ofsted
    assert table["authorities"].max() == 150
    told = questions.printed(question, Register())
    drawn = plots.methods(table, unit=question.unit, published=told).to_dict()
    assert [panel["title"] for panel in drawn["hconcat"]] == ["children in care",
                                                              "new protection plans"]  # fmt: skip
    assert drawn["title"]["text"] == question.unit
    assert "printed: -.175" in str(drawn["datasets"])
    plain = plots.methods(table[table["factor"] == "judged after"], unit="r", series="period")
    assert len(plain.to_dict()["hconcat"]) == 2


def test_chart_of_a_curve_is_thinned(ofsted):
    question, table, matrix = ofsted
    many = pd.concat([table] * 8, ignore_index=True)
    by = multiverse_summary.by_choice(table, matrix, questions.LABELS)
    found = multiverse_summary.summary(table, matrix)
    drawn = plots.curve(many, by, found, unit=question.unit).to_dict()
    sizes = sorted(len(rows) for rows in drawn["datasets"].values())
    assert sizes[-1] == plots.MOST_POINTS < len(many)
    places = [row["place"] for row in max(drawn["datasets"].values(), key=len)]
    assert (places[0], places[-1]) == (1, len(many))
