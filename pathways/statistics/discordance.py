"""Gene-wise discordance: members may diverge without a net direction of the set.

A call rests on the largest p of four sign-flip tests below zero, of block sums over the tested
members, whatever their role:

- ``sum z_A z_B``: the members are anticorrelated;
- ``sum [y_A y_B - b (y_A^2 + y_B^2) / 2]``, ``y = z / rms(z)``, ``b`` the mean of ``y_A y_B`` over
  the genome: more than the genome is, in a form that stays symmetric where samples overlap;
- ``sum [z_A z_B - m / mean(z_k^2) z_k^2]`` for k = A and B, ``m = min(0, mean z_A z_B)``: where all
  of the genome is anticorrelated, as with one file of the opposite sign convention, no set stands
  out by being strong.

No sample overlap, slope or intercept enters, so none can be wrong. Beside it stands a remark, never
part of a call: less concordant than the genome, ``sum (z_Y z_X - rho - lambda_z (z_X^2 - i_X)) <
0`` with ``lambda_z = (cov(z_A, z_B) - rho) / (var z_X - i_X)``, X the trait of higher reliability.
There is no rotation null for products: it would call most sets without signal discordant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, sign_flip, sign_flips
from pathways.statistics.contributions import Contributions
from pathways.statistics.moments import Moments
from twas.study.universe import Universe
from twas.system.arrays import Float

#: Sums nearer to zero are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Discordance:
    """Products of the two z over the members of each set.

    Attributes
    ----------
    product
        Mean of ``z_A z_B``; NaN for a set without tested members.
    p_anticorrelated
        One-sided p of the first score, the product.
    p_discordant
        The p that a call rests on: the largest of the four.
    min_p
        Smallest one-sided p that the blocks of the tested members can give.
    """

    product: Float
    p_anticorrelated: Float
    p_discordant: Float
    min_p: Float


def discordance(universe: Universe, contributions: Contributions) -> Discordance:
    """Test the gene-wise discordance of each set.

    Parameters
    ----------
    universe
        A pair.
    contributions
        Its contributions.
    """
    forms = products(universe, contributions)
    return from_tests(forms[0], sign_flips(forms), contributions)


def products(universe: Universe, contributions: Contributions) -> list[Ragged]:
    """Block sums of the scores, of each score once; what is but rounding is zero."""
    tested = contributions.tested
    return [
        _clean(tested.sums(score[tested.position])) for score in _different(scores(*universe.z))
    ]


def _different(each: Float) -> list[Float]:
    """The scores without those that equal the first, as two do in a concordant genome."""
    return [score for k, score in enumerate(each) if k == 0 or (score != each[0]).any()]


def from_tests(product: Ragged, tests: list[SignFlip], contributions: Contributions) -> Discordance:
    """What the tests of `products` say, of which `product` is the first."""
    tested = contributions.tested
    p = np.stack([p_below(test) for test in tests])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = product.sums() / tested.n_members
    min_p = np.power(0.5, np.diff(tested.indptr))
    return Discordance(mean, p[0], p.max(axis=0), min_p)


def less_concordant_p(
    universe: Universe, contributions: Contributions, genome: Moments | None
) -> Float:
    """One-sided p of the remark, shape ``(n_sets,)``; NaN where the slope is not known.

    Parameters
    ----------
    universe, contributions
        A pair and its contributions.
    genome
        Its genome-wide moments.
    """
    tested = contributions.tested
    slope = None if genome is None else genome.slope()
    if genome is None or slope is None:
        return np.full(tested.n_sets, np.nan)
    x = genome.predictor
    expected = slope.value * (universe.z[x] ** 2 - universe.intercept[x])
    below = universe.z[0] * universe.z[1] - universe.sample_overlap - expected
    return p_below(sign_flip(_clean(tested.sums(below[tested.position]))))


def scores(za: Float, zb: Float) -> Float:
    """The four scores of each gene, shape ``(4, n)``; zeros where all z of a trait are.

    Parameters
    ----------
    za, zb
        z of all genes of a pair, shape ``(n,)``.
    """
    square_a, square_b = float(np.mean(za**2)), float(np.mean(zb**2))
    if not (square_a > 0 and square_b > 0):
        return np.zeros((4, len(za)))
    product = za * zb
    ya, yb = za / np.sqrt(square_a), zb / np.sqrt(square_b)
    both = ya * yb
    m = min(0.0, float(np.mean(product)))
    return np.stack(
        [
            product,
            both - float(np.mean(both)) * (ya**2 + yb**2) / 2,
            product - m / square_a * za**2,
            product - m / square_b * zb**2,
        ]
    )


def _clean(c: Ragged) -> Ragged:
    return c.replace(np.where(np.abs(c.values) < ROUNDING, 0.0, c.values))


def p_below(test: SignFlip) -> Float:
    """One-sided p of a sum below zero; 1 where nothing but rounding is left of it."""
    return np.where(np.abs(test.statistic) < ROUNDING, 1.0, test.p_down)
