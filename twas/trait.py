"""One disease: the z-scores of its genes in one or more tissues."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from .errors import DataError, UsageError
from .filters import apply_filters
from .formats import RefusedError
from .merging import (
    Combined,
    check_mixture,
    combine,
    drop_copies,
    keep_one,
    mhc_warning,
    resolution_facts,
)
from .paths import FoundTables, find_tables
from .quality import QualityFact, QualityReport
from .reading import NUMBERS, Table, read_table, table_from_frame

#: Columns of :attr:`Trait.table`.
COLUMNS = ("gene", "symbol", "tissue", "z", *NUMBERS)
RESOLUTION_COLUMNS = ("given", "resolved", "symbol", "how")


@dataclass(frozen=True)
class InputFile:
    """One file of a trait.

    Attributes
    ----------
    name
        File name without folder.
    sha256
        SHA-256 of the file as it lies on disk.
    format
        Name of its format.
    tissue
        Its tissues, sorted, joined by ``", "``.
    rows
        Rows in the file.
    genes_with_z
        Distinct genes with a z-score.
    genes_resolved
        Those of them that the reference knows.
    """

    name: str
    sha256: str
    format: str
    tissue: str
    rows: int
    genes_with_z: int
    genes_resolved: int


@dataclass(frozen=True, eq=False)
class Trait:
    """One disease, genes × tissues.

    Attributes
    ----------
    name
        Name of the trait.
    table
        One row per gene and tissue, sorted by tissue and gene, columns :data:`COLUMNS`: ``gene``
        (identity: unversioned Ensembl id, or the symbol where there is none), ``symbol``,
        ``tissue``, ``z`` (finite) and, NaN where unknown, ``effect_size``, ``var_g``, ``n_snps``
        (used), ``n_snps_model``, ``r2``, ``heidi_p``, ``pp4``, ``pip``.
    n_eff
        Effective sample size, 4/(1/cases + 1/controls) for case–control; None if unknown.
    quality
        What was read, kept, dropped and why.
    files
        The files read.
    resolution
        How each identifier resolved: ``given``, ``resolved``, ``symbol``, ``how``, unique rows.
    """

    name: str
    table: pd.DataFrame
    n_eff: float | None
    quality: QualityReport = field(default_factory=QualityReport)
    files: tuple[InputFile, ...] = ()
    resolution: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(RESOLUTION_COLUMNS), dtype=str)
    )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        name: str,
        n_eff: float | str | None = None,
        columns: Mapping[str, str] | None = None,
        flip: bool = False,
    ) -> Trait:
        """Make a trait of a DataFrame.

        Parameters
        ----------
        frame
            One row per gene and tissue, columns as in a file of any known format: at least a gene
            column and ``z``, or ``beta`` and ``se``; without ``tissue`` the tissue is ``"all"``.
        name, n_eff, columns, flip
            As in :func:`read_trait`.

        Raises
        ------
        DataError
            If there is no gene or z column, or z is infinite or unsigned.
        """
        table = table_from_frame(frame, name, columns=columns)
        return _assemble([table], [], name=name, n_eff=n_eff, flip=flip, tissues=None, limits={})


def read_trait(
    paths: str | Path | Iterable[str | Path],
    *,
    name: str,
    n_eff: float | str | None = None,
    columns: Mapping[str, str] | None = None,
    flip: bool = False,
    tissues: Sequence[str] | None = None,
    min_r2: float | None = None,
    max_heidi_p: float | None = None,
    min_pp4: float | None = None,
    min_pip: float | None = None,
) -> Trait:
    """Read the TWAS tables of one trait.

    Parameters
    ----------
    paths
        Files, folders or quoted globs, one or several.
    name
        Name of the trait.
    n_eff
        Effective sample size, or ``"cases/controls"``.
    columns
        Canonical column → name in the files, for unusual names, such as ``{"z": "Zmeta"}``.
    flip
        Negate every z and effect size: for files whose positive z means lower risk.
    tissues
        Keep these tissues only.
    min_r2
        Drop rows with a cross-validated r2 below this.
    max_heidi_p
        Drop rows with a HEIDI p at or below this: the largest p that counts as linkage.
    min_pp4
        Drop rows with a colocalisation posterior PP4 below this.
    min_pip
        Drop rows with a fine-mapping posterior inclusion probability below this.

    Returns
    -------
    Trait
        Filters drop no row that lacks the value. The order of paths, files and rows, and copies
        of files, change nothing.

    Raises
    ------
    DataError
        If a file cannot be used; the message names it, the cause and the remedy.
    UsageError
        If an option has an impossible value.
    """
    found = find_tables(paths)
    tables, facts = _read_all(found, columns, name)
    limits = {
        "min_r2": min_r2,
        "max_heidi_p": max_heidi_p,
        "min_pp4": min_pp4,
        "min_pip": min_pip,
    }
    return _assemble(
        tables,
        [*found.facts, *facts],
        name=name,
        n_eff=n_eff,
        flip=flip,
        tissues=tissues,
        limits=limits,
    )


def parse_n_eff(text: float | str | None) -> float | None:
    """Return an effective sample size.

    Parameters
    ----------
    text
        A number, ``"87400"``, or cases and controls, ``"27205/110881"``, which give
        4/(1/cases + 1/controls). None stays None.

    Raises
    ------
    UsageError
        If it is no positive number, or cases and controls are not both positive.

    Examples
    --------
    >>> round(parse_n_eff("27205/110881"))
    87382
    """
    if text is None:
        return None
    parts = str(text).replace(",", "").split("/")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or not all(n > 0 and math.isfinite(n) for n in numbers):
        raise UsageError(f"n_eff {text!r}: give a positive number, or cases/controls")
    return numbers[0] if len(numbers) == 1 else 4 / (1 / numbers[0] + 1 / numbers[1])


def _read_all(
    found: FoundTables, columns: Mapping[str, str] | None, name: str
) -> tuple[list[Table], list[QualityFact]]:
    """Read every file; unsigned tables found in a folder are passed over with a warning."""
    tables, facts, refusals = [], [], []
    for path in found.tables:
        try:
            tables.append(read_table(path, columns=columns, trait=name))
        except RefusedError as error:
            if path in found.named:
                raise
            refusals.append(error)
            facts.append(QualityFact("warning", path.name, "file_refused", 1, str(error)))
    if not tables:
        raise refusals[0]
    return tables, facts


def _assemble(
    tables: list[Table],
    facts: list[QualityFact],
    *,
    name: str,
    n_eff: float | str | None,
    flip: bool,
    tissues: Sequence[str] | None,
    limits: dict[str, float | None],
) -> Trait:
    """Merge the tables of a trait and apply the options."""
    size = parse_n_eff(n_eff)
    for table in tables:
        facts.extend(table.facts)
    tables, copied = drop_copies(tables)
    check_mixture(tables, name)
    combined = combine(tables)
    rows, repeated = keep_one(combined, name)
    kept, unwanted = _keep_tissues(combined.table(rows), tissues, name)
    kept, filtered = apply_filters(kept, limits, name)
    if kept.empty:
        raise DataError(f"trait {name}: no gene is left; see the filters and the input files")
    if flip:
        kept[["z", "effect_size"]] *= -1
        repeated.append(QualityFact("fact", name, "flipped", len(kept), "every z was negated"))
    facts += [*copied, *resolution_facts(combined.identifiers, name)]
    facts += [*repeated, *unwanted, *filtered, *mhc_warning(tables, kept["gene"], name)]
    return Trait(
        name=name,
        table=kept.reset_index(drop=True),
        n_eff=size,
        quality=QualityReport(tuple(facts)),
        files=_input_files(tables, combined),
        resolution=_resolution(combined.identifiers),
    )


def _resolution(identifiers: pd.DataFrame) -> pd.DataFrame:
    table = identifiers.drop_duplicates().sort_values(["given", "gene", "symbol"])
    return table.set_axis(list(RESOLUTION_COLUMNS), axis=1).reset_index(drop=True)


def _keep_tissues(
    frame: pd.DataFrame, tissues: Sequence[str] | None, name: str
) -> tuple[pd.DataFrame, list[QualityFact]]:
    if tissues is None:
        return frame, []
    known = sorted(set(frame["tissue"]))
    for tissue in tissues:
        if tissue not in known:
            raise UsageError(f"trait {name} has no tissue {tissue!r}; it has {', '.join(known)}")
    inside = frame["tissue"].isin(list(tissues))
    message = "rows of other tissues were dropped"
    fact = QualityFact("fact", name, "dropped:tissue", int((~inside).sum()), message)
    return frame[inside], [fact]


def _input_files(tables: Sequence[Table], combined: Combined) -> tuple[InputFile, ...]:
    how = combined.identifiers["how"].to_numpy(object)
    known = ~np.isin(how, ["unknown", "ambiguous"])[combined.rows["identifier"]]
    gene, number = combined.rows["gene"].to_numpy(), combined.rows["file"].to_numpy()
    return tuple(
        InputFile(
            name=table.name,
            sha256=table.sha256,
            format=table.form.name,
            tissue=", ".join(sorted(set(table.frame["tissue"]))),
            rows=table.rows,
            genes_with_z=len(pd.unique(gene[number == i])),
            genes_resolved=len(pd.unique(gene[(number == i) & known])),
        )
        for i, table in enumerate(tables)
    )
