"""Rows of estimates with intervals, several series side by side in each row.

And rows of the balance: a point per trait, and per pair its difference.
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
from pathways.report.selection import rows_of
from pathways.report.words import names
from pathways.report.words.numbers import Row, Scale, effect_scale, p_value

#: With more pairs of traits their differences are left to the table, as are further traits.
MOST_PAIRS = 3
MOST_TRAITS = 6

Key = tuple[str, str]
#: What stands beside a row, what its tooltips begin with, and its part of the table.
Shown = tuple[str, str, pd.DataFrame]


@dataclass(frozen=True)
class Estimate:
    """One point: estimate, interval (NaN where there is none), and what its tooltip says."""

    value: float
    low: float
    high: float
    tip: str


def forest(
    ax: Axes,
    labels: Sequence[str],
    series: Sequence[Sequence[Estimate | None]],
    *,
    looks: Sequence[int] | None = None,
) -> None:
    """Draw a row per label and, within it, a point per series.

    Parameters
    ----------
    ax
        Where to draw.
    labels
        One per row, from top to bottom.
    series
        Each with an entry per row; None draws nothing, NaN a faint cross.
    looks
        Which colour and marker each series has; by default in order.
    """
    n = len(labels)
    for row in range(1, n, 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.BAND, lw=0, zorder=0)
    ax.axvline(0, color=style.FAINT, lw=0.6, zorder=1)
    step = min(0.34, 0.8 / max(len(series), 1))
    for k, (look, points) in enumerate(zip(looks or range(len(series)), series, strict=False)):
        offset = (k - (len(series) - 1) / 2) * step
        placed = [(row + offset, point) for row, point in enumerate(points) if point is not None]
        _draw(ax, placed, look)
    style.name_rows(ax, labels)


def _draw(ax: Axes, placed: Sequence[tuple[float, Estimate]], k: int) -> None:
    """One series: its intervals, its points, and where there is neither."""
    shade = style.colour(k)
    unknown = [y for y, point in placed if not np.isfinite(point.value)]
    tested = [one for one in placed if np.isfinite([one[1].value, one[1].low, one[1].high]).all()]
    hollow = [
        one for one in placed
        if np.isfinite(one[1].value) and not np.isfinite([one[1].low, one[1].high]).all()
    ]  # fmt: skip
    ends = [(point.low, point.high) for _, point in tested]
    heights = [(y, y) for y, _ in tested]
    if unknown:
        ax.plot([0] * len(unknown), unknown, marker="x", ms=3, color=style.FAINT, ls="", zorder=2)
    ax.plot(*style.strokes(ends, heights), color=shade, lw=1.2, solid_capstyle="butt")
    for points, face in ((tested, shade), (hollow, "white")):
        if points:
            ax.plot(
                [point.value for _, point in points],
                [y for y, _ in points],
                style.marker(k),
                ms=4,
                mfc=face,
                mec=shade,
                mew=0.9,
                zorder=3,
                gid=svg.tips([point.tip for _, point in points]),
            )


def legend(
    ax: Axes,
    series: Sequence[str],
    *,
    line: bool = True,
    heading: str = "",
    looks: Sequence[int] | None = None,
) -> float:
    """Name the series above the axes; returns the height for `style.stamp`.

    Parameters
    ----------
    ax
        The axes.
    series
        Names, in the order of their colours.
    line
        Whether markers stand on lines.
    heading
        Stands above the names.
    looks
        Which colour and marker each has; by default in order.
    """
    wide = not style.narrow(ax)
    words = [names.shorten(name, 40 if wide else 34) for name in series]
    handles = [
        Line2D(
            [],
            [],
            marker=style.marker(k),
            color=style.colour(k),
            lw=1.2 if line else 0,
            ms=4,
            label=word,
        )
        for k, word in zip(looks or range(len(series)), words, strict=False)
    ]
    longest = max(map(len, words), default=0)
    columns = max((88 if wide else 34) // (longest + 6), 1)
    return style.legend_above(ax, handles, columns=min(columns, 3), heading=heading)


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
    for row in rows_of("balance", table):
        found.setdefault((row["trait_a"], row["trait_b"]), row)
    return found


def _estimate(row: Row, key: Key, scale: Scale, label: str) -> Estimate:
    """The point of a trait or pair."""
    unit = row["se"] if scale.effect_scale == "mixed" else 1 / scale.factor
    value, low, high = (row[c] / unit for c in ("activity", "ci_low", "ci_high"))
    tip = (
        f"{label}, {' − '.join(filter(None, key))}: {scale.text(row['activity'])}"
        f" ({scale.interval(row['ci_low'], row['ci_high']) or 'no interval'}),"
        f" p = {p_value(row['p_direction']) or 'none'}; {row['note']}"
    )
    return Estimate(value, low, high, tip)
