"""What is odd between traits, and about their genes; each check is a row of `twas.checks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from twas.checks import fact, threshold
from twas.genes import reference
from twas.quality import QualityFact, QualityReport, some
from twas.study.axis import pair_name
from twas.study.correlation import Compared, compare, mean_z
from twas.traits.assembly import InputFile
from twas.traits.trait import Trait

#: Traits with genes on fewer chromosomes are parts of a genome on purpose.
MIN_CHROMOSOMES = 10


def study_facts(
    traits: Sequence[Trait], tissues: Mapping[str, Sequence[str]] | None = None
) -> list[QualityFact]:
    """Tell what is odd between each two traits, and how their z correlate.

    Parameters
    ----------
    traits
        Of fewer than two nothing is told.
    tissues
        Trait → its tissues, where the tables hold one row per gene; by default those of the tables.
    """
    if len(traits) < 2:
        return []
    if tissues is None:
        tissues = {trait.name: list(trait.table["tissue"].unique()) for trait in traits}
    z = {trait.name: mean_z(trait.table) for trait in traits}
    compared, genes = compare(z), _by_chromosome(z)
    facts: list[QualityFact] = []
    for one, other in combinations(traits, 2):
        pair = compared[one.name, other.name]
        found = [*_correlation(one.name, other.name, pair), *_same(one, other, pair)]
        found += _tissues(one, other, tissues)
        found += _lacking(one.name, other.name, genes)
        facts += QualityReport(tuple(found)).about(pair_name(one.name, other.name)).facts
    return facts


def gene_facts(trait: Trait, genes: pd.DataFrame) -> list[QualityFact]:
    """Tell how the genes of a trait lie in the study.

    Parameters
    ----------
    trait
        One trait of the study.
    genes
        As :attr:`twas.study.study.Study.genes`.
    """
    mine = pd.Index(genes["gene"]).get_indexer(pd.Index(trait.table["gene"].unique()))
    n = len(mine)
    unplaced = int(genes["start"].isna().to_numpy()[mine].sum())
    outside = int(genes["block"].str.startswith("between:").to_numpy()[mine].sum())
    told = fact("genes_without_position", unplaced, n=n, share=unplaced / n)
    is_odd = unplaced / n >= threshold("genes_without_position")
    facts = [
        QualityFact("fact", "", "genes_tested", n, f"{n:,} genes"),
        told if is_odd else replace(told, level="fact"),
    ]
    if outside:
        facts.append(fact("genes_outside_blocks", outside))
    if trait.n_eff is None:
        facts.append(fact("no_sample_size", 0, name=trait.name))
    return facts


def quality_of(traits: Sequence[Trait], genes: pd.DataFrame) -> QualityReport:
    """Return everything that is known of the input of a study."""
    facts = QualityReport()
    for trait in traits:
        facts += (trait.quality + gene_facts(trait, genes)).about(trait.name)
    return facts + study_facts(traits)


def _correlation(one: str, other: str, pair: Compared) -> Iterator[QualityFact]:
    n, r = pair.n, pair.r
    if pair.opposite:
        yield fact("opposite_signs", n, r=r, rank=pair.rank, n=n, a=one, b=other)
    elif not np.isnan(r):
        yield QualityFact("fact", "", "z_correlation", n, f"z correlate {r:.2f} over {n:,} genes")


def _same(one: Trait, other: Trait, pair: Compared) -> Iterator[QualityFact]:
    """Two traits that are one: read from one column of one file, or with the same z."""
    read = {_key(file) for file in one.files}
    shared = [file.name for file in other.files if file.content_sha256 and _key(file) in read]
    r, n = pair.r, pair.n
    if shared:
        what = f"z of both traits, {n:,} genes, are read from the same column of {shared[0]}"
    elif abs(r) > threshold("same_trait"):
        sign = " with the other sign" if r < 0 else ""
        what = f"z correlate {r:.4f} over {n:,} genes: these are the same results{sign}"
    else:
        return
    yield fact("same_trait", n, what=what)


def _key(file: InputFile) -> tuple[str, ...]:
    """Return the content of a file, what z is read or made from, and which rows."""
    names = ("z", "sign") if "z" in file.columns else ("beta", "odds_ratio", "se", "p", "sign")
    columns = (file.columns.get(name, "") for name in names)
    return (file.content_sha256, *columns, str(sorted(file.where.items())))


def _tissues(
    one: Trait, other: Trait, tissues: Mapping[str, Sequence[str]]
) -> Iterator[QualityFact]:
    names = {"a": one.name, "b": other.name}
    first, second = (set(tissues[trait.name]) for trait in (one, other))
    shared, every = first & second, first | second
    if not shared:
        lists = {"tissues_a": some(first, 6), "tissues_b": some(second, 6)}
        yield fact("no_common_tissue", 0, **names, **lists)
    elif shared != every:
        lists = {"shared": some(shared, 6), "rest": some(every - shared, 6)}
        yield fact("some_common_tissues", len(shared), **names, n=len(every), **lists)
    for tissue in sorted(shared):
        models = [{f.models for f in t.files if f.tissue == tissue} for t in (one, other)]
        if all(models) and models[0] != models[1]:
            shown = {"models_a": _shown(models[0]), "models_b": _shown(models[1])}
            yield fact("other_models", 0, tissue=tissue, **names, **shown)
            return


def _shown(models: set[str]) -> str:
    return some(repr(model) if model else "no other word" for model in models)


def _by_chromosome(z: Mapping[str, pd.Series]) -> dict[str, dict[str, int]]:
    """How many genes each trait has on each chromosome."""
    row, genes = pd.factorize(np.concatenate([one.index.to_numpy() for one in z.values()]))
    place = reference.positions(genes)
    chrom, names = pd.factorize(place["chrom"].where(place["start"].notna()))
    ends = np.cumsum([len(one) for one in z.values()])
    found = {}
    for name, mine in zip(z, np.split(chrom[row], ends[:-1]), strict=True):
        counts = np.bincount(mine[mine >= 0], minlength=len(names))
        found[name] = {str(c): int(n) for c, n in zip(names, counts, strict=True) if n}
    return found


def _lacking(a: str, b: str, genes: Mapping[str, Mapping[str, int]]) -> Iterator[QualityFact]:
    """Chromosomes of which one trait has no gene, and the other many."""
    for one, other in ((a, b), (b, a)):
        mine, theirs = genes[one], genes[other]
        # X and Y are left out of most TWAS.
        for chrom in sorted((name for name in theirs if name.isdigit()), key=int):
            n, is_whole = theirs[chrom], len(mine) >= MIN_CHROMOSOMES
            if is_whole and chrom not in mine and n >= threshold("no_chromosome"):
                yield fact("no_chromosome", n, other=other, chrom=chrom, trait=one)
