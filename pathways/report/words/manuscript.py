"""``methods.md`` and ``references.bib``: methods, results and limitations, ready for a paper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pathways.calls.vocabulary import CALLED
from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import Row, Selection, collections, is_control, select
from pathways.report.words import (
    bounds,
    facts,
    findings,
    methods,
    names,
    references,
    robustness,
)
from pathways.report.words.directions import direction, each, is_clear
from pathways.report.words.numbers import as_float
from pathways.report.words.predictions import predictions

#: Sets that are told one by one; more are counted.
MOST = 40


def manuscript(results: RunTables) -> dict[str, str]:
    """File name → text: Pandoc Markdown with citations, and the BibTeX entries it cites.

    Parameters
    ----------
    results
        A run.
    """
    paragraphs = methods.methods(facts.run_facts(results))
    parts = [
        *(
            ["**SIMULATED data: nothing here is a finding.**"]
            if results.parameters.simulated
            else []
        ),
        "# Methods",
        *map(_headed, paragraphs),
        "# Results",
        results_paragraph(results),
        "# Limitations",
        escape(" ".join(findings.limitations(results.quality))),
    ]
    entries = "\n".join(reference.bibtex for reference in references.cited(paragraphs))
    return {"methods.md": "\n\n".join(parts) + "\n", "references.bib": entries}


def _headed(paragraph: str) -> str:
    """Set the heading of a paragraph in bold; names cannot format or link."""
    heading, _, text = paragraph.partition(". ")
    return f"**{heading}.** {escape(text)}"


def escape(text: str) -> str:
    """Markdown in which names are inert: no HTML, links or emphasis; citations stay."""
    cleaned = names.clean(text)
    for sign in "\\`*_{}<>#|$~":
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return cleaned.replace("](", "]\\(").replace("![", "\\![")


def results_paragraph(results: RunTables) -> str:
    """What was found, in one paragraph in which no sentence stands twice."""
    order = sorted(collections(results), key=is_control)
    several = sum(not is_control(name) for name in order) > 1
    found: dict[str, None] = {}
    for name in order:
        chosen = select(results, name, most=len(results.directions))
        if is_control(name):
            found[robustness.controls(results, chosen)] = None
            continue
        told = [f"Collection {name}."] if several else []
        # What holds for a second collection too is said of it by name.
        fresh = dict.fromkeys(filter(None, _sentences(results, chosen)))
        told += [f"{t.removesuffix('.')} ({name})." if t in found else t for t in fresh]
        found |= dict.fromkeys([*told, findings.reading(chosen)])
    found |= dict.fromkeys(predictions(results))
    return escape(" ".join(found))


def _sentences(results: RunTables, chosen: Selection) -> list[str]:
    """Counts, calls, sets in which one trait alone has a direction, the rest by name."""
    headline = findings.headline(chosen)
    # Of several pairs each has bounds of its own; else those of the headline stand once.
    said = headline if len(chosen.pairs) < 2 else ""
    return [
        headline,
        *(_pairs(chosen, said) if chosen.pairs else _one_trait(chosen, said)),
        *findings.seen(chosen),
        *robustness.sensitivity(results, chosen),
    ]


def _one_trait(chosen: Selection, said: str) -> list[str]:
    rows = list(chosen.directions.values())
    clear = sorted(filter(is_clear, rows), key=lambda row: as_float(row["q_direction"]))
    told = [
        text
        for row in clear[:MOST]
        for text in (
            f"{_title(chosen, row)}: {findings.trait_sentence(row)}",
            _numbers(chosen, row),
        )
    ]
    rest = [row for row in rows if not is_clear(row)]
    return [*told, _more(len(clear)), *_rest(chosen, rest, "q_direction", direction, said)]


def _pairs(chosen: Selection, said: str) -> list[str]:
    found = []
    for pair in chosen.pairs:
        mine = [chosen.divergence.get((p, *pair)) for p in chosen.pathways]
        rows = sorted(filter(None, mine), key=lambda row: _rank(row["q_call"]))
        called = [row for row in rows if row["call"] in CALLED]
        found += [text for row in called[:MOST] for text in _called(chosen, row)]
        found.append(_more(len(called)))
        open_ones = [row for row in rows if row["call"] not in CALLED]
        alone = [row for row in open_ones if any(map(is_clear, _own(chosen, row)))]
        found += [
            f"{_title(chosen, row)}: {each(_own(chosen, row))} ({row['call']} as a pair)."
            for row in alone[:MOST]
        ]
        found.append(_more(len(alone), "with a direction in one trait"))
        told = {row["pathway"] for row in alone}
        rest = [row for row in open_ones if row["pathway"] not in told]
        found += _rest(chosen, rest, "q_call", lambda row: str(row["call"]), said)
    return found


def _called(chosen: Selection, row: Row) -> list[str]:
    own = _own(chosen, row)
    said = f"{findings.pair_sentence(row)} {findings.own_directions([row], own)}".rstrip()
    shown = chosen.of_pair(str(row["pathway"]), (str(row["trait_a"]), str(row["trait_b"])))
    return [f"{_title(chosen, row)}: {said}", *(_numbers(chosen, trait) for trait in shown)]


def _rest(
    chosen: Selection, rows: list[Row], q: str, word: Callable[[Row], str], said: str
) -> list[str]:
    """Sets without an answer, by name while they are few, with what is left open and not `said`."""
    found = []
    for kind in ("undetermined", "untestable"):
        mine = sorted((row for row in rows if word(row) == kind), key=lambda row: _rank(row[q]))
        if not mine:
            continue
        pair = "trait_a" in mine[0]
        where = f" in {mine[0]['trait_a']} and {mine[0]['trait_b']}" if pair else ""
        left = bounds.in_short(mine) if pair else bounds.excluded(mine)
        which = names.listing([_title(chosen, row) for row in mine])
        possible = f"; {left}" if left and left not in said else ""
        found.append(f"{kind.capitalize()}{where}: {which}{possible}.")
    return found


def _own(chosen: Selection, row: Row) -> list[Row]:
    pair = (str(row["trait_a"]), str(row["trait_b"]))
    return [r for t in pair if (r := chosen.directions.get((row["pathway"], t))) is not None]


def _numbers(chosen: Selection, row: Row) -> str:
    unit = f" {chosen.scale.prefix}" if chosen.scale.prefix else ""
    estimate = findings.estimate(chosen, row)
    return f"The activity of {_title(chosen, row)} in {row['trait']} is {estimate}{unit}."


def _title(chosen: Selection, row: Row) -> str:
    return chosen.title(row["pathway"])


def _more(n: int, what: str = "with an answer") -> str:
    return f"{n - MOST:,} more {what} are in the tables." if n > MOST else ""


def _rank(value: object) -> float:
    number = as_float(value)
    return number if np.isfinite(number) else np.inf
