"""One trait in one scope: the activity of each set, its error, interval and p."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.collection import CollectionResult
from pathways.calls.trait import TraitResult
from pathways.power import achieved
from pathways.statistics.magnitude import Magnitude, magnitude
from twas.study.study import COMBINED

Float = NDArray[np.float64]


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per trait × scope × set."""
    involved = {
        id(result): magnitude(result.universe, collection.study, result.members)
        for result in collection.traits
    }
    frames = [
        direction_columns(result, involved[id(result)], collection.study.block_names).assign(
            q_magnitude=result.family.bh(result, lambda one: involved[id(one)].p),
            fwer_direction=p,
            **_gsea(collection, result),
        )
        for result, p in zip(collection.traits, collection.fwer, strict=False)
    ]
    return pd.concat(frames, ignore_index=True)


def direction_columns(
    result: TraitResult, involved: Magnitude, block_names: NDArray[np.object_]
) -> pd.DataFrame:
    """What one trait and scope tells, but for what needs other rows, a row per set."""
    shares, members, universe = result.contributions, result.members, result.universe
    low, high = result.interval
    return pd.DataFrame(
        {
            "pathway": members.pathways,
            "trait": result.trait,
            "scope": universe.scope,
            "n_set": members.n_set,
            "n_tested": shares.n_tested,
            "n_signed": shares.n_signed,
            "n_blocks": shares.n_blocks,
            "min_p": result.test.min_p,
            "effect_scale": universe.effect_scale,
            "activity": result.effect,
            "se": result.se,
            "ci_low": low,
            "ci_high": high,
            "p_direction": result.p,
            "q_direction": result.q,
            "p_robust": result.p_robust,
            "magnitude": involved.magnitude,
            "p_magnitude": involved.p,
            "magnitude_extrapolated": np.where(involved.extrapolated, "yes", ""),
            **_power_columns(result),
            "reason": _reasons(result, block_names),
        }
    )


def _gsea(collection: CollectionResult, result: TraitResult) -> dict[str, Float]:
    names = ("nes", "p_gsea", "q_gsea")
    found = collection.gsea.get(result.trait)
    if found is None or result.universe.scope != COMBINED:
        return dict.fromkeys(names, np.full(len(result.p), np.nan))
    return {name: found.scores[name].to_numpy() for name in names}


def _power_columns(result: TraitResult) -> dict[str, Float]:
    """What could have been seen, and what a significant activity would be worth.

    Type M and S are given for a true activity of half of what was seen: an estimate that was
    looked at because it is large is, on average, too large.
    """
    weights = result.blocks.replace(result.contributions.weights)
    attainable = achieved.attainable_alpha(weights.lengths, words.ALPHA)
    df = achieved.satterthwaite_df(weights)
    half = achieved.type_errors(result.effect / 2, result.se, df, attainable)
    needed = achieved.fdr_alpha(result.q, words.ALPHA)
    return {
        "detectable_effect": achieved.detectable_effect(result.se, weights, alpha=words.ALPHA),
        "detectable_effect_fdr": achieved.detectable_effect(result.se, weights, alpha=needed),
        "power_half": half.power,
        "type_m": half.exaggeration,
        "type_s": half.wrong_sign,
    }


def _reasons(result: TraitResult, block_names: NDArray[np.object_]) -> NDArray[np.object_]:
    shares = result.contributions
    reasons = words.dominant_block(result.blocks, shares.weights, block_names, shares.block)
    for k in np.flatnonzero(~result.testable):
        reasons[k] = words.why_untestable(
            int(result.members.n_set[k]), int(shares.n_tested[k]), int(shares.n_blocks[k])
        )
    return reasons
