"""The directional call: AdaFilter, and what correlated traits need beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import pathways
from pathways.calls.multiplicity import benjamini_hochberg, bh_in_place, directional_call
from pathways.calls.pair import PairResult
from pathways.calls.retest import Case, rows_of, without_genes, without_members
from pathways.statistics.contrasts import Estimate, Moments
from pathways.statistics.contributions import Members
from tests.pathways.report.conftest import make_trait, some_sets
from twas import Study


def moments(covariance):
    """Genome-wide moments of which only the covariance counts here; its error is 0.1."""
    spread = np.sqrt(0.01 / 99 * 100 / 100)
    left = covariance + spread * np.where(np.arange(100) % 2, 1.0, -1.0)
    one = Estimate(1.0, np.ones(100))
    return Moments((one, one), (one, one), Estimate(covariance, left), one)


@cache
def measured(seed, sign=1.0):
    """Tests of twelve sets in two traits that share their noise; `sign` turns the second."""
    genes = 600
    shared = np.random.default_rng(seed).normal(size=genes)
    names = some_sets(["all"], size=genes)["all"]
    sets = {f"s{k}": names[k::12] for k in range(12)}
    traits = [
        make_trait("A", seed=seed, n_eff=9e4, shift=dict(zip(names, 3 * shared, strict=True))),
        make_trait("B", seed=1, n_eff=8e4, shift=dict(zip(names, 3 * sign * shared, strict=True))),
    ]
    study = Study.from_traits(traits)
    members = Members.of(study, pathways.load_gene_sets(sets))
    return PairResult.of(study.universe(("A", "B")), members)


@pytest.mark.parametrize(
    ("covariance", "repeated"), [(0.5, (1,)), (-0.5, (-1,)), (0.15, ()), (-0.15, ())]
)
def test_what_traits_repeat_has_the_sign_of_a_clear_covariance(covariance, repeated):
    assert moments(covariance).covariance.error == pytest.approx(0.1, rel=0.02)
    assert moments(covariance).repeated == repeated


@pytest.mark.parametrize("covariance", [0.5, -0.5, 0.0, None])
@pytest.mark.parametrize("seed", range(4))
def test_along_the_correlation_bh_must_find_the_set_in_one_trait(seed, covariance):
    test = replace(measured(seed), moments=None if covariance is None else moments(covariance))
    found = test.directional
    alone = directional_call(test.a.p_up, test.a.p_down, test.b.p_up, test.b.p_down)
    bh = np.minimum(benjamini_hochberg(test.a.p), benjamini_hochberg(test.b.p))
    product = alone.sign_a * alone.sign_b
    along = product == np.sign(covariance) if covariance is not None else np.full(12, fill_value=1)
    want = np.where(along, np.maximum(alone.q, bh), alone.q)
    assert found.q == pytest.approx(want)
    assert (found.sign_a == alone.sign_a).all()


def test_turning_a_trait_moves_the_rule_to_the_opposite_calls():
    test, turned = measured(3), measured(3, sign=-1.0)
    assert test.repeated == (1,)
    assert turned.repeated == (-1,)
    same, other = test.directional, turned.directional
    assert (same.sign_a == other.sign_a).all()
    along = same.sign_a * same.sign_b > 0
    assert along.sum() > 6


@pytest.mark.parametrize("seed", range(4))
def test_a_set_tested_again_whole_keeps_its_call(seed):
    pair = measured(seed)
    cases = [Case(k, rows_of(pair.members, k)) for k in range(12)]
    assert without_members(pair, cases).call.tolist() == pair.call.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_a_case_is_called_as_if_the_collection_had_it_in_the_place_of_its_set(seed):
    """The whole family made anew with the case in it gives the same call."""
    pair = measured(seed)
    cases = [Case(k, rows_of(pair.members, k)[:: 2 + k % 3]) for k in range(12)]
    found = without_members(pair, cases)
    for k, case in enumerate(cases):
        keep = np.ones(len(pair.members.gene), dtype=bool)
        keep[rows_of(pair.members, k)] = False
        keep[case.keep] = True
        anew = PairResult.of(pair.universe, pair.members.where(keep))
        assert found.call[k] == anew.call[k]
        assert found.n_dropped[k] == len(rows_of(pair.members, k)) - len(case.keep)


def test_genes_out_of_every_set_are_as_a_collection_without_them():
    pair = measured(1)
    gone = np.zeros(pair.members.n_genes, dtype=bool)
    gone[pair.members.gene[pair.members.owner < 3][::2]] = True
    found, touched = without_genes(pair, gone)
    anew = PairResult.of(pair.universe, pair.members.where(~gone[pair.members.gene]))
    assert touched.tolist() == [True] * 3 + [False] * 9
    assert found.call.tolist() == anew.call.tolist()
    np.testing.assert_allclose(found.p_both, anew.p_both, rtol=1e-12)
    np.testing.assert_allclose(found.directional.q, anew.directional.q, rtol=1e-12)


def test_bh_in_place_is_bh_of_the_changed_family():
    rng = np.random.default_rng(0)
    p = rng.integers(1, 40, 60) / 40  # many ties
    p[rng.random(60) < 0.2] = np.nan
    origin = rng.integers(0, 60, 200)
    value = rng.integers(1, 40, 200) / 40
    value[::17] = np.nan
    found = bh_in_place(p, origin, value)
    for k, v, q in zip(origin, value, found, strict=True):
        changed = p.copy()
        changed[k] = v
        np.testing.assert_array_equal(q, benjamini_hochberg(changed)[k])
