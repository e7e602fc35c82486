"""The p that a set needs in its collection: BH for one test, `q_call` for the directional call.

A collection of ``M`` sets of the same loci, ``s`` of them with the same true effect, the rest with
none. For the set in question, ``n(x)`` others have ``p <= x``. It is rejected by BH at ``x`` if
``x M / (1 + n(x)) <= alpha``; called (`pathways.calls.directional`) if its exact p in both traits
pass the guard and

    ``(x (3 + n_F(x)) + (M - s) J_0(x) + s J_1(x)) / (1 + n_L(x)) <= alpha``

at its own ``L`` or at a larger one of another hypothesis. ``n_F`` and ``n_L`` count the other sets'
hypotheses with ``F <= x`` and ``L <= x``. Of its own four, one is to be called, and three have
``F`` at or below that one's ``L``: both activities are extreme, each tail enters two hypotheses.
``J`` is what the correlation of the two activities under joint flips adds, from draws of the block
contributions of a set without and with the effect: of the others the mean, of its own each draw.

Both conditions hold up to one ``x*``, so power is the mean of ``P(p <= x*)`` over draws of the
other sets' p (the same draws for every effect). The expected counts in their place would be a
formula, but give up to 2 points less power in a collection of 20.

References
----------
Wang J, Gui L, Su WJ, Sabatti C, Owen AB (2022). Detecting multiple replicating signals using
adaptive filtering procedures. Ann Stat 50:1890-1909.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from pathways.calls.directional import Candidates, both_below, flips_together, interpolated
from pathways.power.rejection import DELTAS, LEVELS, Rejection, joint

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: P-values drawn for the other sets of a collection, of each trait.
DRAWN = 40_000
#: Collections drawn at least and at most.
FEWEST, MOST = 40, 600
#: Sets drawn for what joint flips add.
REPEATING_DRAWS = 64


@dataclass(frozen=True)
class Family:
    """A collection of sets that are tested together.

    Attributes
    ----------
    rejection
        Rejection probabilities of one of its sets.
    n_sets
        ``M``, at least 1.
    n_true
        ``s``, in ``[1, M]``: sets with a true effect, the one in question among them.
    alpha
        FDR level.
    """

    rejection: Rejection
    n_sets: int
    n_true: int
    alpha: float

    def direction(self, delta: float) -> float:
        """Power of one two-sided test after BH.

        Parameters
        ----------
        delta
            Noncentrality of the sets with an effect, at least 0.
        """
        return float(np.clip(self._directions(min(delta, DELTAS[-1])), 0.0, 1.0))

    @cached_property
    def _directions(self) -> PchipInterpolator:
        grid = DELTAS[DELTAS >= 0]
        return PchipInterpolator(grid, [self._direction(delta) for delta in grid])

    def _direction(self, delta: float) -> float:
        levels = 2 * LEVELS
        true, normal = self.rejection.two_sided(delta), self._normal(0.0)[0]
        p = np.minimum(2 * self.rejection.null(ndtr(-np.abs(normal))), 1.0)
        own = self.n_true - 1
        p[:, :own] = np.interp(ndtr(normal[:, :own]), true, levels, right=1.0)
        used = levels[levels <= self.alpha]
        return self._mean(self._by_bh(p, used), true)

    def call(self, delta_a: float, delta_b: float, correlation: float) -> float:
        """Power of the directional call.

        Parameters
        ----------
        delta_a, delta_b
            Noncentralities of both traits in the called directions, at least 0.
        correlation
            Of the errors of both activities, each counted in its called direction.
        """
        # Every third level: the power rises by less than 2 points between two of them.
        own, pick = self.n_true - 1, np.flatnonzero(self.alpha >= LEVELS)[::-3][::-1]
        used = LEVELS[pick]
        up = []
        for normal, delta in zip(self._normal(correlation), (delta_a, delta_b), strict=True):
            shift = np.where(np.arange(self.n_sets - 1) < own, delta, 0.0)
            up.append(ndtr(-(normal + shift)))
        first, second = _hypotheses(up[0], up[1])
        x = -ndtri(used)
        null, true = (
            interpolated(self._repeating(*deltas, correlation), x).mean(axis=1)
            for deltas in ((0.0, 0.0), (delta_a, delta_b))
        )
        others = (self.n_sets - self.n_true) * null + own * true
        # What is left of alpha for what the set itself adds, draws × levels.
        left = self.alpha * (1 + _counts(second, used)) - used * (3 + _counts(first, used)) - others
        mine = self._own_repeating(x, delta_a, delta_b, correlation)
        called = (mine[:, None, :] <= left).reshape(-1, len(used))
        powers = [self.rejection.called(delta)[pick] for delta in (delta_a, delta_b)]
        return self._mean(called, joint(powers[0], powers[1], correlation))

    def _repeating(self, delta_a: float, delta_b: float, correlation: float) -> Float:
        """What sets add at `directional.GRID`, by draws that are the same at each call."""
        w = self.rejection.weights
        noise = self._noise(correlation)
        c = np.stack([d * w + n for d, n in zip((delta_a, delta_b), noise, strict=True)])
        spread, together = flips_together(c.reshape(2, -1), _runs(c))
        one = np.ones_like(spread)
        # The variance is known: a flipped copy reaches x at x / spread.
        sets = Candidates(one, -one, np.inf * one, spread**-2, 0 * one, together)
        return sets.repeating()

    def _own_repeating(self, x: Float, delta_a: float, delta_b: float, correlation: float) -> Float:
        """What the set in question adds if its L stands at the quantiles x, draws × levels.

        A draw is that of the residuals ``c - w A``, which do not depend on the activity A: the
        trait of the smaller noncentrality has ``A = x``, the other what it has on average.
        """
        w = self.rejection.weights
        residual = self._noise(correlation)
        residual = residual - w * residual.sum(axis=2, keepdims=True)
        at = np.linspace(x.min(), x.max(), 16)
        deltas = (delta_a, delta_b)
        weaker = int(delta_b < delta_a)
        rows = []
        for level in at:
            activity = [max(level, d) for d in deltas]
            activity[weaker] = level
            c = np.stack([a * w + n for a, n in zip(activity, residual, strict=True)])
            spread, together = flips_together(c.reshape(2, -1), _runs(c))
            h = level * np.sqrt((spread**-2.0).mean(axis=0))
            more = both_below(h, np.abs(together)) - ndtr(-h) ** 2
            rows.append(np.where(together == 0, 0.0, 2 * np.maximum(more, 0.0)))
        return np.asarray(PchipInterpolator(at, np.array(rows))(x).T)

    def _noise(self, correlation: float) -> Float:
        """Draws of the noise of the blocks of both traits, the same at each call."""
        w = self.rejection.weights
        a, b = np.random.default_rng(2).standard_normal((2, REPEATING_DRAWS, len(w)))
        b = correlation * a + np.sqrt(1 - correlation**2) * b
        return np.asarray(np.sqrt(w) * np.stack([a, b]))

    def _by_bh(self, p: Float, levels: Float) -> NDArray[np.bool_]:
        """Whether BH rejects at each level, given the other sets' p of each draw."""
        return np.asarray(levels * self.n_sets <= self.alpha * (1 + _counts(p, levels)))

    def _mean(self, rejected: NDArray[np.bool_], power: Float) -> float:
        """Mean over draws of the power at the largest level that is rejected."""
        return float(np.append(power, 0.0)[_last(rejected)].mean())

    def _normal(self, correlation: float) -> tuple[Float, Float]:
        """Standard normal pairs of the other sets, draws × ``M - 1``, the same at each call."""
        n = int(np.clip(DRAWN // self.n_sets, FEWEST, MOST))
        rng = np.random.default_rng(1)
        a, b = rng.standard_normal((2, n, self.n_sets - 1))
        return a, correlation * a + np.sqrt(1 - correlation**2) * b


def _runs(c: Float) -> Int:
    """Runs of sets of equal length, traits × sets × blocks."""
    return np.arange(0, c[0].size + 1, c.shape[2])


def _last(rejected: NDArray[np.bool_]) -> Int:
    """Index of the last True of each row, -1 where there is none."""
    last = rejected.shape[1] - 1 - rejected[:, ::-1].argmax(axis=1)
    return np.where(rejected.any(axis=1), last, -1)


def _hypotheses(up_a: Float, up_b: Float) -> tuple[Float, Float]:
    """Smaller and larger p of the four sign hypotheses, draws × 4 sets."""
    both = [(a, b) for a in (up_a, 1 - up_a) for b in (up_b, 1 - up_b)]
    first = np.concatenate([np.minimum(a, b) for a, b in both], axis=1)
    return first, np.concatenate([np.maximum(a, b) for a, b in both], axis=1)


def _counts(p: Float, levels: Float) -> Int:
    """How many p of each draw are at most each level, draws × levels."""
    n, size = len(p), len(levels)
    draw, column = np.nonzero(p <= levels[-1])
    bins = np.searchsorted(levels, p[draw, column], side="left")
    table = np.bincount(bins + size * draw, minlength=n * size).reshape(n, size)
    return np.asarray(table.cumsum(axis=1))
