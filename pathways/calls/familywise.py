"""Family-wise error of a collection: max-T over sets, traits and differences by the same flips.

The family of a combined row is the combined scope, that of a tissue row all tissues together, and
that of a group of tissues all groups together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.calls import words
from pathways.nulls.maxt import Standardised, family_wise_p, standardise
from pathways.nulls.ragged import Ragged
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions
from twas.study.study import COMBINED, PER_SQRT_N, Study, Universe

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """One trait or pair in one scope, with its contributions."""

    view: Universe
    parts: Contributions


def fwer(study: Study, layers: Sequence[Layer], *, flips: int, seed: int) -> list[Float]:
    """Family-wise p of each layer: of the activity for a trait, of the difference for a pair.

    Returns
    -------
    list
        An array of shape ``(n_sets,)`` per layer; NaN for untestable sets, and for pairs whose
        sizes cannot be compared.
    """
    n_blocks = int(study.genes["block_code"].max()) + 1
    families: dict[str, list[Standardised]] = {}
    place = []
    for layer in layers:
        name = _family(study, layer.view.scope)
        members = families.setdefault(name, [])
        place.append((name, len(members)))
        testable = ~words.untestable(np.power(2.0, 1.0 - layer.parts.n_blocks))
        members.append(
            standardise(_statistic(layer, testable), layer.parts.block, n_blocks, testable)
        )
    found = family_wise_p(families, flips=flips, seed=seed)
    return [found[name][k] for name, k in place]


def _family(study: Study, scope: str) -> str:
    if scope == COMBINED:
        return "combined"
    return "groups" if scope in study.groups else "tissues"


def _statistic(layer: Layer, testable: NDArray[np.bool_]) -> Ragged:
    if len(layer.view.traits) == 1:
        return layer.parts.trait(0)
    if layer.view.effect_scale != PER_SQRT_N:
        testable[:] = False
    return contrasts.difference(layer.parts)
