"""Agreement against published examples."""

import krippendorff
import numpy as np
import pandas as pd
import pytest

from care_rates import agreement, alpha_reliability

pytestmark = pytest.mark.unit

N = np.nan
SHROUT_FLEISS = pd.DataFrame(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
"""Shrout and Fleiss (1979), Table 2: six targets, four judges."""

KRIPPENDORFF = pd.DataFrame(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
).T
"""Krippendorff (2011), Computing Krippendorff's alpha-reliability, C: 12 units, 4 observers."""

SKIN = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
"""Two dermatologists, from the introduction to PROC FREQ in the SAS/STAT user's guide."""

ANXIETY = np.array(
    [[3, 3, 2], [3, 6, 1], [3, 4, 4], [4, 6, 4], [5, 2, 3], [5, 4, 2], [2, 2, 1], [3, 4, 6],
    [5, 3, 1], [2, 3, 1], [2, 2, 1], [6, 3, 2], [1, 3, 3], [5, 3, 3], [2, 2, 1], [2, 2, 1],
    [1, 1, 3], [2, 3, 3], [4, 3, 2], [3, 4, 2]]
)  # fmt: skip
"""The data `anxiety` of R's package irr."""

USED = (1, 2, 3, 4, 6)
"""irr weighs by the levels that raters 2 and 3 used: nobody gave 5, so 6 lies next to 4."""


def pairs(counts):
    rows = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["a", "b"])
    return frame["a"], frame["b"]


def test_six_forms_of_shrout_and_fleiss():
    found = agreement.icc(SHROUT_FLEISS)
    assert found["icc"].round(2).to_list() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert found.index.to_list() == [
        "ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)",
    ]  # fmt: skip
    # limits as R's psych prints them for these data
    assert found["low"].to_list() == [-0.13, 0.02, 0.34, -0.88, 0.07, 0.68]
    assert found["high"].to_list() == [0.72, 0.76, 0.95, 0.91, 0.93, 0.99]


def test_icc_leaves_out_units_with_gaps_and_says_when_too_few_are_left():
    with_gap = pd.concat([SHROUT_FLEISS, pd.DataFrame([[1, N, 2, 3]])], ignore_index=True)
    pd.testing.assert_frame_equal(agreement.icc(with_gap), agreement.icc(SHROUT_FLEISS))
    with pytest.raises(agreement.AgreementError, match="4 units were rated by all of 4 raters"):
        agreement.icc(SHROUT_FLEISS.head(4))
    with pytest.raises(agreement.AgreementError, match="two raters are needed"):
        agreement.icc(SHROUT_FLEISS[[0]])


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_krippendorffs_example(level, published):
    found = alpha_reliability.alpha(KRIPPENDORFF, level=level, draws=500, seed=1)
    assert round(found["alpha"], 3) == published
    assert (found["units"], found["pairable"]) == (11, 40)
    assert found["low"] < found["alpha"] < found["high"] <= 1


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_coincidences_give_the_alpha_of_the_library(level):
    rng = np.random.default_rng(5)
    for _ in range(20):
        ratings = pd.DataFrame(rng.integers(0, 5, size=(23, 3)).astype(float))
        ratings = ratings.mask(rng.random(ratings.shape) < 0.2)
        rows = ratings[ratings.notna().sum(axis=1) >= 2]
        values = np.unique(rows.to_numpy()[rows.notna().to_numpy()])
        matrix = alpha_reliability.coincidences(rows, values).sum(axis=0)
        ours = alpha_reliability._alpha(matrix[None], values, level)[0]
        theirs = krippendorff.alpha(rows.to_numpy().T, level_of_measurement=level)
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_coincidence_matrix_of_krippendorffs_example():
    rows = KRIPPENDORFF[KRIPPENDORFF.notna().sum(axis=1) >= 2]
    values = np.arange(1.0, 6.0)
    matrix = alpha_reliability.coincidences(rows, values).sum(axis=0)
    assert matrix.sum() == pytest.approx(40)
    assert matrix.sum(axis=1) == pytest.approx([9, 13, 10, 5, 3])
    assert matrix[0, 0] == pytest.approx(7)
    assert matrix[1, 1] == pytest.approx(10)


def test_bootstrap_interval_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 5, size=4000).astype(float)
    noisy = np.clip(truth[:, None] + rng.integers(-1, 2, size=(4000, 3)), 0, 4)
    whole = krippendorff.alpha(noisy.T, level_of_measurement="interval")
    inside = 0
    for start in range(0, 4000, 40):
        part = alpha_reliability.alpha(
            pd.DataFrame(noisy[start : start + 40]), level="interval", draws=300
        )
        inside += part["low"] <= whole <= part["high"]
    assert 85 <= inside <= 100


def test_alpha_needs_pairs_and_variation():
    with pytest.raises(agreement.AgreementError, match="1 units have two levels"):
        alpha_reliability.alpha(pd.DataFrame([[1, 2], [N, 3], [4, N]]))
    with pytest.raises(agreement.AgreementError, match="1 different levels"):
        alpha_reliability.alpha(pd.DataFrame([[1, 1], [1, 1]]))
    with pytest.raises(agreement.AgreementError, match="'ratio' is not one of"):
        alpha_reliability.alpha(pd.DataFrame([[1, 2], [1, 1], [3, 3]]), level="ratio", draws=5)


def test_resamples_without_variation_are_counted_and_left_out():
    found = alpha_reliability.alpha(
        pd.DataFrame([[1, 1], [1, 1], [1, 1], [2, 2]]), draws=500, seed=0
    )
    assert found["alpha"] == found["low"] == found["high"] == 1
    assert found["undefined"] == pytest.approx(0.75**4, abs=0.06)


def test_kappa_of_the_sas_examples():
    found = agreement.kappa(*pairs(SKIN), weights=None, levels=range(4))
    assert found[["kappa", "low", "high"]].round(4).to_list() == [0.3449, 0.2030, 0.4868]
    small = pairs([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    weighted = agreement.kappa(*small, weights="linear", levels=range(3))
    assert weighted[["kappa", "low", "high"]].round(4).to_list() == [0.4701, 0.1845, 0.7558]


def test_kappa_of_the_irr_example():
    first, second = pd.Series(ANXIETY[:, 1]), pd.Series(ANXIETY[:, 2])
    values = {
        kind: agreement.kappa(first, second, weights=kind, levels=USED)["kappa"]
        for kind in (None, "linear", "quadratic")
    }
    assert values[None] == pytest.approx(-0.006289308)
    assert values["linear"] == pytest.approx(0.1459075)
    assert values["quadratic"] == pytest.approx(0.2520325)


def test_kappa_weighs_by_the_whole_scale_used_or_not():
    first, second = pd.Series(ANXIETY[:, 1]), pd.Series(ANXIETY[:, 2])
    whole = agreement.kappa(first, second, weights="linear", levels=range(1, 7))["kappa"]
    assert whole < agreement.kappa(first, second, weights="linear", levels=USED)["kappa"]


def test_kappa_counts_pairs_and_near_misses_and_leaves_gaps_out():
    found = agreement.kappa(pd.Series([0, 1, 2, 3, N]), pd.Series([0, 2, 2, 1, 4]))
    assert (found["units"], found["same"], found["within_one"]) == (4, 0.5, 0.75)


def test_kappa_is_not_given_where_it_is_not_defined():
    with pytest.raises(agreement.AgreementError, match="level to 1 units"):
        agreement.kappa(pd.Series([1, N]), pd.Series([1, 2]))
    with pytest.raises(agreement.AgreementError, match="one and the same level"):
        agreement.kappa(pd.Series([2, 2, 2]), pd.Series([2, 2, 2]))


def test_every_pair_of_raters():
    found = agreement.kappas(pd.DataFrame(ANXIETY, columns=list("xyz")), levels=(1, 2, 3, 4, 5, 6))
    assert found.index.to_list() == [("x", "y"), ("x", "z"), ("y", "z")]
    alone = agreement.kappa(pd.Series(ANXIETY[:, 1]), pd.Series(ANXIETY[:, 2]), levels=range(1, 7))
    assert found.at[("y", "z"), "kappa"] == alone["kappa"]
    with pytest.raises(agreement.AgreementError, match="1 rater: agreement needs two"):
        agreement.kappas(pd.DataFrame({"x": [1, 2]}))


def test_alpha_at_each_level_of_measurement():
    found = alpha_reliability.alphas(KRIPPENDORFF, draws=50, seed=1)
    assert found["alpha"].round(3).to_list() == [0.743, 0.815, 0.849]
