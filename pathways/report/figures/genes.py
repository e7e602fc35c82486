"""Figure 4: the member genes of one pathway along the genome, in every trait."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

from pathways.output.run_tables import RunTables
from pathways.report.figures import style, svg
from pathways.report.figures.forest import legend
from pathways.report.figures.genome import Genome
from pathways.report.selection import Selection, combined, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, number
from twas.errors import UsageError

Float = NDArray[np.float64]

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
    best = _leading(table, few)
    while len(best) > 1 and _shares(ax, [row["name"] for row in best]).sum() > 1:
        best.pop()
    best.sort(key=lambda row: float(row["x"]))
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.2 * (high - low))
    start, end = ax.get_xlim()
    words = [row["name"] for row in best]
    wanted = np.array([(row["x"] - start) / (end - start) for row in best])
    places = _spread(wanted, _shares(ax, words))
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


def _leading(table: pd.DataFrame, few: int) -> list[Row]:
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


def _spread(wanted: Float, share: Float) -> Float:
    """Centres from left to right, as near to `wanted` as widths and the axes allow."""
    gap = (share[1:] + share[:-1]) / 2
    places = np.maximum(wanted, share / 2)
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + gap[k - 1])
    ends = 1 - share / 2
    for k in range(len(places) - 1, -1, -1):
        behind = places[k + 1] - gap[k] if k + 1 < len(places) else 1.0
        places[k] = min(places[k], behind, ends[k])
    return np.asarray(places)


def applies(results: RunTables, collection: str, pathway: str | None) -> bool:
    """Whether a tested member has a role."""
    table = results.genes
    rows = (table["collection"] == collection) & (table["role"] != 0)
    return bool((rows & (table["pathway"] == pathway)).any() if pathway else rows.any())
