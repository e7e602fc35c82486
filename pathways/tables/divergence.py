"""Rows of ``divergence.tsv``: a pair of traits in one scope, a row per set."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.collection import CollectionResult
from pathways.calls.pair import PairResult
from pathways.calls.retest import Retest
from pathways.power import achieved

Text = NDArray[np.object_]

#: Columns of `PairResult.intervals`.
_ENDS = ("ci_low_a", "ci_high_a", "ci_low_b", "ci_high_b")


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per pair × scope × set."""
    family_wise = collection.fwer[len(collection.traits) :]
    explored = iter(collection.without_blocks)
    frames = []
    for pair, p in zip(collection.pairs, family_wise, strict=True):
        table = divergence_columns(pair).assign(
            fwer_difference=p, top_block="", call_without_top_block="", tissue_agreement=""
        )
        if pair in collection.explored_pairs:
            top = top_block(pair)
            names = np.append(collection.study.block_names, "")
            table["top_block"] = names[top]
            table["call_without_top_block"] = call_without(next(explored), top)
            table["tissue_agreement"] = tissue_agreement(collection, pair)
        frames.append(table)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def divergence_columns(pair: PairResult) -> pd.DataFrame:
    """What one pair and scope tells by itself, a row per set."""
    universe, shares = pair.universe, pair.contributions
    low, high = pair.interval
    detectable = achieved.detectable_effect(pair.se_difference, pair.blocks.replace(shares.weights))
    return pd.DataFrame(
        {
            "pathway": pair.members.pathways,
            "trait_a": pair.traits[0],
            "trait_b": pair.traits[1],
            "scope": universe.scope,
            "n_tested": shares.n_tested,
            "n_blocks": shares.n_blocks,
            "effect_scale": universe.effect_scale,
            "activity_a": pair.a.statistic,
            "activity_b": pair.b.statistic,
            **dict(zip(_ENDS, pair.intervals, strict=True)),
            "p_both": pair.p_both,
            "q_both": pair.q(lambda one: one.p_both),
            "p_opposite": pair.p_signs(-1),
            "p_concordant": pair.p_signs(1),
            "q_call": pair.directional.q,
            "bound_opposite": pair.bound(-1),
            "bound_concordant": pair.bound(1),
            "p_robust_opposite": pair.p_robust_opposite,
            "difference": pair.difference.statistic,
            "se_difference": pair.se_difference,
            "detectable_difference": detectable + pair.blank,
            "ci_low": low,
            "ci_high": high,
            "p_difference": pair.p_difference,
            "q_difference": pair.q(lambda one: one.p_difference),
            "difference_scaled": pair.scaled.estimate,
            "p_difference_scaled": pair.scaled.p,
            "p_robust_difference": pair.p_robust_difference,
            "excess": pair.excess.excess,
            "excess_trait": pair.excess.trait,
            "excess_reason": pair.excess.reason,
            "scale_reason": pair.scale.reason,
            "p_excess": pair.excess.p,
            "q_excess": pair.q(lambda one: one.p_excess),
            "product": pair.discordance.product,
            "p_anticorrelated": pair.discordance.p_anticorrelated,
            "q_anticorrelated": pair.q_anticorrelated,
            "p_discordant": pair.discordance.p_discordant,
            "q_discordant": pair.q_discordant,
            "p_less_concordant": pair.discordance.p_less_concordant,
            "call": pair.call,
            "reason": _reasons(pair),
            "assumed": "; ".join(universe.assumed),
        }
    )


def _reasons(pair: PairResult) -> Text:
    best, excess = pair.directional, pair.excess
    # What traits call by correlating: the same directions, or opposite ones where they do so
    # negatively.
    expected = {"concordant"}
    if pair.moments is not None and pair.moments.covariance.value < 0:
        expected = {"concordant", "opposite"}
    reasons = np.full(len(pair.call), "", dtype=object)
    for k, word in enumerate(pair.call):
        if word == "untestable":
            reasons[k] = words.why_untestable(
                int(pair.members.n_set[k]),
                int(pair.contributions.n_tested[k]),
                int(pair.contributions.n_blocks[k]),
            ) + words.discordant_remark(float(pair.q_discordant[k]))
        else:
            signs = (float(best.q[k]), int(best.sign_a[k]), int(best.sign_b[k]))
            reasons[k] = words.call_reason(word, signs, pair.traits)
            exact = (float(pair.a.p[k]), float(pair.b.p[k]))
            reasons[k] += words.guard_remark(signs[0], exact, pair.traits)
        if word in expected:
            sign = (best.sign_a if excess.trait == pair.traits[0] else best.sign_b)[k]
            reasons[k] += words.excess_remark(float(excess.p[k]), float(excess.excess[k] * sign))
    return reasons


def top_block(pair: PairResult) -> NDArray[np.int64]:
    """Code of the block with the largest contribution to each set; -1 without blocks."""
    shares = pair.contributions
    # Each trait in units of its own spread in the set: else the smaller study chooses the block.
    owner = shares.trait(0).owners()
    n = len(shares.n_tested)
    spread = np.sqrt([np.bincount(owner, weights=row**2, minlength=n) for row in shares.values])
    size = (np.abs(shares.values) / np.where(spread > 0, spread, 1.0)[:, owner]).sum(axis=0)
    top = np.full(n, -1, dtype=np.int64)
    for k in np.flatnonzero(shares.n_blocks):
        run = slice(shares.indptr[k], shares.indptr[k + 1])
        top[k] = shares.block[run][int(np.argmax(size[run]))]
    return top


def call_without(blocks: Retest, top: NDArray[np.int64]) -> list[str]:
    """The call of each set without its block `top`; "" where the set has no call."""
    keys = zip(blocks.origin.tolist(), blocks.dropped.tolist(), strict=True)
    call = dict(zip(keys, blocks.call, strict=True))
    return [call.get(key, "") for key in enumerate(top.tolist())]


def tissue_agreement(collection: CollectionResult, combined: PairResult) -> list[str]:
    """For each set with an ``opposite`` or ``concordant`` call, "k of n tissues agree".

    A tissue agrees if both activities have the signs of the combined call. Tissues are not
    independent: beside their number stands how many independent ones they are worth,
    ``(sum of eigenvalues)^2 / sum of their squares`` of their correlation.
    """
    study, best = collection.study, combined.directional
    tissues = [
        pair
        for pair in collection.pairs
        if pair.traits == combined.traits and pair.universe.scope in study.tissues
    ]
    directional = np.isin(combined.call, ("opposite", "concordant"))
    if not tissues:
        return [""] * len(directional)
    a, b = (np.stack([t.a.statistic for t in tissues]), np.stack([t.b.statistic for t in tissues]))
    present = np.isfinite(a)
    agree = (a * best.sign_a > 0) & (b * best.sign_b > 0)
    r = study.tissue_correlation(combined.traits, [t.universe.scope for t in tissues])
    # The eigenvalues sum to the number of tissues, their squares to the sum of squares of r.
    squares = np.einsum("tk,ts,sk->k", present, r**2, present.astype(float))
    independent = present.sum(axis=0) ** 2 / np.maximum(squares, 1)
    return [
        f"{agree[:, k].sum()} of {present[:, k].sum()} ({independent[k]:.1f} independent)"
        if directional[k]
        else ""
        for k in range(len(directional))
    ]
