"""What is told of each input file: its hash, format, tissue and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from twas.reading.table import Table
from twas.traits.merging import Combined


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
    columns
        Canonical column → its name in the file.
    where
        Column → values by which rows were selected.
    models
        What the file name holds beside the tissue.
    unread
        Names of the columns that were not read.
    content_sha256
        SHA-256 of the decompressed content.
    """

    name: str
    sha256: str
    format: str
    tissue: str
    rows: int
    genes_with_z: int
    genes_resolved: int
    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    models: str = ""
    unread: tuple[str, ...] = ()
    content_sha256: str = ""


def input_files(tables: Sequence[Table], combined: Combined) -> tuple[InputFile, ...]:
    """Describe each table of a trait."""
    known = combined.reference_rows[combined.identifier] >= 0
    gene = combined.gene
    ends = np.cumsum([len(table.frame) for table in tables])
    parts = [slice(end - len(table.frame), end) for table, end in zip(tables, ends, strict=True)]
    return tuple(
        InputFile(
            name=table.name,
            sha256=table.sha256,
            format=table.form.name,
            tissue=", ".join(sorted(table.frame["tissue"].unique())),
            rows=table.rows,
            genes_with_z=len(pd.unique(gene[part])),
            genes_resolved=len(pd.unique(gene[part][known[part]])),
            columns=dict(table.columns),
            where=dict(table.where),
            models=table.models,
            unread=table.unread,
            content_sha256=table.content_sha256,
        )
        for table, part in zip(tables, parts, strict=True)
    )
