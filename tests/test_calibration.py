"""Size of the tests on real z-scores, and equal effects at unequal sample sizes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pathways import load_gene_sets
from pathways.calls.pair import PairResult
from pathways.nulls.signflip import sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Members, contributions
from pathways.tables.divergence import divergence_columns
from twas import Study, Trait, read_trait
from twas.simulation.draw import simulate

MIN_BLOCKS = 8
N_EFF = {"MDD": 400_000, "PTSD": 60_000}


@pytest.fixture(scope="module")
def real(test_data):
    traits = [
        read_trait(test_data("spredixcan", name.lower()), name=name, n_eff=n)
        for name, n in N_EFF.items()
    ]
    study = Study.from_traits(traits)
    sets = load_gene_sets(test_data("gene_sets", "ReactomePathways_2024-09-18.gmt.gz"))
    views = [study.universe(names) for names in (("MDD",), ("PTSD",), ("MDD", "PTSD"))]
    return study, Members.of(study, sets), views


def rate(view, members):
    """Share of sets of enough blocks below 0.05: one trait, or the difference of two."""
    parts = contributions(view, members)
    c = parts.trait(0) if len(view.traits) == 1 else contrasts.difference(parts)
    return (sign_flip(c).p[c.lengths >= MIN_BLOCKS] < 0.05).mean()


def test_size_with_random_regions_flipped(real):
    """Flipping whole 5 Mb regions makes a null copy that keeps LD and heavy tails."""
    study, members, views = real
    genes = study.genes
    place = genes["chrom"] + ":" + (genes["start"].fillna(-1) // 5_000_000).astype(str)
    region = pd.factorize(place.where(genes["start"].notna(), genes["gene"]))[0]
    rng = np.random.default_rng(20261122)
    rates = []
    for _ in range(40):
        sign = rng.choice([-1.0, 1.0], region.max() + 1)[region]
        row = []
        for view in views:
            effect = view.effect * sign[view.genes]
            effect -= effect.mean(axis=1, keepdims=True)
            row.append(rate(replace(view, effect=effect), members))
        rates.append(row)
    low, high = np.mean(rates, axis=0).min(), np.mean(rates, axis=0).max()
    assert 0.04 <= low <= high <= 0.06


def test_size_with_rotated_sets(real):
    """Sets moved along the genome, z as it is: this does not build in the symmetry it tests."""
    study, members, views = real
    placed = study.genes["start"].notna().to_numpy()
    code = study.genes["block_code"].to_numpy()
    rng = np.random.default_rng(20261123)
    rates = []
    for _ in range(40):
        row = []
        for view in views:
            genes = view.genes[placed[view.genes]]
            column = np.full(len(study.genes), -1)
            column[genes] = np.arange(len(genes))
            at = column[members.gene]
            keep = at >= 0
            shift = rng.integers(200, len(genes) - 200)
            moved = genes[(at[keep] + shift) % len(genes)]
            owner, role = members.owner[keep], members.role[keep]
            order = np.lexsort((moved, code[moved], owner))
            rotated = replace(
                members,
                owner=owner[order],
                gene=moved[order],
                role=role[order],
                block=code[moved][order],
            )
            row.append(rate(view, rotated))
        rates.append(row)
    low, high = np.mean(rates, axis=0).min(), np.mean(rates, axis=0).max()
    assert 0.04 <= low <= high <= 0.06


def test_equal_effects_at_unequal_sample_sizes(placed_symbols):
    """The same true effect in both traits, N 8.5 : 1: a difference of z calls 99 % divergent."""
    rng = np.random.default_rng(7)
    pools = rng.permutation(placed_symbols)[:2400].reshape(60, 40)
    opposite, different, naive = [], [], []
    for seed in range(4):
        signs = rng.choice([-1, 1], 60)
        planted = {
            gene: 0.02 * sign for sign, pool in zip(signs, pools, strict=True) for gene in pool
        }
        simulation = simulate(
            n_eff={"A": 87_400, "B": 10_300},
            planted={"A": planted, "B": planted},
            modelled=0.7,
            rg=1.0,
            rng=seed,
        )
        study = study_of(simulation)
        sets = load_gene_sets({f"s{k}": list(pool) for k, pool in enumerate(pools)})
        members = Members.of(study, sets)
        view = study.universe(("A", "B"))
        pair = PairResult.of(view, members)
        table = divergence_columns(pair)
        opposite.append((table["call"] == "opposite").mean())
        different.append((table["p_difference"] < 0.05).mean())
        scale = np.sqrt(view.n_eff)
        naive.append((sign_flip(pair.contributions.combine(scale * [1.0, -1.0])).p < 0.05).mean())
    assert np.mean(opposite) <= 0.01
    assert np.mean(different) <= 0.08
    assert np.mean(naive) > 0.9


@pytest.fixture(scope="module")
def placed_symbols():
    from twas.simulation.panel import candidate_genes

    return np.array(sorted(candidate_genes()))


def study_of(simulation):
    """The study of a simulation."""
    return Study.from_traits(
        [
            Trait.from_frame(
                simulation.table.loc[simulation.table["trait"] == name, ["gene", "tissue", "z"]],
                name=name,
                n_eff=n,
            )
            for name, n in simulation.n_eff.items()
        ]
    )
