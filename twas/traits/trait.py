"""One disease: the z-scores of its genes in one or more tissues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from twas.checks import fact
from twas.errors import DataError, UsageError
from twas.quality import QualityFact, QualityReport
from twas.reading.columns import Choices, check_found
from twas.reading.content import harmless
from twas.reading.formats import EmptyError, RefusedError
from twas.reading.frames import as_frame, is_table
from twas.reading.paths import FoundTables, find_tables
from twas.reading.table import NUMBERS, Table, read_table, table_from_frame
from twas.traits.answers import check_answers
from twas.traits.filters import apply_filters
from twas.traits.input_files import InputFile, input_files
from twas.traits.merging import (
    add_pip,
    check_mixture,
    combine,
    drop_copies,
    keep_one,
    name_unknown_tissue,
    resolution_facts,
    scale_facts,
)
from twas.traits.modalities import separate_modalities
from twas.traits.n_eff import parse_n_eff, recorded_n_eff
from twas.traits.resolution import resolution_of
from twas.traits.trait_checks import trait_facts

#: Columns of :attr:`Trait.identifiers`.
IDENTIFIERS = ("given", "gene", "symbol", "how")
#: Columns of :attr:`Trait.table`.
COLUMNS = ("gene", "symbol", "tissue", "z", *NUMBERS)


__all__ = ["InputFile", "Trait", "parse_n_eff", "read_trait"]


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
        ``tissue``, ``z`` (finite) and, NaN where unknown, ``effect_size``, ``var_g``, ``phi``,
        ``n_snps`` (used), ``n_snps_model``, ``r2``, ``heidi_p``, ``pp4``, ``pip``.
    n_eff
        Effective sample size, 4/(1/cases + 1/controls) for case–control; None if unknown.
    quality
        What was read, kept, dropped and why.
    files
        The files read.
    identifiers
        How each identifier resolved, columns :data:`IDENTIFIERS`, in no order.
    """

    name: str
    table: pd.DataFrame
    n_eff: float | None
    quality: QualityReport = field(default_factory=QualityReport)
    files: tuple[InputFile, ...] = ()
    identifiers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=IDENTIFIERS))

    @cached_property
    def resolution(self) -> pd.DataFrame:
        """How each identifier resolved: ``given``, ``resolved``, ``symbol``, ``how``, sorted."""
        return resolution_of(self.identifiers)

    def __repr__(self) -> str:
        genes, tissues = self.table["gene"].nunique(), self.table["tissue"].nunique()
        n_eff = "unknown" if self.n_eff is None else f"{self.n_eff:g}"
        return f"Trait({self.name!r}: {genes:,} genes, {tissues} tissues, n_eff {n_eff})"

    def within(self, genes: Collection[str], background: str) -> Trait:
        """Return the trait without the genes outside a background.

        Parameters
        ----------
        genes
            Identities of the genes to keep.
        background
            Name of the background, for the report.

        Raises
        ------
        DataError
            If no gene of the trait is in the background.
        """
        inside = self.table["gene"].isin(list(genes))
        kept = self.table[inside].reset_index(drop=True)
        if kept.empty:
            raise DataError(f"trait {self.name}: none of its genes is in {background}")
        n, left = self.table["gene"].nunique(), kept["gene"].nunique()
        size = len(set(genes))
        values = {"n": n, "file": background, "lacking": size - left, "size": size}
        told = fact("background", self.name, left, **values)
        dropped = int((~inside).sum())
        message = "rows of genes outside the background were dropped"
        facts = [told, QualityFact("fact", self.name, "dropped:background", dropped, message)]
        return replace(self, table=kept, quality=self.quality + facts)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        name: str,
        n_eff: float | str | None = None,
        columns: Mapping[str, str] | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
        min_p: float | None = None,
        flip: bool = False,
    ) -> Trait:
        """Make a trait of a table in memory.

        Parameters
        ----------
        frame
            One row per gene and tissue, columns as in a file of any known format: at least a gene
            column and ``z``, or what z is made from; without ``tissue`` it is the unknown one. A
            DataFrame of pandas or Polars, a dict of columns, or a Series or dict of z by gene.
        name, n_eff, columns, where, min_p, flip
            As in :func:`read_trait`.

        Raises
        ------
        DataError
            If there is no gene or z column, or z is infinite or unsigned.
        UsageError
            If ``frame`` is no table.
        """
        name, choices = harmless(name), _choices(columns, where, min_p)
        table = table_from_frame(as_frame(frame, name), name, choices)
        check_found(choices, [table])
        return assemble([table], [], name=name, n_eff=n_eff, flip=flip)


def read_trait(
    paths: str | Path | Iterable[str | Path],
    *,
    name: str,
    n_eff: float | str | None = None,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
    min_p: float | None = None,
    optional: bool = False,
    drop_infinite: bool = False,
    skip_empty: bool = False,
    flip: bool = False,
    tissues: Sequence[str] | None = None,
    min_r2: float | None = None,
    max_heidi_p: float | None = None,
    min_pp4: float | None = None,
    min_pip: float | None = None,
    min_snp_share: float | None = None,
    splicing: bool = False,
) -> Trait:
    """Read the TWAS tables of one trait.

    Parameters
    ----------
    paths
        Files, folders or quoted globs, one or several.
    name
        Name of the trait.
    n_eff
        Effective sample size, or ``"cases/controls"``; by default that of ``impute.json``, which
        imputation writes beside its tables, if it is there.
    columns
        Canonical column → name in the files, for unusual names, such as ``{"z": "Zmeta"}``. A
        file without that column is read by its own names.
    where
        Column → value, or values: keep these rows, such as ``{"Trait": "ALS"}``.
    min_p
        Where z is made of p and a sign, p below this counts as this; without it p = 0 is refused.
    optional
        Whether a column of ``columns`` and ``where`` that no file has is no error.
    drop_infinite
        Leave out rows with an infinite z, counted; by default they are an error.
    skip_empty
        Leave out files without rows, counted; by default they are an error.
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
    min_snp_share
        Drop models of whose SNPs a smaller share was used.
    splicing
        Keep the rows of splicing models; their z is the use of a junction, not expression.

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
    is_frame = is_table(paths) or isinstance(paths, pd.Series | dict)
    if is_frame or not isinstance(paths, Iterable | Path):
        raise UsageError(
            f"paths must be files, folders or globs, not {type(paths).__name__}:"
            " Trait.from_frame(frame, name=...) makes a trait of a table"
        )
    name, found = harmless(name), find_tables(paths)
    choices = replace(_choices(columns, where, min_p), drop_infinite=drop_infinite)
    tables, facts = _read_all(found, choices, name, skip_empty=skip_empty)
    if not optional:
        check_found(choices, tables)
    if n_eff is None:
        n_eff, recorded = recorded_n_eff(found.tables, name)
        facts += recorded
    limits = {
        "min_r2": min_r2,
        "max_heidi_p": max_heidi_p,
        "min_pp4": min_pp4,
        "min_pip": min_pip,
        "min_snp_share": min_snp_share,
    }
    return assemble(
        tables,
        [*found.facts, *facts],
        name=name,
        n_eff=n_eff,
        flip=flip,
        tissues=tissues,
        limits=limits,
        splicing=splicing,
    )


def _read_all(
    found: FoundTables, choices: Choices, name: str, *, skip_empty: bool
) -> tuple[list[Table], list[QualityFact]]:
    """Read every file; unsigned tables found in a folder are passed over with a warning."""
    tables, facts = [], []
    refusals: list[DataError] = []
    for path in found.tables:
        try:
            tables.append(read_table(path, choices, trait=name))
        except EmptyError as error:
            if not skip_empty:
                raise
            refusals.append(error)
            facts.append(fact("empty_skipped", path.name, 1))
        except RefusedError as error:
            if path in found.named:
                raise
            refusals.append(error)
            facts.append(fact("file_refused", path.name, 1, why=error))
    if not tables:
        raise refusals[0]
    return tables, facts


def _choices(
    columns: Mapping[str, str] | None,
    where: Mapping[str, str | Sequence[str]] | None,
    min_p: float | None,
) -> Choices:
    selected = {
        column: (values,) if isinstance(values, str) else tuple(map(str, values))
        for column, values in (where or {}).items()
    }
    return Choices(dict(columns or {}), selected, min_p)


def assemble(
    tables: list[Table],
    facts: list[QualityFact],
    *,
    name: str,
    n_eff: float | str | None = None,
    flip: bool = False,
    tissues: Sequence[str] | None = None,
    limits: dict[str, float | None] | None = None,
    splicing: bool = False,
) -> Trait:
    """Merge the tables of a trait and apply the options, as :func:`read_trait` does.

    Parameters
    ----------
    tables
        What the files hold.
    facts
        What was found before.
    name, n_eff, flip, tissues, splicing
        As in :func:`read_trait`.
    limits
        Option → threshold of the filters, None for none.

    Raises
    ------
    DataError
        If the tables make no trait.
    """
    size = parse_n_eff(n_eff)
    facts = [*facts, *(fact for table in tables for fact in table.facts)]
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
    places, repeated = keep_one(combined, name)
    kept, mapped = add_pip(combined.table(places), fine_mapping, name)
    kept, unwanted = _keep_tissues(kept, tissues, name)
    kept, filtered = apply_filters(kept, limits or {}, name)
    if kept.empty:
        raise DataError(f"trait {name}: the filters leave no gene; loosen them")
    if flip:
        kept[["z", "effect_size"]] *= -1
        repeated.append(QualityFact("fact", name, "flipped", len(kept), "rows had their z negated"))
    facts += [
        *copied,
        *others,
        *several,
        *scale_facts(tables, name),
        *resolution_facts(combined, name),
    ]
    facts += [*repeated, *mapped, *unwanted, *filtered]
    facts += trait_facts(kept, tables, combined.identifiers, name)
    return Trait(
        name=name,
        table=kept.reset_index(drop=True),
        n_eff=size,
        quality=QualityReport(tuple(facts)),
        files=input_files(tables, combined),
        identifiers=combined.identifiers,
    )


def _keep_tissues(
    frame: pd.DataFrame, tissues: Sequence[str] | None, name: str
) -> tuple[pd.DataFrame, list[QualityFact]]:
    if tissues is None:
        return frame, []
    known = sorted(frame["tissue"].unique())
    for tissue in tissues:
        if tissue not in known:
            raise UsageError(f"trait {name} has no tissue {tissue!r}; it has {', '.join(known)}")
    inside = frame["tissue"].isin(list(tissues))
    message = "rows of other tissues were dropped"
    fact = QualityFact("fact", name, "dropped:tissue", int((~inside).sum()), message)
    return frame[inside], [fact]
