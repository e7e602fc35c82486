"""What one file holds, in numbers, and what is odd about it, in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from twas.errors import DataError
from twas.reading.table import Table
from twas.traits.numbers import numbers_of
from twas.traits.trait import Trait, assemble

#: Numbers of a trait that a summary shows under the same name.
_SHOWN = frozenset(
    {"share_with_position", "z_mean", "z_sd", "genomic_inflation", "largest_z"}
    | {"sign_agreement", "share_one_snp", "snp_share"}
)


@dataclass(frozen=True)
class FileSummary:
    """One file, or one path that led to none.

    Attributes
    ----------
    path
        As given, or as found in the folder given.
    group
        Name of the trait that it was given for.
    format, tissue
        Name of the format, and tissues joined by ``", "``; ``""`` where unknown.
    rows
        Rows in the file; None, like all numbers below, where the file could not be read.
    genes_with_z, genes_resolved
        Distinct genes with a z-score, and those of them that the reference knows.
    share_with_position
        Share of the genes with z whose position is known, in [0, 1].
    z_mean, z_sd
        Mean and standard deviation of z, each gene once per tissue.
    genomic_inflation
        Median of z² over its median under no association.
    largest_z
        Largest ``|z|``.
    duplicates
        Rows that repeat a gene in its tissue.
    sign_agreement
        Share of rows with ``|z|`` above 2 whose effect size and z have one sign; None without
        such rows.
    share_one_snp
        Share of models with one SNP; None where SNPs are not counted.
    snp_share
        Median share of a model's SNPs that were used; None where they are not counted.
    missing_mhc
        Whether chromosome 6 is there without its major histocompatibility complex.
    notes
        Choices made for the user, such as how z was made.
    warnings
        What is odd, each with what to do.
    error
        Why ``run`` would refuse the file; ``""`` if it would not.
    """

    path: str
    group: str
    format: str = ""
    tissue: str = ""
    rows: int | None = None
    genes_with_z: int | None = None
    genes_resolved: int | None = None
    share_with_position: float | None = None
    z_mean: float | None = None
    z_sd: float | None = None
    genomic_inflation: float | None = None
    largest_z: float | None = None
    duplicates: int | None = None
    sign_agreement: float | None = None
    share_one_snp: float | None = None
    snp_share: float | None = None
    missing_mhc: bool | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""


def summarise(
    path: str, group: str, table: Table, *, mhc_elsewhere: bool = False
) -> tuple[FileSummary, Trait | None]:
    """Summarise one table as if it were all of a trait.

    Parameters
    ----------
    path, group
        As in :class:`FileSummary`.
    table
        The file as read.
    mhc_elsewhere
        Whether another file of the trait holds the major histocompatibility complex.

    Returns
    -------
    FileSummary, Trait or None
        The trait of this file alone; None, and the reason in ``error``, where it makes none.
    """
    known = FileSummary(
        path, group, format=table.form.name, tissue=_tissues(table), rows=table.rows
    )
    try:
        trait = assemble([table], [], name=group)
    except DataError as error:
        found = tuple(fact.sentence for fact in table.facts if fact.level == "warning")
        return replace(known, warnings=found, error=_named(table.name, str(error))), None
    file, numbers = trait.files[0], numbers_of(trait.table)
    summary = replace(
        known,
        tissue=file.tissue,
        genes_with_z=file.genes_with_z,
        genes_resolved=file.genes_resolved,
        **{name: value for name, value in asdict(numbers).items() if name in _SHOWN},
        missing_mhc=numbers.missing_mhc and not mhc_elsewhere,
        duplicates=sum(
            trait.quality.count(topic) for topic in ("dropped:row_copy", "dropped:gene_repeated")
        ),
    )
    told = [fact for fact in trait.quality.told if fact.topic != "no_mhc" or not mhc_elsewhere]
    return replace(
        summary,
        notes=tuple(fact.sentence for fact in told if fact.level == "note"),
        warnings=tuple(fact.sentence for fact in told if fact.level == "warning"),
    ), trait


def _tissues(table: Table) -> str:
    return ", ".join(sorted(table.frame["tissue"].unique()))


def _named(name: str, message: str) -> str:
    return message if name in message else f"{name}: {message}"
