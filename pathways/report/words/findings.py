"""What was found in one pathway, in sentences: its calls, directions and estimates.

No sentence claims causation, and none says that a pathway matters in one disease only: a p-value
above 0.05 in the smaller study says how small the study is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pathways.calls.reasons import against_genome
from pathways.calls.vocabulary import BY_WORD, DIRECTIONAL
from pathways.report.selection import Selection, is_clear
from pathways.report.words.numbers import Row, excluded, in_short, p_value, still_possible

#: What is said of a trait without a direction.
_OPEN = {"undetermined": "cannot tell", "untestable": "is untestable"}


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
    estimates
        ``(trait, activity and interval)`` of each trait, beside a call on the genes of both.
    """

    pathway: str
    title: str
    calls: tuple[tuple[str, str], ...]
    sentence: str
    estimates: tuple[tuple[str, str], ...]


def findings(chosen: Selection) -> dict[str, Finding]:
    """Pathway → what was found, of the pathways shown and of those with a call."""
    every = dict.fromkeys([*chosen.called, *chosen.pathways])
    return {pathway: finding_of(chosen, pathway) for pathway in every}


def finding_of(chosen: Selection, pathway: str) -> Finding:
    """What was found for one pathway."""
    own = chosen.own[pathway]
    pairs = chosen.both[pathway]
    estimates = tuple((t, estimate(chosen, row)) for t, row in chosen.shown[pathway].items())
    if pairs:
        calls = tuple((f"{r['trait_a']} / {r['trait_b']}", str(r["call"])) for r in pairs)
        sentence = _pair_sentences(pairs, own)
    else:
        calls = tuple((str(row["trait"]), str(row["direction"])) for row in own)
        sentence = " ".join(trait_sentence(row) for row in own)
    return Finding(
        pathway=pathway,
        title=chosen.titles[pathway],
        calls=calls,
        sentence=sentence,
        estimates=estimates,
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
    pairs = ((f"{row['trait_a']} and {row['trait_b']}", in_short([row])) for row in rows)
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
    return f"Each trait by itself: {each(left)}."


def estimate(chosen: Selection, row: Row) -> str:
    """Activity and interval of one row of ``directions``."""
    value = chosen.scale.text(row["activity"])
    interval = chosen.scale.interval(row["ci_low"], row["ci_high"])
    if not value:
        return "no activity (no tested gene with a known role)"
    return f"{value} ({interval})" if interval else f"{value} (no interval: too few loci)"


def trait_sentence(row: Row) -> str:
    """What one row of ``directions`` says."""
    found = row["direction"]
    if found == "untestable":
        return f"Untestable: {row['reason']}."
    if found == "undetermined":
        left = excluded([row])
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
    signs = [risk.get(float(np.sign(row[c])), "no") for c in ("activity_a", "activity_b")]
    left = still_possible(row)  # where no direction of both is established
    return call.sentence.format(
        a=row["trait_a"],
        b=row["trait_b"],
        risk_a=signs[0],
        risk_b=signs[1],
        q=p_value(row["q_call"]),
        reason=row["reason"],
        excess=_excess(row),
        open=f" {left}" if left else "",
    )


def _excess(row: Row) -> str:
    """What stands beside every concordant call, where it was tested."""
    q = row["q_excess"]
    first = " Correlated traits repeat each other's chance directions"
    if not np.isfinite(q):
        return f"{first}; against the genome-wide correlation this was not tested."
    beyond = row["excess"] * np.sign(row["activity_a"])
    how = against_genome(q, beyond)
    return f"{first}: this is {how} than the genome-wide correlation predicts (q = {p_value(q)})."


def each(rows: Iterable[Row]) -> str:
    """Directions of several traits: ``down in BIP (q 0.02); OCD cannot tell``."""
    listed = list(rows)
    clear = [
        f"{row['direction']} in {row['trait']} (q {p_value(row['q_direction'])})"
        for row in listed
        if is_clear(row)
    ]
    rest = [f"{row['trait']} {_OPEN[row['direction']]}" for row in listed if not is_clear(row)]
    return "; ".join([*clear, *rest])
