"""Loci that would decide a genome-wide number alone, and the mean that leaves them out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twas import Study, Trait
from twas.genes.blocks import default_blocks
from twas.simulation.panel import PredictedExpression, place
from twas.study.outlying import FAR, MIN_BLOCKS, outlying

BLOCKS, GENES = 400, 8


def ordinary(seed=0, k=1):
    """Normal z in blocks of one size."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(k, BLOCKS * GENES)), np.repeat(np.arange(BLOCKS), GENES)


@given(
    st.integers(0, 50), st.integers(0, BLOCKS - 1), st.floats(12, 40), st.sampled_from([-1, 1, 0])
)
def test_a_locus_is_found_and_nothing_else(seed, at, size, sign):
    z, block = ordinary(seed)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], GENES) if sign == 0 else sign
    z[0, block == at] += size * signs
    assert (outlying(z, block) == (block == at)).all()


@pytest.mark.parametrize("seed", range(5))
def test_none_where_z_are_ordinary(seed):
    assert not outlying(*ordinary(seed, k=2)).any()


def test_several_loci_do_not_hide_each_other():
    z, block = ordinary()
    z[0, block < 20] += 30.0
    assert (outlying(z, block) == (block < 20)).all()


def test_a_pair_is_judged_by_both_traits_and_their_product():
    z, block = ordinary(1, k=2)
    z[0, block == 3] += 30.0
    z[1, block == 7] -= 30.0
    assert set(block[outlying(z, block)]) == {3, 7}
    assert (outlying(z, block) == outlying(-z[::-1], block)).all()


def test_the_definition_by_a_loop():
    z, block = ordinary(2)
    z[0, :GENES] += 6.0
    x = (z[0] - np.median(z[0])) ** 2
    rest = x[block > 0].mean()
    size = np.array([abs((x[block == b] - rest).sum()) / np.sqrt(GENES) for b in range(BLOCKS)])
    usual = 1.4826 * np.median(size[1:])
    assert outlying(z, block)[0] == (size[0] > FAR * usual)
    assert not outlying(z, block)[GENES:].any()


def test_nothing_is_said_of_few_blocks_or_of_z_that_are_all_alike():
    z, block = ordinary()
    z[0, block == 0] += 50.0
    few = block < MIN_BLOCKS - 1
    assert not outlying(z[:, few], block[few]).any()
    flat = np.zeros_like(z)
    flat[0, 0] = 9.0
    assert not outlying(flat, block).any()


def test_order_of_genes_and_names_of_blocks_do_not_matter():
    z, block = ordinary(3)
    z[0, block == 5] += 20.0
    order = np.random.default_rng(0).permutation(len(block))
    assert (outlying(z[:, order], 7 * block[order]) == outlying(z, block)[order]).all()


@pytest.mark.slow
@pytest.mark.parametrize(("causal", "most"), [(0.04, 0.0), (0.01, 0.15)])
def test_polygenic_traits_lose_next_to_nothing(causal, most):
    """Blocks left out, on average: the bound is wide enough not to bias variances."""
    rng = np.random.default_rng(4)
    where = place(None)
    keep = np.sort(rng.choice(len(where), 13_000, replace=False))
    where = where.iloc[keep].reset_index(drop=True)
    expression = PredictedExpression.from_positions(where["chrom"], where["start"], rng=rng)
    block = np.unique(default_blocks().assign(where).astype(str), return_inverse=True)[1]
    lost = []
    for _ in range(40):
        effects = rng.normal(size=(len(where), 1)) * (rng.random((len(where), 1)) < causal)
        effects *= 0.003 / np.sqrt(causal * expression.scores().mean())
        z = np.sqrt(87_400) * expression.marginal(effects) + expression.draw(rng, (len(where), 1))
        lost.append(len(np.unique(block[outlying(z.T, block)])))
    assert np.mean(lost) <= most


def study_with(size):
    """A real genome of blocks; one of them gets `size`."""
    rng = np.random.default_rng(5)
    where = place(None).iloc[::2]
    frame = pd.DataFrame(
        {"gene": where["gene"].to_numpy(), "tissue": "brain", "z": rng.normal(size=len(where))}
    )
    names = pd.Series(default_blocks().assign(where.reset_index(drop=True)).astype(str))
    at = np.flatnonzero(names == names.value_counts().index[3])[:30]
    frame.loc[at, "z"] += size
    other = frame.assign(z=rng.normal(size=len(where)))
    traits = [
        Trait.from_frame(f, name=n, n_eff=s) for f, n, s in ((frame, "A", 9e4), (other, "B", 1e4))
    ]
    return Study.from_traits(traits)


@pytest.mark.parametrize("with_n", [True, False])
def test_effects_of_other_genes_stay_where_they_are(with_n):
    """Thirty genes at |z| 30: the mean and, in `unit`, the SD are those of the rest."""
    plain, big = study_with(0.0), study_with(30.0)
    if not with_n:
        plain, big = (replace(s, n_eff=np.full(2, np.nan)) for s in (plain, big))
    before, after = (s.universe(("A", "B")) for s in (plain, big))
    assert not before.outlying.any()
    assert after.outlying[0].sum() >= 30
    assert not after.outlying[1].any()
    np.testing.assert_array_equal(before.effect[1], after.effect[1])
    rest = np.setdiff1d(np.arange(before.z.shape[1]), np.flatnonzero(after.z[0] != before.z[0]))
    moved = np.abs(after.effect[0, rest] - before.effect[0, rest]).max() / before.effect[0].std()
    assert moved < 0.005
    plainly_centred = after.z[0] - after.z[0].mean()
    assert np.abs(plainly_centred[rest] - (before.z[0] - before.z[0].mean())[rest]).max() > 0.05
