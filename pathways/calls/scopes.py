"""Which scopes of a trait or pair are one family: `combined` alone, tissues and groups together.

Seven scopes that were each a family at 5 % would call something somewhere in 19 of 100 runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from pathways.calls.multiplicity import benjamini_hochberg
from twas.study.study import COMBINED, Universe

Float = NDArray[np.float64]


class Result(Protocol):
    """What is needed of a result: the universe that it is of."""

    @property
    def universe(self) -> Universe:
        """Its traits and scope."""


R = TypeVar("R", bound=Result)


@dataclass(frozen=True, eq=False)
class Scopes(Generic[R]):
    """Results of the same traits and sets in the scopes of one family.

    Attributes
    ----------
    results
        In the order of the scopes.
    """

    results: list[R]

    def bh(self, mine: R, p: Callable[[R], Float]) -> Float:
        """Benjamini-Hochberg q of one of the results, over all scopes.

        Parameters
        ----------
        mine
            A result of the family.
        p
            The p-values of a result, shape ``(n_sets,)``; NaN where a set was not tested.
        """
        values = [p(result) for result in self.results]
        start = sum(len(v) for v in values[: self.place(mine)])
        return benjamini_hochberg(np.concatenate(values))[start : start + len(p(mine))]

    def place(self, mine: R) -> int:
        """Which of the results this is."""
        return next(k for k, result in enumerate(self.results) if result is mine)

    def let_go(self) -> None:
        """Forget the results, which know this family: else both stay until they are swept up.

        Python counts objects, not their size, before it looks for such circles.
        """
        self.results.clear()


def families(universes: Iterable[Universe]) -> dict[tuple[tuple[str, ...], bool], list[Universe]]:
    """The universes of each family, in their order; the key is traits and whether combined."""
    found: dict[tuple[tuple[str, ...], bool], list[Universe]] = {}
    for universe in universes:
        found.setdefault((universe.traits, universe.scope == COMBINED), []).append(universe)
    return found
