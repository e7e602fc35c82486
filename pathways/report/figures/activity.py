"""Figure 1: the activity of each pathway in every trait side by side, with its interval and call.

``A = (1/m) sum_g role_g * effect_g``; right of zero, genetically higher activity of the pathway
goes with higher risk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pathways.report import names, svg
from pathways.report.figures import style
from pathways.report.numbers import as_float, count, p_value
from pathways.report.selection import Row, Selection, select
from pathways.results import Results

#: Above so many pairs only those with a call are named.
_PAIR_COLUMNS = 3
_PAIR_WIDTH = 74.0  # points


def activity(results: Results, ax: Axes | None = None, *, collection: str | None = None) -> Axes:
    """Draw the activity of each pathway with its 95 % interval, and mark the call.

    Parameters
    ----------
    results
        A run.
    ax
        Where to draw; a new figure by default.
    collection
        Name of a collection; the first by default.

    Returns
    -------
    Axes
        At most 30 pathways, those of smallest q, from top to bottom.
    """
    chosen = select(results, collection)
    if ax is None:
        ax = style.new_axes(height(chosen))
    rows = np.arange(len(chosen.pathways), dtype=float)
    offsets = _offsets(len(chosen.traits))
    _bands(ax, chosen)
    ax.axvline(0, color=style.FAINT, lw=0.6, zorder=1)
    for k, trait in enumerate(chosen.traits):
        for row, pathway in zip(rows, chosen.pathways, strict=True):
            found = chosen.directions.get((pathway, trait))
            if found is not None:
                _point(ax, found, k, row + offsets[k], chosen)
    ax.set_yticks(rows, [names.label(p, chosen.collection) for p in chosen.pathways])
    for text in ax.get_yticklabels():
        text.set_parse_math(False)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(_axis_label(chosen))
    _calls(ax, chosen)
    _legend(ax, chosen)
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated)
    return ax


def height(chosen: Selection) -> float:
    """Height of the figure in inches."""
    return 0.95 + len(chosen.pathways) * max(0.3, 0.15 * len(chosen.traits))


def _offsets(n: int) -> list[float]:
    """Places of n traits within a row of height one."""
    step = min(0.34, 0.8 / max(n, 1))
    return [(k - (n - 1) / 2) * step for k in range(n)]


def _per(row: Row, chosen: Selection) -> float:
    """What one unit of the x axis is: a power of ten, or the row's own standard error."""
    if chosen.scale.effect_scale == "mixed":
        return as_float(row["se"])
    return 1 / chosen.scale.factor


def _point(ax: Axes, row: Row, k: int, y: float, chosen: Selection) -> None:
    unit = _per(row, chosen)
    value, low, high = (as_float(row[c]) / unit for c in ("activity", "ci_low", "ci_high"))
    if not np.isfinite(value):
        ax.plot([0], [y], marker="x", ms=3, color=style.FAINT, ls="", zorder=2)
        return
    shade = style.colour(k)
    gid = svg.tip(_tip(row, chosen))
    tested = bool(np.isfinite(low) and np.isfinite(high))
    if tested:
        ax.plot([low, high], [y, y], color=shade, lw=1.2, solid_capstyle="butt", zorder=2)
    face = shade if tested else "white"
    ax.plot([value], [y], style.marker(k), ms=4, mfc=face, mec=shade, mew=0.9, zorder=3, gid=gid)


def _tip(row: Row, chosen: Selection) -> str:
    interval = chosen.scale.interval(row["ci_low"], row["ci_high"]) or "none"
    return (
        f"{names.title(row['pathway'], chosen.collection)}, {row['trait']}: activity"
        f" {chosen.scale.text(row['activity'])}, 95 % interval {interval}"
        f" ({chosen.scale.unit}); p = {p_value(row['p_direction'])},"
        f" q = {p_value(row['q_direction']) or 'none'}; {count(row['n_tested'])} genes in"
        f" {count(row['n_blocks'])} loci"
    )


def _bands(ax: Axes, chosen: Selection) -> None:
    """Shade every second pathway."""
    for row in range(1, len(chosen.pathways), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.BAND, lw=0, zorder=0)


def _calls(ax: Axes, chosen: Selection) -> None:
    """The call of each pathway at the right, a column per pair."""
    if len(chosen.pairs) > _PAIR_COLUMNS:
        for row, pathway in enumerate(chosen.pathways):
            _beside(ax, row, 0, *_called_pairs(chosen, pathway))
        return
    for column, pair in enumerate(chosen.pairs):
        if len(chosen.pairs) > 1:
            heading = " / ".join(names.shorten(name, 9) for name in pair)
            _beside(ax, -0.62, column, heading, "", valign="bottom")
        for row, pathway in enumerate(chosen.pathways):
            found = chosen.divergence.get((pathway, *pair))
            if found is not None:
                call = str(found["call"])
                _beside(ax, row, column, f"{_sign(found)} {call}", call)


def _sign(row: Row) -> str:
    call = str(row["call"])
    if call == "concordant" and as_float(row["activity_a"]) < 0:
        return "↓↓"
    if call == "opposite" and as_float(row["activity_a"]) < 0:
        return "↓↑"
    return style.CALL_SIGNS.get(call, "")


def _called_pairs(chosen: Selection, pathway: str) -> tuple[str, str]:
    found = [row for (p, _, _), row in chosen.divergence.items() if p == pathway]
    loud = [row for row in found if row["call"] in style.LOUD]
    words = [f"{row['trait_a']} / {row['trait_b']}: {row['call']}" for row in loud]
    if not words:
        return "no pair called", ""
    more = f" and {len(words) - 1} more" if len(words) > 1 else ""
    return names.shorten(words[0], 40) + more, style.LOUD[0]


def _beside(
    ax: Axes, row: float, column: int, words: str, call: str, *, valign: str = "center"
) -> None:
    loud = call in style.LOUD
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


def _axis_label(chosen: Selection) -> str:
    if chosen.scale.effect_scale == "mixed":
        return "activity / its standard error (traits with and without sample size)"
    return (
        f"activity ({chosen.scale.unit})\n"
        "left of zero: more activity, lower risk · right of zero: more activity, higher risk"
    )


def _legend(ax: Axes, chosen: Selection) -> None:
    handles = [
        Line2D(
            [], [], marker=style.marker(k), color=style.colour(k), lw=1.2, ms=4,
            label=names.shorten(trait, 40).lstrip("_") or "trait",
        )
        for k, trait in enumerate(chosen.traits)
    ]  # fmt: skip
    legend = ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(len(handles), 3),
        borderaxespad=0.2,
        handletextpad=0.5,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
