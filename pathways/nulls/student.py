"""Student's t beside the normal: one-sided p as normal quantiles, which never underflow.

A p of ``1e-400`` is no double, its normal quantile 42.8 is one. Where ``P(T > t)`` is too small
for a double it is, with ``y = t exp(u)`` and ``f`` the density of T,

``P(T > t) = t f(t) int_0^inf exp(u) f(t exp(u)) / f(t) du``,

whose integrand falls nearly exponentially: 24 nodes of Gauss-Laguerre give it to 1e-12.

References
----------
Abramowitz M, Stegun IA (1964). Handbook of Mathematical Functions, 25.4.45 and 26.7.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaln, ndtr, ndtri, ndtri_exp, stdtr, stdtrit

from twas.system.arrays import Float

#: A p below this is taken from the logarithm.
SMALL = 1e-280
#: A t beyond this has a quantile of more than 21, whatever its df.
LARGE = 1e100
_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(24)
#: Steps of the table of quantiles over ``sqrt(1 / df)``.
_DF_STEPS = 512


def normal_quantile(t: Float, df: Float) -> Float:
    """The standard normal quantile that is exceeded as rarely as `t` is by Student's t.

    Parameters
    ----------
    t
        Any real number, any shape.
    df
        Degrees of freedom, at least 1, of the same shape.

    Returns
    -------
    ndarray
        ``x`` with ``P(N > x) = P(T > t)``, of the sign of `t`.
    """
    size = np.minimum(np.abs(t), LARGE)
    p = stdtr(df, -size)
    x = -ndtri(np.maximum(p, SMALL))
    far = p < SMALL
    if far.any():
        x[far] = -ndtri_exp(_log_tail(size[far], df[far]))
    return np.asarray(np.copysign(x, t))


def _log_tail(t: Float, df: Float) -> Float:
    """``log P(T > t)`` of a large `t`."""
    log_density = (
        gammaln((df + 1) / 2)
        - gammaln(df / 2)
        - np.log(df * np.pi) / 2
        - (df + 1) / 2 * np.log1p(t**2 / df)
    )
    # Slope of the log integrand at u = 0, with the sign turned.
    slope = df * (t**2 - 1) / (df + t**2)
    u = _NODES[:, None] / slope
    fall = (df + 1) / 2 * np.log1p(np.expm1(2 * u) * t**2 / (df + t**2))
    rest = (_WEIGHTS[:, None] * np.exp(_NODES[:, None] + u - fall)).sum(axis=0)
    return np.asarray(log_density + np.log(t / slope * rest))


@lru_cache(maxsize=4)
def _table(quantiles: tuple[float, ...]) -> Float:
    """``log(t / x)`` at normal quantiles x (rows) and steps of ``sqrt(1 / df)`` (columns)."""
    x = np.array(quantiles)[:, None]
    inverse = np.linspace(0.0, 1.0, _DF_STEPS + 1)[1:] ** 2
    t = -stdtrit(1 / inverse, ndtr(-x))
    return np.asarray(np.hstack([np.zeros_like(x), np.log(t / x)]))


def t_quantiles(quantiles: tuple[float, ...], df: Float) -> Float:
    """Student's t quantiles of the p of given normal quantiles, by interpolation over df.

    Parameters
    ----------
    quantiles
        Normal quantiles, each in (0, 16].
    df
        Degrees of freedom in [1, inf], any shape.

    Returns
    -------
    ndarray
        Shape ``(len(quantiles), *df.shape)``, within 1e-4 of themselves.
    """
    place = np.sqrt(1 / df) * _DF_STEPS
    left = np.minimum(place.astype(np.int64), _DF_STEPS - 1)
    share = place - left
    table = _table(quantiles)
    log_ratio = table[:, left] * (1 - share) + table[:, left + 1] * share
    x = np.array(quantiles).reshape(-1, *[1] * df.ndim)
    return np.asarray(x * np.exp(log_ratio))
