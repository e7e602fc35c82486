"""Figures to files: SVG and PDF with text that stays text, the same bytes every time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathways.report.figures import svg
from pathways.report.figures.style import PADS, style

#: Axes that change by less than this share of themselves need no second look.
_SAME = 0.2

#: Metadata of each format that would tell the time.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}


def draw(function: Callable[..., Axes], *args: object, **options: object) -> Axes:
    """Call a figure function in the project's style."""
    with style():
        ax = function(*args, **options)
        figure = ax.get_figure(root=True)
        if isinstance(figure, Figure):
            # Place everything once, without drawing it; each format would do it again.
            with _any_script():
                _place(figure)
            figure.set_layout_engine("none")
        return ax


def _place(figure: Figure) -> None:
    """Leave as much room around the axes as their text needs.

    Of a figure with a colour bar matplotlib's own layout does it; for a single axes that takes
    twice the time, since it measures all text twice.
    """
    engine = figure.get_layout_engine()
    if len(figure.axes) != 1:
        if engine is not None:
            with _fine(figure):
                engine.execute(figure)
        return
    figure.set_layout_engine("none")
    figure.set_dpi(svg.DPI)
    (ax,) = figure.axes
    measuring = svg.measuring(figure)
    width, height = figure.bbox.size
    x_pad, y_pad = (pad * figure.dpi for pad in PADS)
    for _ in range(2):
        before, around = ax.get_window_extent(), ax.get_tightbbox(measuring)
        if around is None:
            return
        left, right = before.x0 - around.x0 + x_pad, around.x1 - before.x1 + x_pad
        low, high = before.y0 - around.y0 + y_pad, around.y1 - before.y1 + y_pad
        across, up = max(width - left - right, 1.0), max(height - low - high, 1.0)
        ax.set_position((left / width, low / height, across / width, up / height))
        # Of axes that hardly changed the ticks are the same.
        if abs(across / before.width - 1) < _SAME and abs(up / before.height - 1) < _SAME:
            return


@contextmanager
def _fine(figure: Figure) -> Iterator[None]:
    """Measure text as in print: at screen resolution it is rounded to pixels, and too narrow."""
    dpi = figure.dpi
    figure.set_dpi(600)
    yield
    figure.set_dpi(dpi)


@contextmanager
def _any_script() -> Iterator[None]:
    """A name in a script that the font lacks is no fault: readers of SVG have other fonts."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


@contextmanager
def _lean_fonts() -> Iterator[None]:
    """Embed fonts in PDF without layout tables: reading them takes most of the time of a PDF.

    Text is placed letter by letter, so that nothing needs them. Matplotlib has no setting for it;
    where fontTools keeps its list elsewhere, files are larger and nothing else changes.
    """
    from fontTools.subset import Options

    usual = getattr(Options, "_drop_tables_default", None)
    if usual is None:
        yield
        return
    Options._drop_tables_default = [*usual, "GDEF", "GPOS", "GSUB"]
    try:
        yield
    finally:
        Options._drop_tables_default = usual


def save(ax: Axes, folder: Path, name: str, formats: Collection[str] = ("svg",)) -> bytes:
    """Write a figure.

    Parameters
    ----------
    ax
        Any `Axes` of the figure.
    folder, name
        ``FOLDER/NAME.svg`` and so on.
    formats
        Of `pathways.report.registry.FORMATS`.

    Returns
    -------
    bytes
        The SVG, written or not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawing = render(ax, "svg")
    for ending in formats:
        image = drawing if ending == "svg" else render(ax, ending)
        (folder / f"{name}.{ending}").write_bytes(image)
    return drawing


def render(ax: Axes, ending: str) -> bytes:
    """A figure as bytes in one of the formats."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    if ending == "svg":
        with style(), _any_script():
            return svg.drawn(figure, _METADATA[ending])
    buffer = io.BytesIO()
    with style(), _any_script(), _lean_fonts():
        figure.savefig(buffer, format=ending, dpi=300, metadata=_METADATA[ending])
    return buffer.getvalue()
