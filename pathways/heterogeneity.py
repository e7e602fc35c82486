"""More than two traits: do the activities of a set differ at all?

With ``r_bk = c_bk - sum_j v_j c_bj``, ``v`` the normalised inverse variances of the activities,
``T = sum_k (sum_b r_bk)^2 / se_k^2``. If all traits have one activity, the sums of the ``r`` have
mean zero, so the null flips the blocks of all traits together (`nulls.maxt.joint_signs`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pathways.contributions import Contributions
from pathways.nulls.interval import cr2_error
from pathways.nulls.maxt import FLIPS, joint_signs

Float = NDArray[np.float64]


def heterogeneity(
    parts: Contributions, n_blocks: int, *, flips: int = FLIPS, seed: int = 0
) -> tuple[Float, Float]:
    """Test equal activities over all traits of a universe.

    Parameters
    ----------
    parts
        Contributions of three or more traits, on one scale.
    n_blocks
        Number of block codes.
    flips, seed
        Joint flips and their seed.

    Returns
    -------
    statistic, p
        Shape ``(n_sets,)``; ``p >= 1 / (flips + 1)``, NaN for a set of fewer than two blocks.
    """
    errors = np.stack([cr2_error(parts.trait(k), parts.weights) for k in range(len(parts.values))])
    precision = 1 / errors**2
    share = precision / precision.sum(axis=0)
    owner = parts.trait(0).owners()
    common = (share[:, owner] * parts.values).sum(axis=0)
    residual = parts.values - common
    usable = np.asarray((np.isfinite(errors) & (errors > 0)).all(axis=0))
    scaled = np.where(usable[owner], residual / errors[:, owner], 0.0)
    shape = (len(usable), n_blocks)
    rows = [csr_array((values, parts.block, parts.indptr), shape=shape) for values in scaled]
    observed = sum(
        (np.asarray(row.sum(axis=1)).ravel() ** 2 for row in rows), np.zeros(len(usable))
    )
    reached = np.zeros(len(usable))
    for signs in joint_signs(n_blocks, flips=flips, seed=seed):
        drawn = sum((row @ signs.astype(np.float64)) ** 2 for row in rows)
        reached += (drawn >= observed[:, None] * (1 - 1e-9)).sum(axis=1)
    blank = np.where(usable, 0.0, np.nan)
    return np.asarray(observed + blank, dtype=np.float64), (1 + reached) / (1 + flips) + blank
