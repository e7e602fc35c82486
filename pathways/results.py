"""`Results`: the tables of a run, and how they are written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.summary import StudySummary
from twas.errors import UsageError
from twas.quality import QualityReport
from twas.study import Study


@dataclass(frozen=True)
class Parameters:
    """What was chosen for a run.

    Attributes
    ----------
    seed
        Seed of everything random (joint flips, GSEA permutations).
    flips
        Joint flips of the family-wise error.
    simulated
        Whether the input is the simulated example: said in the report and on every figure.
    """

    seed: int = 0
    flips: int = 0
    simulated: bool = False


@dataclass(frozen=True)
class Results:
    """Everything that an analysis found.

    Attributes
    ----------
    tables
        Table name → DataFrame with the columns of `pathways.schema.TABLES`.
    study, gene_sets
        What was analysed.
    quality
        What was read, dropped, merged or renamed.
    parameters
        What was chosen.
    """

    tables: Mapping[str, pd.DataFrame]
    study: Study | StudySummary
    gene_sets: tuple[GeneSets, ...]
    quality: QualityReport
    parameters: Parameters = field(default_factory=Parameters)

    @property
    def directions(self) -> pd.DataFrame:
        """A row per collection × pathway × trait × scope."""
        return self.tables["directions"]

    @property
    def divergence(self) -> pd.DataFrame:
        """A row per collection × pathway × pair of traits × scope."""
        return self.tables["divergence"]

    @property
    def genes(self) -> pd.DataFrame:
        """A row per collection × pathway × member × trait × scope."""
        return self.tables["genes"]

    @property
    def coverage(self) -> pd.DataFrame:
        """A row per collection × pathway × member."""
        return self.tables["coverage"]

    def write(
        self,
        folder: str | Path,
        *,
        report: bool = True,
        force: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> Path:
        """Write tables, figures and report into a new folder, all or nothing.

        Parameters
        ----------
        folder
            Where to; must not exist unless `force`.
        report
            Whether to write ``report.html`` and the figures, or tables only.
        force
            Replace an existing folder.
        extra
            File name → content of further text files.

        Raises
        ------
        UsageError
            If the folder exists and `force` is not set.
        """
        target = Path(folder)
        check_target(target, force=force)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
            draft = Path(scratch) / "draft"
            draft.mkdir()
            self.write_tables(draft)
            for name, content in (extra or {}).items():
                (draft / name).write_text(content, encoding="utf-8")
            self._write_exports(draft, papers=report)
            if report:
                from pathways.report import write_report  # matplotlib loads here only

                write_report(self, draft)
            replace_folder(draft, target)
        return target

    def _write_exports(self, folder: Path, *, papers: bool) -> None:
        """Write ``results.json``, and for `papers` LaTeX, XLSX and MultiQC tables."""
        from pathways.report import machine

        text = machine.results_json(self)
        (folder / "results.json").write_text(text, encoding="utf-8", newline="\n")
        if not papers:
            return
        from pathways.report import latex, multiqc, workbook

        latex.write_latex(self, folder / "tables")
        if workbook.available():
            workbook.write_workbook(self, folder / "tables" / "results.xlsx")
        page = multiqc.multiqc_json(self)
        (folder / multiqc.FILE).write_text(page, encoding="utf-8", newline="\n")

    def write_tables(self, folder: Path) -> None:
        """Write each table as ``NAME.tsv``: UTF-8, tabs, floats that round-trip."""
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.tsv", sep="\t", index=False, lineterminator="\n")


def check_target(target: Path, *, force: bool) -> None:
    """Refuse a folder in use.

    Raises
    ------
    UsageError
        If `target` exists and `force` is not set, or is a file.
    """
    if target.is_file():
        raise UsageError(f"{target} is a file; --out names a folder to be made")
    if target.exists() and not force:
        raise UsageError(f"{target} exists; choose another --out, or --force to replace it")


def replace_folder(draft: Path, target: Path) -> None:
    """Put `draft` in the place of `target`; the old content stays until the new is complete."""
    if not target.exists():
        draft.rename(target)
        return
    old = draft.parent / "old"
    target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)
