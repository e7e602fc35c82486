"""`PairResult`: every set of a collection in a pair of traits and a scope, its tests and its call.

The p-values are those of each set by itself. A q-value and a call need the whole family, all sets
of a collection in the scopes that `pathways.calls.multiplicity` takes together; they are made when
they are asked for, by `pathways.calls.decision`, the one place that knows the rule.
A set less some members is called in the place of the whole one by `pathways.calls.retest`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pathways.calls import decision
from pathways.calls.candidates import PairCandidates
from pathways.calls.directional import Candidates, DirectionalCall, Family
from pathways.calls.multiplicity import Scopes
from pathways.calls.vocabulary import ALPHA
from pathways.nulls.interval import bound, cr2_error, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, least_tail, sign_flips, sign_flips_where
from pathways.statistics import contrasts
from pathways.statistics import discordance as gene_wise
from pathways.statistics import moments as genome_wide
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.statistics.discordance import Discordance
from pathways.statistics.moments import Moments
from pathways.statistics.robust import robust_difference_p, robust_opposite_p
from twas.study.universe import PER_SQRT_N, Universe
from twas.system.arrays import Bool, Float, Text

#: Attributes of `PairResult` that are tests of each set by itself.
TESTS = ("a", "b", "difference", "scaled", "discordance")


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
    scaled
        The difference after scaling; NaN where sizes cannot be compared.
    discordance
        Products of z over the members.
    scopes
        The scopes with which it is one family; None for a family by itself.
    """

    universe: Universe
    members: Members
    contributions: Contributions
    moments: Moments | None
    a: SignFlip
    b: SignFlip
    difference: SignFlip
    scaled: contrasts.ScaledDifference
    discordance: Discordance
    scopes: PairScopes | None = None

    @classmethod
    def of(cls, universe: Universe, members: Members, *, calls_only: bool = False) -> PairResult:
        """Run every test of a pair that a call may rest on; see `tested`."""
        moments = genome_wide.moments(universe, universe.block)
        shares = contributions(universe, members)
        return cls.tested(universe, members, shares, moments, calls_only=calls_only)

    @classmethod
    def tested(
        cls,
        universe: Universe,
        members: Members,
        shares: Contributions,
        moments: Moments | None,
        *,
        calls_only: bool = False,
    ) -> PairResult:
        """The same, of contributions and genome-wide moments that are known already.

        A call may rest on the largest p of several tests. With `calls_only` the tests are left out
        that cannot decide one: their p, in ``scaled`` and ``discordance``, is 1, and all q are
        exact up to `ALPHA`.
        """
        scale = contrasts.kappa(moments, universe)
        a, b = shares.trait(0), shares.trait(1)
        signed = sign_flips([a, b, contrasts.difference(shares)])
        scaled = contrasts.scaled_forms(a, b, scale)
        product, *products = gene_wise.products(universe, shares)
        unequal = discordant = np.full(len(members.pathways), True)
        if calls_only:
            unequal = signed[2].p <= ALPHA
            discordant = (product.sums() < 0) & (least_tail(product) / 2 <= ALPHA)
        tests = sign_flips_where([*scaled, product], [*[unequal] * len(scaled), discordant])
        if calls_only:
            discordant = gene_wise.p_below(tests[-1]) <= ALPHA
        products_below = sign_flips_where(products, [discordant] * len(products))
        return cls(
            universe=universe,
            members=members,
            contributions=shares,
            moments=moments,
            a=signed[0],
            b=signed[1],
            difference=signed[2],
            scaled=contrasts.scaled_from_tests(tests[: len(scaled)], len(members.pathways)),
            discordance=gene_wise.from_tests(product, [tests[-1], *products_below], shares),
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
        return ~decision.untestable(self.a.min_p)

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
        return np.maximum(self.p_difference, self.scaled.p)

    @property
    def p_discordant(self) -> Float:
        """The p of the gene-wise discordance; NaN where no outcome could reach alpha."""
        return self.could(self.discordance.p_discordant)

    def could(self, p: Float) -> Float:
        """A p of products, NaN where none could have reached alpha; they need no roles."""
        return np.where(self.discordance.min_p <= ALPHA, p, np.nan)

    @property
    def blank(self) -> float:
        """0, or NaN where sizes cannot be compared: what is added to a number that compares."""
        return 0.0 if self.comparable else float("nan")

    def q(self, p: Callable[[PairResult], Float]) -> Float:
        """BH over the testable sets of the family: this is known of a set before its p.

        Parameters
        ----------
        p
            The p-values of a result, such as ``lambda pair: pair.p_both``.
        """
        return self.family.bh(self, lambda pair: np.where(pair.testable, p(pair), np.nan))

    @property
    def family(self) -> PairScopes:
        """The scopes with which it is one family."""
        return self.scopes or PairScopes([self])

    @cached_property
    def p_less_concordant(self) -> Float:
        """One-sided p of the members being less concordant than the genome: a remark."""
        return gene_wise.less_concordant_p(self.universe, self.contributions, self.moments)

    @cached_property
    def q_anticorrelated(self) -> Float:
        """BH q of the products being below zero."""
        return self.family.bh(self, lambda pair: pair.could(pair.discordance.p_anticorrelated))

    @cached_property
    def candidates(self) -> PairCandidates:
        """The sets that may be called, by their moderated p."""
        return PairCandidates.of(self.universe, self.contributions, self.a, self.b)

    @cached_property
    def q_discordant(self) -> Float:
        """BH q of the gene-wise discordance, on which the call rests."""
        return self.family.bh(self, lambda pair: pair.p_discordant)

    @cached_property
    def directional(self) -> DirectionalCall:
        """Best pair of directions of each set, and its q."""
        return self.family.directional(self)

    @cached_property
    def call(self) -> Text:
        """The call of each set, a word of `pathways.calls.vocabulary`."""
        return decision.calls(
            decision.Evidence(
                testable=self.testable,
                directional=self.directional,
                p_both=self.p_both,
                q_discordant=self.q_discordant,
                q_unequal=self.q(lambda pair: pair.p_unequal),
            )
        )

    @cached_property
    def se_difference(self) -> Float:
        """CR2 standard error of the difference."""
        return cr2_error(self.blocks, self.contributions.weights)

    @cached_property
    def interval(self) -> tuple[Float, Float]:
        """Ends of the 95 % interval of the difference; NaN where sizes cannot be compared."""
        low, high = sign_flip_interval(self.blocks, self.contributions.weights, alpha=ALPHA)
        return low + self.blank, high + self.blank

    @property
    def p_excess(self) -> Float:
        """Two-sided p of the excess."""
        return self.excess.p

    @cached_property
    def intervals(self) -> tuple[Float, Float, Float, Float]:
        """Ends of the 95 % intervals of both activities: low and high of a, of b."""
        weights = self.contributions.weights
        low_a, high_a, low_b, high_b = (
            end
            for row in (0, 1)
            for end in sign_flip_interval(self.contributions.trait(row), weights, alpha=ALPHA)
        )
        return low_a, high_a, low_b, high_b

    def bound(self, product: int) -> Float:
        """How large the smaller activity can still be: opposite (-1), or of one direction (+1)."""
        return bound(*self.intervals, product=product)

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


class PairScopes(Scopes[PairResult]):
    """The scopes of a pair that are one family."""

    @classmethod
    def of(
        cls,
        universes: Sequence[Universe],
        members: Members,
        genome: Mapping[int, Moments | None] | None = None,
        *,
        calls_only: bool = False,
    ) -> PairScopes:
        """Test the sets in each scope.

        Parameters
        ----------
        universes
            The pair in each scope.
        members
            The sets.
        genome
            Genome-wide moments of each universe by its `id`, where they are known already.
        calls_only
            See `PairResult.tested`.
        """
        family = cls([])
        for universe in universes:
            if genome is None:
                known = genome_wide.moments(universe, universe.block)
            else:
                known = genome[id(universe)]
            shares = contributions(universe, members)
            result = PairResult.tested(universe, members, shares, known, calls_only=calls_only)
            family.results.append(replace(result, scopes=family))
        return family

    @cached_property
    def _calls(self) -> list[DirectionalCall]:
        """The directional calls of each scope: the prior is that of the scope, counts are joint."""
        found = [pair.candidates for pair in self.results]
        call = Family(Candidates.joined(tuple(f.sets for f in found))).call()
        ends = np.cumsum([f.possible.sum() for f in found])
        return [
            call.part(slice(int(end - f.possible.sum()), int(end))).at(f.possible)
            for f, end in zip(found, ends, strict=True)
        ]

    def directional(self, mine: PairResult) -> DirectionalCall:
        """The directional call of one of the results."""
        return self._calls[self.place(mine)]
