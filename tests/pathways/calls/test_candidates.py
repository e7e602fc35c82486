"""Which sets may be called, and the prior of small families."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pathways
from pathways.calls.candidates import SHIFTS, PairCandidates, copies, runs
from pathways.calls.directional import Family
from pathways.calls.moderation import Field
from pathways.calls.pair import PairResult
from pathways.nulls.signflip import sign_flip
from pathways.statistics.contributions import Members, contributions
from tests.pathways.report.conftest import make_study, some_sets


def parts(n_sets, *, size=400, roles=False):
    """Universe, contributions and tests of sets that share no gene."""
    names = some_sets(["all"], size=size)["all"]
    sets = {f"s{k}": names[k::n_sets] for k in range(n_sets)}
    if roles:
        sets = {k: {g: (-1) ** i for i, g in enumerate(genes)} for k, genes in sets.items()}
    study = make_study({"A": {"n_eff": 9e4}, "B": {"n_eff": 8e4}})
    universe = study.universe(("A", "B"))
    shares = contributions(universe, Members.of(study, pathways.load_gene_sets(sets)))
    return universe, shares, *(sign_flip(shares.trait(row)) for row in (0, 1))


def test_a_copy_is_the_set_made_of_the_genes_further_on():
    """Contributions, shares and predicted variances of a copy, made the plain way."""
    universe, shares, _, _ = parts(6, roles=True)
    field = Field.of(universe.effect, universe.chrom, universe.start)
    moved = copies(field, universe, shares, np.arange(6) == 2)
    signed = shares.signed
    mine = signed.owner == 2
    for n, shift in enumerate(SHIFTS):
        at = (signed.position[mine] + shift) % len(universe.genes)
        for row, effect in zip(moved.c, universe.effect, strict=True):
            total = row[moved.indptr[n] : moved.indptr[n + 1]].sum()
            assert total == pytest.approx((signed.role[mine] * effect[at]).mean())
        run = slice(moved.indptr[n], moved.indptr[n + 1])
        assert moved.w[run].sum() == pytest.approx(1)
        assert moved.n_blocks[n] == len(np.unique(universe.block[at]))
    assert len(moved.n_blocks) == len(SHIFTS)


@pytest.mark.parametrize(("n_sets", "sample"), [(4, 4 * len(SHIFTS)), (19, None), (20, 20)])
def test_families_below_twenty_take_the_prior_from_copies(n_sets, sample):
    found = PairCandidates.of(*parts(n_sets))
    assert found.possible.all()
    n = {prior.n for prior in found.priors}
    assert len(n) == 1
    if sample is None:
        assert n.pop() > 100
    else:
        assert n == {sample}


def test_the_exact_p_stands_in_where_no_prior_can_be_fitted():
    universe, shares, a, b = parts(3)
    found = PairCandidates.of(universe, shares, a, b)
    exact = replace(found, priors=None).like(universe, shares, a, b)
    assert np.isinf(exact.sets.df).all()
    np.testing.assert_allclose(exact.sets.correlation, found.sets.correlation)
    assert np.isfinite(Family(exact.sets).call().q).all()


def test_a_set_without_signal_and_one_of_few_blocks_are_no_candidates():
    universe, shares, *_ = parts(5)
    at = shares.signed.position[shares.signed.owner == 1]
    z = universe.z.copy()
    z[1, at] = 0.0
    effect = universe.effect.copy()
    effect[1, at] = 0.0
    quiet = replace(universe, z=z, effect=effect)
    field = Field.of(quiet.effect, quiet.chrom, quiet.start)
    silent = replace(shares, values=np.stack([shares.trait(0).values, shares.of(effect[1]).values]))
    assert runs(field, quiet, silent).possible().tolist() == [True, False, True, True, True]


def test_no_candidates_at_all_is_no_error():
    names = some_sets(["all"], size=20)["all"]
    study = make_study({"A": {"n_eff": 9e4}, "B": {"n_eff": 8e4}})
    members = Members.of(study, pathways.load_gene_sets({"few": names[:3], "also": names[3:5]}))
    pair = PairResult.of(study.universe(("A", "B")), members)
    assert np.isnan(pair.directional.q).all()
    assert set(pair.call) == {"untestable"}
