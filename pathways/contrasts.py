"""Contrasts of two traits on their block contributions.

Each is a linear form in the contributions ``c_A, c_B`` of a set, so the sign-flip test, its
interval and its error serve all of them:

- difference: ``c_A - c_B``;
- scaled difference: ``kappa c_A - c_B``, ``kappa`` the ratio of the genome-wide strengths of the
  two traits, ``kappa^2 = (var e_B - i_B / N_B) / (var e_A - i_A / N_A)``, over the error of kappa.

A contrast that needs comparable sizes is empty in effect scale ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.contributions import Contributions
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from twas.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: Groups of neighbouring genes left out in turn by the jackknife.
JACKKNIFE_GROUPS = 100
#: Half width of the range of a nuisance scale, in jackknife errors.
RANGE = 1.96
#: Genes below which the genome-wide moments of a pair are not estimated.
MIN_GENES = 200


@dataclass(frozen=True)
class Moments:
    """Genome-wide second moments of a pair's effects, free of sampling noise.

    Attributes
    ----------
    signal_a, signal_b
        ``var e - i / N`` of each trait.
    shared
        ``cov(e_A, e_B) - rho / sqrt(N_A N_B)``.
    var_a, var_b, cov
        Raw moments.
    left_out
        The same six in this order, shape ``(6, groups)``, each without one group of genes.
    """

    signal_a: float
    signal_b: float
    shared: float
    var_a: float
    var_b: float
    cov: float
    left_out: Float

    def error(self, values: Float) -> float:
        """Jackknife error of a statistic from its leave-one-group-out values."""
        n = len(values)
        return float(np.sqrt((n - 1) / n * np.sum((values - values.mean()) ** 2)))


def moments(universe: Universe, block: Int) -> Moments | None:
    """Moments of a pair; None in ``unit`` scale or with too few genes.

    Parameters
    ----------
    universe
        A pair.
    block
        Block code of each gene of the universe, genomic order, shape ``(n,)``.
    """
    if universe.effect_scale != PER_SQRT_N or universe.effect.shape[1] < MIN_GENES:
        return None
    a, b = universe.effect
    group = np.searchsorted(np.unique(block), block) * JACKKNIFE_GROUPS // len(np.unique(block))
    noise_a, noise_b = universe.intercept / universe.n_eff
    noise_ab = universe.overlap / float(np.sqrt(np.prod(universe.n_eff)))
    sums = np.stack([np.bincount(group, weights=v) for v in (a, b, a * a, b * b, a * b)])
    counts = np.bincount(group).astype(np.float64)

    def all_six(total: Float, n: Float | float) -> Float:
        mean_a, mean_b = total[0] / n, total[1] / n
        var_a, var_b = total[2] / n - mean_a**2, total[3] / n - mean_b**2
        cov = total[4] / n - mean_a * mean_b
        return np.array([var_a - noise_a, var_b - noise_b, cov - noise_ab, var_a, var_b, cov])

    total, n = sums.sum(axis=1), float(counts.sum())
    whole = all_six(total, n)
    left_out = all_six(total[:, None] - sums, n - counts)
    a_, b_, ab, var_a, var_b, cov = (float(v) for v in whole)
    return Moments(a_, b_, ab, var_a, var_b, cov, left_out)


@dataclass(frozen=True)
class Scale:
    """Ratio of the genome-wide strengths, ``kappa``, with its error.

    Attributes
    ----------
    kappa, error
        NaN where a trait shows no signal beyond noise.
    reason
        Why it is not known, else "".
    """

    kappa: float
    error: float
    reason: str


def kappa(genome: Moments | None, traits: tuple[str, ...]) -> Scale:
    """Estimate ``kappa = sqrt(signal_b / signal_a)``; both signals must exceed two errors."""
    if genome is None:
        return Scale(np.nan, np.nan, "the genome-wide strengths are not comparable")
    for name, value, row in zip(traits, (genome.signal_a, genome.signal_b), (0, 1), strict=True):
        if value <= 2 * genome.error(genome.left_out[row]):
            reason = f"the genome-wide signal of {name} is within two errors of none"
            return Scale(np.nan, np.nan, reason)
    value = float(np.sqrt(genome.signal_b / genome.signal_a))
    ratios = np.sqrt(np.maximum(genome.left_out[1], 0) / genome.left_out[0])
    return Scale(value, genome.error(ratios), "")


def scaled_difference_p(parts: Contributions, scale: Scale) -> Float:
    """Two-sided p of ``kappa c_A - c_B``, the larger over the range of kappa.

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
    return np.where(np.isnan(low.p) | same_sign, np.maximum(low.p, high.p), 1.0)


def difference(parts: Contributions) -> Ragged:
    """Block contributions of ``A_A - A_B``."""
    return parts.combine(np.array([1.0, -1.0]))
