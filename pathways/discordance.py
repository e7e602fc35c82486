"""Gene-wise discordance: members may diverge without a net direction of the set.

Two sign-flip tests on block sums of products over the tested members, whatever their role:

- anticorrelated: ``sum (z_A z_B - rho) < 0``;
- less concordant than the genome: ``sum (z_Y z_X - rho - lambda_z (z_X^2 - i_X)) < 0`` with
  ``lambda_z = (cov(z_A, z_B) - rho) / (var z_X - i_X)``, X the trait of higher reliability.

Only the first can make a call: where traits correlate, a small sum of products is not opposite.
There is no rotation null for products: it would call most sets without signal discordant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.contrasts import Moments
from pathways.contributions import Contributions
from pathways.nulls.signflip import sign_flip
from twas.study import Universe

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
    """

    product: Float
    p_anticorrelated: Float
    p_less_concordant: Float


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
    slope = None if genome is None else genome.slope()
    if genome is None or slope is None:
        less = np.full(tested.n_sets, np.nan)
    else:
        x = genome.predictor
        expected = slope.value * (universe.z[x] ** 2 - universe.intercept[x])
        less = sign_flip(tested.sums((excess - expected)[tested.position])).p_down
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = test.statistic / tested.n_members
    return Discordance(mean, test.p_down, less)
