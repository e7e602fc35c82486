"""Given identifiers → genes of the reference: Ensembl, symbols, former symbols, Entrez ids.

The rules, the first that fits:

1. Ensembl id (version and ``_PAR_Y`` stripped), primary or secondary: its gene (``ensembl``).
2. Ensembl id that the reference does not know: the gene of the row's symbol, if that gene's own
   Ensembl id is not in the same input (``retired ensembl``); else the id stays (``unknown``).
3. Official symbol (``symbol``), also where another gene has it as a synonym.
4. Synonym or former symbol of one gene (``alias``); of several: not guessed (``ambiguous``).
   Former symbols of the SEPT, MARCH and MARC families go to the gene that was renamed.
5. Entrez id (``entrez``), if more than half of the column is digits only.
6. Official symbol in another case, if one gene fits (``case``).
7. A date that a spreadsheet made of a symbol (``spreadsheet``), also as a serial number where
   the column is no Entrez column; two genes fit: ``ambiguous``.

Everything else keeps the given text as its identity (``unknown``). Where a row has no id that
resolves, its symbol is tried by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import reference
from .spreadsheet import former_symbols, readings

Strings = npt.NDArray[np.object_]
Rows = npt.NDArray[np.intp]

#: Ways to resolve, the values of the column ``how``.
HOW = (
    "ensembl",
    "symbol",
    "alias",
    "entrez",
    "spreadsheet",
    "case",
    "retired ensembl",
    "unknown",
    "ambiguous",
)
#: Families renamed as a whole: former stem → present stem. Their former symbols are also loose
#: synonyms of other genes (SEPT2 of SEPTIN6).
RENAMED_FAMILIES = {"SEPT": "SEPTIN", "MARCH": "MARCHF", "MARC": "MTARC"}

#: Words that mean "no value". Two are synonyms of genes too (NaN of SCN11A): no one means those.
MISSING = frozenset(
    {"", ".", "-", "NA", "N/A", "#N/A", "n/a", "na", "NaN", "nan", "-nan"}
    | {"NULL", "null", "None", "<NA>"}
)

_NOT_FOUND, _AMBIGUOUS = -1, -2
_ENSEMBL = re.compile(r"ENSG(?:R(?P<par>\d{10})|(?P<id>\d{11}))(?:\.\d+)?(?:_PAR_Y)?")
# Dashes and invisible characters that word processors and spreadsheets put into symbols.
_CHARACTERS = str.maketrans(dict.fromkeys("‐‑‒–−", "-") | dict.fromkeys("\u200b\ufeff\u00ad"))


def resolve(ids: Iterable[object], symbols: Iterable[object] | None = None) -> pd.DataFrame:
    """Resolve identifiers to genes of the reference.

    Parameters
    ----------
    ids
        n identifiers, mixed kinds allowed; missing values and ``""`` mean "none".
    symbols
        n symbols of the same rows, used where the id is missing or resolves to no gene.

    Returns
    -------
    pandas.DataFrame
        n rows, in the given order, index 0..n-1: ``given`` (as given, stripped), ``gene``
        (identity, see :func:`twas.reference.load`), ``symbol`` (of the reference, else as given),
        ``how`` (one of :data:`HOW`). ``gene`` is ``""`` only where nothing was given.

    Examples
    --------
    >>> resolve(["ENSG00000171862.10", "SEPT8", "8-Sep", "2-Mar"])["how"].tolist()
    ['ensembl', 'alias', 'spreadsheet', 'ambiguous']
    """
    distinct, codes = resolve_distinct(ids, symbols)
    return distinct.take(codes).reset_index(drop=True)


def resolve_distinct(
    ids: Iterable[object], symbols: Iterable[object] | None = None
) -> tuple[pd.DataFrame, Rows]:
    """Resolve as :func:`resolve`, but return each distinct pair once and (n,) codes into them."""
    id_codes, id_texts = _factorize(ids)
    if symbols is None:
        symbol_codes, symbol_texts = np.zeros_like(id_codes), np.array([""], dtype=object)
    else:
        symbol_codes, symbol_texts = _factorize(symbols)
    if len(symbol_codes) != len(id_codes):
        raise ValueError(f"{len(id_codes)} ids but {len(symbol_codes)} symbols")
    codes, pairs = pd.factorize(id_codes * len(symbol_texts) + symbol_codes)
    given = id_texts[pairs // max(len(symbol_texts), 1)]
    named = symbol_texts[pairs % max(len(symbol_texts), 1)]
    return _resolve_unique(given, named), codes


def _resolve_unique(given: Strings, named: Strings) -> pd.DataFrame:
    # Ensembl ids in the symbol column: the columns are swapped.
    for i in [i for i, name in enumerate(named) if name[:4] == "ENSG"]:
        if _unversioned(named[i]) and not _unversioned(given[i]):
            given[i], named[i] = named[i], given[i]
    base = np.array([_unversioned(text) for text in given], dtype=object)
    is_ensembl = base != ""
    by_id = _match(_ensembl_rows(), base)
    rows, how = _lookup(np.where(is_ensembl, "", given), entrez=_is_entrez_column(given))
    rows, how = np.where(is_ensembl, by_id, rows), np.where(by_id >= 0, "ensembl", how)
    todo = np.flatnonzero((rows < 0) & (named != ""))
    by_name, name_how = _lookup(named[todo], entrez=False)
    retired = is_ensembl[todo]
    own_id_present = np.isin(by_name, by_id[by_id >= 0])
    use = np.where(retired, (by_name >= 0) & ~own_id_present, by_name > rows[todo])
    use |= ~retired & (by_name == _AMBIGUOUS) & (rows[todo] == _NOT_FOUND)
    rows[todo[use]] = by_name[use]
    how[todo[use]] = np.where(retired[use], "retired ensembl", name_how[use])
    shown = np.where(given != "", given, named)
    gene = np.where(is_ensembl, base, shown)
    symbol = np.where(named != "", named, gene)
    found, table = rows >= 0, reference.load()
    gene[found] = table["gene"].to_numpy(object)[rows[found]]
    symbol[found] = table["symbol"].to_numpy(object)[rows[found]]
    return pd.DataFrame({"given": shown, "gene": gene, "symbol": symbol, "how": how})


def _lookup(names: Strings, *, entrez: bool) -> tuple[Rows, Strings]:
    """Resolve names that are no Ensembl ids: rows of the reference, and how."""
    rows = np.full(len(names), _NOT_FOUND, dtype=np.intp)
    how = np.full(len(names), "unknown", dtype=object)
    for label in (*(["entrez"] if entrez else []), "symbol", "alias", "case"):
        todo = np.flatnonzero((rows == _NOT_FOUND) & (names != ""))
        if not len(todo):
            break
        keys = [name.upper() for name in names[todo]] if label == "case" else names[todo]
        rows[todo] = _match(_ROWS_OF[label](), keys)
        how[todo] = np.where(rows[todo] >= 0, label, how[todo])
    for i in np.flatnonzero((rows == _NOT_FOUND) & (names != "")):
        # All digits are an Entrez id in an Entrez column, a serial date among symbols.
        if not (entrez and names[i].isdigit()):
            rows[i] = _from_date(names[i])
            how[i] = "spreadsheet" if rows[i] >= 0 else how[i]
    how[rows == _AMBIGUOUS] = "ambiguous"
    return rows, how


def _from_date(text: str) -> int:
    """Return the row of the one gene whose symbol can have become this date."""
    answers = set()
    for month, day in readings(text):
        for symbols in former_symbols(month, day):
            known = set(_lookup(np.array(symbols, dtype=object), entrez=False)[0].tolist())
            if known := known - {_NOT_FOUND}:
                answers |= known
                break
    return answers.pop() if len(answers) == 1 else _AMBIGUOUS if answers else _NOT_FOUND


def _match(rows_of: dict[str, int], keys: Iterable[str]) -> Rows:
    return np.array([rows_of.get(key, _NOT_FOUND) for key in keys], dtype=np.intp)


def _factorize(values: Iterable[object]) -> tuple[Rows, Strings]:
    """Return codes into an array of distinct stripped texts, ``""`` for missing values."""
    column = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    codes, uniques = pd.factorize(column.to_numpy(object), use_na_sentinel=False)
    texts = [_as_text(value) for value in uniques]
    return codes, np.array(texts, dtype=object)


def _as_text(value: object) -> str:
    """Return stripped text, ``""`` for words that mean "missing", whole floats without ``.0``."""
    if not isinstance(value, str):
        if value is None or value is pd.NA or value != value:
            return ""
        value = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = value.strip() if value.isascii() else value.translate(_CHARACTERS).strip()
    return "" if text in MISSING else text


def _unversioned(text: str) -> str:
    """Return the stable id of an Ensembl gene id, ``""`` if the text is none."""
    base = text.partition(".")[0]
    if len(base) == 15 and base[:4] == "ENSG" and base[4:].isdigit():
        return base if base.isascii() else ""
    if text[:4].upper() != "ENSG":
        return ""
    match = _ENSEMBL.fullmatch(text.upper())
    if not match:
        return ""
    # GENCODE up to release 24 wrote the Y copy of a pseudoautosomal gene as ENSGR + ten digits.
    return f"ENSG0{match['par']}" if match["par"] else f"ENSG{match['id']}"


def _is_entrez_column(given: Strings) -> bool:
    filled = [text for text in given if text]
    numbers: int = sum(text.isascii() and text.isdigit() for text in filled)
    return 2 * numbers > len(filled)


@cache
def _ensembl_rows() -> dict[str, int]:
    table = reference.load()
    rows_of = _split_rows(table["secondary_ids"])
    rows_of.update({key: row for row, key in enumerate(table["ensembl_id"]) if key})
    return rows_of


@cache
def _symbol_rows() -> dict[str, int]:
    return {symbol: row for row, symbol in enumerate(reference.load()["symbol"])}


@cache
def _entrez_rows() -> dict[str, int]:
    return {number: row for row, number in enumerate(reference.load()["entrez"])}


@cache
def _alias_rows() -> dict[str, int]:
    rows_of, symbols = _split_rows(reference.load()["aliases"]), _symbol_rows()
    for alias in rows_of:
        stem = alias.rstrip("0123456789")
        renamed = symbols.get(RENAMED_FAMILIES.get(stem, "?") + alias[len(stem) :])
        if renamed is not None:
            rows_of[alias] = renamed
    return rows_of


@cache
def _case_rows() -> dict[str, int]:
    # Official symbols only: synonyms in another case are other things (viral US10, ribosomal uS10).
    rows_of: dict[str, int] = {}
    for symbol, row in _symbol_rows().items():
        key = symbol.upper()
        rows_of[key] = row if rows_of.get(key, row) == row else _AMBIGUOUS
    return rows_of


def _split_rows(column: pd.Series) -> dict[str, int]:
    """Map each name of a bar-joined column to its row, a name of several rows to "ambiguous"."""
    rows_of: dict[str, int] = {}
    for row, joined in enumerate(column):
        for name in joined.split("|") if joined else ():
            rows_of[name] = row if rows_of.get(name, row) == row else _AMBIGUOUS
    return rows_of


_ROWS_OF: dict[str, Callable[[], dict[str, int]]] = {
    "entrez": _entrez_rows,
    "symbol": _symbol_rows,
    "alias": _alias_rows,
    "case": _case_rows,
}
