"""``methods.md`` and ``references.bib``: methods, results and limitations, ready for a paper."""

from __future__ import annotations

from pathways.calls.vocabulary import CALLED
from pathways.output.run_tables import RunTables
from pathways.report.pages.view import Page, Section
from pathways.report.selection import Selection, is_clear, rank, select
from pathways.report.words import findings, names
from pathways.report.words.findings import each
from pathways.report.words.numbers import Row, excluded, in_short

#: Sets that are told one by one; more are counted.
MOST = 40


def manuscript(results: RunTables, page: Page) -> dict[str, str]:
    """File name → text: Pandoc Markdown with citations, and the BibTeX entries it cites.

    Parameters
    ----------
    results
        A run.
    page
        What its report says.
    """
    parts = [
        *(["**SIMULATED data: nothing here is a finding.**"] if page.simulated else []),
        "# Methods",
        *map(_headed, page.cited),
        "# Results",
        results_paragraph(results, page),
        "# Limitations",
        escape(" ".join(page.limitations)),
    ]
    entries = "\n".join(reference.bibtex for reference in page.references)
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


def results_paragraph(results: RunTables, page: Page) -> str:
    """What was found, in one paragraph in which no sentence stands twice."""
    found: dict[str, None] = {}
    for section in page.sections:
        name = section.chosen.collection
        told = [f"Collection {name}."] if len(page.sections) > 1 else []
        # What holds for a second collection too is said of it by name.
        fresh = dict.fromkeys(filter(None, _sentences(results, section)))
        told += [f"{t.removesuffix('.')} ({name})." if t in found else t for t in fresh]
        found |= dict.fromkeys([*told, section.reading])
    found |= dict.fromkeys(section.controls for section in page.controls)
    found |= dict.fromkeys(page.predictions)
    return escape(" ".join(found))


def _sentences(results: RunTables, section: Section) -> list[str]:
    """Counts, calls, sets in which one trait alone has a direction, the rest by name."""
    chosen = select(results, section.chosen.collection, most=len(results.directions))
    # Of several pairs each has bounds of its own; else those of the headline stand once.
    said = section.headline if len(chosen.pairs) < 2 else ""
    return [
        section.headline,
        *(_pairs(chosen, said) if chosen.pairs else _one_trait(chosen, said)),
        *section.seen,
        *section.sensitivity,
    ]


def _one_trait(chosen: Selection, said: str) -> list[str]:
    rows = list(chosen.directions.values())
    clear = sorted(filter(is_clear, rows), key=lambda row: row["q_direction"])
    told = [
        text
        for row in clear[:MOST]
        for text in (
            f"{_title(chosen, row)}: {findings.trait_sentence(row)}",
            _numbers(chosen, row),
        )
    ]
    rest = [row for row in rows if not is_clear(row)]
    return [*told, _more(len(clear)), *_rest(chosen, rest, "direction", said)]


def _pairs(chosen: Selection, said: str) -> list[str]:
    found = []
    for pair in chosen.pairs:
        mine = [chosen.divergence.get((p, *pair)) for p in chosen.pathways]
        rows = sorted(filter(None, mine), key=lambda row: rank(row["q_call"]))
        called = [row for row in rows if row["call"] in CALLED]
        found += [text for row in called[:MOST] for text in _called(chosen, row)]
        found.append(_more(len(called)))
        open_ones = [row for row in rows if row["call"] not in CALLED]
        alone = [row for row in open_ones if any(map(is_clear, chosen.sides(row)))]
        found += [
            f"{_title(chosen, row)}: {each(chosen.sides(row))} ({row['call']} as a pair)."
            for row in alone[:MOST]
        ]
        found.append(_more(len(alone), "with a direction in one trait"))
        told = {row["pathway"] for row in alone}
        rest = [row for row in open_ones if row["pathway"] not in told]
        found += _rest(chosen, rest, "call", said)
    return found


def _called(chosen: Selection, row: Row) -> list[str]:
    own = chosen.sides(row)
    said = f"{findings.pair_sentence(row)} {findings.own_directions([row], own)}".rstrip()
    shown = chosen.of_pair(str(row["pathway"]), (str(row["trait_a"]), str(row["trait_b"])))
    return [f"{_title(chosen, row)}: {said}", *(_numbers(chosen, trait) for trait in shown)]


def _rest(chosen: Selection, rows: list[Row], word: str, said: str) -> list[str]:
    """Sets without an answer, by name while they are few, with what is left open and not `said`."""
    found = []
    for kind in ("undetermined", "untestable"):
        mine = [row for row in rows if row[word] == kind]
        if not mine:
            continue
        mine.sort(key=lambda row: rank(row[f"q_{word}"]))
        pair = word == "call"
        where = f" in {mine[0]['trait_a']} and {mine[0]['trait_b']}" if pair else ""
        left = in_short(mine) if pair else excluded(mine)
        which = names.listing([_title(chosen, row) for row in mine])
        possible = f"; {left}" if left and left not in said else ""
        found.append(f"{kind.capitalize()}{where}: {which}{possible}.")
    return found


def _numbers(chosen: Selection, row: Row) -> str:
    unit = f" {chosen.scale.prefix}" if chosen.scale.prefix else ""
    estimate = findings.estimate(chosen, row)
    return f"The activity of {_title(chosen, row)} in {row['trait']} is {estimate}{unit}."


def _title(chosen: Selection, row: Row) -> str:
    return chosen.titles[row["pathway"]]


def _more(n: int, what: str = "with an answer") -> str:
    return f"{n - MOST:,} more {what} are in the tables." if n > MOST else ""
