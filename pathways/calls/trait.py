"""`TraitResult`: the activity of every set of a collection in one trait and scope, and its test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pathways.calls.decision import untestable
from pathways.calls.multiplicity import Scopes
from pathways.calls.vocabulary import ALPHA
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.statistics.robust import robust_direction
from twas.study.universe import Universe
from twas.system.arrays import Bool, Float


@dataclass(frozen=True, eq=False)
class TraitResult:
    """One trait in one scope: all arrays have an entry per set, shape ``(n_sets,)``.

    Attributes
    ----------
    universe
        The genes and z of the trait.
    members
        The sets.
    contributions
        What each LD block of each set contributes.
    test
        Sign-flip test of the activity.
    scopes
        The scopes with which it is one family; None for a family by itself.
    """

    universe: Universe
    members: Members
    contributions: Contributions
    test: SignFlip
    scopes: TraitScopes | None = None

    @classmethod
    def of(cls, universe: Universe, members: Members) -> TraitResult:
        """Test every set in a universe of one trait."""
        shares = contributions(universe, members)
        return cls(universe, members, shares, sign_flip(shares.trait(0)))

    @property
    def trait(self) -> str:
        """Name of the trait."""
        return self.universe.traits[0]

    @property
    def blocks(self) -> Ragged:
        """Block contributions whose sum is tested."""
        return self.contributions.trait(0)

    @property
    def effect(self) -> Float:
        """Activity ``A``; NaN without a block."""
        return self.test.statistic

    @property
    def p(self) -> Float:
        """Two-sided p of the activity."""
        return self.test.p

    @property
    def testable(self) -> Bool:
        """Sets that some outcome could have brought below alpha."""
        return ~untestable(self.test.min_p)

    @cached_property
    def q(self) -> Float:
        """BH over the testable sets of the family: this is known of a set before its p."""
        return self.family.bh(self, lambda one: np.where(one.testable, one.p, np.nan))

    @property
    def family(self) -> TraitScopes:
        """The scopes with which it is one family."""
        return self.scopes or TraitScopes([self])

    @cached_property
    def se(self) -> Float:
        """CR2 standard error of the activity."""
        return cr2_error(self.blocks, self.contributions.weights)

    @cached_property
    def interval(self) -> tuple[Float, Float]:
        """Ends of the 95 % interval, the inverted test."""
        return sign_flip_interval(self.blocks, self.contributions.weights, alpha=ALPHA)

    @cached_property
    def p_robust(self) -> Float:
        """Two-sided p of the robust score."""
        return robust_direction(self.universe, self.contributions).p


class TraitScopes(Scopes[TraitResult]):
    """The scopes of a trait that are one family."""

    @classmethod
    def of(cls, universes: Sequence[Universe], members: Members) -> TraitScopes:
        """Test the sets in each scope."""
        family = cls([])
        for universe in universes:
            family.results.append(replace(TraitResult.of(universe, members), scopes=family))
        return family
