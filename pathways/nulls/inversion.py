"""Sign-flip tails for many blocks: the characteristic function inverted numerically.

``A* = sum_b eps_b c_b`` has characteristic function ``phi(t) = prod_b cos(c_b t)``, so

``P(A* >= x) = 1/2 - (1/pi) int_0^inf sin(t x) phi(t) / t dt``,

which the midpoint rule with step ``h`` gives up to ``P(|A*| > 2 pi / h - x)`` (Davies 1973) and
up to what ``phi`` still weighs beyond the last point. The first is below 1e-11 here and the
second below 1e-4 of the tail, or the set is handed on to a longer rule, in the end to the grid of
`enumeration`. Beyond `FAR` standard deviations the line of integration is moved to the saddlepoint,
which keeps the relative accuracy of small p: the Lugannani-Rice formula is the first term of that
same integral.

References
----------
Davies RB (1973). Numerical inversion of a characteristic function. Biometrika 60:415-417.
Daniels HE (1987). Tail probability approximations. Int Stat Rev 55:37-48.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways.nulls import enumeration
from pathways.nulls.ragged import Ragged
from twas.system.arrays import Bool, Float, Int

#: |A| / sd beyond which the relative accuracy of the plain rule is not enough.
FAR = 4.0
#: Points of the midpoint rule; a set that has not converged goes to the next.
POINTS = (16, 64, 256, 1024)
#: Sets of at most so many blocks skip the shortest rule: their |phi| falls too slowly for it.
FEW = 64
#: Largest term that may remain at the end of the rule, relative to the tail.
REMAINDER = 1e-4
#: Room for the tails, in standard deviations (Hoeffding: 2 exp(-7.5^2 / 2) = 1e-12).
ROOM = 7.5
#: With fewer distinct |c| than this (of 50 bins) the sums may lie on a lattice, whose peaks of
#: |phi|, up to 300 / sd for a step that matters, only the longest rule sees.
LATTICE_BINS = 10
#: Share of tied contributions above which a set may lie on a lattice.
TIED = 0.1
#: |phi| at pi / mean|c|, where nearly equal contributions come back into phase.
PEAK = 3e-3
#: Contributions handled at a time: what fits into a processor's cache.
_CHUNK = 50_000


def upper_tail(c: Ragged) -> Float:
    """P(A* >= |A|) for each set of more than `enumeration.EXACT_BLOCKS` blocks.

    Parameters
    ----------
    c
        Block contributions, one run per set.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in [2^-B, 1].
    """
    c = c.in_units()
    sets = _Sets(c, np.abs(c.sums()), np.sqrt(c.replace(c.values**2).sums()))
    tail = np.full(c.n_sets, 0.5)
    far = sets.x > FAR * sets.sd
    suspect = _suspect(c, sets.sd)
    near = ~far & (sets.sd > 0)
    few = near & ~suspect & (c.lengths <= FEW)
    waiting = np.flatnonzero(near & ~suspect & ~few)
    for points in POINTS:
        if points == POINTS[1]:
            waiting = np.union1d(waiting, np.flatnonzero(few))
        value, settled = _by_rule(sets.take(waiting), points, tested=0.25)
        tail[waiting[settled]] = value[settled]
        waiting = waiting[~settled]
    held = np.flatnonzero(near & suspect)
    value, settled = _by_rule(sets.take(held), POINTS[-1], tested=0.75)
    tail[held[settled]] = value[settled]
    for k in np.concatenate([waiting, held[~settled], np.flatnonzero(far & suspect)]):
        tail[k] = enumeration.upper_tail(c.run(k))
    for k in np.flatnonzero(far & ~suspect):
        tail[k] = _far_tail(c.run(k))
    return np.asarray(np.clip(tail, 0.5 ** np.minimum(c.lengths, 1000), 1.0))


@dataclass(frozen=True)
class _Sets:
    """Contributions of sets, with ``|A|`` and the standard deviation of its null."""

    c: Ragged
    x: Float
    sd: Float

    def take(self, sets: Int) -> _Sets:
        """Some of the sets."""
        return _Sets(self.c.take(sets), self.x[sets], self.sd[sets])


def _suspect(c: Ragged, sd: Float) -> Bool:
    """Sets that may lie on a lattice: few sizes, many ties, or contributions nearly in phase."""
    owner = c.owners()
    size = np.abs(c.values)
    top = np.maximum.reduceat(size, c.indptr[:-1])
    share = size / np.repeat(np.where(top > 0, top, 1.0), c.lengths)
    few = _distinct_sizes(share, owner, c.n_sets) < LATTICE_BINS
    return few | (_first_peak(c, size, sd) > PEAK) | _ties(share, owner, c.lengths)


def _distinct_sizes(share: Float, owner: Int, n_sets: int) -> Int:
    """How many of 50 equal bins between 0 and max|c| hold a contribution."""
    bins = np.minimum((50 * share).astype(np.int64), 49)
    seen = np.zeros(50 * n_sets, dtype=bool)
    seen[50 * owner + bins] = True
    return np.asarray(seen.reshape(n_sets, 50).sum(axis=1))


def _ties(share: Float, owner: Int, lengths: Int) -> Bool:
    """Sets in which more than `TIED` of the contributions have the size of another.

    Genes whose models share one variant tie in pairs; a lattice needs many.
    """
    # One sort for all sets: the set before the point, half of |c| / max|c| behind it.
    key = np.sort(owner + 0.5 * share)
    step = np.diff(key)
    # Far more than is tied, and few: only these are looked at.
    near = np.flatnonzero(step <= 1e-9 + np.spacing(float(len(lengths))))
    before, after = key[near], key[near + 1]
    mine = after.astype(np.int64)
    size = after - mine
    rounding = np.spacing(float(len(lengths)))
    same = (before.astype(np.int64) == mine) & (step[near] <= 1e-9 * size + rounding) & (size > 0)
    return np.bincount(mine[same], minlength=len(lengths)) > TIED * lengths


def _first_peak(c: Ragged, size: Float, sd: Float) -> Float:
    """|phi| around pi / mean|c|: 1 for equal contributions, 2^-B for well spread ones.

    0 where it is certainly below `PEAK`.
    """
    starts = c.indptr[:-1]
    mean = np.add.reduceat(size, starts) / c.lengths
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.nan_to_num(np.pi / mean, posinf=0.0, neginf=0.0)
        away = np.nan_to_num(0.7 / sd, posinf=0.0, neginf=0.0)
    peak = np.zeros(c.n_sets)
    for t in (middle - away, middle, middle + away):
        # |cos(pi d)| <= 1 - 4 d^2 <= exp(-4 d^2), d to the nearest whole number: mostly enough.
        turns = c.values * np.repeat(t / np.pi, c.lengths)
        turns -= np.rint(turns)
        turns *= turns
        open_sets = np.flatnonzero(np.exp(-4 * np.add.reduceat(turns, starts)) > PEAK)
        part = c.take(open_sets)
        angle = part.values * np.repeat(t[open_sets], part.lengths)
        if open_sets.size:
            phi = np.abs(np.multiply.reduceat(np.cos(angle), part.indptr[:-1]))
            peak[open_sets] = np.maximum(peak[open_sets], phi)
    return peak


def _by_rule(sets: _Sets, points: int, *, tested: float) -> tuple[Float, Bool]:
    """P(A* >= x) of each set by a rule of so many points, and whether that has converged.

    It has where the terms in the last share `tested` of the rule are small against the tail.
    """
    value, settled = np.empty(sets.c.n_sets), np.zeros(sets.c.n_sets, dtype=bool)
    for part in sets.c.chunks(_CHUNK):
        mine = _Sets(sets.c.part(part), sets.x[part], sets.sd[part])
        value[part], terms = _midpoint(mine, points)
        last = terms[:, -int(points * tested) :].max(axis=1)
        settled[part] = last < REMAINDER * value[part]
    return value, settled


def _midpoint(sets: _Sets, points: int) -> tuple[Float, Float]:
    """P(A* >= x) by the midpoint rule, and a bound on each of its terms."""
    c, half = sets.c, np.arange(points) + 0.5
    step = 2 * np.pi / (sets.x + ROOM * sets.sd)
    angle = c.values * np.repeat(step, c.lengths)
    # cos((k + 3/2) a) = 2 cos(a) cos((k + 1/2) a) - cos((k - 1/2) a): two cosines do for all.
    twice, now = 2 * np.cos(angle), np.cos(angle / 2)
    before, room = now.copy(), np.empty_like(now)
    phi = np.empty((points, c.n_sets))
    for k in range(points):
        np.multiply.reduceat(now, c.indptr[:-1], out=phi[k])
        np.multiply(twice, now, out=room)
        np.subtract(room, before, out=before)
        now, before = before, now
    phi = phi.T / (np.pi * half)
    value = 0.5 - np.sum(np.sin(half * (step * sets.x)[:, None]) * phi, axis=1)
    return value, np.abs(phi)


def _far_tail(c: Float) -> float:
    """P(A* >= |A|) far out: integral along the saddlepoint line, or a count of few subsets."""
    size = np.abs(c)
    x = abs(float(c.sum()))
    t0 = _saddlepoint(size, x)
    bound = float(np.exp(float(np.sum(_log_cosh(size * t0))) - t0 * x))  # Chernoff's, of the tail
    counted = _counted(size, x, bound)
    if counted is None:
        tail = bound * _tilted_integral(size, x, t0)
        counted = _counted(size, x, tail)
    return tail if counted is None else counted


def _counted(size: Float, x: float, tail: float) -> float | None:
    """P(A* >= x) by a count, where the tail is so small that single sign vectors matter."""
    if np.log2(max(tail, 1e-300)) + len(size) >= np.log2(enumeration.MAX_COUNT / 4):
        return None
    counted = enumeration.count_far_tail(size, (size.sum() - x) / 2)
    return None if counted is None else float(counted * 0.5 ** len(size))


def _saddlepoint(size: Float, x: float) -> float:
    """Root t of sum c tanh(c t) = x; near enough is enough, any t > 0 is a valid line."""
    low, high = 0.0, 40.0 / float(size[size > 0].min())
    t = x / float(np.sum(size**2))
    for _ in range(60):
        slope = np.tanh(size * t)
        excess = float(size @ slope) - x
        if abs(excess) < 1e-9 * x:
            break
        low, high = (low, t) if excess > 0 else (t, high)
        curvature = float(np.sum(size**2 * (1 - slope**2)))
        step = t - excess / curvature if curvature > 0 else high
        t = step if low < step < high else (low + high) / 2
    return t


def _tilted_integral(size: Float, x: float, t0: float) -> float:
    tanh = np.tanh(size * t0)
    sd = float(np.sqrt(np.sum(size**2 * (1 - tanh**2))))
    depth = t0 * x - float(np.sum(_log_cosh(size * t0)))
    h = min(2 * np.pi * t0 / (depth + 30.0), 0.25 / max(sd, 1e-300))
    points = int(min(np.ceil(9.0 / (max(sd, 1e-300) * h)), 4096))
    u = (np.arange(points) + 0.5) * h
    angle = np.outer(u, size)
    psi = np.prod(np.cos(angle) + 1j * tanh * np.sin(angle), axis=1)
    return float(np.sum((psi * np.exp(-1j * u * x) / (t0 + 1j * u)).real) * h / np.pi)


def _log_cosh(v: Float) -> Float:
    v = np.abs(v)
    return np.asarray(v + np.log1p(np.exp(-2 * v)) - np.log(2.0))
