"""Satterthwaite's df against the matrix, noncentrality against SciPy, both against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.power.noncentrality import (
    attainable_alpha,
    noncentrality,
    satterthwaite_df,
    sign_flip_noncentrality,
)

KINDS = ("equal", "skewed", "heavy tail", "giant", "two giants")


def weights_of(*block_sizes):
    runs = [np.asarray(m, dtype=float) / np.sum(m) for m in block_sizes]
    indptr = np.concatenate([[0], np.cumsum([len(run) for run in runs])])
    return Ragged(np.concatenate(runs), indptr.astype(np.int64))


def block_sizes(kind, n, seed=0):
    rng = np.random.default_rng([n, seed])
    return {
        "equal": lambda: np.ones(n),
        "skewed": lambda: rng.geometric(0.5, n),
        "heavy tail": lambda: 1 + np.floor(rng.pareto(1.2, n)),
        "giant": lambda: np.r_[1.5 * n, np.ones(n - 1)],
        "two giants": lambda: np.r_[n / 2, n / 2, np.ones(n - 2)],
    }[kind]()


def power_of_sign_flip(w, delta, alpha, n, seed=0):
    """Genes of one variance: block b contributes delta w_b + sqrt(w_b) noise, in units of se."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(n // 1000):
        c = delta * w + np.sqrt(w) * rng.standard_normal((1000, len(w)))
        p = sign_flip(Ragged(c.ravel(), np.arange(0, c.size + 1, len(w)))).p
        hits += int((p <= alpha * (1 + 1e-9)).sum())
    return hits / n


@pytest.mark.parametrize("n", [2, 3, 6, 25, 400])
def test_df_of_equal_weights(n):
    assert satterthwaite_df(weights_of(np.ones(n)))[0] == pytest.approx(n - 1)


@given(st.lists(st.integers(1, 40), min_size=2, max_size=25))
def test_df_against_the_matrix(sizes):
    w = np.array(sizes) / np.sum(sizes)
    root = np.sqrt(1 - w)
    g = (np.diag(w) - np.outer(w, w)) / np.outer(root, root)
    expected = np.trace(g) ** 2 / np.trace(g @ g)
    found = satterthwaite_df(weights_of([1, 1, 1], sizes))
    assert found[0] == pytest.approx(2)
    assert found[1] == pytest.approx(expected)
    assert 1 - 1e-9 <= found[1] <= len(sizes) - 1 + 1e-9


def test_df_against_the_moments_of_cr2():
    """2 E(V)^2 / var(V) of the CR2 variance V of independent genes."""
    w = np.array([6, 3, 2, 1, 1, 1, 1]) / 15
    c = np.sqrt(w) * np.random.default_rng(1).standard_normal((400_000, 7))
    v = ((c - w * c.sum(axis=1, keepdims=True)) ** 2 / (1 - w)).sum(axis=1)
    assert v.mean() == pytest.approx(1, abs=0.01)
    assert 2 * v.mean() ** 2 / v.var() == pytest.approx(
        satterthwaite_df(weights_of([6, 3, 2, 1, 1, 1, 1]))[0], rel=0.02
    )


def test_df_of_a_single_block_is_unknown():
    df = satterthwaite_df(Ragged(np.array([1.0, 0.5, 0.5]), np.array([0, 1, 1, 3])))
    assert np.isnan(df).tolist() == [True, True, False]


def test_attainable_alpha():
    n_blocks = np.array([0, 1, 5, 6, 7, 8, 12, 300])
    expected = [0, 0, 0, 1 / 32, 3 / 64, 6 / 128, 102 / 2048, 0.05]
    np.testing.assert_allclose(attainable_alpha(n_blocks, 0.05), expected)
    each = attainable_alpha(np.array([8, 8]), np.array([2.0**-7, 2.0**-8]))
    assert each.tolist() == [2.0**-7, 0.0]


@pytest.mark.parametrize("power", [0.5, 0.8, 0.9])
def test_noncentrality_against_scipy(power):
    df = np.array([1.5, 3.2, 11.0, 80.0, np.inf])
    for alpha in (0.05, 1e-3):
        delta = noncentrality(df, alpha, power)
        t = stats.t.isf(alpha / 2, df[:-1])
        np.testing.assert_allclose(stats.nct.sf(t, df[:-1], delta[:-1]), power, rtol=1e-5)
        expected = stats.norm.isf(alpha / 2) + stats.norm.ppf(power)
        assert delta[-1] == pytest.approx(expected)


def test_unanimity_where_only_one_p_is_below_alpha():
    """At 8 blocks and alpha 0.01 only 2^-7 will do: every block must point the same way."""
    w = weights_of([5, 3, 2, 2, 1, 1, 1, 1])
    delta = sign_flip_noncentrality(w, 0.01)[0]
    assert np.prod(stats.norm.cdf(delta * np.sqrt(w.values))) == pytest.approx(0.8, abs=1e-6)


def test_untestable_is_infinite():
    w = weights_of(np.ones(5), np.ones(6), [1.0])
    assert np.isinf(sign_flip_noncentrality(w, 0.05)).tolist() == [True, False, True]
    assert np.isinf(sign_flip_noncentrality(w, np.array([0.1, 0.01, 0.5]))).tolist() == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_more_power_or_smaller_alpha_need_more(kind):
    w = weights_of(*(block_sizes(kind, n) for n in (8, 20, 60)))
    steps = [sign_flip_noncentrality(w, alpha) for alpha in (0.05, 0.03, 0.01)]
    assert (np.diff(steps, axis=0) > 0).all()
    more = [sign_flip_noncentrality(w, 0.05, power) for power in (0.6, 0.8, 0.9)]
    assert (np.diff(more, axis=0) > 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_blocks", [6, 8, 20])
def test_simulated_power_at_0_05(kind, n_blocks):
    w = weights_of(block_sizes(kind, n_blocks))
    delta = sign_flip_noncentrality(w, 0.05)[0]
    n = 10_000 if n_blocks < 14 else 2_000
    assert 0.76 <= power_of_sign_flip(w.values, delta, 0.05, n) <= 0.84


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.05, 0.01, 1e-3, 1e-4])
@pytest.mark.parametrize("kind", KINDS)
def test_simulated_power_at_the_alpha_of_fdr(kind, alpha):
    fewest = int(np.ceil(1 - np.log2(alpha)))
    for n_blocks in (fewest, fewest + 1, fewest + 3, fewest + 8, 50, 100):
        w = weights_of(block_sizes(kind, n_blocks))
        delta = sign_flip_noncentrality(w, alpha)[0]
        n = 10_000 if n_blocks < 14 else 4_000
        assert 0.75 <= power_of_sign_flip(w.values, delta, alpha, n) <= 0.85
