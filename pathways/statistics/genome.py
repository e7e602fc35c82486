"""What a study shows of the assumptions of its tests, over the whole genome.

As facts of quality: a locus so strong that genome-wide numbers leave it out
(`twas.study.outlying`), a sample overlap that the covariance of z contradicts, and the symmetry of
each trait in each scope, the one assumption of the sign-flip test.

The test takes each locus to be as likely to push up as down with the same force. A trait of few
strong loci that all push one way, and many weak ones that push the other, breaks that, and no set
can show it by itself. Two skews of the centred z, about zero and without outlying loci, each with
a jackknife error over groups of neighbouring blocks:

- of blocks: ``mean S_b^3 / (mean S_b^2)^1.5``, ``S_b`` the sum over the genes of a block;
- of genes: ``mean z^3 / (mean z^2)^1.5``.

A set holds one or two genes of most of its blocks, so the second is what its contributions look
like. The skew of blocks rests on the blocks of many genes: in simulated worlds it is 0 where the
test rejects in 0.12, and 20 where it holds its size (``docs/statistics.md``). So the warning rests
on the genes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pathways.statistics.moments import CLEAR, JACKKNIFE_GROUPS, Estimate, Moments, moments
from twas.quality import QualityFact
from twas.study.axis import pair_name
from twas.study.study import Study
from twas.study.universe import COMBINED, Universe
from twas.system.arrays import Float, Int

#: Jackknife errors beyond which an overlap and the covariance of z do not go together.
CONTRADICTION = 3.0
#: Loci of a trait that are named; more are counted.
_NAMED = 3
#: Skew of genes up to which the test holds its size: p < 0.05 in 0.03 to 0.08 of sets of 10 to 100
#: genes in simulated worlds of one-signed loci below it, in up to 0.19 above (docs/statistics.md).
HARMLESS = 1.0
#: Blocks below which no skew is given.
MIN_BLOCKS = 50


@dataclass(frozen=True)
class Symmetry:
    """Skews of one trait in one scope, with their jackknife errors; NaN where there are too few.

    Attributes
    ----------
    blocks, blocks_error
        Skew of the sums of LD blocks.
    genes, genes_error
        Skew of the genes.
    """

    blocks: float
    blocks_error: float
    genes: float
    genes_error: float

    @property
    def harmful(self) -> bool:
        """Whether p-values of this trait are likely too small: beyond `HARMLESS`, and clearly."""
        return abs(self.genes) > max(HARMLESS, CLEAR * self.genes_error)


def symmetry(universe: Universe) -> Symmetry:
    """Skews of the one trait of a universe.

    Parameters
    ----------
    universe
        A trait in one scope.
    """
    kept = ~universe.outlying[0]
    value = universe.effect[0, kept]
    present, rank = np.unique(universe.block[kept], return_inverse=True)
    if len(present) < MIN_BLOCKS or not value.any():
        return Symmetry(*[float("nan")] * 4)
    group = np.arange(len(present)) * min(JACKKNIFE_GROUPS, len(present)) // len(present)
    of_blocks = _skew(np.bincount(rank, weights=value).astype(np.float64), group)
    of_genes = _skew(value, group[rank])
    return Symmetry(of_blocks.value, of_blocks.error, of_genes.value, of_genes.error)


def _skew(value: Float, group: Int) -> Estimate:
    """Skew about zero, with and without each group of values."""
    square, cube = (np.bincount(group, weights=value**k) for k in (2, 3))
    n = np.bincount(group).astype(np.float64)

    def ratio(cubes: Float, squares: Float, count: Float) -> Float:
        return np.asarray(cubes / count / (squares / count) ** 1.5)

    whole = ratio(cube.sum(), square.sum(), n.sum())
    return Estimate(float(whole), ratio(cube.sum() - cube, square.sum() - square, n.sum() - n))


#: Trait → scope → its skews.
Symmetries = Mapping[str, Mapping[str, Symmetry]]


@dataclass(frozen=True)
class Genome:
    """What a study shows over the whole genome.

    Attributes
    ----------
    symmetries
        The skews of every trait in every scope in which it has genes.
    facts
        What is to be told of every trait and pair.
    """

    symmetries: Symmetries
    facts: tuple[QualityFact, ...]

    @classmethod
    def of(cls, study: Study) -> Genome:
        """Look at every trait and pair of a study.

        Parameters
        ----------
        study
            Any number of traits.
        """
        views = {trait: study.in_scopes((trait,)) for trait in study.traits}
        skews = {
            trait: {scope: symmetry(view) for scope, view in scopes.items()}
            for trait, scopes in views.items()
        }
        facts: list[QualityFact] = []
        for trait, scopes in views.items():
            if COMBINED in scopes:
                facts += _outlying(study, scopes[COMBINED])
            for scope, view in scopes.items():
                facts += _asymmetry(trait, scope, skews[trait][scope], len(view.genes))
        for pair in combinations(study.traits, 2):
            universe = study.universe(pair)
            if universe is not None:
                facts += _overlap(universe)
        return cls(skews, tuple(facts))


def _outlying(study: Study, universe: Universe) -> Iterator[QualityFact]:
    far = universe.outlying[0]
    if not far.any():
        return
    names = study.genes["block"].to_numpy(dtype=object)[universe.genes[far]]
    largest = np.abs(universe.z[0, far])
    loci = [
        f"{name} ({int((names == name).sum())} genes, |z| up to {largest[names == name].max():.1f})"
        for name in dict.fromkeys(names)
    ]
    more = f" and {len(loci) - _NAMED} more" if len(loci) > _NAMED else ""
    yield QualityFact(
        "fact",
        universe.traits[0],
        "outlying_loci",
        len(loci),
        f"{', '.join(loci[:_NAMED])}{more}: so far beyond the rest of the genome that genome-wide"
        " means, variances and covariances leave it out; gene sets keep it",
    )


def _asymmetry(trait: str, scope: str, seen: Symmetry, n: int) -> Iterator[QualityFact]:
    """The skew of the combined scope as a fact; a harmful one of any scope as a warning."""
    if not np.isfinite(seen.genes):
        return
    skews = (
        f"skew of z {seen.genes:.2f} (error {seen.genes_error:.2f}) over genes,"
        f" {seen.blocks:.2f} ({seen.blocks_error:.2f}) over sums of LD blocks"
    )
    where = "" if scope == COMBINED else f" in {scope}"
    if seen.harmful:
        side = "up" if seen.genes > 0 else "down"
        yield QualityFact(
            "warning",
            trait,
            "asymmetric",
            n,
            f"{skews}{where}: strong loci push {side} more often than the other way, and beyond"
            f" a skew of {HARMLESS:g} the sign-flip test finds p < 0.05 in up to 0.19 of sets"
            " without an effect; check the signs of the file, and trust p_robust before"
            " p_direction",
        )
    elif scope == COMBINED:
        told = f"{skews}: harmless up to {HARMLESS:g} over genes"
        yield QualityFact("fact", trait, "symmetry", n, told)


def _overlap(universe: Universe) -> Iterator[QualityFact]:
    """Warn where genetics would have to correlate more than fully, or run against the samples."""
    genome = moments(universe, universe.block)
    if genome is None:
        return
    a, b = universe.traits
    rho, seen = universe.sample_overlap, genome.covariance
    told = f"{seen.value:.2f} (error {seen.error:.2f})"
    given = not any(what.startswith("sample overlap") for what in universe.assumed)
    size, most = np.abs(genome.shared.value), _most_shared(genome)
    beyond = Estimate(float(size) - most.value, np.abs(genome.shared.left_out) - most.left_out)
    if beyond.value > CONTRADICTION * beyond.error:
        problem = (
            f"z covary by {told} and the overlap {'given' if given else 'assumed'} is {rho:g}: what"
            f" is left is more than genetic effects of this strength can share ({most.value:.2f})"
        )
    elif given and rho * genome.shared.value < 0 and _clear(genome.shared):
        problem = (
            f"the overlap given, {rho:g}, goes beyond the covariance of z, {told}: either the"
            " traits correlate genetically against their samples, or the number is wrong"
        )
    else:
        return
    yield QualityFact(
        "warning",
        pair_name(a, b),
        "overlap_contradicted",
        0,
        f"{problem}; give the bivariate LDSC intercept of {a} and {b} as the sample overlap."
        " Excess, slope and the sampling error of differences rest on it; calls of direction do"
        " not",
    )


def _clear(estimate: Estimate) -> bool:
    return abs(estimate.value) > CONTRADICTION * estimate.error


def _most_shared(genome: Moments) -> Estimate:
    """``sqrt(signal_A signal_B)``: the covariance of a genetic correlation of one."""
    a, b = genome.signal
    values, left = (
        np.sqrt(np.maximum(x, 0.0) * np.maximum(y, 0.0))
        for x, y in ((a.value, b.value), (a.left_out, b.left_out))
    )
    return Estimate(float(values), left)
