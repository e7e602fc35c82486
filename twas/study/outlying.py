"""Loci so strong that one of them would decide what holds for the whole genome.

Thirty genes of one locus at |z| 30 move the mean z of 13,000 genes by 0.07, a third of the error of
a pathway's activity, and double the variance of z. Genome-wide numbers (the mean that effects are
centred on, the SD of z, variances and the covariance of two traits) leave such a locus out; every
set keeps it.

A block is outlying where its sum ``d_b = sum_g x_g - m_b mean(x)`` of one of the products ``x``
(squared z; of a pair also their product), divided by ``sqrt(max(m_b, mean m))``, lies further than
`FAR` median absolute deviations from zero, the mean being that of the other blocks. The bound is
wide: polygenic traits whose effects sit in 1 to 4 % of the genes have no such block or one, so that
variances are not biased, and one that is kept moves an estimate by less than its error (compared
with the jackknife's share of each block, winsorised and other bounds in ``docs/statistics.md``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from twas.system.arrays import Bool, Float, Int

#: Median absolute deviations, scaled to the SD of a normal distribution, beyond which a block is
#: outlying.
FAR = 120.0
#: Blocks below which none is: nothing can be said of their usual size.
MIN_BLOCKS = 50
_NORMAL_MAD = 1.4826
_STEPS = 20


def outlying(z: Float, block: Int) -> Bool:
    """Find the genes of outlying blocks.

    Parameters
    ----------
    z
        Shape ``(k, n)``, finite; the products of one trait, or of a pair, are judged together.
    block
        Block code of each gene, at least 0, shape ``(n,)``.

    Returns
    -------
    ndarray
        Shape ``(n,)``; all False with fewer than `MIN_BLOCKS` blocks.
    """
    # The blocks that are there, in the order of their codes: as by `np.unique`, without a sort.
    there = np.bincount(block) > 0
    n_blocks, code = int(there.sum()), (np.cumsum(there) - 1)[block]
    if n_blocks < MIN_BLOCKS:
        return np.zeros(len(block), dtype=bool)
    centred = z - np.median(z, axis=1, keepdims=True)
    rows, columns = np.triu_indices(len(z))
    sums = np.stack([np.bincount(code, weights=x) for x in centred[rows] * centred[columns]])
    genes = np.bincount(code).astype(np.float64)
    width = np.sqrt(np.maximum(genes, genes.mean()))
    # Many such loci would hide each other in the mean, which therefore comes second.
    mean = np.median(sums / genes, axis=1, keepdims=True)
    # More than half of the blocks alike: they have no usual size to be beyond.
    judged = (np.median(np.abs(sums - genes * mean), axis=1) > 0)[:, None]
    kept = np.ones(n_blocks, dtype=bool)
    for _ in range(_STEPS):
        size = np.abs(sums - genes * mean) / width
        usual = _NORMAL_MAD * np.median(size[:, kept], axis=1, keepdims=True)
        found = np.asarray(((size <= FAR * usual) | ~judged).all(axis=0))
        before, mean = mean, sums[:, found].sum(axis=1, keepdims=True) / genes[found].sum()
        if (found == kept).all() and (mean == before).all():
            break
        kept = found
    return np.asarray(~kept[code])


def outlying_by_trait(z: Float, block: Int) -> Bool:
    """The same for each trait by itself, shape ``(k, n)``."""
    return np.stack([outlying(row[None], block) for row in z])


def over_the_rest(far: Bool, values: Float, statistic: Callable[[Float], Float]) -> Float:
    """A statistic of each trait over the genes that are not outlying in it.

    Parameters
    ----------
    far
        From `outlying_by_trait`, shape ``(k, n)``.
    values
        Shape ``(k, n)``.
    statistic
        Of the rows of an array: shape ``(k, m)`` to ``(k,)``.
    """
    out = statistic(values)
    for k in np.flatnonzero(far.any(axis=1)):
        out[k] = statistic(values[k : k + 1, ~far[k]])[0]
    return out
