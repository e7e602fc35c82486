"""``methods.md`` and ``references.bib``: methods, results and limitations, ready for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pathways.report.pages.selection import Selection, collections, is_control, select
from pathways.report.words import facts, findings, methods, names, references, robustness

if TYPE_CHECKING:
    from pathways.results import Results


def manuscript(results: Results) -> dict[str, str]:
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
        *results_paragraphs(results),
        "# Limitations",
        " ".join(findings.limitations(results.quality)),
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


def results_paragraphs(results: Results) -> list[str]:
    """What was found, a paragraph per collection, and what could have been seen."""
    found = []
    for name in sorted(collections(results), key=is_control):
        chosen = select(results, name)
        if is_control(name):
            found.append(escape(robustness.controls(results, chosen)))
        else:
            found.append(escape(_paragraph(results, chosen)))
    return found


def _paragraph(results: Results, chosen: Selection) -> str:
    sentences = [findings.headline(chosen)]
    for finding in findings.findings(chosen):
        numbers = "; ".join(finding.numbers)
        unit = f" {chosen.scale.prefix}" if chosen.scale.prefix else ""
        sentences.append(f"{finding.title}: {finding.sentence} Activity {numbers}{unit}.")
    sentences += [findings.reading(chosen), *findings.seen(chosen)]
    return " ".join([*sentences, *robustness.sensitivity(results, chosen)])
