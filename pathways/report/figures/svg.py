"""SVG: text measured once, tooltips that need no script, fonts of every reader, inlining.

Text is measured once for placing and for drawing, in every figure of a process.

A figure function marks what has a tooltip by ``gid = tip(text)``, and a series of markers, which is
one artist because hundreds take seconds, by ``gid = tips(texts)``. Matplotlib writes the gid as the
id of a group; here it becomes a ``<title>``, or one of each marker, which browsers show on hover
and screen readers read.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from pathways.report.words.names import clean

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
#: Dots per inch of an SVG: a dot is a point.
DPI = 72
#: So many sizes of texts are kept.
_KEPT = 8192
_Base: Any = RendererSVG
_TIP = "tip:"
#: Between the texts of a series: the paragraph separator, which no name needs.
_NEXT = "\u2029"
_FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


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


def drawn(figure: Figure, metadata: dict[str, Any]) -> bytes:
    """A figure as SVG, finished; unlike `savefig`, it is drawn once."""
    text = io.StringIO()
    figure.set_dpi(DPI)
    renderer = Renderer(*_points(figure), text, metadata=metadata)
    figure.draw(renderer)
    renderer.finalize()
    return finish(text.getvalue().encode("utf-8"))


def _points(figure: Figure) -> tuple[float, float]:
    width, height = figure.get_size_inches() * DPI
    return float(width), float(height)


def tip(text: str) -> str:
    """The gid that gives an artist a tooltip."""
    return tips([text])


def tips(texts: Sequence[str]) -> str:
    """The gid that gives each marker of a line a tooltip, in the order of its points."""
    return _TIP + _NEXT.join(clean(text).replace(_NEXT, " ") for text in texts)


def texts_of(gid: str | None) -> list[str]:
    """What `tips` was given; nothing of any other gid."""
    if not gid or not gid.startswith(_TIP):
        return []
    return gid.removeprefix(_TIP).split(_NEXT)


def finish(svg: bytes) -> bytes:
    """Turn marked ids into tooltips, and name fallback fonts.

    Parameters
    ----------
    svg
        A figure as matplotlib wrote it.
    """
    root = _parse(svg)
    for number, (element, words) in enumerate(list(_marked(root))):
        element.set("id", f"tip-{number}")
        title = ET.Element(f"{{{SVG}}}title")
        title.text = words
        element.insert(0, title)
    for element in root.iter():
        look = element.get("style")
        if look and "font-family" in look:
            element.set("style", look.replace("'DejaVu Sans'", _FONTS))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _marked(root: ET.Element) -> Iterator[tuple[ET.Element, str]]:
    """Each element with a tooltip, and its text: a group, or the markers in it one by one."""
    for group in list(root.iter()):
        texts = texts_of(group.get("id"))
        if len(texts) == 1:
            yield group, texts[0]
        elif texts:
            del group.attrib["id"]
            yield from zip(group.iter(f"{{{SVG}}}use"), texts, strict=True)


def inline(svg: bytes, prefix: str, title: str) -> str:
    """An SVG for inlining in HTML: unique ids, a name for screen readers, no metadata.

    Parameters
    ----------
    svg
        From `finish`.
    prefix
        Put before every id, so that two figures of a page never share one.
    title
        What the figure shows, in words that give the answer.
    """
    root = _parse(svg)
    root.set("role", "img")
    root.set("aria-label", title)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    for element in root.iter():
        _prefix(element, prefix)
        if element.get("id", "").startswith(f"{prefix}-tip-"):
            element.set("class", "tip")
            # One stop of the Tab key per figure; arrows go from point to point.
            element.set("tabindex", "0" if element.get("id") == f"{prefix}-tip-0" else "-1")
        if element.tag == f"{{{SVG}}}path":
            element.set("d", " ".join(element.get("d", "").split()))
    _drop_unused_ids(root)
    return ET.tostring(root, encoding="unicode")


def _parse(svg: bytes) -> ET.Element:
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.fromstring(svg)


def _prefix(element: ET.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        if name == "id":
            element.set(name, f"{prefix}-{value}")
        elif name == f"{{{XLINK}}}href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _drop_unused_ids(root: ET.Element) -> None:
    used = {e.get(f"{{{XLINK}}}href", "").removeprefix("#") for e in root.iter()}
    for element in root.iter():
        for value in element.attrib.values():
            used.update(_REFERENCE.findall(value))
    for element in root.iter():
        if element.get("id", "") not in used and element.get("class") != "tip":
            element.attrib.pop("id", None)
