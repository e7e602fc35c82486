"""Rows of ``leading_edge.tsv``: the members of each set in the ranking of GSEA."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.statistics.gsea import Gsea
from pathways.tables.columns import COLLECTION, GENE, PATHWAY, TRAIT, Column, Table


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per trait × set × member; none where GSEA was not run."""
    frames = [_of_trait(collection, trait, found) for trait, found in collection.gsea.items()]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _of_trait(collection: CollectionResult, trait: str, found: Gsea) -> pd.DataFrame:
    table = found.members
    return pd.DataFrame(
        {
            "pathway": np.array(collection.members.pathways, dtype=object)[table["set"]],
            "trait": trait,
            "gene": collection.study.genes["symbol"].to_numpy()[table["gene"]],
            **{name: table[name] for name in ("role", "effect", "rank", "n_ranked")},
            "leading": np.where(table["leading"], "yes", ""),
        }
    )


TABLE = Table(
    name="leading_edge",
    contents="a row per collection, pathway, trait and member: its place in GSEA",
    rows=rows,
    columns=(
        COLLECTION,
        PATHWAY,
        TRAIT,
        GENE,
        Column("role", "number", "", "+1 or -1"),
        Column("effect", "number", "effect", "role * centred effect, by which the gene is ranked"),
        Column("rank", "count", "", "place in that ranking, 1 the largest"),
        Column("n_ranked", "count", "genes", "genes in the ranking"),
        Column("leading", "text", "", "yes in the leading edge of GSEA, else empty"),
    ),
)
