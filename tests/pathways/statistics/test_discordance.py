"""Gene-wise discordance against the reference of the rule, and in families with a wrong overlap."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.calls.multiplicity import benjamini_hochberg
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.statistics.contributions import Layout
from pathways.statistics.discordance import discordance, less_concordant_p, scores
from tests.pathways.calls import rule


@dataclass
class Pair:
    """What `discordance` reads of a universe."""

    z: np.ndarray
    sample_overlap: float = 0.0


def sets_of(n_sets, size, per_block=1):
    """Sets of genes that follow each other, `per_block` of them in one LD block."""
    n = n_sets * size
    block = np.arange(n) // per_block
    entry = np.unique(block, return_inverse=True)[1]
    return SimpleNamespace(
        tested=Layout(
            owner=np.repeat(np.arange(n_sets), size),
            position=np.arange(n),
            role=np.ones(n),
            entry=entry,
            indptr=np.arange(n_sets + 1) * (size // per_block),
            block=np.arange(entry.max() + 1),
        )
    )


def reference(z, n_sets, size, per_block):
    """Largest sign-flip p below zero of the four columns of the reference."""
    columns = rule.discordance_columns(*z)
    p = []
    for column in columns:
        sums = column.reshape(-1, per_block).sum(axis=1)
        c = Ragged(sums, np.arange(n_sets + 1) * (size // per_block))
        test = sign_flip(c)
        p.append(np.where(np.abs(test.statistic) < 1e-9, 1.0, test.p_down))
    return np.max(p, axis=0)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-0.95, 0.95), st.sampled_from([1, 2, 4]), st.booleans())
def test_agrees_with_the_reference(seed, r, per_block, heavy):
    rng = np.random.default_rng(seed)
    n_sets, size = 6, 24
    z = rng.standard_t(3, (2, n_sets * size)) if heavy else rng.normal(size=(2, n_sets * size))
    z[1] = r * z[0] + np.sqrt(1 - r * r) * z[1]
    np.testing.assert_allclose(scores(*z), rule.discordance_columns(*z), atol=1e-12)
    found = discordance(Pair(z), sets_of(n_sets, size, per_block))
    np.testing.assert_allclose(
        found.p_discordant, reference(z, n_sets, size, per_block), rtol=1e-6, atol=1e-12
    )
    assert (found.p_anticorrelated <= found.p_discordant).all()
    assert np.isnan(less_concordant_p(Pair(z), sets_of(n_sets, size, per_block), None)).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(0.1, 10))
def test_swaps_flips_and_the_overlap_change_nothing(seed, x, y):
    """One trait and its sign turned exchange concordant and opposite, so both are turned."""
    rng = np.random.default_rng(seed)
    z, sets = rng.normal(size=(2, 120)), sets_of(5, 24)
    z[1] -= 0.5 * z[0]
    p = discordance(Pair(z), sets).p_discordant
    for other in (z[::-1], -z, z * [[x], [y]]):
        np.testing.assert_allclose(discordance(Pair(other), sets).p_discordant, p, rtol=1e-9)
    wrong = discordance(Pair(z, sample_overlap=0.9), sets)
    np.testing.assert_array_equal(wrong.p_discordant, p)


@pytest.mark.parametrize("factor", [0.0, -1.0, -0.3, 1.0])
def test_a_trait_of_zeros_or_a_multiple_of_the_other_is_no_discordance(factor):
    """A file against its own flip: every product is negative, and no set stands out."""
    z = np.random.default_rng(1).normal(size=(2, 240))
    z[1] = factor * z[0]
    assert (discordance(Pair(z), sets_of(10, 24)).p_discordant == 1).all()


def family(rng, kind, n_sets=40, size=20):
    """z of a family without discordant sets."""
    shape = (2, n_sets * size)
    if kind == "shared samples":
        a, b = rng.normal(size=shape)
        return np.stack([a, 0.3 * a + np.sqrt(1 - 0.09) * b])
    shared, (a, b) = rng.normal(size=shape[1]), rng.normal(size=shape)
    if kind == "own flip":
        return np.stack([shared, -shared + 0.01 * a])
    if kind == "negative":
        return np.stack([1.2 * shared + a, -1.2 * shared + b])
    return np.stack([a, b])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["independent", "shared samples", "own flip", "negative"])
def test_families_without_discordance_seldom_have_a_call(kind):
    """Whatever overlap was given: none enters. At most 0.07 of families, with room for chance."""
    rng, sets, n = np.random.default_rng(7), sets_of(40, 20), 400
    called = [
        (benjamini_hochberg(discordance(Pair(family(rng, kind)), sets).p_discordant) <= 0.05).any()
        for _ in range(n)
    ]
    assert np.mean(called) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n)


def test_opposite_members_are_found():
    rng, sets = np.random.default_rng(3), sets_of(200, 20)
    z = rng.normal(size=(2, 4000))
    shift = 3.0 * rng.choice([-1.0, 1.0], 100)
    z[0, :100] += shift
    z[1, :100] -= shift
    q = benjamini_hochberg(discordance(Pair(z), sets).p_discordant)
    assert (q[:5] <= 0.05).mean() >= 0.8
    assert (q[5:] > 0.05).all()
