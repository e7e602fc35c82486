"""Correlation by distance, and the spread of a set at its places, against double loops."""

import numpy as np
import pytest

from pathways.nulls.correlogram import DISTANCES, Correlogram, correlogram, spread
from pathways.nulls.rotation import Places


@pytest.fixture(scope="module")
def genome():
    """Three chromosomes, genes in clumps and deserts."""
    rng = np.random.default_rng(0)
    chrom, start = [], []
    for code, n in enumerate((500, 300, 200)):
        chrom += [code] * n
        start += (rng.choice([5e4, 4e5, 4e6], n) * rng.random(n)).cumsum().tolist()
    return np.array(chrom), np.array(start, dtype=np.int64)


def pair_class(genome, i, j):
    chrom, start = genome
    if chrom[i] != chrom[j]:
        return len(DISTANCES)
    return int(np.searchsorted(DISTANCES, abs(start[i] - start[j])))


def test_correlation_by_distance_is_the_mean_product_of_pairs(genome):
    y = np.random.default_rng(1).normal(size=1000).cumsum()
    y = (y - y.mean()) / y.std()
    products = [[] for _ in range(len(DISTANCES) + 1)]
    for i in range(1000):
        for j in range(i + 1, min(i + 400, 1000)):
            products[pair_class(genome, i, j)].append(y[i] * y[j])
    expected = np.clip([np.mean(p) if p else 0.0 for p in products], 0, 1)
    found = correlogram(3 * y + 7, *genome)
    np.testing.assert_allclose(found.by_distance[:-1], expected[:-1], atol=1e-12)
    assert found.by_distance[-1] == 0


def test_correlation_by_lag_is_the_mean_over_neighbours(genome):
    found = correlogram(np.random.default_rng(2).normal(size=1000).cumsum(), *genome)
    assert found.by_lag[0] == 1
    for lag in (1, 5, 12):
        pairs = [found.by_distance[pair_class(genome, i, i + lag)] for i in range(1000 - lag)]
        assert found.by_lag[lag] == pytest.approx(np.mean(pairs))


def test_a_field_of_known_correlation(genome):
    chrom, start = genome
    distance = np.abs(start[:, None] - start[None, :])
    truth = np.where(chrom[:, None] == chrom, 0.75 * np.exp(-distance / 3e5), 0.0)
    np.fill_diagonal(truth, 1.0)
    root = np.linalg.cholesky(truth)
    rng = np.random.default_rng(3)
    found = np.mean(
        [correlogram(root @ rng.normal(size=1000), *genome).by_distance for _ in range(25)], axis=0
    )
    middle = np.array([0, *DISTANCES[:-1]]) / 2 + DISTANCES / 2
    np.testing.assert_allclose(found[:-1], 0.75 * np.exp(-middle / 3e5), atol=0.08)


def test_spread_against_a_double_loop(genome):
    rng = np.random.default_rng(4)
    sets = [np.arange(40, 60), np.sort(rng.choice(1000, 50, replace=False)), [7], [499, 500], []]
    owner = np.repeat(np.arange(5), [len(s) for s in sets])
    where = Places(owner, np.concatenate(sets).astype(np.int64), rng.random(len(owner)) + 0.2, 5)
    field = correlogram(rng.normal(size=1000).cumsum(), *genome)
    for k, ratio in enumerate(spread(where, field, *genome)):
        at, w = where.position[owner == k], where.weight[owner == k]
        own = rotated = 0.0
        for i, wi in zip(at, w, strict=True):
            for j, wj in zip(at, w, strict=True):
                lag = abs(int(i) - int(j))
                same = i == j
                own += wi * wj * (1 if same else field.by_distance[pair_class(genome, i, j)])
                rotated += wi * wj * (field.by_lag[lag] if lag < len(field.by_lag) else 0)
        assert ratio == pytest.approx(np.sqrt(own / rotated) if len(at) else 1.0)


def test_an_uncorrelated_score_needs_no_correction(genome):
    flat = Correlogram(np.zeros(len(DISTANCES) + 1), np.r_[1.0, np.zeros(50)])
    where = Places(np.zeros(20, dtype=np.int64), np.arange(20), np.ones(20), 1)
    assert spread(where, flat, *genome)[0] == 1.0
