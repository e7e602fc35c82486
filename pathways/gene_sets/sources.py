"""Where gene sets come from: one function for every source."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pathways.gene_sets import enrichr
from pathways.gene_sets.collection import GeneSets
from pathways.gene_sets.gmt import read_gmt
from pathways.gene_sets.listing import Listing, Note, assemble
from pathways.gene_sets.tables import (
    checked_roles,
    read_frame,
    read_parquet_table,
    read_table,
)
from pathways.gene_sets.texts import read_text
from twas.errors import DataError, UsageError
from twas.reading.content import Content, harmless, read_content
from twas.reading.frames import as_frame, is_table
from twas.system.program import data_path

Source = str | Path | Mapping[str, object] | pd.DataFrame

#: Shipped collections: name → what they are.
SHIPPED = {
    "core": "mTOR, PGC-1alpha, SIRT1, complement, autophagy: signed, evidence per gene",
    "extended": "oxidative phosphorylation, NAD+, pruning, microglia, glutamate, BDNF, senescence,"
    " melanocortin, fuel use, NRF2, mitophagy, RNA processing, proteasome: signed",
    "negative_controls": "random sets with the sizes, roles and LD blocks of core: no direction is"
    " expected",
}
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
_KINDS = (".gmt", ".gmx", ".grp", ".tsv", ".csv", ".txt", ".parquet", ".pq")


def load_gene_sets(source: Source, *, name: str | None = None) -> GeneSets:
    """Load a collection.

    Parameters
    ----------
    source
        A shipped collection (`SHIPPED`); a GMT or GMX file; a plain list of genes, one a line,
        which is one set; a table ``pathway gene role`` or a network such as ``source target
        weight`` (see `pathways.gene_sets.tables`) as CSV, TSV, Parquet or DataFrame;
        ``"enrichr:NAME"``; or a mapping from pathway to genes (a list, or a mapping from gene to
        role). Genes are symbols, Ensembl or Entrez ids. Files may be compressed; what they are is
        known by their content.
    name
        Name of the collection; by default the shipped name, the Enrichr library or the file's
        stem.

    Returns
    -------
    GeneSets
        With genes resolved through the gene reference; what is unknown or ambiguous keeps its
        name and is counted.

    Raises
    ------
    UsageError
        If there is no such collection, file or library.
    DataError
        If the content is no gene-set collection, or gives a gene two roles in one set.
    """
    collection, listing = read_listing(source)
    return assemble(listing, name or collection)


def load_collections(
    sources: Sequence[str], min_genes: int | None = None, max_genes: int | None = None
) -> list[GeneSets]:
    """Load gene-set collections, each once, and keep the sets of a size.

    Raises
    ------
    UsageError
        If no set of a collection is left.
    """
    out: list[GeneSets] = []
    for source in dict.fromkeys(sources):
        sets = load_gene_sets(source)
        same = [other.collection for other in out].count(sets.collection)
        if same:
            # Two files of one name: the folder tells them apart.
            sets = load_gene_sets(source, name=f"{Path(source).parent.name}/{sets.collection}")
        chosen = sets.select(min_genes=min_genes, max_genes=max_genes)
        out.append(chosen)
        if not chosen.pathways:
            raise UsageError(
                f"gene sets {source!r}: no set has between `min_genes` and `max_genes` members"
            )
    return out


def read_listing(source: Source) -> tuple[str, Listing]:
    """Return the default name of a collection and what its source says, before resolution."""
    if is_table(source):
        return "sets", read_frame(as_frame(source, "gene sets"), "gene sets")
    if isinstance(source, Mapping):
        return "sets", _from_mapping(source)
    if not isinstance(source, str | Path):
        raise UsageError(
            f"source must be a name, a file, a DataFrame or a mapping, not {type(source).__name__};"
            " a list of genes is one set: {'my set': [...]}"
        )
    text = str(source)
    if text in SHIPPED:
        return text, read_table(read_content(data_path("gene_sets", f"{text}.tsv")))
    if text.startswith(enrichr.PREFIX):
        return _from_enrichr(text.removeprefix(enrichr.PREFIX).strip())
    path = Path(source)
    if not path.is_file():
        raise UsageError(_no_source(text))
    name = harmless(_stem(path))
    return name, _from_content(read_content(path), name)


@cache
def shipped_pathways(collection: str) -> tuple[str, ...]:
    """Names of the sets of a shipped collection, without resolving its genes."""
    return read_listing(collection)[1].pathways


def _from_content(content: Content, name: str) -> Listing:
    if content.is_parquet:
        return read_parquet_table(content)
    kind = _kind(content.name)
    if kind in (".parquet", ".pq"):
        raise DataError(f"{content.name}: is no Parquet file; copy it again, or give it as text")
    return read_text(content, name, kind)


def _from_enrichr(library: str) -> tuple[str, Listing]:
    content = enrichr.library(library)
    listing = read_gmt(content)
    message = f"Enrichr library {library}, SHA-256 {content.sha256}"
    fact = Note("enrichr_library", len(listing.pathways), message)
    return library, replace(listing, facts=(fact, *listing.facts))


def _from_mapping(source: Mapping[str, object]) -> Listing:
    named = ((harmless(str(pathway)), members) for pathway, members in source.items())
    sets = {pathway: _members(pathway, members) for pathway, members in named}
    if len(sets) < len(source):
        raise DataError("two gene sets of the mapping have the same name; rename one of them")
    filled = {pathway: members for pathway, members in sets.items() if members}
    empty = len(sets) - len(filled)
    message = f"{empty:,} sets have no genes and were left out"
    members = [member for listed in filled.values() for member in listed]
    sizes = [len(listed) for listed in filled.values()]
    return Listing(
        pathways=tuple(filled),
        owner=np.repeat(np.arange(len(filled)), np.array(sizes, dtype=np.int64)).astype(np.int64),
        given=[gene for gene, _ in members],
        role=np.array([role for _, role in members], dtype=np.int64),
        signed=any(isinstance(listed, Mapping) for listed in source.values()),
        facts=(Note("sets_empty", empty, message),) if empty else (),
    )


def _members(pathway: str, members: object) -> list[tuple[str, int]]:
    """Genes of one set with their roles."""
    if isinstance(members, str | bytes) or not isinstance(members, Iterable):
        raise DataError(f"gene set {pathway!r} must be a list of genes or a mapping to roles")
    # The order of a set of strings changes from process to process.
    listed = sorted(members, key=str) if isinstance(members, Set) else list(members)
    given = ["" if gene is None else harmless(str(gene).strip()) for gene in listed]
    if "" in given:
        raise DataError(f"gene set {pathway!r} holds an empty gene name; take it out")
    said = list(members.values()) if isinstance(members, Mapping) else [1] * len(given)
    roles, wrong = checked_roles(said)
    if wrong >= 0:
        raise DataError(
            f"gene set {pathway!r}: role {said[wrong]!r} of {given[wrong]}; roles are 1, -1, 0"
        )
    return list(zip(given, roles.tolist(), strict=True))


def _no_source(text: str) -> str:
    close = difflib.get_close_matches(text.lower(), SHIPPED, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return (
        f"gene sets {text!r}: neither a shipped collection ({', '.join(SHIPPED)}) nor a file"
        f"{hint or '; see gene-sets list'}"
    )


def _stem(path: Path) -> str:
    bare = _uncompressed(path.name)
    kind = _kind(path.name)
    return bare[: len(bare) - len(kind)] if kind and len(bare) > len(kind) else bare


def _kind(name: str) -> str:
    bare = _uncompressed(name).lower()
    return next((kind for kind in _KINDS if bare.endswith(kind)), "")


def _uncompressed(name: str) -> str:
    end = next((end for end in _COMPRESSED if name.lower().endswith(end)), "")
    return name[: len(name) - len(end)] if end else name
