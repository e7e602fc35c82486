"""The first table of the report: a row per pathway, and a line for those without a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pathways.calls.vocabulary import CALLED, READING
from pathways.report.pages.selection import Row, Selection
from pathways.report.words import findings, names
from pathways.report.words.bounds import percent
from pathways.report.words.numbers import as_float, count, number, p_value
from twas.study.universe import PER_SQRT_N

#: A collection of at most so many pathways has a row for each; a larger one for those with a call.
EVERY = 12
#: Rows at most; the tables have all.
MOST = 60
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


def answer(chosen: Selection, anchors: Mapping[str, str]) -> Answer:
    """The first table of a collection.

    Parameters
    ----------
    chosen
        The collection.
    anchors
        Pathway → its section of the page.
    """
    every = chosen.n_pathways <= EVERY
    rest = [p for p in chosen.pathways if p not in chosen.called]
    shown = [*chosen.called, *(rest if every else ())][:MOST]
    return Answer(
        headings=_headings(chosen),
        rows=tuple(_row(chosen, pathway, anchors.get(pathway, "")) for pathway in shown),
        rest=_rest(chosen, shown),
        bounds=_unit_of_bounds(chosen) if len(chosen.pairs) == 1 else "",
    )


def _headings(chosen: Selection) -> tuple[str, ...]:
    unit = chosen.scale.prefix.replace(" ", "\u00a0")
    heads = [f"{names.shorten(t, 24)} {unit} (95 % interval)" for t in chosen.traits]
    if not chosen.pairs:
        return (*heads, "q", "genes", "loci")
    bounds = ("if opposite, weaker effect below", "if shared, below")
    return (*heads, "q of the call", *(bounds if len(chosen.pairs) == 1 else ()))


def _row(chosen: Selection, pathway: str, anchor: str) -> AnswerRow:
    shown = chosen.shown(pathway)
    traits = [shown.get(trait) for trait in chosen.traits]
    cells = [findings.estimate(chosen, row) if row else "" for row in traits]
    pairs = [row for pair in chosen.pairs if (row := chosen.divergence.get((pathway, *pair)))]
    if not chosen.pairs:
        first = traits[0] or {}
        cells += [p_value(first.get("q_direction"))]
        cells += [count(first.get(name)) for name in ("n_tested", "n_blocks")]
        calls = findings.calls_of(chosen, pathway)
    else:
        calls = _calls(pairs)
        q = [as_float(row["q_call"]) for row in pairs]
        cells += [p_value(min((value for value in q if value == value), default=None))]
        if len(chosen.pairs) == 1:
            cells += [_bound(pairs, name) for name in ("opposite", "concordant")]
    return AnswerRow(chosen.title(pathway), anchor, calls, tuple(cells))


def _calls(pairs: list[Row]) -> tuple[tuple[str, str], ...]:
    """The call of each pair; of many pairs those that are called, else one word for all."""
    told = [(f"{row['trait_a']} / {row['trait_b']}", str(row["call"])) for row in pairs]
    if len(told) == 1:
        return (("", told[0][1]),)
    if len(told) <= _PAIRS:
        return tuple(told)
    called = [(who, call) for who, call in told if call in CALLED]
    left = len(told) - len(called)
    return (*called, *([(f"{left} pairs", "no call")] if left else []))


def _bound(pairs: list[Row], name: str) -> str:
    """How large the weaker effect can be, ``0.18 % odds per SD``; "" where nothing is known."""
    row = pairs[0] if pairs else {}
    value = as_float(row.get(f"bound_{name}"))
    if value != value:
        return ""
    if value == 0:
        return "excluded"
    return percent(value) if row["effect_scale"] == PER_SQRT_N else f"{number(value, 2)} SD"


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
