"""GWAS rows → z of the models' variants: key, genome build, alleles, strand, duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation.effects import Gwas
from twas.imputation.models import Models
from twas.imputation.variants import Fit, Strand, build_of_ends, fit, sign, strand_of
from twas.quality import QualityFact
from twas.system.arrays import Bool, Float, Int

#: Share of SNPs with equal positions above which two files are of one build, and below which of
#: two; between them a file mixes builds.
ONE_BUILD, TWO_BUILDS = 0.95, 0.05
#: Share of the models' positions that, if found, shows the build without any rsid.
ENOUGH_PLACED = 0.5
#: SNPs that a statement on the build needs.
MIN_PLACED = 20
#: z of one SNP that differ by more, relative to max(1, |z|), contradict each other.
SAME_Z = 1e-3
#: Unambiguous SNPs that a statement on the strand should rest on.
MIN_STRAND = 50


class Status(IntEnum):
    """What became of a variant of the models."""

    ABSENT = 0
    OTHER_ALLELES = 1
    PALINDROMIC_OUT = 2
    SAME = 3
    SWAPPED = 4
    COMPLEMENTED = 5
    PALINDROMIC = 6


@dataclass(frozen=True)
class Match:
    """The GWAS at the variants of the models.

    Attributes
    ----------
    key
        ``rsid`` or ``position``.
    build
        Genome build of the positions of the GWAS as far as it shows, else None.
    strand
        Strand of the file.
    z, beta
        (v,) per variant, for the models' effect allele; NaN where there is none.
    status
        (v,) values of :class:`Status`.
    by_rsid, by_place
        Variants found by either key.
    facts
        What was found.
    """

    key: str
    build: int | None
    strand: Strand
    z: Float
    beta: Float
    status: Int
    by_rsid: int
    by_place: int
    facts: tuple[QualityFact, ...]


def match(gwas: Gwas, models: Models) -> Match:
    """Find the variants of the models in a GWAS.

    Raises
    ------
    DataError
        If the file mixes genome builds, is of another build than models found by position, or
        gives a SNP two different z.
    """
    named, placed = _by_rsid(gwas, models), _by_place(gwas, models)
    by_rsid, by_place = (int((np.bincount(pairs[1]) > 0).sum()) for pairs in (named, placed))
    key = "rsid" if by_rsid >= by_place else "position"
    build, facts = _build(gwas, models, named, by_place, key)
    row, variant = named if key == "rsid" else placed
    effect, other = (models.variants[c].to_numpy(object) for c in ("effect_allele", "other_allele"))
    found = fit(gwas.effect_allele[row], gwas.other_allele[row], effect[variant], other[variant])
    strand = strand_of(found)
    z, beta, repeats = _values(gwas, row, variant, sign(found, strand), len(models.variants))
    facts += _strand_facts(gwas.name, strand, found)
    facts.append(_fact(gwas.name, "row_repeated", repeats, "rows repeat a SNP with the same z"))
    return Match(
        key=key,
        build=build,
        strand=strand,
        z=z,
        beta=beta,
        status=_status(found, strand, variant, len(models.variants)),
        by_rsid=by_rsid,
        by_place=by_place,
        facts=tuple(fact for fact in facts if fact.count),
    )


def _by_rsid(gwas: Gwas, models: Models) -> tuple[Int, Int]:
    """Return rows and variants of one rsid."""
    parts = [_pairs(ids, models.variants["rsid"]) for ids in gwas.ids.values()]
    row, variant = (np.concatenate(part) for part in zip(*parts, strict=True)) if parts else _NONE
    if len(parts) < 2:
        return row, variant
    code = np.unique(row * len(models.variants) + variant)
    return code // len(models.variants), code % len(models.variants)


_NONE = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _by_place(gwas: Gwas, models: Models) -> tuple[Int, Int]:
    return _pairs(pd.Series(gwas.place), models.variants["place"])


def _pairs(left: pd.Series, right: pd.Series) -> tuple[Int, Int]:
    """Return all pairs of equal and known keys."""
    known = []
    for side, name in ((left, "row"), (right, "variant")):
        keys = side.to_numpy()
        unknown = (keys == -1) if keys.dtype.kind == "i" else (keys == "") | (keys == ".")
        table = pd.DataFrame({"key": keys, name: np.arange(len(side))})
        known.append(table[~unknown])
    merged = known[0].merge(known[1], on="key")
    row, variant = (merged[c].to_numpy(dtype=np.int64) for c in ("row", "variant"))
    order = np.lexsort((variant, row))
    return row[order], variant[order]


def _build(
    gwas: Gwas, models: Models, named: tuple[Int, Int], n_placed: int, key: str
) -> tuple[int | None, list[QualityFact]]:
    """Tell the build of the GWAS, before anything is computed."""
    if len(gwas.builds) > 1:
        raise DataError(f"{gwas.name}: its variant names end in two genome builds; give one build")
    theirs, ours = gwas.place[named[0]], models.variants["place"].to_numpy()[named[1]]
    both = (theirs >= 0) & (ours >= 0)
    agree = float((theirs == ours)[both].mean()) if both.sum() >= MIN_PLACED else None
    if agree is not None and TWO_BUILDS < agree < ONE_BUILD:
        raise DataError(
            f"{gwas.name}: mixes genome builds: {agree:.0%} of {int(both.sum()):,} SNPs have the "
            f"position of the models{_of_build(models.build)}, the others not; give one build"
        )
    stated = next(iter(gwas.builds), None)
    placed_share = n_placed / max(1, int((models.variants["place"] >= 0).sum()))
    if (agree is None and placed_share >= ENOUGH_PLACED) or (agree or 0.0) >= ONE_BUILD:
        return models.build or stated, []
    # Only where the SNPs do not tell; stray rows can lie beyond the ends of both.
    ends = build_of_ends(gwas.last)
    build = stated or (next(iter(ends)) if len(ends) == 1 else None)
    other = agree is not None or (build and models.build and build != models.build)
    if not other:
        return build, []
    if build == models.build:
        build = None
    said = f"are {_named(build)}, not those of the models{_of_build(models.build)}"
    if key == "position":
        raise DataError(
            f"{gwas.name}: its positions {said}; lift it over, or give a GWAS with rsids"
        )
    message = f"positions {said}; SNPs were matched by rsid, for which the build does not matter"
    return build, [QualityFact("warning", gwas.name, "build_differs", gwas.n_rows, message)]


def _of_build(build: int | None) -> str:
    return f" (GRCh{build})" if build else ""


def _named(build: int | None) -> str:
    return f"of GRCh{build}" if build else "of another genome build"


def _values(gwas: Gwas, row: Int, variant: Int, factor: Float, n: int) -> tuple[Float, Float, int]:
    """Return z and beta of each variant, and how many rows repeat one."""
    used = factor != 0
    row, variant, factor = row[used], variant[used], factor[used]
    z, beta = factor * gwas.z[row], factor * gwas.beta[row]
    # Sorted by z, the choice among rows that agree does not depend on their order.
    order = np.lexsort((beta, z, variant))
    row, variant, z, beta = row[order], variant[order], z[order], beta[order]
    first = np.append(True, variant[1:] != variant[:-1])[: len(variant)]
    _check_repeats(gwas, row, variant, z, first)
    out_z, out_beta = np.full(n, np.nan), np.full(n, np.nan)
    out_z[variant[first]], out_beta[variant[first]] = z[first], beta[first]
    return out_z, out_beta, int((~first).sum())


def _check_repeats(gwas: Gwas, row: Int, variant: Int, z: Float, first: Bool) -> None:
    """Refuse rows that give one variant two z."""
    group = np.cumsum(first) - 1
    start = np.flatnonzero(first)
    apart = z - z[start[group]] > SAME_Z * np.maximum(1, np.abs(z))
    if not apart.any():
        return
    wrong = int(np.flatnonzero(apart)[0])
    one, two = sorted((row[start[group[wrong]]], row[wrong]))
    n = len(np.unique(variant[apart]))
    name = next((ids[one] for ids in gwas.ids.values()), "") or "one SNP"
    raise DataError(
        f"{gwas.where[one]} and {gwas.where[two]} both give {name}, with z that contradict "
        f"each other ({n} such SNPs); remove the wrong rows"
    )


def _status(found: Fit, strand: Strand, variant: Int, n: int) -> Int:
    """Return the best of what happened to each variant."""
    status = np.full(len(variant), Status.OTHER_ALLELES, dtype=np.int64)
    status[found.same] = Status.SAME
    status[found.swapped] = Status.SWAPPED
    status[found.complemented | found.complemented_swapped] = Status.COMPLEMENTED
    known = strand.name in ("forward", "reverse")
    status[found.palindromic] = Status.PALINDROMIC if known else Status.PALINDROMIC_OUT
    out = np.full(n, Status.ABSENT, dtype=np.int64)
    np.maximum.at(out, variant, status)
    return out


def _strand_facts(name: str, strand: Strand, found: Fit) -> list[QualityFact]:
    n = strand.n_forward + strand.n_reverse
    palindromic = int(found.palindromic.sum())
    if strand.name == "reverse":
        message = "SNPs are on the other strand than the models, as is the whole file: complemented"
        return [QualityFact("warning", name, "strand_reverse", strand.n_reverse, message)]
    if strand.name == "mixed":
        message = (
            f"palindromic SNPs were left out: the file mixes strands ({strand.n_reverse:,} of "
            f"{n:,} unambiguous SNPs are on the other one), so their direction is not known"
        )
        return [QualityFact("warning", name, "palindromic_left_out", palindromic, message)]
    if strand.name == "unknown" and palindromic:
        message = "palindromic SNPs were left out: no other SNP shows on which strand the file is"
        return [QualityFact("warning", name, "palindromic_left_out", palindromic, message)]
    if palindromic and n < MIN_STRAND:
        message = f"palindromic SNPs were kept, though only {n} other SNPs show the strand"
        return [QualityFact("warning", name, "strand_thin", palindromic, message)]
    return []


def _fact(source: str, topic: str, count: int, message: str) -> QualityFact:
    return QualityFact("fact", source, topic, count, message)
