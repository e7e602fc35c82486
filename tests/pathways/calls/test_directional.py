"""The directional call against the reference of the rule, and what it must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pathways.calls.directional import Candidates, Family, both_below, flips_together
from pathways.calls.moderation import Field, moderate, own_variance, robust_prior
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from tests.pathways.calls import call_families, rule

SEEDS = st.integers(0, 10_000)


def _moderated(sets):
    c, w = sets.contributions()
    at = sets.position
    predicted = Field.of(sets.effect, sets.chrom, sets.start).predicted(
        sets.entry, sets.share, sets.chrom[at], sets.start[at]
    )
    own = own_variance(c, w, sets.indptr, predicted)
    priors = tuple(robust_prior(r, f) for r, f in zip(own.ratio, own.df, strict=True))
    return moderate(np.add.reduceat(c, sets.indptr[:-1], axis=1), own, priors)


def _candidates(sets):
    c, _ = sets.contributions()
    n_blocks = np.diff(sets.indptr)
    return Candidates.moderated(_moderated(sets), *flips_together(c, sets.indptr), n_blocks)


def _reference(sets):
    found, (c, _) = _moderated(sets), sets.contributions()
    u, r_s = rule.flip_spread(c, sets.indptr)
    up, down = stats.t.sf(found.t, found.df), stats.t.sf(-found.t, found.df)
    blocks = np.diff(sets.indptr)
    return rule.q_call(up, down, found.df, found.k0, found.k1, u, r_s, blocks)


def _random_sets(seed, n_sets=40, signal=1.5, correlation=0.0):
    rng = np.random.default_rng(seed)
    return call_families.draw(rng, n_sets, signal=signal, correlation=correlation)


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.integers(5, 80), st.floats(0, 3), st.sampled_from([-0.95, -0.6, 0.0, 0.6, 0.95]))
def test_q_agrees_with_the_reference(seed, n_sets, signal, correlation):
    sets = _random_sets(seed, n_sets, signal, correlation)
    q, product = _reference(sets)
    call = Family(_candidates(sets)).call()
    np.testing.assert_allclose(call.q, q, atol=1e-3)
    np.testing.assert_array_equal((call.sign_a * call.sign_b)[q < 1], product[q < 1])


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_joint_flips_agree_with_the_reference(seed):
    c, _ = _random_sets(seed).contributions()
    indptr = _random_sets(seed).indptr
    for mine, theirs in zip(flips_together(c, indptr), rule.flip_spread(c, indptr), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_critical_agrees_with_the_reference(seed):
    sets = _random_sets(seed)
    found, (c, _) = _moderated(sets), sets.contributions()
    quantiles = (0.2, 1.0, 2.5, 4.0, 6.0, 8.0)
    theirs = rule.critical(
        stats.norm.sf(quantiles), found.df, found.k0, found.k1,
        rule.flip_spread(c, sets.indptr)[0], np.diff(sets.indptr),
    )  # fmt: skip
    np.testing.assert_allclose(_candidates(sets).critical(quantiles), theirs, rtol=2e-4)


@given(st.floats(0.01, 8), st.floats(-0.99, 0.99))
def test_both_below_is_the_bivariate_normal(h, r):
    wanted = stats.multivariate_normal.cdf([-h, -h], cov=[[1, r], [r, 1]])
    mine = both_below(np.array([h]), np.array([r]))[0]
    assert mine == pytest.approx(wanted, abs=1e-7)
    assert mine == pytest.approx(rule.both_below(np.array([h]), np.array([r]))[0], rel=1e-9)


def test_a_flipped_copy_reaches_its_critical_activity_as_often_as_said():
    """h(t): the moderated p of a flipped copy is at most t where its activity is h or more."""
    sets = _random_sets(5, n_sets=30, signal=0)
    found, (c, w) = _moderated(sets), sets.contributions()
    first = slice(*sets.indptr[:2])
    x = c[0, first]
    rng = np.random.default_rng(0)
    flipped = x * rng.choice([-1.0, 1.0], (4000, len(x)))
    total = flipped.sum(axis=1)
    cr2 = ((flipped - w[first] * total[:, None]) ** 2 / (1 - w[first])).sum(axis=1)
    t = total / np.sqrt(found.k0[0, 0] + found.k1[0, 0] * cr2)
    level = 0.05
    often = (stats.t.sf(t, found.df[0, 0]) <= level).mean()
    one = _candidates(sets).take(np.array([0]))
    same = Candidates(
        *(np.stack([v[0], v[0]]) for v in (one.up, one.down, one.df, one.gain, one.curb)),
        one.correlation,
    )
    h = same.critical((float(stats.norm.isf(level)),))[0, 0]
    assert often == pytest.approx(stats.norm.sf(h), abs=0.015)


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.floats(0, 2))
def test_swap_and_flip_change_nothing(seed, signal):
    sets = _random_sets(seed, signal=signal)
    here = _candidates(sets)
    q = Family(here).call()
    swapped = Family(
        Candidates(
            here.up[::-1], here.down[::-1], here.df[::-1], here.gain[::-1], here.curb[::-1],
            here.correlation,
        )
    ).call()  # fmt: skip
    np.testing.assert_allclose(swapped.q, q.q, rtol=1e-9)
    np.testing.assert_array_equal(swapped.sign_a, q.sign_b)
    both = Family(Candidates(here.down, here.up, here.df, here.gain, here.curb, here.correlation))
    np.testing.assert_allclose(both.call().q, q.q, rtol=1e-9)
    np.testing.assert_array_equal(both.call().sign_a, -q.sign_a)
    one = Family(
        Candidates(
            np.stack([here.down[0], here.up[1]]), np.stack([here.up[0], here.down[1]]),
            here.df, here.gain, here.curb, -here.correlation,
        )
    ).call()  # fmt: skip
    np.testing.assert_allclose(one.q, q.q, rtol=1e-9)


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(0, 39), st.integers(0, 39))
def test_one_set_exchanged_is_the_family_with_it(seed, k, other):
    here = _candidates(_random_sets(seed))
    there = _candidates(_random_sets(seed + 1))
    new = there.take(np.array([other]))
    names = Candidates.__dataclass_fields__
    changed = Candidates(*(getattr(here, n).copy() for n in names))
    for name in names:
        getattr(changed, name)[..., k] = getattr(new, name)[..., 0]
    wanted = Family(changed).call()
    q, signs = Family(here).q_if(k, new)
    assert q == pytest.approx(wanted.q[k], abs=1e-6)
    assert signs.tolist() == [wanted.sign_a[k], wanted.sign_b[k]]
    same, _ = Family(here).q_if(k, here.take(np.array([k])))
    assert same == pytest.approx(Family(here).call().q[k], abs=1e-9)


def test_the_exact_p_takes_the_normal_quantile_for_its_critical_activity():
    sets = _random_sets(2)
    c, _ = sets.contributions()
    spread, r = flips_together(c, sets.indptr)
    tests = [sign_flip(Ragged(row, sets.indptr)) for row in c]
    here = Candidates.exact(
        *(np.stack([getattr(t, n) for t in tests]) for n in ("p_up", "p_down")), r
    )
    np.testing.assert_allclose(
        here.critical((0.5, 2.0, 7.0)), np.array([[0.5], [2.0], [7.0]]) * np.ones(len(r))
    )
    ones = np.ones_like(spread)
    q, _ = rule.q_call(
        np.stack([t.p_up for t in tests]),
        np.stack([t.p_down for t in tests]),
        1e8 * ones,
        spread**2,
        0 * ones,
        spread,
        r,
        np.diff(sets.indptr),
    )
    np.testing.assert_allclose(Family(here).call().q, q, atol=1e-3)


def test_scopes_are_one_family():
    parts = tuple(_candidates(_random_sets(seed, 20)) for seed in (1, 2))
    joined = Candidates.joined(parts)
    assert joined.up.shape == (2, 40)
    np.testing.assert_array_equal(joined.take(np.arange(20, 40)).up, parts[1].up)


def test_p_beyond_a_double_is_still_the_better_one():
    """The reference caps p at 1e-300 and loses such a set beside many; the quantile does not."""
    n = 12
    df, one = np.full((2, n), 1e6), np.ones((2, n))
    up = np.array([np.linspace(0.1, 1, n)] * 2)
    up[:, 0] = 60.0
    q = Family(Candidates(up, -up, df, one, 0.1 * one, np.zeros(n))).call().q
    assert q[0] == 0
    assert (q[1:] > 0.2).all()


def test_repeating_chance_is_paid_for():
    """Sets whose two activities are the same under joint flips are called at another price."""
    n = 60
    rng = np.random.default_rng(0)
    up = np.tile(rng.standard_normal(n), (2, 1))
    one = np.ones((2, n))
    free = Family(Candidates(up, -up, np.inf * one, one, 0 * one, np.zeros(n))).call()
    paid = Family(Candidates(up, -up, np.inf * one, one, 0 * one, np.ones(n))).call()
    assert (free.q <= 0.05).any()
    assert not (paid.q <= 0.05).any()


def _exact(z):
    """Candidates of independent normal z, shape (2, n)."""
    return Candidates.exact(stats.norm.sf(z), stats.norm.cdf(z), np.zeros(z.shape[1]))


@given(st.integers(0, 10_000), st.integers(1, 15))
def test_without_correlation_it_is_adafilter(seed, n):
    """The q of a hypothesis is the least level at which AdaFilter-BH selects it, up to 1/2."""
    z = np.random.default_rng(seed).standard_normal((2, n)) * 2
    p = [stats.norm.sf(z), stats.norm.cdf(z)]
    pairs = [(p[i][0], p[j][1]) for i in (0, 1) for j in (0, 1)]
    first = np.concatenate([np.minimum(*pair) for pair in pairs])
    second = np.concatenate([np.maximum(*pair) for pair in pairs])
    q = [
        min(
            [1.0, *(s * (first <= s).sum() / (second <= s).sum() for s in second if own <= s < 0.5)]
        )
        for own in second.reshape(4, n).min(axis=0)
    ]
    np.testing.assert_allclose(Family(_exact(z)).call().q, q, rtol=1e-9)


def test_the_signs_are_those_of_the_activities():
    z = np.array([[5.0, 5.0, -5.0, -5.0, 5.0, 0.1], [5.0, -5.0, 5.0, -5.0, 0.2, -0.1]])
    call = Family(_exact(z)).call()
    assert call.sign_a[:4].tolist() == [1, 1, -1, -1]
    assert call.sign_b[:4].tolist() == [1, -1, 1, -1]
    assert (call.q[:4] < 1e-4).all()
    assert (call.q[4:] > 0.2).all()


@pytest.mark.parametrize("share_one", [0.0, 0.3])
def test_it_holds_the_fdr_where_one_trait_has_a_direction(share_one):
    rng = np.random.default_rng(3)
    wrong = []
    for _ in range(400):
        z = rng.normal(size=(2, 300))
        z[0] += 4 * rng.choice([-1, 1], 300) * (rng.random(300) < share_one)
        wrong.append((Family(_exact(z)).call().q <= 0.05).any())
    assert np.mean(wrong) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("sign", [1, -1])
def test_repeated_chance_is_not_called(sign):
    """The blocks of all sets act alike, or opposed, in both traits; AdaFilter alone fails."""
    rng = np.random.default_rng(4)
    indptr = np.arange(0, 61 * 10, 10)
    calls = {True: 0, False: 0}
    for _ in range(200):
        a = rng.normal(size=600)
        c = np.stack([a, sign * a + 0.3 * rng.normal(size=600)])
        spread, correlation = flips_together(c, indptr)
        z = np.add.reduceat(c, indptr[:-1], axis=1) / spread
        for known in (True, False):
            one = np.ones_like(z)
            r = correlation if known else 0 * correlation
            family = Family(Candidates(z, -z, np.inf * one, one, 0 * one, r))
            calls[known] += (family.call().q <= 0.05).any()
    assert calls[True] <= 20
    assert calls[False] >= 60
