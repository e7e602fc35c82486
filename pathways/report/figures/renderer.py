"""SVG whose text is measured once: for placing and for drawing, in every figure of a process."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

#: Dots per inch of an SVG: a dot is a point.
DPI = 72
#: So many sizes of texts are kept.
_KEPT = 8192
_Base: Any = RendererSVG


class Renderer(_Base):  # type: ignore[misc]
    """Matplotlib's renderer; it measures outlines, so that no size is rounded to pixels."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool
    ) -> tuple[float, float, float]:
        """Width, height and descent of a text, in points."""
        return _size(s, prop, ismath)


@lru_cache(_KEPT)
def _size(text: str, font: FontProperties, is_math: bool) -> tuple[float, float, float]:
    size: tuple[float, float, float] = text_to_path.get_text_width_height_descent(
        text, font, is_math
    )
    return size


def text_width(text: str, font: FontProperties) -> float:
    """Width of a text in points."""
    return _size(text, font, False)[0]


def measuring(figure: Figure) -> Renderer:
    """A renderer that is asked for the sizes of a figure's texts only; its dpi must be `DPI`."""
    return Renderer(*_points(figure), io.StringIO())


def svg(figure: Figure, metadata: dict[str, Any]) -> bytes:
    """Draw a figure; unlike `savefig`, once."""
    text = io.StringIO()
    figure.set_dpi(DPI)
    renderer = Renderer(*_points(figure), text, metadata=metadata)
    figure.draw(renderer)
    renderer.finalize()
    return text.getvalue().encode("utf-8")


def _points(figure: Figure) -> tuple[float, float]:
    width, height = figure.get_size_inches() * DPI
    return float(width), float(height)
