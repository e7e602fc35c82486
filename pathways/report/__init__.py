"""From results to what people read: figures, report, words, tables for papers."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from twas.system.program import Progress, silent

if TYPE_CHECKING:
    from pathways.output.run_tables import RunTables

__all__ = ["write_report"]


def write_report(
    results: RunTables,
    folder: Path,
    *,
    figures: Collection[str] = ("svg",),
    pdf: bool = False,
    progress: Progress = silent,
) -> None:
    """Write the figures, ``report.html``, ``methods.md``, ``references.bib``, ``report.pdf``.

    Parameters
    ----------
    results
        A run.
    folder
        Where to; exists. Equal results give equal bytes, whatever the folder and the time.
    figures
        Formats of the figures: of ``svg``, ``pdf`` and ``png`` those named.
    pdf
        Whether to print the report as well.
    progress
        Called at the start of each step.

    Raises
    ------
    UsageError
        If `pdf` is wanted and Typst is not installed.
    """
    from pathways.report.figures import make_figures  # loads matplotlib and Jinja2
    from pathways.report.pages import html, manuscript, view  # loads matplotlib and Jinja2

    drawn = make_figures.make_figures(
        results, folder / "figures", formats=figures, progress=progress
    )
    progress("report")
    page = view.page(results, drawn)
    files = {"report.html": html.render(page), **manuscript.manuscript(results, page)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    if pdf:
        from pathways.report.pages.pdf import render_pdf

        progress("report.pdf")
        (folder / "report.pdf").write_bytes(render_pdf(page))
