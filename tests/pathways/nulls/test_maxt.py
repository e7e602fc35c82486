"""Max-T against a loop over flips, its size, and what it must not depend on."""

import numpy as np
import pytest

from pathways.nulls.maxt import family_wise_p, joint_signs, standardise
from pathways.nulls.ragged import Ragged


def draw(rng, n_sets=40, n_blocks=60):
    lengths = rng.integers(6, 30, n_sets)
    block = np.concatenate([np.sort(rng.choice(n_blocks, n, replace=False)) for n in lengths])
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    return Ragged(rng.normal(size=indptr[-1]), indptr), block, n_blocks


def test_against_a_loop_over_flips():
    rng = np.random.default_rng(0)
    flips, seed = 600, 5
    signs = np.concatenate(list(joint_signs(60, flips=flips, seed=seed)), axis=1)
    members = []
    for _ in range(2):
        c, block, _n_blocks = draw(rng)
        tested = rng.random(c.n_sets) < 0.8
        members.append((c, block, tested))
    family = [standardise(c, block, 60, tested) for c, block, tested in members]
    highest = np.zeros(flips)
    for c, block, tested in members:
        for k in np.flatnonzero(tested):
            run = slice(c.indptr[k], c.indptr[k + 1])
            flipped = signs[block[run]].T @ c.values[run]
            highest = np.maximum(highest, np.abs(flipped) / np.sqrt((c.values[run] ** 2).sum()))
    found = family_wise_p(family, flips=flips, seed=seed)
    for (c, _, tested), p in zip(members, found, strict=True):
        for k in range(c.n_sets):
            if not tested[k]:
                assert np.isnan(p[k])
                continue
            t = abs(c.run(k).sum()) / np.sqrt((c.run(k) ** 2).sum())
            expected = (1 + (highest >= t * (1 - 1e-5)).sum()) / (1 + flips)
            assert p[k] == pytest.approx(expected, abs=2 / flips)


def test_order_of_traits_and_sets_changes_nothing():
    rng = np.random.default_rng(1)
    c, block, n = draw(rng)
    d, block_d, _ = draw(rng)
    every = np.ones(c.n_sets, dtype=bool)
    a, b = standardise(c, block, n, every), standardise(d, block_d, n, every)
    first, second = family_wise_p([a, b])
    turned = family_wise_p([b, a])
    np.testing.assert_array_equal(first, turned[1])
    np.testing.assert_array_equal(second, turned[0])
    order = rng.permutation(c.n_sets)
    runs = [np.arange(c.indptr[k], c.indptr[k + 1]) for k in order]
    shuffled = standardise(c.take(order), block[np.concatenate(runs)], n, every)
    np.testing.assert_array_equal(family_wise_p([shuffled, b])[0], first[order])


def test_size_under_the_complete_null():
    rng = np.random.default_rng(2)
    hits = []
    for world in range(400):
        c, block, n = draw(rng)
        item = standardise(c, block, n, np.ones(c.n_sets, dtype=bool))
        hits.append(np.nanmin(family_wise_p([item], flips=400, seed=world)[0]) <= 0.05)
    assert 0.025 <= np.mean(hits) <= 0.075
