"""Groups of section 251 lines and the rise in prices that real-terms figures imply."""

import numpy as np
import pandas as pd
import pytest

from care_rates import plots_marks, plots_nao, plots_panel, spending
from care_rates.data import load
from care_rates.printed import parse

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def net():
    return spending.england(load("s251"))


def test_groups_add_up_to_less_than_the_whole(net):
    for year in (2011, 2012, 2013, 2018):
        whole = net.at["total_cyps_excl_cera", year]
        statutory = spending.group(net, spending.STATUTORY, year)
        assert 0 < statutory < whole
        assert spending.statutory_share(net, year) == pytest.approx(100 * statutory / whole)
    shares = [spending.statutory_share(net, year) for year in range(2011, 2019)]
    assert shares == sorted(shares)  # no jump where the lines changed


def test_gross_is_more_than_net(net):
    gross = spending.england(load("s251"), basis="gross")
    assert (gross[2018].dropna() >= net[2018].dropna() - 1e-9).all()


def test_a_line_without_figures_is_named(net):
    with pytest.raises(ValueError, match=r"2018: no section 251 figure for total_strategy"):
        spending.group(net, {2011: ("total_cla", "total_strategy")}, 2018)


def test_implied_prices_undo_the_deflation():
    prices, first, last = 1.12, 200.0, 250.0
    growth = 100 * (last / (first * prices) - 1)
    low, high = spending.implied_by_growth(first, last, (growth - 0.5, growth + 0.5))
    assert low < prices < high
    change = last - first * prices
    low, high = spending.implied_by_change(first, last, (change - 0.5, change + 0.5))
    assert (low, high) == pytest.approx((prices - 0.5 / first, prices + 0.5 / first))


def test_consensus_is_where_most_meet():
    intervals = np.array([[1, 3], [2, 5], [2.5, 2.8], [7, 9]])
    assert spending.consensus(intervals) == (2.5, 2.8, 3)
    assert spending.consensus(np.array([[1.0, 2.0]])) == (1, 2, 1)


def test_leave_one_out_finds_the_odd_one():
    found = spending.leave_one_out(
        {"a": (1.0, 1.2), "b": (1.1, 1.3), "c": (1.15, 1.18), "d": (2.0, 2.1)}
    )
    assert found["agrees"].tolist() == [True, True, True, False]
    assert found.loc["d", ["low", "high", "meet"]].tolist() == pytest.approx([1.15, 1.18, 3])
    with pytest.raises(ValueError, match="At least two"):
        spending.leave_one_out({"a": (1.0, 1.2)})


def test_real_terms_come_back_when_consistent(net):
    prices, printed = 1.1, {}
    for name in ("family_support", "youth_justice"):
        first, last = (spending.group(net, spending.GROUPS[name], year) for year in (2011, 2018))
        printed[f"{name}.change"] = parse(f"{last - first * prices:.1f}")
        printed[f"{name}.percent"] = parse(f"{100 * (last / first / prices - 1):.0f}%")
    implied = spending.real_terms(net, printed)
    assert implied["agrees"].all()
    real = spending.deflated(implied)
    for name, number in printed.items():
        assert real.at[name, "low"] <= real.at[name, "value"] <= real.at[name, "high"]
        assert number.low <= real.at[name, "high"] and number.high >= real.at[name, "low"]


def drawn(chart):
    content = chart.to_dict()
    return content.get("layer") or content.get("hconcat")


def test_charts_draw_what_they_are_given():
    bars = pd.DataFrame({"measure": ["a", "b"], "growth": [2.0, 70.0], "kind": ["stock", "flow"]})
    assert len(drawn(plots_nao.growth_bars(bars, reference=5.0, reference_name="population"))) == 4
    shares = pd.DataFrame(
        {
            "order": ["x", "y"],
            "deprivation": [10.0, -0.1],
            "authority": [40.0, 50.0],
            "not explained": [50.0, 50.0],
        }
    )
    chart = plots_panel.decomposition_bars(shares)
    assert chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]["domain"] == [
        "deprivation", "authority", "not explained",
    ]  # fmt: skip
    free = pd.DataFrame({"reading": ["a", "a"], "source": ["authority", "time"],
                         "share": [40.0, 5.0], "low": 1.0, "high": 50.0})  # fmt: skip
    free = plots_panel.share_intervals(free, row="reading").to_dict()
    colours = free["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(colours["domain"], colours["range"], strict=True)) == {
        name: plots_panel.BLOCKS[name] for name in ("time", "authority")
    }
    dots = pd.DataFrame({"source": ["time", "authority"], "specification": [0, 0],
                         "percent": [5.0, 40.0], "near": [True, False]})  # fmt: skip
    assert len(drawn(plots_panel.curve_dots(dots, {"time": 10, "authority": 44}))) == 2
    stage = pd.DataFrame({"stage": ["a", "b"], "number": [10, 5]})
    assert len(drawn(plots_nao.stages(stage))) == 2
    event = pd.DataFrame({"period": [-1, 0], "estimate": [0.0, 1.0], "estimator": ["one", "two"]})
    event = event.assign(low=-1.0, high=2.0, band_low=-2.0, band_high=3.0)
    timeline = plots_panel.events(event, y_title="plans")
    assert len(drawn(timeline)) == 5
    assert len(drawn(plots_marks.mark_span(timeline, 2021, 2022, "pandemic"))) == 7
    dates = plots_marks.ticks(timeline, [-1, 0, 1]).to_dict()["layer"]
    assert [
        x["encoding"]["x"]["axis"]["values"] for x in dates if "title" in x["encoding"].get("x", {})
    ] == [[-1, 0, 1]] * 3
    assert "values" not in str(timeline.to_dict()["layer"][2]["encoding"]["x"]["axis"])
    single = plots_nao.evidence(
        pd.DataFrame({"question": ["q"], "kind": ["cause"], "answer": ["not shown"]})
    )
    assert len(drawn(single)) == 2
    assert len(drawn(plots_marks.mark_span(single.layer[0], 2021, 2022, "pandemic"))) == 3
    money = pd.DataFrame({"year": ["a", "a", "b", "b"], "services": ["s", "p", "s", "p"],
                          "billion": [5.0, 4.0, 6.0, 2.0]})  # fmt: skip
    parts = plots_nao.parts_by_year(money, unit="billion")
    bars = pd.DataFrame(parts.layer[0].data)
    assert bars["end"].tolist() == [5.0, 9.0, 6.0, 8.0]
    assert bars["start"].tolist() == [0.0, 5.0, 0.0, 6.0]
    assert parts.layer[3].data["billion"].tolist() == [9.0, 8.0]
    grades = pd.DataFrame({"inspection": ["first", "first"], "judgement": ["Good", "Inadequate"],
                           "percent": [60.0, 40.0]})  # fmt: skip
    bars = plots_nao.judgement_bars(grades)
    assert bars.to_dict()["layer"][0]["encoding"]["color"]["sort"] == ["Good", "Inadequate"]
    spans = pd.DataFrame(
        {"rate": ["a"], "min": 1.0, "q1": 2.0, "median": 3.0, "q3": 4.0, "max": 9.0}
    )
    assert len(drawn(plots_nao.ranges(spans, label="rate", title="relative"))) == 5
