"""Figure 7: the stress–reserve balance and what it is made of, per trait and pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from pathways.report.figures import style
from pathways.report.figures.forest import Estimate, forest, legend
from pathways.report.pages.selection import Row, collections
from pathways.report.words import names
from pathways.report.words.numbers import Scale, as_float, effect_scale, p_value
from pathways.statistics.stress_reserve import BALANCE
from twas.errors import UsageError
from twas.study.universe import COMBINED

if TYPE_CHECKING:
    from pathways.results import Results

#: With more pairs of traits their differences are left to the table.
_MOST_PAIRS = 3

Key = tuple[str, str]


def balance(
    results: Results,
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
        Per trait and, up to three pairs, the difference between traits. In units of the effect,
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
    keys = keys_of(table)
    scale = effect_scale(table)
    height = 1.2 + max(0.3, 0.1 * len(keys)) * len(rows)
    ax = style.new_axes(height, width) if ax is None else ax
    series = [
        [estimate(table[table["axis"] == axis], key, scale, axis) for axis, _ in rows]
        for key in keys
    ]
    forest(ax, _labels(ax, rows), series)
    for text, (_, part) in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_fontweight("normal" if part else "bold")
    name_axis(ax, scale)
    above = legend(ax, [f"{a} − {b}" if b else a for a, b in keys])
    style.bare(ax)
    style.stamp(ax, simulated=results.parameters.simulated, above=above)
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


def keys_of(table: pd.DataFrame) -> list[Key]:
    """Traits, then pairs if they are few."""
    keys: list[Key] = list(dict.fromkeys(zip(table["trait_a"], table["trait_b"], strict=True)))
    pairs = [key for key in keys if key[1]]
    return [key for key in keys if not key[1]] + (pairs if len(pairs) <= _MOST_PAIRS else [])


def _labels(ax: Axes, rows: list[tuple[str, str]]) -> list[str]:
    width = 20 if style.narrow(ax) else 40
    whole = {axis: axis.capitalize() for axis, part in rows if not part}
    if BALANCE in whole:
        whole[BALANCE] = "Balance: stress − reserve"
    return [names.label(part or whole[axis], width=width, lines=2) for axis, part in rows]


def estimate(table: pd.DataFrame, key: Key, scale: Scale, label: str) -> Estimate | None:
    """The point of a trait or pair among rows of ``balance.tsv``, None where there is no row."""
    found = table[(table["trait_a"] == key[0]) & (table["trait_b"] == key[1])]
    if found.empty:
        return None
    row: Row = found.to_dict("records")[0]
    unit = as_float(row["se"]) if scale.effect_scale == "mixed" else 1 / scale.factor
    value, low, high = (as_float(row[c]) / unit for c in ("activity", "ci_low", "ci_high"))
    tip = (
        f"{label}, {' − '.join(filter(None, key))}: {scale.text(row['activity'])}"
        f" ({scale.interval(row['ci_low'], row['ci_high']) or 'no interval'}),"
        f" p = {p_value(row['p_direction']) or 'none'}; {row['note']}"
    )
    return Estimate(value, low, high, tip)


def applies(results: Results, collection: str, _: str | None) -> bool:
    """Whether there is a balance; it is drawn with the first collection."""
    table = results.tables.get("balance")
    return table is not None and len(table) > 0 and collection == collections(results)[0]


def name_axis(ax: Axes, scale: Scale, quantity: str = "activity") -> None:
    """Name the quantity: in units of the effect, else over the standard error."""
    mixed = scale.effect_scale == "mixed"
    ax.set_xlabel(
        f"{quantity} / its standard error" if mixed else style.quantity(ax, quantity, scale.unit)
    )
