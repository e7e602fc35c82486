"""Intervals: consistent with the test, right coverage, CR2 error against its definition."""

import numpy as np
import pytest

from pathways.nulls import interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip


def draw(rng, lengths, shift=0.0, giant=False):
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    m = rng.choice([1, 1, 1, 2, 4], indptr[-1]).astype(float)
    w = m / np.bincount(owner, weights=m)[owner]
    noise = rng.standard_t(4, size=indptr[-1])
    if giant:
        noise[indptr[:-1]] *= 12
    return Ragged((noise + shift) * w, indptr), w, owner


@pytest.mark.parametrize("giant", [False, True])
def test_limits_are_where_p_is_alpha(giant):
    rng = np.random.default_rng(1)
    c, w, owner = draw(rng, np.repeat([6, 9, 15, 17, 22, 26, 60, 150], 12), 0.4, giant)
    low, high = interval.sign_flip_interval(c, w)
    assert np.isfinite(low).all()
    for limit, outwards in ((low, -1), (high, 1)):
        width = high - low
        inside, outside = limit - outwards * 1e-3 * width, limit + outwards * 5e-3 * width
        p_in = sign_flip(c.replace(c.values - inside[owner] * w)).p
        p_out = sign_flip(c.replace(c.values - outside[owner] * w)).p
        assert (p_in > 0.05 * (1 - 1e-9)).all()
        # Few blocks: p jumps, so a step outside may need to pass the next subset mean.
        assert (p_out[c.lengths > 14] <= 0.0505).all()


def test_p_and_interval_never_disagree():
    rng = np.random.default_rng(2)
    c, w, _ = draw(rng, rng.integers(6, 120, 1500), 0.3)
    low, high = interval.sign_flip_interval(c, w)
    assert ((sign_flip(c).p <= 0.05) == ((low > 0) | (high < 0))).all()


def test_few_blocks_have_no_interval():
    rng = np.random.default_rng(3)
    c, w, _ = draw(rng, [1, 3, 5, 6])
    low, _ = interval.sign_flip_interval(c, w)
    assert np.isnan(low).tolist() == [True, True, True, False]


def test_interval_shifts_and_scales_with_the_data():
    rng = np.random.default_rng(4)
    c, w, _ = draw(rng, rng.integers(6, 80, 60))
    low, high = interval.sign_flip_interval(c, w)
    moved = c.replace(2.5 * (c.values + 0.7 * w))
    low2, high2 = interval.sign_flip_interval(moved, w)
    np.testing.assert_allclose(low2, 2.5 * (low + 0.7), atol=2e-3 * (high - low).max() * 2.5)
    np.testing.assert_allclose(high2, 2.5 * (high + 0.7), atol=2e-3 * (high - low).max() * 2.5)
    low3, _ = interval.sign_flip_interval(c.replace(-c.values), w)
    np.testing.assert_allclose(low3, -high, atol=2e-3 * (high - low).max())


@pytest.mark.parametrize("n_blocks", [6, 12, 20, 50])
def test_coverage(n_blocks):
    rng = np.random.default_rng(n_blocks)
    sets = 3000
    c, w, _ = draw(rng, np.full(sets, n_blocks))
    # The mean over loci is 0: block means are drawn around it.
    low, high = interval.sign_flip_interval(c, w)
    covered = ((low <= 0) & (high >= 0)).mean()
    assert 0.93 <= covered <= 0.975


def test_cr2_error_is_the_cluster_robust_error_of_a_mean():
    """Against the CR2 sandwich of an intercept-only regression, written out in matrices."""
    rng = np.random.default_rng(5)
    sizes = np.array([3, 1, 4, 2, 5, 1, 2])
    y = rng.normal(size=sizes.sum())
    block = np.repeat(np.arange(len(sizes)), sizes)
    n = len(y)
    meat = 0.0
    for b in range(len(sizes)):
        rows = block == b
        hat = np.full((sizes[b], sizes[b]), 1 / n)
        values, vectors = np.linalg.eigh(np.eye(sizes[b]) - hat)
        adjust = vectors @ np.diag(values**-0.5) @ vectors.T
        meat += float(np.ones(sizes[b]) @ adjust @ (y - y.mean())[rows]) ** 2
    expected = np.sqrt(meat) / n
    c = Ragged(np.bincount(block, weights=y) / n, np.array([0, len(sizes)]))
    assert interval.cr2_error(c, sizes / n)[0] == pytest.approx(expected)
