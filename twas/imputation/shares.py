"""How much of a model a GWAS covers, and what is wrong where it covers too little."""

from __future__ import annotations

import numpy as np

from twas.errors import DataError
from twas.imputation.effects import Gwas
from twas.imputation.matching import Match, Status
from twas.imputation.models import Model, Models

#: Columns of the quality table; the counts of SNPs from ``used`` on add up to ``snps``.
QUALITY = {
    "trait": "Trait",
    "tissue": "Tissue",
    "genes": "Genes with a model",
    "genes_with_z": "Genes with a z-score",
    "genes_without_snps": "Genes of which no SNP is used",
    "genes_not_varying": "Genes whose predicted expression does not vary over the used SNPs",
    "key": "How SNPs were matched: rsid or position",
    "snps": "SNPs of the models",
    "used": "SNPs used",
    "share_used": "Their share",
    "matched": "Used as they stand",
    "swapped": "Used with effect and other allele swapped",
    "complemented": "Used after taking the other strand, swapped or not",
    "palindromic": "Used, palindromic, read on the strand of the file",
    "palindromic_left_out": "Left out: palindromic in a file of mixed or unknown strand",
    "other_alleles": "Left out: the alleles are of another variant",
    "no_covariance": "Left out: not in the covariance",
    "not_in_gwas": "Left out: not in the GWAS, or without z there",
}
_USED = {
    "matched": Status.SAME,
    "swapped": Status.SWAPPED,
    "complemented": Status.COMPLEMENTED,
    "palindromic": Status.PALINDROMIC,
}
_OUT = {
    "palindromic_left_out": Status.PALINDROMIC_OUT,
    "other_alleles": Status.OTHER_ALLELES,
    "not_in_gwas": Status.ABSENT,
}
Row = dict[str, object]


def quality_row(trait: str, model: Model, found: Match) -> Row:
    """Count the SNPs of a model by what became of them; a SNP of several genes counts once."""
    variants = np.unique(model.variant)
    covered = np.zeros(len(found.status), dtype=bool)
    covered[model.variant[np.isfinite(model.covariance.variance)]] = True
    status, inside = found.status[variants], covered[variants]
    used = {c: int(((status == s) & inside).sum()) for c, s in _USED.items()}
    fits = np.isin(status, list(_USED.values()))
    return {
        "trait": trait,
        "tissue": model.tissue,
        "key": found.key,
        "snps": len(variants),
        "used": sum(used.values()),
        "share_used": sum(used.values()) / len(variants),
        **used,
        **{column: int((status == s).sum()) for column, s in _OUT.items()},
        "no_covariance": int((fits & ~inside).sum()),
    }


def check_share(
    row: Row, model: Model, gwas: Gwas, found: Match, models: Models, least: float
) -> None:
    """Refuse to impute from few of a model's SNPs.

    Raises
    ------
    DataError
        If less than the share `least`, or no SNP, is used; the line says which key, build or
        strand is wrong.
    """
    share, used = float(str(row["share_used"])), int(str(row["used"]))
    if used and share >= least:
        return
    counts = {column: int(str(row[column])) for column in (*_OUT, "no_covariance")}
    cause = max(counts, key=lambda column: counts[column])
    if found.strand.name == "unknown" and counts["palindromic_left_out"]:
        cause = "palindromic_left_out"
    allowed = "" if not used else f"; min_used={share:.2g} would allow it"
    raise DataError(
        f"{gwas.name}: {used:,} of {row['snps']:,} SNPs ({share:.0%}) of {model.name} are used: "
        f"{_CAUSES[cause](counts[cause], gwas, found, models)}{allowed}"
    )


def _absent(n: int, gwas: Gwas, found: Match, models: Models) -> str:
    theirs = ", ".join(gwas.examples[:2]) or "none"
    first = models.variants.iloc[0]
    ours = ", ".join(str(first[c]) for c in ("rsid", "varID") if first[c])
    if found.by_rsid or found.by_place:
        say = (
            f"{n:,} are not in the GWAS (matched by {found.key}: {found.by_rsid:,} SNPs are found "
            f"by rsid, {found.by_place:,} by position)"
        )
    else:
        say = f"wrong key or build: no id or position agrees (ids here: {theirs}; models: {ours})"
    return f"{say}{_of_builds(found, models)}"


def _of_builds(found: Match, models: Models) -> str:
    if min(found.by_rsid, found.by_place) > 0.9 * max(found.by_rsid, found.by_place):
        return "; give the whole GWAS: all chromosomes, and no list of hits"
    if models.build is None:
        return "; give a GWAS with rsids or the ids of the models"
    theirs = f"positions of GRCh{found.build}" if found.build else "positions of unknown build"
    return (
        f"; the GWAS has {theirs}, the models have GRCh{models.build}: give positions of that "
        "build, or rsids"
    )


def _alleles(n: int, gwas: Gwas, found: Match, models: Models) -> str:
    columns = " and ".join(gwas.names.get(c, "?") for c in ("effect_allele", "other_allele"))
    return (
        f"the alleles of {n:,} SNPs fit on neither strand; are {columns} the allele columns, and "
        f"are positions of the models' build{f' (GRCh{models.build})' if models.build else ''}?"
    )


def _palindromic(n: int, gwas: Gwas, found: Match, models: Models) -> str:
    why = "the file mixes strands" if found.strand.name == "mixed" else "no other SNP shows it"
    return (
        f"wrong strand: {n:,} SNPs are palindromic (A/T, C/G) and their strand is not known, as "
        f"{why}; give a GWAS on one strand, with all its SNPs"
    )


def _no_covariance(n: int, gwas: Gwas, found: Match, models: Models) -> str:
    return f"{n:,} SNPs are not in the covariance; give the one of the same release"


_CAUSES = {
    "not_in_gwas": _absent,
    "other_alleles": _alleles,
    "palindromic_left_out": _palindromic,
    "no_covariance": _no_covariance,
}


def line(row: Row) -> str:
    """Say a row of the quality table in one line."""
    left_out = {
        "palindromic left out": row["palindromic_left_out"],
        "other alleles": row["other_alleles"],
        "no covariance": row["no_covariance"],
        "not in GWAS": row["not_in_gwas"],
    }
    dropped = ", ".join(f"{count:,} {what}" for what, count in left_out.items())
    return (
        f"{row['trait']} {row['tissue']}: {row['genes_with_z']:,} of {row['genes']:,} genes; "
        f"{row['used']:,} of {row['snps']:,} SNPs ({float(str(row['share_used'])):.0%}) by "
        f"{row['key']}: {row['matched']:,} matched, {row['swapped']:,} swapped, "
        f"{row['complemented']:,} complemented, {row['palindromic']:,} palindromic; {dropped}"
    )
