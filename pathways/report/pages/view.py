"""What the report says, as plain data: `Page` is all that screen and paper lay out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.figures.make_figures import Drawn
from pathways.report.pages import members, selection, tables
from pathways.report.pages.answer import Answer, answer
from pathways.report.pages.selection import Selection, collections, combined, is_control, select
from pathways.report.pages.tables import PrintedTable
from pathways.report.words import coverage, findings, names, references, robustness
from pathways.report.words.circuits import circuit_balances, circuits_sentence
from pathways.report.words.facts import RunFacts, run_facts
from pathways.report.words.methods import methods
from twas.quality import QualityReport
from twas.study.universe import COMBINED


@dataclass(frozen=True)
class Pathway:
    """The section of one pathway."""

    anchor: str
    finding: findings.Finding
    support: tuple[str, ...]
    members: PrintedTable | None
    note: str
    figures: tuple[Drawn, ...]


@dataclass(frozen=True)
class Section:
    """What the report says about one collection."""

    chosen: Selection
    anchor: str
    headline: str
    own: str
    reading: str
    seen: tuple[str, ...]
    controls: str
    coverage: tuple[coverage.Coverage, ...]
    missing_hubs: tuple[tuple[str, tuple[str, ...]], ...]
    pathways: tuple[Pathway, ...]
    tables: tuple[PrintedTable, ...]
    sensitivity: tuple[str, ...]
    robustness: tuple[PrintedTable, ...]
    figures: tuple[Drawn, ...]
    answer: Answer


@dataclass(frozen=True)
class Page:
    """The report of one run.

    Attributes
    ----------
    run
        Study, collections, parameters and tables.
    sections, controls
        A section per collection, and per collection of negative controls.
    tables
        Tables of the whole run; None where there is no row to show.
    balance
        What to say of the stress-reserve balance.
    untested
        Statement and reason of the predictions that this run could not judge.
    methods, references
        The methods with numbered citations, and what they cite.
    quality, limitations
        What is known of the input, and what the method cannot show.
    """

    run: RunFacts
    sections: tuple[Section, ...]
    controls: tuple[Section, ...]
    tables: Mapping[str, PrintedTable | None]
    balance: tuple[str, ...]
    untested: tuple[tuple[str, str], ...]
    methods: tuple[str, ...]
    references: tuple[references.Reference, ...]
    quality: QualityReport
    limitations: tuple[str, ...]


def page(results: RunTables, figures: Sequence[Drawn]) -> Page:
    """Put the report of a run into words.

    Parameters
    ----------
    results
        A run.
    figures
        Its figures.
    """
    run = run_facts(results)
    taken: set[str] = set()
    order = sorted(collections(results), key=is_control)
    every = [_section(results, name, figures, names.slug(name, taken)) for name in order]
    paragraphs, cited = references.numbered(methods(run))
    return Page(
        run=run,
        sections=tuple(section for section in every if not section.controls),
        controls=tuple(section for section in every if section.controls),
        tables=run_tables(results),
        balance=balance_words(results),
        untested=untested_hypotheses(results),
        methods=tuple(paragraphs),
        references=tuple(cited),
        quality=results.quality,
        limitations=tuple(findings.limitations(results.quality)),
    )


def _section(results: RunTables, name: str, figures: Sequence[Drawn], anchor: str) -> Section:
    chosen = select(results, name)
    mine = [figure for figure in figures if figure.collection == name]
    covered = coverage.coverage(results, chosen)
    shown = ("directions", "divergence") if chosen.pairs else ("directions",)
    pathways = () if is_control(name) else _pathways(results, chosen, anchor, mine)
    anchors = {pathway.finding.pathway: pathway.anchor for pathway in pathways}
    return Section(
        chosen=chosen,
        anchor=anchor,
        headline=f"{findings.headline(chosen)} {findings.called_by_name(chosen)}".rstrip(),
        own=findings.by_themselves(chosen),
        reading=findings.reading(chosen),
        seen=findings.seen(chosen),
        controls=robustness.controls(results, chosen),
        coverage=covered,
        missing_hubs=coverage.missing_hubs(covered),
        pathways=pathways,
        tables=tuple(tables.printed(results, table, name) for table in shown),
        sensitivity=robustness.sensitivity(results, chosen),
        robustness=() if is_control(name) else tuple(_robustness(results, chosen)),
        figures=tuple(figure for figure in mine if not figure.pathway),
        answer=answer(chosen, anchors),
    )


def _pathways(
    results: RunTables, chosen: Selection, anchor: str, figures: Sequence[Drawn]
) -> tuple[Pathway, ...]:
    # Every pathway of a small collection has a section, of a large one those with a call.
    chosen = replace(chosen, pathways=chosen.called[: selection.MOST]) if chosen.cut else chosen
    rows = members.source(results, chosen)
    genes = names.members_of(combined(results.genes, chosen.collection))
    found = []
    for k, finding in enumerate(findings.findings(chosen)):
        table = members.members(rows, chosen, finding.pathway)
        pairs = (chosen.divergence.get((finding.pathway, *pair)) for pair in chosen.pairs)
        found.append(
            Pathway(
                anchor=f"{anchor}-pathway-{k + 1}",
                finding=finding,
                support=tuple(s for row in pairs if row for s in robustness.support(row, genes)),
                members=table,
                note=members.note(table) if table else "",
                figures=tuple(f for f in figures if f.pathway == finding.pathway),
            )
        )
    return tuple(found)


def _robustness(results: RunTables, chosen: Selection) -> list[PrintedTable]:
    """The tables behind the sensitivity section, each only where it has rows."""
    shown = set(chosen.pathways)
    found = []
    for name in ("sensitivity", "influence", "overlap"):
        if name not in results.tables or results.tables[name].empty:
            continue
        if name == "influence":
            table = tables.printed(
                results, name, chosen.collection, where=lambda t: _telling(t, chosen)
            )
        else:
            table = tables.printed(
                results, name, chosen.collection, where=lambda t: t["pathway"].isin(shown)
            )
        found += [table] if table.n_rows else []
    return found


def _telling(table: pd.DataFrame, chosen: Selection) -> pd.Series:
    """Rows of ``influence`` that a reader should see: named regions, and changed calls."""
    call = {key: str(row["call"]) for key, row in chosen.divergence.items()}
    keys = zip(table["pathway"], table["trait_a"], table["trait_b"], strict=True)
    before = pd.Series([call.get(key, "") for key in keys], index=table.index, dtype=object)
    region = ~table["dropped"].astype(str).str.contains(r":\d+-\d+$")
    changed = table["call"].astype(object) != before
    return (region | changed) & table["pathway"].isin(set(chosen.pathways))


def run_tables(results: RunTables) -> dict[str, PrintedTable | None]:
    """Tables of the whole run, None where there is no row to show."""
    found: dict[str, PrintedTable | None] = {}
    for name in ("hypotheses", "balance", "heterogeneity"):
        table = results.tables.get(name)
        if table is None or table.empty:
            found[name] = None
        elif name == "hypotheses":
            found[name] = tables.printed(results, name, where=lambda t: t["verdict"] != NOT_TESTED)
        elif name == "balance":
            found[name] = tables.printed(results, name, where=_told)
        else:
            found[name] = tables.printed(results, name)
    return {name: table if table and table.n_rows else None for name, table in found.items()}


def _told(balance: pd.DataFrame) -> pd.Series:
    """Rows of ``balance`` that a reader should see: all tissues combined, and each circuit."""
    told = balance.index.isin(circuit_balances(balance).index)
    return pd.Series((balance["scope"] == COMBINED) | told, index=balance.index)


def balance_words(results: RunTables) -> tuple[str, ...]:
    """What to say of the stress-reserve balance; nothing where there is none."""
    table = results.tables.get("balance")
    if table is None or table.empty:
        return ()
    what = (
        "A weighted sum of activities after a published model, which is a hypothesis and not a"
        " finding: stress minus reserve."
    )
    return tuple(filter(None, [what, circuits_sentence(table)]))


NOT_TESTED = "not tested"


def untested_hypotheses(results: RunTables) -> tuple[tuple[str, str], ...]:
    """Statement and reason of the predictions that this run could not judge."""
    table = results.tables.get("hypotheses")
    if table is None or table.empty:
        return ()
    rows = table[table["verdict"] == NOT_TESTED]
    return tuple(zip(rows["statement"], rows["reason"], strict=True))
