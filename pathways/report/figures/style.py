"""How every figure looks: sizes, colours that colour-blind readers tell apart, markers, fonts."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from pathways.calls.vocabulary import BY_WORD
from pathways.report.selection import Selection
from pathways.report.words import names
from twas.system.arrays import Float

#: Widths of one and of two columns of a journal, in inches (89 and 183 mm).
COLUMN = 89 / 25.4
PAGE = 183 / 25.4
#: Room at the sides, and above and below, in inches.
PADS = (0.06, 0.05)
#: Greatest height of a figure, in inches (170 mm).
TALLEST = 170 / 25.4

#: Of Okabe and Ito's palette the blues, oranges and pink; purple, green and brown are those of the
#: calls. Each trait also has a marker of its own, so that nothing rests on colour alone.
TRAIT_COLOURS = ("#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#555555", "#cc79a7")
TRAIT_MARKERS = ("o", "s", "^", "D", "v", "P")
INK = "#222222"
FAINT = "#8a8a8a"
BAND = "#f2f2f2"
ALARM = "#a3000b"

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same layout on every machine
    "font.size": 7.0,
    "axes.titlesize": 7.0,
    "axes.labelsize": 7.0,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 7.0,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "text.color": INK,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "twas-divergence",  # the same ids every time
    "pdf.fonttype": 42,  # fonts that illustration programs can edit
    "path.simplify": True,
}


# Settings of matplotlib are those of the process: two threads at once would each put back what the
# other had set.
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def style() -> Iterator[None]:
    """The project's settings, for the time of a `with` block; threads wait for each other."""
    with _ONE_AT_A_TIME, mpl.rc_context(_STYLE):
        yield


def new_axes(height: float, width: float = PAGE) -> Axes:
    """An empty `Axes` on a figure of its own.

    Parameters
    ----------
    height, width
        In inches.
    """
    engine = ConstrainedLayoutEngine(w_pad=PADS[0], h_pad=PADS[1])
    figure = Figure(figsize=(width, min(height, TALLEST)), layout=engine)
    return figure.subplots()


def narrow(ax: Axes) -> bool:
    """Whether the figure has the width of one column."""
    return ax.get_figure(root=True).get_figwidth() < 0.6 * PAGE  # type: ignore[union-attr]


def labels(ax: Axes, titles: Sequence[str]) -> list[str]:
    """Titles of pathways, broken so that they leave room for the data."""
    if narrow(ax):
        return [names.label(title, width=19, lines=2) for title in titles]
    return [names.label(title) for title in titles]


def name_rows(ax: Axes, rows: Sequence[str]) -> None:
    """Label rows from top to bottom at the left."""
    ax.set_yticks(np.arange(len(rows)), list(rows))
    for text in ax.get_yticklabels():
        text.set_parse_math(False)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)


def call_sign(row: Mapping[Any, Any]) -> str:
    """Arrows or a sign for the call of a row of ``divergence``."""
    call = BY_WORD.get(str(row["call"]))
    if call is None:
        return ""
    down = bool(call.sign_down) and float(row["activity_a"]) < 0
    return call.sign_down if down else call.sign


def colour(k: int) -> str:
    """Colour of the k-th trait."""
    return TRAIT_COLOURS[k % len(TRAIT_COLOURS)]


def marker(k: int) -> str:
    """Marker of the k-th trait; a colour that comes again has another."""
    return TRAIT_MARKERS[(k + k // len(TRAIT_COLOURS)) % len(TRAIT_MARKERS)]


def strokes(
    x: Sequence[tuple[float, float]], y: Sequence[tuple[float, float]]
) -> tuple[Float, Float]:
    """Many strokes as one line: coordinates with a gap after each, shape ``(3 n,)``.

    Parameters
    ----------
    x, y
        Start and end of each stroke.
    """
    across, up = (
        np.hstack([np.reshape(ends, (-1, 2)), np.full((len(ends), 1), np.nan)]).ravel()
        for ends in (x, y)
    )
    return across, up


def bare(ax: Axes) -> None:
    """Take away the frame at the top and right."""
    ax.spines[["top", "right"]].set_visible(False)


def legend_above(
    ax: Axes, handles: Sequence[Line2D], *, columns: int, heading: str = "", **options: Any
) -> float:
    """Put a legend above the axes, at the left.

    Parameters
    ----------
    ax
        The axes.
    handles
        With their labels, which may be any text.
    columns
        How many stand in a line.
    heading
        Stands above them.
    **options
        Of `Axes.legend`.

    Returns
    -------
    float
        How many points above the axes there is room for `stamp`: beside it, or above it where
        the figure is narrow.
    """
    for handle in handles:
        # Matplotlib leaves out labels that begin with an underscore.
        handle.set_label(f"\u200b{handle.get_label()}")
    columns = min(max(len(handles), 1), columns)
    box = ax.legend(
        handles=list(handles),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        borderaxespad=0.2,
        columnspacing=1.2,
        title=names.shorten(heading, 36 if narrow(ax) else 70) or None,
        title_fontproperties={"weight": "bold", "size": 7},
        alignment="left",
        **{"handletextpad": 0.5, **options},
    )
    box.get_title().set_parse_math(False)
    for text in box.get_texts():
        text.set_parse_math(False)
        text.set_text(text.get_text().removeprefix("\u200b"))
    lines = -(-len(handles) // columns) + bool(heading)
    return 7.0 + 11.0 * lines if narrow(ax) else 4.0


def stamp(ax: Axes, *, simulated: bool, above: float = 4.0) -> None:
    """Say on the figure that the data are simulated.

    Parameters
    ----------
    ax
        The axes.
    simulated
        Whether they are.
    above
        Points above the axes.
    """
    if simulated:
        ax.set_title("SIMULATED DATA", loc="right", color=ALARM, weight="bold", pad=above)


def quantity(ax: Axes, what: str, unit: str) -> str:
    """Label of an axis, in lines short enough for the width of the figure."""
    if not narrow(ax):
        return f"{what} ({unit})"
    return "\n".join([what, *textwrap.wrap(f"({unit})", 34)])


def with_cut(label: str, chosen: Selection) -> str:
    """Label of an axis, and below it how many pathways are shown if not all are."""
    if not chosen.cut:
        return label
    shown, n = len(chosen.pathways), chosen.n_pathways
    return f"{label}\n{shown} of {n:,} pathways, those of smallest q"


def spread(wanted: Float, gap: Float | float, low: Float | float, high: Float | float) -> Float:
    """Places of names in order, as near to `wanted` as the gaps and both ends allow.

    Parameters
    ----------
    wanted
        Ascending, shape ``(n,)``, in axes fractions.
    gap
        Least distance of each from the one before, shape ``(n - 1,)`` or one for all.
    low, high
        Between which each stands, shape ``(n,)`` or one for all.
    """
    n = len(wanted)
    apart, ends = np.broadcast_to(gap, max(n - 1, 0)), np.broadcast_to(high, n)
    places = np.maximum(wanted, low)
    for k in range(1, n):
        places[k] = max(places[k], places[k - 1] + apart[k - 1])
    for k in range(n - 1, -1, -1):
        behind = places[k + 1] - apart[k] if k + 1 < n else np.inf
        places[k] = min(places[k], behind, ends[k])
    return np.asarray(places)
