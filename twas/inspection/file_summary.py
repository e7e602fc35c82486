"""What a file holds, in numbers, and what is odd about it, in words; the files of one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from twas.errors import DataError
from twas.genes import reference
from twas.reading.columns import Choices, check_found
from twas.reading.formats import RefusedError
from twas.reading.paths import find_tables
from twas.reading.table import Table, read_table
from twas.traits.assembly import assemble
from twas.traits.trait import Trait
from twas.traits.trait_checks import MHC, numbers_of

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
        trait = Trait.of(assemble([table], group), group)
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


class Group:
    """The files of one group, read one after the other so that one at fault hides no other."""

    def __init__(self, name: str, trait_name: str, paths: list[str]) -> None:
        self.name, self.trait_name, self.paths = name, trait_name, paths
        self.files: list[FileSummary] = []
        self.warnings: list[str] = []
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.alone: dict[str, Trait] = {}
        self.trait: Trait | None = None
        self.tables: list[Table] = []

    def check_columns(self, own: Choices | None) -> None:
        """Tell columns given for this group that none of its files has."""
        if own is not None and self.tables:
            self.problems += lacking_columns(own, self.tables)

    def read(self, choices: Choices) -> None:
        """Read all files."""
        tables = self._tables(choices)
        self.tables = [table for _, table in tables]
        if len(tables) > 1:
            self._merge([table for _, table in tables])
        has_mhc = False
        if self.trait is not None:
            genes = self.trait.table["gene"].drop_duplicates()
            has_mhc = bool(reference.in_region(genes, *MHC).any())
        for path, table in tables:
            summary, trait = summarise(path, self.name, table, mhc_elsewhere=has_mhc)
            if trait is not None:
                self.alone[path] = trait
            if len(tables) == 1:
                self.trait = trait
                self.problems += [summary.error] if summary.error else []
            elif summary.error:
                # Fine-mapping and splicing files are no trait alone, but may stand beside others.
                summary = replace(summary, warnings=(*summary.warnings, summary.error), error="")
            self.files.append(summary)

    def _tables(self, choices: Choices) -> list[tuple[str, Table]]:
        """Return the usable tables; what cannot be used becomes a summary with its reason."""
        tables, passed = [], []
        for given in self.paths:
            try:
                found = find_tables(given)
            except DataError as error:
                self._refuse(FileSummary(given, self.name, error=str(error)))
                continue
            told = [fact for fact in found.facts if fact.level != "fact"]
            for fact in told:
                said = self.warnings if fact.level == "warning" else self.notes
                said.append(f"{fact.source}: {fact.sentence}")
            for path in found.tables:
                try:
                    table = read_table(path, choices, trait=self.trait_name)
                    tables.append((str(path), table))
                except DataError as error:
                    form = error.form_name if isinstance(error, RefusedError) else ""
                    bad = FileSummary(str(path), self.name, format=form, error=str(error))
                    skip = isinstance(error, RefusedError) and path not in found.named
                    passed.append((bad, skip))
        for bad, skip in passed:
            # Beside usable tables of a folder, an unsigned one is passed over, as in a run.
            if skip and tables:
                self.files.append(
                    replace(bad, warnings=(f"file passed over: {bad.error}",), error="")
                )
            else:
                self._refuse(bad)
        return tables

    def _refuse(self, bad: FileSummary) -> None:
        self.files.append(bad)
        self.problems.append(bad.error)

    def _merge(self, tables: list[Table]) -> None:
        try:
            self.trait = Trait.of(assemble(tables, self.name), self.name)
        except DataError as error:
            self.problems.append(str(error))
            return
        for fact in self.trait.quality.warnings:
            if fact.topic in ("dropped:file_copy", "gene_contradicts"):
                self.warnings.append(f"{fact.source}: {fact.sentence}")


def lacking_columns(choices: Choices, tables: Sequence[Table]) -> list[str]:
    """Why ``run`` would refuse columns that were named and that no table has."""
    try:
        check_found(choices, tables)
    except DataError as error:
        return [str(error)]
    return []
