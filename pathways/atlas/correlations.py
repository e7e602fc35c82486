"""How the effects of two traits correlate over the genome, beside the pathways of an atlas.

``r = (cov(z_A, z_B) - rho) / sqrt((var z_A - i_A) (var z_B - i_B))`` over the genes of both, with
the moments of `pathways.statistics.moments`: neither sampling noise nor the overlap of samples
enters, no single locus decides, and the error is that of the block jackknife. It speaks of
predicted expression and is no genetic correlation.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from pathways.statistics.moments import Estimate, Moments
from twas.study.universe import Universe


def genome_row(universe: Universe, found: Moments | None) -> pd.DataFrame:
    """One row of the table ``correlations`` for a pair in one scope."""
    r, reason = _correlation(found, universe)
    z = universe.z
    varies: bool = z.shape[1] > 2 and bool((z.std(axis=1) > 0).all())
    error = np.nan if r is None else r.error
    value = np.nan if r is None else r.value
    p = 2 * ndtr(-abs(value) / error) if error > 0 else np.nan
    row = {
        "trait_a": universe.traits[0],
        "trait_b": universe.traits[1],
        "scope": universe.scope,
        "n_genes": z.shape[1],
        "correlation_z": float(np.corrcoef(z[0], z[1]).ravel()[1]) if varies else np.nan,
        "correlation": value,
        "se": error,
        "p": float(p),
        "reason": reason,
    }
    return pd.DataFrame([row])


def _correlation(found: Moments | None, universe: Universe) -> tuple[Estimate | None, str]:
    """The correlation of the effects, or why there is none."""
    if found is None:
        return None, "too few genes"
    for k, name in enumerate(universe.traits):
        if reason := found.why_unclear(k, name):
            return None, reason
    a, b = found.signal
    with np.errstate(invalid="ignore"):
        left_out = found.shared.left_out / np.sqrt(a.left_out * b.left_out)
    if not np.isfinite(left_out).all():
        return None, "the signal of a trait rests on one part of the genome"
    return Estimate(found.shared.value / float(np.sqrt(a.value * b.value)), left_out), ""
