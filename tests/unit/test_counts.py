"""Count models and shares of explained variance against statsmodels' data and pingouin."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from care_rates import counts, shapley

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def randhie():
    """RAND health insurance experiment, as in statsmodels' own count examples."""
    data = sm.datasets.randhie.load_pandas().data
    rng = np.random.default_rng(0)
    return data.assign(exposure=rng.integers(500, 2000, len(data)), all_one=1.0)


@pytest.fixture
def areas():
    rng = np.random.default_rng(4)
    n = 151
    frame = pd.DataFrame({"low_income": rng.normal(size=n), "london": (rng.random(n) < 0.2) * 1.0})
    frame["cost"] = 0.5 * frame["low_income"] + rng.normal(size=n)
    frame["population"] = rng.integers(20_000, 300_000, n)
    mean = frame["population"] * np.exp(-5.1 + 0.25 * frame["low_income"] - 0.3 * frame["london"])
    frame["number"] = rng.poisson(mean * rng.gamma(20, 1 / 20, n))
    frame["area"] = [f"area {i % 40}" for i in range(n)]
    return frame


def test_poisson_gives_statsmodels_published_coefficients(randhie):
    """Reference: Poisson fit of RANDHIE printed in statsmodels' discrete choice example."""
    terms = ["lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg", "hlthf", "hlthp"]
    table = counts.fit(randhie, "mdvis", "all_one", terms).table
    expected = {"lncoins": -0.0525, "idp": -0.2471, "lpi": 0.0353, "fmde": -0.0346,
                "physlm": 0.2717, "disea": 0.0339, "hlthg": -0.0126, "hlthf": 0.0541,
                "hlthp": 0.2061}  # fmt: skip
    np.testing.assert_allclose(np.log(table["ratio"]), list(expected.values()), atol=6e-5)


def test_offset_and_robust_errors_are_those_of_the_textbook(areas):
    model = counts.fit(areas, "number", "population", ["low_income", "london"])
    x = np.column_stack([np.ones(len(areas)), areas[["low_income", "london"]]])
    slope = np.log(model.table["ratio"]).to_numpy()
    start = np.log(areas["number"].sum() / (areas["population"] * np.exp(x[:, 1:] @ slope)).sum())
    mean = areas["population"] * np.exp(start + x[:, 1:] @ slope)
    residual = (areas["number"] - mean).to_numpy()
    np.testing.assert_allclose(x.T @ residual, 0, atol=1e-4)  # the score is nought
    bread = np.linalg.inv((x * mean.to_numpy()[:, None]).T @ x)
    meat = (x * residual[:, None] ** 2).T @ x
    error = np.sqrt(np.diag(bread @ meat @ bread))[1:]
    half = (np.log(model.table["high"]) - slope) / 1.959964
    np.testing.assert_allclose(half, error, rtol=1e-5)
    assert "HC0" in model.method
    even = areas["population"] * areas["number"].sum() / areas["population"].sum()
    left, all_of_it = ((areas["number"] * np.log(areas["number"] / m)).sum() for m in (mean, even))
    assert model.explained == pytest.approx(1 - left / all_of_it)  # deviances of Poisson models
    assert model.dispersion > 3  # more spread than a Poisson allows


def test_negative_binomial_takes_the_spread_in(areas):
    model = counts.fit(
        areas, "number", "population", ["low_income", "london"], family="negative binomial"
    )
    assert 0.8 < model.dispersion < 1.2
    assert model.aic < counts.fit(areas, "number", "population", ["low_income", "london"]).aic
    low, high = model.table.loc["low_income", ["low", "high"]]
    assert low < np.exp(0.25) < high
    assert "negative binomial" in model.method


def test_fixed_effects_equal_dummies_and_cluster(areas):
    panel = pd.concat([areas.assign(year=str(y), number=areas["number"] + 7 * y) for y in range(3)])
    rng = np.random.default_rng(1)
    panel["cost"] = rng.normal(size=len(panel))
    found = counts.fit(
        panel, "number", "population", ["cost"], clusters="area", effects=["area", "year"]
    )
    formula = sm.GLM.from_formula(
        "number ~ cost + C(area) + C(year)", panel, family=sm.families.Poisson(),
        offset=np.log(panel["population"]),
    ).fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(panel["area"])[0]})  # fmt: skip
    assert np.log(found.table.loc["cost", "ratio"]) == pytest.approx(
        formula.params["cost"], abs=1e-8
    )
    assert found.table.loc["cost", "p"] == pytest.approx(formula.pvalues["cost"], rel=1e-5)
    assert "clustered by area" in found.method
    assert found.table.index.tolist() == ["cost"]


def test_faults_are_named(areas):
    with pytest.raises(ValueError, match="'gamma' is not one of"):
        counts.fit(areas, "number", "population", ["cost"], family="gamma")
    with pytest.raises(ValueError, match="population: row 0"):
        counts.fit(areas.assign(population=0), "number", "population", ["cost"])
    with pytest.raises(ValueError, match="2 complete rows are too few"):
        counts.fit(areas.head(2), "number", "population", ["cost"])


def test_standardise(areas):
    out = counts.standardise(areas, ["cost"])
    assert out["cost"].std(ddof=1) == pytest.approx(1)
    assert out["cost"].mean() == pytest.approx(0, abs=1e-12)
    assert out["low_income"].equals(areas["low_income"])


def test_shapley_shares_are_pingouins(areas):
    import pingouin

    areas = areas.assign(rate=areas["number"] / areas["population"])
    names = ["low_income", "cost", "london"]
    theirs = pingouin.linear_regression(areas[names], areas["rate"], relimp=True).set_index("names")
    ours = shapley.shares(areas, "rate", {n: [n] for n in names}, resamples=50, seed=1)
    np.testing.assert_allclose(ours.loc[names, "share"], 100 * theirs.loc[names, "relimp"])
    assert ours.loc["all together", "share"] == pytest.approx(ours.loc[names, "share"].sum())
    assert ours.attrs["n"] == 151
    assert (ours["low"] < ours["high"]).all()


def test_shapley_of_uncorrelated_factors_is_r_squared_alone():
    base = np.array([1.0, -1.0])
    a, b, c = (g.ravel() for g in np.meshgrid(base, base, base))
    frame = pd.DataFrame({"a": a, "b": b, "y": 2 * a + b + 0.5 * c})
    table = shapley.shares(frame, "y", {"a": ["a"], "b": ["b"]}, resamples=20, seed=0)
    assert table.loc["a", "share"] == pytest.approx(100 * 4 / 5.25)
    assert table.loc["a", "alone"] == pytest.approx(table.loc["a", "last"])


def test_shapley_weights_are_repeats(areas):
    areas = areas.assign(rate=areas["number"] / areas["population"])
    times = np.random.default_rng(2).integers(0, 3, len(areas))
    groups = {"both": ["low_income", "cost"], "london": ["london"]}
    weighted = shapley.explained(areas, "rate", groups, times)
    repeated = shapley.explained(areas.loc[np.repeat(areas.index, times)], "rate", groups)
    for key, value in weighted.items():
        assert value[0] == pytest.approx(repeated[key][0], abs=1e-12)


def test_shapley_refuses_missing_values_and_too_many_groups(areas):
    with pytest.raises(ValueError, match="missing values"):
        shapley.explained(areas.assign(cost=np.nan), "number", {"a": ["cost"]})
    with pytest.raises(ValueError, match="13 groups"):
        shapley.explained(areas, "number", {str(i): ["cost"] for i in range(13)})


def test_clustered_errors_have_the_named_small_sample_factor(areas):
    model = counts.fit(areas, "number", "population", ["low_income"], clusters="area")
    slope = float(np.log(model.table.loc["low_income", "ratio"]))
    x = np.column_stack([np.ones(len(areas)), areas["low_income"]])
    start = np.log(areas["number"].sum() / (areas["population"] * np.exp(x[:, 1] * slope)).sum())
    mean = (areas["population"] * np.exp(start + x[:, 1] * slope)).to_numpy()
    scores = (
        pd.DataFrame(x * (areas["number"].to_numpy() - mean)[:, None]).groupby(areas["area"]).sum()
    )
    bread = np.linalg.inv((x * mean[:, None]).T @ x)
    groups, n = len(scores), len(areas)
    factor = groups / (groups - 1) * (n - 1) / (n - 2)
    error = np.sqrt((bread @ (scores.T @ scores).to_numpy() @ bread)[1, 1] * factor)
    half = (np.log(model.table.loc["low_income", "high"]) - slope) / 1.959964
    assert half == pytest.approx(error, rel=1e-5)
