"""How every figure looks: sizes, colours that colour-blind readers tell apart, markers, fonts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Widths of one and of two columns of a journal, in inches (85 and 180 mm).
COLUMN = 85 / 25.4
PAGE = 180 / 25.4

#: Okabe and Ito's palette without yellow, which does not show on white; each trait also has a
#: marker of its own, so that nothing rests on colour alone.
TRAIT_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
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

#: Signs beside the words of the calls.
CALL_SIGNS = {
    "opposite": "↑↓",
    "concordant": "↑↑",
    "discordant": "⇅",
    "unequal": "≠",
    "undetermined": "?",
    "untestable": "–",
}
#: Calls that are printed bold.
LOUD = ("opposite", "concordant", "discordant")


@contextmanager
def style() -> Iterator[None]:
    """The project's settings, for the time of a `with` block."""
    with mpl.rc_context(_STYLE):
        yield


def new_axes(height: float, width: float = PAGE) -> Axes:
    """An empty `Axes` on a figure of its own.

    Parameters
    ----------
    height, width
        In inches.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure.subplots()


def colour(k: int) -> str:
    """Colour of the k-th trait."""
    return TRAIT_COLOURS[k % len(TRAIT_COLOURS)]


def marker(k: int) -> str:
    """Marker of the k-th trait."""
    return TRAIT_MARKERS[k % len(TRAIT_MARKERS)]


def bare(ax: Axes) -> None:
    """Take away the frame at the top and right."""
    ax.spines[["top", "right"]].set_visible(False)


def stamp(ax: Axes, *, simulated: bool) -> None:
    """Say on the figure that the data are simulated."""
    if simulated:
        ax.set_title("SIMULATED DATA", loc="right", color=ALARM, weight="bold", fontsize=7)
