"""Rows of ``divergence.tsv``: a pair of traits in one scope, a row per set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pathways.calls import reasons
from pathways.calls.collection import CollectionResult
from pathways.calls.pair import PairResult
from pathways.calls.reasons import tissue_agreement
from pathways.calls.retest import call_without, top_block
from pathways.power import achieved
from pathways.tables.columns import (
    ACTIVITY_A,
    ACTIVITY_B,
    CALL,
    CI_HIGH,
    CI_LOW,
    COLLECTION,
    DIFFERENCE_SCALED,
    EFFECT_SCALE,
    FAMILY,
    N_BLOCKS,
    N_TESTED,
    P_BOTH,
    P_DIFFERENCE,
    P_DIFFERENCE_SCALED,
    P_OPPOSITE,
    PATHWAY,
    Q_CALL,
    SCALE_REASON,
    SCOPE,
    TRAIT_A,
    TRAIT_B,
    Column,
    Table,
)
from twas.system.arrays import Float, Text


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
            table["tissue_agreement"] = tissue_agreement(pair, collection.pairs, collection.study)
        frames.append(table)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def divergence_columns(pair: PairResult, names: Collection[str] | None = None) -> pd.DataFrame:
    """What one pair and scope tells by itself, a row per set.

    Parameters
    ----------
    pair
        Its tests.
    names
        The columns that are wanted: only these are worked out. None for all.
    """
    wanted = _COLUMNS if names is None else {n: _COLUMNS[n] for n in _COLUMNS if n in names}
    return pd.DataFrame({name: make(pair) for name, make in wanted.items()}, index=_index(pair))


def _index(pair: PairResult) -> pd.RangeIndex:
    return pd.RangeIndex(len(pair.members.pathways))


def _detectable(pair: PairResult) -> Float:
    weights = pair.blocks.replace(pair.contributions.weights)
    return achieved.detectable_effect(pair.se_difference, weights) + pair.blank


def _end(place: int) -> Callable[[PairResult], Float]:
    """One of the ends of the intervals of both activities."""
    return lambda pair: pair.intervals[place]


def _reasons(pair: PairResult) -> Text:
    """What each call rests on, and how what traits call by correlating stands to that."""
    # The same directions, or opposite ones where the traits correlate negatively.
    expected = {"concordant"}
    if pair.moments is not None and pair.moments.covariance.value < 0:
        expected = {"concordant", "opposite"}
    q = pair.q(lambda one: one.p_excess)
    reasons = [
        _reason(pair, k, word) + (_against_genome(pair, k, q) if word in expected else "")
        for k, word in enumerate(pair.call)
    ]
    return np.array(reasons, dtype=object)


def _reason(pair: PairResult, k: int, word: str) -> str:
    if word == "untestable":
        shares = pair.contributions
        sizes = (pair.members.n_set[k], shares.n_tested[k], shares.n_blocks[k])
        why = reasons.why_untestable(*(int(size) for size in sizes))
        return why + reasons.discordant_remark(float(pair.q_discordant[k]))
    best = pair.directional
    signs = (float(best.q[k]), int(best.sign_a[k]), int(best.sign_b[k]))
    exact = (float(pair.a.p[k]), float(pair.b.p[k]))
    guard = reasons.guard_remark(signs[0], exact, pair.traits)
    return reasons.call_reason(word, signs, pair.traits) + guard


def _against_genome(pair: PairResult, k: int, q: Float) -> str:
    best, excess = pair.directional, pair.excess
    sign = (best.sign_a if excess.trait == pair.traits[0] else best.sign_b)[k]
    return reasons.excess_remark(float(q[k]), float(excess.excess[k] * sign))


#: Column → how it is made of a pair in one scope; the others need further rows of the table.
_COLUMNS: Mapping[str, Callable[[PairResult], Any]] = {
    "pathway": lambda pair: pair.members.pathways,
    "trait_a": lambda pair: pair.traits[0],
    "trait_b": lambda pair: pair.traits[1],
    "scope": lambda pair: pair.universe.scope,
    "n_tested": lambda pair: pair.contributions.n_tested,
    "n_blocks": lambda pair: pair.contributions.n_blocks,
    "effect_scale": lambda pair: pair.universe.effect_scale,
    "activity_a": lambda pair: pair.a.statistic,
    "activity_b": lambda pair: pair.b.statistic,
    "ci_low_a": _end(0),
    "ci_high_a": _end(1),
    "ci_low_b": _end(2),
    "ci_high_b": _end(3),
    "p_both": lambda pair: pair.p_both,
    "q_both": lambda pair: pair.q(lambda one: one.p_both),
    "p_opposite": lambda pair: pair.p_signs(-1),
    "p_concordant": lambda pair: pair.p_signs(1),
    "q_call": lambda pair: pair.directional.q,
    "bound_opposite": lambda pair: pair.bound(-1),
    "bound_concordant": lambda pair: pair.bound(1),
    "p_robust_opposite": lambda pair: pair.p_robust_opposite,
    "difference": lambda pair: pair.difference.statistic,
    "se_difference": lambda pair: pair.se_difference,
    "detectable_difference": _detectable,
    "ci_low": lambda pair: pair.interval[0],
    "ci_high": lambda pair: pair.interval[1],
    "p_difference": lambda pair: pair.p_difference,
    "q_difference": lambda pair: pair.q(lambda one: one.p_difference),
    "difference_scaled": lambda pair: pair.scaled.estimate,
    "p_difference_scaled": lambda pair: pair.scaled.p,
    "p_robust_difference": lambda pair: pair.p_robust_difference,
    "excess": lambda pair: pair.excess.excess,
    "excess_trait": lambda pair: pair.excess.trait,
    "excess_reason": lambda pair: pair.excess.reason,
    "scale_reason": lambda pair: pair.scale.reason,
    "p_excess": lambda pair: pair.excess.p,
    "q_excess": lambda pair: pair.q(lambda one: one.p_excess),
    "product": lambda pair: pair.discordance.product,
    "p_anticorrelated": lambda pair: pair.discordance.p_anticorrelated,
    "q_anticorrelated": lambda pair: pair.q_anticorrelated,
    "p_discordant": lambda pair: pair.discordance.p_discordant,
    "q_discordant": lambda pair: pair.q_discordant,
    "p_less_concordant": lambda pair: pair.p_less_concordant,
    "call": lambda pair: pair.call,
    "reason": lambda pair: _reasons(pair),
    "assumed": lambda pair: "; ".join(pair.universe.assumed),
}

TABLE = Table(
    name="divergence",
    contents="a row per collection, pathway, pair of traits and scope: the call",
    rows=rows,
    over="pair",
    columns=(
        COLLECTION,
        replace(PATHWAY, on="report paper"),
        replace(TRAIT_A, on="report paper", latex=(1, "Traits A / B")),
        replace(TRAIT_B, on="report paper"),
        SCOPE,
        replace(N_TESTED, on="report multiqc", latex=(2, "Genes")),
        replace(N_BLOCKS, on="report multiqc", latex=(3, "Loci")),
        EFFECT_SCALE,
        replace(ACTIVITY_A, on="report paper multiqc", latex=(4, "Activity")),
        replace(ACTIVITY_B, on="report paper multiqc", latex=(5, "Activity")),
        Column("ci_low_a", "number", "effect", "lower end of the 95 % interval of activity_a"),
        Column("ci_high_a", "number", "effect", "upper end of the 95 % interval of activity_a"),
        Column("ci_low_b", "number", "effect", "lower end of the 95 % interval of activity_b"),
        Column("ci_high_b", "number", "effect", "upper end of the 95 % interval of activity_b"),
        replace(P_BOTH, meaning="larger of the two two-sided sign-flip p", on="report paper"),
        Column("q_both", "p", "", f"BH q of p_both {FAMILY}"),
        P_OPPOSITE,
        Column(
            "p_concordant",
            "p",
            "",
            "larger one-sided p if the directions agree, else 1",
            on="report",
        ),
        replace(Q_CALL, on="report paper multiqc", before="p_opposite", latex=(8, "q (call)")),
        Column(
            "bound_opposite",
            "number",
            "effect",
            "opposite activities that both exceed this are excluded at 5 % (unit: each in its own"
            " SD)",
        ),
        Column(
            "bound_concordant",
            "number",
            "effect",
            "activities of one direction that both exceed this are excluded at 5 %",
        ),
        Column("p_robust_opposite", "p", "", "p_opposite of the robust score", on="report"),
        Column(
            "difference",
            "number",
            "effect",
            "activity_a - activity_b",
            on="report multiqc",
            latex=(6, "Difference"),
        ),
        Column("se_difference", "number", "effect", "CR2 standard error of the difference"),
        replace(CI_LOW, meaning="lower end of the 95 % interval of the difference", on="report"),
        replace(CI_HIGH, meaning="upper end of the 95 % interval of the difference", on="report"),
        replace(
            P_DIFFERENCE,
            meaning="two-sided p of the difference: strength, not direction",
            on="report paper multiqc-hidden",
            latex=(7, "p (difference)"),
        ),
        Column("q_difference", "p", "", f"BH q of p_difference {FAMILY}", on="report"),
        Column(
            "fwer_difference",
            "p",
            "",
            "family-wise p of the difference over all sets and scopes of the pair",
        ),
        DIFFERENCE_SCALED,
        replace(P_DIFFERENCE_SCALED, on="report"),
        SCALE_REASON,
        Column("p_robust_difference", "p", "", "p of the difference by the robust score"),
        Column(
            "excess",
            "number",
            "effect",
            "activity of excess_trait beyond the genome-wide expectation",
            on="report",
            before="p_excess",
        ),
        Column("excess_trait", "text", "", "the trait of lower reliability", on="report"),
        Column("excess_reason", "text", "", "why there is none"),
        Column("p_excess", "p", "", "two-sided p of the excess", on="report paper"),
        Column("q_excess", "p", "", f"BH q of p_excess {FAMILY}", on="report"),
        Column("product", "number", "", "mean over members of z_a z_b"),
        Column(
            "p_anticorrelated",
            "p",
            "",
            "one-sided p that the product is below zero",
            on="report paper",
        ),
        Column("q_anticorrelated", "p", "", f"BH q of p_anticorrelated {FAMILY}", on="report"),
        Column(
            "p_discordant",
            "p",
            "",
            "largest of four one-sided p that members are opposite, and more so than the genome",
        ),
        Column("q_discordant", "p", "", f"BH q of p_discordant {FAMILY}: the call rests on it"),
        Column(
            "p_less_concordant",
            "p",
            "",
            "one-sided p that it is below the genome-wide expectation",
            on="report",
        ),
        replace(CALL, on="report paper multiqc", before="n_tested", latex=(9, "Call")),
        Column(
            "reason",
            "text",
            "",
            "what the call rests on",
            on="report",
            heading="remark",
            before="end",
            wordy=True,
        ),
        Column(
            "detectable_difference",
            "number",
            "effect",
            "true difference found with 80 % power at 0.05",
            on="report multiqc-hidden",
        ),
        Column("top_block", "text", "", "LD block with the largest contributions"),
        Column(
            "call_without_top_block",
            "text",
            "",
            "the call without it; empty where there is no call",
        ),
        Column(
            "tissue_agreement",
            "text",
            "",
            "tissues whose activities have the signs of the call, and how many independent ones the"
            " tissues are worth",
            on="report",
        ),
        Column("assumed", "text", "", "what was assumed because it was not given"),
    ),
)
