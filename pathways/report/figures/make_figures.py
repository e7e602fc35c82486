"""Draw every figure of the registry that a run has the data for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pathways.calls.vocabulary import LOUD
from pathways.output.run_tables import RunTables
from pathways.report.figures import svg
from pathways.report.figures.save import draw, render, save
from pathways.report.figures.style import COLUMN, PAGE
from pathways.report.registry import FIGURES, Figure
from pathways.report.selection import Selection, collections, is_control, select
from pathways.report.words import names
from pathways.report.words.headline import alt_text
from twas.system.process import Progress, silent

#: So many pathways of a collection have figures of their own, of those with a call: each takes a
#: second. ``twas-divergence plot`` draws any other.
DETAILED = 3
#: And so many of every further collection.
DETAILED_FURTHER = 2


@dataclass(frozen=True)
class Drawn:
    """A figure of the report.

    Attributes
    ----------
    name
        Name of its files.
    title, caption
        What it shows, and how to read it.
    collection, pathway
        What it is of; `pathway` is "" for a whole collection.
    svg, small
        Ready for inlining, for two columns and, of the first figure, for one (else "").
    files
        Names of its files.
    """

    name: str
    title: str
    caption: str
    collection: str
    pathway: str
    svg: str
    small: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A figure to draw: which, under what file name, of what."""

    figure: Figure
    name: str
    collection: str
    pathway: str = ""
    options: dict[str, object] = field(default_factory=dict)


def make_figures(
    results: RunTables,
    folder: Path,
    *,
    formats: Collection[str] = ("svg",),
    progress: Progress = silent,
) -> list[Drawn]:
    """Write each figure to `folder`, for two columns of a journal.

    Parameters
    ----------
    results
        A run.
    folder
        Where to.
    formats
        Of `pathways.report.registry.FORMATS`.
    progress
        Called before each figure.

    Returns
    -------
    list of Drawn
        In the order of the report.
    """
    todo = list(tasks(results))
    drawn = []
    for k, task in enumerate(todo):
        progress("figures", k / len(todo))
        drawn.append(_make(results, folder, task, formats))
    progress("figures", 1.0)
    return drawn


def _make(results: RunTables, folder: Path, task: Task, formats: Collection[str]) -> Drawn:
    chosen = select(results, task.collection)
    title = task.figure.title
    if task.pathway:
        title = f"{names.shorten(chosen.titles[task.pathway])}: {title}"
    caption = caption_of(task.figure, chosen)
    function, options = task.figure.function, {"collection": task.collection, **task.options}
    image = save(draw(function, results, width=PAGE, **options), folder, task.name, formats)
    narrow = None
    if task.figure.name == FIGURES[0].name and not is_control(task.collection):
        # The answer must be readable on a phone; the other figures scroll.
        narrow = render(draw(function, results, width=COLUMN, **options), "svg")
    # The balance has sets of its own: its sentence stands beside it.
    alt = title if task.figure.over == "run" else alt_text(chosen, title, task.pathway)
    return Drawn(
        name=task.name,
        title=title,
        caption=caption,
        collection=task.collection,
        pathway=task.pathway,
        svg=svg.inline(image, task.name, alt),
        small=svg.inline(narrow, f"{task.name}-small", alt) if narrow else "",
        files=tuple(f"{task.name}.{ending}" for ending in formats),
    )


def caption_of(figure: Figure, chosen: Selection) -> str:
    """How to read it, without what this run has not."""
    one = len(chosen.pairs) == 1
    common = chosen.pairs and chosen.on_common_genes == chosen.pairs
    further = (
        figure.on_common_genes if common and (one or figure.over == "pair") else "",
        figure.of_one_pair if one else "",
    )
    return " ".join(filter(None, (figure.caption, *further)))


def tasks(results: RunTables) -> Iterator[Task]:
    """Every figure of a run; of the negative controls, which are counted, there is none."""
    slugs: set[str] = set()
    for place, collection in enumerate(collections(results)):
        # The first collection has the plain names: figures/activity.svg.
        tag = "" if place == 0 else f"_{names.slug(collection, slugs)}"
        if is_control(collection) and place:
            continue
        chosen = select(results, collection)
        for figure in FIGURES:
            yield from _of(results, chosen, figure, tag)


def _of(results: RunTables, chosen: Selection, figure: Figure, tag: str) -> Iterator[Task]:
    name, collection = f"{figure.name}{tag}", chosen.collection
    if figure.over == "pathway":
        used: set[str] = set()
        for pathway in detailed(chosen, DETAILED_FURTHER if tag else DETAILED):
            loud = not chosen.pairs or any(r["call"] in LOUD for r in chosen.both[pathway])
            told = figure.name != "gsea" or loud
            if told and figure.applies(results, collection, pathway):
                file = f"{name}_{names.slug(pathway, used)}"
                yield Task(figure, file, collection, pathway, {"pathway": pathway})
    elif figure.applies(results, collection, None):
        if figure.over == "pair":
            for k, pair in enumerate(chosen.pairs):
                file = name if k == 0 else f"{name}_{names.slug('-'.join(pair))}-{k + 1}"
                yield Task(figure, file, collection, options={"pair": pair})
        else:
            yield Task(figure, name, collection)


def detailed(chosen: Selection, most: int = DETAILED) -> tuple[str, ...]:
    """Pathways with figures of their own: those with a call, by q, as `most` as there is room."""
    return chosen.called[:most]
