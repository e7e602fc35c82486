"""Many sets are tested: Benjamini-Hochberg and Holm, and which scopes are one family.

`combined` is a family alone, tissues and groups of a trait or pair together.

Seven scopes that were each a family at 5 % would call something somewhere in 19 of 100 runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from scipy.stats import false_discovery_control

from twas.study.universe import COMBINED, Universe
from twas.system.arrays import Float, Int


def benjamini_hochberg(p: Float) -> Float:
    """FDR-adjusted p-values.

    ``q_(k) = min over j >= k of p_(j) * n / j``.

    Parameters
    ----------
    p
        P-values of one family, any shape of one dimension; NaN marks "not tested" and stays NaN.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. JRSS B 57:289-300.
    """
    q = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    if known.any():
        q[known] = false_discovery_control(p[known], method="bh")
    return q


def holm(p: Float) -> Float:
    """Family-wise adjusted p-values, ``max over j <= k of p_(j) * (n - j + 1)``.

    References
    ----------
    Holm S (1979). A simple sequentially rejective multiple test procedure. Scand J Stat 6:65-70.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    n = len(order)
    if n:
        scaled = p[order] * (n - np.arange(n))
        adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def bh_in_place(p: Float, origin: Int, value: Float) -> Float:
    """The Benjamini-Hochberg q of cases, each in the place of an entry, all others unchanged.

    Parameters
    ----------
    p
        P-values of the family; NaN marks "not tested".
    origin
        Entry in whose place each case stands, shape ``(n_cases,)``.
    value
        P-value of each case, shape ``(n_cases,)``.
    """
    q = np.full(len(origin), np.nan)
    for k in np.unique(origin):
        cases = np.flatnonzero((origin == k) & ~np.isnan(value))
        others = np.delete(p, k)
        others = np.sort(others[~np.isnan(others)])
        n = len(others) + 1
        # Above a case every other entry stands one rank further than among themselves.
        above = np.minimum.accumulate((others * n / np.arange(2, n + 1))[::-1])[::-1]
        below = np.searchsorted(others, value[cases], side="right")
        later = np.append(above, 1.0)[below]
        q[cases] = np.minimum(np.minimum(value[cases] * n / (below + 1), later), 1.0)
    return q


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
