"""What one file holds, in numbers, and what is odd about it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.genes import reference
from twas.quality import QualityFact
from twas.reading.table import Table
from twas.traits.merging import MHC
from twas.traits.trait import Trait, assemble

#: Median of the chi-square distribution with one degree of freedom.
CHI2_MEDIAN = 0.4549364
#: A file with fewer genes is not looked at for what a whole genome would show.
GENOME = 1000

NAN = float("nan")


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
        Share of rows whose effect size and z have one sign; None without effect sizes.
    share_one_snp
        Share of models with one SNP; None where SNPs are not counted.
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
        found = tuple(fact.message for fact in table.facts if fact.level == "warning")
        return replace(known, warnings=found, error=_named(table.name, str(error))), None
    file = trait.files[0]
    summary = replace(
        known,
        tissue=file.tissue,
        genes_with_z=file.genes_with_z,
        genes_resolved=file.genes_resolved,
        **_numbers(trait, mhc_elsewhere=mhc_elsewhere),
        duplicates=sum(
            trait.quality.count(topic) for topic in ("dropped:row_copy", "dropped:gene_repeated")
        ),
    )
    notes = tuple(fact.sentence for fact in trait.quality.facts if fact.level == "note")
    return replace(summary, notes=notes, warnings=tuple(_warnings(summary, trait))), trait


def _tissues(table: Table) -> str:
    return ", ".join(sorted(table.frame["tissue"].unique()))


def _named(name: str, message: str) -> str:
    return message if name in message else f"{name}: {message}"


def _numbers(trait: Trait, *, mhc_elsewhere: bool) -> dict[str, Any]:
    table = trait.table
    z = table["z"].to_numpy()
    place = reference.positions(table["gene"].drop_duplicates())
    return {
        "share_with_position": float(place["start"].notna().mean()),
        "z_mean": float(z.mean()),
        "z_sd": float(z.std(ddof=1)) if len(z) > 1 else None,
        "genomic_inflation": float(np.median(z**2) / CHI2_MEDIAN),
        "largest_z": float(np.abs(z).max()),
        "sign_agreement": _share(np.sign(table["effect_size"] * z).replace(0, NAN), 1),
        "share_one_snp": _share(table["n_snps_model"].fillna(table["n_snps"]), 1),
        "missing_mhc": not mhc_elsewhere and lacks_mhc(place),
    }


def _share(values: pd.Series, value: float) -> float | None:
    filled = values.dropna()
    return float((filled == value).mean()) if len(filled) else None


def lacks_mhc(place: pd.DataFrame) -> bool:
    """Tell whether genes that should reach into the MHC do not.

    Parameters
    ----------
    place
        Rows of :func:`twas.genes.reference.positions`, one per gene.

    Returns
    -------
    bool
        True if no gene starts in the MHC, though there are genes of chromosome 6, or of several
        chromosomes: one file per chromosome is no fault.
    """
    chrom, low, high = MHC
    on_it = place[place["chrom"] == chrom]
    inside = on_it["start"].between(low, high, inclusive="left")
    return not inside.any() and (len(on_it) > 0 or place["chrom"].nunique() > 1)


def _warnings(file: FileSummary, trait: Trait) -> Iterator[str]:
    """Yield what is odd about a file that can be read."""
    odd = [fact for fact in trait.quality.warnings if fact.topic not in _SAID_HERE]
    yield from (fact.sentence for fact in odd)
    genes, n, z = file.genes_with_z or 0, len(trait.table), trait.table["z"].to_numpy()
    if file.missing_mhc and (file.format == "FUSION" or genes >= GENOME):
        yield (
            "no gene in the MHC (6:25-34 Mb), so C2, CFB, C4A and C4B are lost: add the genes of "
            "that region; FUSION writes them to a file ending in .MHC"
        )
    if 2 * (file.genes_resolved or 0) < genes and "resolved:unknown" not in _topics(odd):
        yield (
            f"only {file.genes_resolved:,} of {genes:,} genes are known; are they human genes, as "
            "symbol, Ensembl or Entrez id?"
        )
    if n >= 20 and np.abs(z).min() > 1.5:
        yield (
            f"the smallest |z| is {np.abs(z).min():.1f}: a list of hits; give the table of all "
            "tested genes, which is the background of every test"
        )
    elif n >= GENOME and (file.genomic_inflation or 0) < 0.7:
        yield (
            f"z vary less than by chance (genomic inflation {file.genomic_inflation:.2f}); is the "
            "z column a z-score? Name it with `columns` z=…"
        )
    if n >= GENOME and abs(file.z_mean or 0) > 0.25 * (file.z_sd or NAN):
        yield f"z are {file.z_mean:.2f} on average, not about 0; is the statistic signed?"
    if (file.largest_z or 0) > 50:
        yield f"the largest |z| is {file.largest_z:.0f}; is the z column a z-score?"
    if file.sign_agreement is not None and file.sign_agreement < 0.95:
        yield (
            f"effect size and z have one sign in {file.sign_agreement:.0%} of rows only; ask who "
            "made the file which is right"
        )
    if n >= GENOME and (file.share_one_snp or 0) > 0.8:
        yield (
            f"{file.share_one_snp:.0%} of models have one SNP, whose z they repeat, whichever "
            "gene is meant; where the file has r2, `min_r2` keeps the better models"
        )


# Facts on a trait that this module tells by its own rule.
_SAID_HERE = frozenset({"no_mhc", "effect_contradicts_z"})


def _topics(facts: list[QualityFact]) -> set[str]:
    return {fact.topic for fact in facts}
