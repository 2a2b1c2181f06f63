"""Staggered differences in differences against the documented results of R's packages."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_rates import did, event_study, group_time

pytestmark = [pytest.mark.unit, pytest.mark.filterwarnings("ignore:.*inplace keyword")]

# R did 2.x, att_gt(lemp ~ 1, mpdta), never-treated controls: cohort, time, ATT, error.
# "Getting started with the did package" prints them to four decimals.
ATT = [
    (2004, 2004, -0.0105032462209624, 0.0232510363681664),
    (2004, 2005, -0.0704231581031467, 0.0309847667572767),
    (2004, 2006, -0.137258738889403, 0.0364356642876865),
    (2004, 2007, -0.100811363085404, 0.0343592258346732),
    (2006, 2004, 0.00652011242423301, 0.0233268051418047),
    (2006, 2005, -0.00275081875051882, 0.0195585610358817),
    (2006, 2006, -0.00459460695286304, 0.0177551966592763),
    (2006, 2007, -0.0412244715462175, 0.0202291807041068),
    (2007, 2004, 0.0305066555832928, 0.01503356028013),
    (2007, 2005, -0.00272589288611625, 0.0163958328955344),
    (2007, 2006, -0.0310871193896889, 0.0178775113133435),
    (2007, 2007, -0.0260544107191966, 0.0166554353492522),
]
DYNAMIC = [
    (-3, 0.0305066555832928, 0.01503356028013),
    (-2, -0.000563084626385429, 0.01329164473655),
    (-1, -0.0244587449711696, 0.0142364022105193),
    (0, -0.0199318167892593, 0.0118263640580582),
    (1, -0.0509573670651939, 0.016893476268678),
    (2, -0.137258738889403, 0.0364356642876865),
    (3, -0.100811363085404, 0.0343592258346733),
]
OVERALL = (-0.0772398214573151, 0.0199649890618494)
NOT_YET = (-0.0773993139705847, 0.0195601769463944)
WITH_LPOP = (-0.0807817453337615, 0.0187458547114755)


@pytest.fixture(scope="module")
def counties():
    data = pd.read_csv(Path(__file__).parent / "data" / "mpdta.csv")
    data = data.rename(columns={"countyreal": "unit_id"})
    cohort = data.drop_duplicates("unit_id").set_index("unit_id")["first_treat"]
    rows = did.balanced(data, "lemp", cohort.where(cohort > 0))
    return rows.merge(data[["unit_id", "year", "lpop"]])


@pytest.fixture(scope="module")
def fitted(counties):
    return group_time.group_time(counties, "lemp")


def test_group_time_effects(fitted):
    table, _, covariance = fitted
    expected = np.array(ATT)
    assert table[["cohort", "time"]].to_numpy().tolist() == expected[:, :2].tolist()
    assert table["estimate"].to_numpy() == pytest.approx(expected[:, 2], abs=1e-10)
    assert table["se"].to_numpy() == pytest.approx(expected[:, 3], abs=1e-10)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(expected[:, 3], abs=1e-10)


def test_dynamic_and_overall_effects(fitted, counties):
    effects = fitted[1]
    expected = np.array(DYNAMIC)
    assert effects.period.tolist() == expected[:, 0].tolist()
    assert effects.estimate == pytest.approx(expected[:, 1], abs=1e-10)
    assert np.sqrt(np.diag(effects.covariance)) == pytest.approx(expected[:, 2], abs=1e-10)
    assert effects.averages.loc["event"].tolist() == pytest.approx(OVERALL, abs=1e-10)
    _, low, high = effects.average("event", 0.1)  # R prints 95%; 90% here by the normal quantile
    assert (low + high) / 2 == pytest.approx(OVERALL[0])
    assert (high - low) / 2 == pytest.approx(1.6448536 * OVERALL[1])
    _, later, _ = group_time.group_time(counties, "lemp", control="not_yet_treated")
    assert later.averages.loc["event"].tolist() == pytest.approx(NOT_YET, abs=1e-10)
    _, adjusted, _ = group_time.group_time(counties, "lemp", formula="lpop")
    assert adjusted.averages.loc["event"].tolist() == pytest.approx(WITH_LPOP, abs=1e-8)


def test_averages_as_documented(fitted, counties):
    # "Getting started with the did package": simple -0.0400, by group -0.0310.
    averages = fitted[1].averages
    assert averages.at["simple", "estimate"] == pytest.approx(-0.0400, abs=5e-5)
    assert averages.at["cohort", "estimate"] == pytest.approx(-0.0310, abs=5e-5)
    sizes = counties.groupby("cohort")["unit_id"].nunique()
    cells = fitted[0].assign(period=fitted[0]["time"] - fitted[0]["cohort"])
    weights = group_time.average_weights(cells, sizes)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert weights @ cells["estimate"] == pytest.approx(averages["estimate"].to_numpy(), abs=1e-10)
    errors = np.sqrt(np.diag(weights @ fitted[2] @ weights.T))
    assert errors == pytest.approx(averages["se"].to_numpy(), rel=0.06)  # weights held fixed


def test_areas_behind_each_year(fitted, counties):
    sizes = counties.groupby("cohort")["unit_id"].nunique()
    found = fitted[1].by_period()
    half = 1.959964 * np.sqrt(np.diag(fitted[1].covariance))
    assert (found["high"] - found["estimate"]).to_numpy() == pytest.approx(half, rel=1e-6)
    assert (found["estimate"] - found["low"]).to_numpy() == pytest.approx(half, rel=1e-6)
    assert found.at[3, "areas"] == sizes[2004]  # only the first cohort is seen so late
    assert found.at[0, "areas"] == sizes.sum()
    assert found.at[-3, "areas"] == sizes[2007]
    assert found["low"].lt(found["estimate"]).all()


def test_pre_trend_p_as_documented(fitted):
    _, _, p = event_study.pre_trend(fitted[0], fitted[2])
    assert p == pytest.approx(0.16812, abs=5e-6)  # did: "P-value for pre-test"


def test_sun_and_abraham_agree_after_treatment(counties, fitted):
    # With never-treated controls and no covariates the two estimators are the same from 0 on.
    found = group_time.sun_abraham(counties, "lemp")
    assert found.period.tolist() == [-4, -3, -2, 0, 1, 2, 3]
    assert found.estimate[3:] == pytest.approx(fitted[1].estimate[3:], abs=1e-8)
    assert found.averages["estimate"].to_numpy() == pytest.approx(
        fitted[1].averages["estimate"].to_numpy(), abs=1e-8
    )
    assert found.averages.at["event", "se"] == pytest.approx(OVERALL[1], rel=0.01)
    assert found.areas[3:].tolist() == fitted[1].areas[3:].tolist()


def test_two_way_estimate_as_documented(counties):
    assert did.twfe(counties, "lemp").table.at["treated", "estimate"] == pytest.approx(
        -0.0365, abs=5e-5
    )


def test_bacon_rebuilds_the_two_way_estimate(counties):
    parts = did.bacon(counties, "lemp")
    assert parts["weight"].sum() == pytest.approx(1, abs=1e-12)
    assert (parts["weight"] * parts["estimate"]).sum() == pytest.approx(
        did.twfe(counties, "lemp").table.at["treated", "estimate"], abs=1e-12
    )
    assert len(parts) == 9


def test_bacon_weights_of_the_castle_doctrine_laws():
    # The weights hang on timing alone. bacondecomp's vignette prints them for 50 states.
    sizes = {2005: 1, 2006: 13, 2007: 4, 2008: 2, 2009: 1, np.nan: 29}
    cohorts = [year for year, size in sizes.items() for _ in range(size)]
    rows = pd.DataFrame(
        [(i, year, g) for i, g in enumerate(cohorts) for year in range(2000, 2011)],
        columns=["unit_id", "year", "cohort"],
    ).assign(y=0.0)
    weights = did.bacon(rows, "y").groupby("kind")["weight"].sum()
    assert weights.to_dict() == pytest.approx(
        {
            "earlier and later treated": 0.05976,
            "later and earlier treated": 0.03190,
            "treated and never treated": 0.90834,
        },
        abs=5e-6,
    )


def test_first_cut_is_for_good():
    years = [2011, 2012, 2013, 2014]
    spending = {
        "stays": [100, 49, 40, 30],
        "returns": [100, 40, 90, 45],
        "keeps": [100, 90, 80, 60],
        "never": [0, 0, 0, 0],
        "gap": [100, np.nan, 10, 10],
        "edge": [100, 50, 50, 50],
    }
    rows = [(a, y, v) for a, values in spending.items() for y, v in zip(years, values, strict=True)]
    frame = pd.DataFrame(rows, columns=["unit_id", "year", "money"])
    found = did.first_cut(frame, "money", 0.5)
    assert found.dropna().to_dict() == {"stays": 2012, "returns": 2014}
    assert set(found.index) == {"stays", "returns", "keeps", "edge"}


def test_balanced_needs_both_kinds(counties):
    frame = counties[["unit_id", "year", "lemp"]]
    everyone = pd.Series(2004.0, index=frame["unit_id"].unique())
    with pytest.raises(ValueError, match="100% of the areas are treated"):
        did.balanced(frame, "lemp", everyone)
    holed = frame.drop(index=frame.index[0])
    some = everyone.where(everyone.index < everyone.index[200])
    assert did.balanced(holed, "lemp", some)["unit_id"].nunique() == 499


def test_sup_t_lies_between_pointwise_and_bonferroni():
    value = event_study.sup_t(np.eye(7), 0.05, 200_000, seed=1)
    exact = stats.norm.ppf((1 + 0.95 ** (1 / 7)) / 2)  # independent: Sidak
    assert value == pytest.approx(exact, abs=0.01)
    together = event_study.sup_t(np.full((7, 7), 0.999) + 0.001 * np.eye(7), 0.05, 200_000, 1)
    assert 1.959 < together < 2.03


def test_bands_hold_the_intervals(fitted):
    table = event_study.table(fitted[1], 0.05, 5000, seed=2)
    assert (table["band_low"] < table["low"]).all() and (table["band_high"] > table["high"]).all()
    assert table["estimator"].unique().tolist() == ["Callaway and Sant'Anna"]
    again = event_study.table(fitted[1], 0.05, 5000, seed=2)
    assert table.equals(again)


def test_wald_counts_the_rank():
    statistic, freedom, p = event_study.wald(np.array([2.0, 2.0]), np.ones((2, 2)))
    assert (statistic, freedom) == pytest.approx((4.0, 1))
    assert p == pytest.approx(stats.chi2.sf(4, 1))


def test_power_at_the_detectable_effect():
    effect = event_study.detectable(2.0, alpha=0.05, power=0.8)
    assert effect == pytest.approx(2.0 * (1.959964 + 0.8416212), rel=1e-6)
    found = event_study.power([0.0, effect], 2.0)
    assert found == pytest.approx([0.05, 0.8], abs=1e-5)
