"""The tables of one trait → its rows, one per gene and tissue: merged, filtered, described.

Each filter counts what it drops; a row that lacks the value is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from twas.errors import DataError, UsageError
from twas.quality import QualityFact
from twas.reading.table import Table
from twas.traits.answers import check_answers
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
from twas.traits.trait_checks import resolution_facts, snp_share, trait_facts


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
class Filter:
    """One threshold.

    Attributes
    ----------
    option
        Name of the parameter of :func:`twas.traits.trait.read_trait`.
    column
        Column compared with the threshold, or ``"snp_share"``.
    fails
        Which rows go; a missing value never fails.
    words
        What is wrong with those rows.
    """

    option: str
    column: str
    fails: Callable[[pd.Series, float], pd.Series]
    words: str


#: ``max_heidi_p`` is the largest HEIDI p that still counts as heterogeneity (two causal variants
#: in linkage): rows at or below it go.
FILTERS = (
    Filter("min_r2", "r2", lambda values, limit: values < limit, "cross-validated r2 below"),
    Filter("max_heidi_p", "heidi_p", lambda values, limit: values <= limit, "HEIDI p at or below"),
    Filter("min_pp4", "pp4", lambda values, limit: values < limit, "colocalisation PP4 below"),
    Filter(
        "min_snp_share",
        "snp_share",
        lambda values, limit: values < limit,
        "a share of the model's SNPs below",
    ),
    Filter("min_pip", "pip", lambda values, limit: values < limit, "fine-mapping PIP below"),
)


def apply_filters(
    frame: pd.DataFrame, limits: Mapping[str, float | None]
) -> tuple[pd.DataFrame, list[QualityFact]]:
    """Drop the rows that fail a threshold.

    FUSION computes PP4 for strong genes only, and MASHR models have no r2: a filter that dropped
    rows without a value would leave no background, so they stay, counted.

    Parameters
    ----------
    frame
        Rows with the columns of :data:`FILTERS`.
    limits
        Option → threshold in [0, 1], None for no filter.

    Raises
    ------
    UsageError
        If a threshold is no number in [0, 1].
    """
    facts = []
    for rule in FILTERS:
        limit = limits.get(rule.option)
        if limit is None:
            continue
        named = f"`{rule.option}`"
        if not 0 <= limit <= 1:
            raise UsageError(f"{named} {limit}: give a number between 0 and 1")
        values = snp_share(frame) if rule.column == "snp_share" else frame[rule.column]
        fails = rule.fails(values, limit)
        unknown = int(values.isna().sum())
        if len(values) and unknown == len(values):
            message = f"rows, all there are, have no value for {named}, so it did nothing"
            facts.append(QualityFact("warning", "", f"no_{rule.column}", unknown, message))
            continue
        message = f"rows with {rule.words} {limit:g} were dropped"
        facts.append(QualityFact("fact", "", f"dropped:{rule.option}", int(fails.sum()), message))
        if unknown:
            message = f"rows have no value for {named} and were kept"
            facts.append(QualityFact("fact", "", f"no_{rule.column}", unknown, message))
        frame = frame[~fails]
    return frame, facts


def keep_tissues(
    frame: pd.DataFrame, tissues: Sequence[str] | None, name: str
) -> tuple[pd.DataFrame, list[QualityFact]]:
    """Drop the rows of other tissues than those asked for; None asks for all.

    Raises
    ------
    UsageError
        If a tissue is not there; the message names the trait and its tissues.
    """
    if tissues is None:
        return frame, []
    known = sorted(frame["tissue"].unique())
    for tissue in tissues:
        if tissue not in known:
            raise UsageError(f"trait {name} has no tissue {tissue!r}; it has {', '.join(known)}")
    inside = frame["tissue"].isin(list(tissues))
    message = "rows of other tissues were dropped"
    fact = QualityFact("fact", "", "dropped:tissue", int((~inside).sum()), message)
    return frame[inside], [fact]


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
