"""What collections hold, and what a user should know of one before testing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pathways.gene_sets.collection import GeneSets
from pathways.gene_sets.listing import UNRESOLVED, Listing, Resolved, assemble, resolve
from pathways.gene_sets.sources import (
    SHIPPED,
    Source,
    load_gene_sets,
    read_listing,
    shipped_pathways,
)
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


@dataclass(frozen=True)
class GeneSetCheck:
    """What `check_gene_sets` found.

    Attributes
    ----------
    sets
        The collection as `load_gene_sets` gives it; its `quality` has the counts in words.
    sizes
        Row per set, see `describe`.
    unresolved
        Row per unknown or ambiguous name: ``given``, ``how``, ``n_sets``, ``pathway`` (first set).
    duplicates
        Row per gene that stands more than once in a set: ``pathway``, ``gene`` (symbol), ``given``
        (the names, comma-joined), ``n``.
    overlap
        Row per pair of sets with common genes, most first: ``pathway_a``, ``pathway_b``,
        ``n_shared``, ``n_same`` and ``n_opposite`` role (the rest has role 0 in one of them),
        ``share`` (of the smaller set).
    """

    sets: GeneSets
    sizes: pd.DataFrame
    unresolved: pd.DataFrame
    duplicates: pd.DataFrame
    overlap: pd.DataFrame

    def __repr__(self) -> str:
        return f"GeneSetCheck({self.sets!r}, {self.n_problems:,} problems)"

    @property
    def n_problems(self) -> int:
        """Names that are unresolved and members that repeat: 0 for a clean collection."""
        return len(self.unresolved) + len(self.duplicates)


def check_gene_sets(source: Source) -> GeneSetCheck:
    """Look for unknown genes, duplicates, sizes and overlap.

    Parameters
    ----------
    source
        As for `load_gene_sets`.

    Raises
    ------
    UsageError, DataError
        Where `load_gene_sets` would refuse the source, with the same line.
    """
    collection, listing = read_listing(source)
    resolved = resolve(listing, collection)
    sets = assemble(listing, collection)
    return GeneSetCheck(
        sets=sets,
        sizes=describe(sets),
        unresolved=_unresolved(listing, resolved),
        duplicates=_duplicates(listing, resolved),
        overlap=overlap(sets),
    )


def overlap(sets: GeneSets) -> pd.DataFrame:
    """Pairs of sets with common genes, see `GeneSetCheck.overlap`."""
    owner, names = pd.factorize(sets.table["pathway"])
    gene, _ = pd.factorize(sets.table["gene"])
    role = sets.table["role"].to_numpy(dtype=np.int64)
    shape = (len(names), int(gene.max()) + 1)
    member = sparse.csr_matrix((np.ones_like(role), (owner, gene)), shape=shape)
    signed = sparse.csr_matrix((role, (owner, gene)), shape=shape)
    directed = sparse.csr_matrix((np.abs(role), (owner, gene)), shape=shape)
    shared = sparse.triu(member @ member.T, k=1).tocoo()
    a, b = shared.row.astype(np.int64), shared.col.astype(np.int64)
    # Same less opposite is the product of roles; same and opposite together, of their sizes.
    product, both = (_entries(matrix, a, b) for matrix in (signed, directed))
    sizes = np.bincount(owner, minlength=len(names))
    table = pd.DataFrame(
        {
            "pathway_a": np.asarray(names, dtype=object)[a],
            "pathway_b": np.asarray(names, dtype=object)[b],
            "n_shared": shared.data,
            "n_same": (both + product) // 2,
            "n_opposite": (both - product) // 2,
            "share": shared.data / np.minimum(sizes[a], sizes[b]),
        }
    )
    order = np.lexsort((b, a, -shared.data))
    return table.take(order).reset_index(drop=True)


def _entries(
    matrix: sparse.csr_matrix, a: np.ndarray, b: np.ndarray
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Entries (a, b) of ``matrix @ matrix.T``."""
    if not len(a):  # SciPy answers an empty selection with a matrix
        return np.zeros(0, dtype=np.int64)
    product = (matrix @ matrix.T).tocsr()
    return np.asarray(product[a, b], dtype=np.int64).ravel()


def _unresolved(listing: Listing, resolved: Resolved) -> pd.DataFrame:
    how = resolved.names["how"].to_numpy(dtype=object)[resolved.name]
    rows = np.flatnonzero(np.isin(how, UNRESOLVED))
    frame = pd.DataFrame(
        {
            "given": np.asarray(listing.given, dtype=object)[rows],
            "how": how[rows],
            "pathway": np.asarray(listing.pathways, dtype=object)[listing.owner[rows]],
        }
    )
    found = frame.groupby(["how", "given"], as_index=False).agg(
        n_sets=("pathway", "nunique"), pathway=("pathway", "first")
    )
    return found[["given", "how", "n_sets", "pathway"]]


def _duplicates(listing: Listing, resolved: Resolved) -> pd.DataFrame:
    symbols = resolved.names["symbol"].to_numpy(dtype=object)[resolved.name]
    frame = pd.DataFrame(
        {
            "owner": listing.owner,
            "code": resolved.gene,
            "gene": symbols,
            "given": np.asarray(listing.given, dtype=object),
        }
    )
    repeated = frame[frame.duplicated(["owner", "code"], keep=False)]
    found = repeated.groupby(["owner", "code"], as_index=False).agg(
        gene=("gene", "first"), given=("given", ", ".join), n=("given", "size")
    )
    found["pathway"] = np.asarray(listing.pathways, dtype=object)[found["owner"].to_numpy(int)]
    found = found.sort_values(["owner", "gene"], ignore_index=True)
    return found[["pathway", "gene", "given", "n"]]
