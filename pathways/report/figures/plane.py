"""Figure 2: the plane of activity in trait A against trait B, with error crosses and quadrants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pathways.calls.vocabulary import CALLED, LOUD, READING
from pathways.output.run_tables import RunTables
from pathways.report.figures import style, svg
from pathways.report.selection import Selection, combined, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, Scale, effect_scale
from twas.errors import UsageError

#: Names stand beside at most so many points, fewer where the figure is narrow.
_NAMED = 14
_NAMED_NARROW = 6

#: Colour and marker of each call; the markers differ as well.
_LOOK = {call.word: (call.colour, call.marker) for call in READING}


@dataclass(frozen=True)
class _Point:
    pathway: str
    call: str
    x: float
    y: float
    across: tuple[float, float]
    up: tuple[float, float]
    tip: str


def plane(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    pair: tuple[str, str] | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw the activity of each pathway in one trait against another.

    Parameters
    ----------
    results
        A run of two or more traits.
    ax
        Where to draw; a new figure by default.
    collection
        Name of a collection; the first by default.
    pair
        Names of two traits; the first pair by default.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        At most 30 pathways, those of smallest q.

    Raises
    ------
    UsageError
        If there is no such pair.
    """
    chosen = select(results, collection)
    traits = chosen.pairs[0] if pair is None and chosen.pairs else pair
    if traits is None or traits not in chosen.pairs:
        raise UsageError(f"the results hold no pair of traits {traits}")
    scales = _scales(results, chosen, traits)
    tall = 0.6 if width > style.COLUMN else 0.8
    ax = style.new_axes(tall * width + 0.9, width) if ax is None else ax
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=1)
    ax.axvline(0, color=style.FAINT, lw=0.6, zorder=1)
    points = list(filter(None, (_point(chosen, p, traits, scales) for p in chosen.pathways)))
    _crosses(ax, points)
    _quadrants(ax, traits)
    _names(ax, chosen, [point for point in points if point.call in CALLED])
    above = _legend(ax, chosen, traits)
    for axis, trait in ((ax.xaxis, traits[0]), (ax.yaxis, traits[1])):
        what = f"activity in {names.shorten(trait, 24)}"
        label = style.quantity(ax, what, scales[trait].unit)
        axis.set_label_text(style.with_cut(label, chosen) if axis is ax.xaxis else label)
        axis.label.set_parse_math(False)
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated, above=above)
    return ax


def _scales(results: RunTables, chosen: Selection, traits: tuple[str, str]) -> Mapping[str, Scale]:
    """One scale for both, or one for each where only one trait has a sample size."""
    if chosen.scale.effect_scale != "mixed":
        return dict.fromkeys(traits, chosen.scale)
    table = combined(results.directions, chosen.collection)
    return {trait: effect_scale(table[table["trait"] == trait]) for trait in traits}


def _point(
    chosen: Selection,
    pathway: str,
    traits: tuple[str, str],
    scales: Mapping[str, Scale],
) -> _Point | None:
    """One cross; None where an activity is missing."""
    rows = chosen.of_pair(pathway, traits)
    if len(rows) < len(traits):
        return None
    found = chosen.divergence.get((pathway, *traits))
    call = str(found["call"]) if found is not None else "untestable"
    (x, y), low, high = (
        [scales[t].of(row[c]) for t, row in zip(traits, rows, strict=True) if row is not None]
        for c in ("activity", "ci_low", "ci_high")
    )
    if not np.isfinite([x, y]).all():
        return None
    tip = f"{chosen.titles[pathway]}, {call}: " + "; ".join(
        _in_words(t, row, scales[t]) for t, row in zip(traits, rows, strict=True) if row is not None
    )
    return _Point(pathway, call, x, y, (low[0], high[0]), (low[1], high[1]), tip)


def _crosses(ax: Axes, points: list[_Point]) -> None:
    """Draw the points of each call, and their intervals."""
    for call, (shade, marker) in _LOOK.items():
        mine = [point for point in points if point.call == call]
        if not mine:
            continue
        x, y = [p.x for p in mine], [p.y for p in mine]
        ends = [*(p.across for p in mine), *((p.x, p.x) for p in mine)]
        heights = [*((p.y, p.y) for p in mine), *(p.up for p in mine)]
        ax.plot(*style.strokes(ends, heights), color=shade, lw=0.7, alpha=0.75, zorder=2)
        tips = svg.tips([point.tip for point in mine])
        ax.plot(x, y, marker, ls="", ms=4.5, color=shade, zorder=3, gid=tips)


def _in_words(trait: str, row: Row, scale: Scale) -> str:
    interval = scale.interval(row["ci_low"], row["ci_high"]) or "no interval"
    return f"{trait} {scale.text(row['activity'])} ({interval})"


def _quadrants(ax: Axes, traits: tuple[str, str]) -> None:
    """Name the four corners; the limits are widened so that each name fits its quadrant."""
    a, b = (names.shorten(trait, 8 if style.narrow(ax) else 20) for trait in traits)
    share = 0.3 if style.narrow(ax) else max(0.14, 0.014 * max(len(a), len(b)))
    for axis, least in (("x", share / (1 - share)), ("y", 0.2)):
        low, high = getattr(ax, f"get_{axis}lim")()
        low, high = min(low, -least * high), max(high, -least * low)
        # Above and below all data is a band for the names of the corners, which no line crosses.
        band = 0.09 if axis == "x" else _band(ax)
        pad = band / (1 - 2 * band) * (high - low)
        getattr(ax, f"set_{axis}lim")(low - pad, high + pad)
    for right in (False, True):
        for top in (False, True):
            ax.text(
                0.99 if right else 0.01,
                0.985 if top else 0.015,
                f"{a} {'↑' if right else '↓'}\n{b} {'↑' if top else '↓'}",
                transform=ax.transAxes,
                ha="right" if right else "left",
                va="top" if top else "bottom",
                linespacing=1.1,
                color="#555555",
                parse_math=False,
            )


def _names(ax: Axes, chosen: Selection, points: list[_Point]) -> None:
    """Name the points in a column at the right, in their order, with thin lines to them."""
    order = {call: k for k, call in enumerate(_LOOK)}
    narrow = style.narrow(ax)
    named = sorted(points, key=lambda p: order[p.call])[: _NAMED_NARROW if narrow else _NAMED]
    named.sort(key=lambda p: -p.y)
    low, high = ax.get_ylim()
    wanted = [(p.y - low) / (high - low) for p in named]
    gap, edge = 0.13 if narrow else 0.05, _band(ax) + 0.02
    # From top to bottom.
    places = 1 - style.spread(1 - np.array(wanted), gap, edge, 1 - edge)
    for point, place in zip(named, places, strict=True):
        ax.annotate(
            _name(chosen.titles[point.pathway], narrow=narrow),
            xy=(point.x, point.y),
            xytext=(1.03, place),
            textcoords="axes fraction",
            va="center",
            fontweight="bold" if point.call in LOUD else "normal",
            color=style.INK,
            arrowprops={
                "arrowstyle": "-",
                "lw": 0.4,
                "color": "#b0b0b0",
                "shrinkB": 3,
                "relpos": (0.0, 0.5),  # from where its name begins, so that it meets no other
            },
            annotation_clip=False,
            parse_math=False,
        )


def _name(title: str, *, narrow: bool) -> str:
    """One line, or two short ones."""
    if narrow:
        return names.label(title, width=16, lines=2)
    return names.shorten(title, 38)


def _band(ax: Axes) -> float:
    """Height of the names of the corners, as a share of the axes."""
    return 0.15 if style.narrow(ax) else 0.1


def _legend(ax: Axes, chosen: Selection, traits: tuple[str, str]) -> float:
    shown = {
        str(row["call"])
        for (pathway, *pair), row in chosen.divergence.items()
        if tuple(pair) == traits and pathway in chosen.pathways
    }
    handles = [
        Line2D([], [], ls="", marker=marker, ms=4.5, color=shade, label=call)
        for call, (shade, marker) in _LOOK.items()
        if call in shown
    ]
    columns = 2 if style.narrow(ax) else 4
    return style.legend_above(ax, handles, columns=columns, handletextpad=0.3)


def applies(results: RunTables, collection: str, _: str | None) -> bool:
    """Whether the collection was tested in a pair."""
    return bool((results.divergence["collection"] == collection).any())
