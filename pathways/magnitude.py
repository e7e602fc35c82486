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
from numpy.typing import NDArray

from pathways.contributions import Members, layout
from pathways.multiplicity import benjamini_hochberg
from pathways.nulls.rotation import Places, correlogram, rotation_test, spread
from twas.study import COMBINED, Study, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Text = NDArray[np.object_]

#: Members whose starts are no further apart than this share one weight, in bases.
CLUSTER_GAP = 500_000
#: Half width of the window in which the tested genes round a gene are counted, in bases.
DENSITY_REACH = 1_000_000


@dataclass(frozen=True)
class Magnitude:
    """Result of the magnitude test, one entry per set.

    Attributes
    ----------
    magnitude
        The sum of residual |z|, in standard deviations of its null; NaN where not tested.
    p, q
        One-sided p, and its Benjamini-Hochberg q over the tested sets; NaN where not tested.
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
    q: Float
    extrapolated: NDArray[np.bool_]
    n_placed: Int
    n_loci: Int
    reason: Text


def magnitude(
    universe: Universe,
    study: Study,
    members: Members,
    *,
    keep: NDArray[np.bool_] | None = None,
) -> Magnitude:
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
    keep
        Which genes of the study take part, shape ``(n_genes,)``; the others are left out of the
        sets and of the circle (long-range regions in a sensitivity analysis). All by default.

    Returns
    -------
    Magnitude
        Arrays of shape ``(n_sets,)``.
    """
    start = study.genes["start"].to_numpy(dtype=np.float64, na_value=np.nan)
    use = np.isfinite(start) if keep is None else np.isfinite(start) & keep
    columns = np.flatnonzero(use[universe.genes])
    genes = universe.genes[columns]
    chrom = pd.factorize(study.genes["chrom"])[0].astype(np.int64)[genes]
    at = start[genes].astype(np.int64)
    places = _places(universe, members, columns, chrom, at)
    n_placed = np.bincount(places.owner, minlength=places.n_sets)
    size = np.abs(universe.z[0, columns])
    score = residuals(size, covariates(universe, study, genes, gene_density(chrom, at)))
    if len(score) < 2 or score.std() <= 1e-9 * size.std():
        return _untested(n_placed, "|z| does not vary between the genes")
    ratio = spread(places, correlogram(score, chrom, at), chrom, at)
    test = rotation_test(score, places, spread=ratio)
    reason = np.where(np.isnan(test.p), "the sum is the same in every rotation", "").astype(object)
    reason[n_placed == 0] = "no tested member has a position"
    return Magnitude(
        magnitude=test.statistic,
        p=test.p,
        q=benjamini_hochberg(test.p),
        extrapolated=test.extrapolated,
        n_placed=n_placed,
        n_loci=np.rint(places.total(places.weight)).astype(np.int64),
        reason=reason,
    )


def _untested(n_placed: Int, why: str) -> Magnitude:
    blank = np.full(len(n_placed), np.nan)
    return Magnitude(
        magnitude=blank,
        p=blank,
        q=blank,
        extrapolated=np.zeros(len(n_placed), dtype=bool),
        n_placed=n_placed,
        n_loci=np.zeros(len(n_placed), dtype=np.int64),
        reason=np.full(len(n_placed), why, dtype=object),
    )


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


def cluster_weights(owner: Int, chrom: Int, start: Int, *, gap: int = CLUSTER_GAP) -> Float:
    """Weight 1 shared by the members of a set that stand close together.

    Parameters
    ----------
    owner, chrom, start
        Set, chromosome code and start of each member, sorted by set and place.
    gap
        Largest distance between neighbours of one cluster, in bases.

    Returns
    -------
    ndarray
        Shape of `owner`, in (0, 1]; the weights of a cluster sum to 1.
    """
    first = np.ones(len(owner), dtype=bool)
    first[1:] = (
        (owner[1:] != owner[:-1]) | (chrom[1:] != chrom[:-1]) | (start[1:] - start[:-1] > gap)
    )
    cluster = np.cumsum(first) - 1
    return np.asarray(1.0 / np.bincount(cluster)[cluster]) if len(owner) else np.zeros(0)


def gene_density(chrom: Int, start: Int, *, reach: int = DENSITY_REACH) -> Int:
    """Genes within `reach` of each gene, itself included.

    Parameters
    ----------
    chrom, start
        Chromosome code and start of each gene, sorted by both, shape ``(n,)``.
    reach
        In bases.
    """
    # One axis for all chromosomes, too far apart for a window to reach from one to the next.
    step = int(start.max(initial=0)) + 2 * reach + 1
    axis = np.cumsum(np.diff(chrom, prepend=chrom[:1]) != 0) * step + start
    right = np.searchsorted(axis, axis + reach, side="right")
    return np.asarray(right - np.searchsorted(axis, axis - reach, side="left"), dtype=np.int64)


def covariates(universe: Universe, study: Study, genes: Int, density: Int) -> Float:
    """What makes |z| large whatever the set, one standardised column each.

    Of the models of a gene in the tissues of the scope: mean log ``var_g`` and its square, mean
    log SNPs used and SNPs in the model, mean r2, log number of tissues; and log gene density. A
    missing value takes the mean of its column, with an indicator of missing beside it.

    Parameters
    ----------
    universe
        One trait in one scope.
    study
        Its study.
    genes
        Rows of `Study.genes`, shape ``(n,)``.
    density
        From `gene_density`, shape ``(n,)``.

    Returns
    -------
    ndarray
        Shape ``(n, n_columns)``; the first is the constant 1.
    """
    table = study.members[study.traits.index(universe.traits[0])].table
    if universe.scope != COMBINED:
        tissues = study.groups.get(universe.scope, (universe.scope,))
        table = table[table["tissue"].isin(tissues)]
    row = pd.Index(study.genes["gene"].to_numpy(dtype=object)[genes]).get_indexer(
        pd.Index(table["gene"].to_numpy(dtype=object))
    )
    table, row = table[row >= 0], row[row >= 0]
    numbers = {
        name: table[name].to_numpy(dtype=np.float64) for name in ("var_g", "n_snps", "n_snps_model")
    }
    log_var, log_used, log_model = (
        _mean_by_gene(_log(value), row, len(genes)) for value in numbers.values()
    )
    r2 = _mean_by_gene(table["r2"].to_numpy(dtype=np.float64), row, len(genes))
    tissues_of_gene = _log(np.bincount(row, minlength=len(genes)).astype(np.float64))
    columns = [np.ones(len(genes))]
    for value in (log_var, log_used, log_model, r2, tissues_of_gene, np.log(density)):
        columns += _filled(value)
    known = np.where(np.isnan(log_var), np.nan, _standardised(log_var) ** 2)
    return np.column_stack([*columns, *_filled(known)[:1]])


def _log(value: Float) -> Float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(value > 0, np.log(value), np.nan)


def _mean_by_gene(value: Float, row: Int, n: int) -> Float:
    """Mean of the finite values of each gene, NaN where there is none."""
    known = np.isfinite(value)
    count = np.bincount(row[known], minlength=n)
    with np.errstate(invalid="ignore"):
        return np.bincount(row[known], weights=value[known], minlength=n) / count


def _standardised(value: Float) -> Float:
    known = value[np.isfinite(value)]
    spread_of = known.std() if known.size else 0.0
    return np.asarray((value - known.mean()) / spread_of if spread_of > 0 else value * 0.0)


def _filled(value: Float) -> list[Float]:
    """The standardised column with missing values at its mean, and the indicator of missing."""
    missing = np.isnan(value)
    if missing.all():
        return []
    column = np.where(missing, 0.0, _standardised(value))
    return [column, missing.astype(np.float64)] if missing.any() else [column]


def residuals(score: Float, design: Float) -> Float:
    """Residuals of least squares.

    Parameters
    ----------
    score
        Shape ``(n,)``.
    design
        Shape ``(n, n_columns)``, of any rank.
    """
    coefficients = np.linalg.lstsq(design, score, rcond=None)[0]
    return np.asarray(score - design @ coefficients, dtype=np.float64)
