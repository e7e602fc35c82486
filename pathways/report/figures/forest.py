"""Rows of estimates with intervals, several series side by side in each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pathways.report.figures import style, svg
from pathways.report.words import names


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
