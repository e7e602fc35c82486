"""Sentences: the question, what was found, and what no reader should conclude.

No sentence claims causation, and none says that a pathway matters in one disease only: a p-value
above 0.05 in the smaller study says how small the study is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pathways.calls.vocabulary import BY_WORD, LOUD, READING, WORDS
from pathways.calls.words import ALPHA, against_genome
from pathways.report.pages.selection import Row, Selection
from pathways.report.words import names
from pathways.report.words.bounds import still_possible
from pathways.report.words.numbers import as_float, number, p_value
from twas.quality import QualityReport

#: What each call means, in a sentence or two.
CALL_MEANINGS = {call.word: call.meaning for call in READING}

#: Said in every report.
LIMITATIONS = (
    "These are associations. They do not show that a change in a pathway leads to disease, or that"
    " a drug acting on it would help.",
    "Predicted gene expression is not pathway activity: what higher expression of a gene does to"
    " its pathway (its role, +1 or −1) is an assumption from annotation.",
    "The traits share the models that predict expression from genotype. Where a model is wrong it"
    " is wrong in all of them, which makes directions look more alike than they are.",
    "Ancestry, genome build and strand of the association study and of the expression models must"
    " match; the test cannot see where they do not.",
    "The expression models are of bulk tissue: opposite changes in neurons and glia can cancel.",
    "A pathway without a call is not a pathway without an effect; the smaller study sets what can"
    " be seen.",
    "Every p-value and interval takes a locus to be as likely to push up as down with the same"
    " force. No single pathway can show that; the skew over the whole genome can.",
)
#: Topics of the facts that tell how far the last of them holds.
_SYMMETRY = ("symmetry", "asymmetric")

#: Said in a report of simulated data.
SIMULATED = (
    "The data of this report were made by a simulator to show the program. Nothing here is a"
    " finding about any disease."
)

TRAIT_MEANING = (
    "A direction is stated where the activity differs from zero at a false discovery rate of 5 %"
    " within the collection; otherwise the data cannot tell."
)


def limitations(quality: QualityReport) -> tuple[str, ...]:
    """What no reader should conclude, with what the run says of its one assumption."""
    seen = [f"{f.source}: {f.message}." for f in quality.facts if f.topic in _SYMMETRY]
    return (*LIMITATIONS, *seen)


@dataclass(frozen=True)
class Finding:
    """What was found for one pathway.

    Attributes
    ----------
    pathway, title
        Its name in the tables, and for people.
    calls
        ``(pair in words, call)`` of each pair; of one trait ``(trait, direction)``.
    sentence
        The finding in words.
    numbers
        Activity and interval of each trait.
    """

    pathway: str
    title: str
    calls: tuple[tuple[str, str], ...]
    sentence: str
    numbers: tuple[str, ...]


def question(traits: tuple[str, ...]) -> str:
    """What the run asks, as one question."""
    shown = [names.shorten(name) for name in traits]
    if len(shown) == 1:
        return (
            "Is genetically predicted activity of a pathway associated with the risk of"
            f" {shown[0]}, and in which direction?"
        )
    which = " and ".join(shown) if len(shown) == 2 else "any two of " + names.listing(shown)
    return (
        f"Do {which} push a biological pathway in opposite directions, and is the evidence good"
        " enough to say so?"
    )


def findings(chosen: Selection) -> tuple[Finding, ...]:
    """What was found, a finding per pathway shown."""
    return tuple(_finding(chosen, pathway) for pathway in chosen.pathways)


def counts(chosen: Selection) -> dict[str, int]:
    """Number of pathways (times pairs) of each call, over all pathways of the collection."""
    found = Counter(str(row["call"]) for row in chosen.divergence.values())
    return {call: found[call] for call in WORDS if found[call]}


def headline(chosen: Selection) -> str:
    """The answer of one collection in one or two sentences."""
    n = chosen.n_pathways
    of = f"Of {n:,} pathways" if n > 1 else "Of one pathway"
    if not chosen.pairs:
        return _one_trait_headline(chosen, of)
    found = counts(chosen)
    if len(chosen.pairs) > 1:
        of += f" in {len(chosen.pairs)} pairs of traits"
    parts = [f"{found[call]:,} {call}" for call in WORDS if call in found]
    called = sum(found.get(call, 0) for call in LOUD)
    text = f"{of}: {', '.join(parts)}."
    if not called:
        text += (
            " No pathway is shown to have opposite or shared directions: the data cannot tell."
            " This is not evidence of no difference."
        )
    return text


def _one_trait_headline(chosen: Selection, of: str) -> str:
    clear = sum(_is_clear(row) for row in chosen.directions.values())
    if chosen.n_pathways == 1:
        found = "has a direction." if clear else "has no direction that the data can show."
        return f"The one pathway {found}" + ("" if clear else " This is not evidence of no effect.")
    tested = sum(np.isfinite(as_float(r["q_direction"])) for r in chosen.directions.values())
    text = f"{of}, {tested:,} could be tested and {clear:,} have a direction."
    if not clear:
        text += " The data cannot tell. This is not evidence of no effect."
    return text


def _is_clear(row: Row) -> bool:
    return as_float(row["q_direction"]) <= ALPHA


def _finding(chosen: Selection, pathway: str) -> Finding:
    rows = [row for t in chosen.traits if (row := chosen.directions.get((pathway, t)))]
    pairs = [row for pair in chosen.pairs if (row := chosen.divergence.get((pathway, *pair)))]
    if pairs:
        calls = tuple((f"{r['trait_a']} / {r['trait_b']}", str(r["call"])) for r in pairs)
        sentence = _pair_sentences(pairs)
    else:
        calls = calls_of(chosen, pathway)
        sentence = " ".join(trait_sentence(row) for row in rows)
    return Finding(
        pathway=pathway,
        title=names.title(pathway, chosen.collection),
        calls=calls,
        sentence=sentence,
        numbers=tuple(f"{row['trait']}: {estimate(chosen, row)}" for row in rows),
    )


def _pair_sentences(rows: list[Row]) -> str:
    """A sentence per pair; pairs that cannot be told apart share one."""
    open_ones = [row for row in rows if row["call"] == "undetermined"]
    if len(open_ones) < 2:
        return " ".join(pair_sentence(row) for row in rows)
    told = [pair_sentence(row) for row in rows if row["call"] != "undetermined"]
    pairs = "; ".join(f"{row['trait_a']} and {row['trait_b']}" for row in open_ones)
    which = (
        "any two of the traits share a direction"
        if len(open_ones) == len(rows)
        else f"these share a direction: {pairs}"
    )
    return " ".join([*told, f"Undetermined: the data cannot tell whether {which}."])


def calls_of(chosen: Selection, pathway: str) -> tuple[tuple[str, str], ...]:
    """Trait and direction in each trait, for people."""
    rows = [row for t in chosen.traits if (row := chosen.directions.get((pathway, t)))]
    return tuple((str(row["trait"]), _direction(row)) for row in rows)


def estimate(chosen: Selection, row: Row) -> str:
    """Activity and interval of one row of ``directions``."""
    value = chosen.scale.text(row["activity"])
    interval = chosen.scale.interval(row["ci_low"], row["ci_high"])
    if not value:
        return "no activity (no tested gene with a known role)"
    return f"{value} ({interval})" if interval else f"{value} (no interval: too few loci)"


def _direction(row: Row) -> str:
    if not np.isfinite(as_float(row["q_direction"])):
        return "untestable"
    if not _is_clear(row):
        return "undetermined"
    return "up" if as_float(row["activity"]) > 0 else "down"


def trait_sentence(row: Row) -> str:
    """What one row of ``directions`` says."""
    found = _direction(row)
    if found == "untestable":
        return f"Untestable: {row['reason']}."
    if found == "undetermined":
        return "Undetermined: the data cannot tell in which direction."
    higher = "higher" if found == "up" else "lower"
    return (
        f"Genetically higher predicted activity is associated with {higher} risk of"
        f" {row['trait']} (q = {p_value(row['q_direction'])})."
    )


def pair_sentence(row: Row) -> str:
    """What one row of ``divergence`` says."""
    call = BY_WORD[str(row["call"])]
    risk = {1.0: "higher", -1.0: "lower"}
    signs = [risk.get(float(np.sign(as_float(row[c]))), "no") for c in ("activity_a", "activity_b")]
    return call.sentence.format(
        a=row["trait_a"],
        b=row["trait_b"],
        risk_a=signs[0],
        risk_b=signs[1],
        q=p_value(row["q_call"]),
        reason=row["reason"],
        excess=_excess(row),
        open=_open(row),
    )


def _open(row: Row) -> str:
    """What is still possible, where no direction of both is established."""
    text = still_possible(row)
    return f" {text}" if text else ""


def _excess(row: Row) -> str:
    """What stands beside every concordant call, where it was tested."""
    p = as_float(row.get("p_excess"))
    first = " Correlated traits repeat each other's chance directions"
    if not np.isfinite(p):
        return f"{first}; against the genome-wide correlation this was not tested."
    beyond = as_float(row["excess"]) * np.sign(as_float(row["activity_a"]))
    how = against_genome(p, beyond)
    return f"{first}: this is {how} than the genome-wide correlation predicts (p = {p_value(p)})."


def seen(chosen: Selection) -> tuple[str, ...]:
    """What size of effect could have been seen, a sentence per trait."""
    return tuple(s for trait in chosen.traits if (s := _seen_of(chosen, trait)))


def _seen_of(chosen: Selection, trait: str) -> str:
    rows = [row for (_, t), row in chosen.directions.items() if t == trait]
    known = [as_float(row.get("detectable_effect")) for row in rows]
    sizes = np.array([value for value in known if np.isfinite(value)])
    unit = chosen.scale.prefix
    if sizes.size:
        return (
            f"{trait}: an activity of {chosen.scale.text(np.median(sizes))} {unit} (median over"
            f" pathways; {_range(chosen, sizes)}) would have been detected at p < 0.05 with 80 %"
            " power."
        )
    halves = [(as_float(r["ci_high"]) - as_float(r["ci_low"])) / 2 for r in rows]
    sizes = np.array([value for value in halves if np.isfinite(value)])
    if not sizes.size:
        return f"{trait}: no pathway could be tested."
    return (
        f"{trait}: the 95 % interval reaches {chosen.scale.text(np.median(sizes))} {unit} to each"
        f" side of the estimate (median over pathways; {_range(chosen, sizes)}); activities smaller"
        " than that cannot be told from none."
    )


def _range(chosen: Selection, sizes: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return f"{chosen.scale.text(sizes.min())} to {chosen.scale.text(sizes.max())}"


def reading(chosen: Selection) -> str:
    """How to read an activity."""
    scale = chosen.scale
    text = (
        "The activity of a pathway is the mean over its tested members of role × association:"
        " above zero, genetically higher activity goes with higher risk. Brackets hold the 95 %"
        " interval."
    )
    if scale.effect_scale == "per_sqrt_n":
        percent = 100 * (np.exp(2 / scale.factor) - 1)
        return (
            f"{text} The unit is {scale.unit}: an activity of 1 means that the odds of disease"
            f" are {number(percent, 2)} % higher per SD of predicted expression of a typical member"
            " gene."
        )
    if scale.effect_scale == "unit":
        return (
            f"{text} The unit is {scale.unit} of each trait, for sample sizes were not given:"
            " sizes cannot be compared between traits."
        )
    return (
        f"{text} Traits with a known sample size are in half log-odds per SD of predicted"
        " expression, the others in SD of z: sizes cannot be compared between them."
    )
