"""Two-way effects against Grunfeld's published estimates and the three programs' errors."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from care_rates import panel, panel_programs

pytestmark = [pytest.mark.unit, pytest.mark.filterwarnings("ignore:.*inplace keyword")]


@pytest.fixture(scope="module")
def grunfeld():
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]  # the ten firms of Baltagi and of R's plm
    return data.assign(year=data["year"].astype(int), firm=data["firm"].astype(str))


def fit(data, **options):
    return panel.two_way(data, "invest", ["value", "capital"], entity="firm", **options)


@pytest.mark.parametrize(
    ("effects", "published", "r2"),
    [
        # Croissant and Millo (2008), plm: within model; Baltagi, table 2.1 and 3.1
        ("entity", [0.110124, 0.310065], 0.76676),
        ("two-way", [0.117716, 0.357916], 0.72015),
    ],
)
def test_published_estimates(grunfeld, effects, published, r2):
    found = fit(grunfeld, effects=effects)
    assert found.table["estimate"].to_numpy() == pytest.approx(published, abs=5e-7)
    assert found.r2_within == pytest.approx(r2, abs=5e-6)
    assert (found.nobs, found.entities, found.times) == (200, 10, 20)
    assert effects in found.method and "clustered by area" in found.method


@pytest.mark.parametrize("effects", ["entity", "two-way"])
@pytest.mark.parametrize("drop", [0, 17])
def test_errors_of_each_program(grunfeld, effects, drop):
    import pyfixest as pf
    from linearmodels import PanelOLS

    data = grunfeld.drop(grunfeld.index[3 : 3 + drop : 2])
    formula = "firm" if effects == "entity" else "firm + year"
    fixest = pf.feols(f"invest ~ value + capital | {formula}", data, vcov={"CRV1": "firm"},
                      ssc=pf.ssc(k_fixef="nonnested"))  # fmt: skip
    indexed = data.set_index(["firm", "year"])
    linear = PanelOLS(indexed["invest"], indexed[["value", "capital"]], entity_effects=True,
                      time_effects=effects != "entity").fit(
                          cov_type="clustered", cluster_entity=True)  # fmt: skip
    terms = "C(firm)" if effects == "entity" else "C(firm) + C(year)"
    dummies = smf.ols(f"invest ~ value + capital + {terms}", data)
    groups = {"groups": pd.factorize(data["firm"])[0]}
    clustered = dummies.fit(cov_type="cluster", cov_kwds=groups)
    expected = {
        "fixest": fixest.se().to_numpy(),
        "linearmodels": linear.std_errors.to_numpy(),
        "dummies": clustered.bse[["value", "capital"]].to_numpy(),
    }
    for convention, errors in expected.items():
        found = fit(data, effects=effects, convention=convention)
        assert found.table["se"].to_numpy() == pytest.approx(errors, rel=1e-6), convention
        assert found.table["estimate"].to_numpy() == pytest.approx(fixest.coef(), rel=1e-6)
    plain = fit(data, effects=effects, convention="arellano")
    uncorrected = dummies.fit(cov_type="cluster", cov_kwds=groups | {"use_correction": False})
    assert plain.table["se"].to_numpy() == pytest.approx(
        uncorrected.bse[["value", "capital"]], rel=1e-6
    )
    assert plain.r2 == pytest.approx(clustered.rsquared, rel=1e-9)


@pytest.mark.parametrize("drop", [0, 17])
def test_programs_on_the_data_of_a_page(grunfeld, drop):
    data = grunfeld.drop(grunfeld.index[3 : 3 + drop : 2])
    programs = panel_programs.two_way(data, "invest", ["value", "capital"], entity="firm")
    assert programs.index.tolist() == ["pyfixest", "linearmodels", "statsmodels"]
    for row in programs.itertuples():
        found = fit(data, convention=row.convention).table.loc["value"]
        assert (row.estimate, row.se) == pytest.approx((found["estimate"], found["se"]), rel=1e-6)


def test_intervals_and_tests_are_those_of_t(grunfeld):
    found = fit(grunfeld, alpha=0.1).table
    half = found["high"] - found["estimate"]
    assert half.to_numpy() == pytest.approx(found["se"] * 1.8331129, rel=1e-6)  # t, 9 d.f., 95%
    assert (found["p"] < 0.05).all()


def test_balanced_within_is_the_double_difference():
    values = np.random.default_rng(2).normal(size=(6, 5))
    who, when = np.divmod(np.arange(30), 5)
    expected = values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()
    found = panel.within(values.reshape(-1, 1), who, when)
    assert found.ravel() == pytest.approx(expected.ravel(), abs=1e-13)


def test_missing_rows_are_left_out(grunfeld):
    holed = grunfeld.copy()
    holed.loc[holed.index[5], "value"] = np.nan
    assert fit(holed).nobs == 199


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effects": "time"}, "'two-way' or 'entity'"),
        ({"convention": "stata"}, "arellano, fixest, linearmodels, dummies"),
    ],
)
def test_unknown_names(grunfeld, options, message):
    with pytest.raises(ValueError, match=message):
        fit(grunfeld, **options)


def test_faulty_panels(grunfeld):
    with pytest.raises(ValueError, match="more than one row"):
        fit(pd.concat([grunfeld, grunfeld.head(1)]))
    fixed = grunfeld.assign(size=grunfeld.groupby("firm")["value"].transform("first"))
    with pytest.raises(ValueError, match=r"within the effects: size\. Drop it"):
        panel.two_way(fixed, "invest", ["value", "size"], entity="firm")
