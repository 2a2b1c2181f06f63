"""The care system put together from official tables, and the charts that show it."""

import numpy as np
import pandas as pd
import pytest

from care_rates import (
    adoption,
    adoption_inputs,
    adoption_starts,
    adoption_summary,
    care_system,
    ccn_context,
    ccn_resources,
    plots_adoption,
    plots_ccn,
)

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def tables(analysis_tables):
    return analysis_tables


@pytest.fixture(scope="module")
def members(tables):
    return care_system.members(tables["ccn_members"], tables["crosswalk"], ["Leicestershire"])


def test_series_takes_the_latest_release(tables):
    latest = care_system.series(tables["national"], "cla_at_31_march")
    assert latest[2015] == 69460
    then = care_system.series(tables["national"], "cla_at_31_march", "Nov 2021")
    assert then[2015] == 69470
    assert then.index.max() == 2021


def test_england_before_and_after_the_census(tables):
    old = care_system.england(tables["national"], census="before")
    new = care_system.england(tables["national"])
    assert old.at[2020, "persons"] > new.at[2020, "persons"]
    assert np.isnan(old.at[2025, "persons"])
    assert new.at[2025, "persons"] == 12183016
    assert old.at[2005, "persons"] == new.at[2005, "persons"]


def test_authorities_add_up_to_england(tables):
    number = care_system.by_authority(tables["cla"], "number", 2020, 2021)
    assert number.sum() == pytest.approx(80000, abs=10)
    assert "E06000053" not in number
    assert len(number) == 150
    later = care_system.by_authority(tables["cla"], "number", 2025)
    assert later.sum() == pytest.approx(81770, abs=10)


def test_a_suppressed_count_is_absent_never_zero(tables):
    homes = care_system.placement(tables["cla_placements"], 2020, care_system.RESIDENTIAL)
    assert (homes > 0).all()
    assert len(homes) < 150


def test_neighbours_point_at_others_in_the_list(tables):
    keys = care_system.by_authority(tables["cla"], "number", 2020, 2021).index
    index = care_system.neighbour_index(tables["neighbours"], tables["crosswalk"], keys, "2021")
    assert index.shape == (150, 10)
    assert (index < 0).sum() <= 5
    assert not (index == np.arange(150)[:, None]).any()
    essex = keys.get_loc("E10000012")
    first = tables["neighbours"].query("model == '2021' and area_code == 'E10000012' and rank == 1")
    assert keys[index[essex, 0]] == first["neighbour_area_code"].iloc[0]


def test_members_are_the_councils_of_2021(members):
    assert len(members["counties"]) == 24
    assert len(members["unitaries"]) == 13
    assert {"Cumbria", "Leicestershire"} <= set(members["counties"])
    assert {"Dorset", "Buckinghamshire"} <= set(members["unitaries"])


def test_flows_and_their_claims(tables):
    table = ccn_context.flows(tables["national"], "Nov 2021")
    gap = table["change"] - table["gap"] - table["unexplained"]
    assert gap.dropna().abs().max() == 0
    claims = ccn_context.flow_claims(table)
    assert claims["fig2.close_until_year"] == claims["fig2.gap_from_year"] == 2017
    assert claims["fig1.starts_2008_2017"] == -580
    assert claims["section4_2.leavers_predominant"] is True


def test_homes_add_up(tables):
    homes = ccn_context.homes(tables["cla_placements"])
    parts = homes.drop(columns="total").sum(axis=1)
    assert (parts - homes["total"]).abs().max() == pytest.approx(0, abs=1e-6)


def test_context_claims_have_the_right_size(tables, members):
    foster = ccn_context.foster_claims(tables["cla_placements"], members["keys"])
    assert foster["foster_most_common"] == "foster"
    assert 74 < foster["foster_share_2012"] < 76
    ages = ccn_context.ages(tables["cla_ages"], members["keys"])
    assert ages["age_10_15_growth_england"] == pytest.approx(100 * (31370 / 24900 - 1))
    assert ages["older_rise_most"] is False
    assert ccn_context.percent(50, 60) == pytest.approx(20)


def test_resources(tables, members):
    england = care_system.england(tables["national"])
    spent = ccn_resources.money(tables["national"], england["stock"])
    assert spent.at[2020, "per_week"] == pytest.approx(5278.06e6 / 80000 / (365.25 / 7), rel=1e-4)
    ours = ccn_resources.member_spending(tables["s251"], members["keys"], 2016, 2020)
    assert (ours["change"] == ours[2020] - ours[2016]).all()
    staff = ccn_resources.staff(tables["workforce"], 2022)
    assert staff["section4_4.workforce_lowers_caseload"] is True
    courts = ccn_resources.courts(tables["care_applications"], tables["deprivation"], 2020)
    assert len(courts) == 149
    assert np.corrcoef(courts["rate_per_10k"], courts["idaci"])[0, 1] == pytest.approx(
        0.6, abs=0.01
    )


def test_system_is_ready_for_the_model(tables):
    base = adoption_inputs.authorities(tables, 2020, "dfe_cla_2021_ees")
    index = care_system.neighbour_index(
        tables["neighbours"], tables["crosswalk"], base.index, "2021"
    )
    system = adoption_inputs.system(base, index)
    adoption.check_system(system)
    assert system["gap"].between(0, 1).all()
    other = base.assign(placed=1.25 * base["placed"])  # a placement table that counts more
    scaled = adoption_inputs.system(other, index)
    for kind in ("residential", "foster"):  # its shares, of all in care
        share = (base[kind] / base["placed"]).loc[scaled.index].to_numpy() / 1.25
        assert (scaled[kind] / scaled["stock"]).to_numpy() == pytest.approx(share)
    lowest = base["number"].div(base["persons"]).idxmin()
    assert lowest not in system.index or system.at[lowest, "gap"] == 0
    assert len(adoption_starts.chosen(system, "leeds")) == 1
    assert adoption_starts.chosen(system, "England") is system
    with pytest.raises(ValueError, match="'Atlantis'"):
        adoption_starts.chosen(system, "Atlantis")
    run = adoption.simulate(system, adoption.Assumptions(), 2, 10)
    assert run["stock_with"].shape == (3, 10)


def test_whose_gap_it_is(tables):
    base = adoption_inputs.authorities(tables, 2020, "dfe_cla_2021_ees")
    listed = (tables["neighbours"], tables["crosswalk"], base.index)
    index = care_system.neighbour_index(*listed, "2021")
    everyone, whose = adoption_starts.counted(base, index, "England")
    assert (everyone.all(), whose) == (True, "England")
    one, whose = adoption_starts.counted(base, index, "barnet")
    assert (base.index[one].tolist(), whose) == (["E09000003"], "Barnet")
    withheld, whose = adoption_starts.counted(base, index, "Rutland")
    assert withheld.all()
    assert whose == "England (Rutland has not every figure of that year)"
    newest, model = (care_system.neighbour_index(*listed, name) for name in ("latest", "2025"))
    assert (newest == model).all()


def test_history_of_one_authority(tables):
    leeds = adoption_inputs.history(tables, "leeds")
    assert list(leeds.index) == list(range(2006, 2026))
    printed = tables["cla"].query("area == 'Leeds' and release_year == 2025 and year == 2025")
    assert leeds.at[2025, "stock"] == printed["number"].iloc[0]
    assert leeds["persons"].between(1e5, 2e5).all()
    dorset = adoption_inputs.history(tables, "Dorset")
    assert dorset.index.max() == 2025
    assert dorset.index.is_monotonic_increasing
    split = adoption_inputs.history(tables, "Northamptonshire")
    assert split.index.max() == 2025
    with pytest.raises(ValueError, match="'Atlantis'"):
        adoption_inputs.history(tables, "Atlantis")


def test_faults_are_named(tables):
    with pytest.raises(ValueError, match="no series 'x'"):
        care_system.series(tables["national"], "x")
    with pytest.raises(ValueError, match="census 'now'"):
        care_system.england(tables["national"], census="now")


def _names(chart) -> set[str]:
    return {p["name"] for p in chart.to_dict()["params"] if "bind" in p}


def test_sliders_stand_in_the_specification():
    levers = pd.DataFrame(
        {"step": [0, 1], "stock0": [10.0, 11], "stock1": [0.0, -3], "spend0": [5.0, 5],
         "spend1": [0.0, -1], "spend2": [0.0, 0.1], "invest": [0.2, 0.2]}
    )  # fmt: skip
    chart = plots_adoption.slider_model(levers, first=2025, success=50, ramp=4, costs=3)
    assert _names(chart) == {"success", "ramp", "costs"}
    binds = [p["bind"] for p in chart.to_dict()["params"] if "bind" in p]
    assert all(bind["input"] == "range" and bind["name"] for bind in binds)


def test_charts_draw():
    import vl_convert

    stock = pd.DataFrame({"stock": [1.0, 2, 3]}, index=[2018, 2019, 2020])
    ahead = pd.DataFrame({"lower": [3.0, 3.5], "upper": [3.0, 4]}, index=[2020, 2021])
    fan = pd.DataFrame({"method": "a", "year": [2021], "forecast": 4.0, "low": 3.0, "high": 5.0})
    dots = pd.DataFrame(
        {"k": ["p", "p"], "c": ["x", "y"], "v": [1.0, 2], "l": [np.nan, 1], "h": [np.nan, 3]}
    )
    area = pd.DataFrame({"area": ["A", "B"], "x": [0.1, 0.2], "y": [3.0, 4]})
    paths = pd.DataFrame(
        {"label": ["a", "a"], "year": [1, 2], "median": [1.0, 2], "low": [1.0, 1], "high": [1.0, 3]}
    )
    system = pd.DataFrame(
        {"area": ["A"], "stock": [500.0], "started": [200.0], "left": [190.0],
         "residential": [50.0], "foster": [350.0], "cost_residential": [4000.0],
         "cost_foster": [600.0], "cost_other": [900.0], "gap": [0.3], "gap_residential": [0.5]}
    )  # fmt: skip
    storm = adoption_summary.labelled(adoption_summary.tornado(system, adoption.Assumptions()))
    charts = [
        plots_ccn.forecast_range(stock, ahead, stock.tail(1), title="t"),
        plots_ccn.fans(stock, fan, title="t"),
        plots_ccn.dots(dots, "v", "k", "c", title="t"),
        plots_ccn.dots(dots, "v", "k", "c", title="t", low="l", high="h", dodge=True),
        plots_ccn.band_scatter(area, "x", "y", band=(0.1, 0.15), x_title="x", y_title="y"),
        plots_adoption.tornado(storm, title="t"),
        plots_adoption.paths(paths, title="t"),
    ]
    for chart in charts:
        assert vl_convert.vegalite_to_svg(chart.to_dict()).startswith("<svg")


def test_a_turn_is_where_two_levels_fit_best():
    steps = pd.Series([1.0, 2, 1, 9, 8, 9, 9], index=range(2000, 2007))
    assert ccn_context.turn(steps) == 2003
    assert ccn_context.turn(-steps) == 2003
