"""`power` agrees with simulation within 3 points: from the z of genes through the real tests.

``TWAS_GENOMES=30 pytest -m slow tests/pathways/power/test_planning_power.py`` simulates so many
genomes for each whole analysis; by default 12, with the Monte Carlo error that these have.
``TWAS_PLANNING=all`` tries every setting, by default the three that differ most.
"""

import os

import numpy as np
import pandas as pd
import pytest

from pathways import load_gene_sets
from pathways.calls.collection import CollectionResult, Options
from pathways.power.design import Design, Loci
from pathways.power.plan import plan
from pathways.tables.registry import TABLES
from tests.pathways.power.planning_model import World, simulated_power
from twas import Study, Trait
from twas.simulation.draw import simulate
from twas.simulation.panel import candidate_genes

#: What agreement is promised, and three Monte Carlo errors of the simulation.
WITHIN = 0.03
GENOMES = int(os.environ.get("TWAS_GENOMES", "12"))


def setting(n_eff, genes, loci, **others):
    """The same study for both."""
    members = Loci.spread(genes, loci)
    design = Design(dict(zip("AB", n_eff, strict=True)), members, **others)
    return design, World(n_eff, np.repeat(np.arange(loci), members.members), **others)


RELATED = {"rg": 0.64, "overlap": 0.02}
#: N 8.5 : 1 and 1 : 1, 8 to 60 loci, 1 to 10 true sets, unrelated and related traits; each with
#: effects of low to high power.
SETTINGS = {
    "8 loci": (setting((50_000, 50_000), 12, 8, tissues=1), (0.003, 0.006, 0.009)),
    "8 loci, related": (setting((87_400, 10_300), 10, 8, n_true=5, **RELATED), (0.004, 0.008)),
    "12 loci": (setting((87_400, 10_300), 20, 12, tissues=3, n_true=10, **RELATED), (0.003, 0.006)),
    "16 loci, 5 sets": (setting((30_000, 30_000), 24, 16, overlap=0.3, n_sets=5), (0.003, 0.005)),
    "20 loci": (
        setting((300_000, 35_000), 40, 20, n_true=3, rg=0.64, overlap=0.1, polygenic=0.003),
        (0.0015, 0.003),
    ),
    "24 loci, opposed": (
        setting((100_000, 100_000), 40, 24, n_true=2, rg=-0.5, overlap=-0.1, polygenic=0.005),
        (0.002, 0.004),
    ),
    "30 loci": (setting((87_400, 10_300), 50, 30, **RELATED), (0.002, 0.004, 0.006)),
    "60 loci": (
        setting((40_000, 40_000), 80, 60, n_true=10, rg=0.64, overlap=0.1, polygenic=0.004),
        (0.0015, 0.003),
    ),
    "60 loci, 200 sets": (
        setting((87_400, 10_300), 90, 60, n_sets=200, n_true=4, **RELATED),
        (0.0015, 0.003),
    ),
}


def differences(design, world, effects, directions, n, families):
    """Planned less simulated power of each test."""
    table = plan(design, effects).table.set_index(["test", "trait", "effect"])
    found = {}
    for k, effect in enumerate(effects):
        for direction in directions:
            call = ("opposite" if direction < 0 else "concordant", "A, B")
            where = {
                "direction A": (("direction", "A"), "power"),
                "direction B": (("direction", "B"), "power"),
                "difference": (("difference", "A - B"), "power"),
                "both": (call, "power"),
                "direction A fdr": (("direction", "A"), "power_fdr"),
                "direction B fdr": (("direction", "B"), "power_fdr"),
                "difference fdr": (("difference", "A - B"), "power_fdr"),
                "call": (call, "power_fdr"),
            }
            seen = simulated_power(
                world, effect, direction=direction, n=n, families=families, seed=k
            )
            for name, (key, column) in where.items():
                planned = table.loc[(*key, effect), column]
                found[name, effect, direction] = planned - seen[name]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["8 loci", "16 loci, 5 sets", "30 loci"])
def test_power_agrees_with_simulation(name):
    (design, world), effects = SETTINGS[name]
    found = differences(design, world, effects[1:2], (-1,), n=1600, families=1000)
    # Three Monte Carlo errors of 1,600 draws at power one half.
    assert max(map(abs, found.values())) <= WITHIN + 0.0375, found


#: Each takes a minute or more of a core; ``TWAS_PLANNING=all`` takes every one.
EVERYWHERE = (
    tuple(SETTINGS)
    if os.environ.get("TWAS_PLANNING") == "all"
    else ("8 loci", "16 loci, 5 sets", "24 loci, opposed")
)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYWHERE)
def test_power_agrees_with_simulation_everywhere(name):
    (design, world), effects = SETTINGS[name]
    n = 12_000 if len(design.loci.members) <= 16 else 5_000
    found = differences(design, world, effects, (-1, 1), n=n, families=4000)
    assert max(map(abs, found.values())) <= WITHIN + (0.01 if n > 5_000 else 0.015), found


def analysed_powers(seed, n_eff, size, effect, *, n_sets, n_true, collections, rg):
    """Simulate a genome, plant opposite directions, analyse; what was found of each planted set."""
    rng = np.random.default_rng(seed)
    genes = rng.permutation(np.array(sorted(candidate_genes())))
    names = [f"s{k}" for k in range(n_sets)]
    pools = genes[: collections * n_sets * size].reshape(collections, n_sets, size)
    planted = dict.fromkeys(pools[:, :n_true].ravel().tolist(), effect)
    simulation = simulate(
        n_eff=dict(zip("AB", n_eff, strict=True)),
        planted={"A": planted, "B": {gene: -value for gene, value in planted.items()}},
        tissues=("cortex",),
        modelled=1.0,
        rg=rg,
        rng=seed,
    )
    table = simulation.table
    study = Study.from_traits(
        [
            Trait.from_frame(
                table.loc[table["trait"] == name, ["gene", "tissue", "z"]], name=name, n_eff=size
            )
            for name, size in simulation.n_eff.items()
        ],
        overlaps={("A", "B"): 0.0},
    )
    sets = [
        load_gene_sets(dict(zip(names, pool.tolist(), strict=True)), name=f"c{k}")
        for k, pool in enumerate(pools)
    ]
    # The other tables of an analysis, which nothing here reads, would take most of the time.
    options = Options(run_gsea=False, flips=20)
    made = [CollectionResult.of(study, collection, options) for collection in sets]
    found = {
        name: pd.concat([TABLES[name].rows(result) for result in made])
        for name in ("divergence", "directions")
    }
    combined = {name: table[table["scope"] == "combined"] for name, table in found.items()}
    spread = table[~table["gene"].isin(list(planted))].groupby("trait")["z"].std()
    return combined, names[:n_true], spread


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_eff", "size", "effect", "others"),
    [
        ((50_000, 50_000), 10, 0.0065, {"n_true": 4, "rg": 0.0}),
        ((87_400, 10_300), 32, 0.0045, {"n_true": 3, "rg": 0.64}),
    ],
    ids=["equal", "8.5 to 1"],
)
def test_power_agrees_with_the_simulator_and_a_whole_analysis(n_eff, size, effect, others):
    """Real genes, LD of random sign, sparse polygenic effects, planted effects that leak."""
    calls, p, spreads, blocks = [], [], [], []
    for seed in range(GENOMES):
        tables, true, spread = analysed_powers(
            seed, n_eff, size, effect, n_sets=20, collections=4, **others
        )
        found = tables["divergence"]
        calls.append((found.loc[found["pathway"].isin(true), "call"] == "opposite").mean())
        found = tables["directions"]
        found = found[found["pathway"].isin(true) & (found["trait"] == "B")]
        p.append((found["p_direction"] <= 0.05).mean())
        blocks.append(found["n_blocks"].mean())
        spreads.append(spread)
    design = Design(
        dict(zip("AB", n_eff, strict=True)),
        Loci.spread(size, round(np.mean(blocks))),
        tissues=1,
        dispersion=dict(zip("AB", np.mean(spreads, axis=0), strict=True)),
        **others,
    )
    table = plan(design, [effect]).table.set_index(["test", "trait"])
    planned = table.loc[("opposite", "A, B"), "power_fdr"], table.loc[("direction", "B"), "power"]
    for power, seen in zip(planned, (calls, p), strict=True):
        error = np.std(seen, ddof=1) / np.sqrt(len(seen))
        assert power == pytest.approx(np.mean(seen), abs=WITHIN + 3 * error)
