"""Figures to files: SVG and PDF with text that stays text, the same bytes every time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from pathways.report.figures.style import style
from pathways.report.svg import finish

#: File endings that are written, each with the metadata that would tell the time.
FORMATS: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


def draw(function: Callable[..., Axes], *args: object, **options: object) -> Axes:
    """Call a figure function in the project's style."""
    with style():
        return function(*args, **options)


def save(ax: Axes, folder: Path, name: str) -> bytes:
    """Write a figure in every format.

    Parameters
    ----------
    ax
        Any `Axes` of the figure.
    folder, name
        ``FOLDER/NAME.svg`` and so on.

    Returns
    -------
    bytes
        The SVG.
    """
    folder.mkdir(parents=True, exist_ok=True)
    images = {ending: render(ax, ending) for ending in FORMATS}
    for ending, image in images.items():
        (folder / f"{name}.{ending}").write_bytes(image)
    return images["svg"]


def render(ax: Axes, ending: str) -> bytes:
    """A figure as bytes in one of `FORMATS`."""
    buffer = io.BytesIO()
    with style(), warnings.catch_warnings():
        # A name in a script that the font lacks is no fault: SVG readers have other fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        ax.get_figure(root=True).savefig(buffer, format=ending, metadata=FORMATS[ending])  # type: ignore[union-attr]
    return finish(buffer.getvalue()) if ending == "svg" else buffer.getvalue()
