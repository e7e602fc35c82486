"""Is a set involved at all, in any direction?

``T_p = sum_g w_gp y_g``, ``y`` the residual of ``|z|`` on what makes ``|z|`` large without the set
(variance of predicted expression, SNPs, tissues, crowding of genes), against the genomic rotation
null (`pathways.nulls.rotation`); one-sided, large means involved. Members on one chromosome, each
within 500 kb of the next, share the weight 1: a tandem cluster is one observation, not twenty.

Genes without a position have no place on the circle: they are left out and counted. The test is
competitive: it compares the set with the rest of the genome of the same trait, so it is no part
of a directional call.

References
----------
Cabrera CP, Navarro P, Huffman JE, et al. (2012). Uncovering networks from genome-wide association
studies via circular genomic permutation. G3 2:1067-1075.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathways.nulls.correlogram import correlogram, spread
from pathways.nulls.rotation import Places, RotationTest, rotation_test
from pathways.statistics import covariates
from pathways.statistics.contributions import Members, layout
from twas.study.study import Study
from twas.study.universe import Universe
from twas.system.arrays import Bool, Float, Int, Text

#: Members whose starts are no further apart than this share one weight, in bases.
CLUSTER_GAP = 500_000


@dataclass(frozen=True)
class Magnitude:
    """Result of the magnitude test, one entry per set.

    Attributes
    ----------
    magnitude
        The sum of residual |z|, in standard deviations of its null; NaN where not tested.
    p
        One-sided p; NaN where not tested.
    extrapolated
        Whether p, below 1e-3, comes from a fitted tail.
    n_placed
        Tested members with a position.
    n_loci
        Clusters of these members, each of weight 1.
    reason
        Why the set was not tested, else "".
    """

    magnitude: Float
    p: Float
    extrapolated: Bool
    n_placed: Int
    n_loci: Int
    reason: Text


def magnitude(universe: Universe, study: Study, members: Members) -> Magnitude:
    """Test the magnitude of each set in one trait and scope.

    Parameters
    ----------
    universe
        One trait in one scope.
    study
        The study of the universe: positions, and covariates where the files of the trait give
        them.
    members
        The sets, of any role, from `Members.of` on the same study.

    Returns
    -------
    Magnitude
        Arrays of shape ``(n_sets,)``.
    """
    start = study.genes["start"].to_numpy(dtype=np.float64, na_value=np.nan)
    columns = np.flatnonzero(np.isfinite(start)[universe.genes])
    genes = universe.genes[columns]
    chrom = pd.factorize(study.genes["chrom"])[0].astype(np.int64)[genes]
    at = start[genes].astype(np.int64)
    places = _places(universe, members, columns, chrom, at)
    n_placed = np.bincount(places.owner, minlength=places.n_sets)
    test = _test(universe, study, genes, np.abs(universe.z[0, columns]), places, chrom, at)
    reason = np.where(np.isnan(test.p), "the sum is the same in every rotation", "").astype(object)
    reason[n_placed == 0] = "no tested member has a position"
    return Magnitude(
        magnitude=test.statistic,
        p=test.p,
        extrapolated=test.extrapolated,
        n_placed=n_placed,
        n_loci=np.rint(places.total(places.weight)).astype(np.int64),
        reason=reason,
    )


def _test(
    universe: Universe,
    study: Study,
    genes: Int,
    size: Float,
    places: Places,
    chrom: Int,
    start: Int,
) -> RotationTest:
    """The rotation test of the residual |z|; NaN where |z| does not vary."""
    if len(size) > 1 and size.std() > 0:
        density = covariates.gene_density(chrom, start)
        score = covariates.residuals(size, covariates.design(universe, study, genes, density))
        if score.std() > 1e-9 * size.std():
            ratio = spread(places, correlogram(score, chrom, start), chrom, start)
            return rotation_test(score, places, spread=ratio)
    blank = np.full(places.n_sets, np.nan)
    return RotationTest(blank, blank, np.zeros(places.n_sets, dtype=bool))


def _places(universe: Universe, members: Members, columns: Int, chrom: Int, start: Int) -> Places:
    """The members that stand on the circle of the universe's `columns`, with cluster weights."""
    found = layout(universe, members, signed=False)
    on_circle = np.full(len(universe.genes), -1, dtype=np.int64)
    on_circle[columns] = np.arange(len(columns))
    position = on_circle[found.position]
    owner, position = found.owner[position >= 0], position[position >= 0]
    order = np.lexsort((position, owner))
    owner, position = owner[order], position[order]
    weight = cluster_weights(owner, chrom[position], start[position])
    return Places(owner, position, weight, len(members.pathways))


def cluster_weights(owner: Int, chrom: Int, start: Int) -> Float:
    """Weight 1 shared by neighbours in a set that stand at most `CLUSTER_GAP` bases apart.

    Parameters
    ----------
    owner, chrom, start
        Set, chromosome code and start of each member, sorted by set and place.

    Returns
    -------
    ndarray
        Shape of `owner`, in (0, 1]; the weights of a cluster sum to 1.
    """
    first = np.ones(len(owner), dtype=bool)
    first[1:] = (
        (owner[1:] != owner[:-1])
        | (chrom[1:] != chrom[:-1])
        | (start[1:] - start[:-1] > CLUSTER_GAP)
    )
    cluster = np.cumsum(first) - 1
    return np.asarray(1.0 / np.bincount(cluster)[cluster]) if len(owner) else np.zeros(0)
