"""Neighbours' targets by hand, and luck against closed forms."""

import numpy as np
import pytest

from care_rates import benchmark, luck

pytestmark = pytest.mark.unit

VALUES = np.array([10.0, 6.0, 8.0, np.nan])
INDEX = np.array([[1, 2], [0, 2], [0, 1], [0, 1]])


def test_targets_by_hand():
    assert benchmark.targets(VALUES, INDEX)[:3].tolist() == [6, 6, 6]
    assert benchmark.targets(VALUES, INDEX, "median")[:3].tolist() == [7, 6, 8]
    assert benchmark.targets(VALUES, INDEX, 0.25)[0] == pytest.approx(6.5)
    assert np.isnan(benchmark.targets(VALUES, INDEX)[3])
    gone = np.array([[-1, -1], [0, -1], [1, -1], [-1, -1]])
    assert np.isnan(benchmark.targets(VALUES, gone)[0])
    assert benchmark.targets(VALUES, gone)[1] == 6
    assert np.isnan(benchmark.targets([np.nan, np.nan], np.array([[1], [0]]))).all()


def test_reduction_weighs_by_size():
    sizes = np.array([1.0, 1, 2, 5])
    assert benchmark.reduction(VALUES, sizes, INDEX) == pytest.approx(1 - (6 + 6 + 12) / 32)
    assert benchmark.reduction(VALUES, sizes, INDEX, "median") == pytest.approx(1 - 29 / 32)


def test_setters_count_who_leads():
    assert benchmark.setters(VALUES, INDEX).tolist() == [0, 2, 0, 0]
    by, leads = benchmark.leaders(VALUES, INDEX)
    assert (by.tolist(), leads.tolist()) == ([1, -1, 1, -1], [0, 2, 0, 0])


def test_persistence_by_hand():
    before = np.array([10.0, 6, 8])
    after = np.array([10.0, 8, 6])
    index = np.array([[1, 2], [0, 2], [0, 1]])
    found = benchmark.persistence(before, after, index, [1, 0, 0], [1, 0, 0])
    assert found["still_best"] == pytest.approx(2 / 3)
    assert found["gap_before"] == pytest.approx(100 * (6 / 7 - 1))
    assert found["gap_after"] == pytest.approx(100 * (8 / 7 - 1))
    assert found["kept"] == pytest.approx(found["gap_after"] / found["gap_before"])
    second = benchmark.persistence(before, after, index, [1, 1, 1], [1, 1, 1], [False, True, False])
    assert second["still_best"] == 1  # of 10 and 8, then 10 and 6, the third stays the lower
    assert second["gap_after"] == pytest.approx(100 * (6 / 8 - 1))
    nobody = benchmark.persistence(before, after, index, [0, 0, 0], [0, 0, 0])
    assert np.isnan([nobody["gap_before"], nobody["kept"]]).all()
    assert np.isnan(list(benchmark.persistence(before, after, index, *[[1] * 3] * 2, [False] * 3)
                         .values())).all()  # fmt: skip


@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_luck_of_two_alike_has_a_closed_form(dispersion):
    """One neighbour, equal Poisson means m: E max(0, X - Y) / m = sqrt(d / (pi m))."""
    counts, sizes = np.array([900.0, 900]), np.array([1e5, 1e5])
    index = np.array([[1], [0]])
    found = luck.luck(counts, sizes, index, dispersion=dispersion, draws=20000, seed=5)
    assert found.observed == 0
    assert found.mean == pytest.approx(np.sqrt(dispersion / (np.pi * 900)), rel=0.03)


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
def test_luck_of_a_share_has_a_closed_form(dispersion):
    """Binomial with p = 0.1 and np = 5,000: E max(0, X - Y) / np = sqrt(d (1 - p) / (pi n p))."""
    counts, sizes = np.array([5000.0, 5000]), np.array([50000.0, 50000])
    index = np.array([[1], [0]])
    found = luck.luck(counts, sizes, index, kind="share", dispersion=dispersion, draws=20000)
    assert found.mean == pytest.approx(np.sqrt(dispersion * 0.9 / (np.pi * 5000)), rel=0.03)


def test_more_neighbours_and_lower_targets_mean_more_luck():
    rng = np.random.default_rng(1)
    n = 30
    counts, sizes = rng.poisson(300, n).astype(float), np.full(n, 1e4)
    index = np.array([[(i + k) % n for k in range(1, 11)] for i in range(n)])
    best, quarter, median = (
        luck.luck(counts, sizes, index, rule, draws=200).mean for rule in benchmark.RULES
    )
    few = luck.luck(counts, sizes, index[:, :3], draws=200).mean
    assert best > quarter > median > 0
    assert few < best
    found = luck.luck(counts, sizes, index, draws=200, seed=2)
    low, high = found.interval(0.1)
    assert low < found.mean < high
    assert (low, high) == tuple(np.quantile(found.draws, [0.05, 0.95]))
    made = luck.worlds(counts, sizes, index, draws=200, seed=2)
    assert made.falls("best", 0.1) == pytest.approx((found.mean, low, high))


@pytest.mark.parametrize("kind", ["rate", "share"])
@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_an_authority_has_one_stroke_of_luck_in_all_its_groups(kind, dispersion):
    """All alike and of one size: its count is the same wherever it is set beside others."""
    counts, sizes = np.full(5, 400.0), np.full(5, 4000.0)
    index = np.array([[(i + k) % 5 for k in (1, 2)] for i in range(5)])
    found = luck.worlds(counts, sizes, index, kind=kind, dispersion=dispersion, draws=4000)
    for i in range(5):
        for slot, j in enumerate(index[i], start=1):
            assert (found.value[:, i, slot] == found.value[:, j, 0]).all()
    drawn = found.value[:, 0, 0] * 4000
    assert drawn.mean() == pytest.approx(400, rel=0.01)
    chance = 400 * (0.9 if kind == "share" else 1.0)
    assert drawn.var() == pytest.approx(dispersion * chance, rel=0.08)


def test_shared_luck_makes_the_total_less_certain():
    n = 60
    counts, sizes = np.full(n, 300.0), np.full(n, 1e4)
    index = np.tile(np.arange(10), (n, 1))
    index[:10] = np.array([[(i + k) % 10 for k in range(10)] for i in range(10)])
    index[:10, 0] = 10
    shared = luck.luck(counts, sizes, index, draws=400).draws.std()
    alone = np.sqrt(
        sum(
            luck.luck(
                counts[:11],
                sizes[:11],
                np.vstack([np.full((10, 10), -1), np.arange(10)]),
                draws=400,
                seed=s,
            ).draws.var()
            for s in range(3)
        )
        / 3
        / n
    )
    assert shared > 2 * alone


def test_a_missing_neighbour_is_left_out_and_not_taken_for_zero():
    counts = np.array([100.0, 100, np.nan, 100])
    sizes = np.full(4, 1e4)
    index = np.array([[1, 2], [0, -1], [0, 1], [-1, 2]])
    found = luck.luck(counts, sizes, index, draws=4000)
    pair = luck.luck(counts[:2], sizes[:2], np.array([[1], [0]]), draws=4000)
    assert found.mean == pytest.approx(pair.mean, rel=0.05)
    assert np.isfinite(found.draws).all()


def test_the_fall_in_the_figures_is_set_beside_it():
    found = luck.luck([50.0, 100], [1e4, 5e3], [[1], [0]], draws=10)
    assert found.observed == pytest.approx(75 / 150)  # 100 of 5,000 come down to 50 in 10,000


def test_faults_are_named():
    with pytest.raises(ValueError, match="one row for each"):
        benchmark.neighbour_values(VALUES, INDEX[:2])
    with pytest.raises(ValueError, match="beyond the last"):
        benchmark.neighbour_values(VALUES, INDEX + 9)
    with pytest.raises(ValueError, match="rule 'first'"):
        benchmark.targets(VALUES, INDEX, "first")
    with pytest.raises(ValueError, match="quantile"):
        benchmark.quantile_of(1.5)
    with pytest.raises(ValueError, match="below 1"):
        luck.luck([1.0], [1.0], [[-1]], dispersion=0.5)
    with pytest.raises(ValueError, match="kind"):
        luck.luck([1.0], [1.0], [[-1]], kind="count")
