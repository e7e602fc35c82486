"""What could have been seen: detectable effect, exaggeration and wrong-sign risk of each set.

The detectable effect is ``se * delta``, ``delta`` the noncentrality at which the sign-flip test
has the power (`pathways.power.noncentrality`: noncentral t with Satterthwaite's df, corrected for
few blocks and for giant ones). It is infinite where ``2^(1-B) > alpha``: untestable.

At a true effect below it, a significant activity exaggerates: at power 0.1 it is 3.7 times too
large on average, and wrong in sign in 5 % (normal case).

References
----------
Gelman A, Carlin J (2014). Beyond power calculations: assessing type S (sign) and type M
(magnitude) errors. Perspectives on Psychological Science 9:641-651.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, nctdtr, ndtr, ndtri, stdtrit

from pathways.nulls.ragged import Ragged
from pathways.power.noncentrality import (
    NORMAL_DF,
    attainable_alpha,
    satterthwaite_df,
    sign_flip_noncentrality,
)
from twas.system.arrays import Float

__all__ = [
    "TypeErrors",
    "attainable_alpha",
    "detectable_effect",
    "fdr_alpha",
    "satterthwaite_df",
    "type_errors",
]


#: The smallest degrees of freedom told apart: type M needs those of df - 1.
MIN_DF = 1.001
#: Noncentralities from which tails are left out.
FAR, VERY_FAR = 6.0, 25.0


def fdr_alpha(q: Float, alpha: float = 0.05) -> float:
    """The p that one more set of a collection would need for FDR alpha.

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
        In [0.5, 0.95].

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, in the unit of `se`; infinite where no outcome could reach alpha.
    """
    delta = sign_flip_noncentrality(weights, alpha, power)
    out = np.full(len(delta), np.inf)
    able = np.isfinite(delta)
    out[able] = delta[able] * se[able]
    return out


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
    ``delta (P(T > t) - P(T < -t)) + E phi(t s - delta) + E phi(t s + delta)`` standard errors,
    over ``P(|T| > t)``; ``E phi`` is a noncentral t density of ``df - 1``.

    Parameters
    ----------
    effect, se, df
        True effect, standard error (positive) and degrees of freedom (at least 1, infinite for a
        normal test), shape ``(n,)``.
    alpha
        Two-sided level, one or shape ``(n,)``; `attainable_alpha` for the sign-flip test.

    Returns
    -------
    TypeErrors
        Arrays of shape ``(n,)``; NaN where an input is, or alpha is 0. The exaggeration of no
        effect is infinite.

    References
    ----------
    Gelman A, Carlin J (2014). Perspectives on Psychological Science 9:641-651.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.abs(effect) / se
    half = np.where(np.asarray(alpha) > 0, alpha, np.nan) / 2
    normal = df >= NORMAL_DF
    nu = np.clip(df, MIN_DF, NORMAL_DF)
    t = np.where(normal, -ndtri(half), -stdtrit(nu, half))
    right, wrong = (np.where(normal, ndtr(d - t), nctdtr(nu, -d, -t)) for d in (delta, -delta))
    near, far = (np.where(normal, _phi(t - d), _mean_phi(t, nu, d)) for d in (delta, -delta))
    # Both are below 1e-8 there, and the noncentral t may fail on them; so it may on a density
    # that adds less than 2 % of delta.
    wrong, far = (np.where(delta > FAR, 0.0, value) for value in (wrong, far))
    near = np.where((delta > VERY_FAR) & np.isnan(near), 0.0, near)
    significant = right + wrong
    size = delta * (right - wrong) + near + far
    with np.errstate(divide="ignore"):
        exaggeration = size / (delta * significant)
    return TypeErrors(significant, exaggeration, wrong / significant)


def _phi(x: Float) -> Float:
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def _mean_phi(t: Float, df: Float, delta: Float) -> Float:
    """``E phi(t s - delta)`` over ``s^2 = chi2_df / df``, by a noncentral t density of df - 1.

    That density is ``nu / x * (F_{nu+2}(x sqrt(1 + 2/nu)) - F_nu(x))`` at ``x = t sqrt(nu / df)``.
    """
    nu = df - 1
    x = t * np.sqrt(nu / df)
    density = nu / x * (nctdtr(nu + 2, delta, x * np.sqrt(1 + 2 / nu)) - nctdtr(nu, delta, x))
    # E[1/s], times the change of scale from s at df to s at nu.
    scale = np.sqrt(nu / 2) * np.exp(gammaln(nu / 2) - gammaln(df / 2))
    return np.asarray(scale * density)
