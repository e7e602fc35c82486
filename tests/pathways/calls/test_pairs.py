"""The directional call: AdaFilter, and what correlated traits need beside it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import pathways
from pathways.calls.decision import decide, measure
from pathways.calls.multiplicity import benjamini_hochberg, directional_call
from pathways.calls.retest import Case, PairLayer, retest, rows_of
from pathways.statistics import contrasts
from pathways.statistics.contrasts import Estimate, Moments
from pathways.statistics.contributions import Members, contributions
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
    view = study.universe(("A", "B"))
    parts = contributions(view, members)
    genome = contrasts.moments(view, study.genes["block_code"].to_numpy()[view.genes])
    return view, parts, genome, members, measure(view, parts, genome)


@pytest.mark.parametrize(
    ("covariance", "repeated"), [(0.5, (1,)), (-0.5, (-1,)), (0.15, ()), (-0.15, ())]
)
def test_what_traits_repeat_has_the_sign_of_a_clear_covariance(covariance, repeated):
    assert moments(covariance).covariance.error == pytest.approx(0.1, rel=0.02)
    assert moments(covariance).repeated == repeated


@pytest.mark.parametrize("covariance", [0.5, -0.5, 0.0, None])
@pytest.mark.parametrize("seed", range(4))
def test_along_the_correlation_bh_must_find_the_set_in_one_trait(seed, covariance):
    *_, test = measured(seed)
    genome = None if covariance is None else moments(covariance)
    found = decide(test, genome).directional
    alone = directional_call(test.a.p_up, test.a.p_down, test.b.p_up, test.b.p_down)
    bh = np.minimum(benjamini_hochberg(test.a.p), benjamini_hochberg(test.b.p))
    product = alone.sign_a * alone.sign_b
    along = product == np.sign(covariance) if covariance is not None else np.full(12, fill_value=1)
    want = np.where(along, np.maximum(alone.q, bh), alone.q)
    assert found.q == pytest.approx(want)
    assert (found.sign_a == alone.sign_a).all()


def test_turning_a_trait_moves_the_rule_to_the_opposite_calls():
    *_, genome, _, test = measured(3)
    *_, turned_genome, _, turned = measured(3, sign=-1.0)
    assert genome.repeated == (1,)
    assert turned_genome.repeated == (-1,)
    same, other = (decide(t, g).directional for t, g in ((test, genome), (turned, turned_genome)))
    assert (same.sign_a == other.sign_a).all()
    along = same.sign_a * same.sign_b > 0
    assert along.sum() > 6


@pytest.mark.parametrize("seed", range(4))
def test_a_set_tested_again_whole_keeps_its_call(seed):
    view, parts, genome, members, test = measured(seed)
    found = decide(test, genome)
    layer = PairLayer(view, parts, genome, found, members)
    cases = [Case(k, rows_of(members, k)) for k in range(12)]
    assert retest(layer, cases)["call"].tolist() == found.call.tolist()
