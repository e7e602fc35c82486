"""Tables about collections: which there are, what their sets hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.gene_sets.collection import GeneSets
from pathways.gene_sets.listing import UNRESOLVED
from pathways.gene_sets.sources import SHIPPED, load_gene_sets, shipped_pathways
from twas.errors import UsageError
from twas.genes import reference
from twas.genes.blocks import default_blocks


def list_collections() -> pd.DataFrame:
    """Shipped collections.

    Returns
    -------
    DataFrame
        Row per collection: ``collection``, ``n_sets``, ``n_members``, ``n_genes`` (different
        ones), ``version``, ``description``.
    """
    rows = []
    for name, description in SHIPPED.items():
        sets = load_gene_sets(name)
        rows.append(
            {
                "collection": name,
                "n_sets": len(sets.pathways),
                "n_members": len(sets.table),
                "n_genes": sets.table["gene"].nunique(),
                "version": sets.version,
                "description": description,
            }
        )
    return pd.DataFrame(rows)


def describe(sets: GeneSets) -> pd.DataFrame:
    """Sizes, roles and loci of the sets of a collection.

    Returns
    -------
    DataFrame
        Row per set, in the order of the source: ``pathway``, ``n_genes``, ``n_plus``, ``n_minus``,
        ``n_zero`` (members of role +1, -1, 0), ``n_unresolved`` (unknown or ambiguous),
        ``n_unplaced`` (without a position), ``n_blocks`` (default LD blocks that hold a member
        with a role: a test can have no more).
    """
    table = sets.table
    owner, names = pd.factorize(table["pathway"])
    codes, genes = pd.factorize(table["gene"])
    placed = reference.positions(np.asarray(genes, dtype=object))
    unresolved = sets.resolution["gene"][sets.resolution["how"].isin(UNRESOLVED)]
    block, _ = pd.factorize(default_blocks().assign(placed))
    role = table["role"].to_numpy()
    flags = {
        "n_genes": np.ones(len(table)),
        "n_plus": role == 1,
        "n_minus": role == -1,
        "n_zero": role == 0,
        "n_unresolved": np.isin(codes, np.flatnonzero(pd.Index(genes).isin(unresolved))),
        "n_unplaced": placed["start"].isna().to_numpy()[codes],
    }
    counts = {
        name: np.bincount(owner, weights=flag, minlength=len(names)).astype(np.int64)
        for name, flag in flags.items()
    }
    entries = np.unique(owner[role != 0] * (len(genes) + 1) + block[codes][role != 0])
    n_blocks = np.bincount(entries // (len(genes) + 1), minlength=len(names))
    return pd.DataFrame({"pathway": names, **counts, "n_blocks": n_blocks.astype(np.int64)})


def show(name: str) -> pd.DataFrame:
    """What ``gene-sets show NAME`` prints.

    Parameters
    ----------
    name
        A collection or any other source of `load_gene_sets` (its sets, as `describe`), or a set of
        a shipped collection (its members: ``collection pathway gene role evidence note``).

    Raises
    ------
    UsageError
        If there is no such collection, set or file.
    """
    if name not in SHIPPED:
        for collection in SHIPPED:
            if name in shipped_pathways(collection):
                return _members(collection, name)
    try:
        return describe(load_gene_sets(name))
    except UsageError as error:
        names = [pathway for collection in SHIPPED for pathway in shipped_pathways(collection)]
        raise UsageError(f"{error}; shipped sets are {', '.join(names)}") from None


def _members(collection: str, pathway: str) -> pd.DataFrame:
    table = load_gene_sets(collection).table
    members = table[table["pathway"] == pathway].reset_index(drop=True)
    shown = members[["pathway", "symbol", "role", "evidence", "note"]]
    shown = shown.rename(columns={"symbol": "gene"})
    shown.insert(0, "collection", collection)
    return shown
