"""The p that a set needs in its collection: BH for one test, `q_call` for the directional call.

A collection of ``M`` sets of the same loci, ``s`` of them with the same true effect, the rest with
none. For the set in question, ``n(x)`` others have ``p <= x``. It is rejected by BH at ``x`` if
``x M / (1 + n(x)) <= alpha``; called (`pathways.calls.directional`) if its exact p in both traits
pass the guard and

    ``(x (3 + n_F(x)) + (M - s) J_0(x) + s J_1(x)) / (1 + n_L(x)) <= alpha``

at its own ``L`` or at a larger one of another hypothesis. ``n_F`` and ``n_L`` count the other sets'
hypotheses with ``F <= x`` and ``L <= x``. Of its own four, one is to be called, and three have
``F`` at or below that one's ``L``: both activities are extreme, each tail enters two hypotheses.
``J`` is what the correlation of the two activities under joint flips adds, on average over draws of
the block contributions of a set without and with the effect.

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

from pathways.calls.directional import Candidates, flips_together, interpolated
from pathways.power.rejection import DELTAS, LEVELS, Rejection, joint

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: P-values drawn for the other sets of a collection, of each trait.
DRAWN = 40_000
#: Collections drawn at least and at most.
FEWEST, MOST = 40, 600
#: Sets drawn for what joint flips add.
REPEATING_DRAWS = 512


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
        own, used = self.n_true - 1, LEVELS[self.alpha >= LEVELS]
        up = []
        for normal, delta in zip(self._normal(correlation), (delta_a, delta_b), strict=True):
            shift = np.where(np.arange(self.n_sets - 1) < own, delta, 0.0)
            up.append(ndtr(-(normal + shift)))
        first, second = _hypotheses(up[0], up[1])
        repeated = (self.n_sets - self.n_true) * self._repeating(0.0, 0.0, correlation)
        repeated = repeated + self.n_true * self._repeating(delta_a, delta_b, correlation)
        false = used * (3 + _counts(first, used)) + interpolated(repeated, -ndtri(used))
        called = false <= self.alpha * (1 + _counts(second, used))
        powers = [self.rejection.called(delta) for delta in (delta_a, delta_b)]
        return self._mean(called, joint(powers[0], powers[1], correlation))

    def _repeating(self, delta_a: float, delta_b: float, correlation: float) -> Float:
        """``J`` of one set at `directional.GRID`, by draws that are the same at each call."""
        w = self.rejection.weights
        a, b = np.random.default_rng(2).standard_normal((2, REPEATING_DRAWS, len(w)))
        b = correlation * a + np.sqrt(1 - correlation**2) * b
        c = np.stack([d * w + np.sqrt(w) * n for d, n in ((delta_a, a), (delta_b, b))])
        indptr = np.arange(0, a.size + 1, len(w))
        spread, together = flips_together(c.reshape(2, -1), indptr)
        one = np.ones_like(spread)
        # The variance is known: a flipped copy reaches x at x / spread.
        sets = Candidates(one, -one, np.inf * one, spread**-2, 0 * one, together)
        return sets.repeating() / REPEATING_DRAWS

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
