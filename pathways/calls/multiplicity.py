"""Many sets are tested: Benjamini-Hochberg FDR, and AdaFilter for the directional call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

Float = NDArray[np.float64]
Int = NDArray[np.int64]


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


#: Directions in the two traits of the four sign hypotheses of a set.
SIGNS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])


@dataclass(frozen=True)
class DirectionalCall:
    """Best sign hypothesis of each set.

    Attributes
    ----------
    q
        AdaFilter q of the best hypothesis, NaN where the set was not tested.
    sign_a, sign_b
        Direction (+1, -1) of the best hypothesis in each trait, 0 where not tested.
    """

    q: Float
    sign_a: Int
    sign_b: Int


def directional_call(up_a: Float, down_a: Float, up_b: Float, down_b: Float) -> DirectionalCall:
    """AdaFilter-BH over the four sign hypotheses of each set of a collection.

    A hypothesis says "A up and B up", "A up and B down" and so on. With ``F`` the smaller and
    ``S`` the larger of its two one-sided p, over all ``4 m`` hypotheses,
    ``q_(k) = S_(k) * #{F <= S_(k)} / k``, made monotone from the largest down.

    Parameters
    ----------
    up_a, down_a, up_b, down_b
        One-sided p-values of both traits, shape ``(m,)``; a set with any NaN is not tested.

    References
    ----------
    Wang J, Gui L, Su WJ, Sabatti C, Owen AB (2022). Detecting multiple replicating signals using
    adaptive filtering procedures. Ann Stat 50:1890-1909.
    """
    p_a, p_b = _hypotheses(up_a, down_a, up_b, down_b)
    tested = np.asarray(np.isfinite(np.hstack([p_a, p_b])).all(axis=1))
    q = np.full(len(up_a), np.nan)
    best = np.zeros(len(up_a), dtype=np.int64)
    if tested.any():
        first = np.minimum(p_a, p_b)[tested]
        second = np.maximum(p_a, p_b)[tested]
        adjusted = adafilter(first.ravel(), second.ravel()).reshape(-1, 4)
        # Equal q after the monotone step: the hypothesis with the smaller S is the better one.
        pick = second.argmin(axis=1)
        best[tested] = pick
        q[tested] = adjusted[np.arange(len(pick)), pick]
    chosen = np.where(tested[:, None], SIGNS[best], 0)
    return DirectionalCall(q, chosen[:, 0], chosen[:, 1])


def q_in_one(p_a: Float, p_b: Float) -> Float:
    """Smaller of the Benjamini-Hochberg q of two traits, shape ``(m,)``; NaN where not tested."""
    return np.fmin(benjamini_hochberg(p_a), benjamini_hochberg(p_b))


def _hypotheses(up_a: Float, down_a: Float, up_b: Float, down_b: Float) -> tuple[Float, Float]:
    """One-sided p of each trait under the four hypotheses of `SIGNS`, each ``(m, 4)``."""
    p_a = np.stack([up_a, up_a, down_a, down_a], axis=1)
    return p_a, np.stack([up_b, down_b, up_b, down_b], axis=1)


def adafilter(first: Float, second: Float) -> Float:
    """AdaFilter-BH q-values from the smaller (`first`) and larger (`second`) p of hypotheses."""
    order = np.argsort(second, kind="stable")
    s = second[order]
    # Ties in S share the rank of the last of them.
    rank = np.searchsorted(s, s, side="right")
    passed = np.searchsorted(np.sort(first), s, side="right")
    raw = s * passed / rank
    q = np.empty(len(s))
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


@dataclass(frozen=True)
class AdaFamily:
    """A family of directional calls, ready to say what the q of a set would be with other p.

    Attributes
    ----------
    first, second
        Smaller and larger one-sided p of the four hypotheses of each tested set, shape
        ``(m, 4)``.
    row
        Row of each set in them, -1 where not tested, shape ``(n_sets,)``.
    """

    first: Float
    second: Float
    row: Int

    @classmethod
    def of(
        cls, up_a: Float, down_a: Float, up_b: Float, down_b: Float, tested: NDArray[np.bool_]
    ) -> AdaFamily:
        """Take the one-sided p of all sets, of which `tested` belong to the family."""
        p_a, p_b = _hypotheses(up_a, down_a, up_b, down_b)
        row = np.where(tested, np.cumsum(tested) - 1, -1)
        return cls(np.minimum(p_a, p_b)[tested], np.maximum(p_a, p_b)[tested], row)

    def in_place(
        self, origin: Int, up_a: Float, down_a: Float, up_b: Float, down_b: Float
    ) -> DirectionalCall:
        """The directional call of cases, each in the place of a set, all other sets as they are.

        Parameters
        ----------
        origin
            Set in whose place each case stands, shape ``(n_cases,)``.
        up_a, down_a, up_b, down_b
            One-sided p-values of the cases, shape ``(n_cases,)``; a case with any NaN is not
            tested.
        """
        p_a, p_b = _hypotheses(up_a, down_a, up_b, down_b)
        first, second = np.minimum(p_a, p_b), np.maximum(p_a, p_b)
        tested = np.asarray(np.isfinite(np.hstack([p_a, p_b])).all(axis=1))
        q = np.full(len(origin), np.nan)
        signs = np.zeros((len(origin), 2), dtype=np.int64)
        for case in np.flatnonzero(tested):
            best = int(second[case].argmin())
            q[case] = self._q(int(origin[case]), first[case], second[case], best)
            signs[case] = SIGNS[best]
        return DirectionalCall(q, signs[:, 0], signs[:, 1])

    def _q(self, k: int, mine: Float, larger: Float, best: int) -> float:
        """The q of a hypothesis of set `k` if its four had these smaller and larger p."""
        others = np.arange(len(self.first)) != self.row[k]
        first = np.concatenate([mine, self.first[others].ravel()])
        second = np.concatenate([larger, self.second[others].ravel()])
        later = np.sort(second[second >= second[best]])
        rank = len(second) - len(later) + np.searchsorted(later, later, side="right")
        passed = np.searchsorted(np.sort(first), later, side="right")
        return float(min(1.0, (later * passed / rank).min()))


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
