"""Influence: what becomes of a call without one block, or without a long-range region.

Each block of each called set is left out in turn. A region is taken out of every set at once and
the family is tested anew. In published work C9orf72 alone carries "ALS autophagy": such a thing
must be seen at a glance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls.collection import CollectionResult, Regions
from pathways.calls.pair import PairResult
from pathways.calls.retest import Retest, without_genes
from pathways.tables.columns import (
    ACTIVITY_A,
    ACTIVITY_B,
    CALL,
    COLLECTION,
    P_DIFFERENCE,
    P_OPPOSITE,
    PATHWAY,
    SCOPE,
    TRAIT_A,
    TRAIT_B,
    Column,
    Table,
)
from twas.genes import reference

#: Regions that are known to carry a pathway by themselves (GRCh38 bases); the coordinates of the
#: first three are those of ``data/regions``, the last surrounds C9orf72.
REGIONS: Regions = {
    "MHC": ("6", 25_000_000, 34_000_000),
    "8p23.1": ("8", 8_000_000, 12_000_000),
    "17q21.31": ("17", 45_300_000, 47_000_000),
    "9p21 (C9orf72)": ("9", 26_500_000, 28_600_000),
}


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per pair × called set × block, then per pair × region × set that loses a gene."""
    names = collection.study.block_names
    frames = [block_influence(blocks, names) for blocks in collection.without_blocks]
    regions = {**REGIONS, **collection.options.regions}
    for pair in collection.explored_pairs:
        for name, bounds in regions.items():
            inside = reference.in_region(collection.study.genes["gene"], *bounds)
            frames.append(region_influence(pair, name, inside))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def block_influence(blocks: Retest, names: NDArray[np.object_]) -> pd.DataFrame:
    """The called sets of a pair without each of their blocks in turn."""
    return retest_columns(blocks.result).assign(
        difference=blocks.result.difference.statistic,
        n_genes_dropped=blocks.n_dropped,
        dropped=names[blocks.dropped],
        kind="block",
        call=blocks.call,
    )


def region_influence(pair: PairResult, name: str, inside: NDArray[np.bool_]) -> pd.DataFrame:
    """The sets that lose a gene, without the genes of the study that lie `inside` a region."""
    without, touched = without_genes(pair, inside)
    table = retest_columns(without).assign(
        difference=without.difference.statistic,
        n_genes_dropped=pair.contributions.n_tested - without.contributions.n_tested,
        dropped=name,
        kind="region",
        call=without.call,
    )
    return table[touched]


def retest_columns(result: PairResult) -> pd.DataFrame:
    """What is told of sets that are tested again without some members."""
    return pd.DataFrame(
        {
            "pathway": np.array(result.members.pathways, dtype=object),
            "trait_a": result.traits[0],
            "trait_b": result.traits[1],
            "scope": result.universe.scope,
            "activity_a": result.a.statistic,
            "activity_b": result.b.statistic,
            "p_both": result.p_both,
            "p_opposite": result.p_signs(-1),
            "p_difference": result.p_difference,
        }
    )


TABLE = Table(
    name="influence",
    contents="what remains of a pathway when an LD block or region is left out",
    rows=rows,
    over="pair",
    columns=(
        COLLECTION,
        PATHWAY,
        TRAIT_A,
        TRAIT_B,
        SCOPE,
        Column(
            "dropped", "text", "", "LD block or region left out", on="report", heading="left out"
        ),
        Column(
            "kind", "text", "", "block: out of this set; region: out of every set of the collection"
        ),
        Column(
            "n_genes_dropped",
            "count",
            "genes",
            "tested members that went with it",
            on="report",
            heading="genes left out",
        ),
        ACTIVITY_A,
        ACTIVITY_B,
        Column("difference", "number", "effect", "activity_a - activity_b"),
        Column("p_both", "p", "", "larger of the two two-sided p", on="report"),
        P_OPPOSITE,
        P_DIFFERENCE,
        CALL,
    ),
)
