"""What is told of each input file and identifier: hashes, counts, resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .merging import Combined
from .reading import Table

#: Columns of :func:`resolution_of`.
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


def input_files(tables: Sequence[Table], combined: Combined) -> tuple[InputFile, ...]:
    """Describe each table of a trait."""
    how = combined.identifiers["how"].to_numpy(object)
    known = ((how != "unknown") & (how != "ambiguous"))[combined.rows["identifier"]]
    gene, number = combined.rows["gene"].to_numpy(), combined.rows["file"].to_numpy()
    return tuple(
        InputFile(
            name=table.name,
            sha256=table.sha256,
            format=table.form.name,
            tissue=", ".join(sorted(table.frame["tissue"].unique())),
            rows=table.rows,
            genes_with_z=len(pd.unique(gene[number == i])),
            genes_resolved=len(pd.unique(gene[(number == i) & known])),
        )
        for i, table in enumerate(tables)
    )


def resolution_of(identifiers: pd.DataFrame) -> pd.DataFrame:
    """Return how each identifier resolved, unique rows, columns :data:`RESOLUTION_COLUMNS`."""
    columns = (identifiers[name].to_numpy(object) for name in ("given", "gene", "symbol", "how"))
    return pd.DataFrame(sorted(set(zip(*columns, strict=True))), columns=list(RESOLUTION_COLUMNS))
