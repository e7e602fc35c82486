"""Rows of ``coverage.tsv``: each member of each set, tested or why not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.tables.columns import COLLECTION, GENE, PATHWAY, Column, Table
from twas.genes import reference
from twas.study.study import Study
from twas.system.arrays import Bool


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per set × member."""
    study, sets = collection.study, collection.sets
    at = pd.Index(study.genes["gene"]).get_indexer(pd.Index(sets.table["gene"]))
    known = set(reference.column("gene"))
    has = np.asarray(np.isfinite(study.z).any(axis=1))
    together = _in_a_pair(study)
    status = []
    for row, gene in zip(at, sets.table["gene"], strict=True):
        if row < 0:
            status.append("no model in any table" if gene in known else "not in the gene reference")
            continue
        where = [name for k, name in enumerate(study.traits) if has[k, row]]
        if len(where) < len(study.traits):
            status.append(f"tested in {', '.join(where)} only")
        elif together[row]:
            status.append("tested")
        else:
            status.append("tested in each trait, but in no common tissue")
    return pd.DataFrame(
        {
            "pathway": sets.table["pathway"],
            "gene": sets.table["symbol"],
            "role": sets.table["role"],
            "status": status,
        }
    )


def _in_a_pair(study: Study) -> Bool:
    """Genes that the combined scope of every pair of traits holds; all for one trait."""
    inside = np.ones(len(study.genes), dtype=bool)
    for pair in combinations(study.traits, 2):
        universe = study.universe(pair)
        here = np.zeros(len(study.genes), dtype=bool)
        if universe is not None:
            here[universe.genes] = True
        inside &= here
    return inside


TABLE = Table(
    name="coverage",
    contents="a row per collection, pathway and member: tested, or why not",
    rows=rows,
    columns=(
        COLLECTION,
        PATHWAY,
        GENE,
        Column("role", "number", "", "+1, -1 or 0"),
        Column("status", "text", "", "tested, or why not"),
    ),
)
