"""LD blocks from a BED file, read as strictly as every other file.

A first row is a header only if it names its columns; any other row is data, and a row that is no
interval of whole bases is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.genes.blocks import Blocks
from twas.reading.content import harmless, read_content

_START = frozenset({"start", "chromstart", "chrom_start", "begin", "from", "pos1", "bp1"})
_END = frozenset({"end", "stop", "chromend", "chrom_end", "to", "pos2", "bp2"})
_NOT_DATA = ("#", "track", "browser")
_NUMBERED = {"23": "X", "24": "Y", "M": "MT"}
# A spreadsheet may write whole bases as 1000000.0.
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
# No chromosome has a thousandth of so many bases.
_MAX_BASES = 10**12


@dataclass(frozen=True)
class _Row:
    """One interval, and its line."""

    line: int
    chrom: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.chrom}:{self.start}-{self.end}"


def read_blocks(path: str | Path, *, build: str | None) -> Blocks:
    """Read blocks from a BED file (three columns: chromosome, start, end; a header is allowed).

    Parameters
    ----------
    path
        The file, perhaps compressed; white space round the cells, comments, ``track`` lines and
        ``chr`` before the names (``Chr1`` is ``1``) are ignored, as are further columns.
    build
        ``"38"``; the positions of genes are GRCh38, so any other build is refused.

    Raises
    ------
    UsageError
        If the build is not 38.
    DataError
        If the file cannot be read as BED or its blocks overlap.
    """
    if build is None or build.lower().removeprefix("grch").removeprefix("hg") != "38":
        given = "have no build" if build is None else f"are of build {build}"
        raise UsageError(
            f"the blocks {given}: they must be GRCh38; lift the file over and set `blocks_build` 38"
        )
    content = read_content(Path(path))
    if content.is_parquet:
        raise DataError(f"{content.name}: cannot be read as BED; give it as text")
    rows = sorted(_rows(content.data.decode(), content.name), key=lambda r: (r.chrom, r.start))
    if not rows:
        raise DataError(f"{content.name}: cannot be read as BED (no rows); give chrom, start, end")
    _check(rows, content.name)
    table = pd.DataFrame(
        {
            "block": [str(row) for row in rows],
            "chrom": pd.Series([row.chrom for row in rows], dtype=str),
            "start": [row.start for row in rows],
            "end": [row.end for row in rows],
        }
    )
    return Blocks(f"file {harmless(content.name)}", table)


def _rows(text: str, name: str) -> Iterator[_Row]:
    first = True
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        cells = [cell.strip("\"'") for cell in _split(line)]
        if not cells or line.startswith(_NOT_DATA):
            continue
        if not (first and _is_header(cells)):
            yield _row(cells, number, name)
        first = False


def _split(line: str) -> list[str]:
    """Cells between blanks, or between commas; not those of "1,500,000"."""
    parts = [part.strip() for part in line.split(",")]
    if len(parts) >= 3 and all(part and len(part.split()) == 1 for part in parts):
        return parts
    return line.split()


def _is_header(cells: list[str]) -> bool:
    names = {cell.lower().lstrip("#") for cell in cells}
    return bool(names & _START and names & _END)


def _row(cells: list[str], number: int, name: str) -> _Row:
    shown = harmless(" ".join(cells)[:60])
    if len(cells) < 3:
        raise DataError(
            f"{name}: line {number} cannot be read as BED ({shown}); give chrom, start, end"
        )
    found = [_WHOLE.fullmatch(cell) for cell in cells[1:3]]
    if found[0] is None or found[1] is None:
        wrong = "start" if found[0] is None else "end"
        raise DataError(
            f"{name}: line {number}: {wrong} is not a number of whole bases, 0 or more ({shown})"
        )
    start, end = (int(match[1][:20]) for match in found if match)
    if end > _MAX_BASES:
        raise DataError(f"{name}: line {number}: no chromosome is so long ({shown})")
    bare = re.sub(r"^chr(?:om|omosome)?_?", "", harmless(cells[0]), flags=re.IGNORECASE).upper()
    return _Row(number, _NUMBERED.get(bare, bare), start, end)


def _check(rows: list[_Row], name: str) -> None:
    known = set(reference.load()["chrom"]) - {""}
    if not any(row.chrom in known for row in rows):
        raise DataError(
            f"{name}: no block lies on a known chromosome (line {rows[0].line} is on"
            f" {rows[0].chrom!r}); chromosomes are 1 to 22, X, Y, MT, with or without chr"
        )
    for row, before in zip(rows, [None, *rows[:-1]], strict=True):
        overlaps = before is not None and before.chrom == row.chrom and row.start < before.end
        if row.end <= row.start or overlaps:
            raise DataError(
                f"{name}: line {row.line}: block {row} is empty or overlaps the one before it;"
                " blocks must not overlap"
            )
