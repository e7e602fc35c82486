"""What is true: one row per world.

`HELD_OUT` were written down at the start and run once, after everything else was fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence.gwas import Genome
from benchmarks.evidence.sets import RUN, Collection
from twas.system.arrays import Float, Int

LARGE, SMALL = 87_400.0, 10_300.0
#: Root mean square of the polygenic z / sqrt(N).
RMS = 0.003
#: Genetic correlation of the two traits, as of ALS and FTD.
RG = 0.64
OVERLAP = 0.3
#: Mean planted effect of a member per sqrt(N), at equal and at unequal sample sizes.
SHIFT_EQUAL, SHIFT_UNEQUAL = 0.003, 0.006
#: z / sqrt(N) of the huge locus (z = 20 at the larger sample) and share of loci that carry all.
HUGE, SKEWED = 0.068, 0.15


@dataclass(frozen=True)
class World:
    """One world.

    Attributes
    ----------
    name, words
        Name, and what holds in it.
    n
        Effective sample sizes of A and B.
    overlap, rms, rg
        Sample overlap, polygenic strength (0: none), genetic correlation.
    pattern
        Effect of planted sets: ``none``, ``same``, ``opposite``, ``first`` (A only), ``mixed`` (a
        third each), ``discordant`` (members of random sign, opposite in B), ``clusters`` (runs of
        neighbours of one random sign each in every clustered set; ``shared``: the same in B),
        ``huge``.
    shift
        Mean planted effect.
    scale
        Strength of everything in B relative to A.
    spread
        Standard deviation of planted effects in units of their mean.
    shared
        See ``clusters``.
    skewed
        Whether a small share of loci carries the planted effect.
    difference
        Whether ``A_A - A_B`` is centred on zero in every set.
    """

    name: str
    words: str
    n: tuple[float, float] = (LARGE, LARGE)
    overlap: float = 0.0
    rms: float = RMS
    rg: float = RG
    pattern: str = "none"
    shift: float = SHIFT_EQUAL
    scale: float = 1.0
    skewed: bool = False
    spread: float = 1.0
    shared: bool = True
    difference: bool = True


_UNEQUAL: dict[str, Any] = {"n": (LARGE, SMALL), "shift": SHIFT_UNEQUAL}
WORLDS = (
    World("null", "sampling noise only", rms=0.0),
    World("null, overlap", "sampling noise only, 30 % sample overlap", rms=0.0, overlap=OVERLAP),
    World("polygenic", "polygenic traits, not correlated", rg=0.0),
    World("correlated", "genetic correlation 0.64, no pathway"),
    World(
        "correlated, unequal",
        "the same, N 8.5 : 1, 30 % overlap",
        overlap=OVERLAP,
        n=(LARGE, SMALL),
    ),
    World("clusters", "whole runs of neighbours act, no net direction", pattern="clusters"),
    World(
        "clusters, apart", "the same, signs of A and B independent", pattern="clusters",
        shared=False,
    ),
    World("concordant", "same effects, N 1 : 1", pattern="same"),
    World("concordant, overlap", "the same, 30 % overlap", pattern="same", overlap=OVERLAP),
    World("concordant, unequal", "same effects, N 8.5 : 1", pattern="same", **_UNEQUAL),
    World(
        "concordant, unequal, overlap",
        "the same, 30 % overlap",
        pattern="same",
        overlap=OVERLAP,
        **_UNEQUAL,
    ),
    World(
        "half", "everything in B half as strong", pattern="same", rg=1.0, scale=0.5,
        difference=False,
    ),
    World("one only", "planted in A only", pattern="first", difference=False),
    World(
        "one only, unequal", "planted in A only, N 8.5 : 1", pattern="first", difference=False,
        **_UNEQUAL,
    ),
    World("discordant", "members opposite, no net direction", pattern="discordant"),
    World("opposite", "opposite effects, N 1 : 1", pattern="opposite", difference=False),
    World(
        "opposite, unequal", "opposite effects, N 8.5 : 1", pattern="opposite", difference=False,
        **_UNEQUAL,
    ),
    World("mixed", "opposite, concordant, A only", pattern="mixed", difference=False),
    World(
        "mixed, unequal", "the same, N 8.5 : 1, 30 % overlap", pattern="mixed", difference=False,
        overlap=OVERLAP, **_UNEQUAL,
    ),
    World("huge locus", "one locus of z = 20 inside sets of its region", pattern="huge"),
    World(
        "skewed", "opposite effects, 15 % of loci carry all", pattern="opposite", skewed=True,
        difference=False,
    ),
    World(
        "opposite, even", "opposite effects, the same for all members", pattern="opposite",
        spread=0.0, difference=False,
    ),
)  # fmt: skip
HELD_OUT = ("huge locus", "skewed")


#: Worlds in which some sets have a net direction; the others are tested beside them.
PLANTED = tuple(w.name for w in WORLDS if w.pattern in ("same", "opposite", "first", "mixed"))


def named(name: str) -> World:
    """The world of a name."""
    return next(world for world in WORLDS if world.name == name)


@dataclass(frozen=True)
class Truth:
    """One replicate of a world.

    Attributes
    ----------
    z
        Shape ``(2, n_tissues, n_genes)``.
    signs
        Per collection: true direction of each set in A and B (0 none), ``(2, n_sets)``.
    planted
        Planted effects of both traits, ``(n_genes, 2)``.
    mean
        What `planted` is on average, the same for all members of a set, ``(n_genes, 2)``.
    """

    z: Float
    signs: list[NDArray[np.int8]]
    planted: Float
    mean: Float


def replicate(
    world: World, genome: Genome, collections: Sequence[Collection], rng: np.random.Generator
) -> Truth:
    """Draw one replicate."""
    direct = genome.polygenic(world.rms, world.rg, rng)
    if world.pattern == "huge":
        direct[region_variant(genome)] = HUGE * rng.choice([-1, 1])
    mediated, mean = np.zeros((genome.n_genes, 2)), np.zeros((genome.n_genes, 2))
    signs = []
    for collection in collections:
        truth = np.zeros((2, len(collection)), dtype=np.int8)
        drawn = _directions(world.pattern, collection, rng)
        for k in np.flatnonzero(collection.planted):
            directions = drawn[k]
            truth[:, k] = directions
            genes = collection.genes[k]
            size = _sizes(world, len(genes), rng)
            if world.pattern == "discordant":
                size = size * rng.choice([-1.0, 1.0], len(genes))
                directions = np.array([1, -1])
            else:
                mean[genes] = world.shift * directions
            mediated[genes] = size[:, None] * directions
        if world.pattern == "clusters" and collection.kind == "clustered":
            _run_effects(collection, mediated, world, rng)
        signs.append(truth)
    strength = np.array([1.0, world.scale])
    effect = genome.seen(direct * strength, mediated * strength)
    root_n = np.sqrt(np.array(world.n))[:, None, None]
    z = root_n * effect + genome.noise(world.overlap, rng)
    return Truth(z, signs, mediated * strength, mean * strength)


def _directions(pattern: str, collection: Collection, rng: np.random.Generator) -> Int:
    """Directions of every set in A and B, ``(n_sets, 2)``, as many groups up as down."""
    n = int(collection.group.max()) + 1
    up = rng.permutation(np.arange(n) % 2 * 2 - 1) * rng.choice([-1, 1])
    second = {
        "same": up,
        "opposite": -up,
        "first": 0 * up,
        "mixed": up * rng.permutation(np.arange(n) % 3 - 1),
    }.get(pattern)
    if second is None:
        return np.zeros((len(collection), 2), dtype=np.int64)
    return np.stack([up, second], axis=1)[collection.group]


def _sizes(world: World, n: int, rng: np.random.Generator) -> Float:
    """Effects of the members, of mean `shift`; `spread` round it, or a few carry all."""
    if world.skewed:
        return np.asarray(world.shift / SKEWED * (rng.random(n) < SKEWED))
    return np.asarray(world.shift * (1 + world.spread * rng.standard_normal(n)))


def _run_effects(
    collection: Collection, mediated: Float, world: World, rng: np.random.Generator
) -> None:
    """One strong effect of random sign per run of neighbours."""
    for genes in collection.genes:
        for run in np.split(genes, np.flatnonzero(np.diff(genes) > RUN) + 1):
            signs = rng.choice([-1, 1], 2)
            mediated[run] = 2 * world.shift * (signs[0] if world.shared else signs)


def region_variant(genome: Genome) -> int:
    """The variant that the models of the long-range region see most, of all variants."""
    inside = genome.study.genes["block"].to_numpy(dtype=object)[genome.column] == "MHC"
    best, at, model, variant = 0.0, 0, 0, 0
    for region in genome.regions:
        here = inside[model : model + len(region.row)]
        if here.any():
            seen = np.square(region.variants[here]).sum(axis=0)
            if seen.max() > best:
                best, at = float(seen.max()), variant + int(seen.argmax())
        model, variant = model + len(region.row), variant + region.variants.shape[1]
    return at
