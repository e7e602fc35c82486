"""The rule of a call, written once.

A call rests on three q-values and on whether a set can be tested at all (`Evidence`); `calls` puts
them in order. The q of a set is that of the whole collection (`directional`, Benjamini-Hochberg),
and the q of a set less some members is the one that it would have in the place of the whole set,
all others unchanged (`directional_in_place`, `bh_in_place`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.multiplicity import (
    AdaFamily,
    DirectionalCall,
    bh_in_place,
    directional_call,
    q_in_one,
)
from pathways.nulls.signflip import SignFlip

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]
Text = NDArray[np.object_]


@dataclass(frozen=True)
class Evidence:
    """What a call is made from, one entry per set or case.

    Attributes
    ----------
    testable
        Whether some outcome could have reached alpha.
    directional
        Best pair of directions with its q.
    q_discordant
        q of the gene-wise discordance; NaN where not tested.
    q_unequal
        q of the larger p of the difference before and after scaling; NaN where sizes cannot be
        compared.
    """

    testable: Bool
    directional: DirectionalCall
    q_discordant: Float
    q_unequal: Float


def calls(evidence: Evidence, *, alpha: float = words.ALPHA) -> Text:
    """The call of each set, values of `words.CALLS`: the first in their order that holds."""
    best = evidence.directional
    with np.errstate(invalid="ignore"):
        called = best.q <= alpha
        discordant = evidence.q_discordant <= alpha
        unequal = evidence.q_unequal <= alpha
    opposite = best.sign_a * best.sign_b < 0
    conditions = [
        ~evidence.testable,
        called & opposite,
        called & ~opposite,
        discordant,
        unequal,
    ]
    choice = np.select(conditions, np.arange(5), default=5)
    return np.array(words.CALLS, dtype=object)[choice]


def adafilter_call(a: SignFlip, b: SignFlip, testable: Bool) -> DirectionalCall:
    """The directional call of the testable sets by AdaFilter alone."""
    blank = np.where(testable, 0.0, np.nan)
    return directional_call(a.p_up + blank, a.p_down + blank, b.p_up + blank, b.p_down + blank)


def directional(
    a: SignFlip, b: SignFlip, testable: Bool, repeated: tuple[int, ...]
) -> DirectionalCall:
    """The directional call of the testable sets: AdaFilter, and more along the correlation.

    AdaFilter takes both p of a set without effect to be independent. Traits that correlate repeat
    each other's chance directions; then ``F`` and ``S`` are nearly equal and a set is called at
    about its unadjusted p. So a call along the sign of the genome-wide correlation must also be
    found by Benjamini-Hochberg in one of the traits: its q is the larger of the AdaFilter q and
    the smaller of both BH q (false `concordant` calls 0.31 to 0.04 in the worst world of
    docs/evidence.md).

    Parameters
    ----------
    a, b
        Tests of the sets in both traits.
    testable
        Sets that belong to the family.
    repeated
        Products of directions that correlated traits repeat by chance.
    """
    best = adafilter_call(a, b, testable)
    blank = np.where(testable, 0.0, np.nan)
    return _along(best, repeated, q_in_one(a.p + blank, b.p + blank))


def directional_in_place(
    family: tuple[SignFlip, SignFlip],
    testable: Bool,
    repeated: tuple[int, ...],
    origin: Int,
    cases: tuple[SignFlip, SignFlip],
) -> DirectionalCall:
    """`directional` of each case in the place of set `origin`, all other sets as they are.

    Parameters
    ----------
    family
        Tests of the sets in both traits.
    testable, repeated
        As for `directional`.
    origin
        Set of each case, shape ``(n_cases,)``.
    cases
        Tests of the cases in both traits.
    """
    (a, b), (case_a, case_b) = family, cases
    whole = AdaFamily.of(a.p_up, a.p_down, b.p_up, b.p_down, testable)
    best = whole.in_place(origin, case_a.p_up, case_a.p_down, case_b.p_up, case_b.p_down)
    blank = np.where(testable, 0.0, np.nan)
    alone = np.fmin(
        bh_in_place(a.p + blank, origin, case_a.p), bh_in_place(b.p + blank, origin, case_b.p)
    )
    return _along(best, repeated, alone)


def _along(best: DirectionalCall, repeated: tuple[int, ...], alone: Float) -> DirectionalCall:
    """Raise q to that of the better trait alone where the directions may be chance repeated."""
    along = np.isin(best.sign_a * best.sign_b, repeated)
    return replace(best, q=np.where(along, np.maximum(best.q, alone), best.q))
