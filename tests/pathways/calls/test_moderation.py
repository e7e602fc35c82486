"""The moderated p against the reference of the rule, and what it must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.calls import moderation
from pathways.calls.moderation import Field, moderate, own_variance, robust_prior
from pathways.nulls.correlogram import correlations
from tests.pathways.calls import call_families, rule

SEEDS = st.integers(0, 10_000)


def _found(sets):
    """Predicted variances, own variances, priors and moderated t of the library."""
    c, w = sets.contributions()
    field = Field.of(sets.effect, sets.chrom, sets.start)
    at = sets.position
    predicted = field.predicted(sets.entry, sets.share, sets.chrom[at], sets.start[at])
    own = own_variance(c, w, sets.indptr, predicted)
    priors = tuple(robust_prior(r, f) for r, f in zip(own.ratio, own.df, strict=True))
    total = np.add.reduceat(c, sets.indptr[:-1], axis=1)
    return predicted, own, priors, moderate(total, own, priors)


@settings(max_examples=6, deadline=None)
@given(SEEDS, st.floats(0, 3))
def test_agrees_with_the_reference(seed, signal):
    sets = call_families.draw(np.random.default_rng(seed), 25, signal=signal)
    predicted, own, priors, found = _found(sets)
    np.testing.assert_allclose(
        predicted, np.maximum(call_families.reference_predicted(sets), 0), rtol=1e-6, atol=1e-12
    )
    c, w = sets.contributions()
    for k in range(2):
        cr2, kappa, f, v0 = rule.own_variance(c[k], w, sets.indptr, predicted[k])
        ratio = kappa * cr2 / v0
        d0, s0 = rule.robust_prior(ratio, f)
        total = np.add.reduceat(c[k], sets.indptr[:-1])
        t, nu, k0, k1 = rule.moderate(total, cr2, kappa, f, v0, d0, s0)
        for mine, theirs in [
            (own.cr2[k], cr2), (own.kappa[k], kappa), (own.df[k], f), (own.expected[k], v0),
            (priors[k].df_of(ratio, f), d0), (priors[k].scale, s0),
            (found.t[k], t), (found.df[k], nu), (found.k0[k], k0), (found.k1[k], k1),
        ]:  # fmt: skip
            np.testing.assert_allclose(mine, theirs, rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(2, 60), st.floats(0.1, 40), st.booleans())
def test_prior_agrees_with_the_reference(seed, n, d0, outlier):
    rng = np.random.default_rng(seed)
    df = rng.uniform(1, 30, n)
    ratio = rng.f(df, d0)
    if outlier:
        ratio[0] *= 1e4
    theirs, scale = rule.robust_prior(ratio, df)
    prior = robust_prior(ratio, df)
    np.testing.assert_allclose(prior.scale, scale, rtol=1e-6)
    np.testing.assert_allclose(prior.df_of(ratio, df), theirs, rtol=1e-6)


def test_prior_needs_two_sets_with_a_variance():
    df = np.array([5.0, 6.0, 7.0])
    assert robust_prior(np.array([1.0, 0.0, np.nan]), df) is None
    with pytest.raises(ValueError, match="two sets"):
        rule.fit_prior(np.array([1.0, 0.0, np.nan]), df)
    assert robust_prior(np.array([1.0, 2.0, 0.5]), df) is not None


def test_df_of_equal_blocks_is_one_less_than_their_number():
    c = np.random.default_rng(0).standard_normal((1, 9))
    own = own_variance(c, np.full(9, 1 / 9), np.array([0, 9]), np.ones((1, 9)))
    assert own.df[0, 0] == pytest.approx(8)
    assert own.kappa[0, 0] == pytest.approx(1)


def test_variance_is_right_on_average_when_members_are_neighbours():
    """Predicted variance of sums of correlated neighbours, roles of both signs, over draws."""
    rng = np.random.default_rng(3)
    sets = call_families.draw(rng, 40)
    c = np.zeros((2, 400, sets.entry[-1] + 1))
    predicted = 0.0
    for draw in range(400):
        block = sets.block
        z = rng.standard_normal(len(block)) + 0.7 * rng.standard_normal(60)[block]
        effect = np.stack([z, z]) - z.mean()
        c[:, draw] = np.bincount(sets.entry, sets.share * effect[0, sets.position])
        field = Field.of(effect, sets.chrom, sets.start)
        at = sets.position
        if draw < 40:
            more = field.predicted(sets.entry, sets.share, sets.chrom[at], sets.start[at])
            predicted = predicted + more / 40
    ratio = c[0].var(axis=0) / predicted[0]
    assert ratio.mean() == pytest.approx(1, abs=0.03)


def test_opposed_roles_of_neighbours_leave_a_variance():
    genes = np.zeros(6, dtype=int), np.arange(6) * 1_000
    every = np.ones(6, dtype=bool)
    field = Field(np.array([1.0]), np.ones((1, len(moderation.DISTANCES) + 1)), every)
    share = np.array([1, -1, 1, -1, 1, -1]) / 6
    got = field.predicted(np.zeros(6, dtype=int), share, *genes)
    assert got[0, 0] == pytest.approx(moderation.FLOOR / 6)


def test_a_gene_without_position_correlates_with_none():
    rng = np.random.default_rng(0)
    effect = np.repeat(rng.standard_normal((1, 50)), 2, axis=1)
    chrom = np.repeat([0, -1], 50)
    start = np.concatenate([np.arange(50) * 3_000_000, np.zeros(50, dtype=int)])
    assert not Field.of(effect, chrom, start).correlation.any()


def test_one_locus_far_out_changes_no_field():
    sets = call_families.draw(np.random.default_rng(1), 5)
    field = Field.of(sets.effect, sets.chrom, sets.start)
    far = sets.effect.copy()
    far[:, 40:56] += 30.0 * np.random.default_rng(2).choice([-1, 1], 16)
    moved = Field.of(far, sets.chrom, sets.start)
    assert moved.common.sum() == field.common.sum() - 16
    np.testing.assert_allclose(moved.variance, field.variance, rtol=0.05)
    np.testing.assert_allclose(moved.correlation, field.correlation, atol=0.1)
    plain = correlations(far, sets.chrom, sets.start)
    assert np.abs(plain - field.correlation).max() > 0.25
    assert far.var() > 3 * field.variance.mean()
