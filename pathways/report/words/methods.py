"""The methods paragraphs: what was done, with the numbers of this run."""

from __future__ import annotations

import numpy as np

from pathways.calls.words import ALPHA
from pathways.output.study_summary import PairSummary, TraitSummary
from pathways.report.pages.selection import is_control
from pathways.report.words import names
from pathways.report.words.facts import RunFacts
from pathways.report.words.numbers import count, number


def methods(facts: RunFacts) -> tuple[str, ...]:
    """Paragraphs for the methods section of a paper, in plain text.

    Citations stand as ``[@key]``, keys of `pathways.report.words.references`.

    Parameters
    ----------
    facts
        Of the run: what was not computed is not described.
    """
    paragraphs = [_data(facts), *_remarks(facts), _sets(facts), _directions(facts)]
    if facts.study.pairs:
        paragraphs.append(_pairs(facts))
    paragraphs += [text for text in (_further(facts), _robustness(facts)) if text]
    return (*paragraphs, _software(facts))


def _data(facts: RunFacts) -> str:
    study = facts.study
    traits = "; ".join(_trait(trait) for trait in study.members)
    tissues = (
        f" TWAS z-scores were summed over those of {len(study.tissues)} tissues in which a gene"
        " has a model and divided by the standard deviation that the correlation of the tissues"
        " implies"
        if len(study.tissues) > 1
        else " TWAS z-scores of one tissue of expression models were used"
    )
    return (
        f"Input. {traits}.{tissues} ({names.listing(study.tissues, most=60)}). Positive z means"
        " that genetically higher predicted expression is associated with higher risk. Genes were"
        f" assigned to LD blocks by {names.clean(study.blocks_name)} (GRCh38)."
    )


def _remarks(facts: RunFacts) -> list[str]:
    """What was found in the input and a reader of the paper must know."""
    if not facts.quality:
        return []
    # What stands behind the first semicolon is advice to the analyst.
    said = "; ".join(
        names.clean(f"{fact.source}: {fact.sentence.partition('; ')[0]}") for fact in facts.quality
    )
    return [f"Remarks on the input. {said}."]


def _trait(trait: TraitSummary) -> str:
    n = (
        "effective sample size unknown"
        if trait.n_eff is None
        else f"effective N {count(trait.n_eff)}"
    )
    tissues = f"{trait.n_tissues} tissue" + ("" if trait.n_tissues == 1 else "s")
    given = "" if trait.intercept is None else f", LD-score intercept {number(trait.intercept)}"
    return (
        f"{names.clean(trait.name)}: {n}{given}, {trait.n_genes:,} genes in {trait.n_blocks:,} LD"
        f" blocks, {tissues}"
    )


def _sets(facts: RunFacts) -> str:
    parts = [
        f"collection {names.clean(c.name)} (version {c.version}; {c.n_pathways:,} set"
        f"{'' if c.n_pathways == 1 else 's'}, {c.n_genes:,} genes,"
        f" {'with' if c.signed else 'without'} roles)"
        for c in facts.collections
    ]
    text = (
        f"Gene sets. {'; '.join(parts)}. A role of +1 marks a gene whose higher expression raises"
        " the activity of the pathway, −1 one that lowers it; genes of unknown role (0) take no"
        " part in signed tests."
    )
    if any(is_control(c.name) for c in facts.collections):
        text += (
            " Sets of random genes, equal to the core sets in size, roles and number of LD blocks,"
            " served as negative controls."
        )
    return text


def _directions(facts: RunFacts) -> str:
    known = all(trait.n_eff is not None for trait in facts.study.members)
    effect = "z / √N_eff" if known else "z / √N_eff where N_eff is known, else z / SD(z)"
    return (
        f"Direction in each trait. The effect of a gene is {effect}, centred on the mean over all"
        " tested genes of the trait; the activity of a pathway is the mean of role × effect over"
        " its tested members, a sum of contributions of LD blocks. Under the null of no net"
        " direction each block is as likely to push up as down: two-sided p-values come from the"
        " sign-flip distribution of the block contributions [@fisher1935], exact for few blocks"
        " [@horowitz1974], by inversion of its characteristic function or saddlepoint"
        " approximation for many [@davies1973; @daniels1987]. Standard errors are cluster-robust"
        " (CR2) over blocks [@bell2002]; 95 % intervals invert the sign-flip test [@hartigan1969]."
        f" Pathways whose smallest attainable p exceeds {ALPHA} are untestable. q-values are"
        " Benjamini–Hochberg [@benjamini1995] within collection and trait: the combined scope is"
        " one family, all tissues and groups of tissues together are another; the same holds for"
        " pairs."
    )


def _pairs(facts: RunFacts) -> str:
    pairs = facts.study.pairs
    text = (
        "Divergence. Pairs of traits were compared on the genes of both"
        f" ({'; '.join(_pair(pair) for pair in pairs)}). For each pathway four one-sided"
        " hypotheses (up or down in either trait) were judged together over all pathways of the"
        " collection. Their false discovery rate is estimated: AdaFilter [@wang2022] counts the"
        " pathways without direction in one trait, and a further term those without direction in"
        " both whose chance direction the second trait repeats, from the correlation of the two"
        " activities of each pathway under joint flips of its blocks. The p-values of this estimate"
        " take the variance of an activity from the whole genome and the pathway itself, moderated"
        " as in [@smyth2004]; they are right on average over pathways and are not printed. A"
        f" pathway is called opposite or concordant at an estimated rate (q_call) up to {ALPHA} if"
        f" its sign-flip p is at most {ALPHA} in both traits too. Printed p-values and intervals"
        " are exact if block contributions are as likely to push up as down; the call is a property"
        " of the list, not of one pathway."
    )
    if any(pair.effect_scale == "per_sqrt_n" for pair in pairs):
        text += (
            " The difference of activities was tested by the same sign flips; it concerns strength,"
            " not direction, and a pathway is called unequal only where it also holds after scaling"
            " for the genome-wide strength of each trait."
        )
    else:
        text += " Without sample sizes strengths cannot be compared, and no difference was tested."
    if "bound_opposite" in facts.columns:
        text += (
            " From the 95 % intervals of both activities follows how large the smaller of two"
            " opposite, or of two concordant, activities can still be."
        )
    if "p_excess" in facts.columns:
        text += (
            " The excess of a pathway over what the genome-wide correlation of the traits predicts"
            " was tested over the range of that expectation."
        )
    if "p_anticorrelated" in facts.columns:
        text += (
            " Gene-wise discordance was tested by sign flips of block sums of products of z-scores"
            " (the largest p of four scores, none of which uses the sample overlap)."
        )
    assumed = sorted({what for pair in pairs for what in pair.assumed})
    if assumed:
        text += (
            f" Assumed, since not given: {names.listing(assumed)} (LD-score intercepts 1 for a"
            " trait, 0 for a pair)."
        )
    return text


def _pair(pair: PairSummary) -> str:
    r = number(pair.correlation, 2) if np.isfinite(pair.correlation) else "unknown"
    given = "" if pair.overlap is None else f", bivariate LD-score intercept {number(pair.overlap)}"
    return (
        f"{names.clean(pair.a)} and {names.clean(pair.b)}: {pair.n_genes:,} genes in"
        f" {pair.n_blocks:,} LD blocks, correlation of effects {r}{given}"
    )


def _further(facts: RunFacts) -> str:
    found = []
    if "p_magnitude" in facts.columns:
        found.append(
            "Whether a pathway is involved in any direction was tested by the weighted sum of |z|"
            " against all rotations of the genome [@cabrera2012]."
        )
    if "fwer_direction" in facts.columns and facts.parameters.flips:
        found.append(
            "Family-wise p-values come from the largest standardised activity of"
            f" {facts.parameters.flips:,} joint sign flips [@westfall1993], over all pathways and"
            " scopes of a trait (activities) or a pair (differences); they do not cover the"
            " directional call."
        )
    if "p_robust" in facts.columns:
        found.append("Robust p-values use tanh(z/2) in the place of z.")
    if "detectable_effect" in facts.columns:
        found.append(
            "Detectable effects are for 80 % power, with the risks of exaggeration and of a wrong"
            " sign at that power [@gelman2014]."
        )
    if "nes" in facts.columns:
        found.append(
            "GSEA (prerank) [@subramanian2005; @fang2023] was run per trait on the effects with"
            " members oriented by role; its p-values permute gene labels, ignore LD and enter no"
            " call."
        )
    if "balance" in facts.tables:
        found.append(
            "The stress–reserve balance is a weighted sum of activities, after the model of"
            " [@cheung2026], which is a hypothesis."
        )
    if "fwer" in facts.columns:
        found.append(
            "It was formed in each circuit, a named group of GTEx tissues, of which the files have"
            " a tissue. Family-wise p-values over the circuits, and over their differences within a"
            " trait, come from sign flips that a locus shares between circuits; differences of"
            " circuits use the mean z of their tissues on the genes of both."
        )
    return " ".join(["Further tests.", *found]) if found else ""


def _robustness(facts: RunFacts) -> str:
    found = []
    if "influence" in facts.tables:
        found.append(
            "Each LD block of each called pathway, and known long-range regions, were left out in"
            " turn."
        )
    if "overlap" in facts.tables:
        found.append("Called pathways were tested again without the genes of other called ones.")
    if "sensitivity" in facts.tables:
        found.append(
            "The analysis was repeated with other LD blocks, without roles, without the MHC and"
            " with stricter selections of models, where the files allow it."
        )
    if "hypotheses" in facts.tables:
        found.append(
            "Directional predictions registered beforehand were tested one-sided in both"
            " directions, Holm-corrected [@holm1979] over twice their number."
        )
    return " ".join(["Sensitivity.", *found]) if found else ""


def _software(facts: RunFacts) -> str:
    listed = [f"{name} {version}" for name, version in facts.study.versions.items()]
    return f"Software. {', '.join(listed)}. Seed {facts.parameters.seed}."
