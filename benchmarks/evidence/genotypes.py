"""Genotypes of a European-like population, piece by piece along real chromosomes.

A piece is a stretch of `PIECE` bases; its edges are round numbers, so nine of ten LD blocks of
the method lie inside one and LD may leak over their borders. Recombination has hot spots, and is
rare in the MHC and in 17q21.31.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twas.system.arrays import Int

Float = NDArray[np.float32]

#: Length of a piece, in bases.
PIECE = 20_000_000
#: People whose genotypes give the LD of both GWAS, and people of the eQTL panel.
N_POPULATION, N_PANEL = 1000, 500
#: Allele frequency below which a variant is left out.
MIN_FREQUENCY = 0.05
#: Recombination outside hot spots and on average, per base and generation.
COLD, MEAN = 2e-9, 1.1e-8
#: Width of a hot spot and mean distance between two, in bases.
HOT_WIDTH, HOT_DISTANCE = 2_000, 50_000
#: Where recombination is rare: chromosome, start, end, factor.
RARE = (("6", 25_000_000, 34_000_000, 0.3), ("17", 45_300_000, 47_000_000, 0.1))
MUTATION_RATE = 1.25e-8


@dataclass(frozen=True)
class Piece:
    """A stretch of a chromosome: bases `start` to `end`."""

    chrom: str
    start: int
    end: int

    @property
    def seed(self) -> int:
        """Seed of everything random about it."""
        return 1 + int(self.chrom) * 1000 + self.start // PIECE


@dataclass(frozen=True)
class Genotypes:
    """Standardised genotypes of the common variants of a piece.

    Attributes
    ----------
    position
        Ascending bases, shape ``(n_variants,)``.
    population, panel
        Shape ``(n_people, n_variants)``, each variant with mean 0 and variance 1.
    """

    position: Int
    population: Float
    panel: Float


def pieces(chrom: str, length: int) -> list[Piece]:
    """Cut a chromosome into pieces."""
    starts = range(0, length, PIECE)
    return [Piece(chrom, start, min(start + PIECE, length)) for start in starts]


def simulate(piece: Piece) -> Genotypes:
    """Simulate the people of a piece; the same piece always gives the same people."""
    import msprime

    rng = np.random.default_rng(piece.seed)
    trees = msprime.sim_ancestry(
        N_POPULATION + N_PANEL,
        demography=_european(),
        recombination_rate=_recombination(piece, rng),
        random_seed=piece.seed,
    )
    trees = msprime.sim_mutations(
        trees, rate=MUTATION_RATE, model=msprime.BinaryMutationModel(), random_seed=piece.seed
    )
    positions, dosages = [], []
    for variant in trees.variants():
        if MIN_FREQUENCY < variant.genotypes.mean() < 1 - MIN_FREQUENCY:
            positions.append(int(variant.site.position) + piece.start)
            dosages.append(variant.genotypes.reshape(-1, 2).sum(axis=1, dtype=np.int8))
    dosage = np.stack(dosages, axis=1)
    varies = (dosage[:N_POPULATION].std(axis=0) > 0.1) & (dosage[N_POPULATION:].std(axis=0) > 0.1)
    return Genotypes(
        np.array(positions)[varies],
        _standardised(dosage[:N_POPULATION, varies]),
        _standardised(dosage[N_POPULATION:, varies]),
    )


def _standardised(dosage: NDArray[np.int8]) -> Float:
    mean, sd = dosage.mean(axis=0), dosage.std(axis=0)
    return np.asarray((dosage - mean) / sd, dtype=np.float32)


def _european() -> object:
    """Sizes and times of the European branch of OutOfAfrica_2T12 of stdpopsim, no migration."""
    import msprime

    demography = msprime.Demography()
    demography.add_population(name="EUR", initial_size=501_436, growth_rate=0.0195)
    for time, size, growth in (
        (204.6, 9_279, 0.00307),
        (920, 1_861, 0),
        (2_040, 14_474, 0),
        (5_920, 7_310, 0),
    ):
        demography.add_population_parameters_change(
            time=time, initial_size=size, growth_rate=growth
        )
    return demography


def _recombination(piece: Piece, rng: np.random.Generator) -> object:
    """A map with hot spots at random places."""
    import msprime

    length = piece.end - piece.start
    gaps = rng.exponential(HOT_DISTANCE, 2 * length // HOT_DISTANCE) + HOT_WIDTH
    hot = np.cumsum(gaps).astype(np.int64)
    hot = hot[hot < length - 2 * HOT_WIDTH]
    spots = np.stack([hot, hot + HOT_WIDTH], axis=1).ravel()
    inside = [
        (max(start - piece.start, 0), min(end - piece.start, length), factor)
        for chrom, start, end, factor in RARE
        if chrom == piece.chrom and start < piece.end and end > piece.start
    ]
    edges = np.unique(np.concatenate([[0, length], spots, *[edge[:2] for edge in inside]]))
    middle = (edges[1:] + edges[:-1]) / 2
    excess = (MEAN - COLD) * (HOT_DISTANCE + HOT_WIDTH) / HOT_WIDTH
    rate = COLD + excess * (np.searchsorted(spots, middle) % 2)
    for start, end, factor in inside:
        rate[(middle > start) & (middle < end)] *= factor
    return msprime.RateMap(position=edges, rate=rate)
