"""The genome as an axis: chromosomes one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pathways.report.figures import style
from twas.genes import reference

CHROMOSOMES = tuple(str(c) for c in [*range(1, 23), "X", "Y"])
#: Members on fewer chromosomes leave most of the genome empty: then only theirs are drawn.
_MANY = 8
#: Room for genes without a position, after the last chromosome, as a share of the others.
_ROOM = 0.02


@dataclass(frozen=True)
class Genome:
    """Which chromosomes are drawn, and where each starts.

    Attributes
    ----------
    chromosomes
        Names, in order.
    edges
        Start of each and end of the last, in bases, shape ``(n + 1,)``.
    unplaced
        Whether there is room at the end for genes that are on none of them.
    """

    chromosomes: tuple[str, ...]
    edges: tuple[float, ...]
    unplaced: bool

    @classmethod
    def of(cls, table: pd.DataFrame) -> Genome:
        """The chromosomes to draw for genes with columns ``chrom`` and ``position``."""
        placed = table["chrom"].isin(CHROMOSOMES) & table["position"].notna()
        mine = set(table.loc[placed, "chrom"])
        shown = tuple(c for c in CHROMOSOMES if c in mine or len(mine) >= _MANY or not mine)
        lengths = [_lengths()[c] for c in shown]
        edges = np.concatenate([[0.0], np.cumsum(lengths)])
        return cls(shown, tuple(edges.tolist()), bool((~placed).any()))

    @property
    def length(self) -> float:
        """Length of the axis."""
        return self.edges[-1] * (1 + _ROOM * self.unplaced)

    def place(self, table: pd.DataFrame) -> pd.Series:
        """Where each gene stands on the axis."""
        starts = dict(zip(self.chromosomes, self.edges, strict=False))
        placed = table["chrom"].astype(str).map(starts) + table["position"].astype("float64")
        return placed.astype("float64").fillna((self.edges[-1] + self.length) / 2)

    def draw(self, ax: Axes) -> None:
        """Shade every second chromosome, and name those for whose name there is room."""
        for k, (start, end) in enumerate(pairwise(self.edges)):
            if k % 2:
                ax.axvspan(start, end, color=style.BAND, lw=0, zorder=0)
        middles = [(start + end) / 2 for start, end in pairwise(self.edges)]
        least = self.length * (0.05 if style.narrow(ax) else 0.024)
        ticks: list[tuple[float, str]] = []
        for middle, chrom in zip(middles, self.chromosomes, strict=True):
            if not ticks or middle - ticks[-1][0] >= least:
                ticks.append((middle, chrom))
        if self.unplaced:
            end = (self.edges[-1] + self.length) / 2
            ticks = [(x, c) for x, c in ticks if end - x >= least] + [(end, "?")]
        ax.set_xticks([x for x, _ in ticks], [c for _, c in ticks])
        ax.tick_params(axis="x", length=0)
        ax.set_xlim(0, self.length)


@cache
def _lengths() -> dict[str, float]:
    """End of the last gene of each chromosome."""
    ends = reference.load().groupby("chrom")["end"].max()
    return {c: float(ends.get(c, 0)) for c in CHROMOSOMES}
