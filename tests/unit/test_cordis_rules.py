"""The rules by which the Welsh report's statements are worked out, and its charts."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from care_rates import (
    cordis,
    cordis_factors,
    cordis_readings,
    cordis_years,
    funnel,
    funnel_rules,
    labels,
    plots_cordis,
    plots_funnel,
)
from care_rates.claims import Register

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]

RATE = pd.Series({"Rhondda Cynon Taf": 120.0, "Newport": 80.0, "Flintshire": 50.0, "Powys": 66.0})


def test_extremes_and_sides_use_the_reports_names():
    assert cordis.extremes(RATE) == {"lowest": "Flintshire", "highest": "RCT"}
    found = cordis.sides(RATE, 90, ["Newport", "Rhondda Cynon Taf"])
    assert found["case_above"] == ["RCT"] and found["case_below_count"] == 1
    assert found["Newport.vs_wales"] == -10


def test_groups():
    found = cordis.groups(RATE, 59, 90)
    assert found["below_england"] == ["Flintshire"] and found["below_england_count"] == 1
    assert found["between"] == ["Newport", "Powys"] and found["above_wales"] == ["RCT"]


def test_boxes_never_go_below_zero():
    least, most = cordis.boxes(pd.Series([0.0, 10.0]), 5)
    assert least.tolist() == [0, 7.5] and most.tolist() == [2.5, 12.5]


def test_pairs_alike_and_apart():
    factor = pd.Series({"a": 1.0, "b": 1.1, "c": 5.0, "d": 9.0})
    count = pd.Series({"a": 300.0, "b": 160.0, "c": 200.0, "d": 200.0})
    base = pd.Series(2e4, count.index)
    found = cordis.pairs({"x": ["a", "b"], "y": ["c", "d"]}, factor, count, base, what="size")
    assert found.loc["x", ["size_similar", "rates_differ"]].tolist() == [True, True]
    assert not found.loc["y", "rates_differ"]
    assert found["ratio"].tolist() == pytest.approx([300 / 160, 1])


@pytest.fixture
def series():
    years = range(2003, 2013)
    names = [
        "Bridgend",
        "Denbighshire",
        "Newport",
        "Rhondda Cynon Taf",
        "Torfaen",
        "Powys",
        "Conwy",
    ]
    steps = np.array([5.0, -1.0, 0.0, 5.2, 9.0, 2.0, 3.0])
    wide = pd.DataFrame(70 + np.outer(steps, np.arange(10)), index=names, columns=list(years))
    wide.loc["Newport", 2012] = 60
    wide.loc["Denbighshire", [2010, 2011, 2012]] = [75, 80, 70]
    return wide


def test_changes_and_trends(series):
    number = series * 2.0  # 20,000 children everywhere
    table = cordis_years.change(series, number, 2005, 2011)
    assert table.loc["Torfaen", "change"] == pytest.approx(54)
    half = table["rounded_high"] - table["change"]
    assert half.to_numpy() == pytest.approx(np.full(7, 2 * 2.5 / 2))
    assert (table["low"] < table["rounded_low"]).all()
    assert cordis_years.changes_differ(table) < 0.01
    found = cordis_years.trends(series, list(series.index[:5]), 2005)
    assert found["bridgend_rct_similar"] and found["torfaen_after_2010"]
    assert not found["newport_similar_to_2010"] and found["denbighshire_differs_to_2009"]
    assert found["newport_after_2010"] < 0 < found["denbighshire_from_2009"]
    assert found["denbighshire_from_2011"] < 0


def test_readings_of_a_national_change():
    number = pd.DataFrame({2005: [10.0, 30, 40], 2011: [20.0, 30, 50]}, index=["a", "b", "Wales"])
    persons = pd.DataFrame(1000.0, index=number.index, columns=[2004, 2005, 2010, 2011])
    persons.loc["Wales"] = 2000.0
    found = cordis_years.change_readings(number, persons, "Wales", 2005, 2011)
    assert found.tolist() == pytest.approx([50, 50, 50, 50])
    assert next(iter(found.index)) == "children, mid-year before"


def test_joined_years_keep_what_has_a_population():
    units = pd.DataFrame(
        {"unit_id": ["E1", "E2", "E1"], "year": [2012, 2012, 2012], "number": [10.0, 20, 99],
         "source_id": ["r12", "r12", "other"]}
    )  # fmt: skip
    people = pd.DataFrame(
        {"unit_id": ["E1", "E1", None], "level": "authority", "mid_year": [2011, 2011, 2011],
         "persons_0_17": [400.0, 600, 5]}
    )  # fmt: skip
    names = pd.DataFrame({"unit_id": ["E1"], "area": ["First"]})
    wales = pd.DataFrame({"area": ["Powys"], "year": [2012], "number": [5.0], "persons": [100.0]})
    found = cordis_years.joined_years(units, people, names, wales, {2012: "r12"})
    assert found["area"].tolist() == ["First", "Powys"]
    assert found["persons"].tolist() == [1000, 100] and found["unit"].tolist() == [0, 5]
    assert found["country"].tolist() == ["England", "Wales"]


def test_whether_areas_moved_alike_hangs_on_the_years(series):
    trio = ["Newport", "Bridgend", "Rhondda Cynon Taf"]
    found = cordis_years.alike_readings(series, trio, starts=(2005, 2009), ends=(2010, 2012))
    assert list(found.index) == [(2005, 2010), (2005, 2012), (2009, 2010), (2009, 2012)]
    assert found.at[(2005, 2010), "widest gap"] == pytest.approx(26)
    moved = series[2010] - series[2005]
    gaps = [abs(a - b) for i, a in enumerate(moved) for b in moved[:i]]
    assert found.at[(2005, 2010), "median gap"] == pytest.approx(np.median(gaps))
    calm = series.copy()
    calm.loc["Newport"] = calm.loc["Bridgend"]
    again = cordis_years.alike_readings(calm, trio, starts=(2005,), ends=(2009,))
    assert again["alike"].item() == "yes" and found.at[(2005, 2012), "alike"] == "no"


def test_a_factor_has_one_interval_whatever_the_order_of_areas():
    generator = np.random.default_rng(3)
    names = [f"area {i:02}" for i in range(22)]
    factors = pd.DataFrame(
        generator.normal(size=(22, len(cordis_factors.FACTORS))),
        index=names, columns=list(cordis_factors.FACTORS),
    )  # fmt: skip
    rate = 90 + 20 * factors["deprivation"] + generator.normal(size=22)
    one = cordis_factors.family(rate, factors, resamples=99, seed=1)
    two = cordis_factors.family(rate[::-1], factors[::-1], resamples=99, seed=1)
    pd.testing.assert_frame_equal(one, two)
    assert one.at["deprivation", "rs"] > 0.9
    assert one.at["deprivation", "holm"] < 0.001 < one.at["density", "holm"]


def test_both_notebooks_draw_the_family_of_factors_alike():
    chosen = []
    for name, seed in (("03_cordis_bright_funnels", "seed"),
                       ("04_cordis_bright_case_studies", "factor_seed")):  # fmt: skip
        cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
        text = next("".join(c["source"]) for c in cells if c["id"] == "parameters")
        given = {}
        exec(text, given)
        chosen.append((given[seed], given["resamples"], given["year"]))
    assert chosen[0] == chosen[1]


def test_readings_of_size_explains():
    level, distance = pd.Series({"rs": 0.1, "p": 0.9}), pd.Series({"rs": -0.6, "p": 0.001})
    flag = pd.Series([0, 0, 1, -2, 0.0])
    found = cordis_readings.size_readings(level, distance, flag, 0.035, 0.05)
    assert found["size explains"].tolist() == ["no", "yes", "for 3, not for 2", "a part"]
    assert found["value"].tolist() == ["0.10", "-0.60", "3 of 5", "3.5"]
    away = cordis_readings.size_readings(level, -distance, flag, 0.6, 0.05)
    assert away["size explains"].tolist()[1] == "no", "large areas further off is no explanation"
    assert away["size explains"].tolist()[3] == "most"


def test_factor_claims_need_one_measure_to_explain_and_all_to_leave_spread():
    p = pd.Series({"a": 0.01, "b": 0.5, "c": 0.5})
    left = pd.Series({"a": 0.001, "b": 0.2, "c": 0.001})
    found = cordis_factors.factor_claims(p, left, {"x": ["a", "b"], "y": ["c"]}, 0.05)
    assert found == {"x.explains": True, "x.similar_differ": False, "y.explains": False,
                     "y.similar_differ": True}  # fmt: skip


def test_factors_of_22_authorities(analysis_tables):
    population = analysis_tables["wales_population"].query("mid_year == 2011")
    frame = cordis_factors.factor_frame(
        analysis_tables["wales_census2011"], analysis_tables["wales_deprivation"], population
    )
    assert frame.shape == (22, len(cordis_factors.FACTORS) + len(cordis_factors.OTHERS))
    assert frame.notna().all(axis=None)
    ages = frame[list(cordis_factors.AGES.values())].sum(axis=1)
    assert ages.to_numpy() == pytest.approx(np.full(22, 100))
    points = cordis_factors.long(frame, frame["density"], cordis_factors.FACTORS)
    assert len(points) == 22 * len(cordis_factors.FACTORS)
    chart = plots_cordis.panels(points, named=["Newport"])
    assert chart.to_dict()["columns"] == 3


def test_readings_count_what_they_give_back(analysis_tables):
    both = analysis_tables["england_wales_2012"].set_index("name")
    home = both["country"] == "Wales"
    table = cordis_readings.footnote_readings(both, home * 5.0, home, Register())
    assert len(table) == 24
    assert set(table.index.str.split(", ").str[2]) == {"95%", "99.8%"}
    assert table["labels of 22"].between(0, 22).all()
    assert table["labels of 22"].is_monotonic_decreasing
    p = pd.Series(1.0, list(cordis_factors.FACTORS))
    ways = cordis_factors.ways_of_testing({"never": p}, p, Register(), 0.05)
    assert ways.loc["never", "factors that explain"] == ""
    assert ways.loc["never", "statements of 8"] == 5


@pytest.fixture
def judged():
    count = pd.Series([400.0, 60, 180, 190, 185, np.nan], list("abcdef"), name="n")
    base = pd.Series([2e4, 2.1e4, 2e4, 2.1e4, 6e4, 3e4], count.index)
    table = funnel.judge(count, base, rounding=5).rename_axis("area").reset_index()
    return table.assign(country=["England", "Wales"] * 3)


def test_funnel_chart_names_those_outside(judged):
    line = funnel_rules.curve(judged["base"], 90.0, points=9)
    chart = plots_funnel.funnel(judged, line).to_dict()
    texts = [layer for layer in chart["layer"] if layer["mark"].get("type") == "text"]
    shown = {row["area"] for layer in texts for row in chart["datasets"][layer["data"]["name"]]}
    assert shown == set(judged.loc[judged["flag"].abs() > 0, "area"])
    plain = plots_funnel.funnel(judged.drop(columns="country"), line, named=["d"]).to_dict()
    assert not any("shape" in layer["encoding"] for layer in plain["layer"])
    assert plots_funnel.side(judged["flag"]).tolist()[-1] == "not known"


def test_labels_make_way():
    x, y = np.array([100.0, 104.0, 3.0]), np.array([50.0, 50.0, 80.0])
    names = ["Merthyr Tydfil", "Torfaen", "Powys"]
    found = labels.place(x, y, names, (620, 400))
    assert boxes_are_apart(x, y, names, found)
    assert found.loc[2, ["dx", "align"]].tolist() == [6, "left"], "a free side is taken first"
    assert not found.loc[2, "far"]


def boxes_are_apart(x, y, names, found):
    boxes = []
    for px, py, name, at in zip(x, y, names, found.itertuples(), strict=False):
        wide = labels.LETTER * len(name)
        left = px + at.dx - {"left": 0, "right": wide, "center": wide / 2}[at.align]
        top = py + at.dy - labels.LINE / 2
        assert left >= 2 and top >= 0 and left + wide <= 620
        boxes.append((left, left + wide, top, top + labels.LINE))
    return not any(
        a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
        for k, a in enumerate(boxes)
        for b in boxes[:k]
    )


def test_names_by_the_axis_and_in_a_crowd_get_leading_lines():
    # three at the axis, where only the right side is free, and a crowd on their right
    x = np.array([20.0, 30, 32, *np.tile(np.arange(40, 140, 8.0), 5)])
    y = np.array([100.0, 102, 98, *np.repeat(np.arange(84, 118, 8.0), 13)])
    names = ["Torfaen", "Merthyr Tydfil", "Blackpool"]
    found = labels.place(x, y, names, (620, 400))
    assert boxes_are_apart(x, y, names, found)
    assert found["far"].any()
    curve = np.column_stack([np.arange(0, 300.0), np.full(300, 50.0)])
    free = labels.place(np.array([100.0]), np.array([50.0]), ["Powys"], (620, 400))
    moved = labels.place(np.array([100.0]), np.array([50.0]), ["Powys"], (620, 400), curve)
    assert free["align"].item() == "left" and moved["dy"].item() != 0


def test_rounding_is_drawn_as_hollow_points(judged):
    line = funnel_rules.curve(judged["base"], 90.0, points=9)
    layers = plots_funnel.funnel(judged, line).to_dict()["layer"]
    marks = [layer for layer in layers if layer["mark"].get("type") == "point"]
    tests = {layer["transform"][0]["filter"]: layer["mark"]["filled"] for layer in marks}
    assert tests == {"datum.certain": True, "!datum.certain": False}
    assert all(layer["encoding"]["shape"]["field"] == "country" for layer in marks)


def test_slider_is_a_parameter_and_years_are_small_charts(judged):
    years = pd.concat([judged.dropna().assign(year=y) for y in (2011, 2012)], ignore_index=True)
    lines = pd.concat(
        [funnel_rules.curve(judged["base"], 90.0, points=9).assign(year=y) for y in (2011, 2012)]
    )
    chart = plots_funnel.funnel_slider(years, lines, 2012, name_first=1).to_dict()
    bound = chart["params"][0]
    assert bound["bind"] == {"input": "range", "min": 2011, "max": 2012, "step": 1,
                             "name": "Year ending 31 March "}  # fmt: skip
    assert bound["value"] == 2012
    assert all("year_shown" in str(layer["transform"]) for layer in chart["layer"])
    small = plots_funnel.funnel_years(years, lines).to_dict()
    assert small["facet"]["field"] == "year"
    rows = next(iter(small["datasets"].values()))
    assert not any(pd.isna(value) for row in rows for value in row.values())


def test_rank_bars_keep_their_order():
    ranks = pd.DataFrame({"area": ["b", "a"], "rank": [1, 2], "low": [1, 1], "high": [2, 2]})
    chart = plots_cordis.rank_bars(ranks).to_dict()
    assert chart["layer"][0]["encoding"]["y"]["sort"] == ["b", "a"]
