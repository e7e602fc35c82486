"""One figure of a folder of results, drawn again: what ``twas-divergence plot`` calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pathways.output.reading import read_run
from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.save import draw, render
from pathways.report.registry import BY_NAME, FIGURES, FORMATS, Figure
from pathways.report.selection import collections, select
from pathways.report.words import names
from twas.errors import UsageError
from twas.system.folder import new_file

#: Widths in mm that a figure can have: one and two columns of a journal.
WIDTHS = {89: style.COLUMN, 183: style.PAGE}


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
