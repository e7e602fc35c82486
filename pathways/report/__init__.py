"""From results to what people read: figures, report, words, tables for papers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathways.results import Results

__all__ = ["write_report"]


def write_report(
    results: Results,
    folder: Path,
    *,
    formats: Collection[str] = ("svg", "pdf", "png"),
    progress: Callable[[str], None] = lambda step: None,
) -> None:
    """Write the figures, ``report.html``, ``methods.md`` and ``references.bib``.

    Parameters
    ----------
    results
        A run.
    folder
        Where to; exists. Equal results give equal bytes, whatever the folder and the time.
    formats
        Formats of the figures beside SVG.
    progress
        Called with a phrase at the start of each step.
    """
    from pathways.report import html, make_figures, manuscript  # loads matplotlib and Jinja2

    drawn = make_figures.make_figures(
        results, folder / "figures", formats=formats, progress=progress
    )
    progress("report")
    files = {"report.html": html.render(results, drawn), **manuscript.manuscript(results)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
