"""Influence: what becomes of a call without one block, or without a long-range region.

Each block of each called set is left out in turn (`reduced`). A region is taken out of every set
at once and the family is tested anew. In published work C9orf72 alone carries "ALS autophagy":
such a thing must be seen at a glance.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls.decision import decide, measure
from pathways.calls.retest import Case, PairLayer, retest, rows_of
from pathways.statistics.contributions import contributions
from twas.genes import reference
from twas.study.study import Study

Text = NDArray[np.object_]
Region = tuple[str, int, int]

#: Regions that are known to carry a pathway by themselves (GRCh38 bases); the coordinates of the
#: first three are those of ``data/regions``, the last surrounds C9orf72.
REGIONS: dict[str, Region] = {
    "MHC": ("6", 25_000_000, 34_000_000),
    "8p23.1": ("8", 8_000_000, 12_000_000),
    "17q21.31": ("17", 45_300_000, 47_000_000),
    "9p21 (C9orf72)": ("9", 26_500_000, 28_600_000),
}


def block_influence(layer: PairLayer, block_names: Text) -> pd.DataFrame:
    """Leave each block of each called set out in turn: a row per set × block."""
    cases, dropped = [], []
    for k in layer.called.tolist():
        rows = rows_of(layer.members, k)
        block = layer.members.block[rows]
        run = layer.parts.block[layer.parts.indptr[k] : layer.parts.indptr[k + 1]]
        for code in run:
            cases.append(Case(k, rows[block != code]))
            dropped.append(str(block_names[code]))
    return retest(layer, cases).assign(dropped=dropped, kind="block")


def region_influence(study: Study, layer: PairLayer, regions: Mapping[str, Region]) -> pd.DataFrame:
    """Leave each region out of every set: a row per region × set that loses a tested gene."""
    frames = []
    for name, (chrom, start, end) in regions.items():
        inside = reference.in_region(study.genes["gene"], chrom, start, end)
        tested = layer.parts.tested
        lost = np.bincount(
            tested.owner[inside[layer.view.genes[tested.position]]], minlength=tested.n_sets
        )
        touched = lost > 0
        remaining = ~inside[layer.members.gene] & touched[layer.members.owner]
        parts = contributions(layer.view, layer.members.where(remaining))
        test = layer.found.test.replaced(touched, measure(layer.view, parts, layer.genome))
        found = decide(test, layer.genome)
        table = pd.DataFrame(
            {
                "pathway": np.array(layer.members.pathways, dtype=object),
                "trait_a": layer.view.traits[0],
                "trait_b": layer.view.traits[1],
                "scope": layer.view.scope,
                "n_genes_dropped": lost,
                "n_tested": parts.n_tested,
                "n_blocks": parts.n_blocks,
                "activity_a": test.a.statistic,
                "activity_b": test.b.statistic,
                "difference": test.difference.statistic,
                "p_both": test.p_both,
                "p_opposite": test.p_signs(-1),
                "p_difference": test.p_difference,
                "call": found.call,
                "dropped": name,
                "kind": "region",
            }
        )
        frames.append(table[touched])
    return pd.concat(frames, ignore_index=True)


def without_top_block(influence: pd.DataFrame, layer: PairLayer, block_names: Text) -> pd.DataFrame:
    """The block with the largest contribution to each set, and the call without it.

    Parameters
    ----------
    influence
        Rows of `block_influence` for this layer.
    layer
        The pair.
    block_names
        Name of each block code.

    Returns
    -------
    DataFrame
        Columns ``top_block`` ("" without blocks) and ``call_without_top_block`` ("" where the set
        has no call), a row per set.
    """
    parts = layer.parts
    # Each trait in units of its own spread in the set: else the smaller study chooses the block.
    owner = parts.trait(0).owners()
    spread = np.sqrt(
        [np.bincount(owner, weights=row**2, minlength=len(parts.n_tested)) for row in parts.values]
    )
    size = (np.abs(parts.values) / np.where(spread > 0, spread, 1.0)[:, owner]).sum(axis=0)
    top = np.full(len(parts.n_tested), "", dtype=object)
    for k in np.flatnonzero(parts.n_blocks):
        run = slice(parts.indptr[k], parts.indptr[k + 1])
        top[k] = str(block_names[parts.block[run][int(np.argmax(size[run]))]])
    call = dict(
        zip(
            zip(influence["pathway"], influence["dropped"], strict=True),
            influence["call"],
            strict=True,
        )
    )
    without = [call.get(key, "") for key in zip(layer.members.pathways, top, strict=True)]
    return pd.DataFrame({"top_block": top, "call_without_top_block": without})
