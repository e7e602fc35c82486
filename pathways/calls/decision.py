"""The rule of a call, written once.

A call rests on three q-values, on the exact p of both traits and on whether a set can be tested at
all (`Evidence`); `calls` puts them in order. The q of a set is that of its family
(`directional.Family`, Benjamini-Hochberg), and the q of a set less some members is the one that it
would have in the place of the whole set, all others unchanged (`Family.q_if`, `bh_in_place`).

The q of a directional call is an estimate over the family, from variances that are right on
average. So a set is called only if its exact sign-flip p is at most `GUARD` in both traits too: no
single set without a direction is then called more often than that, whatever its variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways.calls.directional import DirectionalCall
from pathways.calls.vocabulary import ALPHA, WORDS
from twas.system.arrays import Bool, Float, Text

#: Exact two-sided p up to which a directional call is made, in each trait.
GUARD = 0.05


def untestable(min_p: Float) -> Bool:
    """Sets of which no outcome could reach `ALPHA`: too few LD blocks, or none."""
    return ~(min_p <= ALPHA)


@dataclass(frozen=True)
class Evidence:
    """What a call is made from, one entry per set or case.

    Attributes
    ----------
    testable
        Whether some outcome could have reached alpha.
    directional
        Best pair of directions with its q.
    p_both
        Larger of the two exact two-sided p.
    q_discordant
        q of the gene-wise discordance; NaN where not tested.
    q_unequal
        q of the larger p of the difference before and after scaling; NaN where sizes cannot be
        compared.
    """

    testable: Bool
    directional: DirectionalCall
    p_both: Float
    q_discordant: Float
    q_unequal: Float


def calls(evidence: Evidence) -> Text:
    """The call of each set, words of the vocabulary: the first in its order that holds."""
    best = evidence.directional
    with np.errstate(invalid="ignore"):
        called = (best.q <= ALPHA) & (evidence.p_both <= GUARD)
        discordant = evidence.q_discordant <= ALPHA
        unequal = evidence.q_unequal <= ALPHA
    opposite = best.sign_a * best.sign_b < 0
    holds = {
        "untestable": ~evidence.testable,
        "opposite": called & opposite,
        "concordant": called & ~opposite,
        "discordant": discordant,
        "unequal": unequal,
        "undetermined": np.ones(len(called), dtype=bool),
    }
    choice = np.select([holds[word] for word in WORDS], np.arange(len(WORDS)))
    return np.array(WORDS, dtype=object)[choice]
