"""Influence: what becomes of a call without one block, or without a long-range region.

Each block of each called set is left out in turn. A region is taken out of every set at once and
the family is tested anew. In published work C9orf72 alone carries "ALS autophagy": such a thing
must be seen at a glance.
"""

from __future__ import annotations

import pandas as pd

from pathways.calls.collection import CollectionResult, Regions
from pathways.calls.pair import PairResult
from pathways.calls.retest import Retest, without_genes
from pathways.tables.columns import (
    ACTIVITY_A,
    ACTIVITY_B,
    CALL,
    OF_PAIR,
    P_BOTH,
    P_DIFFERENCE,
    P_OPPOSITE,
    Column,
    Table,
)
from pathways.tables.divergence import divergence_columns
from twas.genes import reference
from twas.system.arrays import Bool, Text

#: Regions that are known to carry a pathway by themselves (GRCh38 bases); the coordinates of the
#: first three are those of ``data/regions``, the last surrounds C9orf72.
REGIONS: Regions = {
    "MHC": ("6", 25_000_000, 34_000_000),
    "8p23.1": ("8", 8_000_000, 12_000_000),
    "17q21.31": ("17", 45_300_000, 47_000_000),
    "9p21 (C9orf72)": ("9", 26_500_000, 28_600_000),
}


#: What is told of a set without some members, as ``divergence`` has it.
TOLD = (
    *("pathway", "trait_a", "trait_b", "scope", "activity_a", "activity_b", "difference"),
    *("p_both", "p_opposite", "p_difference"),
)


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


def block_influence(blocks: Retest, names: Text) -> pd.DataFrame:
    """The called sets of a pair without each of their blocks in turn."""
    return divergence_columns(blocks.result, TOLD).assign(
        n_genes_dropped=blocks.n_dropped,
        dropped=names[blocks.dropped],
        kind="block",
        call=blocks.call,
    )


def region_influence(pair: PairResult, name: str, inside: Bool) -> pd.DataFrame:
    """The sets that lose a gene, without the genes of the study that lie `inside` a region."""
    without, touched = without_genes(pair, inside)
    table = divergence_columns(without, TOLD).assign(
        n_genes_dropped=pair.contributions.n_tested - without.contributions.n_tested,
        dropped=name,
        kind="region",
        call=without.call,
    )
    return table[touched]


TABLE = Table(
    name="influence",
    contents="what remains of a pathway when an LD block or region is left out",
    rows=rows,
    over="pair",
    columns=(
        *OF_PAIR,
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
        P_BOTH,
        P_OPPOSITE,
        P_DIFFERENCE,
        CALL,
    ),
)
