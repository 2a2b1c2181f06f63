"""Shares of variance against a published example, regressions and closed forms."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from care_rates import components, henderson, influence, specification, variance

pytestmark = pytest.mark.unit
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def areas():
    rng = np.random.default_rng(4)
    who, when = np.divmod(np.arange(240), 8)
    frame = pd.DataFrame({"unit_id": [f"a{i:02d}" for i in who], "year": 2011 + when})
    frame["fixed"] = rng.normal(size=30)[who]
    frame["moving"] = frame["fixed"] + rng.normal(size=240)
    frame["y"] = 3 + frame["moving"] + rng.normal(size=30)[who] + 0.3 * when + rng.normal(size=240)
    return frame.drop(index=[3, 77, 78])


def regression(frame, chosen):
    terms = {"deprivation": "fixed", "drivers": "moving", "time": "C(year)",
             "authority": "C(unit_id)"}  # fmt: skip
    # a fixed column within authority dummies adds nothing and would be collinear
    use = [terms[c] for c in chosen if not (c == "deprivation" and "authority" in chosen)]
    return smf.ols("y ~ " + (" + ".join(use) or "1"), frame).fit()


def test_every_subset_is_a_regression(areas):
    data = variance.moments(areas, "y", {"deprivation": ["fixed"], "drivers": ["moving"]})
    plain, adjusted = variance.subsets(data), variance.subsets(data, adjusted=True)
    assert data.nobs == 237
    assert data.blocks == ("deprivation", "drivers", "time", "authority")
    for size in range(1, 5):
        for chosen in combinations(data.blocks, size):
            fit = regression(areas, chosen)
            assert plain[frozenset(chosen)][0] == pytest.approx(fit.rsquared, abs=1e-9)
            assert adjusted[frozenset(chosen)][0] == pytest.approx(fit.rsquared_adj, abs=1e-9)


def test_leaving_areas_out_and_drawing_them(areas):
    data = variance.moments(areas, "y", {"drivers": ["moving"]})
    weights = variance.leave_one_out(data)
    found = variance.subsets(data, weights)
    first = areas[areas["unit_id"] != data.entities[0]]
    again = variance.subsets(variance.moments(first, "y", {"drivers": ["moving"]}))
    for name, value in again.items():
        assert found[name][0] == pytest.approx(value[0], abs=1e-9)
    drawn = variance.bootstrap(data, 50, seed=1)
    assert drawn.shape == (50, 30) and (drawn.sum(axis=1) == 30).all()
    assert (drawn == variance.bootstrap(data, 50, seed=1)).all()
    twice = pd.concat([areas, areas.assign(unit_id=areas["unit_id"] + "b")])
    doubled = variance.subsets(data, np.full((1, 30), 2.0), adjusted=True)
    refit = variance.subsets(variance.moments(twice, "y", {"drivers": ["moving"]}), adjusted=True)
    for name, value in refit.items():
        assert doubled[name][0] == pytest.approx(value[0], abs=1e-9)


def test_orders_and_shares_add_up(areas):
    data = variance.moments(areas, "y", {"deprivation": ["fixed"]})
    r2 = variance.subsets(data)
    table = variance.sequential(r2, data.blocks)
    assert len(table) == 6
    assert table[list(data.blocks)].sum(axis=1).to_numpy() == pytest.approx(table["total"])
    shares = variance.lmg(r2, data.blocks)
    assert 100 * shares[0] == pytest.approx(table[list(data.blocks)].mean().to_numpy())


def test_lmg_of_the_swiss_data_as_relaimpo_prints_it():
    data = pd.read_csv(DATA / "swiss.csv")
    names = list(data.columns[1:])
    r2 = {frozenset(): np.zeros(1)}
    for size in range(1, 6):
        for chosen in combinations(names, size):
            both = data[["Fertility", *chosen]].corr().to_numpy()
            value = both[0, 1:] @ np.linalg.solve(both[1:, 1:], both[1:, 0])
            r2[frozenset(chosen)] = np.array([value])
    # Groemping (2006), section 4: calc.relimp(swiss, type = "lmg")
    published = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    assert variance.lmg(r2, names)[0] == pytest.approx(published, abs=5e-9)


def test_too_few_rows(areas):
    with pytest.raises(ValueError, match="at least two areas and two years"):
        variance.moments(areas[areas["year"] == 2011], "y", {"drivers": ["moving"]})


def test_curve_holds_every_choice(areas):
    areas = areas.assign(log=np.log(areas["y"] - areas["y"].min() + 1))
    grid = specification.curve(
        areas, {"level": "y", "log": "log"}, {"fixed": "fixed"},
        {"none": [], "moving": ["moving"]},
        {"all": areas["year"] > 0, "late": areas["year"] > 2013},
    )  # fmt: skip
    assert len(grid) == 2 * 2 * 2 * (6 + 1 + 24 + 1)
    one = grid[(grid["order"] == "average") & (grid["drivers"] == "none") & (grid["r2"] == "plain")]
    assert one[["deprivation", "time", "authority"]].sum(axis=1).to_numpy() == pytest.approx(
        one["total"]
    )
    target = one.iloc[0][["deprivation", "time", "authority"]].to_dict()
    gap = specification.distance(grid, target)
    assert gap.min() == pytest.approx(0, abs=1e-9)
    counted = specification.within_points(grid, target, (1, 200))
    assert counted.loc[0, "within 200 points"] == len(grid) == counted.loc[0, "specifications"]
    assert set(counted["dimension"]) == {"all", "outcome", "measure", "drivers", "sample", "r2"}
    best = specification.readings(one, target, ["outcome", "sample"], 0.5).iloc[0]
    assert best["given back"] == 3 and best["largest gap"] < 1e-9


def test_a_sample_that_changes_no_row_counts_once(areas):
    gone = areas["unit_id"] != areas["unit_id"].iloc[0]
    holes = areas.assign(patchy=areas["moving"].where(gone))  # missing where the area is
    samples = {"all": areas["year"] > 0, "without one": gone}
    sets = {"moving": ["moving"], "patchy": ["patchy"]}
    grid = specification.curve(holes, {"y": "y"}, {"fixed": "fixed"}, sets, samples)
    counted = grid.groupby(["drivers", "sample"]).size()
    assert counted["moving", "without one"] == counted["moving", "all"] == 2 * 25
    assert ("patchy", "without one") not in counted
    used = grid.drop_duplicates(["drivers", "sample"]).set_index(["drivers", "sample"])
    assert used.at[("moving", "all"), "rows"] > used.at[("patchy", "all"), "rows"]
    assert used["years"].eq(f"{areas['year'].min()} to {areas['year'].max()}").all()


def test_dots_keep_their_place_in_the_whole_curve(areas):
    grid = specification.curve(areas, {"y": "y"}, {"fixed": "fixed"}, {"moving": ["moving"]},
                               {"all": areas["year"] > 0})  # fmt: skip
    target = grid.iloc[7][["deprivation", "time", "authority"]].to_dict()
    drawn = specification.dots(grid, target, 1e-6, most=5)
    edge = specification.distance(grid, target).nsmallest(3)
    at_edge = specification.dots(grid, target, edge.iloc[-1], most=2)  # at that distance is near
    assert at_edge.loc[at_edge["near"], "specification"].size == 3 * len(target)
    for source, rows in drawn.groupby("source"):
        values = np.sort(grid[source].to_numpy())
        assert rows["percent"].to_numpy() == pytest.approx(values[rows["specification"] - 1])
        assert {1, len(grid)} <= set(rows["specification"])
        assert rows["near"].any() and len(rows) < len(grid)


def test_influence_finds_the_odd_area_and_year(areas):
    rows = areas.copy()
    odd = rows["unit_id"].iloc[-1]
    rows.loc[rows["unit_id"] == odd, "y"] += 40
    found = influence.shares(rows, "y", {"deprivation": ["fixed"]}, draws=200, seed=1)
    assert found.at["authority", "most telling"] == odd
    plain = variance.moments(rows, "y", {"deprivation": ["fixed"]})
    whole = 100 * variance.lmg(variance.subsets(plain, adjusted=True), list(plain.blocks))[0]
    assert found["share"].to_numpy() == pytest.approx(whole)
    rest = variance.moments(rows[rows["unit_id"] != odd], "y", {"deprivation": ["fixed"]})
    less = 100 * variance.lmg(variance.subsets(rest, adjusted=True), list(rest.blocks))[0]
    assert found.at["authority", "lowest area"] == pytest.approx(
        less[list(rest.blocks).index("authority")]
    )
    assert (found["low"] < found["high"]).all()
    assert (found["lowest year"] <= found["highest year"]).all()
    assert found["rows"].eq(len(rows.dropna(subset=["y", "fixed"]))).all()


def test_curve_without_further_drivers(areas):
    grid = specification.curve(areas, {"y": "y"}, {"fixed": "fixed"}, {"none": []},
                               {"all": areas["year"] > 0})  # fmt: skip
    assert grid["further"].isna().all()


def test_within_between_of_a_balanced_panel(areas):
    full = areas[areas["unit_id"].isin([f"a{i:02d}" for i in range(10, 30)])]
    wide = full.pivot(index="unit_id", columns="year", values="y").to_numpy()
    total = ((wide - wide.mean()) ** 2).sum()
    between = 8 * ((wide.mean(1) - wide.mean()) ** 2).sum() / total
    years = 20 * ((wide.mean(0) - wide.mean()) ** 2).sum() / total
    found = components.within_between(full, "y")
    assert found["between areas"] == pytest.approx(100 * between)
    assert found["between years"] == pytest.approx(100 * years)
    assert found["between areas"] + found["within areas"] == pytest.approx(100)


def test_mixed_model_gives_the_analysis_of_variance(areas):
    full = areas[areas["unit_id"].isin([f"a{i:02d}" for i in range(10, 30)])]
    wide = full.pivot(index="unit_id", columns="year", values="y").to_numpy()
    rest = wide - wide.mean(0) - wide.mean(1, keepdims=True) + wide.mean()
    noise = (rest**2).sum() / (19 * 7)
    # Searle, Casella and McCulloch (1992): for balanced data REML equals ANOVA if positive
    area = 8 * wide.mean(1).var(ddof=1) - noise
    year = 20 * wide.mean(0).var(ddof=1) - noise
    expected = np.array([area / 8, year / 20, noise])
    found = components.mixed(full, "y")
    assert found[["authority", "time", "residual"]].to_numpy(float) == pytest.approx(
        100 * expected / expected.sum(), rel=2e-3
    )
    assert found["converged"] and found["fixed"] == pytest.approx(0, abs=1e-6)
    with_driver = components.mixed(areas, "y", "moving")
    assert with_driver["fixed"] > 20
    quick = henderson.components(variance.moments(full, "y", {}))
    assert quick[1:] == pytest.approx(100 * expected / expected.sum(), rel=1e-8)
    assert quick[0] == 0


def test_mixed_model_takes_whole_names(areas):
    """A column whose name is part of a driver's name does not cost rows."""
    found = components.mixed(areas.assign(mov=np.nan), "y", "moving")
    assert found["rows"] == len(areas)
    assert found["years"] == "2011 to 2018"


def test_henderson_is_near_the_likelihood(areas):
    data = variance.moments(areas, "y", {"drivers": ["moving"]})
    quick = henderson.intervals(data, 200, 3)
    slow = components.mixed(areas, "y", "moving")[list(henderson.PARTS)].astype(float)
    assert quick["percent"].to_numpy() == pytest.approx(slow.to_numpy(), abs=2.5)
    assert (quick["low"] < quick["percent"]).all() and (quick["percent"] < quick["high"]).all()
    twice = henderson.components(data, np.full(len(data.entities), 2.0))
    assert twice == pytest.approx(quick["percent"].to_numpy(), rel=0.05)  # freedom apart
    gone = np.ones(len(data.entities))
    gone[0] = 0
    rest = variance.moments(areas[areas["unit_id"] != data.entities[0]], "y",
                            {"drivers": ["moving"]})  # fmt: skip
    assert henderson.components(data, gone) == pytest.approx(henderson.components(rest), rel=1e-6)


def test_chance_finds_poisson_counts():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"unit_id": np.repeat(np.arange(400), 5), "persons": 50_000})
    frame["count"] = rng.poisson(200, len(frame))
    found = components.chance(frame, "count", "persons")
    assert found.to_numpy() == pytest.approx([100, 100], rel=0.06)
