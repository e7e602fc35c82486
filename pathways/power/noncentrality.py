"""How far from zero an activity must be, in standard errors, for the sign-flip test to see it.

The two-sided t test at alpha with ``df = (tr G)^2 / tr(G^2)`` (Satterthwaite, of the CR2 variance)
has the power asked for at the noncentrality ``delta``. The sign-flip test needs the same, but for
three things, all against simulated power (0.77 to 0.82 for 0.8; 6 to 100 blocks, alpha 0.05 to
1e-4, equal, skewed and dominated weights):

- its p is a multiple of ``2^(1-B)``, so alpha is ``k 2^(1-B)``, ``k = floor(alpha 2^(B-1))``;
- at ``k = 1`` all blocks must agree in sign, ``prod_b Phi(delta sqrt(w_b)) = power``. The ratio
  of that ``delta`` to the t test's, to the power ``k^(-12/B)`` (fitted), corrects the small ``k``;
- a block that outweighs the others takes all df from the t test, but costs the sign-flip test a
  factor of 2 only: once it points the right way, ``p`` is half the p of the rest. So the j
  heaviest blocks may be left out, at ``alpha 2^j`` and the power over the probability that they
  all point the right way, where that needs less.

References
----------
Bell RM, McCaffrey DF (2002). Bias reduction in standard errors for linear regression with
multi-stage samples. Survey Methodology 28:169-181.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, nctdtrinc, ndtr, ndtri, stdtrit

from pathways.nulls.ragged import Ragged
from twas.system.arrays import Float, Int

#: Number k of attainable p below alpha from which the sign-flip test is taken for a t test.
MANY_RANKS = 256
#: Exponent of k in the correction, times the number of blocks.
RANK_DECAY = 12.0
#: So many of the heaviest blocks may be left out.
LEFT_OUT = 4
#: Degrees of freedom from which t is normal.
NORMAL_DF = 1e5
#: A power above this is not asked of the blocks that are left.
_MAX_POWER = 0.97


def satterthwaite_df(weights: Ragged) -> Float:
    """Degrees of freedom of the CR2 variance of each set's activity.

    ``df = (tr G)^2 / tr(G^2)`` with ``G_bc = (1[b=c] w_b - w_b w_c) / sqrt((1-w_b)(1-w_c))``, if
    genes are independent with one variance; ``B - 1`` for equal weights.

    Parameters
    ----------
    weights
        Share of the set's members in each block, positive; each run sums to 1.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in ``[1, B - 1]``; NaN for a set of fewer than two blocks.

    References
    ----------
    Bell RM, McCaffrey DF (2002). Survey Methodology 28:169-181.
    """
    w = weights.values
    with np.errstate(divide="ignore", invalid="ignore"):
        off = w**2 / (1 - w)
        # tr G = 1; off the diagonal G_bc^2 = off_b off_c, on it w_b^2.
        diagonal, rest = (weights.replace(v).sums() for v in (w**2 - off**2, off))
        return np.where(weights.lengths > 1, 1.0 / (diagonal + rest**2), np.nan)


def attainable_rank(n_blocks: Int, alpha: float | Float = 0.05) -> Float:
    """How many multiples of the smallest p are at most alpha, ``k = floor(alpha 2^(B-1))``.

    Parameters
    ----------
    n_blocks
        Shape ``(n_sets,)``.
    alpha
        Two-sided level, one for all sets or one each.
    """
    return np.asarray(np.floor(alpha * _flips(n_blocks) * (1 + 1e-12)), dtype=np.float64)


def attainable_alpha(n_blocks: Int, alpha: float | Float = 0.05) -> Float:
    """The largest p of the sign-flip test that is at most alpha, ``k 2^(1-B)``.

    Parameters
    ----------
    n_blocks, alpha
        As in `attainable_rank`.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in ``[0, alpha]``; 0 where no outcome reaches alpha.
    """
    return np.minimum(attainable_rank(n_blocks, alpha) / _flips(n_blocks), alpha)


def _flips(n_blocks: Int) -> Float:
    """``2^(B-1)``, up to what a double can divide."""
    return np.asarray(2.0 ** np.clip(n_blocks - 1, 0, 50))


def noncentrality(df: Float, alpha: float | Float, power: float | Float) -> Float:
    """The noncentrality at which a two-sided t test has the given power.

    The chance to reject on the wrong side is left out: below 1e-3 from a power of 0.5 on.

    Parameters
    ----------
    df
        Degrees of freedom, infinite for a normal test, shape ``(n,)``.
    alpha, power
        Two-sided level, and power in [0.5, 1), one or shape ``(n,)``.
    """
    half, power = np.asarray(alpha) / 2, np.asarray(power)
    nu = np.minimum(df, NORMAL_DF)
    t = nctdtrinc(nu, 1 - power, -stdtrit(nu, half))
    return np.asarray(np.where(df >= NORMAL_DF, ndtri(power) - ndtri(half), t))


def sign_flip_noncentrality(weights: Ragged, alpha: float | Float, power: float = 0.8) -> Float:
    """The ``effect / se`` at which the sign-flip test at alpha has the given power.

    Parameters
    ----------
    weights
        Share of the set's members in each block, positive; each run sums to 1.
    alpha
        Two-sided level, one or shape ``(n_sets,)``.
    power
        In [0.5, 0.95].

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``; infinite where no outcome could reach alpha.
    """
    rank = attainable_rank(weights.lengths, alpha)
    delta = np.full(weights.n_sets, np.inf)
    able = np.flatnonzero((rank > 0) & (weights.lengths > 1))
    level = attainable_alpha(weights.lengths, alpha)[able]
    delta[able] = _by_t(weights.take(able), level, power)
    few = able[rank[able] < MANY_RANKS]
    sub = weights.take(few)
    ratio = _unanimity(sub, power) / _by_t(sub, 1.0 / _flips(sub.lengths), power)
    delta[few] *= np.maximum(ratio, 1.0) ** (rank[few] ** (-RANK_DECAY / sub.lengths))
    return delta


def _by_t(weights: Ragged, level: Float, power: float) -> Float:
    """The least noncentrality of the t tests with none to `LEFT_OUT` heaviest blocks left out.

    Which one is least is decided by the approximation, which costs a tenth.
    """
    order = np.lexsort((-weights.values, weights.owners()))
    weights = weights.replace(weights.values[order])
    df, share = satterthwaite_df(weights), np.ones(weights.n_sets)
    level, target = level.copy(), np.full(weights.n_sets, power)
    best = _approximate(df, level, target)
    start = level.copy()
    for j in range(1, LEFT_OUT + 1):
        sets = np.flatnonzero((weights.lengths > j + 2) & (start * 2**j < 0.5))
        sets = sets[_agreement(weights.take(sets), best[sets], j) * _MAX_POWER > power]
        heavy = weights.take(sets)
        kept, rest = _without(heavy, j)
        df_rest, delta = satterthwaite_df(rest), best[sets]
        for _ in range(3):
            goal = np.minimum(power / _agreement(heavy, delta, j), _MAX_POWER)
            delta = _approximate(df_rest, start[sets] * 2**j, goal) / np.sqrt(kept)
        less = delta < best[sets]
        now = sets[less]
        best[now], df[now], share[now], target[now] = (
            value[less] for value in (delta, df_rest, kept, goal)
        )
        level[now] = start[now] * 2**j
    return np.asarray(noncentrality(df, level, target) / np.sqrt(share))


def _approximate(df: Float, alpha: Float, power: Float) -> Float:
    """`noncentrality` by a normal approximation of the noncentral t.

    References
    ----------
    Abramowitz M, Stegun IA (1964). Handbook of Mathematical Functions, 26.7.10.
    """
    t = -stdtrit(df, alpha / 2)
    return np.asarray(t * (1 - 1 / (4 * df)) + ndtri(power) * np.sqrt(1 + t**2 / (2 * df)))


def _agreement(descending: Ragged, delta: Float, j: int) -> Float:
    """Probability that each of the `j` heaviest blocks points the right way."""
    top = descending.values[descending.indptr[:-1, None] + np.arange(j)]
    return np.asarray(np.prod(ndtr(delta[:, None] * np.sqrt(top)), axis=1))


def _without(descending: Ragged, j: int) -> tuple[Float, Ragged]:
    """Share of the blocks after the first `j` of each set, and their weights, summing to 1."""
    n_sets, lengths = descending.n_sets, descending.lengths
    indptr = np.concatenate([[0], np.cumsum(lengths - j)])
    within = np.arange(len(descending.values)) - np.repeat(descending.indptr[:-1], lengths)
    rest = Ragged(descending.values[within >= j], indptr)
    share = rest.sums() if n_sets else np.zeros(0)
    return share, rest.replace(rest.values / share[rest.owners()])


def _unanimity(weights: Ragged, power: float) -> Float:
    """The ``effect / se`` at which all blocks agree in sign, ``prod_b Phi(delta sqrt(w_b))``."""
    root, owner = np.sqrt(weights.values), weights.owners()
    low = np.zeros(weights.n_sets)
    # Each block then misses with less than 1e-15.
    high = 8.0 / np.sqrt(-weights.maxima(-weights.values))
    for _ in range(30):
        middle = (low + high) / 2
        enough = weights.replace(log_ndtr(middle[owner] * root)).sums() >= np.log(power)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
