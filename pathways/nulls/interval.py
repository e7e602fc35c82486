"""Confidence intervals that invert the sign-flip test, so p and interval never disagree.

For a mean activity ``delta`` over loci like these, the contributions under test are
``c_b - delta * w_b`` with ``w_b = m_b / m``; the interval holds every ``delta`` with
``p(delta) > alpha``. Few blocks: order statistics of the subset means (`enumeration`). More: the
corrected normal quantile ``q`` in ``(A - delta) = q * sqrt(sum (c_b - delta w_b)^2)`` is moved
until the test itself gives ``alpha / 2``.

The standard error is the cluster-robust CR2 of a weighted mean,
``se = sqrt(sum (c_b - w_b A)^2 / (1 - w_b))``.

References
----------
Hartigan JA (1969). Using subsample values as typical values. JASA 64:1303-1317.
Bell RM, McCaffrey DF (2002). Bias reduction in standard errors for linear regression with
multi-stage samples. Survey Methodology 28:169-181.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from pathways.nulls import enumeration, signflip
from pathways.nulls.ragged import Ragged
from twas.system.arrays import Float

#: Up to so many blocks the subset means are listed; above, the test is inverted by search.
LISTED_BLOCKS = 16
_STEPS = 3
_BRACKET_STEPS = 60
#: A limit found by search is right to this many standard errors.
_CLOSE = 5e-4


def cr2_error(c: Ragged, w: Float) -> Float:
    """Standard error of each set's activity.

    Parameters
    ----------
    c
        Block contributions.
    w
        Share of the set's members in each block, shape of ``c.values``; sums to 1 in a set.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, at least 0; NaN for a set with fewer than two blocks.
    """
    residual = c.values - w * c.sums()[c.owners()]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = c.replace(np.where(w < 1, residual**2 / (1 - w), np.nan)).sums()
    return np.where(c.lengths > 1, np.sqrt(variance), np.nan)


def sign_flip_interval(c: Ragged, w: Float, *, alpha: float = 0.05) -> tuple[Float, Float]:
    """Interval of each set's activity with coverage at least ``1 - alpha`` under the test's null.

    Parameters
    ----------
    c, w
        Block contributions and positive weights, as in `cr2_error`.
    alpha
        One minus the coverage.

    Returns
    -------
    low, high
        Shape ``(n_sets,)``; NaN where ``2^(1 - B) > alpha``, since no value could be excluded.
    """
    low, high = np.full(c.n_sets, np.nan), np.full(c.n_sets, np.nan)
    lengths = c.lengths
    possible = 2.0 ** (1.0 - lengths) <= alpha
    weights = c.replace(w)
    for n_blocks in range(1, LISTED_BLOCKS + 1):
        sets = np.flatnonzero(possible & (lengths == n_blocks))
        rank = int(np.floor(alpha * 2 ** (n_blocks - 1) * (1 + 1e-12)))
        for start in range(0, len(sets), 32):
            part = sets[start : start + 32]
            low[part], high[part] = enumeration.subset_mean_limits(
                c.matrix(part), weights.matrix(part), rank
            )
    searched = np.flatnonzero(possible & (lengths > LISTED_BLOCKS))
    if searched.size:
        sub, sub_weights = c.take(searched), weights.take(searched)
        reject = signflip.two_sided_tail(sub) <= alpha
        for limit, side in ((low, -1), (high, 1)):
            found = _search(sub, sub_weights, side=side, alpha=alpha)
            # Where the tolerance would let p and interval disagree on zero, search to the end.
            beyond = np.flatnonzero((side * sub.sums() < 0) & ((side * found < 0) != reject))
            last, last_w = sub.take(beyond), sub_weights.take(beyond)
            found[beyond] = _bracket(last, last_w, side=side, alpha=alpha, close=0.0)
            limit[searched] = found
    return low, high


def _search(c: Ragged, w: Ragged, *, side: int, alpha: float) -> Float:
    """The limit on one side (-1 low, +1 high) by a corrected normal quantile."""
    target = float(ndtri(alpha / 2))
    quantile = np.full(c.n_sets, -target)
    limit = _normal_limit(c, w, quantile, side)
    open_sets = np.arange(c.n_sets)
    for _ in range(_STEPS):
        sub, sub_w = c.take(open_sets), w.take(open_sets)
        miss = target - _normal_score(sub, sub_w, limit[open_sets])
        quantile[open_sets] -= np.nan_to_num(miss)
        limit[open_sets] = _normal_limit(sub, sub_w, quantile[open_sets], side)
        # A step leaves well under a tenth of the miss before it.
        open_sets = open_sets[~(np.abs(miss) < 20 * _CLOSE)]
        if not open_sets.size:
            break
    failed = np.union1d(open_sets, np.flatnonzero(~np.isfinite(limit) | (quantile <= 0)))
    rest, rest_w = c.take(failed), w.take(failed)
    limit[failed] = _bracket(rest, rest_w, side=side, alpha=alpha, close=_CLOSE)
    return limit


def _normal_limit(c: Ragged, w: Ragged, quantile: Float, side: int) -> Float:
    """Solve ``|A - delta| = q * sqrt(sum (c_b - delta w_b)^2)`` on one side; NaN if unbounded."""
    total, q2 = c.sums(), quantile**2
    cc, cw, ww = (c.replace(v).sums() for v in (c.values**2, c.values * w.values, w.values**2))
    a, b, d = 1 - q2 * ww, total - q2 * cw, total**2 - q2 * cc
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(b**2 - a * d, 0))
        return np.where(a > 0, (b + side * root) / a, np.nan)


def _normal_score(c: Ragged, w: Ragged, delta: Float) -> Float:
    """The normal quantile of the one-sided p at `delta`; NaN where `delta` is."""
    known = np.flatnonzero(np.isfinite(delta))
    score = np.full(c.n_sets, np.nan)
    if known.size:
        sub = c.take(known)
        shifted = sub.values - delta[known][sub.owners()] * w.take(known).values
        score[known] = ndtri(signflip.two_sided_tail(sub.replace(shifted)) / 2)
    return score


def _bracket(c: Ragged, w: Ragged, *, side: int, alpha: float, close: float) -> Float:
    """The limit by bracketing: regula falsi (Illinois) on the normal score, halving in turn.

    ``p(A) = 1``, and beyond the extreme block mean p is at its smallest: the limit lies between.
    """
    target = float(ndtri(alpha / 2))
    inner, outer = c.sums(), side * c.maxima(side * c.values / w.values)
    f_inner, f_outer = np.full(c.n_sets, -target), np.full(c.n_sets, target)
    found = inner.copy()
    open_sets = np.arange(c.n_sets)
    for step in range(_BRACKET_STEPS):
        if not open_sets.size:
            break
        a, b, fa, fb = (v[open_sets] for v in (inner, outer, f_inner, f_outer))
        middle = (a + b) / 2 if step % 2 else a + (b - a) * fa / (fa - fb)
        score = _normal_score(c.take(open_sets), w.take(open_sets), middle)
        f = score - target
        inside = f > 0
        inner[open_sets] = np.where(inside, middle, a)
        outer[open_sets] = np.where(inside, b, middle)
        f_inner[open_sets] = np.where(inside, f, fa)
        f_outer[open_sets] = np.where(inside, fb, np.maximum(f, -1e3))
        found[open_sets] = np.where(np.abs(f) <= close, middle, inner[open_sets])
        width = np.abs(outer - inner)[open_sets]
        tiny = 1e-12 * (np.abs(inner) + np.abs(outer))[open_sets]
        open_sets = open_sets[(np.abs(f) > close) & (width > tiny)]
    return found


def bound(
    low_a: ArrayLike, high_a: ArrayLike, low_b: ArrayLike, high_b: ArrayLike, *, product: int
) -> Float:
    """The size that the smaller of two activities can still have: how opposite, or how shared.

    From the 95 % intervals ``[L, U]`` of the activities of two traits on the genes of both:

    - ``bound_opposite = max(0, min(U_A, -L_B), min(-L_A, U_B))``: a pattern of opposite activities
      *both* larger than this is excluded;
    - ``bound_concordant = max(0, min(U_A, U_B), min(-L_A, -L_B))``: the same of a shared direction.

    A true pattern is excluded wrongly only if one of its two activities lies beyond the end of its
    interval: at most two one-sided errors of 2.5 %, 5 % in all, whatever the correlation of the
    traits. The intervals invert the sign-flip test, so no genome-wide number enters. In effect
    scale ``unit`` each activity is in SD of its own z, and the bound is the smaller of two numbers
    of different units.

    Parameters
    ----------
    low_a, high_a, low_b, high_b
        Ends of the intervals of both activities, NaN where there is none.
    product
        -1 for opposite directions, +1 for a shared one.

    Returns
    -------
    ndarray
        At least 0, in the unit of the activities; NaN where an interval is missing.
    """
    la, ua, lb, ub = (np.asarray(x, dtype=np.float64) for x in (low_a, high_a, low_b, high_b))
    up_b, down_b = (ub, -lb) if product > 0 else (-lb, ub)
    return np.maximum(np.maximum(np.minimum(ua, up_b), np.minimum(-la, down_b)), 0.0)
