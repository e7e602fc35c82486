"""What the report says, as plain data: `Page` is all that screen and paper lay out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pathways.output.run_tables import RunTables
from pathways.report.figures.make_figures import Drawn
from pathways.report.pages import overview, printed
from pathways.report.pages.pathway import Pathway, pathways
from pathways.report.pages.printed import PrintedTable
from pathways.report.selection import Selection, collections, combined, is_control, select
from pathways.report.words import headline, limits, names, whole_run
from pathways.report.words.facts import RunFacts, run_facts
from pathways.report.words.findings import findings
from pathways.report.words.methods import Reference, methods, numbered
from pathways.report.words.numbers import effect_scale
from twas.quality import QualityReport

#: Tables behind what is said of sensitivity.
_SENSITIVITY = ("sensitivity", "influence", "overlap")


@dataclass(frozen=True)
class Section:
    """What the report says about one collection.

    Attributes
    ----------
    chosen
        Its rows.
    anchor
        Begins the names of its places on the page.
    headline, called
        The answer in a few sentences, and the pathways with a call by name.
    own
        Directions of single traits where no pair has a call of directions.
    reading
        How to read an activity.
    seen, controls, sensitivity
        What could have been seen; what negative controls say, "" where it holds none; which calls
        change under other choices.
    answer, coverage, missing_hubs
        A row per pathway; hub genes without a model in any table.
    pathways
        A section each.
    tables, robustness
        Directions and divergence; the tables behind `sensitivity`.
    figures
        Of the whole collection.
    """

    chosen: Selection
    anchor: str
    headline: str
    called: str
    own: str
    reading: str
    seen: tuple[str, ...]
    controls: str
    sensitivity: tuple[str, ...]
    answer: overview.Answer
    coverage: tuple[overview.Coverage, ...]
    missing_hubs: tuple[tuple[str, tuple[str, ...]], ...]
    pathways: tuple[Pathway, ...]
    tables: tuple[PrintedTable, ...]
    robustness: tuple[PrintedTable, ...]
    figures: tuple[Drawn, ...]


@dataclass(frozen=True)
class Page:
    """The report of one run.

    Attributes
    ----------
    run
        Study, collections, parameters and tables.
    question
        What the run asks.
    simulated
        What is said of simulated data; "" of real ones.
    meanings
        ``(call, meaning)`` of every call that can be used.
    sections, controls
        A section per collection, and per collection of negative controls.
    tables
        Tables of the whole run; None where there is no row to show.
    balance
        What to say of the stress-reserve balance.
    predictions, untested
        A sentence per prediction that could be judged; statement and reason of the others.
    methods, cited, references
        The methods, with numbers and with keys in the place of citations, and what they cite.
    quality, limitations
        What is known of the input, and what the method cannot show.
    """

    run: RunFacts
    question: str
    simulated: str
    meanings: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    controls: tuple[Section, ...]
    tables: Mapping[str, PrintedTable | None]
    balance: tuple[str, ...]
    predictions: tuple[str, ...]
    untested: tuple[tuple[str, str], ...]
    methods: tuple[str, ...]
    cited: tuple[str, ...]
    references: tuple[Reference, ...]
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
    cited = methods(run)
    paragraphs, references = numbered(cited)
    taken: set[str] = set()
    order = sorted(collections(results), key=is_control)
    every = [_section(results, name, figures, names.slug(name, taken)) for name in order]
    return Page(
        run=run,
        sections=tuple(section for section in every if not section.controls),
        controls=tuple(section for section in every if section.controls),
        tables=printed.of_run(results, effect_scale(results.directions)),
        question=whole_run.question(run.study.traits),
        simulated=whole_run.SIMULATED if run.parameters.simulated else "",
        meanings=whole_run.definitions(run.study.pairs),
        limitations=whole_run.limitations(results.quality),
        balance=whole_run.balance_words(results),
        untested=whole_run.untested(results),
        predictions=whole_run.predictions(results),
        methods=paragraphs,
        cited=cited,
        references=references,
        quality=results.quality,
    )


def _section(results: RunTables, name: str, figures: Sequence[Drawn], anchor: str) -> Section:
    chosen = select(results, name)
    control = is_control(name)
    mine = [figure for figure in figures if figure.collection == name]
    found = findings(chosen)
    loci = names.members_of(combined(results.genes, name))
    own = () if control else pathways(results, chosen, found, loci, mine, anchor)
    coverage = overview.coverage(results, chosen)
    return Section(
        chosen=chosen,
        anchor=anchor,
        coverage=coverage,
        missing_hubs=overview.missing_hubs(coverage),
        answer=overview.answer(chosen, found, {p.finding.pathway: p.anchor for p in own}),
        called=headline.called_by_name(chosen),
        own=headline.by_themselves(chosen),
        reading=headline.reading(chosen),
        headline=headline.headline(chosen),
        seen=limits.seen(chosen),
        controls=limits.controls(chosen) if control else "",
        sensitivity=limits.sensitivity(results, chosen),
        pathways=own,
        tables=printed.of_collection(results, chosen, loci, ("directions", "divergence")),
        robustness=() if control else printed.of_collection(results, chosen, loci, _SENSITIVITY),
        figures=tuple(figure for figure in mine if not figure.pathway),
    )
