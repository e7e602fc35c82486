"""One trait in one scope: the activity of each set, its error, interval and p."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pathways.calls import reasons
from pathways.calls.collection import CollectionResult
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.calls.trait import TraitResult
from pathways.calls.vocabulary import ALPHA
from pathways.power import achieved
from pathways.statistics.magnitude import Magnitude, magnitude
from pathways.tables.columns import (
    CI_HIGH,
    CI_LOW,
    COLLECTION,
    EFFECT_SCALE,
    FAMILY,
    N_BLOCKS,
    N_TESTED,
    PATHWAY,
    SCOPE,
    TRAIT,
    Column,
    Table,
)
from twas.study.universe import COMBINED
from twas.system.arrays import Float, Text


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


def direction_columns(result: TraitResult, involved: Magnitude, block_names: Text) -> pd.DataFrame:
    """What one trait and scope tells, but for what needs other rows, a row per set."""
    low, high = result.interval
    return pd.DataFrame(
        {
            **direction_tests(result),
            "se": result.se,
            "ci_low": low,
            "ci_high": high,
            "p_robust": result.p_robust,
            "magnitude": involved.magnitude,
            "p_magnitude": involved.p,
            "magnitude_extrapolated": np.where(involved.extrapolated, "yes", ""),
            **_power_columns(result),
            "reason": _reasons(result, block_names),
        }
    )


def direction_tests(result: TraitResult) -> dict[str, Any]:
    """The columns of the activity and its test alone."""
    shares, members = result.contributions, result.members
    return {
        "pathway": members.pathways,
        "trait": result.trait,
        "scope": result.universe.scope,
        "n_set": members.n_set,
        "n_tested": shares.n_tested,
        "n_signed": shares.n_signed,
        "n_blocks": shares.n_blocks,
        "min_p": result.test.min_p,
        "effect_scale": result.universe.effect_scale,
        "activity": result.effect,
        "p_direction": result.p,
        "q_direction": result.q,
    }


def _gsea(collection: CollectionResult, result: TraitResult) -> dict[str, Float]:
    names = ("nes", "p_gsea", "q_gsea")
    found = collection.gsea.get(result.trait)
    if found is None or result.universe.scope != COMBINED:
        return dict.fromkeys(names, np.full(len(result.p), np.nan))
    nes, p = (found.scores[name].to_numpy(dtype=np.float64) for name in names[:2])
    return dict(zip(names, (nes, p, benjamini_hochberg(p)), strict=True))


def _power_columns(result: TraitResult) -> dict[str, Float]:
    """What could have been seen, and what a significant activity would be worth.

    Type M and S are given for a true activity of half of what was seen: an estimate that was
    looked at because it is large is, on average, too large.
    """
    weights = result.blocks.replace(result.contributions.weights)
    attainable = achieved.attainable_alpha(weights.lengths, ALPHA)
    df = achieved.satterthwaite_df(weights)
    half = achieved.type_errors(result.effect / 2, result.se, df, attainable)
    needed = achieved.fdr_alpha(result.q, ALPHA)
    return {
        "detectable_effect": achieved.detectable_effect(result.se, weights, alpha=ALPHA),
        "detectable_effect_fdr": achieved.detectable_effect(result.se, weights, alpha=needed),
        "power_half": half.power,
        "type_m": half.exaggeration,
        "type_s": half.wrong_sign,
    }


def _reasons(result: TraitResult, block_names: Text) -> Text:
    shares = result.contributions
    remarks = reasons.dominant_block(result.blocks, shares.weights, block_names, shares.block)
    for k in np.flatnonzero(~result.testable):
        remarks[k] = reasons.why_untestable(
            int(result.members.n_set[k]), int(shares.n_tested[k]), int(shares.n_blocks[k])
        )
    return remarks


TABLE = Table(
    name="directions",
    contents="a row per collection, pathway, trait and scope: direction in each trait",
    rows=rows,
    columns=(
        COLLECTION,
        replace(PATHWAY, on="report paper"),
        replace(TRAIT, on="report paper", latex=(1, "Trait")),
        SCOPE,
        Column(
            "n_set",
            "count",
            "genes",
            "members of the set in its collection",
            on="report",
            heading="genes in set",
            before="n_blocks",
        ),
        replace(
            N_TESTED,
            meaning="members with a z-score",
            on="report paper multiqc",
            latex=(2, "Genes"),
        ),
        Column("n_signed", "count", "genes", "tested members with a role of +1 or -1"),
        replace(
            N_BLOCKS,
            meaning="LD blocks that hold those members",
            on="report paper multiqc",
            latex=(3, "Loci"),
        ),
        Column("min_p", "p", "", "smallest two-sided p that this number of blocks can give"),
        EFFECT_SCALE,
        Column(
            "activity",
            "number",
            "effect",
            "mean of role times centred effect; positive: more activity goes with higher risk",
            on="report paper multiqc",
            latex=(4, "Activity"),
        ),
        Column("se", "number", "effect", "CR2 standard error of the activity over LD blocks"),
        CI_LOW,
        CI_HIGH,
        Column(
            "p_direction",
            "p",
            "",
            "two-sided sign-flip p of the activity",
            on="report paper multiqc-hidden",
            latex=(5, "p"),
        ),
        Column(
            "q_direction",
            "p",
            "",
            "BH q of p_direction within collection and trait: combined; or all tissues and groups",
            on="report paper multiqc",
            latex=(6, "q"),
        ),
        Column(
            "fwer_direction",
            "p",
            "",
            "family-wise p of the activity over all sets and scopes of the trait",
            on="report",
        ),
        Column("p_robust", "p", "", "two-sided p of the robust score tanh(z / 2)", on="report"),
        Column(
            "magnitude", "number", "SD", "weighted sum of |z| against all rotations of the genome"
        ),
        Column(
            "p_magnitude",
            "p",
            "",
            "p of the magnitude: involved at all, in any direction",
            on="report",
            latex=(7, "p (any direction)"),
        ),
        Column("q_magnitude", "p", "", f"BH q of p_magnitude {FAMILY}", on="report"),
        Column("magnitude_extrapolated", "text", "", "yes where p_magnitude comes from a tail fit"),
        Column(
            "nes",
            "number",
            "",
            "GSEA normalised enrichment score (prerank, members oriented by role)",
            on="report",
            heading="GSEA NES",
        ),
        Column(
            "p_gsea", "p", "", "GSEA gene-permutation p (ignores LD)", on="report", heading="GSEA p"
        ),
        Column("q_gsea", "p", "", "BH q of p_gsea", on="report", heading="GSEA q"),
        Column(
            "detectable_effect",
            "number",
            "effect",
            "true activity found with 80 % power at 0.05",
            on="report paper multiqc-hidden",
            latex=(8, "Detectable"),
        ),
        Column(
            "detectable_effect_fdr",
            "number",
            "effect",
            "the same at the alpha that FDR would need here",
        ),
        Column("power_half", "p", "", "power if the true activity were half of what was seen"),
        Column("type_m", "number", "", "exaggeration of a significant activity in that case"),
        Column("type_s", "p", "", "risk of a wrong sign of a significant activity in that case"),
        Column(
            "reason",
            "text",
            "",
            "why the row is untestable or needs care",
            on="report",
            heading="remark",
            wordy=True,
        ),
    ),
)
