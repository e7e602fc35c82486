"""What could have been seen: detectable effect, exaggeration and wrong-sign risk of each set.

``power(delta) = P(|T| > t_crit)``, ``T`` noncentral t with noncentrality ``delta = effect / se``
and Satterthwaite's ``df = (tr G)^2 / tr(G^2)`` of the CR2 variance; the detectable effect is the
true activity at which the two-sided test at alpha has the power asked for.

The sign-flip p is a multiple of ``2^(1-B)``, so the test at alpha is one at the attainable alpha
``k 2^(1-B)``, ``k = floor(alpha 2^(B-1))``; it is infinite (untestable) where ``k = 0``. For small
``k`` the sign-flip test needs more than the t test: at ``k = 1`` every block must agree in sign,
``prod_b Phi(delta sqrt(w_b)) = power``. The ratio of that ``delta`` to the noncentral t's,
raised to ``k^(-12 / B)`` (fitted to simulated power at 6 to 18 blocks), corrects for this.

References
----------
Bell RM, McCaffrey DF (2002). Bias reduction in standard errors for linear regression with
multi-stage samples. Survey Methodology 28:169-181.
Gelman A, Carlin J (2014). Beyond power calculations: assessing type S (sign) and type M
(magnitude) errors. Perspectives on Psychological Science 9:641-651.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, log_ndtr, nctdtr, nctdtrinc, ndtr, ndtri, stdtrit

from pathways.nulls.ragged import Ragged

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: Rank up to which the sign-flip test is told from the t test: beyond, less than 2 % of delta.
FEW_RANKS = 256
#: Exponent of the rank in the correction, times the number of blocks.
RANK_DECAY = 12.0
#: Degrees of freedom from which t is normal, and below which type M would need those of df - 1.
NORMAL_DF, MIN_DF = 1e5, 1.001


def satterthwaite_df(weights: Ragged) -> Float:
    """Degrees of freedom of the CR2 variance of each set's activity.

    ``df = (tr G)^2 / tr(G^2)`` with ``G_bc = (1[b=c] w_b - w_b w_c) / sqrt((1-w_b)(1-w_c))``, if
    genes are independent with one variance; ``B - 1`` for equal weights.

    Parameters
    ----------
    weights
        Share of the set's members in each block; each run sums to 1.

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


def attainable_alpha(n_blocks: Int, alpha: float | Float = 0.05) -> Float:
    """The largest p of the sign-flip test that is at most alpha, ``floor(a 2^(B-1)) / 2^(B-1)``.

    Parameters
    ----------
    n_blocks
        Shape ``(n_sets,)``.
    alpha
        One for all sets, or one each.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in ``[0, alpha]``; 0 where no outcome reaches alpha.
    """
    rank = _rank(n_blocks, alpha)
    steps = 2.0 ** np.minimum(np.maximum(n_blocks - 1, 0), 60)
    return np.minimum(rank / steps, alpha)


def _rank(n_blocks: Int, alpha: float | Float) -> Float:
    """How many multiples of the smallest p are at most alpha."""
    steps = 2.0 ** np.minimum(np.maximum(n_blocks - 1, 0), 60)
    return np.asarray(np.floor(alpha * steps * (1 + 1e-12)), dtype=np.float64)


def fdr_alpha(q: Float, alpha: float = 0.05) -> float:
    """The p that one more set of this collection would need for FDR alpha.

    ``alpha * min(R + 1, m) / m`` with ``R`` sets of ``q <= alpha`` among ``m`` tested.

    Parameters
    ----------
    q
        Benjamini-Hochberg q-values of one family; NaN where not tested.
    alpha
        FDR level.
    """
    tested = q[~np.isnan(q)]
    if not tested.size:
        return alpha
    return alpha * min(int((tested <= alpha).sum()) + 1, tested.size) / tested.size


def detectable_effect(
    se: Float, weights: Ragged, *, alpha: float | Float = 0.05, power: float = 0.8
) -> Float:
    """The true activity that the sign-flip test at alpha finds with the given power.

    Parameters
    ----------
    se
        CR2 standard error of each activity, shape ``(n_sets,)``.
    weights
        Share of the set's members in each block, positive; each run sums to 1.
    alpha
        Two-sided level, one for all sets or shape ``(n_sets,)``: 0.05, or `fdr_alpha`.
    power
        In [0.5, 1).

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in the unit of `se`; infinite where no outcome could reach alpha.
    """
    n_blocks = weights.lengths
    level = attainable_alpha(n_blocks, alpha)
    testable = np.flatnonzero((level > 0) & (n_blocks > 1))
    delta = np.full(weights.n_sets, np.inf)
    delta[testable] = noncentrality(
        satterthwaite_df(weights.take(testable)), level[testable], power
    )
    rank = _rank(n_blocks, alpha)
    few = testable[rank[testable] <= FEW_RANKS]
    delta[few] *= _small_rank_factor(weights.take(few), rank[few], power)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(delta), np.inf, delta * se)


def noncentrality(df: Float, alpha: float | Float, power: float) -> Float:
    """The noncentrality at which a two-sided t test has the given power.

    The chance to reject on the wrong side is left out: below 1e-4 of the power from 0.5 on.

    Parameters
    ----------
    df
        Degrees of freedom, shape ``(n,)``.
    alpha
        Two-sided level, one or shape ``(n,)``.
    power
        In [0.5, 1).
    """
    normal = df >= NORMAL_DF
    nu = np.minimum(df, NORMAL_DF)
    t = nctdtrinc(nu, 1 - power, -stdtrit(nu, np.asarray(alpha) / 2))
    return np.asarray(np.where(normal, ndtri(power) - ndtri(np.asarray(alpha) / 2), t))


def _small_rank_factor(weights: Ragged, rank: Float, power: float) -> Float:
    """By how much more than t the sign-flip test needs, where few p lie below alpha."""
    n_blocks = weights.lengths
    t = noncentrality(satterthwaite_df(weights), 2.0 ** (1.0 - n_blocks), power)
    ratio = np.maximum(_unanimity(weights, power) / t, 1.0)
    return np.asarray(ratio ** (rank ** (-RANK_DECAY / n_blocks)))


def _unanimity(weights: Ragged, power: float) -> Float:
    """The ``effect / se`` at which all blocks of a set agree in sign with the given power.

    ``sum_b log Phi(delta sqrt(w_b)) = log power`` by bisection.
    """
    root, owner = np.sqrt(weights.values), weights.owners()
    low = np.zeros(weights.n_sets)
    # Each block then misses with less than 1e-15.
    high = 8.0 / np.sqrt(-weights.maxima(-weights.values))
    for _ in range(30):
        middle = (low + high) / 2
        enough = weights.replace(log_ndtr(middle[owner] * root)).sums() >= np.log(power)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


@dataclass(frozen=True)
class TypeErrors:
    """What a significant result at a true effect is worth, one entry per set.

    Attributes
    ----------
    power
        Probability of significance, in [alpha, 1].
    exaggeration
        Type M: expected ``|estimate|`` of a significant result over the true effect, at least 1.
    wrong_sign
        Type S: probability that a significant result has the wrong sign, in [0, 0.5].
    """

    power: Float
    exaggeration: Float
    wrong_sign: Float


def type_errors(effect: Float, se: Float, df: Float, alpha: float | Float = 0.05) -> TypeErrors:
    """Power, exaggeration and wrong-sign risk of the two-sided t test at a true effect.

    With ``delta = |effect| / se``, ``t`` the critical value and ``s`` the relative error of the
    standard error, the expected size of a significant estimate is
    ``delta (P(T > t) - P(T < -t)) + E phi(t s - delta) + E phi(t s + delta)``, and ``E phi`` is a
    noncentral t density of ``df - 1``.

    Parameters
    ----------
    effect, se, df
        True effect (not 0), standard error and degrees of freedom (above 1, infinite for a
        normal test), shape ``(n,)``.
    alpha
        Two-sided level, one or shape ``(n,)``; `attainable_alpha` for the sign-flip test.

    Returns
    -------
    TypeErrors
        Arrays of shape ``(n,)``; NaN where an input is, or alpha is 0.

    References
    ----------
    Gelman A, Carlin J (2014). Perspectives on Psychological Science 9:641-651.
    """
    delta = np.abs(effect) / se
    half = np.where(np.asarray(alpha) > 0, alpha, np.nan) / 2
    normal = df >= NORMAL_DF
    nu = np.clip(df, MIN_DF, NORMAL_DF)
    t = np.where(normal, -ndtri(half), -stdtrit(nu, half))
    right, wrong = (np.where(normal, ndtr(d - t), nctdtr(nu, -d, -t)) for d in (delta, -delta))
    near, far = (np.where(normal, _phi(t - d), _mean_phi(t, nu, d)) for d in (delta, -delta))
    significant = right + wrong
    size = delta * (right - wrong) + near + far
    return TypeErrors(significant, size / (delta * significant), wrong / significant)


def _phi(x: Float) -> Float:
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def _mean_phi(t: Float, df: Float, delta: Float) -> Float:
    """``E phi(t s - delta)`` over ``s^2 = chi2_df / df``, by a noncentral t density of df - 1."""
    nu = df - 1
    x = t * np.sqrt(nu / df)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = nu / x * (nctdtr(nu + 2, delta, x * np.sqrt(1 + 2 / nu)) - nctdtr(nu, delta, x))
        # E[1/s] times the change of scale.
        scale = np.sqrt(nu / 2) * np.exp(gammaln(nu / 2) - gammaln(df / 2))
    return np.asarray(scale * density)
