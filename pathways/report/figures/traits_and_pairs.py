"""Rows of the balance table drawn side by side: a point per trait, and per pair its difference."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.forest import Estimate, forest, legend
from pathways.report.pages.selection import Row
from pathways.report.words.numbers import Scale, as_float, effect_scale, p_value

#: With more pairs of traits their differences are left to the table, as are further traits.
MOST_PAIRS = 3
MOST_TRAITS = 6

Key = tuple[str, str]
#: What stands beside a row, what its tooltips begin with, and its part of the table.
Shown = tuple[str, str, pd.DataFrame]


def draw_rows(
    results: RunTables,
    ax: Axes | None,
    rows: Sequence[Shown],
    *,
    quantity: str,
    width: float,
) -> Axes:
    """Draw a row per label, and in it a point per trait and, of few pairs, per pair.

    Parameters
    ----------
    results
        A run.
    ax
        Where to draw; a new figure by default.
    rows
        From top to bottom, of ``balance.tsv``.
    quantity
        What the axis shows.
    width
        Of a new figure, in inches.
    """
    table = pd.concat([part for _, _, part in rows])
    keys, n_traits = keys_of(table), table.loc[table["trait_b"] == "", "trait_a"].nunique()
    scale = effect_scale(table)
    height = 1.2 + max(0.3, 0.1 * len(keys)) * len(rows)
    ax = style.new_axes(height, width) if ax is None else ax
    known = [_by_key(part) for _, _, part in rows]
    series = [
        [
            _estimate(found[key], key, scale, tip) if key in found else None
            for found, (_, tip, _) in zip(known, rows, strict=True)
        ]
        for key in keys
    ]
    forest(ax, [label for label, _, _ in rows], series)
    mixed = scale.effect_scale == "mixed"
    label = (
        f"{quantity} / its standard error" if mixed else style.quantity(ax, quantity, scale.unit)
    )
    if n_traits > MOST_TRAITS:
        label += f"\n{MOST_TRAITS} of {n_traits} traits; all are in balance.tsv"
    ax.set_xlabel(label)
    above = legend(ax, [f"{a} − {b}" if b else a for a, b in keys])
    style.bare(ax)
    style.stamp(ax, simulated=results.parameters.simulated, above=above)
    return ax


def keys_of(table: pd.DataFrame) -> list[Key]:
    """The first traits, then pairs if they are few."""
    keys: list[Key] = list(dict.fromkeys(zip(table["trait_a"], table["trait_b"], strict=True)))
    pairs = [key for key in keys if key[1]]
    traits = [key for key in keys if not key[1]]
    return traits[:MOST_TRAITS] + (pairs if len(pairs) <= MOST_PAIRS else [])


def _by_key(table: pd.DataFrame) -> dict[Key, Row]:
    """The first row of each trait or pair."""
    found: dict[Key, Row] = {}
    for row in table.to_dict("records"):
        found.setdefault((row["trait_a"], row["trait_b"]), row)
    return found


def _estimate(row: Row, key: Key, scale: Scale, label: str) -> Estimate:
    """The point of a trait or pair."""
    unit = as_float(row["se"]) if scale.effect_scale == "mixed" else 1 / scale.factor
    value, low, high = (as_float(row[c]) / unit for c in ("activity", "ci_low", "ci_high"))
    tip = (
        f"{label}, {' − '.join(filter(None, key))}: {scale.text(row['activity'])}"
        f" ({scale.interval(row['ci_low'], row['ci_high']) or 'no interval'}),"
        f" p = {p_value(row['p_direction']) or 'none'}; {row['note']}"
    )
    return Estimate(value, low, high, tip)
