"""LD blocks: genes that may share LD are flipped together.

GRCh38 gene positions are cut at the widest gene-free gap within 1 to 3 Mb of the last cut. The
genes are those of the reference, not those of a study, so a block never depends on the data.
Long-range regions (``data/regions/long_range.tsv``) are one block each, and no cut falls into a
centromere. A gene without a position is a block of its own.

Blocks of a BED file are read as strictly as every other file: a first row is a header only if it
names its columns; any other row is data, and a row that is no interval of whole bases is refused
with its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.reading.content import harmless, read_content
from twas.system.arrays import Int, Text
from twas.system.program import data_path

#: Distance from the last cut within which the next is sought, in bases.
WINDOW = (1_000_000, 3_000_000)
#: The windows of the sensitivity analysis.
WINDOWS = {"0.5-1.5 Mb": (500_000, 1_500_000), "1-3 Mb": WINDOW, "3-7 Mb": (3_000_000, 7_000_000)}

# Names of columns, other lines and names of chromosomes in BED files.
_START = frozenset({"start", "chromstart", "chrom_start", "begin", "from", "pos1", "bp1"})
_END = frozenset({"end", "stop", "chromend", "chrom_end", "to", "pos2", "bp2"})
_NOT_DATA = ("#", "track", "browser")
_NUMBERED = {"23": "X", "24": "Y", "M": "MT"}
# A spreadsheet may write whole bases as 1000000.0.
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
# No chromosome has a thousandth of so many bases.
_MAX_BASES = 10**12


@dataclass(frozen=True)
class Blocks:
    """A partition of the genome.

    Attributes
    ----------
    name
        How the blocks were made, in words, for the report.
    table
        ``block`` (unique name), ``chrom``, ``start``, ``end`` (GRCh38 bases, end exclusive),
        sorted; intervals of a chromosome do not overlap.
    """

    name: str
    table: pd.DataFrame

    def assign(self, genes: pd.DataFrame) -> Text:
        """Name the block of each gene.

        Parameters
        ----------
        genes
            Columns ``gene``, ``chrom`` ("" unknown) and ``start`` (NA unknown).

        Returns
        -------
        ndarray
            One name per gene. Genes between two blocks of a chromosome share one of their own
            (``between:...``); ``unplaced:GENE`` has no position.
        """
        names = ("unplaced:" + genes["gene"].astype(str)).to_numpy(dtype=object)
        start = genes["start"].to_numpy(dtype="float64", na_value=np.nan)
        chrom = genes["chrom"].to_numpy(dtype=object)
        for key, part in self.table.groupby("chrom"):
            rows = np.flatnonzero((chrom == key) & np.isfinite(start))
            at = np.searchsorted(part["start"].to_numpy(), start[rows], side="right") - 1
            inside = (at >= 0) & (start[rows] < part["end"].to_numpy()[at])
            names[rows[inside]] = part["block"].to_numpy(dtype=object)[at[inside]]
            names[rows[~inside]] = [f"between:{key}:{i + 1}" for i in at[~inside]]
        elsewhere = np.isfinite(start) & ~np.isin(chrom, self.table["chrom"].unique())
        names[elsewhere] = "between:" + chrom[elsewhere].astype(object) + ":0"
        return names


@cache
def default_blocks(window: tuple[int, int] = WINDOW) -> Blocks:
    """Blocks cut at gene-free gaps.

    Parameters
    ----------
    window
        Smallest and largest distance of a cut from the last, in bases.
    """
    rows = [row for gaps in _genome_gaps() for row in _cut_chromosome(gaps, window)]
    low, high = window[0] / 1e6, window[1] / 1e6
    return Blocks(
        f"gene-free gaps within {low:g} to {high:g} Mb",
        pd.DataFrame(rows, columns=["block", "chrom", "start", "end"]),
    )


@cache
def long_range_regions() -> pd.DataFrame:
    """Long-range LD: ``region chrom start end kind source``, `kind` ``block`` or ``bridge``."""
    return pd.read_csv(data_path("regions", "long_range.tsv"), sep="\t", dtype={"chrom": str})


@dataclass(frozen=True)
class _Gaps:
    """Where one chromosome may be cut.

    Attributes
    ----------
    chrom, length
        Name, and end of the last gene.
    whole
        Long-range regions: name, start, end.
    middles, widths
        Of each stretch between genes, ascending; widths are negative where genes overlap.
    """

    chrom: str
    length: int
    whole: list[tuple[str, int, int]]
    middles: list[int]
    widths: list[int]


@cache
def _genome_gaps() -> tuple[_Gaps, ...]:
    regions = long_range_regions()
    genes = reference.load()[["chrom", "start", "end"]].dropna(subset=["start"])
    out = []
    for chrom, part in genes.groupby("chrom", sort=False):
        part = part.sort_values(["start", "end"])
        starts = part["start"].to_numpy(dtype=np.int64)
        reach = np.maximum.accumulate(part["end"].to_numpy(dtype=np.int64))
        here = regions[regions["chrom"] == chrom].sort_values("start")
        bridges = here.loc[here["kind"] == "bridge", ["start", "end"]].to_numpy(dtype=np.int64)
        whole = here.loc[here["kind"] == "block", ["region", "start", "end"]]
        middles, widths = _gaps(starts, reach, bridges)
        out.append(
            _Gaps(
                chrom=str(chrom),
                length=int(reach[-1]) + 1,
                whole=[(str(r), int(s), int(e)) for r, s, e in whole.itertuples(index=False)],
                middles=middles.tolist(),
                widths=widths.tolist(),
            )
        )
    return tuple(out)


def _cut_chromosome(gaps: _Gaps, window: tuple[int, int]) -> Iterator[tuple[str, str, int, int]]:
    edge = 0
    for region, start, end in gaps.whole:
        yield from _cut_segment(gaps, edge, start, window)
        yield region, gaps.chrom, start, end
        edge = end
    yield from _cut_segment(gaps, edge, max(gaps.length, edge + 1), window)


def _gaps(starts: Int, reach: Int, bridges: Int) -> tuple[Int, Int]:
    """Middle and width of each stretch between genes; negative widths where genes overlap."""
    left, right = reach[:-1], starts[1:]
    middles = np.where(right > left, (left + right + 1) // 2, right)
    blocked = np.zeros(len(middles), dtype=bool)
    for start, end in bridges:
        blocked |= (np.minimum(left, right) < end) & (right > start)
    new_start = starts[1:] > starts[:-1]
    keep = ~blocked & new_start
    return middles[keep], (right - left)[keep]


def _cut_segment(
    gaps: _Gaps, start: int, end: int, window: tuple[int, int]
) -> Iterator[tuple[str, str, int, int]]:
    middles, widths, chrom = gaps.middles, gaps.widths, gaps.chrom
    while start < end:
        cut = end
        if end - start > window[1]:
            first = bisect_right(middles, start + window[0])
            last = bisect_right(middles, min(start + window[1], end - 1))
            if last > first:
                cut = middles[max(range(first, last), key=widths.__getitem__)]
            elif first < len(middles) and middles[first] < end:
                cut = middles[first]
        yield f"{chrom}:{start}-{cut}", chrom, start, cut
        start = cut


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
