"""What a study shows of the assumptions of its tests, over the whole genome, as facts of quality.

- a locus so strong that genome-wide numbers leave it out (`twas.study.outlying`);
- the symmetry of each trait in each scope (`symmetry`);
- a sample overlap that the covariance of z contradicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from pathways.statistics.moments import Estimate, Moments, moments
from pathways.statistics.symmetry import HARMLESS, symmetry
from twas.quality import QualityFact
from twas.study.study import Study
from twas.study.universe import COMBINED, Universe

#: Jackknife errors beyond which an overlap and the covariance of z do not go together.
CONTRADICTION = 3.0
#: Loci of a trait that are named; more are counted.
_NAMED = 3


def genome_facts(study: Study) -> list[QualityFact]:
    """Look at every trait and pair of a study.

    Parameters
    ----------
    study
        Any number of traits.
    """
    facts: list[QualityFact] = []
    for trait in study.traits:
        views = study.in_scopes((trait,))
        if COMBINED in views:
            facts += _outlying(study, views[COMBINED])
        facts += _asymmetry(trait, views)
    for pair in combinations(study.traits, 2):
        universe = study.universe(pair)
        if universe is not None:
            genome = moments(universe, universe.block)
            facts += [] if genome is None else _overlap(universe, genome)
    return facts


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


def _asymmetry(trait: str, views: Mapping[str, Universe]) -> Iterator[QualityFact]:
    """The skew of the combined scope as a fact; a harmful one of any scope as a warning."""
    for scope, universe in views.items():
        seen = symmetry(universe)
        if not np.isfinite(seen.genes):
            continue
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
                len(universe.genes),
                f"{skews}{where}: strong loci push {side} more often than the other way, and beyond"
                f" a skew of {HARMLESS:g} the sign-flip test finds p < 0.05 in up to 0.19 of sets"
                " without an effect; check the signs of the file, and trust p_robust before"
                " p_direction",
            )
        elif scope == COMBINED:
            told = f"{skews}: harmless up to {HARMLESS:g} over genes"
            yield QualityFact("fact", trait, "symmetry", len(universe.genes), told)


def _overlap(universe: Universe, genome: Moments) -> Iterator[QualityFact]:
    """Warn where genetics would have to correlate more than fully, or run against the samples."""
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
        f"{a} / {b}",
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
