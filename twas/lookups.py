"""Names → rows of the gene reference, one dictionary for each kind of name, built on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from . import reference

#: Row numbers of names that no gene has, and that several genes have.
NOT_FOUND, AMBIGUOUS = -1, -2
#: Families renamed as a whole: former stem → present stem. Their former symbols are also loose
#: synonyms of other genes (SEPT2 of SEPTIN6).
RENAMED_FAMILIES = {"SEPT": "SEPTIN", "MARCH": "MARCHF", "MARC": "MTARC"}


@cache
def ensembl_rows() -> dict[str, int]:
    """Return the rows of unversioned Ensembl ids, primary and secondary."""
    rows_of = _split_rows(reference.column("secondary_ids"))
    own = enumerate(reference.column("ensembl_id"))
    rows_of.update({key: row for row, key in own if key})
    return rows_of


@cache
def symbol_rows() -> dict[str, int]:
    """Return the rows of official symbols."""
    return {symbol: row for row, symbol in enumerate(reference.column("symbol"))}


@cache
def entrez_rows() -> dict[str, int]:
    """Return the rows of Entrez ids."""
    return {number: row for row, number in enumerate(reference.column("entrez"))}


@cache
def alias_rows() -> dict[str, int]:
    """Return the rows of synonyms and former symbols."""
    rows_of, symbols = _split_rows(reference.column("aliases")), symbol_rows()
    for alias in rows_of:
        stem = alias.rstrip("0123456789")
        renamed = symbols.get(RENAMED_FAMILIES.get(stem, "?") + alias[len(stem) :])
        if renamed is not None:
            rows_of[alias] = renamed
    return rows_of


@cache
def case_rows() -> dict[str, int]:
    """Return the rows of official symbols in upper case."""
    # Official symbols only: synonyms in another case are other things (viral US10, ribosomal uS10).
    rows_of: dict[str, int] = {}
    for symbol, row in symbol_rows().items():
        key = symbol.upper()
        rows_of[key] = row if rows_of.get(key, row) == row else AMBIGUOUS
    return rows_of


def _split_rows(column: npt.NDArray[np.object_]) -> dict[str, int]:
    """Map each name of a bar-joined column to its row, a name of several rows to "ambiguous"."""
    rows_of: dict[str, int] = {}
    for row, joined in enumerate(column):
        for name in joined.split("|") if joined else ():
            rows_of[name] = row if rows_of.get(name, row) == row else AMBIGUOUS
    return rows_of


#: Kind of name → its dictionary.
ROWS_OF: dict[str, Callable[[], dict[str, int]]] = {
    "entrez": entrez_rows,
    "symbol": symbol_rows,
    "alias": alias_rows,
    "case": case_rows,
}
