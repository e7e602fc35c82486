"""A pair of traits in one scope: directional call and difference of each set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways import calls, contrasts
from pathways.contributions import Contributions, Members
from pathways.directions import q_of_testable
from pathways.multiplicity import DirectionalCall, directional_call
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.signflip import SignFlip, sign_flip
from twas.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]


@dataclass(frozen=True)
class PairTest:
    """Sign-flip tests of a pair: both activities and their difference, with the call.

    Attributes
    ----------
    a, b, difference
        Tests of each trait's activity and of ``A_A - A_B``.
    directional
        AdaFilter call over the testable sets.
    """

    a: SignFlip
    b: SignFlip
    difference: SignFlip
    directional: DirectionalCall


def pair_test(parts: Contributions) -> PairTest:
    """Test a pair: p-values of direction, directional call and difference."""
    a, b = sign_flip(parts.trait(0)), sign_flip(parts.trait(1))
    blank = np.where(calls.untestable(a.min_p), np.nan, 0.0)
    directional = directional_call(
        a.p_up + blank, a.p_down + blank, b.p_up + blank, b.p_down + blank
    )
    return PairTest(a, b, sign_flip(contrasts.difference(parts)), directional)


def divergence_columns(
    universe: Universe,
    parts: Contributions,
    members: Members,
    genome: contrasts.Moments | None,
) -> pd.DataFrame:
    """Columns of ``divergence.tsv`` for one pair and scope, a row per set.

    Parameters
    ----------
    universe
        A pair of traits.
    parts
        Its contributions.
    members
        The sets.
    genome
        Genome-wide moments of the pair, None where sizes cannot be compared.
    """
    test = pair_test(parts)
    comparable = universe.effect_scale == PER_SQRT_N
    blank = 0.0 if comparable else np.nan
    d = contrasts.difference(parts)
    low, high = sign_flip_interval(d, parts.weights, alpha=calls.ALPHA)
    p_both = np.maximum(test.a.p, test.b.p)
    opposite = test.a.statistic * test.b.statistic < 0
    concordant = test.a.statistic * test.b.statistic > 0
    nowhere = np.isnan(p_both)
    scaled = contrasts.scaled_difference_p(parts, contrasts.kappa(genome, universe.traits))
    q_difference = q_of_testable(test.difference.p + blank, test.a)
    evidence = calls.Evidence(
        min_p=test.a.min_p,
        directional=test.directional,
        q_difference=q_difference,
        q_difference_scaled=q_of_testable(scaled, test.a),
        q_discordant=np.full(len(p_both), np.nan),
    )
    call = calls.calls(evidence)
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
            "p_both": p_both,
            "q_both": q_of_testable(p_both, test.a),
            "p_opposite": np.where(nowhere, np.nan, np.where(opposite, p_both / 2, 1.0)),
            "p_concordant": np.where(nowhere, np.nan, np.where(concordant, p_both / 2, 1.0)),
            "q_call": test.directional.q,
            "difference": test.difference.statistic,
            "se_difference": cr2_error(d, parts.weights),
            "ci_low": low + blank,
            "ci_high": high + blank,
            "p_difference": test.difference.p + blank,
            "q_difference": q_difference,
            "p_difference_scaled": scaled,
            "call": call,
            "reason": _reasons(call, test, parts, members, universe),
        }
    )


def _reasons(
    call: NDArray[np.object_],
    test: PairTest,
    parts: Contributions,
    members: Members,
    universe: Universe,
) -> list[str]:
    best = test.directional
    pair = (universe.traits[0], universe.traits[1])
    return [
        calls.why_untestable(int(members.n_set[k]), int(parts.n_tested[k]), int(parts.n_blocks[k]))
        if word == "untestable"
        else calls.call_reason(
            word, (float(best.q[k]), int(best.sign_a[k]), int(best.sign_b[k])), pair
        )
        for k, word in enumerate(call)
    ]
