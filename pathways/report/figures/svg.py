"""SVG after drawing: tooltips that need no script, fonts that every reader has, inlining.

A figure function marks what has a tooltip by ``gid = tip(text)``. Matplotlib writes the gid as the
id of a group; here it becomes a ``<title>``, which browsers show on hover and screen readers read.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from pathways.report.words.names import clean

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_TIP = "tip:"
_FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def tip(text: str) -> str:
    """The gid that gives an artist a tooltip."""
    return _TIP + clean(text)


def finish(svg: bytes) -> bytes:
    """Turn marked ids into tooltips, and name fallback fonts.

    Parameters
    ----------
    svg
        A figure as matplotlib wrote it.
    """
    root = _parse(svg)
    number = 0
    for element in root.iter():
        mark = element.get("id", "")
        if mark.startswith(_TIP):
            element.set("id", f"tip-{number}")
            title = ET.Element(f"{{{SVG}}}title")
            title.text = mark.removeprefix(_TIP)
            element.insert(0, title)
            number += 1
        look = element.get("style")
        if look and "font-family" in look:
            element.set("style", look.replace("'DejaVu Sans'", _FONTS))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def inline(svg: bytes, prefix: str, title: str) -> str:
    """An SVG for inlining in HTML: unique ids, a name for screen readers, no metadata.

    Parameters
    ----------
    svg
        From `finish`.
    prefix
        Put before every id, so that two figures of a page never share one.
    title
        What the figure shows.
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
            element.set("tabindex", "0")
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
