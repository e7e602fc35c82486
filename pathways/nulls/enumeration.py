"""Exact sign-flip tails for few blocks: every one of the 2^B sign vectors is counted.

``p = #{eps : |sum_b eps_b c_b| >= |sum_b c_b|} / 2^B``.

Up to `DIRECT_BLOCKS` blocks all sums are formed at once; up to `EXACT_BLOCKS` they are counted
by meet in the middle: the sums of each half are sorted, and for each sum of the first half a
binary search finds how many of the second complete it.

References
----------
Horowitz E, Sahni S (1974). Computing partitions with applications to the knapsack problem.
J ACM 21:277-292.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

DIRECT_BLOCKS = 9
EXACT_BLOCKS = 24
#: Sums closer than this share of sum|c| count as ties: rounding must not break them.
TIE = 1e-12


@lru_cache(maxsize=32)
def sign_vectors(n: int) -> Float:
    """All sign vectors of `n` blocks, shape ``(2**n, n)``, entries -1 and +1."""
    bits = np.arange(2**n)[:, None] >> np.arange(n)[None, :]
    return np.where(bits & 1, -1.0, 1.0)


def two_sided_tail(c: Float) -> Float:
    """``P(|A*| >= |A|)`` for sets that share a number of blocks.

    Parameters
    ----------
    c
        Block contributions, shape ``(n_sets, n_blocks)``, ``1 <= n_blocks <= EXACT_BLOCKS``.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in [2^(1 - n_blocks), 1]; sums within `TIE` of ``|A|`` count as equal.
    """
    bound = np.abs(c.sum(axis=1)) - TIE * np.abs(c).sum(axis=1)
    return (_count_direct if c.shape[1] <= DIRECT_BLOCKS else _count_by_halves)(c, bound)


def _count_direct(c: Float, bound: Float) -> Float:
    # By symmetry the first sign can be held at +1.
    sums = c[:, 1:] @ sign_vectors(c.shape[1] - 1).T
    sums += c[:, :1]
    np.abs(sums, out=sums)
    return np.asarray((sums >= bound[:, None]).mean(axis=1), dtype=np.float64)


def _count_by_halves(c: Float, bound: Float) -> Float:
    cut = c.shape[1] // 2
    first = c[:, :1] + c[:, 1:cut] @ sign_vectors(cut - 1).T
    second = c[:, cut:] @ sign_vectors(c.shape[1] - cut).T
    first.sort(axis=1)
    second.sort(axis=1)
    size = second.shape[1]
    out = np.empty(len(c))
    for k in range(len(c)):
        # The sums of the second half are symmetric, so s <= -bound - f is -s >= bound + f.
        needed = np.concatenate([bound[k] - first[k], bound[k] + first[k]])
        found = size * len(needed) - second[k].searchsorted(needed, side="left").sum()
        # A bound below zero (an activity of zero) makes the two tails overlap: all sums count.
        out[k] = 1.0 if bound[k] <= 0 else found / (size * first.shape[1])
    return out


def subset_mean_limits(c: Float, w: Float, rank: int) -> tuple[Float, Float]:
    """Limits of the interval that inverts the exact test, from the means of all block subsets.

    ``P(A*(delta) >= A - delta) = (1 + #{S : c_S / w_S <= delta}) / 2^B``, so the lower limit is
    the `rank`-th smallest subset mean ``c_S / w_S`` and the upper one the `rank`-th largest.

    Parameters
    ----------
    c, w
        Contributions and positive weights, each of shape ``(n_sets, n_blocks)``.
    rank
        Which order statistic, at least 1.

    References
    ----------
    Hartigan JA (1969). Using subsample values as typical values. JASA 64:1303-1317.
    """
    member = (1.0 - sign_vectors(c.shape[1])[1:]) / 2.0
    means = (c @ member.T) / (w @ member.T)
    n = means.shape[1]
    means.partition((rank - 1, n - rank), axis=1)
    return means[:, rank - 1].copy(), means[:, n - rank].copy()
