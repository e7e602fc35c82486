"""Figure 4: the member genes of one pathway along the genome, in every trait.

The genome is an axis: chromosomes one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties

from pathways.output.run_tables import RunTables
from pathways.report.figures import style, svg
from pathways.report.figures.forest import legend
from pathways.report.selection import Selection, combined, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, number
from twas.errors import UsageError
from twas.genes import reference
from twas.system.arrays import Float

CHROMOSOMES = tuple(str(c) for c in [*range(1, 23), "X", "Y"])
#: Members on fewer chromosomes leave most of the genome empty: then only theirs are drawn.
_MANY = 8
#: Room for genes without a position, after the last chromosome, as a share of the others.
_ROOM = 0.02
#: Loci named, and where the figure is narrow.
_NAMED, _NAMED_NARROW = 9, 5
#: Letters of a name of so many genes.
_LETTERS = 13


def genes(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    pathway: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw role × effect of each tested member at its place in the genome.

    Where only some traits have a sample size, and effects have no common unit, it is role × z.

    Parameters
    ----------
    results
        A run.
    ax
        Where to draw; a new figure by default.
    collection, pathway
        Names; the first by default.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        Filled: role +1; hollow: role −1. The genes of the leading loci are named.

    Raises
    ------
    UsageError
        If there is no such pathway.
    """
    chosen = select(results, collection)
    name = pathway or chosen.pathways[0]
    table = combined(results.genes, chosen.collection)
    table = table[(table["pathway"] == name) & (table["role"] != 0)]
    if table.empty:
        raise UsageError(
            f"pathway {name!r} has no tested gene with a role in {chosen.collection!r}"
        )
    ax = style.new_axes(max(0.28 * width + 0.9, 2.5), width) if ax is None else ax
    mixed = chosen.scale.effect_scale == "mixed"
    value = table["z"] if mixed else table["effect"] * chosen.scale.factor
    genome = Genome.of(table)
    # Traits stand beside each other, a third of a percent of the genome apart.
    shift = {t: (k - (len(chosen.traits) - 1) / 2) * 0.0033 for k, t in enumerate(chosen.traits)}
    x = genome.place(table) + table["trait"].map(shift) * genome.length
    table = table.assign(x=x, y=table["role"] * value)
    genome.draw(ax)
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=1)
    for k, trait in enumerate(chosen.traits):
        _stems(ax, table[table["trait"] == trait], k, chosen)
    ax.set_ylabel(_unit(chosen))
    ax.set_xlabel("chromosome; filled: role +1, hollow: role −1")
    above = legend(ax, chosen.traits, line=False, heading=chosen.titles[name])
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated, above=above)
    _leaders(ax, table)
    return ax


def _unit(chosen: Selection) -> str:
    if chosen.scale.effect_scale == "mixed":
        return "role × z"
    power = chosen.scale.prefix.removeprefix("× ")
    return f"role × effect\n({power or chosen.scale.unit})"


def _stems(ax: Axes, table: pd.DataFrame, k: int, chosen: Selection) -> None:
    shade = style.colour(k)
    ax.vlines(table["x"], 0, table["y"], color=shade, lw=0.6, zorder=2)
    for part, face in ((table[table["role"] > 0], shade), (table[table["role"] < 0], "white")):
        if len(part):
            ax.plot(
                part["x"],
                part["y"],
                style.marker(k),
                ms=3,
                mfc=face,
                mec=shade,
                mew=0.7,
                zorder=3,
                gid=svg.tips([_tip(row, chosen) for row in part.to_dict("records")]),
            )


def _tip(row: Row, chosen: Selection) -> str:
    return (
        f"{row['gene']} ({row['block']}), role {int(row['role']):+d}, {row['trait']}:"
        f" z {number(row['z'])}, contribution {chosen.scale.text(row['contribution'])}"
    )


def _leaders(ax: Axes, table: pd.DataFrame) -> None:
    """Name the genes of the loci that contribute most, in a row at the top."""
    few = _NAMED_NARROW if style.narrow(ax) else _NAMED
    best = leading_loci(table, few)
    while len(best) > 1 and _shares(ax, [row["name"] for row in best]).sum() > 1:
        best.pop()
    best.sort(key=lambda row: float(row["x"]))
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.2 * (high - low))
    start, end = ax.get_xlim()
    words = [row["name"] for row in best]
    wanted = np.array([(row["x"] - start) / (end - start) for row in best])
    share = _shares(ax, words)
    places = style.spread(wanted, (share[1:] + share[:-1]) / 2, share / 2, 1 - share / 2)
    for place, word, row in zip(places, words, best, strict=True):
        name = ax.annotate(
            word,
            xy=(row["x"], row["y"]),
            xytext=(place, 0.985),
            textcoords="axes fraction",
            ha="center",
            va="top",
            style="italic",
            zorder=1.5,  # the line ends under the marker
            arrowprops={
                "arrowstyle": "-",
                "lw": 0.4,
                "color": "#bbbbbb",
                "relpos": (0.5, 0.0),  # from below its name, so that it meets no other
                # Nothing is to be cut off it: matplotlib searches for where, at length.
                "patchA": None,
                "shrinkA": 0,
                "shrinkB": 0,
            },
            parse_math=False,
        )
        name.set_in_layout(False)  # it stands inside the axes


def leading_loci(table: pd.DataFrame, few: int) -> list[Row]:
    """The loci of largest |contribution| in any trait, the largest first.

    Contributions are compared as shares of what a trait has, so that the trait of the larger
    errors does not choose all; members of a locus that cancel count as little.
    """
    total = table.groupby("trait")["contribution"].transform(lambda c: c.abs().sum())
    share = (table["contribution"] / total.where(total > 0, 1.0)).abs()
    locus = table.groupby(["trait", "block"])["contribution"].transform("sum").abs() / total
    blocks = locus.groupby(table["block"]).max().nlargest(few).index
    found: list[Row] = []
    for block in blocks:
        inside = table["block"] == block
        top = table.loc[share[inside].idxmax()]
        order = share[inside].groupby(table.loc[inside, "gene"]).max()
        ranked = order.sort_values(ascending=False, kind="stable").index
        found.append(
            {
                "name": joined([names.shorten(gene, _LETTERS) for gene in ranked], _LETTERS),
                "x": top["x"],
                "y": top["y"],
            }
        )
    return found


def joined(genes: Sequence[str], letters: int) -> str:
    """``WDR24, NPRL3``, or ``WDR24 +1`` where two names have no room or there are more.

    Parameters
    ----------
    genes
        One or more, the most important first.
    letters
        Room.
    """
    both = ", ".join(genes)
    return both if len(both) <= letters or len(genes) == 1 else f"{genes[0]} +{len(genes) - 1}"


def _shares(ax: Axes, words: list[str]) -> Float:
    """Width of each word with the space around it, as a share of the axes."""
    width = ax.get_position().width * ax.get_figure(root=True).get_figwidth() * 72  # type: ignore[union-attr]
    font = FontProperties(style="italic", size=7)
    sizes = [svg.text_width(word, font) for word in words]
    return (np.array(sizes) + 5) / width


def applies(results: RunTables, collection: str, pathway: str | None) -> bool:
    """Whether a tested member has a role."""
    table = results.genes
    rows = (table["collection"] == collection) & (table["role"] != 0)
    return bool((rows & (table["pathway"] == pathway)).any() if pathway else rows.any())


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
