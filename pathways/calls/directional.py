"""The directional call: an estimated false discovery rate over both directions of a family of sets.

Each set has four sign hypotheses (A up or down, B up or down), with F the smaller and L the larger
one-sided p of its two traits (`pathways.calls.moderation`). At a threshold t on L

``FDR(t) = [t #{F <= t} + sum_ik max(0, Phi2(-h_i, -h_i; s_k r_i) - Phi(-h_i)^2)] / #{L <= t}``

over sets i and hypotheses k: the first term is AdaFilter, for a set without direction in one trait;
the second counts the sets without direction in both that pass because the second trait repeats the
chance direction of the first. ``s_k`` is the product of the two signs of the hypothesis, ``r_i``
the correlation of the set's two activities when its blocks are flipped in both traits together,
and ``h_i(t)`` the activity, in units of its spread under these flips, at which a flipped copy of
the set has the one-sided p t. No genome-wide moment enters. ``q = min over t >= L``.

P are kept as normal quantiles: 1e-400 is no double.

References
----------
Wang J, Gui L, Su WJ, Sabatti C, Owen AB (2022). Detecting multiple replicating signals using
adaptive filtering procedures. Ann Stat 50:1890-1909.
Owen DB (1956). Tables for computing bivariate normal probabilities. Ann Math Stat 27:1075-1090.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri, owens_t

from pathways.calls.moderation import Moderated
from pathways.nulls.student import normal_quantile, t_quantiles
from twas.system.arrays import Bool, Float, Int

#: Normal quantiles of the thresholds at which the second term is worked out; in between its
#: logarithm is interpolated, beyond the last it stays (it cannot grow).
GRID = (*(round(0.05 + 0.15 * k, 2) for k in range(54)), 9.0, 10.0, 12.0, 14.0, 16.0)
#: The correlation of a set with itself is taken for this much.
CLOSEST = 0.999
#: Directions in both traits of the four hypotheses.
SIGNS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
_TINY = 1e-300


def flips_together(c: Float, indptr: Int) -> tuple[Float, Float]:
    """What flipping the blocks of a set in both traits at once gives.

    Parameters
    ----------
    c
        Block contributions of two traits, shape ``(2, nnz)``.
    indptr
        Runs of the sets, none of them empty, shape ``(n_sets + 1,)``.

    Returns
    -------
    spread
        Standard deviation of the flipped sums, positive, shape ``(2, n_sets)``.
    correlation
        ``r = sum_b a_A a_B``, ``a = c / spread``, less the ``r^2`` that independent signs give on
        average, ``v = sum_b a_A^2 a_B^2``: ``sign(r) sqrt(max(0, (r^2 - v) / (1 - v)))``, shape
        ``(n_sets,)``. In more than half of independent sets of six blocks it is 0.
    """

    def sums(values: Float) -> Float:
        return np.asarray(np.add.reduceat(values, indptr[:-1], axis=-1))

    spread = np.sqrt(sums(c * c))
    product = np.prod(c / np.repeat(spread, np.diff(indptr), axis=-1), axis=0)
    r, v = sums(product), np.minimum(sums(product**2), 0.99)
    return spread, np.sign(r) * np.sqrt(np.clip((r * r - v) / (1 - v), 0.0, 1.0))


def both_below(h: Float, r: Float) -> Float:
    """``P(X <= -h, Y <= -h)`` of standard normals of correlation r, ``h > 0``.

    ``Phi2(-h, -h; r) = Phi(-h) - 2 T(h, sqrt((1 - r) / (1 + r)))``.
    """
    r = np.clip(r, -CLOSEST, CLOSEST)
    return np.asarray(ndtr(-h) - 2 * owens_t(h, np.sqrt((1 - r) / (1 + r))))


@dataclass(frozen=True)
class Candidates:
    """Sets that may be called: how extreme they are, and how their flipped copies would be.

    Attributes
    ----------
    up, down
        Normal quantiles of the one-sided p of both traits, shape ``(2, n_sets)``.
    df
        Degrees of freedom of the t behind them, infinite for an exact p; shape ``(2, n_sets)``.
    gain, curb
        A flipped copy reaches the t quantile q at ``h^2 = gain / (1 / q^2 + curb)``; shape
        ``(2, n_sets)``. The curb is there since its CR2 shrinks as its activity grows.
    correlation
        Of the two activities under joint flips, shape ``(n_sets,)``.
    """

    up: Float
    down: Float
    df: Float
    gain: Float
    curb: Float
    correlation: Float

    @classmethod
    def moderated(
        cls, found: Moderated, spread: Float, correlation: Float, n_blocks: Int
    ) -> Candidates:
        """By the moderated t; `spread` and `correlation` are those of `flips_together`."""
        up = normal_quantile(found.t, found.df)
        curb = found.k1 / (n_blocks - 1)
        gain = found.k0 / spread**2 + curb * n_blocks
        return cls(up, -up, found.df, gain, curb, correlation)

    @classmethod
    def exact(cls, p_up: Float, p_down: Float, correlation: Float) -> Candidates:
        """By p as they are, shape ``(2, n_sets)``, where no prior can be fitted."""
        up, down = (-ndtri(np.maximum(p, _TINY)) for p in (p_up, p_down))
        one = np.ones_like(up)
        return cls(up, down, np.inf * one, one, 0 * one, correlation)

    @classmethod
    def joined(cls, parts: tuple[Candidates, ...]) -> Candidates:
        """The sets of several scopes as one family."""
        names = cls.__dataclass_fields__
        return cls(*(np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in names))

    def take(self, sets: Int) -> Candidates:
        """Some of the sets."""
        names = self.__dataclass_fields__
        return Candidates(*(getattr(self, name)[..., sets] for name in names))

    @property
    def first(self) -> Float:
        """Quantile of the smaller p of each hypothesis of `SIGNS`, shape ``(4, n_sets)``."""
        return self._hypotheses(np.maximum)

    @property
    def second(self) -> Float:
        """That of the larger p."""
        return self._hypotheses(np.minimum)

    def _hypotheses(self, pick: np.ufunc) -> Float:
        up_a, up_b, down_a, down_b = *self.up, *self.down
        a, b = np.stack([up_a, up_a, down_a, down_a]), np.stack([up_b, down_b, up_b, down_b])
        return np.asarray(pick(a, b))

    def critical(self, quantiles: tuple[float, ...]) -> Float:
        """``h`` at these normal quantiles of p, shape ``(len(quantiles), n_sets)``."""
        q = t_quantiles(quantiles, self.df)
        return np.asarray(np.sqrt((self.gain / (q**-2.0 + self.curb)).mean(axis=1)))

    def repeating(self) -> Float:
        """What each set adds to the false discoveries at each of `GRID` by repeating chance.

        Returns
        -------
        ndarray
            Shape ``(len(GRID), n_sets)``, at least 0.
        """
        out = np.zeros((len(GRID), len(self.correlation)))
        sets = np.flatnonzero(self.correlation)
        if sets.size:
            mine = self.take(sets)
            h = mine.critical(GRID)
            more = both_below(h, np.abs(mine.correlation)) - ndtr(-h) ** 2
            # Two of the four hypotheses have the sign along which the traits repeat each other.
            out[:, sets] = 2 * np.maximum(more, 0.0)
        return out


@dataclass(frozen=True)
class DirectionalCall:
    """Best sign hypothesis of each set.

    Attributes
    ----------
    q
        Estimated false discovery rate at which it is called, NaN where the set was left out.
    sign_a, sign_b
        Direction (+1, -1) of the best hypothesis in each trait, 0 where left out.
    """

    q: Float
    sign_a: Int
    sign_b: Int

    @classmethod
    def of(cls, found: list[tuple[float, Int]]) -> DirectionalCall:
        """From the q of each set and its two directions."""
        signs = np.array([sign for _, sign in found], dtype=np.int64).reshape(-1, 2)
        return cls(np.array([q for q, _ in found], dtype=np.float64), signs[:, 0], signs[:, 1])

    def part(self, which: slice) -> DirectionalCall:
        """Some of the sets."""
        return DirectionalCall(self.q[which], self.sign_a[which], self.sign_b[which])

    def at(self, possible: Bool) -> DirectionalCall:
        """The same among sets of which the others were left out."""
        q = np.full(len(possible), np.nan)
        signs = np.zeros((2, len(possible)), dtype=np.int64)
        q[possible], signs[:, possible] = self.q, (self.sign_a, self.sign_b)
        return DirectionalCall(q, *signs)


@dataclass(frozen=True)
class Family:
    """The sets among which false discoveries are counted.

    Attributes
    ----------
    sets
        All of them.
    """

    sets: Candidates

    @cached_property
    def _repeating(self) -> Float:
        return np.asarray(self.sets.repeating().sum(axis=1))

    @cached_property
    def _ordered(self) -> tuple[Float, Float]:
        """Quantiles of F and L of all hypotheses, ascending."""
        return np.sort(self.sets.first, axis=None), np.sort(self.sets.second, axis=None)

    def call(self) -> DirectionalCall:
        """The call of each set."""
        second = self.sets.second
        first, ordered = self._ordered
        thresholds = np.unique(ordered[ordered > 0])
        q = _q_values(thresholds, first, ordered, self._repeating)
        pick = second.argmax(axis=0)
        best = second[pick, np.arange(second.shape[1])]
        place = np.searchsorted(thresholds, best, side="right")
        return DirectionalCall(np.append(1.0, q)[place], *SIGNS[pick].T)

    def q_if(self, k: int, other: Candidates) -> tuple[float, Int]:
        """What the q of set `k` would be if it were `other`, and its two directions.

        Parameters
        ----------
        k
            A set of the family, -1 to add one.
        other
            One set.
        """
        old = self.sets.take(np.array([k] if k >= 0 else [], dtype=np.int64))
        first = _exchanged(self._ordered[0], old.first, other.first)
        ordered = _exchanged(self._ordered[1], old.second, other.second)
        second = other.second[:, 0]
        best = int(second.argmax())
        # The q looks at thresholds as large as its own p or larger.
        thresholds = np.unique(ordered[(ordered > 0) & (ordered <= second[best])])
        if not thresholds.size:
            return 1.0, SIGNS[best]
        more = other.repeating().sum(axis=1) - old.repeating().sum(axis=1)
        added = np.maximum(self._repeating + more, 0.0)
        q = _q_values(thresholds, first, ordered, added)
        return float(q[-1]), SIGNS[best]


def _q_values(thresholds: Float, first: Float, second: Float, repeating: Float) -> Float:
    """The q at ascending quantiles, given those of F and L of all hypotheses, ascending."""
    passed, called = (len(v) - np.searchsorted(v, thresholds) for v in (first, second))
    false = ndtr(-thresholds) * passed + interpolated(repeating, thresholds)
    return np.asarray(np.minimum.accumulate(np.minimum(false / called, 1.0)))


def interpolated(repeating: Float, quantiles: Float) -> Float:
    """The second term, known at the points of `GRID` (first axis), at other normal quantiles."""
    if not repeating.any():
        return np.zeros((len(quantiles), *repeating.shape[1:]))
    curve = PchipInterpolator(GRID, np.log(np.maximum(repeating, _TINY)))
    return np.asarray(np.exp(curve(np.clip(quantiles, GRID[0], GRID[-1]))))


def _exchanged(ordered: Float, old: Float, new: Float) -> Float:
    """Ascending values with the `old` ones taken out and the `new` ones put in."""
    kept = np.delete(ordered, _places(ordered, np.sort(old, axis=None)))
    added = np.sort(new, axis=None)
    return np.insert(kept, np.searchsorted(kept, added), added)


def _places(ordered: Float, values: Float) -> Int:
    """Places of ascending `values`, with repeats, in `ordered`."""
    first = np.searchsorted(ordered, values)
    _, start, counts = np.unique(values, return_index=True, return_counts=True)
    return first + np.arange(len(values)) - np.repeat(start, counts)
