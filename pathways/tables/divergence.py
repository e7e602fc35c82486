"""Columns of ``divergence.tsv``: a pair of traits in one scope, a row per set."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.decision import PairCalls
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.power import achieved
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions, Members
from pathways.statistics.robust import robust_difference_p, robust_opposite_p
from twas.study.study import PER_SQRT_N, Universe


def divergence_columns(
    universe: Universe,
    parts: Contributions,
    members: Members,
    genome: contrasts.Moments | None,
    found: PairCalls,
) -> pd.DataFrame:
    """Tabulate one pair and scope.

    Parameters
    ----------
    universe
        A pair of traits.
    parts
        Its contributions.
    members
        The sets.
    genome
        Its genome-wide moments.
    found
        Its tests and calls.
    """
    test = found.test
    excess = contrasts.excess(parts, genome, universe)
    blank = 0.0 if universe.effect_scale == PER_SQRT_N else np.nan
    d = contrasts.difference(parts)
    low, high = sign_flip_interval(d, parts.weights, alpha=words.ALPHA)
    se = cr2_error(d, parts.weights)
    return pd.DataFrame(
        {
            "pathway": members.pathways,
            "trait_a": universe.traits[0],
            "trait_b": universe.traits[1],
            "scope": universe.scope,
            "n_tested": parts.n_tested,
            "n_blocks": parts.n_blocks,
            "effect_scale": universe.effect_scale,
            "activity_a": test.a.statistic,
            "activity_b": test.b.statistic,
            "p_both": test.p_both,
            "q_both": found.q(test.p_both),
            "p_opposite": test.p_signs(-1),
            "p_concordant": test.p_signs(1),
            "q_call": found.directional.q,
            "p_robust_opposite": robust_opposite_p(universe, parts),
            "difference": test.difference.statistic,
            "se_difference": se,
            "detectable_difference": achieved.detectable_effect(se, d.replace(parts.weights))
            + blank,
            "ci_low": low + blank,
            "ci_high": high + blank,
            "p_difference": test.p_difference,
            "q_difference": found.q_difference,
            "p_difference_scaled": test.p_difference_scaled,
            "p_robust_difference": robust_difference_p(universe, parts),
            "excess": excess.excess,
            "excess_trait": excess.trait,
            "excess_reason": excess.reason,
            "scale_reason": contrasts.kappa(genome, universe).reason,
            "p_excess": excess.p,
            "q_excess": found.q(excess.p),
            "product": test.discordance.product,
            "p_anticorrelated": test.discordance.p_anticorrelated,
            "q_anticorrelated": found.q_anticorrelated,
            "p_less_concordant": test.discordance.p_less_concordant,
            "call": found.call,
            "reason": _reasons(universe, parts, members, found, excess, genome),
            "assumed": "; ".join(universe.assumed),
        }
    )


def _reasons(
    universe: Universe,
    parts: Contributions,
    members: Members,
    found: PairCalls,
    excess: contrasts.Excess,
    genome: contrasts.Moments | None,
) -> NDArray[np.object_]:
    best = found.directional
    pair = (universe.traits[0], universe.traits[1])
    # What traits call by correlating: the same directions, or opposite ones where they do so
    # negatively.
    expected = {"concordant"}
    if genome is not None and genome.covariance.value < 0:
        expected = {"concordant", "opposite"}
    reasons = np.full(len(found.call), "", dtype=object)
    for k, word in enumerate(found.call):
        if word == "untestable":
            reasons[k] = words.why_untestable(
                int(members.n_set[k]), int(parts.n_tested[k]), int(parts.n_blocks[k])
            ) + words.discordant_remark(float(found.q_anticorrelated[k]))
        else:
            signs = (float(best.q[k]), int(best.sign_a[k]), int(best.sign_b[k]))
            reasons[k] = words.call_reason(word, signs, pair)
        if word in expected:
            sign = (best.sign_a if excess.trait == pair[0] else best.sign_b)[k]
            reasons[k] += words.excess_remark(float(excess.p[k]), float(excess.excess[k] * sign))
    return reasons
