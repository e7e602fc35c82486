"""What is odd between traits, and about their genes; each check is a row of `twas.checks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from twas.checks import fact, threshold
from twas.genes import reference
from twas.quality import QualityFact, QualityReport, some
from twas.study.correlation import is_opposite, mean_z, pairwise, rank_correlations
from twas.traits.input_files import InputFile
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
    found = {(a, b): (r, n) for a, b, n, r in pairwise(z).itertuples(index=False)}
    ranks = rank_correlations(z)
    genes = _by_chromosome(z)
    facts: list[QualityFact] = []
    for one, other in combinations(traits, 2):
        r, n = found[one.name, other.name]
        facts += _correlation(one, other, r, ranks[one.name, other.name], int(n), z)
        facts += _same(one, other, r, int(n))
        facts += _tissues(one, other, tissues)
        facts += _lacking(one, other, genes)
        facts += _lacking(other, one, genes)
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
    facts = [QualityFact("fact", trait.name, "genes_tested", n, f"{n:,} genes")]
    unplaced = int(genes["start"].isna().to_numpy()[mine].sum())
    told = fact("genes_without_position", trait.name, unplaced, n=n, share=unplaced / n)
    is_odd = unplaced / n >= threshold("genes_without_position")
    facts.append(told if is_odd else QualityFact("fact", *_rest(told)))
    outside = int(genes["block"].str.startswith("between:").to_numpy()[mine].sum())
    if outside:
        facts.append(fact("genes_outside_blocks", trait.name, outside))
    if trait.n_eff is None:
        facts.append(fact("no_sample_size", trait.name, 0, name=trait.name))
    return facts


def quality_of(traits: Sequence[Trait], genes: pd.DataFrame) -> QualityReport:
    """Return everything that is known of the input of a study."""
    facts = QualityReport()
    for trait in traits:
        facts += trait.quality + gene_facts(trait, genes)
    return facts + study_facts(traits)


def _rest(told: QualityFact) -> tuple[str, str, int, str]:
    return told.source, told.topic, told.count, told.message


def _correlation(
    one: Trait, other: Trait, r: float, rank: float, n: int, z: Mapping[str, pd.Series]
) -> Iterator[QualityFact]:
    about = f"{one.name} / {other.name}"
    if np.isnan(r):
        return
    if is_opposite(z[one.name], z[other.name], rank):
        yield fact("opposite_signs", about, n, r=r, rank=rank, n=n, a=one.name, b=other.name)
        return
    message = f"z correlate {r:.2f} over {n:,} genes"
    yield QualityFact("fact", about, "z_correlation", n, message)


def _same(one: Trait, other: Trait, r: float, n: int) -> Iterator[QualityFact]:
    """Two traits that are one: read from one column of one file, or with the same z."""
    read = {_key(file) for file in one.files}
    shared = [file.name for file in other.files if file.content_sha256 and _key(file) in read]
    if shared:
        what = f"z of both traits, {n:,} genes, are read from the same column of {shared[0]}"
    elif abs(r) > threshold("same_trait"):
        sign = " with the other sign" if r < 0 else ""
        what = f"z correlate {r:.4f} over {n:,} genes: these are the same results{sign}"
    else:
        return
    yield fact("same_trait", f"{one.name} / {other.name}", n, what=what)


def _key(file: InputFile) -> tuple[str, ...]:
    """Return the content of a file, what z is read or made from, and which rows."""
    names = ("z", "sign") if "z" in file.columns else ("beta", "odds_ratio", "se", "p", "sign")
    columns = (file.columns.get(name, "") for name in names)
    return (file.content_sha256, *columns, str(sorted(file.where.items())))


def _tissues(
    one: Trait, other: Trait, tissues: Mapping[str, Sequence[str]]
) -> Iterator[QualityFact]:
    about, names = f"{one.name} / {other.name}", {"a": one.name, "b": other.name}
    first, second = (set(tissues[trait.name]) for trait in (one, other))
    shared, every = first & second, first | second
    if not shared:
        lists = {"tissues_a": some(first, 6), "tissues_b": some(second, 6)}
        yield fact("no_common_tissue", about, 0, **names, **lists)
    elif shared != every:
        rest = some(every - shared, 6)
        yield fact(
            "some_common_tissues",
            about,
            len(shared),
            **names,
            n=len(every),
            shared=some(shared, 6),
            rest=rest,
        )
    for tissue in sorted(shared):
        models = [{f.models for f in t.files if f.tissue == tissue} for t in (one, other)]
        if all(models) and models[0] != models[1]:
            shown = {"models_a": some(_shown(models[0])), "models_b": some(_shown(models[1]))}
            yield fact("other_models", about, 0, tissue=tissue, **names, **shown)
            return


def _shown(models: set[str]) -> list[str]:
    return [repr(model) if model else "no other word" for model in models]


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


def _lacking(
    one: Trait, other: Trait, genes: Mapping[str, Mapping[str, int]]
) -> Iterator[QualityFact]:
    """Chromosomes of which one trait has no gene, and the other many."""
    mine, theirs = genes[one.name], genes[other.name]
    if len(mine) < MIN_CHROMOSOMES:
        return
    # X and Y are left out of most TWAS.
    for chrom in sorted((name for name in theirs if name.isdigit()), key=int):
        n = theirs[chrom]
        if chrom not in mine and n >= threshold("no_chromosome"):
            about = f"{one.name} / {other.name}"
            yield fact("no_chromosome", about, n, other=other.name, chrom=chrom, trait=one.name)
