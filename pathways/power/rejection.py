"""How often the sign-flip test rejects: power at any level and noncentrality of one layout of loci.

In units of its standard error, the activity of a set is ``sum_b c_b`` with
``c_b = delta w_b + sqrt(w_b) n_b``, ``n_b`` standard normal and ``w_b`` the share of the members in
block b: one noncentrality ``delta = activity / se`` says all. `Rejection` tabulates
``P(p_up <= a | delta)`` over both:

- many loci, none of which outweighs the rest: noncentral t with Satterthwaite's df, within 2.5
  points of the test;
- else (up to `COUNTED_BLOCKS`, or too few df for their number): the test itself on draws of ``n_b``
  that are the same for every delta. There the t test is up to 17 points too high (10 loci, level
  0.001), since p is a multiple of ``2^(1-B)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from pathways.calls.decision import GUARD
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.power.noncentrality import satterthwaite_df
from twas.system.arrays import Bool, Float

#: One-sided levels at which rejection is tabulated.
LEVELS: Float = np.geomspace(1e-6, 0.5, 400)
#: Noncentralities; in between, power is interpolated.
DELTAS: Float = np.concatenate(
    [[-3.0, -2.0, -1.0], np.arange(0.0, 5.1, 0.5), [6, 7, 8, 10, 12, 16]]
)
#: Up to so many blocks the test itself is run.
COUNTED_BLOCKS = 16
#: Also where Satterthwaite's df are fewer than this share of the blocks: one outweighs the rest.
DOMINATED = 0.4
#: Draws of the block contributions, half of them the negatives of the others: up to so many blocks,
#: so many draws. What the test costs grows a hundredfold.
DRAWS = {9: 16384, COUNTED_BLOCKS: 4096, 10**9: 1024}
#: A share among the draws beyond a level is taken from at least so many.
FEWEST_DRAWS = 20


@dataclass(frozen=True)
class Rejection:
    """Rejection probabilities of the sign-flip test on a set of given loci.

    Attributes
    ----------
    weights
        Share of the set's members in each block, shape ``(B,)``, positive, summing to 1.
    """

    weights: Float

    @property
    def n_blocks(self) -> int:
        """Number of LD blocks."""
        return len(self.weights)

    @cached_property
    def df(self) -> float:
        """Satterthwaite's degrees of freedom; NaN for one block."""
        return float(satterthwaite_df(_ragged(self.weights))[0])

    def one_sided(self, delta: float) -> Float:
        """``P(p_up <= a)`` at each of `LEVELS` if the activity lies `delta` standard errors up.

        Parameters
        ----------
        delta
            Noncentrality, any sign.
        """
        within = float(np.clip(delta, DELTAS[0], DELTAS[-1]))
        # Interpolated level by level, so a larger level may have fallen behind by a trifle.
        return np.asarray(np.maximum.accumulate(np.clip(self._curve(within), 0.0, 1.0)))

    def one_sided_at(self, delta: float, level: float) -> float:
        """``P(p_up <= level)``, `level` in [1e-6, 0.5]."""
        return float(np.interp(np.log(level), np.log(LEVELS), self.one_sided(delta)))

    def power(self, delta: float, alpha: float) -> float:
        """Probability that the two-sided p is at most alpha.

        Parameters
        ----------
        delta
            Noncentrality; its sign does not matter.
        alpha
            Two-sided level, in [2e-6, 1].
        """
        return min(1.0, sum(self.one_sided_at(d, alpha / 2) for d in (delta, -delta)))

    def two_sided(self, delta: float) -> Float:
        """``P(p <= 2 a)`` at each of `LEVELS`."""
        return np.asarray(np.minimum(self.one_sided(delta) + self.one_sided(-delta), 1.0))

    def called(self, delta: float) -> Float:
        """P(moderated p at most a, and exact two-sided p at most `GUARD`), at each of `LEVELS`.

        The moderated p is taken for one whose variance is known: of real pairs the prior has 50
        degrees of freedom and more.

        Parameters
        ----------
        delta
            Noncentrality in the called direction, any sign.
        """
        within = float(np.clip(delta, DELTAS[0], DELTAS[-1]))
        known = ndtr(within + ndtri(LEVELS))
        return np.asarray(known * np.clip(self._guarded(within), 0.0, 1.0))

    def null(self, p: Float) -> Float:
        """Uniform numbers as p-values that this number of blocks can give, one-sided."""
        if self.n_blocks > 40:
            return p
        return np.asarray(np.ceil(p * 2.0**self.n_blocks) / 2.0**self.n_blocks)

    @cached_property
    def _guarded(self) -> PchipInterpolator:
        """P(exact p at most `GUARD`), given a moderated p at most each level, by noncentrality."""
        rows = []
        for delta, passed in zip(DELTAS, self._passed, strict=True):
            total = delta + self._noise.sum(axis=1)
            order = np.argsort(-total)
            share = np.cumsum(passed[order]) / np.arange(1, len(order) + 1)
            beyond = np.searchsorted(-total[order], ndtri(LEVELS), side="right")
            rows.append(share[np.maximum(beyond, FEWEST_DRAWS) - 1])
        return PchipInterpolator(DELTAS, np.array(rows))

    @cached_property
    def _passed(self) -> list[Bool]:
        """Draws with an activity above 0 and an exact p up to `GUARD`, by noncentrality."""
        if not self._by_t_test:
            return [p <= GUARD / 2 for p in self._p_up]
        out, w = [], self.weights
        limit = -stdtrit(self.df, GUARD / 2)
        for delta in DELTAS:
            c = delta * w + self._noise
            total = c.sum(axis=1, keepdims=True)
            cr2 = ((c - w * total) ** 2 / (1 - w)).sum(axis=1)
            out.append(total[:, 0] >= limit * np.sqrt(cr2))
        return out

    @cached_property
    def _by_t_test(self) -> bool:
        """Whether the t test stands in for the sign-flip test."""
        return self.n_blocks > COUNTED_BLOCKS and self.df >= DOMINATED * (self.n_blocks - 1)

    @cached_property
    def _noise(self) -> Float:
        """Draws of ``sqrt(w_b) n_b``, the same for every noncentrality, shape ``(n, B)``."""
        n = next(draws for most, draws in DRAWS.items() if self.n_blocks <= most)
        n = 4096 if self._by_t_test else n
        noise = np.random.default_rng(0).standard_normal((n // 2, self.n_blocks))
        return np.asarray(np.sqrt(self.weights) * np.concatenate([noise, -noise]))

    @cached_property
    def _p_up(self) -> list[Float]:
        """Exact one-sided p of each draw, by noncentrality."""
        indptr = np.arange(0, self._noise.size + 1, self.n_blocks)
        return [
            sign_flip(Ragged((delta * self.weights + self._noise).ravel(), indptr)).p_up
            for delta in DELTAS
        ]

    @cached_property
    def _curve(self) -> PchipInterpolator:
        table = _by_t(self.df) if self._by_t_test else _shares(self._p_up)
        return PchipInterpolator(DELTAS, np.maximum.accumulate(table, axis=0))


def joint(power_a: Float, power_b: Float, correlation: float) -> Float:
    """Probability that two tests both reject, by a Gaussian copula.

    ``Phi2(h, k; r) = Phi(h) Phi(k) + int_0^r phi2(h, k; t) dt`` with ``Phi(h)``, ``Phi(k)`` the
    powers.

    Parameters
    ----------
    power_a, power_b
        Powers of both, shape ``(n,)``.
    correlation
        Of the errors of both activities, in (-1, 1).

    References
    ----------
    Plackett RL (1954). A reduction formula for normal multivariate integrals. Biometrika
    41:351-360.
    """
    h, k = (ndtri(np.clip(p, 1e-15, 1 - 1e-15)) for p in (power_a, power_b))
    nodes, weights = np.polynomial.legendre.leggauss(24)
    t = (nodes[:, None] + 1) / 2 * correlation
    rest = 1 - t**2
    density = np.exp(-(h**2 - 2 * t * h * k + k**2) / (2 * rest)) / (2 * np.pi * np.sqrt(rest))
    both = ndtr(h) * ndtr(k) + correlation / 2 * (weights @ density)
    return np.asarray(np.clip(both, 0.0, np.minimum(power_a, power_b)))


def _by_t(df: float) -> Float:
    critical, delta = stdtrit(df, LEVELS), DELTAS[:, None]
    power = nctdtr(df, -delta, critical)
    # Where SciPy's noncentral t fails, far out: Abramowitz and Stegun (1964), 26.7.10.
    spread = np.sqrt(1 + critical**2 / (2 * df))
    near = ndtr((delta + critical * (1 - 1 / (4 * df))) / spread)
    return np.asarray(np.where(np.isfinite(power), power, near))


def _shares(p_up: list[Float]) -> Float:
    """Shares of draws in which the test rejects, noncentralities × `LEVELS`."""
    return np.array(
        [np.searchsorted(np.sort(p), LEVELS * (1 + 1e-9), side="right") / len(p) for p in p_up]
    )


def _ragged(weights: ArrayLike) -> Ragged:
    values = np.asarray(weights, dtype=np.float64)
    return Ragged(values, np.array([0, len(values)]))
