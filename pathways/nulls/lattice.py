"""Sign-flip tails where the sums fall on a lattice, or so far out that few subsets remain.

Where many ``|c|`` are equal (or whole multiples of one step) ``A*`` has atoms that no smooth
approximation sees; p is then 1.1 to 4 times too small. Here the distribution of the subset sum
``S = sum of |c| over the blocks that are flipped against the majority`` is convolved block by
block on a fine grid, since ``A* >= |A|`` means ``S <= (sum|c| - |A|) / 2``. The grid is a whole
fraction of the lattice step where there is one, so ties stay ties.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathways.nulls.enumeration import TIE

Float = NDArray[np.float64]

#: Cells of the grid over sum|c|. A spread of |c| round a lattice of less than about 1e-4 and
#: more than 1e-9 is finer than the grid: there p may be off by the weight of one atom.
GRID = 2**19
#: A count of subsets stops here.
MAX_COUNT = 20_000


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
