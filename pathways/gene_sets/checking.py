"""`check_gene_sets`: what a user should know about a collection before testing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pathways.gene_sets.collection import GeneSets
from pathways.gene_sets.listing import UNRESOLVED, Listing, Resolved, assemble, resolve
from pathways.gene_sets.sources import Source, read_listing
from pathways.gene_sets.summaries import describe


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
