"""Contrasts of two traits on their block contributions.

Each is a linear form ``w_A c_A + w_B c_B`` in the contributions of a set, so the sign-flip test,
its interval and its error serve all of them (`Contributions.combine`); a further contrast is a
further pair of weights:

- difference: ``c_A - c_B``;
- scaled difference: ``kappa c_A - c_B``, with ``kappa^2 = (var e_B - i_B / N_B) / (var e_A -
  i_A / N_A)`` the ratio of the genome-wide strengths, over the range that the error of kappa
  allows;
- excess over the genome-wide expectation: ``c_Y - s c_X`` at both ends of ``s`` in ``[cov / var
  e_X, lambda]``, ``lambda = (cov - rho / sqrt(N_X N_Y)) / (var e_X - i_X / N_X)``, Y the trait of
  lower reliability ``(var z - i) / var z``. The first end is the slope that noise in X shrinks,
  the second the slope without it; after selection on X the truth lies between.

What compares sizes is empty in effect scale ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.statistics.contributions import Contributions
from twas.study.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: Groups of neighbouring blocks left out in turn by the jackknife.
JACKKNIFE_GROUPS = 100
#: Half width of the range of kappa, in jackknife errors.
RANGE = 1.96
#: Jackknife errors within which a genome-wide signal cannot be told from none.
CLEAR = 2.0
#: Genes below which the genome-wide moments of a pair are not estimated.
MIN_GENES = 200


@dataclass(frozen=True)
class Estimate:
    """A genome-wide number with its jackknife values.

    Attributes
    ----------
    value
        The estimate.
    left_out
        The same without one group of blocks in turn.
    """

    value: float
    left_out: Float

    @property
    def error(self) -> float:
        """Block-jackknife standard error."""
        n = len(self.left_out)
        return float(np.sqrt((n - 1) / n * np.sum((self.left_out - self.left_out.mean()) ** 2)))


@dataclass(frozen=True)
class Moments:
    """Genome-wide second moments of the z of a pair.

    Attributes
    ----------
    variance
        ``var z`` of each trait.
    signal
        ``var z - i`` of each trait: what is not sampling noise.
    covariance
        ``cov(z_A, z_B)``.
    shared
        ``cov(z_A, z_B) - rho``.
    """

    variance: tuple[Estimate, Estimate]
    signal: tuple[Estimate, Estimate]
    covariance: Estimate
    shared: Estimate

    @property
    def repeated(self) -> tuple[int, ...]:
        """Products of directions (+1 same, -1 opposite) that correlated traits repeat by chance.

        That of the sign of the covariance; none where it is within two errors of zero.
        """
        clear = abs(self.covariance.value) > CLEAR * self.covariance.error
        return (int(np.sign(self.covariance.value)),) if clear else ()

    @property
    def predictor(self) -> int:
        """The trait of higher reliability (0 or 1): the other is regressed on it."""
        reliability = [s.value / v.value for s, v in zip(self.signal, self.variance, strict=True)]
        return int(reliability[1] > reliability[0])

    def slope(self) -> Estimate | None:
        """``lambda`` in z: shared / signal of the predictor; None if its signal is not clear."""
        signal = self.signal[self.predictor]
        if signal.value <= CLEAR * signal.error:
            return None
        return Estimate(self.shared.value / signal.value, self.shared.left_out / signal.left_out)


def moments(universe: Universe, block: Int) -> Moments | None:
    """Moments of a pair; None with too few genes.

    Parameters
    ----------
    universe
        A pair.
    block
        Block code of each gene of the universe, shape ``(n,)``; codes run along the genome.
    """
    a, b = universe.z
    if len(a) < MIN_GENES:
        return None
    present, rank = np.unique(block, return_inverse=True)
    group = rank * min(JACKKNIFE_GROUPS, len(present)) // len(present)
    sums = np.stack([np.bincount(group, weights=v) for v in (a, b, a * a, b * b, a * b)])
    counts = np.bincount(group).astype(np.float64)
    total, n = sums.sum(axis=1), counts.sum()
    whole = _second_moments(total, n)
    left_out = _second_moments(total[:, None] - sums, n - counts)

    def estimate(row: int, noise: float = 0.0) -> Estimate:
        return Estimate(float(whole[row]) - noise, left_out[row] - noise)

    i_a, i_b = (float(i) for i in universe.intercept)
    return Moments(
        variance=(estimate(0), estimate(1)),
        signal=(estimate(0, i_a), estimate(1, i_b)),
        covariance=estimate(2),
        shared=estimate(2, universe.overlap),
    )


def _second_moments(total: Float, n: Float) -> Float:
    """Variance of each trait and their covariance, from sums of a, b, aa, bb, ab."""
    a, b = total[0] / n, total[1] / n
    return np.stack([total[2] / n - a * a, total[3] / n - b * b, total[4] / n - a * b])


@dataclass(frozen=True)
class Scale:
    """Ratio of the genome-wide strengths, ``kappa``, with its error.

    Attributes
    ----------
    kappa, error
        NaN where it is not known.
    reason
        Why it is not known, else "".
    """

    kappa: float
    error: float
    reason: str


def kappa(genome: Moments | None, universe: Universe) -> Scale:
    """Estimate ``kappa``; both signals must exceed two errors."""
    if genome is None or universe.effect_scale != PER_SQRT_N:
        return Scale(np.nan, np.nan, "the strengths of the traits are not on one scale")
    for name, signal in zip(universe.traits, genome.signal, strict=True):
        if signal.value <= CLEAR * signal.error:
            return Scale(np.nan, np.nan, f"genome-wide, {name} shows no clear signal beyond noise")
    a, b = genome.signal
    n = float(np.sqrt(universe.n_eff[0] / universe.n_eff[1]))
    ratio = Estimate(
        n * float(np.sqrt(b.value / a.value)), n * np.sqrt(np.maximum(b.left_out, 0) / a.left_out)
    )
    return Scale(ratio.value, ratio.error, "")


def difference(parts: Contributions) -> Ragged:
    """Block contributions of ``A_A - A_B``."""
    return parts.combine(np.array([1.0, -1.0]))


def scaled_difference_p(parts: Contributions, scale: Scale) -> Float:
    """Two-sided p of ``kappa c_A - c_B``, the largest over the range of kappa.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``; 1 where the sign changes within the range, NaN where kappa is
        unknown or the set has no block.
    """
    if not np.isfinite(scale.kappa):
        return np.full(len(parts.n_tested), np.nan)
    ends = scale.kappa + RANGE * scale.error * np.array([-1.0, 1.0])
    low, high = (sign_flip(parts.combine(np.array([max(end, 0.0), -1.0]))) for end in ends)
    same_sign = np.sign(low.statistic) == np.sign(high.statistic)
    p = np.maximum(low.p, high.p)
    return np.where(np.isnan(p) | same_sign, p, 1.0)


@dataclass(frozen=True)
class Excess:
    """Activity beyond what the genome-wide relation of the traits predicts.

    Attributes
    ----------
    trait
        Name of the trait Y, "" where not known.
    excess
        ``A_Y - s A_X`` at the end nearer to none; 0 where the ends disagree in sign.
    p
        Twice the larger one-sided p of both ends, 1 where they disagree in direction.
    reason
        Why there is none, else "".
    """

    trait: str
    excess: Float
    p: Float
    reason: str


def excess(parts: Contributions, genome: Moments | None, universe: Universe) -> Excess:
    """Test the excess of the less reliable trait over the expectation from the other."""
    empty = np.full(len(parts.n_tested), np.nan)
    if genome is None or universe.effect_scale != PER_SQRT_N:
        return Excess("", empty, empty, "the strengths of the traits are not on one scale")
    x = genome.predictor
    slope = genome.slope()
    if slope is None:
        name = universe.traits[x]
        return Excess("", empty, empty, f"genome-wide, {name} shows no clear signal beyond noise")
    n = float(np.sqrt(universe.n_eff[x] / universe.n_eff[1 - x]))
    shrunk = genome.covariance.value / genome.variance[x].value
    tests = []
    for s in (shrunk * n, slope.value * n):
        weights = np.zeros(2)
        weights[1 - x], weights[x] = 1.0, -s
        tests.append(sign_flip(parts.combine(weights)))
    first, second = tests
    up = np.maximum(first.p_up, second.p_up)
    down = np.maximum(first.p_down, second.p_down)
    p = np.minimum(2 * np.minimum(up, down), 1.0)
    same = np.sign(first.statistic) == np.sign(second.statistic)
    nearer = np.where(
        np.abs(first.statistic) < np.abs(second.statistic), first.statistic, second.statistic
    )
    blank = np.isnan(first.statistic)
    return Excess(
        trait=universe.traits[1 - x],
        excess=np.where(blank | same, nearer, 0.0),
        p=np.where(blank | same, p, 1.0),
        reason="",
    )
