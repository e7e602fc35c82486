"""One trait in one scope: the activity of each set, its error, interval and p."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways import calls
from pathways.contributions import Contributions, Members
from pathways.multiplicity import benjamini_hochberg
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.robust import robust_direction
from twas.study import Universe

Float = NDArray[np.float64]


def direction_columns(
    universe: Universe, parts: Contributions, members: Members, block_names: NDArray[np.object_]
) -> pd.DataFrame:
    """Columns of ``directions.tsv`` for one trait and scope, a row per set.

    Parameters
    ----------
    universe
        One trait.
    parts
        Its contributions.
    members
        The sets.
    block_names
        Name of each block code.
    """
    c = parts.trait(0)
    test = sign_flip(c)
    robust = robust_direction(universe, parts)
    low, high = sign_flip_interval(c, parts.weights, alpha=calls.ALPHA)
    return pd.DataFrame(
        {
            "pathway": members.pathways,
            "trait": universe.traits[0],
            "scope": universe.scope,
            "n_set": members.n_set,
            "n_tested": parts.n_tested,
            "n_signed": parts.n_signed,
            "n_blocks": parts.n_blocks,
            "min_p": test.min_p,
            "effect_scale": universe.effect_scale,
            "activity": test.statistic,
            "se": cr2_error(c, parts.weights),
            "ci_low": low,
            "ci_high": high,
            "p_direction": test.p,
            "q_direction": q_of_testable(test.p, test),
            "p_robust": robust.p,
            "reason": _reasons(parts, members, c_remarks=_remarks(parts, block_names)),
        }
    )


def q_of_testable(p: Float, test: SignFlip) -> Float:
    """BH over the sets that could reach alpha: whether one could is known before its p."""
    return benjamini_hochberg(np.where(calls.untestable(test.min_p), np.nan, p))


def _remarks(parts: Contributions, block_names: NDArray[np.object_]) -> NDArray[np.object_]:
    return calls.dominant_block(parts.trait(0), parts.weights, block_names, parts.block)


def _reasons(
    parts: Contributions, members: Members, *, c_remarks: NDArray[np.object_]
) -> NDArray[np.object_]:
    reasons = c_remarks.copy()
    for k in np.flatnonzero(calls.untestable(np.power(2.0, 1.0 - parts.n_blocks))):
        reasons[k] = calls.why_untestable(
            int(members.n_set[k]), int(parts.n_tested[k]), int(parts.n_blocks[k])
        )
    return reasons
