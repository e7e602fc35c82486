"""What makes |z| large whatever the set: one design matrix per trait and scope.

``y = |z| - X (X'X)^+ X'|z|`` with ``X`` = 1, log var_g and its square, log SNPs used, log SNPs of
the model, r2 (means over the tissues of the scope), log number of tissues, log number of tested
genes within 1 Mb. What the files do not give is left out.
"""

from __future__ import annotations

import numpy as np

from twas.study.study import Study
from twas.study.universe import COMBINED, Universe
from twas.system.arrays import Float, Int

#: Half width of the window in which the tested genes round a gene are counted, in bases.
DENSITY_REACH = 1_000_000


def gene_density(chrom: Int, start: Int) -> Int:
    """Genes within `DENSITY_REACH` bases of each gene, itself included.

    Parameters
    ----------
    chrom, start
        Chromosome code and start of each gene, sorted by both, shape ``(n,)``.
    """
    # One axis for all chromosomes, too far apart for a window to reach from one to the next.
    step = int(start.max(initial=0)) + 2 * DENSITY_REACH + 1
    axis = np.cumsum(np.diff(chrom, prepend=chrom[:1]) != 0) * step + start
    right = np.searchsorted(axis, axis + DENSITY_REACH, side="right")
    return np.asarray(
        right - np.searchsorted(axis, axis - DENSITY_REACH, side="left"), dtype=np.int64
    )


def design(universe: Universe, study: Study, genes: Int, density: Int) -> Float:
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
    k = study.traits.index(universe.traits[0])
    table = study.members[k].table
    place = np.full(len(study.genes), -1, dtype=np.int64)
    place[genes] = np.arange(len(genes))
    row = place[study.rows(k)]
    inside = row >= 0
    if universe.scope != COMBINED:
        tissues = study.groups.get(universe.scope, (universe.scope,))
        inside &= table["tissue"].isin(tissues).to_numpy()
    table, row = table[inside], row[inside]
    log_var, log_used, log_model = (
        _mean_by_gene(_log(table[name].to_numpy(dtype=np.float64)), row, len(genes))
        for name in ("var_g", "n_snps", "n_snps_model")
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
    """Mean 0 and variance 1 over the known values; 0 where they are all the same."""
    known = value[np.isfinite(value)]
    if not known.size:
        return value
    centred, sd = value - known.mean(), known.std()
    # A constant has a standard deviation of its rounding error.
    return np.asarray(centred / sd if sd > 1e-9 * np.abs(known).max() else centred * 0.0)


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
