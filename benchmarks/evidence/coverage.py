"""Do 95 % intervals hold the mean over loci like these in 95 %?

In every replicate the genes of random stretches have effects of a known mean and new sets are
drawn from them, so a set is a sample of loci of that population: the interval of its activity
should hold the population's mean, that of the difference of two traits with equal effects 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.evidence import counting, ours, worlds
from benchmarks.evidence.gwas import Genome
from benchmarks.evidence.replicates import Setting, ground
from benchmarks.evidence.sets import RUN, STRETCH
from pathways import load_gene_sets
from pathways.nulls.interval import sign_flip_interval
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions, Members, contributions
from twas.study.tissues import combine, tissue_correlation
from twas.study.universe import Universe
from twas.system.arrays import Float

N = (worlds.LARGE, worlds.SMALL)
BINS = {"6-9": (6, 9), "10-24": (10, 24), "25 or more": (25, 10_000)}
#: How effects vary round their mean: name → whether a few loci carry all.
EFFECTS = {"ordinary": False, "skewed": True}
#: Random sets and sets of runs of neighbours, new in every replicate.
N_RANDOM, N_CLUSTERED = 80, 40


def measured(setting: Setting, effects: str, replicates: int) -> pd.DataFrame:
    """Coverage by kind of set and number of blocks."""
    genome, _ = ground(setting)
    found = [_replicate(genome, effects, number) for number in range(replicates)]
    kinds = np.repeat(["random", "clustered"], [N_RANDOM, N_CLUSTERED])
    n_blocks = np.stack([f[0] for f in found])
    rows = []
    for what, target in enumerate(("activity A", "activity B", "difference")):
        inside = np.stack([f[1][what] for f in found])
        for kind in ("random", "clustered"):
            for name, (least, most) in BINS.items():
                counted = (kinds == kind) & (n_blocks >= least) & (n_blocks <= most)
                rate = counting.rate(inside, counted)
                if rate.n >= 200:
                    rows.append((effects, target, kind, name, replicates, rate))
    return pd.DataFrame(rows, columns=["world", "question", "kind", "blocks", "replicates", "rate"])


def _replicate(genome: Genome, effects: str, number: int) -> tuple[Float, Float]:
    """Blocks of each set, and whether the intervals of A, B and the difference hold the truth."""
    rng = np.random.default_rng([7, list(EFFECTS).index(effects), number])
    n = genome.n_genes
    inside = (rng.random(n // STRETCH + 1) < 0.5)[np.arange(n) // STRETCH]
    mean = np.where(inside, worlds.SHIFT_UNEQUAL, 0.0)
    world = worlds.World(effects, "", n=N, shift=worlds.SHIFT_UNEQUAL, skewed=EFFECTS[effects])
    effect = np.where(inside, worlds._sizes(world, n, rng), 0.0)
    direct = genome.polygenic(worlds.RMS, worlds.RG, rng)
    root_n = np.sqrt(np.array(N))[:, None, None]
    z = root_n * genome.seen(direct, np.stack([effect, effect], axis=1)) + genome.noise(0.0, rng)
    study = ours.study_of(genome, world, z)
    view = ours.pair(study)
    parts = contributions(view, _new_sets(genome, np.flatnonzero(inside), rng))
    truth = _expected(genome, view, z, mean)[inside[view.genes]].mean()
    held = []
    for trait in (0, 1):
        low, high = sign_flip_interval(parts.trait(trait), parts.weights)
        held.append((low <= truth) & (truth <= high))
    low, high = sign_flip_interval(contrasts.difference(parts), parts.weights)
    held.append((low <= 0) & (high >= 0))
    return _blocks(parts), np.stack(held)


def _blocks(parts: Contributions) -> Float:
    return parts.n_blocks.astype(np.float64)


def _expected(genome: Genome, view: Universe, z: Float, mean: Float) -> Float:
    """Centred expected effect of each gene of the universe, tissues combined as the tool does."""
    none = np.zeros((genome.n_variants, 1))
    expected = genome.seen(none, mean[:, None])[0]
    combined = combine(expected, tissue_correlation(z))[view.genes]
    return np.asarray(combined - combined.mean())


def _new_sets(genome: Genome, pool: NDArray[np.int64], rng: np.random.Generator) -> Members:
    ids = genome.study.genes["gene"].to_numpy(dtype=object)
    sets = {}
    for k in range(N_RANDOM):
        size = int(np.exp(rng.uniform(np.log(8), np.log(80))))
        sets[f"random {k}"] = ids[rng.choice(pool, size, replace=False)].tolist()
    for k in range(N_CLUSTERED):
        starts = RUN * rng.permutation(len(pool) // RUN)[: rng.integers(6, 20)]
        rows = pool[np.sort(starts)[:, None] + np.arange(RUN)].ravel()
        sets[f"clustered {k}"] = ids[rows].tolist()
    return Members.of(genome.study, load_gene_sets(sets))
