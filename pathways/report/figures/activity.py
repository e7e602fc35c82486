"""Figure 1: the activity of each pathway in every trait side by side, with its interval and call.

``A = (1/m) sum_g role_g * effect_g``; right of zero, genetically higher activity of the pathway
goes with higher risk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from pathways.calls.vocabulary import LOUD
from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.forest import Estimate, forest, legend
from pathways.report.selection import Selection, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, count, p_value, still_open

#: Above so many pairs only those with a call are named.
_PAIR_COLUMNS = 3
_PAIR_WIDTH = 74.0  # points
#: Pathways drawn of a collection for which there is no room, if fewer have a call.
FIRST = 12
#: Inches of a figure beside its rows.
_HEAD = 1.2
#: Calls that say of both directions what they are.
_BOTH = ("opposite", "concordant", "untestable")


def activity(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw the activity of each pathway with its 95 % interval, and mark the call.

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
        All pathways that 170 mm have room for, else those with a call, at least `FIRST`, by q.
        Thin ticks stand where an activity of either sign would have been called in each trait with
        80 % power; below a call stands how large the weaker effect can still be.
    """
    chosen = _chosen(results, collection, width)
    rows = len(chosen.pathways)
    ax = style.new_axes(_HEAD + rows * _row_height(chosen, width), width) if ax is None else ax
    shown = [chosen.shown[pathway] for pathway in chosen.pathways]
    series = [[_estimate(chosen, rows.get(trait)) for rows in shown] for trait in chosen.traits]
    forest(ax, style.labels(ax, [chosen.titles[p] for p in chosen.pathways]), series)
    _sizes(ax, chosen)
    ax.set_xlabel(style.with_cut(_axis_label(ax, chosen), chosen))
    _calls(ax, chosen)
    above = legend(ax, chosen.traits)
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated, above=above)
    return ax


def _chosen(results: RunTables, collection: str | None, width: float) -> Selection:
    """The pathways that there is room for; of a larger collection those with a call, by q."""
    chosen = select(results, collection)
    room = max(int((style.TALLEST - _HEAD) / _row_height(chosen, width)), 1)
    if chosen.n_pathways <= room:
        return chosen
    return select(results, collection, most=min(room, max(FIRST, len(chosen.called))))


def _row_height(chosen: Selection, width: float) -> float:
    """Inches; many rows are closer, so that they fit on a page."""
    if len(chosen.pathways) > 12:
        return max(0.24, 0.09 * len(chosen.traits))
    return max(0.3 if width > style.COLUMN else 0.4, 0.15 * len(chosen.traits))


def _estimate(chosen: Selection, row: Row | None) -> Estimate | None:
    if row is None:
        return None
    mixed = chosen.scale.effect_scale == "mixed"
    unit = row["se"] if mixed else 1 / chosen.scale.factor
    value, low, high = (row[c] / unit for c in ("activity", "ci_low", "ci_high"))
    return Estimate(value, low, high, _tip(chosen, row))


def _tip(chosen: Selection, row: Row) -> str:
    interval = chosen.scale.interval(row["ci_low"], row["ci_high"]) or "none"
    return (
        f"{chosen.titles[row['pathway']]}, {row['trait']}: activity"
        f" {chosen.scale.text(row['activity'])}, 95 % interval {interval}"
        f" ({chosen.scale.unit}), {count(row['n_tested'])} genes in {count(row['n_blocks'])} loci;"
        f" {'by itself ' if chosen.pairs else ''}p = {p_value(row['p_direction']) or 'none'},"
        f" q = {p_value(row['q_direction']) or 'none'}"
    )


def _sizes(ax: Axes, chosen: Selection) -> None:
    """Ticks at the sizes that would have been called, where they lie near the intervals."""
    if chosen.scale.effect_scale == "mixed":
        return
    low, high = ax.get_xlim()
    step = min(0.34, 0.8 / max(len(chosen.traits), 1))
    for k, trait in enumerate(chosen.traits):
        at: list[tuple[float, float]] = []
        for row, pathway in enumerate(chosen.pathways):
            found = chosen.directions.get((pathway, trait))
            size = chosen.scale.of((found or {}).get("detectable_effect_fdr"))
            y = row + (k - (len(chosen.traits) - 1) / 2) * step
            at += [(x, y) for x in (-size, size) if low <= x <= high]
        across, up = np.reshape(at, (-1, 2)).T
        ax.plot(across, up, "|", ms=5, mew=0.7, color=style.colour(k), alpha=0.6)
    ax.set_xlim(low, high)


def _calls(ax: Axes, chosen: Selection) -> None:
    """The call of each pathway at the right, a column per pair."""
    few = 1 if style.narrow(ax) else _PAIR_COLUMNS
    if len(chosen.pairs) > few:
        for row, pathway in enumerate(chosen.pathways):
            _beside(ax, row, 0, *_called_pairs(ax, chosen, pathway))
        return
    for column, pair in enumerate(chosen.pairs):
        if len(chosen.pairs) > 1:
            heading = " / ".join(names.shorten(name, 9) for name in pair)
            _beside(ax, -0.62, column, heading, "", valign="bottom")
        for row, pathway in enumerate(chosen.pathways):
            found = chosen.divergence.get((pathway, *pair))
            if found is not None:
                call = str(found["call"])
                _beside(ax, row, column, f"{style.call_sign(found)} {call}", call)
                if len(chosen.pairs) == 1 and not style.narrow(ax) and call not in _BOTH:
                    _below(ax, row, still_open(found))


def _below(ax: Axes, row: float, words: str) -> None:
    """Small words below those of a row."""
    ax.annotate(
        words,
        xy=(1, row),
        xycoords=("axes fraction", "data"),
        xytext=(6, -5),
        textcoords="offset points",
        va="top",
        size=6,
        color="#555555",
        annotation_clip=False,
    )


def _called_pairs(ax: Axes, chosen: Selection, pathway: str) -> tuple[str, str]:
    found = [row for (p, _, _), row in chosen.divergence.items() if p == pathway]
    loud = [row for row in found if row["call"] in LOUD]
    words = [f"{row['trait_a']} / {row['trait_b']}: {row['call']}" for row in loud]
    if not words:
        return "no direction called", ""
    more = f" and {len(words) - 1} more" if len(words) > 1 else ""
    return names.shorten(words[0], 18 if style.narrow(ax) else 40) + more, LOUD[0]


def _beside(
    ax: Axes, row: float, column: int, words: str, call: str, *, valign: str = "center"
) -> None:
    loud = call in LOUD
    look: dict[str, Any] = {"weight": "bold" if loud else "normal", "parse_math": False}
    ax.annotate(
        words,
        xy=(1, row),
        xycoords=("axes fraction", "data"),
        xytext=(6 + column * _PAIR_WIDTH, 0),
        textcoords="offset points",
        va=valign,
        ha="left",
        color=style.INK if loud or not call else "#555555",
        annotation_clip=False,
        **look,
    )


def _axis_label(ax: Axes, chosen: Selection) -> str:
    if chosen.scale.effect_scale == "mixed":
        return "activity / its standard error\n(traits with and without sample size)"
    label = style.quantity(ax, "activity", chosen.scale.unit)
    if style.narrow(ax):
        return f"{label}\nright of zero: higher risk"
    sides = "left of zero: more activity, lower risk · right of zero: more activity, higher risk"
    return f"{label}\n{sides}"
