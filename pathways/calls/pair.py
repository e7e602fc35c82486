"""`PairResult`: every set of a collection in a pair of traits and a scope, its tests and its call.

The p-values are those of each set by itself. A q-value and a call need the whole collection; they
are made when they are asked for, by `pathways.calls.decision`, the one place that knows the rule.
A set less some members is called in the place of the whole one (`PairResult.calls_in_place`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathways.calls import decision, words
from pathways.calls.multiplicity import DirectionalCall, benjamini_hochberg, bh_in_place
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.statistics.discordance import Discordance, discordance
from pathways.statistics.robust import robust_difference_p, robust_opposite_p
from twas.study.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]
Text = NDArray[np.object_]

#: Attributes of `PairResult` that are tests of each set by itself.
TESTS = ("a", "b", "difference", "p_difference_scaled", "discordance")


@dataclass(frozen=True, eq=False)
class PairResult:
    """A pair of traits in one scope: all arrays have an entry per set, shape ``(n_sets,)``.

    It depends on nothing but the universe of the pair and the sets: a third trait, or another
    pair, changes none of its numbers.

    Attributes
    ----------
    universe
        The genes and z of both traits.
    members
        The sets.
    contributions
        What each LD block of each set contributes, in both traits.
    moments
        Genome-wide moments of the pair, None with too few genes.
    a, b, difference
        Sign-flip tests of each trait's activity and of ``A_A - A_B``.
    p_difference_scaled
        Two-sided p of the difference after scaling; NaN where sizes cannot be compared.
    discordance
        Products of z over the members.
    """

    universe: Universe
    members: Members
    contributions: Contributions
    moments: contrasts.Moments | None
    a: SignFlip
    b: SignFlip
    difference: SignFlip
    p_difference_scaled: Float
    discordance: Discordance

    @classmethod
    def of(cls, universe: Universe, members: Members) -> PairResult:
        """Run every test of a pair that a call may rest on."""
        moments = contrasts.moments(universe, universe.block)
        return cls.tested(universe, members, contributions(universe, members), moments)

    @classmethod
    def tested(
        cls,
        universe: Universe,
        members: Members,
        shares: Contributions,
        moments: contrasts.Moments | None,
    ) -> PairResult:
        """The same, of contributions and genome-wide moments that are known already."""
        return cls(
            universe=universe,
            members=members,
            contributions=shares,
            moments=moments,
            a=sign_flip(shares.trait(0)),
            b=sign_flip(shares.trait(1)),
            difference=sign_flip(contrasts.difference(shares)),
            p_difference_scaled=contrasts.scaled_difference_p(
                shares, contrasts.kappa(moments, universe)
            ),
            discordance=discordance(universe, shares, moments),
        )

    @property
    def traits(self) -> tuple[str, str]:
        """Names of both traits."""
        return self.universe.traits[0], self.universe.traits[1]

    @property
    def blocks(self) -> Ragged:
        """Block contributions of the difference."""
        return contrasts.difference(self.contributions)

    @property
    def comparable(self) -> bool:
        """Whether the sizes of both traits are on one scale."""
        return self.universe.effect_scale == PER_SQRT_N

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

    @property
    def p_difference(self) -> Float:
        """Two-sided p of the difference; NaN where sizes cannot be compared."""
        return self.difference.p + self.blank

    @property
    def p_unequal(self) -> Float:
        """Larger p of the difference before and after scaling."""
        return np.maximum(self.p_difference, self.p_difference_scaled)

    @property
    def p_discordant(self) -> Float:
        """The p of the gene-wise discordance; NaN where no outcome could reach alpha."""
        return np.where(self._unsigned, self.discordance.p_call, np.nan)

    @property
    def blank(self) -> float:
        """0, or NaN where sizes cannot be compared: what is added to a number that compares."""
        return 0.0 if self.comparable else float("nan")

    @property
    def repeated(self) -> tuple[int, ...]:
        """Products of directions that may be chance repeated; both where nothing is known."""
        return (1, -1) if self.moments is None else self.moments.repeated

    def q(self, p: Float) -> Float:
        """BH over the testable sets: whether a set is testable is known before its p."""
        return benjamini_hochberg(np.where(self.testable, p, np.nan))

    @cached_property
    def q_anticorrelated(self) -> Float:
        """BH q of the products being below zero."""
        p = self.discordance.p_anticorrelated
        return benjamini_hochberg(np.where(self._unsigned, p, np.nan))

    @cached_property
    def directional(self) -> DirectionalCall:
        """Best pair of directions of each set, and its q."""
        return decision.directional(self.a, self.b, self.testable, self.repeated)

    @cached_property
    def call(self) -> Text:
        """One of `words.CALLS` for each set."""
        return decision.calls(
            decision.Evidence(
                testable=self.testable,
                directional=self.directional,
                q_discordant=benjamini_hochberg(self.p_discordant),
                q_unequal=self.q(self.p_unequal),
            )
        )

    def calls_in_place(self, origin: Int, cases: PairResult) -> Text:
        """Call each case as if it stood in the place of a set, all other sets as they are.

        Parameters
        ----------
        origin
            Set in whose place each case stands, shape ``(n_cases,)``.
        cases
            The tests of the cases.
        """
        known = self.testable
        q_unequal = bh_in_place(np.where(known, self.p_unequal, np.nan), origin, cases.p_unequal)
        return decision.calls(
            decision.Evidence(
                testable=cases.testable,
                directional=decision.directional_in_place(
                    (self.a, self.b), known, self.repeated, origin, (cases.a, cases.b)
                ),
                q_discordant=bh_in_place(self.p_discordant, origin, cases.discordance.p_call),
                q_unequal=q_unequal,
            )
        )

    @cached_property
    def se_difference(self) -> Float:
        """CR2 standard error of the difference."""
        return cr2_error(self.blocks, self.contributions.weights)

    @cached_property
    def interval(self) -> tuple[Float, Float]:
        """Ends of the 95 % interval of the difference; NaN where sizes cannot be compared."""
        low, high = sign_flip_interval(self.blocks, self.contributions.weights, alpha=words.ALPHA)
        return low + self.blank, high + self.blank

    @cached_property
    def excess(self) -> contrasts.Excess:
        """Activity beyond what the genome-wide relation of the traits predicts."""
        return contrasts.excess(self.contributions, self.moments, self.universe)

    @property
    def scale(self) -> contrasts.Scale:
        """Ratio of the genome-wide strengths."""
        return contrasts.kappa(self.moments, self.universe)

    @cached_property
    def p_robust_opposite(self) -> Float:
        """Larger one-sided p of the robust score where its directions are opposite, else 1."""
        return robust_opposite_p(self.universe, self.contributions)

    @cached_property
    def p_robust_difference(self) -> Float:
        """Two-sided p of the robust contrast; NaN where sizes cannot be compared."""
        return robust_difference_p(self.universe, self.contributions)

    @property
    def _unsigned(self) -> Bool:
        """Sets whose products could have reached alpha; they need no roles."""
        return self.discordance.min_p <= words.ALPHA
