"""Correlation of predicted expression between neighbouring genes, for simulations.

``C_gh = s_g s_h r exp(-d_gh / L)`` for two genes at distance d on one chromosome, 1 on the diagonal
and 0 between chromosomes: close genes share eQTL variants, and the orientation ``s = +1 or -1`` is
random because either allele may raise expression. ``exp(-d / L)`` on a line is the covariance of a
first-order autoregression, so draws and products with C take O(n) and no matrix is built.

References
----------
Rybicki GB, Press WH (1995). Class of fast methods for processing irregularly sampled or otherwise
inhomogeneous one-dimensional data. Physical Review Letters 74:1060-1063.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from twas.errors import UsageError

Float = NDArray[np.float64]


@dataclass(frozen=True)
class PredictedExpression:
    """The correlation matrix C of n genes in genomic order, in factored form.

    Attributes
    ----------
    decay
        Shape ``(n,)``: ``exp(-d / L)`` to the previous gene, 0 at the start of a chromosome.
    orientation
        Shape ``(n,)``: +1 or -1.
    strength
        r in [0, 1], correlation of two genes at distance 0.
    """

    decay: Float
    orientation: Float
    strength: float

    @classmethod
    def from_positions(
        cls,
        chrom: pd.Series,
        start: pd.Series,
        *,
        rng: np.random.Generator,
        length: float = 300_000.0,
        strength: float = 0.75,
    ) -> PredictedExpression:
        """Build C from gene positions and draw the orientations.

        Parameters
        ----------
        chrom, start
            n genes: chromosome and start in bases, chromosome after chromosome, sorted by start.
        length
            L in bases, the distance over which the correlation falls to 1/e.
        strength
            r in [0, 1].
        """
        name, place = chrom.to_numpy(object), start.to_numpy(np.float64)
        same = np.append(False, name[1:] == name[:-1])
        decay = np.where(same, np.exp(-np.diff(place, prepend=place[0]).clip(0) / length), 0.0)
        return cls(decay, rng.choice([-1.0, 1.0], size=len(place)), strength)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Float:
        """Draw vectors of variance 1 and correlation C: `shape` is ``(n, ...)``."""
        steps = _along(np.sqrt(1 - self.decay**2), shape) * rng.standard_normal(shape)
        chain, own = _trail(self.decay, steps), rng.standard_normal(shape)
        mixture = np.sqrt(self.strength) * chain + np.sqrt(1 - self.strength) * own
        return np.asarray(_along(self.orientation, shape) * mixture)

    def marginal(self, effects: Float) -> Float:
        """Return ``C @ effects``, shape ``(n, ...)``: what a test of one gene at a time sees."""
        orientation = _along(self.orientation, effects.shape)
        own = orientation * effects
        near = _kernel_product(self.decay, own)
        return np.asarray(orientation * (self.strength * near + (1 - self.strength) * own))

    def scores(self) -> Float:
        """Return ``sum_h C_gh**2`` of each gene, at least 1: its expression-LD score, ``(n,)``."""
        squares = _kernel_product(self.decay**2, np.ones(len(self.decay)))
        return np.asarray(1 + self.strength**2 * (squares - 1))


def correlation_root(name: str, value: ArrayLike, n: int) -> Float:
    """Return the symmetric square root of a correlation matrix, ``(n, n)``.

    Parameters
    ----------
    name
        What the user calls it, for the error.
    value
        One number for every pair, or the matrix.

    Raises
    ------
    UsageError
        If it is no correlation matrix of n variables.
    """
    given = np.asarray(value, dtype=float)
    matrix = np.where(np.eye(n, dtype=bool), 1.0, given) if given.ndim == 0 else given
    square = matrix.shape == (n, n) and bool((np.abs(given) <= 1).all())
    if square and (matrix == matrix.T).all() and (matrix.diagonal() == 1).all():
        values, vectors = np.linalg.eigh(matrix)
        if values.min() > -1e-9:
            return np.asarray((vectors * np.sqrt(values.clip(0))) @ vectors.T)
    raise UsageError(f"{name}: not possible as the correlation of {n}: {given.tolist()}")


def _along(vector: Float, shape: tuple[int, ...]) -> Float:
    return vector.reshape(-1, *(1 for _ in shape[1:]))


def _trail(decay: Float, values: Float) -> Float:
    """Return f with ``f_i = values_i + decay_i f_(i-1)``, along the first axis."""
    out = values.copy()
    for i in np.flatnonzero(decay):
        out[i] += decay[i] * out[i - 1]
    return out


def _kernel_product(decay: Float, values: Float) -> Float:
    """Return ``K @ values`` for ``K_gh = exp(-d_gh / L)``: what comes from both sides."""
    backward = np.append(decay[1:], 0.0)[::-1]
    before, after = _trail(decay, values), _trail(backward, values[::-1])[::-1]
    return np.asarray(before + after - values)
