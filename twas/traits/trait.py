"""One disease: the z-scores of its genes in one or more tissues, and what its names became."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twas.checks import fact
from twas.errors import DataError, UsageError
from twas.quality import QualityFact, QualityReport
from twas.reading.columns import Choices, check_found
from twas.reading.content import harmless
from twas.reading.frames import as_frame, is_table
from twas.reading.paths import find_tables
from twas.reading.table import NUMBERS, read_tables, table_from_frame
from twas.traits.assembly import Assembly, InputFile, assemble
from twas.traits.n_eff import parse_n_eff, sample_size

#: Columns of :attr:`Trait.identifiers`.
IDENTIFIERS = ("given", "gene", "symbol", "how")
#: Columns of :attr:`Trait.table`.
COLUMNS = ("gene", "symbol", "tissue", "z", *NUMBERS)
#: Columns of :attr:`Trait.resolution`.
RESOLUTION = ("given", "resolved", "symbol", "how")


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
        return _resolution_of(self.identifiers)

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
        dropped = int((~inside).sum())
        message = "rows of genes outside the background were dropped"
        facts = [
            fact("background", left, n=n, file=background, lacking=size - left, size=size),
            QualityFact("fact", "", "dropped:background", dropped, message),
        ]
        return replace(self, table=kept, quality=(self.quality + facts).about(self.name))

    @classmethod
    def of(
        cls,
        made: Assembly,
        name: str,
        n_eff: float | None = None,
        facts: Iterable[QualityFact] = (),
    ) -> Trait:
        """Give a name to what tables made.

        Parameters
        ----------
        made
            From :func:`twas.traits.assembly.assemble`.
        name, n_eff
            As of the trait.
        facts
            What was found before the tables were read.
        """
        quality = QualityReport((*facts, *made.facts)).about(name)
        return cls(name, made.table, n_eff, quality, made.files, made.identifiers)

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
        name, choices = harmless(name), Choices.of(columns, where, min_p)
        table = table_from_frame(as_frame(frame, name), name, choices)
        check_found(choices, [table])
        return cls.of(assemble([table], name, flip=flip), name, parse_n_eff(n_eff))


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
    size, recorded = sample_size(n_eff, found.tables)
    choices = Choices.of(columns, where, min_p, drop_infinite=drop_infinite)
    tables, passed = read_tables(found, choices, trait=name, skip_empty=skip_empty)
    if not optional:
        check_found(choices, tables)
    limits = {
        "min_r2": min_r2,
        "max_heidi_p": max_heidi_p,
        "min_pp4": min_pp4,
        "min_pip": min_pip,
        "min_snp_share": min_snp_share,
    }
    made = assemble(tables, name, flip=flip, tissues=tissues, limits=limits, splicing=splicing)
    return Trait.of(made, name, size, [*found.facts, *passed, *recorded])


def resolution_table(identifiers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the identifiers that are not simply the present name of their gene.

    Parameters
    ----------
    identifiers
        Trait → its identifiers, as of :attr:`Trait.identifiers`; any number.

    Returns
    -------
    pandas.DataFrame
        Columns ``trait`` and :data:`RESOLUTION`, unique rows, in the order of the traits, within a
        trait sorted. Left out, so that it stays short: official symbols, and Ensembl ids that are
        the gene's own.
    """
    tables = []
    for name, given in identifiers.items():
        table = _resolution_of(given[~_is_present_name(given)])
        table.insert(0, "trait", name)
        tables.append(table)
    if not tables:
        return pd.DataFrame(columns=["trait", *RESOLUTION])
    return pd.concat(tables, ignore_index=True)


def _resolution_of(identifiers: pd.DataFrame) -> pd.DataFrame:
    """Unique rows of identifiers, sorted, columns :data:`RESOLUTION`."""
    columns = (identifiers[name].to_numpy(object) for name in IDENTIFIERS)
    return pd.DataFrame(sorted(set(zip(*columns, strict=True))), columns=list(RESOLUTION))


def _is_present_name(identifiers: pd.DataFrame) -> np.ndarray:
    how = identifiers["how"].to_numpy(object)
    present = np.asarray(how == "symbol", dtype=bool)
    by_id = np.flatnonzero(how == "ensembl")
    names = (identifiers[column].to_numpy(object)[by_id] for column in ("given", "gene"))
    present[by_id] = [given.startswith(gene) for given, gene in zip(*names, strict=True)]
    return present
