"""Coverage for people: what of each pathway was tested, and which hub genes have no model."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import Selection
from pathways.report.words import names
from pathways.report.words.numbers import count

TESTED = "tested"


@dataclass(frozen=True)
class Coverage:
    """Coverage of one pathway.

    Attributes
    ----------
    pathway, title
        Its name in the tables, and for people.
    n_set
        Members in the collection.
    tested
        ``(trait or pair in words, genes tested, LD blocks)``.
    hubs
        Hub genes that are not tested in every trait, each with its status.
    others
        The other members that are not tested in every trait, by status.
    """

    pathway: str
    title: str
    n_set: int
    tested: tuple[tuple[str, str, str], ...]
    hubs: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]


def coverage(results: RunTables, chosen: Selection) -> tuple[Coverage, ...]:
    """Coverage of each pathway shown, in the order of `chosen`."""
    table = results.coverage
    table = table[(table["collection"] == chosen.collection) & (table["status"] != TESTED)]
    table = table[table["pathway"].isin(chosen.pathways)]
    missing = {str(name): part for name, part in table.groupby("pathway")}
    return tuple(_of(chosen, pathway, missing.get(pathway)) for pathway in chosen.pathways)


def _of(chosen: Selection, pathway: str, missing: pd.DataFrame | None) -> Coverage:
    status = {} if missing is None else dict(zip(missing["gene"], missing["status"], strict=True))
    hubs = [gene for gene in names.hubs(pathway, chosen.collection) if gene in status]
    others: dict[str, list[str]] = {}
    for gene, why in status.items():
        if gene not in hubs:
            others.setdefault(str(why), []).append(str(gene))
    sizes = [r["n_set"] for t in chosen.traits if (r := chosen.directions.get((pathway, t)))]
    return Coverage(
        pathway=pathway,
        title=chosen.title(pathway),
        n_set=int(sizes[0]),
        tested=tuple(_tested(chosen, pathway)),
        hubs=tuple((gene, str(status[gene])) for gene in hubs),
        others=tuple((why, tuple(genes)) for why, genes in others.items()),
    )


def _tested(chosen: Selection, pathway: str) -> list[tuple[str, str, str]]:
    rows = [(t, chosen.directions.get((pathway, t))) for t in chosen.traits]
    rows += [(f"{a} and {b}", chosen.divergence.get((pathway, a, b))) for a, b in chosen.pairs]
    same: dict[tuple[str, str], list[str]] = {}
    for name, row in rows:
        if row is not None:
            same.setdefault((count(row["n_tested"]), count(row["n_blocks"])), []).append(name)
    if len(same) == 1 and len(rows) > 3:
        return [("each trait and pair", *numbers) for numbers in same]
    return [("; ".join(who), *numbers) for numbers, who in same.items()]


def missing_hubs(covered: tuple[Coverage, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """``(title, hub genes without a model in any table)`` of the pathways that lack some."""
    found = []
    for row in covered:
        genes = tuple(gene for gene, why in row.hubs if not why.startswith(TESTED))
        if genes:
            found.append((row.title, genes))
    return tuple(found)
