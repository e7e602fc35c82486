"""Everything that decides the call of a pair of traits, for all sets of a collection at once.

`measure` tests each set by itself; `decide` takes the p-values of the whole collection and makes
the q-values and calls. What changes some sets only measures those and decides anew.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.multiplicity import (
    DirectionalCall,
    benjamini_hochberg,
    directional_call,
    q_in_one,
)
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions
from pathways.statistics.discordance import Discordance, discordance
from twas.study.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
T = TypeVar("T")


@dataclass(frozen=True)
class PairTest:
    """The p-values of a pair, one entry per set.

    Attributes
    ----------
    a, b, difference
        Sign-flip tests of each trait's activity and of ``A_A - A_B``.
    p_difference, p_difference_scaled
        Two-sided p of both differences; NaN where sizes cannot be compared.
    discordance
        Products of z over the members.
    """

    a: SignFlip
    b: SignFlip
    difference: SignFlip
    p_difference: Float
    p_difference_scaled: Float
    discordance: Discordance

    @property
    def testable(self) -> Bool:
        """Sets that some outcome could have brought below alpha."""
        return ~words.untestable(self.a.min_p)

    @property
    def p_both(self) -> Float:
        """Larger of the two two-sided p."""
        return np.maximum(self.a.p, self.b.p)

    def p_signs(self, product: int) -> Float:
        """Larger one-sided p if the signs of the activities have this product, else 1."""
        fits = self.a.statistic * self.b.statistic * product > 0
        return np.where(np.isnan(self.p_both) | fits, self.p_both / 2, 1.0)

    def replaced(self, where: Bool, other: PairTest) -> PairTest:
        """These tests with those of `other` in the sets `where`."""
        return _where(where, other, self)


def _where(mask: Bool, first: T, second: T) -> T:
    """``np.where`` on arrays, and entry by entry on dataclasses of arrays."""
    if isinstance(first, np.ndarray):
        return cast(T, np.where(mask, first, cast(Any, second)))
    names = [f.name for f in fields(first)]  # type: ignore[arg-type]
    return type(first)(**{n: _where(mask, getattr(first, n), getattr(second, n)) for n in names})


def repeated_products(genome: contrasts.Moments | None) -> tuple[int, ...]:
    """Products of directions that may be chance repeated; both where nothing is known."""
    return (1, -1) if genome is None else genome.repeated


def by_adafilter(test: PairTest) -> DirectionalCall:
    """The directional call of the testable sets by AdaFilter alone."""
    blank = np.where(test.testable, 0.0, np.nan)
    a, b = test.a, test.b
    return directional_call(a.p_up + blank, a.p_down + blank, b.p_up + blank, b.p_down + blank)


def directional(test: PairTest, genome: contrasts.Moments | None) -> DirectionalCall:
    """The directional call of the testable sets: AdaFilter, and more along the correlation.

    AdaFilter takes both p of a set without effect to be independent. Traits that correlate repeat
    each other's chance directions; then ``F`` and ``S`` are nearly equal and a set is called at
    about its unadjusted p. So a call along the sign of the genome-wide correlation must also be
    found by Benjamini-Hochberg in one of the traits: its q is the larger of the AdaFilter q and
    the smaller of both BH q (false `concordant` calls 0.31 to 0.04 in the worst world of
    docs/evidence.md).
    """
    best = by_adafilter(test)
    blank = np.where(test.testable, 0.0, np.nan)
    along = np.isin(best.sign_a * best.sign_b, repeated_products(genome))
    alone = q_in_one(test.a.p + blank, test.b.p + blank)
    return replace(best, q=np.where(along, np.maximum(best.q, alone), best.q))


@dataclass(frozen=True)
class PairCalls:
    """The tests of a pair and the call of each set.

    Attributes
    ----------
    test
        P-values.
    directional
        From `directional`.
    q_difference, q_anticorrelated
        BH q; a set is ``unequal`` by the q of the larger p of both differences.
    call
        One of `words.CALLS` for each set.
    """

    test: PairTest
    directional: DirectionalCall
    q_difference: Float
    q_anticorrelated: Float
    call: NDArray[np.object_]

    def q(self, p: Float) -> Float:
        """BH over the testable sets: whether a set is testable is known before its p."""
        return benjamini_hochberg(np.where(self.test.testable, p, np.nan))


def measure(universe: Universe, parts: Contributions, genome: contrasts.Moments | None) -> PairTest:
    """Run every test of a pair that a call may rest on.

    Parameters
    ----------
    universe
        A pair of traits in one scope.
    parts
        Contributions of its sets.
    genome
        Genome-wide moments of the pair, None with too few genes.
    """
    difference = sign_flip(contrasts.difference(parts))
    comparable = universe.effect_scale == PER_SQRT_N
    return PairTest(
        a=sign_flip(parts.trait(0)),
        b=sign_flip(parts.trait(1)),
        difference=difference,
        p_difference=difference.p + (0.0 if comparable else np.nan),
        p_difference_scaled=contrasts.scaled_difference_p(parts, contrasts.kappa(genome, universe)),
        discordance=discordance(universe, parts, genome),
    )


def decide(test: PairTest, genome: contrasts.Moments | None) -> PairCalls:
    """Make q-values and calls of the p-values of a collection.

    Parameters
    ----------
    test
        From `measure`.
    genome
        Genome-wide moments of the pair, None with too few genes.
    """

    def q(p: Float) -> Float:
        return benjamini_hochberg(np.where(test.testable, p, np.nan))

    best = directional(test, genome)
    unsigned = test.discordance.min_p <= words.ALPHA
    p_discordant = np.where(unsigned, test.discordance.p_call, np.nan)
    evidence = words.Evidence(
        min_p=test.a.min_p,
        directional=best,
        q_unequal=q(np.maximum(test.p_difference, test.p_difference_scaled)),
        q_discordant=benjamini_hochberg(p_discordant),
    )
    q_anticorrelated = np.where(unsigned, test.discordance.p_anticorrelated, np.nan)
    return PairCalls(
        test=test,
        directional=best,
        q_difference=q(test.p_difference),
        q_anticorrelated=benjamini_hochberg(q_anticorrelated),
        call=words.calls(evidence),
    )
