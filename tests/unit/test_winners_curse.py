"""The winner's curse: what is left of a fall once chance is taken out, at known limits."""

import numpy as np
import pytest
from scipy import stats

from care_rates import benchmark, beta_binomial, luck, winners_curse

pytestmark = pytest.mark.unit

N = 120
INDEX = np.array([[(i + k) % N for k in range(1, 11)] for i in range(N)])


def world(kind, size, spread, seed=1):
    """Counts of authorities whose true values vary, and the values."""
    rng = np.random.default_rng(seed)
    sizes = np.full(N, float(size))
    if kind == "rate":
        real = rng.gamma(1 / spread**2, 0.01 * spread**2, N)
        return rng.poisson(real * sizes).astype(float), sizes, real
    whole = 1 / spread**2
    real = rng.beta(0.1 * whole, 0.9 * whole, N)
    return rng.binomial(size, real).astype(float), sizes, real


@pytest.mark.parametrize("kind", ["rate", "share"])
@pytest.mark.parametrize("rule", ["best", "lowest quarter", "median"])
def test_with_large_counts_nothing_is_luck(kind, rule):
    counts, sizes, _ = world(kind, 10_000_000, 0.3)
    shapes = winners_curse.prior(counts, sizes, kind)
    found = winners_curse.attainable(counts, sizes, INDEX, shapes, rule, kind=kind, draws=50)
    assert found.seen == pytest.approx(benchmark.reduction(counts / sizes, sizes, INDEX, rule))
    assert found.seen > 0.03
    assert found.luck == pytest.approx(0, abs=0.01)
    assert luck.luck(counts, sizes, INDEX, rule, kind=kind, draws=20).mean < 0.02


@pytest.mark.parametrize("kind", ["rate", "share"])
def test_if_all_are_alike_everything_is_luck(kind):
    rng = np.random.default_rng(3)
    sizes = np.full(N, 4000.0)
    draw = rng.poisson if kind == "rate" else (lambda m, k: rng.binomial(4000, m / 4000, k))
    counts = draw(80, N).astype(float)
    sure = (1e9 * 0.02, 1e9) if kind == "rate" else (1e9 * 0.02, 1e9 * 0.98)
    found = winners_curse.attainable(counts, sizes, INDEX, sure, kind=kind, draws=50)
    assert found.luck == pytest.approx(1, abs=0.001)
    assert found.mean == pytest.approx(0, abs=0.001)
    null = luck.luck(counts, sizes, INDEX, kind=kind, draws=200)
    low, high = null.interval(0.01)
    assert low < found.seen < high
    assert null.mean == pytest.approx(found.seen, rel=0.15)


@pytest.mark.parametrize(("kind", "size", "spread"), [("rate", 3000, 0.4), ("share", 300, 0.12)])
def test_the_interval_holds_the_true_fall(kind, size, spread):
    """Worlds with known true values: the fall they allow is neither seen nor the null's rest."""
    held, gaps, naive = 0, [], []
    for seed in range(60):
        counts, sizes, real = world(kind, size, spread, seed)
        shapes = winners_curse.prior(counts, sizes, kind)
        found = winners_curse.attainable(counts, sizes, INDEX, shapes, kind=kind, draws=200)
        value = counts / sizes
        low = INDEX[np.arange(N), value[INDEX].argmin(axis=1)]
        goal = np.where(value[low] < value, real[low], real)
        truth = 1 - goal.sum() / real.sum()
        bottom, top = found.interval(0.1)
        held += bottom <= truth <= top
        gaps.append(found.mean - truth)
        naive.append(found.seen - truth)
    assert held >= 47
    assert np.mean(naive) > 0.01
    assert abs(np.mean(gaps)) < 0.2 * np.mean(naive)


def test_dispersion_makes_more_of_it_luck_and_missing_figures_stay_out():
    counts, sizes, _ = world("rate", 3000, 0.4)
    counts[5], sizes[9] = np.nan, np.nan
    index = INDEX.copy()
    index[0, 3:] = -1
    parts = []
    for spread in (1.0, 2.0):
        shapes = winners_curse.prior(counts, sizes, dispersion=spread)
        found = winners_curse.attainable(counts, sizes, index, shapes, dispersion=spread, draws=200)
        assert found.seen == pytest.approx(benchmark.reduction(counts / sizes, sizes, index))
        assert np.isnan(found.own[:, [5, 9]]).all()
        assert np.isfinite(found.draws).all()
        parts.append(found.luck)
    assert 0 < parts[0] < parts[1] < 1


def test_table_holds_every_rule_and_dispersion():
    counts, sizes, _ = world("rate", 3000, 0.4)
    made = winners_curse.table({"children": (counts, sizes, "rate")}, INDEX, draws=50, worlds=20)
    assert len(made) == 2 * len(benchmark.RULES)
    assert (made["low"] <= made["attainable"]).all()
    assert (made["alike_low"] <= made["alike"]).all()
    assert made["luck"].to_numpy() == pytest.approx(
        100 * (1 - made["attainable"] / made["seen"]).to_numpy()
    )


def test_beta_binomial_finds_the_spread_it_was_given():
    rng = np.random.default_rng(4)
    sizes = rng.integers(100, 900, 4000)
    counts = rng.binomial(sizes, rng.beta(8, 72, 4000))
    a, b = beta_binomial.fit(counts, sizes)
    assert a == pytest.approx(8, rel=0.06)
    assert a / (a + b) == pytest.approx(0.1, rel=0.01)
    best = stats.betabinom.logpmf(counts, sizes, a, b).sum()
    for near in ((a * 1.05, b * 1.05), (a * 1.02, b), (a, b * 1.02)):
        assert stats.betabinom.logpmf(counts, sizes, *near).sum() < best
    assert beta_binomial.shrunk([0.0, 9], [0.0, 100], (8, 72)).tolist() == [0.1, 17 / 180]


def test_faults_are_named():
    with pytest.raises(ValueError, match="kind"):
        winners_curse.prior([1.0], [2.0], "count")
    with pytest.raises(ValueError, match="below 1"):
        winners_curse.prior([1.0], [2.0], dispersion=0.5)
    with pytest.raises(ValueError, match="complete"):
        beta_binomial.fit([1.0, np.nan], [2.0, 2])
    with pytest.raises(ValueError, match="between none and all"):
        beta_binomial.fit([3.0, 1], [2.0, 2])
    with pytest.raises(ValueError, match="did not settle"):
        beta_binomial.fit(np.full(50, 10.0), np.full(50, 100.0))


@pytest.mark.parametrize("kind", ["rate", "share"])
def test_one_authority_alone_has_its_own_fall(kind):
    counts, sizes, _ = world(kind, 3000, 0.3)
    shapes = winners_curse.prior(counts, sizes, kind)
    value = counts / sizes
    one = int(np.argmax(value))
    only = np.arange(N) == one
    found = winners_curse.attainable(counts, sizes, INDEX, shapes, kind=kind, only=only)
    assert found.seen == pytest.approx(1 - value[INDEX[one]].min() / value[one])
    assert found.draws == pytest.approx(1 - found.goal[:, one] / found.own[:, one])
    null = luck.worlds(counts, sizes, INDEX, kind=kind, draws=40, only=only)
    whole = luck.worlds(counts, sizes, INDEX, kind=kind, draws=40)
    np.testing.assert_array_equal(null.value[:, 0], whole.value[:, one])
    made = winners_curse.table({"x": (counts, sizes, kind)}, INDEX, dispersions=(1.0,), draws=50,
                               worlds=20, only=only)  # fmt: skip
    assert made["seen"].iloc[0] == pytest.approx(100 * found.seen)
    lowest = np.arange(N) == int(np.argmin(value))
    none = winners_curse.attainable(counts, sizes, INDEX, shapes, kind=kind, only=lowest)
    assert (none.seen, none.mean) == (0, 0)
    assert np.isnan(none.luck)
    with pytest.raises(ValueError, match="only names no authority"):
        winners_curse.attainable(counts, sizes, INDEX, shapes, kind=kind, only=np.zeros(N, bool))
