"""Figure 3: pathway × tissue × trait as a heat map of activity over its standard error."""

from __future__ import annotations

from itertools import takewhile

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.patches import Rectangle

from pathways.calls.vocabulary import ALPHA
from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.selection import MOST, Selection, select
from pathways.report.words import names
from twas.study.universe import COMBINED
from twas.system.arrays import Float

#: Steps of the colours, in standard errors.
_STEPS = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
#: Columns for which one and two columns of a journal have room; with more, traits stand one above
#: the other.
_COLUMNS, _COLUMNS_NARROW = 42, 15
#: Rows for which 170 mm have room.
_ROWS = 32
#: With more rows the name of a pathway has one line.
_TWO_LINES = 18
#: With fewer the colours are explained below, not beside.
_FEW = 4
_MISSING = "#ffffff"


def heatmap(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw activity / standard error of each pathway in each trait and tissue.

    Parameters
    ----------
    results
        A run.
    ax
        Where to draw; a new figure by default.
    collection
        Name of a collection; the first by default.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        At most 30 pathways, fewer where traits stand one above the other; a dot marks q ≤ 0.05
        within trait and tissue, a hatched cell has no activity.
    """
    wide = width if ax is None else ax.get_figure(root=True).get_figwidth()  # type: ignore[union-attr]
    chosen = select(results, collection)
    table = results.directions[results.directions["collection"] == chosen.collection]
    scopes = _scopes(table)
    room = _COLUMNS if wide > style.COLUMN else _COLUMNS_NARROW
    stacked = len(chosen.traits) > 1 and len(scopes) * len(chosen.traits) > room
    if stacked:
        chosen = select(results, collection, most=max(min(MOST, _ROWS // len(chosen.traits)), 1))
    rows = len(chosen.pathways) * (len(chosen.traits) if stacked else 1)
    margins = 1.9 if rows >= _FEW else 2.4
    ax = style.new_axes(margins + _row_height(rows, wide) * rows, width) if ax is None else ax
    ratio = _arrange(
        table.assign(shown=table["activity"] / table["se"]), "shown", chosen, scopes, stacked
    )
    _cells(ax, ratio, _arrange(table, "q_direction", chosen, scopes, stacked))
    _label(ax, chosen, scopes, stacked=stacked, lines=1 if rows > _TWO_LINES else 2)
    size = len(chosen.pathways) if stacked else len(scopes)
    _traits(ax, chosen.traits, size, stacked=stacked)
    note = "a dot marks q ≤ 0.05" + (
        "; hatched: not tested" if not np.isfinite(ratio).all() else ""
    )
    ax.set_xlabel(style.with_cut(note, chosen))
    style.stamp(ax, simulated=chosen.simulated, above=13)
    return ax


def _row_height(rows: int, width: float) -> float:
    """Inches: labels have two lines where there are few rows."""
    if rows > _TWO_LINES:
        return 0.145
    return 0.28 if rows <= 10 and width <= style.COLUMN else 0.23


def _scopes(table: pd.DataFrame) -> list[str]:
    """Combined first, then groups and tissues."""
    return [COMBINED, *sorted(set(table["scope"]) - {COMBINED})]


def _arrange(
    table: pd.DataFrame, column: str, chosen: Selection, scopes: list[str], stacked: bool
) -> Float:
    """Pathways × scopes of each trait, the traits beside or above each other."""
    parts = []
    for trait in chosen.traits:
        wide = table[table["trait"] == trait].pivot_table(
            index="pathway", columns="scope", values=column, dropna=False
        )
        wide = wide.reindex(index=list(chosen.pathways), columns=scopes)
        parts.append(wide.to_numpy(dtype=np.float64))
    return np.vstack(parts) if stacked else np.hstack(parts)


def _cells(ax: Axes, ratio: Float, q: Float) -> None:
    colours = mpl.colormaps["PuOr_r"].with_extremes(bad=_MISSING).resampled(len(_STEPS) + 1)
    mesh = ax.pcolormesh(
        np.ma.masked_invalid(ratio),
        cmap=colours,
        norm=BoundaryNorm(_STEPS, colours.N, extend="both"),
        edgecolors="white",
        linewidth=0.6,
    )
    for row, column in np.argwhere(~np.isfinite(ratio)):
        cell = Rectangle((column + 0.06, row + 0.06), 0.88, 0.88, fc="none", ec="#cccccc", lw=0)
        cell.set_hatch("/////")
        ax.add_patch(cell)
    row, column = np.nonzero(q <= ALPHA)
    ax.plot(column + 0.5, row + 0.5, "o", ms=2.4, color="black", mec="white", mew=0.5)
    ax.invert_yaxis()
    if len(ratio) < _FEW:
        bar = ax.figure.colorbar(mesh, ax=ax, location="bottom", shrink=0.6, aspect=25)
    else:
        shrink = min(0.9, 9 / len(ratio))
        bar = ax.figure.colorbar(
            mesh, ax=ax, shrink=shrink, anchor=(0, 1), aspect=18, pad=0.02, panchor=False
        )
    bar.set_label("activity / standard error")
    bar.outline.set_visible(False)


def _label(ax: Axes, chosen: Selection, scopes: list[str], *, stacked: bool, lines: int) -> None:
    """Pathways at the left, tissues below."""
    down, across = (len(chosen.traits), 1) if stacked else (1, len(chosen.traits))
    width = 21 if style.narrow(ax) else 38
    pathways = [
        names.label(chosen.titles[p], width=width, lines=2)
        if lines == 2
        else names.shorten(chosen.titles[p], width + 3)
        for p in chosen.pathways
    ]
    ax.set_xticks(np.arange(len(scopes) * across) + 0.5, scope_labels(scopes) * across, rotation=90)
    ax.set_yticks(np.arange(len(pathways) * down) + 0.5, pathways * down)
    for text in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        text.set_parse_math(False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _traits(ax: Axes, traits: tuple[str, ...], size: int, *, stacked: bool) -> None:
    """Name the traits above, or at the right of, their `size` columns or rows."""
    # So many letters fit above the columns.
    room = (22 if style.narrow(ax) else 70) // len(traits) - 1
    right = ax.get_xlim()[1]
    for k, trait in enumerate(traits):
        if k:
            (ax.axhline if stacked else ax.axvline)(k * size, color=style.INK, lw=1.2)
        ax.annotate(
            names.shorten(trait, 20 if stacked else max(room, 3)),
            xy=(right, (k + 0.5) * size) if stacked else (k * size + 0.1, 0),
            xytext=(4, 0) if stacked else (0, 3),
            textcoords="offset points",
            rotation=270 if stacked else 0,
            va="center" if stacked else "baseline",
            weight="bold",
            parse_math=False,
            annotation_clip=False,
        )


def scope_labels(scopes: list[str]) -> list[str]:
    """Scopes for people: without the words that all tissues begin with."""
    start = _shared_start([scope for scope in scopes if scope != COMBINED])
    return [
        s if s == COMBINED else names.shorten(s.removeprefix(start).replace("_", " "), 36)
        for s in scopes
    ]


def _shared_start(tissues: list[str]) -> str:
    """The words that all names begin with, as ``Brain_``."""
    words = list(zip(*(t.split("_")[:-1] for t in set(tissues)), strict=False))
    shared = takewhile(lambda column: len(set(column)) == 1, words)
    return "".join(f"{column[0]}_" for column in shared) if len(set(tissues)) > 1 else ""


def applies(results: RunTables, collection: str, _: str | None) -> bool:
    """Whether there are two tissues or more."""
    table = results.directions
    return bool(table.loc[table["collection"] == collection, "scope"].nunique() > 2)
