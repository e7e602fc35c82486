"""Tissues of one trait are not independent: their correlation, and the combined z.

``z_g = sum_t z_gt / sqrt(1' R_g 1)`` over the tissues in which gene g has a model. ``R`` is the
correlation of predicted expression between tissues, estimated across genes with |z| < 2 in both,
where association adds little. Cutting z off at 2 lowers its correlation (0.8 to 0.7 where the SD
of z is 1.3), which would make the combined z too large; the estimate is the correlation of the
normal distribution that, cut off likewise, has the moments seen.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from twas.study.correlation import masked_moments
from twas.system.arrays import Bool, Float

#: |z| from which a gene does not count in the estimate of the correlation.
NULL_Z = 2.0
#: A pair of tissues with fewer genes in common takes the mean of the other pairs.
MIN_GENES = 50


def tissue_correlation(z: Float) -> Float:
    """Correlation of z between tissues across (nearly) null genes.

    Parameters
    ----------
    z
        Shape ``(n_tissues, n_genes)`` or ``(n_traits, n_tissues, n_genes)``; NaN where there is
        no model. With several traits their null genes are pooled: the correlation belongs to the
        expression panel, not to the disease.

    Returns
    -------
    ndarray
        Shape ``(n_tissues, n_tissues)``, symmetric, ones on the diagonal, at least 0 elsewhere.
    """
    stacked = z[None] if z.ndim == 2 else z
    n_tissues = stacked.shape[1]
    r = np.full((n_tissues, n_tissues), np.nan)
    flat = np.moveaxis(stacked, 1, 0).reshape(n_tissues, -1)
    with np.errstate(invalid="ignore"):
        null = np.abs(flat) < NULL_Z
    _, variance, correlation = masked_moments(flat, null, MIN_GENES)
    variance = (variance + variance.T) / 2
    for s in range(n_tissues):
        for t in range(s):
            if variance[s, t] > 0:
                spread = _untruncated_sd(float(np.sqrt(variance[s, t])))
                r[s, t] = r[t, s] = _untruncated_correlation(float(correlation[s, t]), spread)
    known = r[np.isfinite(r)]
    r[np.isnan(r)] = known.mean() if known.size else 0.0
    np.fill_diagonal(r, 1.0)
    # A negative estimate is noise: it would shrink the variance of the sum.
    return np.asarray(np.maximum(r, 0.0))


def _untruncated_sd(seen: float) -> float:
    """SD of the normal distribution whose part within |z| < `NULL_Z` has the SD `seen`.

    A flat density within the bounds has an SD of 2 / sqrt(3); near to that, 3 is the answer.
    """
    sd = np.linspace(0.05, 3.0, 600)
    cut = NULL_Z / sd
    lost = 2 * cut * np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi) / (2 * ndtr(cut) - 1)
    return float(np.interp(seen, sd * np.sqrt(1 - lost), sd))


def _untruncated_correlation(seen: float, sd: float) -> float:
    """Correlation of the bivariate normal that has correlation `seen` within the bounds."""
    grid = ((np.arange(48) + 0.5) / 48 * 2 * NULL_Z - NULL_Z) / sd
    # Half of the plane and half of the correlations: the others are their mirror images.
    x, y = grid[24:, None], grid[None, :]

    def cut_off(rho: Float) -> Float:
        rho = rho[:, None, None]
        density = np.exp(-(x**2 - 2 * rho * x * y + y**2) / (2 * (1 - rho**2)))
        product, square = (density * (x * y)).sum(axis=(1, 2)), (density * x**2).sum(axis=(1, 2))
        return np.asarray(product / square)

    # It grows with rho: the stretch of the answer first, then the points of that stretch.
    rho = np.linspace(0.0, 0.98, 21)
    at = 5 * int(np.searchsorted(cut_off(rho[5:20:5]), abs(seen)))
    near = rho[at : at + 6]
    return float(np.copysign(np.interp(abs(seen), cut_off(near), near), seen))


def combine(z: Float, r: Float) -> Float:
    """The combined z of each gene.

    Parameters
    ----------
    z
        Shape ``(n_tissues, n_genes)``, NaN where there is no model.
    r
        Tissue correlation, shape ``(n_tissues, n_tissues)``.

    Returns
    -------
    ndarray
        Shape ``(n_genes,)``; NaN for a gene without any model.
    """
    present = np.isfinite(z).astype(np.float64)
    variance = np.einsum("tg,ts,sg->g", present, r, present, optimize=True)
    total = np.where(present > 0, z, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(variance > 0, total / np.sqrt(variance), np.nan)


def combine_traits(z: Float) -> Float:
    """The combined z of traits ``(k, n_tissues, n_genes)``, with one tissue correlation for all.

    It is made of the tissues and genes that have an entry: others, which a further trait brings,
    would change the order of the sums and with it the last digit.
    """
    has: Bool = np.asarray(np.isfinite(z).any(axis=0))
    tissues, genes = has.any(axis=1), has.any(axis=0)
    seen = z[np.ix_(np.ones(len(z), dtype=bool), tissues, genes)]
    out = np.full((len(z), z.shape[2]), np.nan)
    if not genes.any():
        return out
    r = tissue_correlation(seen)
    out[:, genes] = np.stack([combine(layer, r) for layer in seen])
    return out
