"""`Universe`: what one test sees of a study, and the effects in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twas.study.outlying import outlying_by_trait, over_the_rest
from twas.system.arrays import Bool, Float, Int

COMBINED = "combined"
PER_SQRT_N = "per_sqrt_n"
UNIT = "unit"


@dataclass(frozen=True, eq=False)
class Universe:
    """What one test sees: k traits, n genes, one scope.

    Attributes
    ----------
    traits
        Names, in the order of the rows of `z`.
    scope
        ``"combined"``, a tissue or a group of tissues.
    genes
        Rows of `Study.genes`, ascending, shape ``(n,)``.
    block
        LD block code of each gene, shape ``(n,)``.
    chrom, start
        Chromosome code (-1 unknown) and start in bases (0 unknown) of each gene, shape ``(n,)``.
    z
        Shape ``(k, n)``, finite.
    effect
        Centred effect ``e - mean(e)``, shape ``(k, n)``: ``e = z / sqrt(N)`` in `effect_scale`
        ``per_sqrt_n``, ``e = z / SD(z)`` in ``unit``; mean and SD without `outlying` genes.
    effect_scale
        ``per_sqrt_n`` (all traits of the universe have a sample size) or ``unit``.
    n_eff, intercept, sample_overlap
        Effective sample sizes (NaN unknown), univariate and bivariate LDSC intercepts as given,
        else 1 and 0; `assumed` says which were not given. The bivariate one is 0 for one trait.
    n_tissues
        Number of tissues that entered.
    outlying
        Genes of loci that would decide the genome-wide mean and spread of a trait alone
        (`twas.study.outlying`), shape ``(k, n)``.
    """

    traits: tuple[str, ...]
    scope: str
    genes: Int
    block: Int
    chrom: Int
    start: Int
    z: Float
    effect: Float
    effect_scale: str
    n_eff: Float
    intercept: Float
    sample_overlap: float
    assumed: tuple[str, ...]
    n_tissues: int
    outlying: Bool


def effects(z: Float, n_eff: Float, block: Int, *, comparable: bool) -> tuple[Float, str, Bool]:
    """Bring z to the scale of effects, and centre them.

    Parameters
    ----------
    z
        Shape ``(k, n)``, finite.
    n_eff
        Effective sample size of each trait, NaN unknown, shape ``(k,)``.
    block
        LD block code of each gene, shape ``(n,)``.
    comparable
        Whether the z of all traits are made of as many tissues: z summed over other numbers of
        tissues is on another scale, 16 % for six against one.

    Returns
    -------
    ndarray, str, ndarray
        `Universe.effect`, `Universe.effect_scale` and `Universe.outlying`.
    """
    per_sqrt_n = comparable and bool(np.isfinite(n_eff).all())
    far = outlying_by_trait(z, block)
    sd = over_the_rest(far, z, lambda x: x.std(axis=1, ddof=min(1, x.shape[1] - 1)))
    scale = np.sqrt(n_eff) if per_sqrt_n else np.where(sd > 0, sd, 1.0)
    effect = z / scale[:, None]
    centre = over_the_rest(far, effect, lambda x: x.mean(axis=1))
    return effect - centre[:, None], PER_SQRT_N if per_sqrt_n else UNIT, far
