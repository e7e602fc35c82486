"""Family-wise error of a collection: max-T over sets, traits and differences by the same flips.

The family of a combined row is the combined scope, that of a tissue row all tissues together, and
that of a group of tissues all groups together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pathways.calls.pair import PairResult
from pathways.calls.trait import TraitResult
from pathways.nulls.maxt import Standardised, family_wise_p, standardise
from twas.study.study import COMBINED, Study

Float = NDArray[np.float64]


def fwer(
    study: Study, results: Sequence[TraitResult | PairResult], *, flips: int, seed: int
) -> list[Float]:
    """Family-wise p of each result: of the activity for a trait, of the difference for a pair.

    Returns
    -------
    list
        An array of shape ``(n_sets,)`` per result; NaN for untestable sets, and for pairs whose
        sizes cannot be compared.
    """
    families: dict[str, list[Standardised]] = {}
    place = []
    for result in results:
        name = _family(study, result.universe.scope)
        members = families.setdefault(name, [])
        place.append((name, len(members)))
        code = result.contributions.block
        members.append(standardise(result.blocks, code, study.n_blocks, _wanted(result)))
    found = family_wise_p(families, flips=flips, seed=seed)
    return [found[name][k] for name, k in place]


def _family(study: Study, scope: str) -> str:
    if scope == COMBINED:
        return "combined"
    return "groups" if scope in study.groups else "tissues"


def _wanted(result: TraitResult | PairResult) -> NDArray[np.bool_]:
    comparable = isinstance(result, TraitResult) or result.comparable
    return result.testable & comparable
