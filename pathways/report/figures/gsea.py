"""Figure 8: GSEA running sum of every trait in one panel, with the places of the members.

Members of role −1 enter with their effect reversed, as in `statistics.gsea`; the running sum rises
by ``|effect| / sum of |effect| of the members`` at a member and falls by ``1 / (n - m)`` elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pathways.output.run_tables import RunTables
from pathways.report.figures import style, svg
from pathways.report.selection import Selection, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, number, p_value
from twas.errors import UsageError
from twas.system.arrays import Bool, Float, Int


def gsea(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    pathway: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw the running sum of one pathway in every trait.

    Parameters
    ----------
    results
        A run with GSEA.
    ax
        Where to draw; a new figure by default.
    collection, pathway
        Names; the first by default.
    width
        Of a new figure, in inches.

    Raises
    ------
    UsageError
        If GSEA was not run on such a pathway.
    """
    chosen = select(results, collection)
    name = pathway or chosen.pathways[0]
    rows = results.tables["leading_edge"]
    rows = rows[(rows["collection"] == chosen.collection) & (rows["pathway"] == name)]
    if rows.empty:
        raise UsageError(f"GSEA was not run on pathway {name!r}; run with `run_gsea`")
    ax = style.new_axes(max(0.36 * width + 0.9, 2.9), width) if ax is None else ax
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=1)
    curves = [_curve(rows[rows["trait"] == trait]) for trait in chosen.traits]
    for k, (trait, curve) in enumerate(zip(chosen.traits, curves, strict=True)):
        _draw(ax, curve, k, _tip(trait, chosen.directions.get((name, trait), {})))
    _ticks(ax, curves)
    ax.set_xlim(0, 1)
    ax.set_xlabel(
        style.quantity(ax, "genes, from raising to lowering risk", "share of all")
        + "\ndark ticks: leading edge; p permutes genes"
    )
    ax.set_ylabel("GSEA running sum")
    scores = [chosen.directions.get((name, trait), {}) for trait in chosen.traits]
    above = _legend(ax, chosen, chosen.titles[name], scores)
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated, above=above)
    return ax


def applies(results: RunTables, collection: str, pathway: str | None) -> bool:
    """Whether GSEA was run on a collection, or on one pathway of it."""
    table = results.tables["leading_edge"]
    rows = table["collection"] == collection
    return bool((rows & (table["pathway"] == pathway)).any() if pathway else rows.any())


def running_sum(effect: Float, member: Bool) -> Float:
    """The running sum over genes in descending order of effect.

    Parameters
    ----------
    effect, member
        Of each gene, already in order, shape ``(n,)``; effects count at members only.
    """
    weight = np.abs(effect) * member
    total = weight.sum()
    up = weight / total if total > 0 else weight
    down = ~member / max(int((~member).sum()), 1)
    return np.cumsum(up - down)


@dataclass(frozen=True)
class Curve:
    """The running sum of one trait.

    Attributes
    ----------
    running
        After each gene, in order, shape ``(n,)``.
    places
        Places of the members in that order, shape ``(m,)``.
    """

    running: Float
    places: Int

    @property
    def peak(self) -> int:
        """Where the running sum is farthest from zero: its value there is the score."""
        high, low = int(np.argmax(self.running)), int(np.argmin(self.running))
        return high if abs(self.running[high]) >= abs(self.running[low]) else low

    @property
    def leading(self) -> Bool:
        """Members of the leading edge: those up to a peak, or from a valley on."""
        up = self.running[self.peak] >= 0
        return self.places <= self.peak if up else self.places >= self.peak

    @property
    def share(self) -> Float:
        """Place of each gene, from 0 to 1."""
        return np.arange(len(self.running)) / max(len(self.running) - 1, 1)


def _curve(rows: pd.DataFrame) -> Curve:
    """The curve of one trait from its rows of ``leading_edge``; flat where there is none."""
    if rows.empty:
        return Curve(np.zeros(1), np.zeros(0, dtype=np.int64))
    rows = rows.sort_values("rank")
    places = rows["rank"].to_numpy(dtype=np.int64) - 1
    member = np.zeros(int(rows["n_ranked"].iloc[0]), dtype=bool)
    effect = np.zeros(member.size)
    member[places], effect[places] = True, rows["effect"]
    return Curve(running_sum(effect, member), places)


def corners(curve: Curve) -> Int:
    """Where the line bends: it is straight between members, shape ``(<= 2 m + 2,)``."""
    last = len(curve.running) - 1
    before = np.maximum(curve.places - 1, 0)
    return np.unique(np.concatenate([[0], before, curve.places, [last]]))


def _draw(ax: Axes, curve: Curve, k: int, tip: str) -> None:
    shade, keep, peak = style.colour(k), corners(curve), curve.peak
    ax.plot(curve.share[keep], curve.running[keep], color=shade, lw=1.1, zorder=2, gid=svg.tip(tip))
    if curve.places.size:
        x, y = curve.share[peak], curve.running[peak]
        ax.plot([x, x], [0, y], color=shade, lw=0.6, ls=":", zorder=1)
        ax.plot([x], [y], style.marker(k), ms=4, color=shade, zorder=3, gid=svg.tip(tip))


def _ticks(ax: Axes, curves: list[Curve]) -> None:
    """A row of ticks per trait below the lines; the leading edge is dark."""
    low, high = ax.get_ylim()
    step = 0.08 * (high - low)
    for k, curve in enumerate(curves):
        top = low - k * step
        for inside, alpha in ((False, 0.35), (True, 1.0)):
            places = curve.share[curve.places[curve.leading == inside]]
            shade = style.colour(k)
            ax.vlines(places, top - 0.8 * step, top, color=shade, lw=0.6, alpha=alpha)
    ax.set_ylim(low - len(curves) * step, high)


def _tip(trait: str, row: Row) -> str:
    return f"{trait}: {_score(row)}"


def _score(row: Row) -> str:
    """``NES 2.45, p = 0.001``."""
    return f"NES {number(row.get('nes')) or 'none'}, p = {p_value(row.get('p_gsea')) or 'none'}"


def _legend(ax: Axes, chosen: Selection, heading: str, rows: Sequence[Row]) -> float:
    """Each trait with its score, one below the other where the figure is narrow."""
    narrow = style.narrow(ax)
    handles = [
        Line2D(
            [],
            [],
            marker=style.marker(k),
            color=style.colour(k),
            lw=1.1,
            ms=4,
            label=f"{names.shorten(trait, 18 if narrow else 40)}: {_score(row)}",
        )
        for k, (trait, row) in enumerate(zip(chosen.traits, rows, strict=True))
    ]
    return style.legend_above(ax, handles, columns=1 if narrow else 2, heading=heading)
