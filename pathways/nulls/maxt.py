"""Family-wise error by the maximum over a family under joint sign flips.

Each LD block gets one sign in a flip, for every set, trait and contrast alike, so what sets and
traits share stays as it is. The statistic is ``|A| / sqrt(sum c_b^2)``; its adjusted p is
``(1 + #{flips whose family maximum reaches it}) / (1 + flips)`` (single-step max-T).

References
----------
Westfall PH, Young SS (1993). Resampling-Based Multiple Testing. Wiley.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pathways.nulls.ragged import Ragged
from twas.system.arrays import Bool, Float, Int

FLIPS = 10_000
_CHUNK = 500


def joint_signs(n_blocks: int, *, flips: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """Signs of all blocks in chunks of flips, each of shape ``(n_blocks, chunk)``."""
    rng = np.random.default_rng(seed)
    for start in range(0, flips, _CHUNK):
        size = min(_CHUNK, flips - start)
        packed = rng.integers(0, 256, (n_blocks, -(-size // 8)), dtype=np.uint8)
        bits = np.unpackbits(packed, axis=1, count=size)
        yield bits.astype(np.float32) * 2 - 1


@dataclass(frozen=True)
class Standardised:
    """Rows ``c / sqrt(sum c^2)`` of one trait or contrast, and the observed statistic.

    Attributes
    ----------
    rows
        Sparse, shape ``(n_sets, n_blocks)``; untested sets are empty.
    statistic
        ``|A| / sqrt(sum c^2)``, shape ``(n_sets,)``; NaN where untested.
    """

    rows: csr_array
    statistic: Float


def standardise(c: Ragged, block: Int, n_blocks: int, tested: Bool) -> Standardised:
    """Prepare one statistic.

    Parameters
    ----------
    c
        Block contributions.
    block
        Block code of each entry of `c`.
    n_blocks
        Number of block codes.
    tested
        Which sets belong to the family.
    """
    scale = np.sqrt(c.replace(c.values**2).sums())
    tested = tested & (scale > 0)
    keep = np.repeat(tested, c.lengths)
    values = (c.values / np.repeat(np.where(scale > 0, scale, 1.0), c.lengths))[keep]
    lengths = np.where(tested, c.lengths, 0)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    rows = csr_array((values.astype(np.float32), block[keep], indptr), shape=(c.n_sets, n_blocks))
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where(tested, np.abs(c.sums()) / scale, np.nan)
    return Standardised(rows, statistic)


def family_wise_p(
    family: Sequence[Standardised], *, flips: int = FLIPS, seed: int = 0
) -> list[Float]:
    """Adjusted p of every statistic of a family, from the same flips.

    Parameters
    ----------
    family
        Statistics whose maximum is taken together, of one number of blocks; the order does not
        matter.
    flips, seed
        Number of joint flips, and their seed.

    Returns
    -------
    list
        Adjusted p of each statistic, shape ``(n_sets,)``, NaN where untested.
    """
    if not family:
        return []
    maxima = []
    for signs in joint_signs(family[0].rows.shape[1], flips=flips, seed=seed):
        highest = np.zeros(signs.shape[1], dtype=np.float32)
        for item in family:
            if item.rows.nnz:
                flipped = item.rows @ signs
                highest = np.maximum(highest, np.abs(flipped, out=flipped).max(axis=0))
        maxima.append(highest)
    ordered = np.sort(np.concatenate(maxima).astype(np.float64))
    return [_adjusted(item.statistic, ordered) for item in family]


def _adjusted(statistic: Float, ordered: Float) -> Float:
    # Single precision in the flips: a statistic that equals its own maximum must count as such.
    reached = len(ordered) - np.searchsorted(ordered, statistic * (1 - 1e-5), side="left")
    return np.where(np.isnan(statistic), np.nan, (1 + reached) / (1 + len(ordered)))
