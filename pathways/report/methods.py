"""The methods paragraph: what was done, with the numbers of this run."""

from __future__ import annotations

import numpy as np

from pathways.calls import ALPHA
from pathways.report import names
from pathways.report.facts import PairFacts, RunFacts, TraitFacts
from pathways.report.numbers import count, number


def methods(facts: RunFacts, columns: set[str]) -> tuple[str, ...]:
    """Paragraphs for the methods section of a paper, in plain text.

    Parameters
    ----------
    facts
        Of the run.
    columns
        Columns of its tables: what was not computed is not described.
    """
    paragraphs = [_data(facts), _sets(facts), _statistics(facts, columns)]
    if facts.pairs:
        paragraphs.append(_pairs(facts, columns))
    paragraphs.append(_software(facts))
    return tuple(paragraphs)


def _data(facts: RunFacts) -> str:
    traits = "; ".join(_trait(trait) for trait in facts.traits)
    tissues = (
        f" TWAS z-scores were summed over those of {len(facts.tissues)} tissues in which a gene has"
        " a model and divided by the standard deviation that the correlation of the tissues implies"
        if len(facts.tissues) > 1
        else " TWAS z-scores of one tissue of expression models were used"
    )
    return (
        f"Input. {traits}.{tissues} ({names.listing(facts.tissues)}). Positive z means that"
        " genetically higher predicted expression is associated with higher risk. Genes were"
        f" assigned to LD blocks by {names.clean(facts.blocks_name)} (GRCh38)."
    )


def _trait(trait: TraitFacts) -> str:
    n = (
        "effective sample size unknown"
        if trait.n_eff is None
        else f"effective N {count(trait.n_eff)}"
    )
    tissues = f"{trait.n_tissues} tissue" + ("" if trait.n_tissues == 1 else "s")
    return (
        f"{names.clean(trait.name)}: {n}, {trait.n_genes:,} genes in {trait.n_blocks:,} LD blocks,"
        f" {tissues}"
    )


def _sets(facts: RunFacts) -> str:
    parts = [
        f"collection {names.clean(c.name)} (version {c.version}; {c.n_pathways:,} set"
        f"{'' if c.n_pathways == 1 else 's'}, {c.n_genes:,} genes,"
        f" {'with' if c.signed else 'without'} roles)"
        for c in facts.collections
    ]
    return (
        f"Gene sets. {'; '.join(parts)}. A role of +1 marks a gene whose higher expression raises"
        " the activity of the pathway, −1 one that lowers it; genes of unknown role (0) take no"
        " part in signed tests."
    )


def _statistics(facts: RunFacts, columns: set[str]) -> str:
    known = all(trait.n_eff is not None for trait in facts.traits)
    effect = "z / √N_eff" if known else "z / √N_eff where N_eff is known, else z / SD(z)"
    text = (
        f"Direction in each trait. The effect of a gene is {effect}, centred on the mean over all"
        " tested genes of the trait; the activity of a pathway is the mean of role × effect over"
        " its tested members, a sum of contributions of LD blocks. Under the null of no net"
        " direction each block is as likely to push up as down: two-sided p-values come from the"
        " sign-flip distribution of the block contributions, exact for few blocks, by saddlepoint"
        " approximation for many. Standard errors are cluster-robust (CR2) over blocks; 95 %"
        " intervals invert the sign-flip test. Pathways whose smallest attainable p exceeds"
        f" {ALPHA} are untestable. q-values are Benjamini–Hochberg within collection, trait and"
        " scope."
    )
    if "nes" in columns:
        text += (
            " GSEA (prerank) was run per trait on the effects with members oriented by role; its"
            f" p-values permute gene labels, ignore LD and enter no call (seed {facts.seed})."
        )
    return text


def _pairs(facts: RunFacts, columns: set[str]) -> str:
    pairs = "; ".join(_pair(pair) for pair in facts.pairs)
    text = (
        f"Divergence. Pairs of traits were compared on the genes of both ({pairs}). For each"
        " pathway four one-sided hypotheses (up or down in either trait) were tested jointly with"
        " AdaFilter-BH over all pathways of the collection; the best of them at"
        f" q ≤ {ALPHA} calls a pathway opposite or concordant."
    )
    if any(pair.effect_scale == "per_sqrt_n" for pair in facts.pairs):
        text += (
            " The difference of activities was tested by the same sign flips; it concerns strength,"
            " not direction, and a pathway is called unequal only where it also holds after scaling"
            " for the genome-wide strength of each trait."
        )
    else:
        text += " Without sample sizes strengths cannot be compared, and no difference was tested."
    if "p_anticorrelated" in columns:
        text += (
            " Gene-wise discordance was tested by sign flips of the block sums of the products of"
            " z-scores."
        )
    assumed = sorted({what for pair in facts.pairs for what in pair.assumed})
    if assumed:
        text += (
            f" Assumed, since not given: {names.listing(assumed)} (LD-score intercepts 1 for a"
            " trait, 0 for a pair)."
        )
    return text


def _pair(pair: PairFacts) -> str:
    r = number(pair.correlation, 2) if np.isfinite(pair.correlation) else "unknown"
    return (
        f"{names.clean(pair.a)} and {names.clean(pair.b)}: {pair.n_genes:,} genes in"
        f" {pair.n_blocks:,} LD blocks, correlation of effects {r}"
    )


def _software(facts: RunFacts) -> str:
    listed = [f"{name} {version}" for name, version in facts.versions.items()]
    return f"Software. {', '.join(listed)}."
