"""Exact sign-flip tails: every one of the 2^B sign vectors is counted, or convolved on a grid.

``p = #{eps : |sum_b eps_b c_b| >= |sum_b c_b|} / 2^B``.

Up to `DIRECT_BLOCKS` blocks all sums are formed at once; up to `EXACT_BLOCKS` they are counted
by meet in the middle: the sums of the second half are sorted together with what those of the
first half need to be completed.

With more blocks, where many ``|c|`` are equal (or whole multiples of one step), ``A*`` has atoms
that no smooth approximation sees; p is then 1.1 to 4 times too small. There `upper_tail` convolves
the distribution of the subset sum ``S = sum of |c| over the blocks that are flipped against the
majority`` block by block on a fine grid, since ``A* >= |A|`` means ``S <= (sum|c| - |A|) / 2``. The
grid is a whole fraction of the lattice step where there is one, so ties stay ties. So far out that
few subsets remain, these are counted (`count_far_tail`).

References
----------
Horowitz E, Sahni S (1974). Computing partitions with applications to the knapsack problem.
J ACM 21:277-292.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twas.system.arrays import Float

DIRECT_BLOCKS = 9
EXACT_BLOCKS = 24
#: Sums of a half that are sorted at a time, for all sets: what fits into a processor's cache.
_AT_ONCE = 32_768
#: Sums closer than this share of sum|c| count as ties: rounding must not break them.
TIE = 1e-12
#: A set with a smaller sum|c| is counted by its numbers as they are.
_TINY = 1e-280
#: Cells of the grid over sum|c|. A spread of |c| round a lattice of less than about 1e-4 and
#: more than 1e-9 is finer than the grid: there p may be off by the weight of one atom.
GRID = 2**19
#: A count of subsets stops here.
MAX_COUNT = 20_000


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
    rows = max(1, _AT_ONCE >> (c.shape[1] - cut))
    parts = [slice(start, start + rows) for start in range(0, len(c), rows)]
    return np.concatenate([_count_part(c[part], bound[part], cut) for part in parts])


def _count_part(c: Float, bound: Float, cut: int) -> Float:
    """Share of sign vectors, by one sort of what the first half needs with what the second has.

    A sum of the second half completes all needs that stand below it. The numbers are sorted as
    whole ones of 32 bits, in half the time; where these cannot tell two of them apart, beside the
    observed sum and its own need, they are sorted as they are.
    """
    total = np.abs(c).sum(axis=1)
    # All lie between -total and twice the total, which become 0 and 3 x 2^29.
    scale = 2.0**29 / np.where(total > _TINY, total, 1.0)
    needs, has = _halves(c * scale[:, None], bound * scale, cut)
    row = np.empty((len(c), needs.shape[1] + has.shape[1]), dtype=np.uint32)
    np.add(needs, 2.0**29, out=row[:, : needs.shape[1]], casting="unsafe")
    np.add(has, 2.0**29, out=row[:, needs.shape[1] :], casting="unsafe")
    row <<= 1
    row[:, needs.shape[1] :] |= 1
    row.sort(axis=1)
    found = _completed(row, has.shape[1])
    alike = np.count_nonzero((row[:, 1:] ^ row[:, :-1]) <= 1, axis=1) != 1
    if alike.any():
        row = np.concatenate(_halves(c[alike], bound[alike], cut), axis=1)
        # The last bit of a number is far less than `TIE`.
        bits = row.view(np.int64)
        bits[:, : needs.shape[1]] &= ~1
        bits[:, needs.shape[1] :] |= 1
        row.sort(axis=1)
        found[alike] = _completed(bits, has.shape[1])
    # A bound below zero (an activity of zero) makes the two tails overlap: all sums count.
    return np.where(bound <= 0, 1.0, found / (has.shape[1] * needs.shape[1] / 2))


def _halves(c: Float, bound: Float, cut: int) -> tuple[Float, Float]:
    """What each sum of the first half needs to reach the bound, and the sums of the second."""
    first = c[:, :1] + c[:, 1:cut] @ sign_vectors(cut - 1).T
    # The sums of the second half are symmetric, so s <= -bound - f is -s >= bound + f.
    needs = np.concatenate([bound[:, None] - first, bound[:, None] + first], axis=1)
    return needs, c[:, cut:] @ sign_vectors(c.shape[1] - cut).T


def _completed(row: NDArray[np.integer], size: int) -> Float:
    """How many needs the sums complete, in sorted rows whose last bit marks the `size` sums.

    At place ``k`` of a row, as the ``j``-th sum, one has ``k - j`` needs below it.
    """
    sums = (row & 1).astype(np.float64)
    # Whole numbers below 2^53: exact in any order.
    return np.asarray(sums @ np.arange(row.shape[1], dtype=np.float64) - size * (size - 1) / 2)


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


def upper_tail(c: Float) -> float:
    """P(A* >= |A|) by convolution on a grid.

    Parameters
    ----------
    c
        Block contributions of one set, shape ``(n_blocks,)``.
    """
    size = np.abs(c)
    units = np.rint(size / _grid_step(size)).astype(np.int64)
    against = c < 0 if c.sum() >= 0 else c > 0
    bound = int(units[against].sum())
    probability = np.zeros(bound + 1)
    probability[0] = 1.0
    for unit in np.sort(units):
        flipped = np.zeros_like(probability)
        if unit <= bound:
            flipped[unit:] = probability[: bound + 1 - unit]
        probability = (probability + flipped) / 2
    return float(probability.sum())


def _grid_step(size: Float) -> float:
    """A grid of about `GRID` cells, a whole fraction of the lattice step if there is one."""
    finest = float(size.sum()) / GRID
    step = lattice_step(size)
    return finest if step is None else step / max(1, round(step / finest))


def lattice_step(size: Float) -> float | None:
    """The largest step of which every entry is a whole multiple (to 1e-9), else None."""
    step = float(size.max())
    limit = step / 200
    for value in size:
        rest = float(value)
        while rest > 1e-9 * step and step > limit:
            step, rest = rest, abs(step - rest * round(step / rest))
        if step <= limit:
            return None
    multiples = size / step
    return step if np.all(np.abs(multiples - np.rint(multiples)) < 1e-6) else None


def count_far_tail(size: Float, gap: float) -> int | None:
    """Number of subsets of `size` with sum at most `gap`; None if above `MAX_COUNT`."""
    ascending = np.sort(size)
    bound = gap + TIE * float(size.sum())
    sums = np.zeros(1)
    for value in ascending:
        if value > bound:
            break
        longer = sums + value
        sums = np.concatenate([sums, longer[longer <= bound]])
        if len(sums) > MAX_COUNT:
            return None
    return len(sums)
