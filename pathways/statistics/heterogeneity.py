"""More than two traits: do the activities of a set differ at all?

With ``r_bk = c_bk - sum_j v_j c_bj``, ``v_k`` proportional to ``1 / s_k^2`` and ``s_k`` the SD of
the trait's effects over the genome, ``T = sum_k (sum_b r_bk)^2 / s_k^2``. If all traits have one
activity, the sums of the ``r`` have mean zero, so the null flips the blocks of all traits together
(`nulls.maxt.joint_signs`). The scales are those of the genome, since errors estimated from the set
under test would have to be flipped with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pathways.nulls.maxt import FLIPS, joint_signs
from pathways.statistics.contributions import Contributions

Float = NDArray[np.float64]


def heterogeneity(
    contributions: Contributions, scale: Float, n_blocks: int, *, flips: int = FLIPS, seed: int = 0
) -> tuple[Float, Float]:
    """Test equal activities over all traits of a universe.

    Parameters
    ----------
    contributions
        Contributions of three or more traits, on one scale.
    scale
        SD of the effects of each trait over the genome, shape ``(n_traits,)``, positive.
    n_blocks
        Number of block codes.
    flips, seed
        Joint flips and their seed.

    Returns
    -------
    statistic, p
        Shape ``(n_sets,)``; ``p >= 1 / (flips + 1)``, NaN for a set of fewer than two blocks.
    """
    share = (1 / scale**2) / (1 / scale**2).sum()
    scaled = (contributions.values - share @ contributions.values) / scale[:, None]
    usable = contributions.n_blocks > 1
    shape = (len(usable), n_blocks)
    rows = [
        csr_array((values, contributions.block, contributions.indptr), shape=shape)
        for values in scaled
    ]
    observed = sum(
        (np.asarray(row.sum(axis=1)).ravel() ** 2 for row in rows), np.zeros(len(usable))
    )
    reached = np.zeros(len(usable))
    for signs in joint_signs(n_blocks, flips=flips, seed=seed):
        drawn = sum((row @ signs.astype(np.float64)) ** 2 for row in rows)
        reached += (drawn >= observed[:, None] * (1 - 1e-9)).sum(axis=1)
    blank = np.where(usable, 0.0, np.nan)
    return np.asarray(observed + blank, dtype=np.float64), (1 + reached) / (1 + flips) + blank
