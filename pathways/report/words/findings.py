"""Sentences: the question, what was found, and what no reader should conclude.

No sentence claims causation, and none says that a pathway matters in one disease only: a p-value
above 0.05 in the smaller study says how small the study is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pathways.calls.reasons import against_genome
from pathways.calls.vocabulary import BY_WORD, DIRECTIONAL, LOUD, READING
from pathways.report.pages.selection import Row, Selection
from pathways.report.words import bounds, names
from pathways.report.words.directions import direction, each, is_clear, of_call
from pathways.report.words.numbers import as_float, number, p_value
from pathways.report.words.seen import seen
from twas.quality import QualityReport

__all__ = [
    "CALL_MEANINGS",
    "LIMITATIONS",
    "SIMULATED",
    "TRAIT_MEANING",
    "Finding",
    "by_themselves",
    "called_by_name",
    "counts",
    "counts_in_words",
    "definitions",
    "estimate",
    "findings",
    "findings_of",
    "headline",
    "limitations",
    "own_directions",
    "pair_sentence",
    "question",
    "reading",
    "seen",
    "trait_sentence",
]

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
    own
        The direction that each trait has by itself: ``down in BIP (q 0.02); OCD cannot tell``.
    """

    pathway: str
    title: str
    calls: tuple[tuple[str, str], ...]
    sentence: str
    numbers: tuple[str, ...]
    own: str


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


def definitions(pairs: Iterable[object]) -> tuple[tuple[str, str], ...]:
    """``(call, meaning)`` of every call that can be used; of a run without pairs the directions."""
    if list(pairs):
        return tuple(CALL_MEANINGS.items())
    return (
        ("up, down", TRAIT_MEANING),
        ("undetermined", "The data cannot tell in which direction."),
        ("untestable", BY_WORD["untestable"].meaning),
    )


def findings(chosen: Selection) -> tuple[Finding, ...]:
    """What was found, a finding per pathway shown."""
    return tuple(findings_of(chosen, pathway) for pathway in chosen.pathways)


def counts(chosen: Selection) -> dict[str, int]:
    """Number of pathways (times pairs) of each call, over all pathways of the collection."""
    found = Counter(str(row["call"]) for row in chosen.divergence.values())
    return {call.word: found[call.word] for call in READING if found[call.word]}


def counts_in_words(found: dict[str, int]) -> str:
    """``1 opposite, 2 unequal (in strength, not in direction), 2 undetermined``."""
    note = {"unequal": " (in strength, not in direction)"}
    return ", ".join(f"{n:,} {call}{note.get(call, '')}" for call, n in found.items())


def headline(chosen: Selection) -> str:
    """The answer of one collection in a few sentences: calls, and what is left open without one."""
    n = chosen.n_pathways
    of = f"Of {n:,} pathways" if n > 1 else "Of one pathway"
    if not chosen.pairs:
        return _one_trait_headline(chosen, of)
    found = counts(chosen)
    if len(chosen.pairs) > 1:
        of += f" in {len(chosen.pairs)} pairs of traits"
    text = f"{of}: {counts_in_words(found)}."
    if sum(found.get(call, 0) for call in LOUD):
        return text
    text += (
        " No pathway is shown to have opposite or shared directions: the data cannot tell."
        " This is not evidence of no difference"
    )
    left = bounds.in_short(list(chosen.divergence.values()))
    return f"{text}: {left}." if left else f"{text}."


def called_by_name(chosen: Selection, most: int = 3, letters: int = 120) -> str:
    """``Complement is concordant (ALS up, FTD up); ...``; "" without such calls.

    Parameters
    ----------
    chosen
        A collection.
    most, letters
        Pathways named, those of smallest q, and about how long that may be; more are counted.
    """
    rows = [row for row in chosen.divergence.values() if row["call"] in LOUD]
    if not rows:
        return ""
    rows.sort(key=lambda row: as_float(row["q_call"]))
    told = []
    for row in rows[:most]:
        pair = (str(row["trait_a"]), str(row["trait_b"]))
        which = f" in {pair[0]} / {pair[1]}" if len(chosen.pairs) > 1 else ""
        ways = ", ".join(f"{trait} {way}" for trait, way in of_call(row).items())
        how = f" ({ways})" if row["call"] in DIRECTIONAL else ""
        told.append(f"{chosen.title(row['pathway'])} is {row['call']}{which}{how}")
        if sum(map(len, told)) > letters:
            del told[max(len(told) - 1, 1) :]
            break
    more = f"; {len(rows) - len(told):,} more below" if len(rows) > len(told) else ""
    return f"{'; '.join(told)}{more}."


def _one_trait_headline(chosen: Selection, of: str) -> str:
    clear = sum(is_clear(row) for row in chosen.directions.values())
    if chosen.n_pathways == 1:
        found = "has a direction." if clear else "has no direction that the data can show."
        return f"The one pathway {found}{'' if clear else _not_none(chosen)}"
    tested = sum(np.isfinite(as_float(r["q_direction"])) for r in chosen.directions.values())
    text = f"{of}, {tested:,} could be tested and {clear:,} have a direction."
    return text if clear else f"{text} The data cannot tell.{_not_none(chosen)}"


def _not_none(chosen: Selection) -> str:
    left = bounds.excluded(list(chosen.directions.values()))
    return f" This is not evidence of no effect{f': {left}' if left else ''}."


def findings_of(chosen: Selection, pathway: str) -> Finding:
    """What was found for one pathway."""
    rows = [row for t in chosen.traits if (row := chosen.directions.get((pathway, t)))]
    pairs = [row for pair in chosen.pairs if (row := chosen.divergence.get((pathway, *pair)))]
    if pairs:
        calls = tuple((f"{r['trait_a']} / {r['trait_b']}", str(r["call"])) for r in pairs)
        sentence = _pair_sentences(pairs, rows)
    else:
        calls = calls_of(chosen, pathway)
        sentence = " ".join(trait_sentence(row) for row in rows)
    return Finding(
        pathway=pathway,
        title=chosen.title(pathway),
        calls=calls,
        sentence=sentence,
        numbers=tuple(
            f"{trait}: {estimate(chosen, row)}" for trait, row in chosen.shown(pathway).items()
        ),
        own=each(rows),
    )


def _pair_sentences(rows: list[Row], own: list[Row]) -> str:
    """A sentence per pair, pairs that cannot be told apart share one; then each trait's own."""
    open_ones = [row for row in rows if row["call"] == "undetermined"]
    if len(rows) == 1 or len(open_ones) < 2:
        told = [pair_sentence(row) for row in rows]
    else:
        told = [pair_sentence(row) for row in rows if row["call"] != "undetermined"]
        every = len(open_ones) == len(rows)
        which = "any two of the traits share a direction" if every else "these share a direction"
        told.append(f"Undetermined: the data cannot tell whether {which}: {_each(open_ones)}.")
    return " ".join([*told, own_directions(rows, own)]).rstrip()


def _each(rows: list[Row]) -> str:
    """Pairs, each with what its bounds leave open."""
    pairs = ((f"{row['trait_a']} and {row['trait_b']}", bounds.in_short([row])) for row in rows)
    return "; ".join(f"{pair}: {left}" if left else pair for pair, left in pairs)


def own_directions(pairs: Iterable[Row], own: Iterable[Row]) -> str:
    """Directions that traits have by themselves, where no call of a pair says them; else ""."""
    said = {
        str(row[side])
        for row in pairs
        if row["call"] in DIRECTIONAL
        for side in ("trait_a", "trait_b")
    }
    left = [row for row in own if str(row["trait"]) not in said]
    if not any(map(is_clear, left)):
        return ""
    text = each(left)
    return f"Each trait by itself: {text}."


def by_themselves(chosen: Selection, most: int = 3) -> str:
    """Directions of single traits in pathways whose pairs have no call of directions; else "".

    Parameters
    ----------
    chosen
        A collection.
    most
        Pathways named, those of smallest q; more are counted.
    """
    clear: dict[str, float] = {}
    for (pathway, _), row in chosen.directions.items():
        if chosen.pairs and is_clear(row) and not chosen.has(pathway, DIRECTIONAL):
            q = as_float(row["q_direction"])
            clear[pathway] = min(clear.get(pathway, np.inf), q)
    if not clear:
        return ""
    told = []
    for pathway in sorted(clear, key=lambda name: clear[name])[:most]:
        given = (chosen.directions.get((pathway, trait)) for trait in chosen.traits)
        rows = [row for row in given if row]
        told.append(f"{chosen.title(pathway)}: {each(rows)}")
    more = f"; {len(clear) - most:,} more pathways: directions.tsv" if len(clear) > most else ""
    return f"Each trait by itself: {'. '.join(told)}{more}."


def calls_of(chosen: Selection, pathway: str) -> tuple[tuple[str, str], ...]:
    """Trait and direction in each trait, for people."""
    rows = [row for t in chosen.traits if (row := chosen.directions.get((pathway, t)))]
    return tuple((str(row["trait"]), direction(row)) for row in rows)


def estimate(chosen: Selection, row: Row) -> str:
    """Activity and interval of one row of ``directions``."""
    value = chosen.scale.text(row["activity"])
    interval = chosen.scale.interval(row["ci_low"], row["ci_high"])
    if not value:
        return "no activity (no tested gene with a known role)"
    return f"{value} ({interval})" if interval else f"{value} (no interval: too few loci)"


def trait_sentence(row: Row) -> str:
    """What one row of ``directions`` says."""
    found = direction(row)
    if found == "untestable":
        return f"Untestable: {row['reason']}."
    if found == "undetermined":
        left = bounds.excluded([row])
        return "Undetermined: the data cannot tell in which direction" + (
            f"; {left}." if left else "."
        )
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
    text = bounds.still_possible(row)
    return f" {text}" if text else ""


def _excess(row: Row) -> str:
    """What stands beside every concordant call, where it was tested."""
    q = as_float(row.get("q_excess"))
    first = " Correlated traits repeat each other's chance directions"
    if not np.isfinite(q):
        return f"{first}; against the genome-wide correlation this was not tested."
    beyond = as_float(row["excess"]) * np.sign(as_float(row["activity_a"]))
    how = against_genome(q, beyond)
    return f"{first}: this is {how} than the genome-wide correlation predicts (q = {p_value(q)})."


def reading(chosen: Selection) -> str:
    """How to read an activity."""
    scale = chosen.scale
    text = (
        "The activity of a pathway is the mean over its tested members of role × association:"
        " above zero, genetically higher activity goes with higher risk. Brackets hold the 95 %"
        " interval."
    )
    if len(chosen.pairs) == 1 and chosen.on_common_genes(chosen.pairs[0]):
        text += " Beside a call activities are on the genes of both traits, as the call is."
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
