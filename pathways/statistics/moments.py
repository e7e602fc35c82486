"""Genome-wide second moments of the z of a pair, which no single locus decides.

``var z``, ``var z - i`` and ``cov(z_A, z_B) - rho`` over the genes of both traits, without those of
outlying loci (`twas.study.outlying`, both traits and their product judged together), with a
jackknife over `JACKKNIFE_GROUPS` groups of neighbouring blocks. One shared locus of |z| 30 would
otherwise make the error of the variance as large as the variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twas.study.outlying import outlying
from twas.study.universe import Universe
from twas.system.arrays import Float, Int

#: Groups of neighbouring blocks left out in turn by the jackknife.
JACKKNIFE_GROUPS = 100
#: Jackknife errors within which a genome-wide signal cannot be told from none.
CLEAR = 2.0
#: Genes below which the genome-wide moments of a pair are not estimated.
MIN_GENES = 200
#: Signal from which a trait without a *clear* one has strong z (SD 1.1) but too few loci.
_STRONG = 0.2


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

    @property
    def clear(self) -> bool:
        """Whether it lies more than `CLEAR` errors above zero."""
        return self.value > CLEAR * self.error


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
    def predictor(self) -> int:
        """The trait of higher reliability (0 or 1): the other is regressed on it."""
        reliability = [s.value / v.value for s, v in zip(self.signal, self.variance, strict=True)]
        return int(reliability[1] > reliability[0])

    def slope(self) -> Estimate | None:
        """``lambda`` in z: shared / signal of the predictor; None if its signal is not clear."""
        signal = self.signal[self.predictor]
        if not signal.clear:
            return None
        return Estimate(self.shared.value / signal.value, self.shared.left_out / signal.left_out)

    def why_unclear(self, trait: int, name: str) -> str:
        """Say why the signal of a trait is not clear, "" where it is."""
        signal, variance = self.signal[trait], self.variance[trait]
        if signal.clear:
            return ""
        numbers = f"variance of z {variance.value:.2f}, error {variance.error:.2f}"
        if signal.value > _STRONG:
            return f"genome-wide, the signal of {name} rests on too few loci ({numbers})"
        return f"genome-wide, {name} shows no clear signal beyond noise ({numbers})"


def moments(universe: Universe, block: Int) -> Moments | None:
    """Moments of a pair; None with too few genes.

    Parameters
    ----------
    universe
        A pair.
    block
        Block code of each gene of the universe, shape ``(n,)``; codes run along the genome.
    """
    if universe.z.shape[1] < MIN_GENES:
        return None
    kept = ~outlying(universe.z, block)
    a, b = universe.z[:, kept]
    present, rank = np.unique(block[kept], return_inverse=True)
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
        shared=estimate(2, universe.sample_overlap),
    )


def _second_moments(total: Float, n: Float) -> Float:
    """Variance of each trait and their covariance, from sums of a, b, aa, bb, ab."""
    a, b = total[0] / n, total[1] / n
    return np.stack([total[2] / n - a * a, total[3] / n - b * b, total[4] / n - a * b])
