"""Text files of gene sets, known by their content: GMT, GMX, a table, or a plain list of genes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pathways.gene_sets.gmt import lines_of, read_gmt
from pathways.gene_sets.listing import Listing, Note, gene_text, some
from pathways.gene_sets.tables import is_header, is_table, read_table
from twas.errors import DataError
from twas.genes import identifiers
from twas.reading.columns import normalise
from twas.reading.content import Content, harmless

#: Lines looked at for a header: comments may stand above it.
_TOP = 20
_HEADERS = ("gene", "genes", "gene_name", "gene_symbol", "symbol", "hgnc_symbol", "gene_id", "id")
_OTHERS = {
    "{": "JSON is not read; give the GMT",
    "[": "JSON is not read; give the GMT",
    "<?xml": "XML is not read; give the GMT",
    "!": "annotation files (GAF) are not read; give a GMT, or a table pathway, gene",
}


def read_text(content: Content, name: str, kind: str) -> Listing:
    """Read a text of gene sets.

    Parameters
    ----------
    content
        The file.
    name
        Name of the set of a plain list.
    kind
        Ending of the file; it decides only what an error says, and that a GMX stands on its side.

    Raises
    ------
    DataError
        If it is none of the forms; the message says which it looks like, and what to do.
    """
    text = content.data.decode()
    top = list(_top(text))
    if not top and kind != ".gmt":
        raise DataError(f"{content.name}: is empty")
    for start, what in _OTHERS.items():
        if top and top[0].lstrip().lower().startswith(start) and "\t" not in top[0].strip():
            raise DataError(f"{content.name}: {what}")
    heads = [line.removeprefix("#") for line in top]
    if kind == ".gmx":
        return read_gmt(content, transposed=True)
    if any(map(is_table, heads)) or any(map(is_header, heads)):
        return read_table(content)
    if (listed := _listed(text)) is not None:
        return _read_list(listed, name, content.name)
    if kind in (".gmt", ".txt") or (top and top[-1].count("\t") >= 2):
        return read_gmt(content)
    return read_table(content)


def _top(text: str) -> Iterator[str]:
    """Comments at the top and the first other line, where a header stands if there is one."""
    start = text[:100_000].replace("\r\n", "\n").replace("\r", "\n")
    for line in [line for line in start.split("\n") if line.strip()][:_TOP]:
        yield line
        if not line.startswith("#"):
            return


def _listed(text: str) -> tuple[str, list[str]] | None:
    """Names of a plain list, one a line, and the name it has inside; None if it is no list."""
    name, lines = "", [line.strip(" ").strip('"') for line in lines_of(text) if line.strip()]
    # MSigDB's lists begin with the name of the set and a line of remarks.
    if len(lines) > 1 and lines[1].startswith(">"):
        name, lines = lines[0], lines[2:]
    elif lines and lines[0].startswith("#"):
        name = lines[0].strip("# ")
    genes = [line.rstrip(",;").strip('" ') for line in lines if line[0] not in "#>"]
    if not genes or any(not gene or set(gene) & set("\t,; |") for gene in genes):
        return None
    return name, genes


def _read_list(listed: tuple[str, Sequence[str]], name: str, file: str) -> Listing:
    inside, genes = listed
    notes = []
    if normalise(genes[0]) in _HEADERS and len(genes) > 1:
        genes = genes[1:]
    given = [gene_text(harmless(gene)) for gene in genes]
    if not (identifiers.resolve(given)["how"] != "unknown").any():
        raise DataError(
            f"{file}: holds one name a line ({some(given[:3])}), none of them a human gene; give"
            " a list of genes, a GMT, or a table pathway, gene, role"
        )
    known = f" (its first line names it {harmless(inside)!r})" if inside else ""
    message = f"{len(given):,} genes, one a line, were read as one set named after the file{known}"
    notes.append(Note("plain_list", len(given), message))
    n = len(given)
    return Listing(
        pathways=(name,),
        owner=np.zeros(n, dtype=np.int64),
        given=given,
        role=np.ones(n, dtype=np.int64),
        signed=False,
        facts=tuple(notes),
    )
