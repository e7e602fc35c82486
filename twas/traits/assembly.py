"""The tables of one trait → its rows, one per gene and tissue: merged, filtered, described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading.table import Table
from twas.traits.answers import check_answers
from twas.traits.filters import apply_filters, keep_tissues
from twas.traits.merging import (
    Combined,
    add_pip,
    check_mixture,
    combine,
    drop_copies,
    keep_one,
    name_unknown_tissue,
    scale_facts,
)
from twas.traits.modalities import separate_modalities
from twas.traits.trait_checks import resolution_facts, trait_facts


@dataclass(frozen=True, eq=False)
class Assembly:
    """What the tables of a trait make.

    Attributes
    ----------
    table, identifiers
        As :attr:`twas.traits.trait.Trait.table` and its ``identifiers``.
    files
        The files read.
    facts
        What was found in the tables and on the way; those without a source are about the trait.
    """

    table: pd.DataFrame
    identifiers: pd.DataFrame
    files: tuple[InputFile, ...]
    facts: tuple[QualityFact, ...]


def assemble(
    tables: Sequence[Table],
    name: str,
    *,
    flip: bool = False,
    tissues: Sequence[str] | None = None,
    limits: Mapping[str, float | None] | None = None,
    splicing: bool = False,
) -> Assembly:
    """Merge the tables of a trait and select its rows.

    Parameters
    ----------
    tables
        What the files hold.
    name
        Name of the trait, for errors.
    flip, tissues, splicing
        As in :func:`twas.traits.trait.read_trait`.
    limits
        Option → threshold of the filters, None for none.

    Raises
    ------
    DataError
        If the tables make no trait.
    UsageError
        If a tissue is not there, or a threshold is impossible.
    """
    facts = [fact for table in tables for fact in table.facts]
    tables, copied = drop_copies(name_unknown_tissue(tables))
    check_mixture(tables, name)
    fine_mapping = [table for table in tables if not table.form.background]
    tables = [table for table in tables if table.form.background]
    combined = combine(tables)
    tables, others = separate_modalities(tables, combined, splicing=splicing)
    combined = combine(tables) if others else combined
    several = [] if splicing and others else check_answers(tables, combined)
    if not len(combined):
        names = ", ".join(table.name for table in tables[:3]) + (", …" if len(tables) > 3 else "")
        raise DataError(f"trait {name}: no row of {names} has both a gene and a z")
    places, repeated = keep_one(combined)
    kept, mapped = add_pip(combined.table(places), fine_mapping)
    kept, unwanted = keep_tissues(kept, tissues, name)
    kept, filtered = apply_filters(kept, limits or {})
    if kept.empty:
        raise DataError(f"trait {name}: the filters leave no gene; loosen them")
    if flip:
        kept[["z", "effect_size"]] *= -1
        repeated.append(QualityFact("fact", "", "flipped", len(kept), "rows had their z negated"))
    facts += [*copied, *others, *several, *scale_facts(tables), *resolution_facts(combined)]
    facts += [*repeated, *mapped, *unwanted, *filtered]
    facts += trait_facts(kept, tables, combined.identifiers)
    return Assembly(
        table=kept.reset_index(drop=True),
        identifiers=combined.identifiers,
        files=input_files(tables, combined),
        facts=tuple(facts),
    )


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
