"""LD blocks: genes that may share LD are flipped together.

GRCh38 gene positions are cut at the widest gene-free gap within 1 to 3 Mb of the last cut. The
genes are those of the reference, not those of a study, so a block never depends on the data.
Long-range regions (``data/regions/long_range.tsv``) are one block each, and no cut falls into a
centromere. A gene without a position is a block of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twas.genes import reference
from twas.system.resources import data_path

Int = NDArray[np.int64]

#: Distance from the last cut within which the next is sought, in bases.
WINDOW = (1_000_000, 3_000_000)
#: The windows of the sensitivity analysis.
WINDOWS = {"0.5-1.5 Mb": (500_000, 1_500_000), "1-3 Mb": WINDOW, "3-7 Mb": (3_000_000, 7_000_000)}


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

    def assign(self, genes: pd.DataFrame) -> NDArray[np.object_]:
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
