"""Rows of ``genes.tsv``: the tested members of every set, in each trait and scope."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.calls.trait import TraitResult
from pathways.tables.columns import (
    BLOCK,
    COLLECTION,
    ENSEMBL_ID,
    GENE,
    PATHWAY,
    SCOPE,
    TRAIT,
    Column,
    Table,
)
from twas.study.study import Study
from twas.study.universe import COMBINED

#: Above so many sets the table holds the combined scope only.
ALL_SCOPES_MAX_SETS = 200


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per trait × scope × set × tested member."""
    many = len(collection.members.pathways) > ALL_SCOPES_MAX_SETS
    frames = [
        gene_rows(collection.study, result)
        for result in collection.traits
        if not many or result.universe.scope == COMBINED
    ]
    return pd.concat(frames, ignore_index=True)


def gene_rows(study: Study, result: TraitResult) -> pd.DataFrame:
    """The tested members of every set in one trait and scope."""
    universe, tested = result.universe, result.contributions.tested
    genes = study.genes.take(universe.genes[tested.position])
    effect = universe.effect[0][tested.position]
    share = tested.role / np.maximum(result.contributions.n_signed[tested.owner], 1)
    return pd.DataFrame(
        {
            "pathway": np.array(result.members.pathways, dtype=object)[tested.owner],
            "gene": genes["symbol"].to_numpy(),
            "ensembl_id": genes["ensembl_id"].to_numpy(),
            "chrom": genes["chrom"].to_numpy(),
            "position": genes["start"].array,
            "block": genes["block"].to_numpy(),
            "role": tested.role.astype(np.int64),
            "trait": universe.traits[0],
            "scope": universe.scope,
            "z": universe.z[0][tested.position],
            "effect": effect,
            "contribution": share * effect,
        }
    )


TABLE = Table(
    name="genes",
    contents="a row per collection, pathway, member, trait and scope: its contribution",
    rows=rows,
    columns=(
        COLLECTION,
        PATHWAY,
        GENE,
        ENSEMBL_ID,
        Column("chrom", "text", "", "chromosome"),
        Column("position", "count", "bp, GRCh38", "start of the gene"),
        BLOCK,
        Column("role", "number", "", "+1 raises, -1 lowers the activity, 0 unknown"),
        TRAIT,
        SCOPE,
        Column("z", "number", "", "TWAS z-score (combined over the tissues of the scope)"),
        Column("effect", "number", "effect", "centred effect"),
        Column(
            "contribution",
            "number",
            "effect",
            "role * effect / number of signed members; sums to the activity",
        ),
    ),
)
