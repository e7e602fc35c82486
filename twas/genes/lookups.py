"""Names → rows of the gene reference, one table for each kind of name, built on first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from twas.genes import reference

Rows = npt.NDArray[np.intp]

#: Row numbers of names that no gene has, and that several genes have.
NOT_FOUND, AMBIGUOUS = -1, -2
#: Families renamed as a whole: former stem → present stem. Their former symbols are also loose
#: synonyms of other genes (SEPT2 of SEPTIN6).
RENAMED_FAMILIES = {"SEPT": "SEPTIN", "MARCH": "MARCHF", "MARC": "MTARC"}

# GENCODE lifted to GRCh37 writes ENSG00000223972.5_2, pseudoautosomal copies end in _PAR_Y.
_VERSION = re.compile(r"\d+(?:_\d+)?(?:_PAR_Y)?")


def ensembl_numbers(texts: Sequence[str] | npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Return the numbers of Ensembl gene ids, with or without version, -1 for any other text."""
    # Sixteen characters hold prefix, number and the dot of a version; longer texts are cut.
    characters = np.array(texts, dtype="U16").view(np.uint32).reshape(-1, 16)
    digits = characters[:, 4:15] - np.uint32(ord("0"))  # below "0" wraps round to large numbers
    is_id = (characters[:, :4] == [ord(letter) for letter in "ENSG"]).all(axis=1)
    is_id &= (digits <= 9).all(axis=1) & np.isin(characters[:, 15], (0, ord(".")))
    # Behind the dot stands a version; a second id, or a name, makes it no id.
    versioned = np.flatnonzero(is_id & (characters[:, 15] != 0)).tolist()
    odd = [i for i in versioned if not texts[i][16:].isdigit()]
    is_id[[i for i in odd if not _VERSION.fullmatch(texts[i][16:])]] = False
    return np.where(is_id, digits @ 10 ** np.arange(10, -1, -1), -1)


@cache
def _row_of_number() -> Rows:
    secondary = _split_rows(reference.column("secondary_ids"))
    own = ensembl_numbers(reference.column("ensembl_id"))
    others = ensembl_numbers(list(secondary))
    rows = np.full(max(own.max(), others.max()) + 2, NOT_FOUND, dtype=np.intp)
    rows[others] = list(secondary.values())
    rows[own] = np.arange(len(own))
    rows[-1] = NOT_FOUND  # where genes without id went
    return rows


def ensembl_rows(numbers: npt.NDArray[np.int64]) -> Rows:
    """Return the rows of genes with these Ensembl numbers, primary or secondary."""
    rows = _row_of_number()
    return rows[np.where(numbers < len(rows), numbers, -1)]


@cache
def symbol_rows() -> dict[str, int]:
    """Return the rows of official symbols."""
    return _rows_of(reference.column("symbol").tolist())


@cache
def entrez_rows() -> dict[str, int]:
    """Return the rows of Entrez ids."""
    return _rows_of(reference.column("entrez").tolist())


@cache
def alias_rows() -> dict[str, int]:
    """Return the rows of synonyms and former symbols."""
    rows_of = _split_rows(reference.column("aliases"))
    stems = {present: former for former, present in RENAMED_FAMILIES.items()}
    for symbol, row in symbol_rows().items():
        if symbol.startswith(tuple(stems)):
            stem = symbol.rstrip("0123456789")
            alias = stems.get(stem, "?") + symbol[len(stem) :]
            if alias in rows_of:
                rows_of[alias] = row
    return rows_of


@cache
def case_rows() -> dict[str, int]:
    """Return the rows of official symbols in upper case."""
    # Official symbols only: synonyms in another case are other things (viral US10, ribosomal uS10).
    return _rows_of([symbol.upper() for symbol in reference.column("symbol")])


def _split_rows(column: npt.NDArray[np.object_]) -> dict[str, int]:
    """Map each name of a bar-joined column to its row, a name of several rows to "ambiguous"."""
    filled = np.flatnonzero(column != "")
    counts = [joined.count("|") + 1 for joined in column[filled]]
    return _rows_of("|".join(column[filled]).split("|"), np.repeat(filled, counts))


def _rows_of(names: list[str], rows: Rows | None = None) -> dict[str, int]:
    """Map names to rows, by default 0..n-1, a name of several rows to "ambiguous"."""
    places = np.arange(len(names)) if rows is None else rows
    rows_of = dict(zip(names, places.tolist(), strict=True))
    if len(rows_of) < len(names):
        last = np.fromiter(map(rows_of.__getitem__, names), dtype=np.intp, count=len(names))
        for i in np.flatnonzero(last != places):
            rows_of[names[i]] = AMBIGUOUS
    return rows_of


#: Kind of name → its dictionary.
ROWS_OF: dict[str, Callable[[], dict[str, int]]] = {
    "entrez": entrez_rows,
    "symbol": symbol_rows,
    "alias": alias_rows,
    "case": case_rows,
}
