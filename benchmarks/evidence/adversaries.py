"""Worlds made against the directional call: chance directions that the second trait repeats.

Genes are dealt into pools, and every set draws from one pool: `alike` and `opposed` are sets of
runs of neighbours of which each run acts with one random sign, the same or the opposite in B;
`deviant` runs act five times as strongly; `quiet` runs do nothing. None of these has a direction.
`first` are random genes with a direction in A only, `apart` with opposite directions in both.

A family is of 5, 20, 46 or 1,700 sets, in shares that the world gives. The false discovery rate is
counted per family size, and the worst is shown. `HELD_OUT` were written down with the others and
run once, after everything else was fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import worlds
from benchmarks.evidence.gwas import Genome
from benchmarks.evidence.sets import RUN, STRETCH
from benchmarks.evidence.worlds import LARGE, OVERLAP, RMS, SMALL
from pathways import load_gene_sets
from pathways.statistics.contributions import Members
from twas import Study
from twas.system.arrays import Float, Int

#: Share of the genes of each pool.
POOLS = {"alike": 0.25, "opposed": 0.25, "quiet": 0.2, "deviant": 0.1, "first": 0.1, "apart": 0.1}
#: Families: number of sets → how many such families are made.
FAMILIES = {5: 4, 20: 2, 46: 1, 1_700: 1}
#: Effect per sqrt(N) of a gene in a run, and of one in a deviant run.
ACTS, DEVIANT = 0.006, 0.03
#: Mean effect of a gene in a set with a direction.
SHIFT = 0.003
#: z / sqrt(N) of the big locus: z = 30 at the larger sample.
LOCUS = 0.1
#: One-signed block sums: share of genes that act, all downwards, and their effect.
FEW, DOWN = 0.03, 0.03


@dataclass(frozen=True)
class Adversary:
    """One world.

    Attributes
    ----------
    name, words
        Name, and what holds in it.
    parts
        Pool → share of the sets of a family; the last one takes what is left.
    n, overlap, rms, rg
        As in `worlds.World`.
    locus
        Whether one locus of z = 30 acts in both traits.
    twice
        Whether the second trait is the first.
    one_signed
        Whether few genes carry all, downwards, the same in both traits.
    tails
        Degrees of freedom of Student's t of the effects of runs, 0 for one size.
    """

    name: str
    words: str
    parts: Mapping[str, float] = field(default_factory=lambda: {"quiet": 1.0})
    n: tuple[float, float] = (LARGE, LARGE)
    overlap: float = 0.0
    rms: float = RMS
    rg: float = 0.0
    locus: bool = False
    twice: bool = False
    one_signed: bool = False
    tails: float = 0.0


_HALF = {"alike": 0.5, "opposed": 0.5}
ADVERSARIES = (
    Adversary("alike", "runs act alike in both traits", {"alike": 1.0}),
    Adversary("opposed", "runs act opposed", {"opposed": 1.0}),
    Adversary("half opposed", "half the sets alike, half opposed", _HALF),
    Adversary("alike, big locus", "alike, and one locus of z = 30", {"alike": 1.0}, locus=True),
    Adversary("half, big locus", "half opposed, and that locus", _HALF, locus=True),
    Adversary("alike, rg 0.9", "alike, genetic correlation 0.9", {"alike": 1.0}, rg=0.9),
    Adversary("opposed, rg -0.64", "opposed, correlation -0.64", {"opposed": 1.0}, rg=-0.64),
    Adversary("one file twice", "B is A", {"quiet": 0.5, "alike": 0.5}, twice=True),
    Adversary("A only, alike", "directions in A only beside alike", {"first": 0.2, "alike": 0.8}),
    Adversary("A only, opposed", "the same, opposed", {"first": 0.2, "opposed": 0.8}),
    Adversary(
        "deviant, opposed", "a fifteenth deviant, a fifth opposed, others quiet",
        {"deviant": 0.065, "opposed": 0.217, "quiet": 0.718},
    ),
    Adversary(
        "deviant, half", "a fifteenth deviant, others half opposed",
        {"deviant": 0.065, "alike": 0.468, "opposed": 0.467},
    ),
    Adversary("one-signed", "3 % of genes carry all, downwards, in both traits", one_signed=True),
    Adversary(
        "apart, big locus", "a fifth opposite, others alike, and the big locus",
        {"apart": 0.2, "alike": 0.8}, locus=True,
    ),
)  # fmt: skip
HELD_OUT = (
    Adversary(
        "held out: unequal", "half opposed, N 8.5 : 1, 30 % overlap, big locus", _HALF,
        n=(LARGE, SMALL), overlap=OVERLAP, locus=True, rg=0.64,
    ),
    Adversary(
        "held out: heavy tails", "alike, sizes of runs by t of 3 df", {"alike": 1.0}, tails=3.0,
    ),
    Adversary(
        "held out: apart and alike", "a tenth opposite, a tenth A only, others alike, rg 0.64",
        {"apart": 0.1, "first": 0.1, "alike": 0.8}, rg=0.64,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Sets:
    """The sets of every pool, and the pools of the genes.

    Attributes
    ----------
    pool
        Genes of each pool.
    genes
        Pool → its sets, as many as the largest family.
    """

    pool: Mapping[str, Int]
    genes: Mapping[str, tuple[Int, ...]]

    @classmethod
    def draw(cls, study: Study, seed: int = 7) -> Sets:
        """Deal stretches of genes into pools and draw sets from each."""
        rng = np.random.default_rng(seed)
        n = len(study.genes)
        dealt = rng.choice(len(POOLS), n // STRETCH + 1, p=list(POOLS.values()))
        pool = {
            name: np.flatnonzero(dealt[np.arange(n) // STRETCH] == k)
            for k, name in enumerate(POOLS)
        }
        most = max(FAMILIES)
        genes = {name: tuple(_set(name, pool[name], rng) for _ in range(most)) for name in POOLS}
        return cls(pool, genes)

    def family(self, parts: Mapping[str, float], size: int, number: int) -> list[tuple[str, int]]:
        """Pool and place in it of each set of the family `number` of this size."""
        names = list(parts)
        counts = [max(1, round(size * parts[name])) for name in names[:-1]]
        counts.append(max(0, size - sum(counts)))
        return [
            (name, number * size + k)
            for name, count in zip(names, counts, strict=True)
            for k in range(count)
        ]


def _set(name: str, pool: Int, rng: np.random.Generator) -> Int:
    if name in ("first", "apart"):
        return np.sort(rng.choice(pool, int(rng.integers(12, 60)), replace=False))
    starts = rng.choice(len(pool) // RUN, int(rng.integers(6, 13)), replace=False)
    return np.sort(np.concatenate([pool[RUN * i : RUN * (i + 1)] for i in starts]))


def families(
    world: Adversary, study: Study, drawn: Sets, sizes: Sequence[int]
) -> list[tuple[int, NDArray[np.str_], Members]]:
    """Size, pools of the sets, and members of each family of a world."""
    ids = study.genes["gene"].to_numpy(dtype=object)
    out = []
    for size in sizes:
        for number in range(FAMILIES[size]):
            chosen = drawn.family(world.parts, size, number)
            table = {f"{name} {k}": ids[drawn.genes[name][k]].tolist() for name, k in chosen}
            pools = np.array([name for name, _ in chosen])
            out.append((size, pools, Members.of(study, load_gene_sets(table))))
    return out


def replicate(
    world: Adversary, genome: Genome, drawn: Sets, rng: np.random.Generator
) -> tuple[Float, Mapping[str, tuple[int, int]]]:
    """Draw z, shape ``(2, t, n_genes)``, and the directions of the sets of each pool."""
    direct = genome.polygenic(world.rms, world.rg, rng)
    if world.locus:
        direct[worlds.region_variant(genome)] = LOCUS * rng.choice([-1, 1])
    mediated = np.zeros((genome.n_genes, 2))
    for name in world.parts:
        mediated[drawn.pool[name]] = _effects(name, len(drawn.pool[name]), world, rng)
    if world.one_signed:
        mediated -= (DOWN * (rng.random(genome.n_genes) < FEW))[:, None]
    root_n = np.sqrt(np.array(world.n))[:, None, None]
    z = root_n * genome.seen(direct, mediated) + genome.noise(world.overlap, rng)
    if world.twice:
        z[1] = z[0]
    return z, {"first": (1, 0), "apart": (1, -1)}


def _effects(name: str, n: int, world: Adversary, rng: np.random.Generator) -> Float:
    """Effects of the genes of a pool in A and B, ``(n, 2)``."""
    if name in ("first", "apart"):
        size = SHIFT * (1 + rng.standard_normal(n))
        return np.asarray(size[:, None] * np.array([1.0, 0.0 if name == "first" else -1.0]))
    if name == "quiet":
        return np.zeros((n, 2))
    n_runs = n // RUN + 1
    size = rng.choice([-1.0, 1.0], n_runs) * (DEVIANT if name == "deviant" else ACTS)
    if world.tails:
        size = ACTS * rng.standard_t(world.tails, n_runs)
    alike = -1.0 if name == "opposed" else 1.0
    return np.repeat(size, RUN)[:n, None] * np.array([1.0, alike])
