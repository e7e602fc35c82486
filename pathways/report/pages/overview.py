"""The two tables with a row per pathway that a report opens with: the answer, and the coverage.

The answer has a line for the pathways without a call. Coverage is what of each pathway was tested,
and which hub genes have no model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import CALLED, READING
from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, rank
from pathways.report.words import names
from pathways.report.words.findings import Finding
from pathways.report.words.numbers import bound, count, p_value
from twas.study.universe import PER_SQRT_N

#: A collection of at most so many pathways has a row for each; a larger one for those with a call.
EVERY = 12
#: Rows at most; the tables have all.
MOST = 60
#: Status of a member that was tested.
TESTED = "tested"
#: Pairs whose calls all stand in a row.
_PAIRS = 3


@dataclass(frozen=True)
class AnswerRow:
    """One pathway: where its section is ("" if it has none), calls, and cells as text."""

    title: str
    anchor: str
    calls: tuple[tuple[str, str], ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The table: headings after those of pathway and call, rows, and what is in no row.

    ``bounds`` says what the bounds of the one pair are; "" where there are none.
    """

    headings: tuple[str, ...]
    rows: tuple[AnswerRow, ...]
    rest: str
    bounds: str = ""


def answer(
    chosen: Selection, findings: Mapping[str, Finding], anchors: Mapping[str, str]
) -> Answer:
    """The first table of a collection.

    Parameters
    ----------
    chosen
        The collection.
    findings
        What was found for each pathway that is shown or has a call.
    anchors
        Pathway → its section of the page.
    """
    every = chosen.n_pathways <= EVERY
    rest = [p for p in chosen.pathways if p not in chosen.called]
    shown = [*chosen.called, *(rest if every else ())][:MOST]
    return Answer(
        headings=_headings(chosen),
        rest=_rest(chosen, shown),
        bounds=_unit_of_bounds(chosen) if len(chosen.pairs) == 1 else "",
        rows=tuple(_row(chosen, findings[p], anchors.get(p, "")) for p in shown),
    )


def _headings(chosen: Selection) -> tuple[str, ...]:
    unit = chosen.scale.prefix.replace(" ", "\u00a0")
    heads = [f"{chosen.short[t]} {unit} (95 % interval)" for t in chosen.traits]
    if not chosen.pairs:
        return (*heads, "q", "genes", "loci")
    bounds = ("if opposite, weaker effect below", "if shared, below")
    return (*heads, "q of the call", *(bounds if len(chosen.pairs) == 1 else ()))


def _row(chosen: Selection, finding: Finding, anchor: str) -> AnswerRow:
    estimates = dict(finding.estimates)
    cells = [estimates.get(trait, "") for trait in chosen.traits]
    pairs = chosen.both[finding.pathway]
    calls = finding.calls
    if chosen.pairs:
        calls = _calls(finding) if pairs else ()
        cells += [p_value(min((row["q_call"] for row in pairs), key=rank, default=np.nan))]
        if len(chosen.pairs) == 1:
            ends = [row[f"bound_{way}"] for row in pairs for way in ("opposite", "concordant")]
            cells += [bound(end, pairs[0]["effect_scale"]) for end in ends] or ["", ""]
    else:
        row = chosen.own[finding.pathway][0]
        cells += [p_value(row["q_direction"]), count(row["n_tested"]), count(row["n_blocks"])]
    return AnswerRow(finding.title, anchor, calls, tuple(cells))


def _calls(finding: Finding) -> tuple[tuple[str, str], ...]:
    """The call of each pair; of many pairs those that are called, else one word for all."""
    if len(finding.calls) == 1:
        return (("", finding.calls[0][1]),)
    if len(finding.calls) <= _PAIRS:
        return finding.calls
    called = [(who, call) for who, call in finding.calls if call in CALLED]
    left = len(finding.calls) - len(called)
    return (*called, *([(f"{left} pairs", "no call")] if left else []))


def _unit_of_bounds(chosen: Selection) -> str:
    """The scale of a pair may be another than that of its traits: without a tissue in common."""
    scales = {str(row["effect_scale"]) for row in chosen.divergence.values()}
    if scales == {PER_SQRT_N}:
        return "change of the odds per SD of predicted expression"
    return "each trait in SD of its own z" if scales else ""


def _rest(chosen: Selection, shown: list[str]) -> str:
    """Pathways that have no row, in one line, by call."""
    told = set(shown)
    if chosen.pairs:
        words = Counter(
            str(row["call"]) for (p, *_), row in chosen.divergence.items() if p not in told
        )
        parts = [f"{words[c.word]:,} {c.word}" for c in READING if words[c.word]]
    else:
        left = len({p for p, _ in chosen.directions} - told)
        parts = [f"{left:,} cannot be told"] if left else []
    return f"{', '.join(parts)}." if parts else ""


@dataclass(frozen=True)
class Coverage:
    """Coverage of one pathway.

    Attributes
    ----------
    pathway, title
        Its name in the tables, and for people.
    n_set
        Members in the collection.
    tested
        ``(trait or pair in words, genes tested, LD blocks)``.
    hubs
        Hub genes that are not tested in every trait, each with its status.
    others
        The other members that are not tested in every trait, by status.
    """

    pathway: str
    title: str
    n_set: int
    tested: tuple[tuple[str, float, float], ...]
    hubs: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]


def coverage(results: RunTables, chosen: Selection) -> tuple[Coverage, ...]:
    """Coverage of each pathway shown, in the order of `chosen`."""
    table = results.coverage
    table = table[(table["collection"] == chosen.collection) & (table["status"] != TESTED)]
    table = table[table["pathway"].isin(chosen.pathways)]
    missing = {str(name): part for name, part in table.groupby("pathway")}
    return tuple(_of(chosen, pathway, missing.get(pathway)) for pathway in chosen.pathways)


def _of(chosen: Selection, pathway: str, missing: pd.DataFrame | None) -> Coverage:
    status = {} if missing is None else dict(zip(missing["gene"], missing["status"], strict=True))
    hubs = [gene for gene in names.hubs(pathway, chosen.collection) if gene in status]
    others: dict[str, list[str]] = {}
    for gene, why in status.items():
        if gene not in hubs:
            others.setdefault(str(why), []).append(str(gene))
    return Coverage(
        pathway=pathway,
        title=chosen.titles[pathway],
        n_set=int(chosen.own[pathway][0]["n_set"]),
        tested=tuple(_tested(chosen, pathway)),
        hubs=tuple((gene, str(status[gene])) for gene in hubs),
        others=tuple((why, tuple(genes)) for why, genes in others.items()),
    )


def _tested(chosen: Selection, pathway: str) -> list[tuple[str, float, float]]:
    rows = [(str(row["trait"]), row) for row in chosen.own[pathway]]
    rows += [(f"{row['trait_a']} and {row['trait_b']}", row) for row in chosen.both[pathway]]
    same: dict[tuple[float, float], list[str]] = {}
    for name, row in rows:
        same.setdefault((row["n_tested"], row["n_blocks"]), []).append(name)
    if len(same) == 1 and len(rows) > 3:
        return [("each trait and pair", *numbers) for numbers in same]
    return [("; ".join(who), *numbers) for numbers, who in same.items()]


def missing_hubs(covered: tuple[Coverage, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """``(title, hub genes without a model in any table)`` of the pathways that lack some."""
    found = []
    for row in covered:
        genes = tuple(gene for gene, why in row.hubs if not why.startswith(TESTED))
        if genes:
            found.append((row.title, genes))
    return tuple(found)
