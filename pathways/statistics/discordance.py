"""Gene-wise discordance: members may diverge without a net direction of the set.

Two sign-flip tests on block sums of products over the tested members, whatever their role:

- anticorrelated: ``sum (z_A z_B - rho) < 0``; with sample overlap products are skewed, which a
  sign flip cannot bear, so p is the larger of this and of ``sum (z_A z_B - rho (z_A^2 + z_B^2) /
  2) < 0``, symmetric where there is no signal;
- less concordant than the genome: ``sum (z_Y z_X - rho - lambda_z (z_X^2 - i_X)) < 0`` with
  ``lambda_z = (cov(z_A, z_B) - rho) / (var z_X - i_X)``, X the trait of higher reliability.

A call needs the first, and the second wherever it is known: where all of the genome is
anticorrelated, as with one file of the opposite sign convention, no set stands out. Where traits
correlate, a small sum of products alone is not opposite.
There is no rotation null for products: it would call most sets without signal discordant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.nulls.signflip import sign_flip
from pathways.statistics.contrasts import Moments
from pathways.statistics.contributions import Contributions
from twas.study.study import Universe

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Discordance:
    """Products of the two z over the members of each set.

    Attributes
    ----------
    product
        Mean of ``z_A z_B - rho``; NaN for a set without tested members.
    p_anticorrelated, p_less_concordant
        One-sided p; the second NaN where the genome-wide slope is not known.
    min_p
        Smallest one-sided p that the blocks of the tested members can give.
    """

    product: Float
    p_anticorrelated: Float
    p_less_concordant: Float
    min_p: Float

    @property
    def p_call(self) -> Float:
        """What a call rests on: the larger p where both are known."""
        return np.fmax(self.p_anticorrelated, self.p_less_concordant)


def discordance(universe: Universe, parts: Contributions, genome: Moments | None) -> Discordance:
    """Test the gene-wise discordance of each set.

    Parameters
    ----------
    universe
        A pair.
    parts
        Its contributions.
    genome
        Its genome-wide moments.
    """
    tested = parts.tested
    excess = universe.z[0] * universe.z[1] - universe.overlap
    test = sign_flip(tested.sums(excess[tested.position]))
    p_anticorrelated = test.p_down
    if universe.overlap:
        even = universe.overlap * ((universe.z**2).mean(axis=0) - 1)
        balanced = sign_flip(tested.sums((excess - even)[tested.position]))
        p_anticorrelated = np.maximum(p_anticorrelated, balanced.p_down)
    slope = None if genome is None else genome.slope()
    if genome is None or slope is None:
        less = np.full(tested.n_sets, np.nan)
    else:
        x = genome.predictor
        expected = slope.value * (universe.z[x] ** 2 - universe.intercept[x])
        less = sign_flip(tested.sums((excess - expected)[tested.position])).p_down
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = test.statistic / tested.n_members
    return Discordance(mean, p_anticorrelated, less, np.power(0.5, np.diff(tested.indptr)))
