"""Two traits that are one: read from the same column of the same file, or with the same z.

A file given twice under two names, or a trait and its mirror, make every pathway concordant or
opposite. Diseases that share everything do not reach :data:`SAME`: two studies of one disease
differ by their samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from twas.quality import QualityFact
from twas.study.correlation import mean_z, pairwise
from twas.traits.trait import Trait

#: z of two traits that correlate beyond this are the same z.
SAME = 0.99


def same_facts(traits: Sequence[Trait]) -> list[QualityFact]:
    """Warn of each pair of traits that are one.

    Returns
    -------
    list of QualityFact
        Warnings ``same_trait``, at most one for each pair.
    """
    r_of = {
        (a, b): (r, n)
        for a, b, n, r in pairwise({t.name: mean_z(t.table) for t in traits}).itertuples(
            index=False
        )
    }
    facts = []
    for one, other in combinations(traits, 2):
        shared = next(_shared_files(one, other), "")
        r, n = r_of[one.name, other.name]
        if shared:
            message = f"z of both traits, {n:,} genes, are read from the same column of {shared}"
        elif abs(r) > SAME:
            message = f"z correlate {r:.4f} over {n:,} genes: these are the same results"
            message += " with the other sign" if r < 0 else ""
        else:
            continue
        source = f"{one.name} / {other.name}"
        remedy = "; give each trait its own results, or allow it with `allow_same`"
        facts.append(QualityFact("warning", source, "same_trait", int(n), message + remedy))
    return facts


def _shared_files(one: Trait, other: Trait) -> Iterator[str]:
    """Yield files of one trait whose content, column and rows the other has read too."""
    read = {
        (file.content_sha256, *_column(file.columns), str(sorted(file.where.items())))
        for file in one.files
        if file.content_sha256
    }
    for file in other.files:
        key = (file.content_sha256, *_column(file.columns), str(sorted(file.where.items())))
        if key in read:
            yield file.name


def _column(columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return what z is read or made from."""
    names = ("z",) if "z" in columns else ("beta", "odds_ratio", "se", "p", "sign")
    return tuple(columns.get(name, "") for name in names)
