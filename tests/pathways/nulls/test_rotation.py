"""The rotation test against a loop over all rotations, and its tail against longer nulls."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pathways.nulls.rotation import EXTRAPOLATE, Places, pearson3_tail, rotation_test


def places(sets, weights=None):
    """Places of lists of positions, by default of weight 1."""
    owner = np.repeat(np.arange(len(sets)), np.array([len(s) for s in sets], dtype=np.int64))
    position = np.array([i for s in sets for i in s], dtype=np.int64)
    weight = np.ones(len(owner)) if weights is None else np.concatenate(weights)
    return Places(owner.astype(np.int64), position, weight, len(sets))


def draw_sets(rng, n, sizes):
    return [np.sort(rng.choice(n, size, replace=False)) for size in sizes]


def loop(score, where, spread=None):
    """T of every rotation, one after the other: statistic, and p without a fitted tail."""
    n = len(score)
    statistic, p = [], []
    for k in range(where.n_sets):
        mine = where.owner == k
        at, w = where.position[mine], where.weight[mine]
        sums = np.array([np.sum(w * score[(at + s) % n]) for s in range(n)])
        r = 1.0 if spread is None else spread[k]
        bound = sums.mean() + (sums[0] - sums.mean()) / r
        hits = np.sum(sums[1:] >= bound - 1e-9 * np.abs(sums).max())
        statistic.append((sums[0] - sums.mean()) / (r * sums.std()))
        p.append((1 + hits) / n)
    return np.array(statistic), np.array(p)


@pytest.mark.parametrize("n", [401, 480, 997])  # two primes; a length that needs no padding
@pytest.mark.parametrize("with_spread", [False, True])
def test_against_a_loop_over_all_rotations(n, with_spread):
    rng = np.random.default_rng(n)
    score = rng.gamma(1.0, size=n)
    sets = draw_sets(rng, n, (1, 2, 5, 30, 200))
    where = places(sets, [rng.random(len(s)) + 0.1 for s in sets])
    spread = rng.uniform(0.7, 1.5, len(sets)) if with_spread else None
    test = rotation_test(score, where, spread=spread, chunk=2)
    statistic, p = loop(score, where, spread)
    np.testing.assert_allclose(test.statistic, statistic, rtol=1e-9)
    np.testing.assert_array_equal(test.p, p)  # n < 1 / EXTRAPOLATE: no tail is fitted
    assert not test.extrapolated.any()


def test_tied_sums_count():
    """A score of few distinct values: the transform must not break ties by rounding."""
    rng = np.random.default_rng(2)
    score = rng.integers(0, 3, 900) / 3
    where = places(draw_sets(rng, 900, (1, 2, 3, 10)))
    np.testing.assert_array_equal(rotation_test(score, where).p, loop(score, where)[1])


@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-50, 50), st.integers(0, 299))
def test_scale_origin_and_start_of_the_circle_do_not_matter(seed, scale, origin, turn):
    rng = np.random.default_rng(seed)
    score = rng.normal(size=300) ** 2
    sets = draw_sets(rng, 300, (3, 12, 40))
    turned = [np.sort((s + turn) % 300) for s in sets]
    test = rotation_test(score, places(sets))
    other = rotation_test(np.roll(scale * score + origin, turn), places(turned))
    np.testing.assert_allclose(other.statistic, test.statistic, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other.p, test.p, atol=1e-12)


def test_large_means_involved():
    rng = np.random.default_rng(3)
    score = np.abs(rng.normal(size=4000))
    members = np.sort(rng.choice(4000, 30, replace=False))
    score[members] += 0.3
    up = rotation_test(score, places([members]))
    down = rotation_test(-score, places([members]))
    assert up.statistic[0] == pytest.approx(-down.statistic[0])
    assert up.p[0] < 0.05 < 0.95 < down.p[0]


def test_sets_without_members_or_without_variation_are_not_tested():
    rng = np.random.default_rng(4)
    score = rng.normal(size=50)
    test = rotation_test(score, places([[], [3], np.arange(50), [7, 9]]))
    assert np.isnan(test.p).tolist() == [True, False, True, False]
    assert np.isnan(test.statistic).tolist() == [True, False, True, False]
    assert not test.extrapolated.any()
    assert rotation_test(score, places([])).p.shape == (0,)


def test_the_chunk_changes_nothing():
    rng = np.random.default_rng(5)
    score = rng.normal(size=1013)
    where = places(draw_sets(rng, 1013, rng.integers(1, 60, 50)))
    one, all_at_once = rotation_test(score, where, chunk=1), rotation_test(score, where, chunk=99)
    np.testing.assert_allclose(one.statistic, all_at_once.statistic, rtol=1e-10)
    np.testing.assert_array_equal(one.p, all_at_once.p)


@pytest.mark.parametrize("skewness", [0.05, 0.3, 1.0, 2.0])
def test_pearson3_tail_is_that_of_scipy(skewness):
    x = np.linspace(-3, 12, 61)
    expected = np.maximum(stats.pearson3.sf(x, skewness), np.finfo(float).tiny)
    np.testing.assert_allclose(pearson3_tail(x, np.full(61, skewness)), expected, rtol=1e-6)


def test_pearson3_tail_without_skewness_is_normal():
    x = np.linspace(-5, 20, 26)
    for skewness in (-0.4, 0.0):
        np.testing.assert_allclose(
            pearson3_tail(x, np.full(26, skewness)), stats.norm.sf(x), rtol=1e-9
        )
    # The two branches meet; deep in the tail nothing underflows to 0.
    meet = pearson3_tail(np.full(2, 4.0), np.array([1e-3 - 1e-9, 1e-3 + 1e-9]))
    assert meet[1] == pytest.approx(meet[0], rel=0.02)
    assert (pearson3_tail(np.full(2, 1e4), np.array([0.0, 0.5])) > 0).all()


def half_normal_sum_quantile(m, tail):
    """Upper quantile of the sum of m independent |z|, by convolution on a grid."""
    step, cells = 1 / 200, 2**16
    edges = np.arange(cells + 1) * step
    single = 2 * -np.diff(stats.norm.sf(edges))
    mass = np.fft.irfft(np.fft.rfft(single) ** m, cells)
    upper = np.cumsum(mass[::-1])[::-1]
    # A sum of m cells stands for the middle of them.
    return step * (np.flatnonzero(upper >= tail)[-1] + m / 2)


@pytest.mark.parametrize("tail", [1e-4, 1e-5])
@pytest.mark.parametrize(("m", "factor"), [(5, 3.0), (10, 2.3), (30, 1.8), (100, 1.6)])
def test_fitted_tail_against_the_exact_null(m, factor, tail):
    """Independent |z| of 15,000 genes: the fitted p of a sum that has the p `tail`.

    Few members make the fit err to the safe side: |z| has a lighter tail than a gamma. The
    members share the sum evenly, since a sum that one of them carries is another matter.
    """
    rng = np.random.default_rng(m)
    target = half_normal_sum_quantile(m, tail)
    log_ratios = []
    for _ in range(30):
        score = np.abs(rng.standard_normal(15_000))
        members = np.sort(rng.choice(15_000, m, replace=False))
        score[members] = target / m
        test = rotation_test(score, places([members]))
        assert test.extrapolated[0]
        log_ratios.append(np.log(test.p[0] / tail))
    assert np.log(0.75) < np.median(log_ratios) < np.log(factor)
    assert np.std(log_ratios) < 0.6


def test_only_small_p_are_extrapolated():
    rng = np.random.default_rng(8)
    score = np.abs(rng.standard_normal(5000))
    where = places(draw_sets(rng, 5000, np.full(3000, 12)))
    test = rotation_test(score, where)
    counted = loop(score, places([where.position[where.owner == k] for k in range(40)]))[1]
    plain = ~test.extrapolated[:40]
    np.testing.assert_array_equal(test.p[:40][plain], counted[plain])
    assert test.extrapolated.any()
    # A fitted p may exceed the counted one; it stays of its order.
    assert test.p[test.extrapolated].max() < 5 * EXTRAPOLATE
    assert test.p[~test.extrapolated].min() >= EXTRAPOLATE
    assert abs((test.p < 0.05).mean() - 0.05) < 0.015
