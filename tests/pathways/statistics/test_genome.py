"""The skew of the genome, and the facts that a study tells of its assumptions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.output.run_tables import summarise
from pathways.statistics.genome import HARMLESS, Genome, symmetry
from tests.pathways.statistics.genomes import genome
from twas import Study, Trait
from twas.genes import reference


def one_signed(seed, share, size, even=False):
    """A genome in which a share of the blocks pushes up."""
    rng = np.random.default_rng(seed)
    g = genome(rng, signal=(0.3, 0.3))
    hit = (rng.random(g.block.max() + 1) < share)[g.block]
    g.z[0] += size * hit * (1.0 if even else rng.exponential(size=len(hit)))
    return g


def test_by_hand():
    g = genome(np.random.default_rng(1))
    found = symmetry(g)
    e = g.effect[0]
    sums = np.bincount(g.block, weights=e)
    assert found.genes == pytest.approx((e**3).mean() / (e**2).mean() ** 1.5)
    assert found.blocks == pytest.approx((sums**3).mean() / (sums**2).mean() ** 1.5)
    n = len(sums)
    group = np.arange(n) * 100 // n
    left = np.array(
        [(sums[group != k] ** 3).mean() / (sums[group != k] ** 2).mean() ** 1.5 for k in range(100)]
    )
    error = np.sqrt(99 / 100 * ((left - left.mean()) ** 2).sum())
    assert found.blocks_error == pytest.approx(error)


def test_turning_a_trait_turns_its_skew():
    g = one_signed(2, 0.1, 4.0)
    turned = replace(g, z=-g.z)
    a, b = symmetry(g), symmetry(turned)
    assert (a.genes, a.blocks) == pytest.approx((-b.genes, -b.blocks))
    assert (a.genes_error, a.blocks_error) == pytest.approx((b.genes_error, b.blocks_error))


def test_one_locus_is_no_asymmetry():
    assert not symmetry(genome(np.random.default_rng(3), locus=(30.0, 30.0))).harmful


def test_few_blocks_tell_nothing():
    g = genome(np.random.default_rng(3))
    few = g.block < 20
    part = replace(g, z=g.z[:, few], block=g.block[few])
    assert np.isnan(symmetry(part).genes)
    assert not symmetry(part).harmful


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "size", "even"),
    [(0.0, 0.0, False), (0.02, 3, True), (0.1, 2, True), (0.4, 2, True),
     (0.1, 6, False), (0.2, 4, False), (0.4, 4, False)],
)  # fmt: skip
def test_the_warning_stands_where_the_test_loses_its_size(share, size, even):
    """Random sets of ten genes: no warning, and p < 0.05 in at most 0.065; or more, and one."""
    rng, rejected, harmful = np.random.default_rng(5), [], []
    for seed in range(4):
        g = one_signed(seed, share, size, even)
        runs, ends = [], [0]
        for _ in range(1000):
            at = rng.choice(len(g.block), 10, replace=False)
            code = np.unique(g.block[at], return_inverse=True)[1]
            runs.append(np.bincount(code, weights=g.effect[0, at]))
            ends.append(ends[-1] + len(runs[-1]))
        rejected.append((sign_flip(Ragged(np.concatenate(runs), np.array(ends))).p < 0.05).mean())
        harmful.append(symmetry(g).harmful)
    assert len(set(harmful)) == 1
    assert np.mean(rejected) <= 0.065 or harmful[0]
    assert np.mean(rejected) >= 0.06 or not harmful[0]


@pytest.fixture(scope="module")
def study():
    """Two traits of random z on genes along the genome."""
    table = reference.load().dropna(subset=["start"])
    genes = table[table["ensembl_id"] != ""]["symbol"].iloc[::6].tolist()
    rng = np.random.default_rng(0)
    frames = [
        pd.DataFrame({"gene": genes, "tissue": "brain", "z": rng.normal(size=len(genes))})
        for _ in "AB"
    ]
    traits = [Trait.from_frame(f, name=n, n_eff=5e4) for f, n in zip(frames, "AB", strict=True)]
    return Study.from_traits(traits)


def facts(study, **changes):
    changed = replace(study, **changes)
    return {(f.source, f.topic): f for f in Genome.of(changed).facts}


def test_an_ordinary_study_tells_its_skew_and_nothing_else(study):
    found = facts(study)
    assert set(found) == {("A", "symmetry"), ("B", "symmetry")}
    assert all(
        f.level == "fact" and f"harmless up to {HARMLESS:g}" in f.message for f in found.values()
    )
    summary = summarise(study, Genome.of(study).symmetries)
    assert {t.name: set(t.symmetry) for t in summary.members} == {
        "A": {"combined", "brain"}, "B": {"combined", "brain"}
    }  # fmt: skip


def test_a_locus_that_is_left_out_is_named(study):
    names = study.genes["block"]
    block = names.value_counts().index[2]
    z = study.z.copy()
    z[0, 0, (names == block).to_numpy()] += 30.0
    found = facts(study, z=z)
    fact = found["A", "outlying_loci"]
    assert (fact.level, fact.count) == ("fact", 1)
    assert fact.message.startswith(block)
    assert "gene sets keep it" in fact.message
    assert ("B", "outlying_loci") not in found
    assert ("A", "asymmetric") not in found


def test_one_signed_loci_warn(study):
    rng = np.random.default_rng(1)
    z = study.z.copy()
    hit = (rng.random(study.n_blocks) < 0.2)[study.genes["block_code"].to_numpy()]
    z[0, 0] += 5 * hit * rng.exponential(size=len(hit))
    found = facts(study, z=z)
    assert found["A", "asymmetric"].level == "warning"
    assert "push up more often" in found["A", "asymmetric"].message
    assert ("B", "asymmetric") not in found


@pytest.mark.parametrize(
    ("true", "given", "warned"),
    [(0.0, None, False), (0.3, None, True), (0.3, 0.3, False), (0.0, 0.3, True), (0.3, -0.3, True)],
)
def test_an_overlap_that_the_covariance_contradicts_warns(study, true, given, warned):
    """Without a genetic signal the covariance of z is the overlap."""
    z = study.z.copy()
    z[1] = true * z[0] + np.sqrt(1 - true**2) * z[1]
    overlaps = {} if given is None else {frozenset("AB"): given}
    found = facts(study, z=z, overlaps=overlaps)
    assert (("A / B", "overlap_contradicted") in found) == warned
