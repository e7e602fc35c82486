"""From results to what people read: figures, report, words, tables for papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathways.results import Results

__all__ = ["write_report"]


def write_report(results: Results, folder: Path) -> None:
    """Write the figures and ``report.html`` into an existing folder.

    Parameters
    ----------
    results
        A run.
    folder
        Where to. Equal results give equal bytes, whatever the folder and the time.
    """
    from pathways.report import html, make_figures  # matplotlib and Jinja2 load here only

    drawn = make_figures.make_figures(results, folder / "figures")
    text = html.render(results, drawn)
    (folder / "report.html").write_text(text, encoding="utf-8", newline="\n")
