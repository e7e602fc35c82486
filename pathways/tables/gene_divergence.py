"""Single genes of a pair: difference of effect with its error, contribution, and a class.

The class goes by the two 95 % intervals ``z +- 1.96 sqrt(i)``: ``opposite`` and ``shared`` if both
exclude zero, ``one-sided`` if one does, else ``weak``. It describes a gene; it is not a test of
the difference, whose error is ``sqrt(i_A / N_A + i_B / N_B - 2 rho / sqrt(N_A N_B))``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls.retest import PairLayer
from twas.study.study import PER_SQRT_N, Study

Float = NDArray[np.float64]

CLASSES = ("opposite", "shared", "one-sided", "weak")
_HALF_WIDTH = 1.959964


def gene_divergence_rows(study: Study, layer: PairLayer) -> pd.DataFrame:
    """Tabulate the tested members of every set: a row per set × gene."""
    view, tested = layer.view, layer.parts.tested
    at = tested.position
    genes = study.genes.take(view.genes[at])
    count = np.maximum(layer.parts.n_signed[tested.owner], 1)
    share = tested.role / count
    effect = view.effect[:, at]
    contribution = share * effect
    activity = np.stack([test.statistic for test in (layer.found.test.a, layer.found.test.b)])
    weight = np.abs(share)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (activity[:, tested.owner] - contribution) / (1 - weight)
    error = _error(layer)
    difference = effect[0] - effect[1]
    return pd.DataFrame(
        {
            "pathway": np.array(layer.members.pathways, dtype=object)[tested.owner],
            "trait_a": view.traits[0],
            "trait_b": view.traits[1],
            "scope": view.scope,
            "gene": genes["symbol"].to_numpy(),
            "ensembl_id": genes["ensembl_id"].to_numpy(),
            "block": genes["block"].to_numpy(),
            "role": tested.role.astype(np.int64),
            "z_a": view.z[0, at],
            "z_b": view.z[1, at],
            "effect_a": effect[0],
            "effect_b": effect[1],
            "difference": difference,
            "se_difference": error,
            "ci_low": difference - _HALF_WIDTH * error,
            "ci_high": difference + _HALF_WIDTH * error,
            "contribution_a": contribution[0],
            "contribution_b": contribution[1],
            "activity_a_without": np.where(count > 1, rest[0], np.nan),
            "activity_b_without": np.where(count > 1, rest[1], np.nan),
            "class": classify(view.z[:, at], view.intercept),
        }
    )


def classify(z: Float, intercept: Float) -> NDArray[np.object_]:
    """Class of each gene from both z, shape ``(2, n)``, and the LDSC intercepts, shape ``(2,)``."""
    away = np.abs(z) > _HALF_WIDTH * np.sqrt(intercept)[:, None]
    both, one = away.all(axis=0), away.any(axis=0)
    same = z[0] * z[1] > 0
    choice: NDArray[np.int64] = np.select([both & ~same, both & same, one], [0, 1, 2], default=3)
    names: NDArray[np.object_] = np.array(CLASSES, dtype=object)
    return names[choice]


def _error(layer: PairLayer) -> float:
    view = layer.view
    if view.effect_scale != PER_SQRT_N:
        return float("nan")
    (n_a, n_b), (i_a, i_b) = view.n_eff, view.intercept
    return float(np.sqrt(i_a / n_a + i_b / n_b - 2 * view.overlap / np.sqrt(n_a * n_b)))
