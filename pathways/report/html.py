"""``report.html``: one self-contained file, no network, readable without scripts.

Static SVG with a small script of our own (sorting, filtering, tooltips) instead of an inlined
plotting library: the figures of the page are then the figures of the paper, they print, they can
be read without scripts, and the file is a tenth of the size.

Every name from the input passes Jinja2's autoescaping; a content security policy with the hash of
the script forbids any other script and any network access.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup

from pathways.report import coverage, facts, methods, names, tables, words
from pathways.report.numbers import count
from pathways.report.selection import Selection, collections, select
from pathways.results import Results
from pathways.schema import TABLES
from twas.quality import QualityFact


@dataclass(frozen=True)
class Drawn:
    """A figure of the report: name of its files, title, collection, SVG ready for inlining."""

    name: str
    title: str
    collection: str
    svg: str


@dataclass(frozen=True)
class Section:
    """What the report says about one collection."""

    chosen: Selection
    anchor: str
    headline: str
    findings: tuple[words.Finding, ...]
    seen: tuple[str, ...]
    reading: str
    coverage: tuple[coverage.Coverage, ...]
    missing_hubs: tuple[tuple[str, tuple[str, ...]], ...]
    tables: tuple[tables.PrintedTable, ...]
    figures: tuple[Drawn, ...]


def render(results: Results, figures: Sequence[Drawn]) -> str:
    """The report as HTML.

    Parameters
    ----------
    results
        A run.
    figures
        Its figures.
    """
    run = facts.run_facts(results)
    filled = {str(c) for table in results.tables.values() for c in table if table[c].notna().any()}
    script = _template("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            simulated=results.parameters.simulated,
            traits=results.study.traits,
            question=words.question(results.study.traits),
            sections=[_section(results, name, figures) for name in collections(results)],
            meanings=words.CALL_MEANINGS if run.pairs else {},
            trait_meaning=words.TRAIT_MEANING,
            quality=[f for f in results.quality.facts if f.count or f.level == "warning"],
            methods=methods.methods(run, filled),
            limitations=words.LIMITATIONS,
            facts=run,
            files={
                name: [c for c in TABLES[name] if c.name in t] for name, t in results.tables.items()
            },
            style=Markup(_template("report.css")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _section(results: Results, name: str, figures: Sequence[Drawn]) -> Section:
    chosen = select(results, name)
    covered = coverage.coverage(results, chosen)
    shown = ("directions", "divergence") if chosen.pairs else ("directions",)
    return Section(
        chosen=chosen,
        anchor=names.slug(name),
        headline=words.headline(chosen),
        findings=words.findings(chosen),
        seen=words.seen(chosen),
        reading=words.reading(chosen),
        coverage=covered,
        missing_hubs=coverage.missing_hubs(covered),
        tables=tuple(tables.printed(results, table, name) for table in shown),
        figures=tuple(figure for figure in figures if figure.collection == name),
    )


def _in_words(fact: QualityFact) -> str:
    """The message of a fact, with its count in front unless it is in there."""
    number = count(fact.count)
    named = not fact.count or number in fact.message
    return fact.message if named else f"{number} {fact.message}"


def _template(name: str) -> str:
    folder = resources.files("pathways.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("pathways.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        svg=lambda figure: Markup(figure.svg),
        listing=names.listing,
        count=count,
        slug=names.slug,
        in_words=_in_words,
    )
    return found
