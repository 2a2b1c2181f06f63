"""The adoption model: conservation, closed-form moments, sliders that tell the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from care_rates import adoption, adoption_summary

pytestmark = pytest.mark.unit

SYSTEM = pd.DataFrame(
    {
        "area": ["A", "B"], "stock": [500.0, 300], "started": [200.0, 90], "left": [190.0, 95],
        "residential": [50.0, 40], "foster": [350.0, 200], "cost_residential": [4000.0, 5000],
        "cost_foster": [600.0, 500], "cost_other": [900.0, 1000], "gap": [0.3, 0.0],
        "gap_residential": [0.5, 0.2],
    },
    index=["E1", "E2"],
)  # fmt: skip
SURE = adoption.Assumptions().fixed()


def test_children_are_conserved_every_year_in_every_future():
    run = adoption.simulate(SYSTEM, adoption.Assumptions(), 6, 200, seed=2)
    change = np.diff(run["stock_with"], axis=0)
    assert change == pytest.approx((run["entries_with"] - run["exits_with"])[1:], abs=1e-8)
    homes = run["residential_with"] + run["foster_with"] + run["other_with"]
    assert homes == pytest.approx(run["stock_with"], abs=1e-8)
    assert (run["stock_with"] <= run["stock_without"] + 1e-9).all()
    assert run["stock_with"][0] == pytest.approx(800)


def test_without_gap_noise_or_growth_flows_follow_the_closed_form():
    run = adoption.simulate(SYSTEM.assign(gap=0.0), SURE, 3, 1)
    share = SYSTEM["left"] / (SYSTEM["stock"] + SYSTEM["left"])
    now = SYSTEM["stock"]
    for year in range(1, 4):
        now = (now + SYSTEM["started"]) * (1 - share)
        assert run["stock_with"][year, 0] == pytest.approx(now.sum())


def test_flows_that_balance_keep_the_stock():
    still = SYSTEM.assign(left=SYSTEM["started"], gap=0.0)
    run = adoption.simulate(still, SURE, 5, 1)
    assert run["stock_without"][:, 0] == pytest.approx([800] * 6)


def test_monte_carlo_has_the_moments_of_the_triangle():
    low, likely, high = 0.2, 0.5, 0.9
    chosen = replace(SURE, success=(low, likely, high), ramp=(1.0, 1.0, 1.0))
    one = SYSTEM.iloc[:1]
    run = adoption.simulate(one, chosen, 5, 40000, seed=7)
    base = adoption.simulate(one, SURE, 5, 1)["stock_without"][-1, 0]
    mean = (low + likely + high) / 3
    ends = (low, likely, high)
    variance = (sum(x * x for x in ends) - low * likely - low * high - likely * high) / 18
    assert run["stock_with"][-1].mean() == pytest.approx(base * (1 - 0.3 * mean), rel=1e-3)
    assert run["stock_with"][-1].std() == pytest.approx(base * 0.3 * np.sqrt(variance), rel=0.02)
    cost = replace(SURE, cost_growth=(0.0, 0.02, 0.1))
    spend = adoption.simulate(one, cost, 1, 40000, seed=8)["spend_without"][1].mean()
    known = adoption.simulate(one, SURE.fixed(cost_growth=0.04), 1, 1)["spend_without"][1, 0]
    assert spend == pytest.approx(known, rel=1e-3)


def test_spending_and_investment_by_hand():
    run = adoption.simulate(SYSTEM, SURE.fixed(cost_growth=0.0, residential_growth=0.0), 1, 1)
    a, b = (50 * 4000 + 350 * 600 + 100 * 900), (40 * 5000 + 200 * 500 + 60 * 1000)
    assert run["spend_without"][0, 0] == pytest.approx((a + b) * 365.25 / 7)
    assert run["investment"][:, 0] == pytest.approx([0, 800 * 0.375 * 6800])
    assert run["saving"][0, 0] == 0


def test_areas_add_up_to_the_whole():
    run = adoption.simulate(SYSTEM, adoption.Assumptions(), 3, 50, areas=True)
    assert run["area_stock_with"].sum(axis=0) == pytest.approx(run["stock_with"][-1])
    assert run["area_stock_without"].sum(axis=0) == pytest.approx(run["stock_without"][-1])
    assert run["area_saving"].sum(axis=0) == pytest.approx(run["saving"][-1])


def test_the_seed_decides():
    runs = [adoption.simulate(SYSTEM, adoption.Assumptions(), 2, 20, seed=s) for s in (1, 1, 2)]
    assert (runs[0]["saving"] == runs[1]["saving"]).all()
    assert not (runs[0]["saving"] == runs[2]["saving"]).all()


@pytest.mark.parametrize(("success", "ramp", "costs"), [(0.5, 4, 0.03), (0.9, 2, 0.0), (0, 7, 0.1)])
def test_sliders_redraw_what_the_model_says(success, ramp, costs):
    levers = adoption_summary.sliders(SYSTEM, adoption.Assumptions(), 5)
    chosen = adoption.Assumptions().fixed(success=success, ramp=ramp, cost_growth=costs)
    run = adoption.simulate(SYSTEM, chosen, 5, 1)
    reach = success * np.minimum(1, levers["step"] / ramp)
    children = levers["stock0"] + reach * levers["stock1"]
    assert children.to_numpy() == pytest.approx(run["stock_with"][:, 0])
    earlier = success * np.minimum(1, np.maximum(levers["step"] - 1, 0) / ramp)
    at_end = reach * levers["cost1"] + reach**2 * levers["cost2"]
    at_start = earlier * levers["before1"] + earlier**2 * levers["before2"]
    paid = levers["invest"] * (levers["step"] > 0)
    net = -((1 + costs) ** levers["step"]) * ((at_start + at_end) / 2 + paid)
    assert net.to_numpy() == pytest.approx(run["saving"][:, 0], abs=1)


def test_spending_of_a_year_is_the_mean_of_its_two_ends():
    run = adoption.simulate(SYSTEM, adoption.Assumptions(), 5, 40, seed=3)
    flat = adoption.simulate(SYSTEM, SURE.fixed(cost_growth=0.0), 5, 1)
    for label in ("with", "without"):
        cost, spend = (flat[f"{name}_{label}"][:, 0] for name in ("cost", "spend"))
        assert spend[0] == cost[0]
        assert spend[1:] == pytest.approx((cost[1:] + cost[:-1]) / 2)
    assert flat["saving"][1, 0] == pytest.approx(
        (flat["cost_without"] - flat["cost_with"])[1, 0] / 2 - flat["investment"][1, 0]
    )
    saved = run["spend_without"] - run["spend_with"] - run["investment"]
    assert run["saving"] == pytest.approx(saved, abs=1e-3)


def test_authorities_begin_one_after_the_other():
    """Half have begun on average over a two-year pace's first half; what is reached follows."""
    assert adoption.reached(1, 0.0, 4.0) == pytest.approx(0.25)
    assert adoption.reached(6, 0.0, 4.0) == 1
    assert adoption.begun(1, 0.0) == pytest.approx(1)
    assert adoption.begun(1, 2.0) == pytest.approx(0.25)
    assert adoption.begun(2, 2.0) == pytest.approx(0.75)
    assert adoption.begun(3, 2.0) == pytest.approx(1)
    grid = (np.arange(200_000) + 0.5) / 200_000
    for year, pace, ramp in ((1, 2.0, 4.0), (3, 2.0, 4.0), (5, 3.0, 1.0), (2, 5.0, 1e-9)):
        since = np.maximum(year - pace * grid, 0)
        known = np.minimum(1, since / ramp).mean()
        assert adoption.reached(year, pace, ramp) == pytest.approx(known, abs=1e-4)
    slow = adoption.simulate(SYSTEM, SURE.fixed(pace=3.0), 5, 1)
    fast = adoption.simulate(SYSTEM, SURE, 5, 1)
    assert (slow["stock_with"][1:] > fast["stock_with"][1:]).all()
    assert slow["investment"][1, 0] == pytest.approx(fast["investment"][1, 0] / 6)
    assert slow["investment"][4, 0] == pytest.approx(fast["investment"][4, 0])


def test_break_even():
    saving = np.array([[0.0, 0, 0], [-5, 2, -1], [3, 1, -1], [4, 1, -1]])
    assert adoption_summary.break_even(saving).tolist() == [3, 1, np.inf]


def test_tornado_is_sorted_and_labelled():
    storm = adoption_summary.tornado(SYSTEM, adoption.Assumptions(), 5)
    assert storm["swing"].is_monotonic_decreasing
    assert set(storm["assumption"]) == set(adoption.Assumptions().triangles()) - {"pace"}
    slow = replace(adoption.Assumptions(), pace=(0.0, 1.0, 3.0))
    assert "pace" in set(adoption_summary.tornado(SYSTEM, slow, 5)["assumption"])
    sure = adoption.simulate(SYSTEM, adoption.Assumptions().fixed(), 5, 1)
    assert storm["likely"].tolist() == [sure["saving"][-1, 0]] * len(storm)
    one = adoption.Assumptions().fixed(entries_growth=-0.02)
    low = storm.set_index("assumption").at["entries_growth", "at_low"]
    assert low == adoption.simulate(SYSTEM, one, 5, 1)["saving"][-1, 0]
    shown = adoption_summary.labelled(storm)
    row = shown[shown["assumption"] == "growth of entries a year"].iloc[0]
    assert (row["low_label"], row["high_label"]) == ("−2%", "2%")
    assert shown["swing"].iloc[0] == pytest.approx(storm["swing"].iloc[0] / 1e6)


def test_yearly_and_outcome_sum_up():
    run = adoption.simulate(SYSTEM, adoption.Assumptions(), 4, 300, areas=True)
    table = adoption_summary.yearly(run, 2020)
    assert not table["measure"].str.startswith("area_").any()
    ends = table[(table["measure"] == "saving") & (table["year"] == 2024)].iloc[0]
    last = np.quantile(run["saving"][-1], [0.025, 0.5, 0.975])
    assert ends[["low", "median", "high"]].tolist() == pytest.approx(last)
    assert table["year"].max() == 2024
    assert (table["low"] <= table["median"]).all()
    ends = adoption_summary.outcome(run)
    assert len(ends) == len(adoption_summary.MEASURES) + 3
    money = np.quantile(run["saving"][-1], 0.5, method="inverted_cdf") / 1e6
    assert ends.at["net saving, £m", "median"] == pytest.approx(money)
    assert np.isnan(ends.at[adoption_summary.MITIGATED, "median"])
    sure = replace(adoption.Assumptions(), cost_growth=(0.03, 0.05, 0.08))
    run = adoption.simulate(SYSTEM.assign(left=SYSTEM["started"]), sure, 4, 300)
    without, saved = run["spend_without"], run["saving"][-1]
    share = np.quantile(100 * saved / (without[-1] - without[0]), 0.5, method="inverted_cdf")
    shown = adoption_summary.outcome(run).at[adoption_summary.MITIGATED, "median"]
    assert shown == pytest.approx(share)


def test_a_place_that_never_breaks_even_has_no_year():
    run = adoption.simulate(SYSTEM.assign(gap=0.0, gap_residential=0.0), SURE, 3, 5)
    ends = adoption_summary.outcome(run)
    assert ends.loc["years until savings cover the investment"].isna().all()
    assert (ends.loc["net saving, £m"] < 0).all()


def test_faults_are_named():
    with pytest.raises(ValueError, match="no column 'gap'"):
        adoption.simulate(SYSTEM.drop(columns="gap"), SURE)
    with pytest.raises(ValueError, match="cost_foster of E2"):
        adoption.simulate(SYSTEM.assign(cost_foster=[600, np.nan]), SURE)
    with pytest.raises(ValueError, match="placements of E1"):
        adoption.simulate(SYSTEM.assign(foster=[480.0, 100]), SURE)
    with pytest.raises(ValueError, match="low <= likely <= high"):
        adoption.simulate(SYSTEM, replace(SURE, ramp=(5.0, 4.0, 8.0)))
    with pytest.raises(ValueError, match="no assumption 'luck'"):
        SURE.fixed(luck=1.0)


def test_blocks_of_futures_cut_the_gaps_that_differ_between_futures():
    draws = 2 * adoption.BLOCK + 7
    own = {"gap": np.repeat(SYSTEM[["gap"]].to_numpy(float), draws, axis=1)}
    one, two = (adoption.simulate(SYSTEM, adoption.Assumptions(), 2, draws, 4, gaps=g)
                for g in (None, own))  # fmt: skip
    assert one["saving"].shape == (3, draws)
    np.testing.assert_array_equal(one["stock_with"], two["stock_with"])
    halves = {"gap": np.where(np.arange(draws) < adoption.BLOCK + 3, 0.0, 0.5)}
    cut = adoption.simulate(SYSTEM, SURE, 3, draws, gaps=halves)["stock_with"][-1]
    assert len(set(cut[: adoption.BLOCK + 3])) == 1
    assert (cut[adoption.BLOCK + 3 :] < cut[0]).all()
