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
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from pathways.calls.candidates import SHIFTS, SMALL
from pathways.calls.directional import both_below, flips_together
from pathways.calls.moderation import FIRM, own_variance, robust_prior
from pathways.nulls.student import t_quantiles
from pathways.power.rejection import DELTAS, LEVELS, Rejection, joint
from twas.system.arrays import Bool, Float, Int

#: P-values drawn for the other sets of a collection, of each trait.
DRAWN = 40_000
#: Collections drawn at least and at most.
FEWEST, MOST = 40, 600
#: Sets drawn for what joint flips add, every so many-th of them for the set in question in each
#: collection, and sets for the mean of those without an effect.
REPEATING_DRAWS, OWN_STEP, NULL_DRAWS = 128, 16, 1024
#: Normal quantiles of p at which that is worked out; in between it is interpolated.
GRID = tuple(np.linspace(1.6, 4.8, 9).tolist())
#: No less than this is added, so that it has a logarithm.
TINY = 1e-30
#: Collections drawn for the prior of the variances, and sets of each at most.
PRIORS, PRIOR_SETS = 32, 400


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
        pick = np.flatnonzero(self.alpha >= LEVELS)[::-3][::-1]
        used = LEVELS[pick]
        x = -ndtri(used)
        drawn = self._drawn(delta_a, delta_b, correlation)
        null = (self.n_sets - self.n_true) * _between(self._null_repeating(correlation), x)
        true = _between(self._repeating(drawn), x)
        own = self._repeating(self._own_drawn(delta_a, delta_b, correlation))
        normal = self._normal(correlation)
        # The other sets with the effect are some of the drawn ones, with what each of them adds.
        which = np.random.default_rng(4).integers(
            REPEATING_DRAWS, size=(len(normal[0]), self.n_true - 1)
        )
        up = []
        for others, activity in zip(normal, drawn[:, 0].sum(axis=2), strict=True):
            others[:, : self.n_true - 1] = activity[which]
            up.append(ndtr(-others))
        first, second = _hypotheses(up[0], up[1])
        # What is left of alpha for what the sets add, draws × levels.
        left = self.alpha * (1 + _counts(second, used)) - used * (3 + _counts(first, used))
        called = []
        for k in range(PRIORS):  # each drawn prior moderates the sets of some of the collections
            rest = left[k::PRIORS].T - true[:, k][:, which[k::PRIORS]].sum(axis=2)
            mine = _between(own[:, k, k % OWN_STEP :: OWN_STEP], x)
            called.append(mine[:, None, :] <= (rest - null[:, k, None])[:, :, None])
        powers = [self.rejection.called(delta)[pick] for delta in (delta_a, delta_b)]
        power = joint(powers[0], powers[1], correlation)
        # The last level that is called lies, on average, halfway to the next of these.
        power[:-1] = (power[:-1] + power[1:]) / 2
        return self._mean(
            np.concatenate([one.reshape(len(used), -1) for one in called], axis=1).T, power
        )

    def _null_repeating(self, correlation: float) -> Float:
        """What a set without an effect adds on average, ``(len(GRID), PRIORS)``."""
        if correlation not in self._null_added:
            self._null_added[correlation] = np.mean(
                [
                    self._repeating(self._drawn(0.0, 0.0, correlation, seed)).mean(axis=2)
                    for seed in range(2, 2 + NULL_DRAWS // REPEATING_DRAWS)
                ],
                axis=0,
            )
        return self._null_added[correlation]

    @cached_property
    def _null_added(self) -> dict[float, Float]:
        return {}

    def _drawn(self, delta_a: float, delta_b: float, correlation: float, seed: int = 2) -> Float:
        """Block contributions of drawn sets, traits × 1 × `REPEATING_DRAWS` × blocks."""
        delta = np.reshape([delta_a, delta_b], (2, 1, 1, 1))
        return np.asarray(delta * self.rejection.weights + self._noise(correlation, seed)[:, None])

    def _own_drawn(self, delta_a: float, delta_b: float, correlation: float) -> Float:
        """Those of the set in question with its L at each of `GRID`, which is the second axis.

        Drawn are the residuals ``c - w A``, which do not depend on the activity A; the trait of the
        smaller noncentrality has its A there, the other what it has on average.
        """
        w, noise = self.rejection.weights, self._noise(correlation)
        activity = np.maximum([[delta_a], [delta_b]], GRID)
        activity[int(delta_b < delta_a)] = GRID
        rest = noise - w * noise.sum(axis=2, keepdims=True)
        return np.asarray(activity[:, :, None, None] * w + rest[:, None])

    def _repeating(self, c: Float) -> Float:
        """What drawn sets add to the false discoveries, ``(len(GRID), PRIORS, n_draws)``."""
        spread, together = flips_together(c.reshape(2, -1), _runs(c))
        shape = (c.shape[1], 1, c.shape[2])
        h = self._critical(spread.reshape(2, *shape))
        r = np.abs(together).reshape(shape)
        out = np.zeros(h.shape)
        some = np.broadcast_to(r > 0, h.shape)
        h, r = h[some], np.broadcast_to(r, out.shape)[some]
        out[some] = 2 * np.maximum(both_below(h, r) - ndtr(-h) ** 2, 0.0)
        return out

    def _critical(self, spread: Float) -> Float:
        """Where a flipped copy has a p of each of `GRID`, over its spread, by each prior."""
        k0, k1, df = self._moderation
        q = t_quantiles(GRID, df)[..., None]
        curb = (k1 / (self.rejection.n_blocks - 1))[:, None, :, None]
        gain = k0[:, None, :, None] / spread**2 + curb * self.rejection.n_blocks
        return np.asarray(np.sqrt((gain / (np.moveaxis(q, 1, 0) ** -2.0 + curb)).mean(axis=0)))

    @cached_property
    def _moderation(self) -> tuple[Float, Float, Float]:
        """``k0``, ``k1`` and df of the moderated p by each drawn prior, ``(2, PRIORS)`` each.

        The predicted variances are right; the prior is fitted to as many sets as it is in a
        collection, its own or their copies, and is worth more or less by chance.
        """
        w = self.rejection.weights
        n = min(self.n_sets if self.n_sets >= SMALL else self.n_sets * len(SHIFTS), PRIOR_SETS)
        c = np.sqrt(w) * np.random.default_rng(3).standard_normal((2, PRIORS * n, len(w)))
        every = np.tile(w, PRIORS * n)
        own = own_variance(c.reshape(2, -1), every, _runs(c), np.stack([every, every]))
        parts = [slice(n * k, n * (k + 1)) for k in range(PRIORS)]
        found = [
            [robust_prior(ratio[part], df[part]) for part in parts]
            for ratio, df in zip(own.ratio, own.df, strict=True)
        ]
        d0 = np.array([[FIRM if p is None else p.df for p in row] for row in found])
        scale = np.array([[1.0 if p is None else p.scale for p in row] for row in found])
        kappa, df = own.kappa[0, 0], own.df[0, 0]
        return d0 * scale / (d0 + df), kappa * df / (d0 + df), np.minimum(d0 + df, FIRM)

    def _noise(self, correlation: float, seed: int = 2) -> Float:
        """Draws of the noise of the blocks of both traits, the same at each call."""
        w = self.rejection.weights
        a, b = np.random.default_rng(seed).standard_normal((2, REPEATING_DRAWS, len(w)))
        b = correlation * a + np.sqrt(1 - correlation**2) * b
        return np.asarray(np.sqrt(w) * np.stack([a, b]))

    def _by_bh(self, p: Float, levels: Float) -> Bool:
        """Whether BH rejects at each level, given the other sets' p of each draw."""
        return np.asarray(levels * self.n_sets <= self.alpha * (1 + _counts(p, levels)))

    def _mean(self, rejected: Bool, power: Float) -> float:
        """Mean over draws of the power at the largest level that is rejected."""
        return float(np.append(power, 0.0)[_last(rejected)].mean())

    def _normal(self, correlation: float) -> tuple[Float, Float]:
        """Standard normal pairs of the other sets, draws × ``M - 1``, the same at each call."""
        n = int(np.clip(DRAWN // self.n_sets, FEWEST, MOST))
        rng = np.random.default_rng(1)
        a, b = rng.standard_normal((2, n, self.n_sets - 1))
        return a, correlation * a + np.sqrt(1 - correlation**2) * b


def _runs(c: Float) -> Int:
    """Runs of sets of equal length; the first axis are the traits, the last the blocks."""
    return np.arange(0, c[0].size + 1, c.shape[-1])


def _between(added: Float, x: Float) -> Float:
    """What is known at `GRID` (first axis), at other normal quantiles."""
    place = np.interp(x, GRID, np.arange(len(GRID)))
    left = np.minimum(place.astype(np.int64), len(GRID) - 2)
    share = (place - left).reshape(-1, *[1] * (added.ndim - 1))
    log = np.log(np.maximum(added, TINY))
    return np.asarray(np.exp(log[left] * (1 - share) + log[left + 1] * share))


def _last(rejected: Bool) -> Int:
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
