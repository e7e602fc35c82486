"""The calls of a pair: guard, families of scopes, sets tested again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import pathways
from pathways.calls.collection import CollectionResult, Options
from pathways.calls.directional import Candidates, Family
from pathways.calls.multiplicity import benjamini_hochberg, bh_in_place
from pathways.calls.pair import PairResult
from pathways.calls.retest import Case, rows_of, without_genes, without_members
from pathways.statistics.contributions import Members
from tests.pathways.report.conftest import make_trait, some_sets
from twas import Study


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
    study = Study.from_traits(traits, allow_same=True)
    members = Members.of(study, pathways.load_gene_sets(sets))
    return PairResult.of(study.universe(("A", "B")), members)


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_tests_that_are_left_out_decide_no_call(seed):
    """Of twelve sets the members of four run against each other, gene by gene."""
    made = measured(3)
    universe, members = made.universe, made.members
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(universe.z.shape)
    column = np.full(members.n_genes, -1)
    column[universe.genes] = np.arange(len(universe.genes))
    chosen = column[members.gene[members.owner < 4]]
    push = np.array([[2.5], [-2.5]]) * rng.choice([-1.0, 1.0], len(chosen))
    z[:, chosen] += push
    effect = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(universe.n_eff)[:, None]
    drawn = replace(universe, z=z, effect=effect)
    every = PairResult.of(drawn, members)
    some = PairResult.of(drawn, members, calls_only=True)
    assert (some.call == every.call).all()
    assert (some.call[:4] == "discordant").sum() >= 3
    np.testing.assert_array_equal(some.directional.q, every.directional.q)
    for ours, all_of_it in (
        (some.q_discordant, every.q_discordant),
        (some.q(lambda pair: pair.p_unequal), every.q(lambda pair: pair.p_unequal)),
    ):
        near = all_of_it <= 0.05
        assert (near == (ours <= 0.05)).all()
        np.testing.assert_array_equal(ours[near], all_of_it[near])
    assert (some.discordance.p_discordant != every.discordance.p_discordant).any()


def test_turning_a_trait_turns_the_calls_and_keeps_their_q():
    one, turned = measured(3).directional, measured(3, sign=-1.0).directional
    assert (one.sign_a == turned.sign_a).all()
    assert (one.q < 1).any()


@pytest.mark.parametrize("seed", range(4))
def test_a_call_needs_the_q_and_the_exact_p_of_both_traits(seed):
    pair = measured(seed)
    called = np.isin(pair.call, ("opposite", "concordant"))
    want = (pair.directional.q <= 0.05) & (pair.a.p <= 0.05) & (pair.b.p <= 0.05)
    assert (called == want).all()


def test_what_cannot_be_called_is_in_no_count():
    """Sets of few blocks beside the others change neither their prior nor their q."""
    pair = measured(2)
    rows = [rows_of(pair.members, k)[:5] for k in range(12)]
    few = replace(
        pair.members,
        pathways=pair.members.pathways + tuple(f"few{k}" for k in range(12)),
        n_set=np.append(pair.members.n_set, np.full(12, 5)),
        owner=np.append(pair.members.owner, np.repeat(np.arange(12, 24), 5)),
        **{
            name: np.append(
                getattr(pair.members, name), getattr(pair.members, name)[np.array(rows).ravel()]
            )
            for name in ("gene", "role", "block")
        },
    )
    beside = PairResult.of(pair.universe, few)
    assert np.isnan(beside.directional.q[12:]).all()
    np.testing.assert_allclose(beside.directional.q[:12], pair.directional.q, rtol=1e-9)
    assert set(beside.call[12:]) == {"untestable"}


def test_tissues_are_one_family_and_combined_is_another():
    names = some_sets(["all"], size=400)["all"]
    sets = {f"s{k}": names[k::8] for k in range(8)}
    traits = [
        make_trait(
            "A", seed=1, n_eff=9e4, shift=dict.fromkeys(names, 0.0), tissues=("x", "y", "z")
        ),
        make_trait(
            "B", seed=2, n_eff=8e4, shift=dict.fromkeys(names, 0.0), tissues=("x", "y", "z")
        ),
    ]
    study = Study.from_traits(traits, allow_same=True)
    found = CollectionResult.of(study, pathways.load_gene_sets(sets), Options())
    pairs = {pair.universe.scope: pair for pair in found.pairs}
    tissues = [pairs[name] for name in study.tissues]
    p = np.concatenate([pair.p_both for pair in tissues])
    q = np.concatenate([pair.q(lambda one: one.p_both) for pair in tissues])
    np.testing.assert_allclose(q, benjamini_hochberg(p))
    alone = pairs["combined"]
    np.testing.assert_allclose(alone.q(lambda one: one.p_both), benjamini_hochberg(alone.p_both))
    joined = Candidates.joined(tuple(pair.candidates.sets for pair in tissues))
    np.testing.assert_allclose(
        np.concatenate([pair.directional.q for pair in tissues]), Family(joined).call().q
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_set_tested_again_whole_keeps_its_call(seed):
    pair = measured(seed)
    cases = [Case(k, rows_of(pair.members, k)) for k in range(12)]
    assert without_members(pair, cases).call.tolist() == pair.call.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_a_case_is_called_as_if_the_family_had_it_in_the_place_of_its_set(seed):
    """The q of the family with the case in it, by the prior of the whole sets, gives its call."""
    pair = measured(seed)
    cases = [Case(k, rows_of(pair.members, k)[:: 2 + k % 3]) for k in range(12)]
    found = without_members(pair, cases)
    for k, case in enumerate(cases):
        keep = np.ones(len(pair.members.gene), dtype=bool)
        keep[rows_of(pair.members, k)] = False
        keep[case.keep] = True
        anew = PairResult.of(pair.universe, pair.members.where(keep))
        like = pair.candidates.like(anew.universe, anew.contributions, anew.a, anew.b)
        call = Family(like.sets).call().at(like.possible)
        if found.call[k] in ("opposite", "concordant"):
            assert call.q[k] <= 0.05
            assert anew.p_both[k] <= 0.05
        elif found.call[k] != "untestable":
            assert call.q[k] > 0.05 or anew.p_both[k] > 0.05
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
        np.testing.assert_allclose(q, benjamini_hochberg(changed)[k], rtol=1e-14)


def three_traits(names):
    """Results of core-like sets in some of three traits; the third has genes and tissues more."""
    sets = some_sets(["all"], size=300)["all"]
    traits = [
        make_trait("A", seed=1, n_eff=9e4, tissues="xy", shift=dict.fromkeys(sets[::8], 3.0)),
        make_trait("B", seed=2, n_eff=8e4, tissues="xy", shift=dict.fromkeys(sets[::8], -3.0)),
        make_trait("C", seed=3, n_eff=7e4, tissues="wxyz", genes=900),
    ]
    study = Study.from_traits([trait for trait in traits if trait.name in names])
    collection = pathways.load_gene_sets({f"s{k}": sets[k::8] for k in range(8)})
    found = CollectionResult.of(study, collection, Options(flips=300))
    return {
        (*pair.universe.traits, pair.universe.scope): (pair, p)
        for pair, p in zip((*found.traits, *found.pairs), found.fwer, strict=True)
    }


def test_a_third_trait_changes_nothing():
    two, three = three_traits("AB"), three_traits("ABC")
    assert set(two) < set(three)
    for key, (result, p) in two.items():
        other, q = three[key]
        np.testing.assert_array_equal(p, q)
        if len(result.universe.traits) == 2:
            np.testing.assert_array_equal(result.directional.q, other.directional.q)
            assert result.call.tolist() == other.call.tolist()
        else:
            np.testing.assert_array_equal(result.q, other.q)


@pytest.mark.parametrize("scope", ["combined", "x"])
def test_swapping_the_traits_changes_no_call(scope):
    pair, _ = three_traits("AB")[("A", "B", scope)]
    universe = pair.universe
    turned = replace(
        universe,
        traits=universe.traits[::-1],
        **{name: getattr(universe, name)[::-1] for name in ("z", "effect", "n_eff", "intercept")},
    )
    other = PairResult.of(turned, pair.members)
    alone = PairResult.of(universe, pair.members)
    np.testing.assert_allclose(other.directional.q, alone.directional.q, rtol=1e-9)
    np.testing.assert_array_equal(other.directional.sign_a, alone.directional.sign_b)
    assert other.call.tolist() == alone.call.tolist()
    flipped = PairResult.of(replace(universe, z=-universe.z, effect=-universe.effect), pair.members)
    np.testing.assert_allclose(flipped.directional.q, alone.directional.q, rtol=1e-9)
    assert flipped.call.tolist() == alone.call.tolist()
    assert "opposite" in alone.call or scope == "x"
