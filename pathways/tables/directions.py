"""One trait in one scope: the activity of each set, its error, interval and p."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.power import achieved
from pathways.statistics.contributions import Contributions, Members
from pathways.statistics.robust import robust_direction
from twas.study.study import Universe

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
    low, high = sign_flip_interval(c, parts.weights, alpha=words.ALPHA)
    se = cr2_error(c, parts.weights)
    q = q_of_testable(test.p, test)
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
            "se": se,
            "ci_low": low,
            "ci_high": high,
            "p_direction": test.p,
            "q_direction": q,
            "p_robust": robust.p,
            **_power_columns(test.statistic, se, c.replace(parts.weights), q),
            "reason": _reasons(parts, members, c_remarks=_remarks(parts, block_names)),
        }
    )


def _power_columns(activity: Float, se: Float, weights: Ragged, q: Float) -> dict[str, Float]:
    """What could have been seen, and what a significant activity would be worth.

    Type M and S are given for a true activity of half of what was seen: an estimate that was
    looked at because it is large is, on average, too large.
    """
    attainable = achieved.attainable_alpha(weights.lengths, words.ALPHA)
    half = achieved.type_errors(activity / 2, se, achieved.satterthwaite_df(weights), attainable)
    needed = achieved.fdr_alpha(q, words.ALPHA)
    return {
        "detectable_effect": achieved.detectable_effect(se, weights, alpha=words.ALPHA),
        "detectable_effect_fdr": achieved.detectable_effect(se, weights, alpha=needed),
        "power_half": half.power,
        "type_m": half.exaggeration,
        "type_s": half.wrong_sign,
    }


def q_of_testable(p: Float, test: SignFlip) -> Float:
    """BH over the sets that could reach alpha: whether one could is known before its p."""
    return benjamini_hochberg(np.where(words.untestable(test.min_p), np.nan, p))


def _remarks(parts: Contributions, block_names: NDArray[np.object_]) -> NDArray[np.object_]:
    return words.dominant_block(parts.trait(0), parts.weights, block_names, parts.block)


def _reasons(
    parts: Contributions, members: Members, *, c_remarks: NDArray[np.object_]
) -> NDArray[np.object_]:
    reasons = c_remarks.copy()
    for k in np.flatnonzero(words.untestable(np.power(2.0, 1.0 - parts.n_blocks))):
        reasons[k] = words.why_untestable(
            int(members.n_set[k]), int(parts.n_tested[k]), int(parts.n_blocks[k])
        )
    return reasons
