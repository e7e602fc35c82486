"""Gene z-score from GWAS z, weights and covariance: arrays in, arrays out.

For a gene with weights w_i on SNPs of genotype covariance Γ (σ_i² = Γ_ii), GWAS effect β_i and
z_i = β_i / se_i of the same allele::

    z = Σ w_i σ_i z_i / sqrt(w' Γ w)        effect = Σ w_i σ_i² β_i / (w' Γ w)

over the SNPs that are in model, GWAS and covariance. ``effect`` is the change of the trait per unit
of predicted expression. No loop over genes: sums by gene of weights and of pairs of weights.

References
----------
Barbeira AN et al. (2018). Exploring the phenotypic consequences of tissue specific gene expression
variation inferred from GWAS summary statistics. Nature Communications 9:1825.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twas.imputation.covariance import Covariance
from twas.system.arrays import Float, Int

#: A variance of predicted expression below this share of (Σ |w| σ)² is rounding of the covariance.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Associations:
    """Associations of G genes.

    Attributes
    ----------
    z, effect
        (G,) z-score, and effect per unit of predicted expression; NaN where no SNP is used, the
        predicted expression does not vary, or (effect) the GWAS has no beta.
    variance
        (G,) variance of predicted expression, ``w' Γ w`` over the used SNPs.
    n_used, n_in_covariance, n_in_model
        (G,) SNPs used, in the covariance, and in the model.
    """

    z: Float
    effect: Float
    variance: Float
    n_used: Int
    n_in_covariance: Int
    n_in_model: Int


def associate(
    gene: Int, weight: Float, covariance: Covariance, z: Float, beta: Float, n_genes: int
) -> Associations:
    """Compute the z-scores of genes.

    Parameters
    ----------
    gene, weight
        (n,) gene of each weight, 0 to `n_genes` - 1, and its value.
    covariance
        Of the n weights.
    z, beta
        (n,) GWAS z and effect of the allele that the weight counts, NaN where there is none.
    n_genes
        G.
    """

    def total(values: npt.NDArray[np.generic], at: Int = gene) -> Float:
        return np.bincount(at, weights=values, minlength=n_genes).astype(np.float64)

    in_covariance = np.isfinite(covariance.variance)
    used = in_covariance & np.isfinite(z)
    variance = np.where(used, covariance.variance, 0.0)
    w, z0, beta0 = (np.where(used, values, 0.0) for values in (weight, z, beta))
    scaled = w * np.sqrt(variance)
    between = w[covariance.one] * w[covariance.two] * covariance.value
    squared = total(w**2 * variance) + 2 * total(between, gene[covariance.one])
    varies = squared > ROUNDING * total(np.abs(scaled)) ** 2
    safe = np.where(varies, squared, np.nan)
    return Associations(
        z=total(scaled * z0) / np.sqrt(safe),
        effect=total(w * variance * beta0) / safe,
        variance=np.where(varies, squared, 0.0),
        n_used=total(used).astype(np.int64),
        n_in_covariance=total(in_covariance).astype(np.int64),
        n_in_model=np.bincount(gene, minlength=n_genes).astype(np.int64),
    )


def control_variance(z: Float, phi: Float, n: float, h2: float) -> Float:
    """Return z / sqrt(1 + n h2 φ), φ below 0 taken as 0: what polygenicity adds to its variance.

    Parameters
    ----------
    z, phi
        (G,) z-scores and the φ of the models.
    n
        Sample size of the GWAS.
    h2
        Heritability of the trait on the scale of the GWAS, 0 to 1.

    References
    ----------
    Liang Y, Nyasimi F, Im HK (2023). Pervasive polygenicity of complex traits inflates false
    positive rates in transcriptome-wide association studies. bioRxiv, doi:10.1101/2023.10.17.562831
    """
    return np.asarray(z / np.sqrt(1 + n * h2 * np.maximum(phi, 0.0)))
