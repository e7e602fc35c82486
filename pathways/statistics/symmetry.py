"""Symmetry, the one assumption of the sign-flip test, looked at over the whole genome.

The test takes each locus to be as likely to push up as down with the same force. A trait of few
strong loci that all push one way, and many weak ones that push the other, breaks that, and no set
can show it by itself. Two skews of the centred z, about zero and without outlying loci
(`twas.study.outlying`), each with a jackknife error over groups of neighbouring blocks:

- of blocks: ``mean S_b^3 / (mean S_b^2)^1.5``, ``S_b`` the sum over the genes of a block;
- of genes: ``mean z^3 / (mean z^2)^1.5``.

A set holds one or two genes of most of its blocks, so the second is what its contributions look
like. The skew of blocks rests on the blocks of many genes: in simulated worlds it is 0 where the
test rejects in 0.12, and 20 where it holds its size (``docs/statistics.md``). So the warning rests
on the genes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.statistics.moments import CLEAR, JACKKNIFE_GROUPS, Estimate
from twas.study.universe import Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]

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
