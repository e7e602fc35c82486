"""`Results`: the tables of a run, how they are written, drawn and said, and read back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pathways.output.reading import read_run
from pathways.output.run_tables import RunTables
from twas.errors import UsageError
from twas.system.folder import new_folder
from twas.system.program import Progress, silent

if TYPE_CHECKING:
    from pathways.report.notebook import Plot


@dataclass(frozen=True, repr=False)
class Results(RunTables):
    """Everything that an analysis found, and how it is written, drawn and said.

    Attributes
    ----------
    tables
        Table name → DataFrame with the columns of `pathways.tables.registry.TABLES`.
    study
        Traits, pairs, tissues and sample sizes.
    gene_sets
        What was tested.
    quality
        What was read, dropped, merged or renamed.
    parameters
        What was chosen.
    """

    def write(
        self,
        folder: str | Path,
        *,
        report: bool = True,
        figures: Collection[str] = ("svg",),
        pdf: bool = False,
        force: bool = False,
        extra: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> Path:
        """Write tables, figures and report into a new folder, all or nothing.

        Parameters
        ----------
        folder
            Where to; must not exist unless `force`.
        report
            Whether to write ``report.html``, figures and the tables of a paper, or the TSV files
            and ``results.json`` only.
        figures
            Formats of the figures: of ``svg``, ``pdf`` and ``png`` those named.
        pdf
            Whether to print the report as ``report.pdf`` as well (extra ``pdf``).
        force
            Replace a folder that an earlier run wrote and in which nothing else is.
        extra
            File name → content of further text files.
        progress
            Called at the start of each step.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        UsageError
            If the folder exists and `force` is not set, or it is none of ours; if `pdf` or a
            format cannot be had.
        """
        check_report(report=report, figures=figures, pdf=pdf)
        with new_folder(folder, kind="run", force=force) as draft:
            self.write_files(
                draft, report=report, figures=figures, pdf=pdf, extra=extra, progress=progress
            )
        return Path(folder)

    def write_files(
        self,
        folder: Path,
        *,
        report: bool = True,
        figures: Collection[str] = ("svg",),
        pdf: bool = False,
        extra: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> None:
        """Write what `write` writes into a folder that is there and empty; see there."""
        progress("tables")
        self.write_tables(folder)
        for name, content in (extra or {}).items():
            (folder / name).write_text(content, encoding="utf-8")
        self._write_exports(folder, papers=report)
        if report:
            from pathways.report import write_report  # matplotlib loads here only

            write_report(self, folder, figures=figures, pdf=pdf, progress=progress)

    def summary(self) -> pd.DataFrame:
        """Say the answer in a table of numbers.

        Returns
        -------
        DataFrame
            A row per collection × pathway × pair (of one trait: × trait), combined scope:
            activities, intervals and bounds as in the tables with their ``unit``, q, call, and the
            direction of each trait by itself.
        """
        from pathways.report.notebook import summary

        return summary(self)

    def in_words(self) -> pd.DataFrame:
        """Say the answer in words: the rows of `summary`, rounded, with the finding.

        Returns
        -------
        DataFrame
            Texts; column ``in_words`` holds the sentences.
        """
        from pathways.report.notebook import in_words

        return in_words(self)

    def to_latex(self, table: str = "divergence", collection: str | None = None) -> str:
        """Return a table of a paper, as ``tables/*.tex`` holds it.

        Parameters
        ----------
        table
            ``directions`` or ``divergence``.
        collection
            Name of a collection; the first by default.

        Raises
        ------
        UsageError
            If there is no such table or collection.
        """
        from pathways.report.exports.latex import to_latex

        return to_latex(self, table, collection)

    @property
    def plot(self) -> Plot:
        """Figures by name: ``results.plot.activity(ax=ax)``; ``dir(results.plot)`` lists them."""
        from pathways.report.notebook import Plot

        return Plot(self)

    def _repr_html_(self) -> str:
        from pathways.report.notebook import repr_html

        return repr_html(self)

    def _write_exports(self, folder: Path, *, papers: bool) -> None:
        """Write ``results.json``, and for `papers` LaTeX, XLSX and MultiQC tables."""
        from pathways.output import machine

        text = machine.results_json(self)
        (folder / "results.json").write_text(text, encoding="utf-8", newline="\n")
        if not papers:
            return
        from pathways.report.exports import latex, multiqc, workbook

        latex.write_latex(self, folder / "tables")
        workbook.write_workbook(self, folder / "tables" / "results.xlsx")
        page = multiqc.multiqc_json(self)
        (folder / multiqc.FILE).write_text(page, encoding="utf-8", newline="\n")

    def write_tables(self, folder: Path) -> None:
        """Write each table as ``NAME.tsv``: UTF-8, tabs, floats that round-trip."""
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.tsv", sep="\t", index=False, lineterminator="\n")


def check_report(*, report: bool, figures: Collection[str], pdf: bool) -> None:
    """Refuse what a report cannot have, before the work.

    Raises
    ------
    UsageError
        If `figures` names another format, or `pdf` is to print a report that is not written, or
        Typst is not installed.
    """
    from pathways.report.registry import check_formats

    check_formats(figures)
    if not pdf:
        return
    from pathways.report.pages.pdf import require_typst

    if not report:
        raise UsageError("`pdf` prints the report; change `report`, or leave out `pdf`")
    require_typst()


def read_results(folder: str | Path) -> Results:
    """Read the results that `Results.write` or ``twas-divergence run`` wrote.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    Results
        As it was written, but for two things: ``study`` is a `StudySummary`, for the z-scores of
        all genes are not kept; and collections of more than 50,000 members, which
        ``results.json`` leaves out, are rebuilt from ``coverage.tsv``, so that their ``gene`` is
        the symbol and ``evidence`` and ``note`` are empty. Text columns hold ``str`` ("" where
        empty), counts ``int64`` (``Int64`` where some are missing), numbers ``float64`` (``int64``
        where all are written without a point).

    Raises
    ------
    DataError
        If it is no folder of results, or a file of it is missing, cut off or damaged.
    """
    read = read_run(folder)
    return Results(read.tables, read.study, read.gene_sets, read.quality, read.parameters)
