"""Family-wise error of a collection: max-T over the sets and scopes of one trait or pair.

The family of a row is all scopes of its trait (activities) or its pair (differences), so a further
trait changes nothing: blocks are numbered within the family too, since the flips go by number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pathways.calls.pair import PairResult
from pathways.calls.trait import TraitResult
from pathways.nulls.maxt import family_wise_p, standardise

Float = NDArray[np.float64]


def fwer(results: Sequence[TraitResult | PairResult], *, flips: int, seed: int) -> list[Float]:
    """Family-wise p of each result: of the activity for a trait, of the difference for a pair.

    Returns
    -------
    list
        An array of shape ``(n_sets,)`` per result; NaN for untestable sets, and for pairs whose
        sizes cannot be compared.
    """
    families: dict[tuple[str, ...], list[int]] = {}
    for k, result in enumerate(results):
        families.setdefault(result.universe.traits, []).append(k)
    found: dict[int, Float] = {}
    for places in families.values():
        p = _family([results[k] for k in places], flips=flips, seed=seed)
        found.update(zip(places, p, strict=True))
    return [found[k] for k in range(len(results))]


def _family(results: Sequence[TraitResult | PairResult], *, flips: int, seed: int) -> list[Float]:
    blocks, code = np.unique(
        np.concatenate([result.contributions.block for result in results]), return_inverse=True
    )
    ends = np.cumsum([len(result.contributions.block) for result in results])
    prepared = [
        standardise(result.blocks, part, len(blocks), _wanted(result))
        for result, part in zip(results, np.split(code, ends[:-1]), strict=True)
    ]
    return family_wise_p(prepared, flips=flips, seed=seed)


def _wanted(result: TraitResult | PairResult) -> NDArray[np.bool_]:
    comparable = isinstance(result, TraitResult) or result.comparable
    return result.testable & comparable
