"""Names → rows of the gene reference, one table for each kind of name, built on first use.

Spreadsheets turn some symbols into dates. A date is read back as month and day, and month and day
as the symbols that become it: ``8-Sep`` was ``SEPT8``; ``2-Mar`` was ``MARCH2`` or ``MARC2``, and
nothing can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from twas.genes import reference
from twas.system.arrays import Int, Text

Rows = npt.NDArray[np.intp]

#: Row numbers of names that no gene has, and that several genes have.
NOT_FOUND, AMBIGUOUS = -1, -2
#: Families renamed as a whole: former stem → present stem. Their former symbols are also loose
#: synonyms of other genes (SEPT2 of SEPTIN6).
RENAMED_FAMILIES = {"SEPT": "SEPTIN", "MARCH": "MARCHF", "MARC": "MTARC"}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: Symbols of a month, by preference: the first tuple with a symbol known to the reference counts,
#: all symbols within a tuple are equally likely. Months not named use their three letters.
FAMILIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "SEP": (("SEPT",), ("SEP",)),
    "MAR": (("MARCH", "MARC"),),
}
# Serials of days from 1980-01-01 to 2064-12-31; a symbol becomes a day of the year it was typed.
FIRST_SERIAL, LAST_SERIAL = 29_221, 60_266
# Day 0 of the serials: they count a 29 February 1900 that never was.
SERIAL_EPOCH = date(1899, 12, 30)

_START = re.compile(rf"\d|{'|'.join(MONTHS)}")
_MONTH = r"(?P<month>JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)[A-Z]*"
_YEAR = r"(?:[-/ ]\d{2}(?:\d{2})?)?"
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})[-/ .]{_MONTH}{_YEAR}")
_MONTH_FIRST = re.compile(rf"{_MONTH}[-/ .](?P<day>\d{{1,2}}){_YEAR}")
_ISO = re.compile(r"(?:19|20)\d{2}[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ]00:00:00)?")
_NUMERIC = re.compile(r"(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?:19|20)?\d{2}")

# GENCODE lifted to GRCh37 writes ENSG00000223972.5_2, pseudoautosomal copies end in _PAR_Y.
_VERSION = re.compile(r"\d+(?:_\d+)?(?:_PAR_Y)?")


def ensembl_numbers(texts: Sequence[str] | Text) -> Int:
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


def ensembl_rows(numbers: Int) -> Rows:
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


def _split_rows(column: Text) -> dict[str, int]:
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


def readings(text: str) -> list[tuple[str, int]]:
    """Return the months and days that a damaged symbol may stand for.

    Parameters
    ----------
    text
        A cell such as ``"8-Sep"``, ``"Sep-08"``, ``"2019-09-08"``, ``"9/8/2019"`` or ``"43716"``.

    Returns
    -------
    list of (str, int)
        Three-letter month and day, more than one where day and month cannot be told apart; empty
        if the text is no date.
    """
    upper = text.strip().upper()
    if not _START.match(upper):
        return []
    if upper.isascii() and upper.isdigit():
        return _from_serial(int(upper))
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        if match := pattern.fullmatch(upper):
            return _valid([(match["month"][:3], int(match["day"]))])
    if match := _ISO.fullmatch(upper):
        return _valid([(_month(int(match["month"])), int(match["day"]))])
    if match := _NUMERIC.fullmatch(upper):
        one, two = int(match["one"]), int(match["two"])
        return _valid([(_month(one), two), (_month(two), one)])
    return []


def former_symbols(month: str, day: int) -> list[list[str]]:
    """Return the symbols that become a day of a month, as groups by preference."""
    return [[f"{stem}{day}" for stem in stems] for stems in FAMILIES.get(month, ((month,),))]


def _month(number: int) -> str:
    return MONTHS[number - 1] if 1 <= number <= len(MONTHS) else ""


def _valid(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept = [(month, day) for month, day in pairs if month and 1 <= day <= 31]
    return list(dict.fromkeys(kept))


def _from_serial(serial: int) -> list[tuple[str, int]]:
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return []
    day = SERIAL_EPOCH + timedelta(days=serial)
    return [(MONTHS[day.month - 1], day.day)]
