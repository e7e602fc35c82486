"""Figure 7: the stress–reserve balance and what it is made of, per trait and pair."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.forest import draw_rows
from pathways.report.selection import collections
from pathways.report.words import names
from pathways.statistics.stress_reserve import BALANCE
from twas.errors import UsageError
from twas.study.universe import COMBINED


def balance(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw the activity of each axis of the balance, of their difference, and of their parts.

    Parameters
    ----------
    results
        A run with a ``balance`` table.
    ax
        Where to draw; a new figure by default.
    collection
        Not used: the balance has sets of its own.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        Per trait (up to six) and, up to three pairs, their difference. In units of the effect,
        or of the standard error where only some traits have a sample size.

    Raises
    ------
    UsageError
        If the run has no balance.
    """
    table = results.tables.get("balance")
    if table is None or table.empty:
        raise UsageError("the results hold no stress-reserve balance")
    table = table[table["scope"] == COMBINED].assign(trait_b=names.texts(table["trait_b"]))
    rows = _rows(table)
    wide = width if ax is None else ax.get_figure(root=True).get_figwidth()  # type: ignore[union-attr]
    shown = [
        (label, axis, table[table["axis"] == axis])
        for label, (axis, _) in zip(_labels(rows, wide), rows, strict=True)
    ]
    ax = draw_rows(results, ax, shown, quantity="activity", width=width)
    for text, (_, part) in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_fontweight("normal" if part else "bold")
    return ax


def _rows(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Axis and, for a part of one, what it stands for: each axis, its parts, the balance."""
    notes = dict(zip(table["axis"], table["note"], strict=True))
    parts: dict[str, list[tuple[str, str]]] = {}
    for axis, note in notes.items():
        whole, colon, part = str(note).partition(": ")
        if colon and whole in notes:
            parts.setdefault(whole, []).append((axis, part))
    rows = []
    for whole, inside in parts.items():
        rows += [(whole, ""), *inside]
    return [*rows, (BALANCE, "")] if BALANCE in notes else rows


def _labels(rows: list[tuple[str, str]], wide: float) -> list[str]:
    width = 20 if wide <= style.COLUMN else 40
    whole = {axis: axis.capitalize() for axis, part in rows if not part}
    if BALANCE in whole:
        whole[BALANCE] = "Balance: stress − reserve"
    return [names.label(part or whole[axis], width=width, lines=2) for axis, part in rows]


def applies(results: RunTables, collection: str, _: str | None) -> bool:
    """Whether there is a balance; it is drawn with the first collection."""
    table = results.tables.get("balance")
    return table is not None and len(table) > 0 and collection == collections(results)[0]
