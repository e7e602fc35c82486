"""From the registry to files: every figure that a run has the data for, or one of a folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pathways.calls.vocabulary import LOUD
from pathways.output.reading import read_run
from pathways.output.run_tables import RunTables
from pathways.report.figures import svg
from pathways.report.figures.save import draw, render, save
from pathways.report.figures.style import COLUMN, PAGE
from pathways.report.registry import BY_NAME, FIGURES, FORMATS, Figure
from pathways.report.selection import Selection, collections, is_control, select
from pathways.report.words import names
from pathways.report.words.headline import alt_text
from twas.errors import UsageError
from twas.system.folder import new_file
from twas.system.program import Progress, silent

#: So many pathways of a collection have figures of their own, of those with a call: each takes a
#: second. ``twas-divergence plot`` draws any other.
DETAILED = 3
#: And so many of every further collection.
DETAILED_FURTHER = 2
#: Widths in mm that a figure can have: one and two columns of a journal.
WIDTHS = {89: COLUMN, 183: PAGE}


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


def redraw(
    folder: str | Path,
    figure: str,
    *,
    out: str | Path | None = None,
    collection: str | None = None,
    pathway: str | None = None,
    pair: tuple[str, str] | None = None,
    width: int = 183,
    force: bool = False,
) -> Path:
    """Draw one figure of a folder of results.

    Parameters
    ----------
    folder
        What `Results.write` or ``twas-divergence run`` wrote.
    figure
        Name of a figure of the registry.
    out
        File to make, its ending one of `FORMATS`; by default ``FIGURE.svg`` in the working folder.
    collection
        Gene-set collection; by default the first that holds `pathway`, or the first.
    pathway
        For a figure of one pathway; by default the first that has what the figure needs.
    pair
        Two traits, for a figure of a pair; by default the first pair.
    width
        In mm, one of `WIDTHS`.
    force
        Replace the file if it exists.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        If there is no such figure, collection, pathway, pair, width or format, if the results lack
        what the figure needs, or if the file exists.
    DataError
        If the folder holds no results.
    """
    entry = _figure(figure)
    target = Path(f"{entry.name}.svg") if out is None else Path(out)
    ending = _ending(target)
    if width not in WIDTHS:
        raise UsageError(f"`width` {width}: a figure is {' or '.join(map(str, WIDTHS))} mm wide")
    with new_file(target, force=force, inputs=[folder]) as draft:
        results = read_run(folder)
        options = _options(results, entry, collection, pathway, pair)
        ax = draw(entry.function, results, width=WIDTHS[width], **options)
        draft.write_bytes(render(ax, ending))
    return target


def _figure(name: str) -> Figure:
    if name not in BY_NAME:
        raise UsageError(f"there is no figure {name!r}; there are {', '.join(BY_NAME)}")
    return BY_NAME[name]


def _ending(target: Path) -> str:
    """Format of a file, by its name."""
    ending = target.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        known = ", ".join(f".{known}" for known in FORMATS)
        raise UsageError(f"`out` {target}: the name of a figure ends in one of {known}")
    return ending


def _options(
    results: RunTables,
    figure: Figure,
    collection: str | None,
    pathway: str | None,
    pair: tuple[str, str] | None,
) -> dict[str, Any]:
    """Keywords of a figure function, each checked against the results."""
    if pathway is not None and figure.over != "pathway":
        one = ", ".join(f.name for f in FIGURES if f.over == "pathway")
        raise UsageError(f"`pathway`: {figure.name} is no figure of one pathway; those are {one}")
    if pair is not None and figure.over != "pair":
        one = ", ".join(f.name for f in FIGURES if f.over == "pair")
        raise UsageError(f"`pair`: {figure.name} is no figure of one pair; those are {one}")
    name = collection or _home(results, pathway)
    chosen = select(results, name)
    if figure.over == "pathway":
        pathway = _pathway(results, figure, name, pathway, chosen.pathways)
    elif not figure.applies(results, name, None):
        raise UsageError(f"{_lacks(figure, name)} it needs {figure.needs}")
    if pair is not None and pair not in chosen.pairs:
        known = "; ".join(",".join(map(names.clean, found)) for found in chosen.pairs)
        raise UsageError(f"`pair` {','.join(pair)}: the results hold the pairs {known}")
    options = {"collection": name, "pathway": pathway, "pair": pair}
    return {key: value for key, value in options.items() if value is not None}


def _home(results: RunTables, pathway: str | None) -> str:
    """The first collection that holds a pathway; without a pathway, the first."""
    table = results.directions
    if pathway is None:
        return collections(results)[0]
    found = table.loc[table["pathway"] == pathway, "collection"]
    if found.empty:
        known = names.listing(list(dict.fromkeys(table["pathway"])))
        raise UsageError(f"`pathway` {pathway!r} is not in the results; there are {known}")
    return str(found.iloc[0])


def _pathway(
    results: RunTables,
    figure: Figure,
    collection: str,
    pathway: str | None,
    shown: tuple[str, ...],
) -> str:
    """The pathway asked for, else the first that has what the figure needs."""
    table = results.directions
    known = table.loc[table["collection"] == collection, "pathway"]
    if pathway is not None and not (known == pathway).any():
        raise UsageError(
            f"`pathway` {pathway!r} is not in collection {collection!r};"
            f" there are {names.listing(list(dict.fromkeys(known)))}"
        )
    for name in shown if pathway is None else (pathway,):
        if figure.applies(results, collection, name):
            return name
    raise UsageError(f"{_lacks(figure, pathway or collection)} it needs {figure.needs}")


def _lacks(figure: Figure, what: str) -> str:
    return f"figure {figure.name} cannot be drawn of {names.clean(what)!r}:"
