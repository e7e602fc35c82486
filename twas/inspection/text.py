"""An inspection as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from twas.inspection.file_summary import FileSummary
from twas.inspection.inspection import Inspection
from twas.reading.harmless import harmless

#: Longest text in a column of the table.
WIDTH = 34


def as_text(found: Inspection) -> str:
    """Return the table of files, the correlations, the warnings and the refusals."""
    lines = [*_table(found.files), *_correlations(found), *_remarks(found)]
    return "\n".join(map(harmless, lines))


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _known(file: FileSummary) -> str:
    if not file.genes_with_z or file.genes_resolved is None:
        return ""
    return format(file.genes_resolved / file.genes_with_z, ".0%")


#: Heading → what stands below it.
_COLUMNS: dict[str, Callable[[FileSummary], str]] = {
    "file": lambda file: _shorten(PurePath(file.path).name),
    "format": lambda file: file.format,
    "tissue": lambda file: _shorten(file.tissue),
    "rows": lambda file: _cell(file.rows, ",d"),
    "genes": lambda file: _cell(file.genes_with_z, ",d"),
    "known": _known,
    "placed": lambda file: _cell(file.share_with_position, ".0%"),
    "mean": lambda file: _cell(file.z_mean, ".2f"),
    "SD": lambda file: _cell(file.z_sd, ".2f"),
    "lambda": lambda file: _cell(file.genomic_inflation, ".2f"),
    "max |z|": lambda file: _cell(file.largest_z, ".1f"),
    "repeats": lambda file: _cell(file.duplicates, ",d"),
    "signs": lambda file: _cell(file.sign_agreement, ".0%"),
    "1 SNP": lambda file: _cell(file.share_one_snp, ".0%"),
}
_TEXTS = 3


def _shorten(text: str) -> str:
    """Cut the middle out of a long text: names of tissues differ at both ends."""
    text = " ".join(text.split())
    half = (WIDTH - 1) // 2
    return text if len(text) <= WIDTH else f"{text[:half]}…{text[-half:]}"


def _table(files: tuple[FileSummary, ...]) -> Iterator[str]:
    cells = [list(_COLUMNS), *([show(file) for show in _COLUMNS.values()] for file in files)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    groups = [None, *(file.group for file in files)]
    for number, (row, group) in enumerate(zip(cells, groups, strict=True)):
        if group is not None and group != groups[number - 1]:
            yield f"{group}:"
        padded = [
            cell.ljust(width) if place < _TEXTS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(padded).rstrip()


def _correlations(found: Inspection) -> Iterator[str]:
    for group, pairs in found.tissues.dropna(subset=["r"]).groupby("group", sort=False):
        ordered = pairs.sort_values("r", kind="stable")
        (_, a, b, _, low), high = ordered.iloc[0], ordered["r"].iloc[-1]
        between = f"{low:.2f} ({a} and {b}) to {high:.2f}"
        yield f"{group}: z of its tissues correlate {between}"
    for a, b, n_genes, r in found.groups.dropna(subset=["r"]).itertuples(index=False):
        yield f"{a} / {b}: z correlate {r:.2f} over {n_genes:,} genes"


def _remarks(found: Inspection) -> Iterator[str]:
    for file in found.files:
        name = PurePath(file.path).name
        yield from (f"note: {name}: {note}" for note in file.notes)
        for warning in file.warnings:
            yield f"warning: {warning if name in warning else f'{name}: {warning}'}"
    yield from (f"note: {note}" for note in found.notes)
    yield from (f"warning: {warning}" for warning in found.warnings)
    yield from (f"refused: {problem}" for problem in found.problems)
