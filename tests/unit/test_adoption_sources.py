"""The three sources of the optimised model: printed ranges in, closed forms out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from care_rates import adoption, adoption_sources
from care_rates.claims import Register

pytestmark = pytest.mark.unit

SYSTEM = pd.DataFrame(
    {
        "stock": [500.0, 300], "started": [200.0, 90], "left": [190.0, 95],
        "residential": [50.0, 40], "foster": [350.0, 200], "cost_residential": [4000.0, 5000],
        "cost_foster": [600.0, 500], "cost_other": [900.0, 1000], "gap": [0.3, 0.0],
        "gap_residential": [0.5, 0.2],
    },
    index=["E1", "E2"],
)  # fmt: skip
SURE = adoption.Assumptions().fixed(success=1.0, ramp=1.0)
STAY, ELSE = (0.5, 0.75, 1.0), (0.1, 0.25, 0.5)


@pytest.fixture(scope="module")
def found():
    return adoption_sources.factors(Register(), 31000, STAY, ELSE)


def fixed(found, **values):
    return {k: (values.get(k, v[1]),) * 3 for k, v in found.items()}


def test_factors_are_what_the_register_says(found):
    register = Register()
    ends = [f"ccn.section5_1.avoidable{x}" for x in ("_min", "", "_max")]
    assert [100 * x for x in found["avoidable"]] == pytest.approx(
        [register[i].number.value for i in ends]
    )
    low, likely, high = found["family_wanted"]
    text = register["ccn.section5_4.family_setting_wanted"].published
    assert text == f"{100 * low:.0f}% to {100 * high:.0f}%"
    assert likely == pytest.approx((low + high) / 2)
    assert found["moves_fewer"] == (0.5, 0.5, 0.5)
    assert found["supported"][1] == pytest.approx(30000 / 31000)
    assert (found["stay"], found["else_in_care"]) == (STAY, ELSE)


def test_every_factor_is_used_and_described(found):
    used = {f for recipe in adoption_sources.RECIPES.values() for fs in recipe.values() for f in fs}
    assert used == set(found) == set(adoption_sources.WORDS)
    table = adoption_sources.described(found)
    assert len(table) == len(found)
    assert (table["low"] <= table["likely"]).all()
    assert (table["likely"] <= table["high"]).all()


def test_gaps_without_spread_are_products(found):
    out = adoption_sources.gaps(SYSTEM, fixed(found, stay=0.5), (1, 1, 2), 4, 1)
    dives, programmes = out["2. deep dives"], out["3. programmes"]
    assert dives["gap"] == pytest.approx([found["avoidable"][1] * 0.5] * 4)
    assert programmes["gap_residential"] == pytest.approx([0.25] * 4)
    assert programmes["gap"] == pytest.approx([30 / 31 * 0.25 * 0.91 * 0.5] * 4)
    both = out["all three"]["gap"]
    assert both.shape == (2, 4)
    near = np.array([[0.3], [0.0]])
    assert both == pytest.approx((near + dives["gap"] + 2 * programmes["gap"]) / 4)


def test_a_gap_is_never_more_than_everything(found):
    more = fixed(found, supported=5.0, else_in_care=1.0, stay=1.0)
    out = adoption_sources.gaps(SYSTEM, more, (0, 0, 1), 2, 1)
    assert out["3. programmes"]["gap"].tolist() == [1, 1]
    assert out["all three"]["gap"] == pytest.approx(np.ones((2, 2)))


def test_drawn_gaps_have_the_mean_of_the_product(found):
    out = adoption_sources.gaps(SYSTEM, found, (1, 1, 1), 40000, 3)
    means = np.mean(found["avoidable"]), np.mean(STAY)
    assert out["2. deep dives"]["gap"].mean() == pytest.approx(means[0] * means[1], rel=0.01)
    again = adoption_sources.gaps(SYSTEM, found, (1, 1, 1), 40000, 3)
    assert (again["all three"]["gap"] == out["all three"]["gap"]).all()


def test_the_first_source_is_the_model_as_it_was(found):
    sources = adoption_sources.gaps(SYSTEM, found, (1, 1, 1), 300, 5)
    table = adoption_sources.compare(SYSTEM, adoption.Assumptions(), sources, 4, 300, 9)
    run = adoption.simulate(SYSTEM, adoption.Assumptions(), 4, 300, 9)
    rows = table.set_index(["source", "measure"])
    for label, kind in (("1. best neighbour", "with"), ("without the model", "without")):
        stock = run[f"stock_{kind}"][-1]
        known = np.quantile(stock, [0.5, 0.025, 0.975], method="inverted_cdf")
        assert rows.loc[(label, "in_care")].to_numpy() == pytest.approx(known)
        homes = 100 * run[f"residential_{kind}"][-1] / stock
        share = np.quantile(homes, 0.5, method="inverted_cdf")
        assert rows.at[(label, "residential_share"), "median"] == pytest.approx(share)


def test_a_source_closed_in_full_gives_its_fall(found):
    sources = adoption_sources.gaps(SYSTEM, fixed(found), (1, 1, 1), 1, 1)
    table = adoption_sources.compare(SYSTEM, SURE, sources, 3, 1, 1)
    rows = table.set_index(["source", "measure"])["median"]
    assert rows["1. best neighbour", "fall"] == pytest.approx(100 * 500 * 0.3 / 800)
    assert rows["1. best neighbour", "fall_residential"] == pytest.approx(100 * 33 / 90)
    for measure, part in (("in_care", "fall"), ("residential_share", "fall_residential")):
        ratio = rows["2. deep dives", measure] / rows["without the model", measure]
        assert ratio == pytest.approx(1 - rows["2. deep dives", part] / 100)


def test_the_reader_sees_one_row_a_source(found):
    sources = adoption_sources.gaps(SYSTEM, found, (1, 1, 1), 50, 1)
    table = adoption_sources.compare(SYSTEM, adoption.Assumptions(), sources, 2, 50, 1)
    shown = adoption_sources.wide(table, {"in_care": "in care"})
    assert list(shown.index) == ["without the model", *sources]
    assert list(shown) == ["in care, median", "in care, low", "in care, high"]
    assert (shown["in care, low"] <= shown["in care, high"]).all()
    assert list(adoption_sources.wide(table, {"fall": "fall"}).index) == list(sources)


@pytest.mark.parametrize("weights", [(1, 1), (1, -1, 1), (0, 0, 0), (1, float("nan"), 1)])
def test_weights_must_make_sense(found, weights):
    with pytest.raises(ValueError, match="must be three"):
        adoption_sources.gaps(SYSTEM, found, weights, 2, 1)


def test_faulty_gaps_and_triangles_are_refused(found):
    for gap in ({"gap": np.array([1.2])}, {"luck": np.array([0.2])}, {"gap": np.array([np.nan])}):
        with pytest.raises(ValueError, match="must be gap or gap_residential"):
            adoption.simulate(SYSTEM, SURE, gaps=gap)
    with pytest.raises(ValueError, match="low <= likely <= high"):
        adoption_sources.gaps(SYSTEM, {**found, "stay": (1.0, 0.5, 0.2)}, (1, 1, 1), 2, 1)


def test_gaps_handed_over_are_those_of_the_system():
    own = {k: SYSTEM[k].to_numpy()[:, None] for k in ("gap", "gap_residential")}
    noisy = replace(adoption.Assumptions(), at_the_door=0.3)
    one, two = (adoption.simulate(SYSTEM, noisy, 3, 20, 4, gaps=g) for g in (None, own))
    assert all((one[name] == two[name]).all() for name in one)
