"""Specification curves against scipy, statsmodels, pingouin and the panel estimator."""

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from care_rates import multiverse, multiverse_summary, multiverse_words, variance
from care_rates.multiverse_grid import LEAST, Specification, cube, grid, resample
from care_rates.multiverse_task import evaluate
from care_rates.panel import two_way
from care_rates.resampling import bca_interval, bootstrap, leave_one_out

pytestmark = pytest.mark.unit
AREAS, YEARS = 60, range(2011, 2019)


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(11)
    who, when = (part.ravel() for part in np.meshgrid(range(AREAS), YEARS, indexing="ij"))
    frame = pd.DataFrame({"unit_id": [f"a{i:02d}" for i in who], "year": when})
    frame["region"] = [f"r{i % 4}" for i in who]
    frame["london"] = (who % 4 == 0).astype(float)
    frame["persons"] = rng.uniform(5, 50, AREAS)[who]
    frame["need"] = rng.normal(20, 5, AREAS)[who]
    frame["income"] = frame["need"] + rng.normal(0, 2, len(frame))
    frame["money"] = np.exp(rng.normal(5, 0.4, len(frame)))
    shock = rng.normal(0, 6, AREAS)[who] - 8 * frame["london"]
    frame["rate"] = 60 + 1.5 * frame["income"] + shock + rng.normal(0, 4, len(frame))
    frame.loc[[3, 77, 300], "income"] = np.nan
    frame.loc[frame["unit_id"] == "a07", "rate"] = np.nan
    frame.loc[5, "money"] = 0.0
    return frame


COLUMNS = ["rate", "income", "need", "money", "london"]


@pytest.fixture(scope="module")
def data(panel):
    return cube(panel, COLUMNS, logs=["money"])


@pytest.fixture(scope="module")
def draws(data):
    return resample(len(data.units), 300, 5)


def averages(panel, x="income", more=()):
    rows = panel.dropna(subset=["rate", x])
    rows = rows[rows["year"].between(2012, 2017)]
    keep = ["rate", x, *more]
    return rows.groupby("unit_id").agg(
        {**dict.fromkeys(keep, "mean"), "region": "first", "persons": "mean"}
    )


def spec(**fields):
    return Specification(**{"outcome": "rate", "factor": "income", **fields})


def test_ranks_of_averages_are_spearman(panel, data, draws):
    means = averages(panel)
    found = evaluate(data, draws, spec())
    assert found.estimate == pytest.approx(stats.spearmanr(means["rate"], means["income"])[0])
    assert (found.areas, found.rows) == (AREAS - 1, AREAS - 1)
    share = evaluate(data, draws, spec(statistic="share"))
    assert share.estimate == pytest.approx(100 * found.estimate**2)
    assert share.draws == pytest.approx(100 * found.draws**2)


def test_bootstrap_of_fixed_ranks_is_near_the_bca_interval(panel, data):
    means = averages(panel)
    x, y = means["rate"].to_numpy(), means["income"].to_numpy()
    again = bootstrap(x, y, 4000, 1)
    wanted = bca_interval(again, stats.spearmanr(x, y).statistic, leave_one_out(x, y))
    found = evaluate(data, resample(len(data.units), 4000, 1), spec())
    assert np.quantile(found.draws, [0.025, 0.975]) == pytest.approx(wanted, abs=0.06)


@pytest.mark.parametrize("scale", ["values", "ranks"])
def test_partial_correlation_is_pingouins(panel, data, draws, scale):
    means = averages(panel, more=["need"])
    method = {"values": "pearson", "ranks": "spearman"}[scale]
    wanted = pingouin.partial_corr(means, "rate", "income", "need", method=method)["r"].iloc[0]
    found = evaluate(data, draws, spec(scale=scale, controls=("need",)))
    assert found.estimate == pytest.approx(wanted, abs=1e-6)


def test_regions_and_weights_are_a_weighted_regression(panel, data, draws):
    means = averages(panel)
    fit = smf.wls("rate ~ income + C(region)", means, weights=means["persons"]).fit()
    found = evaluate(data, draws, spec(scale="values", controls=("region",), weights="children"))
    assert found.slope == pytest.approx(fit.params["income"], rel=1e-6)
    t = fit.tvalues["income"]
    assert found.estimate == pytest.approx(t / np.sqrt(t**2 + fit.df_resid), abs=1e-6)


def test_within_is_the_two_way_estimate(panel, data, draws):
    years = panel[panel["year"].between(2012, 2017)]
    fit = two_way(years, "rate", ["income"])
    found = evaluate(data, draws, spec(design="within", scale="values"))
    assert found.slope == pytest.approx(fit.table.at["income", "estimate"], rel=1e-6)
    assert found.estimate**2 == pytest.approx(fit.r2_within, rel=1e-6)
    held = evaluate(data, draws, spec(design="within", factor="need"))
    assert np.isnan(held.estimate) and np.isnan(held.draws).all()


def test_all_years_and_all_orders_are_the_decomposition(panel, data, draws):
    years = panel[panel["year"].between(2012, 2017)]
    found = variance.moments(years, "rate", {"deprivation": ["income"]})
    r2 = variance.subsets(found)
    first = evaluate(data, draws, spec(design="all years", scale="values", statistic="share"))
    assert first.estimate == pytest.approx(100 * r2[frozenset(["deprivation"])][0], rel=1e-6)
    mean = evaluate(data, draws, spec(design="all orders", statistic="share"))
    assert mean.estimate == pytest.approx(100 * variance.lmg(r2, found.blocks)[0, 0], rel=1e-6)
    assert mean.draws.std() > 0 and np.isnan(mean.slope)


def test_a_draw_is_a_regression_on_repeated_areas(panel, data):
    once = resample(len(data.units), 1, 9)
    means = averages(panel, more=["need"]).reindex(data.units).dropna(subset=["rate"])
    again = means.loc[np.repeat(data.units, once[0])[np.repeat(data.units, once[0]) != "a07"]]
    wanted = pingouin.partial_corr(again, "rate", "income", "need")["r"].iloc[0]
    found = evaluate(data, once, spec(scale="values", controls=("need",)))
    assert found.draws[0] == pytest.approx(wanted, abs=1e-6)


def test_change_growth_and_order_of_cuts(panel, data, draws):
    wide = {name: panel.pivot(index="unit_id", columns="year", values=name) for name in COLUMNS}
    rate, income = wide["rate"], wide["income"]
    mean = income[range(2012, 2018)].mean(axis=1)
    pairs = {
        "change": (rate[2017] - rate[2012], mean),
        "growth": (np.log(rate[2017] / rate[2012]), mean),
        "both change": (rate[2017] - rate[2012], income[2017] - income[2012]),
        "cut first": (rate[2017] - rate[2015], income[2015] - income[2012]),
    }
    for design, pair in pairs.items():
        both = pd.concat(pair, axis=1).dropna()
        wanted = stats.spearmanr(both[0], both[1]).statistic
        assert evaluate(data, draws, spec(design=design)).estimate == pytest.approx(wanted), design


def test_gap_is_in_standard_deviations_of_the_outcome(panel, data, draws):
    means = averages(panel, "london")
    sides = means.groupby("london")["rate"].mean()
    found = evaluate(data, draws, spec(factor="london", scale="values", statistic="gap"))
    assert found.slope == pytest.approx(sides[1.0] - sides[0.0])
    assert found.estimate == pytest.approx((sides[1.0] - sides[0.0]) / means["rate"].std(ddof=0))


def test_sets_of_areas_logs_and_too_few(panel, data, draws):
    assert data.areas["without London"].sum() == AREAS * 3 / 4
    assert data.areas["without the smallest"].sum() == AREAS * 4 / 5
    assert np.isnan(data.figures["money"].ravel()[5])
    assert data.figures["money"].ravel()[4] == pytest.approx(np.log(panel["money"][4]))
    outside = evaluate(data, draws, spec(areas="without London"))
    assert outside.areas == AREAS * 3 / 4 - 1
    assert np.isnan(evaluate(data, draws, spec(factor="london", areas="without London")).estimate)
    nothing_left = evaluate(data, draws, spec(scale="values", controls=("income",)))
    assert np.isnan(nothing_left.estimate)
    few = cube(panel[panel["unit_id"] < f"a{LEAST - 2}"], COLUMNS)
    assert np.isnan(evaluate(few, resample(len(few.units), 2, 1), spec()).estimate)


def test_grid_combines_once_and_a_method_may_fix_a_field():
    methods = {"a": {"design": "averages"}, "b": {"design": "within", "factor": "need"}}
    choices = {"outcome": ["rate"], "factor": ["income", "need"], "weights": ["alike", "children"]}
    found = grid(methods, choices, "share")
    assert len(found) == 6
    assert {one.factor for one in found if one.method == "b"} == {"need"}
    assert {one.statistic for one in found} == {"share"}
    with pytest.raises(ValueError, match="design 'sideways' is not one of: averages"):
        spec(design="sideways")


@pytest.fixture(scope="module")
def curve(data, draws):
    methods = {"level": {"design": "averages"}, "within": {"design": "within", "scale": "values"}}
    choices = {
        "outcome": ["rate"],
        "factor": ["income", "need", "money"],
        "areas": ["England", "without London"],
        "weights": ["alike", "children"],
    }
    specs = grid(methods, choices, "correlation")
    return specs, *multiverse.run(data, specs, draws)


def test_a_run_does_not_depend_on_who_maps(data, draws, curve):
    specs, table, matrix = curve
    backwards = lambda function, items: [function(x) for x in items[::-1]][::-1]  # noqa: E731
    again, other = multiverse.run(data, specs, draws, map_tasks=backwards)
    pd.testing.assert_frame_equal(table, again)
    assert (matrix == other).all()
    assert len(table) == len(matrix) == len(specs) - 4 and table.attrs["left_out"] == 4
    assert table["period"].unique().tolist() == ["2012 to 2017"]
    assert (table["low"] < table["estimate"]).all() and (table["estimate"] < table["high"]).all()
    z = table["estimate"] / matrix.std(axis=1, ddof=1)
    assert table["p"].to_numpy() == pytest.approx(2 * stats.norm.sf(np.abs(z)))
    with pytest.raises(ValueError, match="None of 1 specifications can be computed"):
        multiverse.run(data, [spec(design="within", factor="need")], draws)


def test_summary_of_a_curve(curve):
    _, table, matrix = curve
    found = multiverse_summary.summary(table, matrix)
    assert found["median"] == pytest.approx(table["estimate"].median())
    assert found["low"] < found["median"] < found["high"]
    assert found["specifications"] == len(table) and found["left out"] == 4
    assert found["percent above 0"] == pytest.approx(100 * (table["estimate"] > 0).mean())
    assert found["percent clear"] == pytest.approx(100 * (table["p"] < 0.05).mean())
    assert 0 < found["percent clear by chance"] <= 100
    assert 1 / 301 <= found["p"] < 0.05
    noise = np.random.default_rng(2).normal(size=(40, 500))
    nothing = multiverse_summary.summary(pd.DataFrame({"estimate": np.zeros(40)}), noise)
    assert nothing["percent clear"] == 0 and nothing["p"] == 1
    assert nothing["percent clear by chance"] == pytest.approx(10, abs=4)  # binomial(40, .05)


def test_choices_contrasts_and_families(curve):
    _, table, matrix = curve
    by = multiverse_summary.by_choice(table, matrix, {"income": "low income"})
    assert set(by["dimension"]) == {"factor", "method", "areas", "weights"}
    first = by[by["choice"] == "low income"].iloc[0]
    part = table[table["factor"] == "income"]["estimate"]
    assert (first["median"], first["specifications"]) == (part.median(), len(part))
    means = table.groupby("factor")["estimate"].transform("mean")
    assert first["spread"] == pytest.approx(100 * means.var(ddof=0) / table["estimate"].var(ddof=0))
    moved = multiverse_summary.contrast(table, matrix, "areas", "England", "without London")
    sides = [table[table["areas"] == name] for name in ("England", "without London")]
    gaps = sides[1]["estimate"].to_numpy() - sides[0]["estimate"].to_numpy()
    assert moved["pairs"] == len(gaps) and moved["difference"] == pytest.approx(np.median(gaps))
    assert abs(moved["largest"]) == pytest.approx(np.abs(gaps).max())
    assert moved["low"] < np.median(gaps) < moved["high"]
    with pytest.raises(ValueError, match="No specifications differ in areas alone"):
        multiverse_summary.contrast(table, matrix, "areas", "England", "the moon")
    tests = pd.DataFrame({"of": ["a", "a", "b"], "p": [0.01, 0.04, 0.9]})
    counted = multiverse_summary.family(tests, ["of"])
    assert counted.loc["a"].tolist() == [2, 2, 1, 1]
    assert counted.loc["b"].tolist() == [1, 0, 0, 0]
    assert counted.columns[1] == "raw p < 0.05"


def test_words_and_tables(curve):
    _, table, matrix = curve
    found = multiverse_summary.summary(table, matrix)
    words = multiverse_words.sentence(found, "correlation")
    assert words.startswith(f"Over {len(table)} ways of asking, the median correlation is ")
    below = 100 * (table["estimate"] < 0).mean()
    assert f" {below:.0f} percent of the answers lie below nought" in words
    assert multiverse_words.number(-0.083) == "\N{MINUS SIGN}0.08"
    assert "standard deviations" in multiverse_words.sentence(found, "gap")
    shares = multiverse_words.sentence(found.abs(), "share")
    assert shares.startswith("Over 20 ways") and shares.endswith("percent.")
    part = table[(table["areas"] == "England") & (table["weights"] == "alike")]
    wide = multiverse_words.side_by_side(part, ["method"], ["factor"], decimals=1)
    assert list(wide.index) == ["level", "within"] and list(wide) == ["income", "need", "money"]
    assert wide.at["within", "need"] == "" and " to " in wide.at["level", "need"]
    with pytest.raises(ValueError, match="Two estimates fall into one cell"):
        multiverse_words.side_by_side(table, ["method"], ["factor"])
