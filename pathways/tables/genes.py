"""Long tables: the member genes of every set, and what became of each."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.gene_sets import GeneSets
from pathways.statistics.contributions import Contributions, Members
from twas.genes import reference
from twas.study.study import Study, Universe


def gene_rows(
    study: Study, universe: Universe, parts: Contributions, members: Members
) -> pd.DataFrame:
    """Rows of ``genes.tsv`` for one trait and scope: a row per set × tested member.

    Parameters
    ----------
    study, universe
        The study, and the view of one trait.
    parts
        The contributions of that view.
    members
        The sets.
    """
    tested = parts.tested
    genes = study.genes.take(universe.genes[tested.position])
    effect = universe.effect[0][tested.position]
    share = tested.role / np.maximum(parts.n_signed[tested.owner], 1)
    return pd.DataFrame(
        {
            "pathway": np.array(members.pathways, dtype=object)[tested.owner],
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


def coverage_rows(study: Study, sets: GeneSets) -> pd.DataFrame:
    """Rows of ``coverage.tsv``: a row per set × member, tested or why not."""
    rows = pd.Index(study.genes["gene"]).get_indexer(pd.Index(sets.table["gene"]))
    known = set(reference.column("gene"))
    has = np.asarray(np.isfinite(study.z).any(axis=1))
    together = _in_a_pair(study)
    status = []
    for row, gene in zip(rows, sets.table["gene"], strict=True):
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
            "collection": sets.collection,
            "pathway": sets.table["pathway"],
            "gene": sets.table["symbol"],
            "role": sets.table["role"],
            "status": status,
        }
    )


def _in_a_pair(study: Study) -> NDArray[np.bool_]:
    """Genes that the combined scope of every pair of traits holds; all for one trait."""
    inside = np.ones(len(study.genes), dtype=bool)
    for pair in combinations(study.traits, 2):
        view = study.universe(pair)
        here = np.zeros(len(study.genes), dtype=bool)
        if view is not None:
            here[view.genes] = True
        inside &= here
    return inside
