"""Rows of ``overlap.tsv``: two called sets that share genes, each without the shared ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.calls.pair import PairResult
from pathways.calls.retest import Case, called, rows_of, without_members
from pathways.tables.columns import (
    ACTIVITY_A,
    ACTIVITY_B,
    CALL,
    N_BLOCKS,
    N_TESTED,
    OF_PAIR,
    P_BOTH,
    P_DIFFERENCE,
    P_OPPOSITE,
    Column,
    Table,
)
from pathways.tables.divergence import divergence_columns

#: So many called sets, those of smallest p, are compared with each other.
MAX_CALLED = 40
#: What is told of a set without the shared genes, as ``divergence`` has it.
TOLD = (
    *("pathway", "trait_a", "trait_b", "scope", "n_tested", "n_blocks", "activity_a", "activity_b"),
    *("p_both", "p_opposite", "p_difference"),
)


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per pair × ordered pair of called sets that share tested genes."""
    frames = [shared_gene_rows(pair) for pair in collection.explored_pairs]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def shared_gene_rows(pair: PairResult) -> pd.DataFrame:
    """Test each called set without the tested genes that it shares with another called set."""
    members = pair.members
    tested = np.zeros(members.n_genes, dtype=bool)
    tested[pair.universe.genes] = True
    strongest = called(pair)
    strongest = strongest[np.argsort(pair.p_both[strongest], kind="stable")][:MAX_CALLED]
    at = {k: rows_of(members, k) for k in sorted(strongest.tolist())}
    roles = {
        k: {g: r for g, r in zip(members.gene[i], members.role[i], strict=True) if tested[g]}
        for k, i in at.items()
    }
    cases, other, n_shared, n_same = [], [], [], []
    for k, j in permutations(at, 2):
        shared = roles[k].keys() & roles[j].keys()
        if shared:
            cases.append(Case(k, at[k][~np.isin(members.gene[at[k]], list(shared))]))
            other.append(members.pathways[j])
            n_shared.append(len(shared))
            n_same.append(sum(roles[k][g] == roles[j][g] for g in shared))
    without = without_members(pair, cases)
    return divergence_columns(without.result, TOLD).assign(
        other=other,
        n_shared=n_shared,
        n_same_role=n_same,
        call=without.call,
    )


TABLE = Table(
    name="overlap",
    contents="what remains of a called pathway without the genes of another called one",
    rows=rows,
    over="pair",
    columns=(
        *OF_PAIR,
        Column(
            "other",
            "text",
            "",
            "other called set, whose genes were taken out of this one",
            on="report",
            heading="without the genes of",
        ),
        Column(
            "n_shared",
            "count",
            "genes",
            "tested genes in both sets",
            on="report",
            heading="shared genes",
        ),
        Column(
            "n_same_role",
            "count",
            "genes",
            "of which with the same role",
            on="report",
            heading="of which same role",
        ),
        N_TESTED,
        replace(N_BLOCKS, on=""),
        ACTIVITY_A,
        ACTIVITY_B,
        P_BOTH,
        replace(P_OPPOSITE, on=""),
        P_DIFFERENCE,
        CALL,
    ),
)
