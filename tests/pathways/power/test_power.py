"""Detectable effect, exaggeration and wrong-sign risk, against simulation."""

import time

import numpy as np
import pytest
from scipy import stats

from pathways.calls.multiplicity import benjamini_hochberg
from pathways.nulls.interval import cr2_error
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.power.achieved import (
    attainable_alpha,
    detectable_effect,
    fdr_alpha,
    satterthwaite_df,
    type_errors,
)


def draw(rng, block_of_gene, effect, n):
    """Block contributions of `n` sets of genes with independent noise, and their weights."""
    n_genes = len(block_of_gene)
    gene = effect + rng.standard_normal((n, n_genes))
    blocks = np.eye(block_of_gene.max() + 1)[block_of_gene]
    c = gene @ blocks / n_genes
    w = np.tile(blocks.mean(axis=0), n)
    return Ragged(c.ravel(), np.arange(0, c.size + 1, blocks.shape[1])), w


@pytest.mark.parametrize("n_blocks", [8, 12, 20, 50, 100])
def test_power_of_the_sign_flip_test_at_the_detectable_effect(n_blocks):
    """From genes to p: unequal blocks, the standard error estimated from other data."""
    rng = np.random.default_rng(n_blocks)
    block_of_gene = np.repeat(np.arange(n_blocks), rng.geometric(0.5, n_blocks))
    null, w = draw(rng, block_of_gene, 0.0, 4000)
    se = np.sqrt(np.mean(cr2_error(null, w) ** 2))
    assert se == pytest.approx(1 / np.sqrt(len(block_of_gene)), rel=0.03)
    one = Ragged(w[:n_blocks], np.array([0, n_blocks]))
    effect = detectable_effect(np.array([se]), one)[0]
    c, _ = draw(rng, block_of_gene, effect, 8000 if n_blocks < 14 else 3000)
    assert 0.76 <= (sign_flip(c).p <= 0.05).mean() <= 0.84


def test_a_tested_effect_of_2_8_errors_is_not_enough_at_6_blocks():
    rng = np.random.default_rng(6)
    c, w = draw(rng, np.arange(6), 2.8 / np.sqrt(6), 8000)
    assert (sign_flip(c).p <= 0.05).mean() < 0.55
    one = Ragged(w[:6], np.array([0, 6]))
    assert detectable_effect(np.ones(1), one)[0] > 4


def test_detectable_effect_scales_with_the_error_and_is_infinite_if_untestable():
    w = Ragged(np.r_[np.full(5, 0.2), np.full(10, 0.1), 1.0], np.array([0, 5, 15, 16, 16]))
    out = detectable_effect(np.array([1.0, 2.0, np.nan, np.nan]), w)
    assert np.isinf(out).tolist() == [True, False, True, True]
    assert detectable_effect(np.array([1.0, 6.0, 1.0, 1.0]), w)[1] == pytest.approx(3 * out[1])
    harder = detectable_effect(np.array([1.0, 2.0, 1.0, 1.0]), w, alpha=np.full(4, 0.004))
    assert harder[1] > out[1]


def test_fdr_alpha_is_what_the_next_set_needs():
    p = np.r_[1e-4, 2e-4, np.linspace(0.2, 1, 97), np.nan]
    q = benjamini_hochberg(p)
    needed = fdr_alpha(q)
    assert needed == pytest.approx(0.05 * 3 / 99)
    for value, enough in ((needed * 0.999, True), (needed * 1.001, False)):
        changed = np.r_[p[:2], value, p[3:]]
        assert (benjamini_hochberg(changed)[2] <= 0.05) == enough
    assert fdr_alpha(np.array([0.01, 0.02])) == 0.05
    assert fdr_alpha(np.array([np.nan])) == 0.05


def effect_of_power(power):
    grid = np.linspace(0.1, 4, 4000)
    one = np.ones(len(grid))
    found = type_errors(grid, one, one * np.inf).power
    return grid[np.searchsorted(found, power)]


def test_at_power_one_tenth_a_significant_effect_is_3_7_times_too_large():
    effect = np.array([effect_of_power(0.1)])
    found = type_errors(effect, np.ones(1), np.array([np.inf]))
    assert found.power[0] == pytest.approx(0.1, abs=1e-3)
    assert found.exaggeration[0] == pytest.approx(3.7, abs=0.05)
    assert found.wrong_sign[0] == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("df", [2.3, 7.0, 40.0, np.inf])
@pytest.mark.parametrize("effect", [0.5, -1.5, 3.0])
def test_type_errors_against_simulation(df, effect):
    rng = np.random.default_rng(int(abs(effect) * 10))
    n, se, alpha = 1_000_000, 0.7, 0.05
    estimate = effect + se * rng.standard_normal(n)
    s = se * (np.sqrt(rng.chisquare(df, n) / df) if np.isfinite(df) else 1.0)
    significant = np.abs(estimate) > stats.t.isf(alpha / 2, df) * s
    found = type_errors(np.array([effect]), np.array([se]), np.array([df]), alpha)
    size = np.abs(estimate[significant]).mean() / abs(effect)
    wrong = (np.sign(estimate[significant]) != np.sign(effect)).mean()
    assert found.power[0] == pytest.approx(significant.mean(), abs=0.003)
    assert found.exaggeration[0] == pytest.approx(size, rel=0.01)
    assert found.wrong_sign[0] == pytest.approx(wrong, abs=0.004)


def test_type_errors_at_the_ends():
    se = np.ones(4)
    found = type_errors(np.array([0.0, 40.0, np.nan, 1.0]), se, np.array([9.0, 9.0, 9.0, 1.0]))
    assert found.power[:2] == pytest.approx([0.05, 1.0])
    assert found.exaggeration[0] == np.inf
    assert found.exaggeration[1] == pytest.approx(1.0)
    assert found.wrong_sign[:2] == pytest.approx([0.5, 0.0])
    assert np.isnan([found.power[2], found.exaggeration[2], found.wrong_sign[2]]).all()
    assert np.isfinite([found.power[3], found.exaggeration[3], found.wrong_sign[3]]).all()
    none = type_errors(np.ones(1), np.ones(1), np.array([4.0]), np.zeros(1))
    assert np.isnan(none.power[0])


@pytest.mark.parametrize("df", [1.0, 2.0, 9.0, 100.0, 9e4])
def test_type_errors_stay_in_bounds_and_are_smooth(df):
    effect = np.geomspace(0.01, 1000, 400)
    found = type_errors(effect, np.ones(400), np.full(400, df))
    for values, sign in ((found.power, 1), (found.exaggeration, -1), (found.wrong_sign, -1)):
        assert (sign * np.diff(values) > -2e-4 * np.abs(values[1:]) - 1e-4).all()
    assert (found.power >= 0.05 - 1e-9).all()
    assert (found.power <= 1 + 1e-9).all()
    assert (found.exaggeration >= 1 - 1e-6).all()
    assert (found.wrong_sign <= 0.5).all()


def test_large_df_joins_the_normal_case():
    effect, se = np.array([0.7, 0.7]), np.ones(2)
    found = type_errors(effect, se, np.array([0.99e5, np.inf]))
    for values in (found.power, found.exaggeration, found.wrong_sign):
        assert values[0] == pytest.approx(values[1], rel=1e-3)


def test_seven_thousand_sets_take_a_moment():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 60, 7000)
    sizes = Ragged(rng.geometric(0.5, lengths.sum()) * 1.0, np.r_[0, np.cumsum(lengths)])
    w = sizes.replace(sizes.values / sizes.sums()[sizes.owners()])
    best = np.inf
    for _ in range(3):
        # The processor's time: that of the clock depends on what else is running.
        start = time.process_time()
        effect = detectable_effect(np.ones(7000), w)
        best = min(best, time.process_time() - start)
    assert best < 1.0  # 0.15 s on an idle core
    level = attainable_alpha(w.lengths)
    found = type_errors(effect, np.ones(7000), satterthwaite_df(w), level)
    able = np.isfinite(effect)
    assert able.tolist() == (lengths >= 6).tolist()
    assert np.isfinite([found.power[able], found.exaggeration[able]]).all()
