"""Given identifiers → genes of the reference: Ensembl, symbols, former symbols, Entrez ids.

The rules, the first that fits:

1. Ensembl id (version and ``_PAR_Y`` stripped): its gene (``ensembl``). A secondary id counts
   only if the gene's own id is not in the same input.
2. Other Ensembl id: the gene of the row's symbol, if that gene's own Ensembl id is not in the
   same input (``retired ensembl``); else the id stays (``unknown``).
3. Official symbol (``symbol``), also where another gene has it as a synonym.
4. Synonym or former symbol of one gene (``alias``); of several: not guessed (``ambiguous``).
   Former symbols of the SEPT, MARCH and MARC families go to the gene that was renamed.
5. Entrez id (``entrez``), if more than half of the column is digits only.
6. Official symbol in another case, if one gene fits (``case``).
7. A date that a spreadsheet made of a symbol (``spreadsheet``), also as a serial number where
   the column is no Entrez column; two genes fit: ``ambiguous``.

Everything else keeps the given text as its identity (``unknown``), as does a cell that holds
several names (``several``). Where a row has no id that resolves, its symbol is tried by the same
rules, unless the id's cell holds several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from twas.genes import reference
from twas.genes.lookups import (
    AMBIGUOUS,
    NOT_FOUND,
    ROWS_OF,
    Rows,
    ensembl_numbers,
    ensembl_rows,
    former_symbols,
    readings,
)
from twas.system.arrays import Bool, Text

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
    "several",
)
#: Words that mean "no value". Two are synonyms of genes too (NaN of SCN11A): no one means those.
MISSING = frozenset(
    {"", ".", "-", "NA", "N/A", "#N/A", "n/a", "na", "NaN", "nan", "-nan"}
    | {"NULL", "null", "None", "<NA>"}
)

_ENSEMBL = re.compile(r"ENSG(?:R(?P<par>\d{10})|(?P<id>\d{11}))(?:\.\d+(?:_\d+)?)?(?:_PAR_Y)?")
# Between the names of several genes in one cell.
_SEPARATOR = re.compile(r"[;,|/&+\s]+")
#: Dashes and invisible characters that word processors and spreadsheets put into symbols.
CHARACTERS = str.maketrans(dict.fromkeys("‐‑‒–−", "-") | dict.fromkeys("\u200b\ufeff\u00ad"))
# What keeps a spreadsheet from making a date of a symbol: ="SEPT8" and 'SEPT8.
_SHIELDED = re.compile(r"=\"(?P<formula>[^\"]*)\"|'(?P<quoted>[^']*)'?")
# What ASCII texts hold, beside line feeds, if _as_text changes them.
_ODD = " \t\r\v\f\x1c\x1d\x1e\x1f'="


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
        (identity, see `reference.load`), ``symbol`` (of the reference, else as given),
        ``how`` (one of :data:`HOW`). ``gene`` is ``""`` only where nothing was given.

    Examples
    --------
    >>> resolve(["ENSG00000171862.10", "SEPT8", "8-Sep", "2-Mar"])["how"].tolist()
    ['ensembl', 'alias', 'spreadsheet', 'ambiguous']
    """
    distinct, codes = resolve_distinct(ids, symbols)
    return distinct.take(codes).reset_index(drop=True).infer_objects()


def resolve_distinct(
    ids: Iterable[object], symbols: Iterable[object] | None = None
) -> tuple[pd.DataFrame, Rows]:
    """Resolve as :func:`resolve`, but return each distinct pair once and (n,) codes into them."""
    distinct, _, codes = resolve_rows(ids, symbols)
    return distinct, codes


def resolve_rows(
    ids: Iterable[object], symbols: Iterable[object] | None = None
) -> tuple[pd.DataFrame, Rows, Rows]:
    """Resolve as :func:`resolve_distinct`, with the row of each distinct pair in the reference.

    The row is negative where there is none; it comes second of the three.
    """
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
    return *_resolve_unique(given, named), codes


def _resolve_unique(given: Text, named: Text) -> tuple[pd.DataFrame, Rows]:
    if not (given != "").any():  # symbols only: they are the identifiers
        given, named = named, given
    pairs = _Pairs(given, named)
    pairs.match_ids()
    pairs.match_symbols()
    return pairs.table(), pairs.rows


class _Pairs:
    """Distinct pairs of id and symbol on the way to their genes.

    ``base`` is the unversioned Ensembl id (``""`` none), ``rows`` the row of the reference,
    ``how`` the rule; all of one length.
    """

    def __init__(self, given: Text, named: Text) -> None:
        self.given, self.named = _whole_numbers(given), named
        self.base, self.rows = _match_ensembl(self.given)
        _unswap(self.base, self.rows, self.given, self.named)
        self.is_ensembl = self.base != ""
        self.how = np.where(self.rows >= 0, "ensembl", "unknown").astype(object)
        self.own = self._own_genes()

    def _own_genes(self) -> Bool:
        """Return which genes of the reference the input names by their own Ensembl id."""
        is_own = (self.rows >= 0) & (reference.column("ensembl_id")[self.rows] == self.base)
        own = np.zeros(len(reference.load()) + 2, dtype=bool)  # the last two stand for no gene
        own[self.rows[is_own]] = True
        # A panel that has a gene's own id means something else by the secondary one.
        secondary = ~is_own & own[self.rows]
        self.rows[secondary], self.how[secondary] = NOT_FOUND, "unknown"
        return own

    def match_ids(self) -> None:
        """Resolve the ids that are not of Ensembl."""
        others = np.where(self.is_ensembl, "", self.given)
        filled = int((self.given != "").sum())
        rows, how = _lookup(others, entrez=_is_entrez_column(others, filled))
        self.rows = np.where(self.is_ensembl, self.rows, rows)
        self.how = np.where(self.is_ensembl, self.how, how)

    def match_symbols(self) -> None:
        """Resolve by its symbol what did not resolve by its id."""
        todo = np.flatnonzero((self.rows < 0) & (self.named != "") & (self.how != "several"))
        rows, how = _lookup(self.named[todo], entrez=False)
        retired, before = self.is_ensembl[todo], self.rows[todo]
        use = np.where(retired, (rows >= 0) & ~self.own[rows], rows > before)
        use |= ~retired & (rows == AMBIGUOUS) & (before == NOT_FOUND)
        use |= ~retired & (how == "several")
        self.rows[todo[use]] = rows[use]
        self.how[todo[use]] = np.where(retired[use], "retired ensembl", how[use])

    def table(self) -> pd.DataFrame:
        """Return what was given, and the gene, symbol and rule of each pair."""
        shown = np.where(self.given != "", self.given, self.named)
        gene = np.where(self.is_ensembl, self.base, shown)
        symbol = np.where(self.named != "", self.named, gene)
        found = self.rows >= 0
        gene[found] = reference.column("gene")[self.rows[found]]
        symbol[found] = reference.column("symbol")[self.rows[found]]
        columns = {"given": shown, "gene": gene, "symbol": symbol, "how": self.how}
        return pd.DataFrame(columns, dtype=object, copy=False)


def _lookup(names: Text, *, entrez: bool) -> tuple[Rows, Text]:
    """Resolve names that are no Ensembl ids: rows of the reference, and how."""
    rows = np.full(len(names), NOT_FOUND, dtype=np.intp)
    how = np.full(len(names), "unknown", dtype=object)
    for label in (*(["entrez"] if entrez else []), "symbol", "alias", "case"):
        todo = np.flatnonzero((rows == NOT_FOUND) & (names != ""))
        if not len(todo):
            break
        keys = [name.upper() for name in names[todo]] if label == "case" else names[todo]
        rows[todo] = _match(ROWS_OF[label](), keys)
        how[todo] = np.where(rows[todo] >= 0, label, how[todo])
    for i in np.flatnonzero((rows == NOT_FOUND) & (names != "")):
        # All digits are an Entrez id in an Entrez column, a serial date among symbols.
        if not (entrez and names[i].isdigit()):
            rows[i] = _from_date(names[i])
            how[i] = "spreadsheet" if rows[i] >= 0 else how[i]
    how[rows == AMBIGUOUS] = "ambiguous"
    for i in np.flatnonzero(rows == NOT_FOUND):
        if _holds_several(names[i]):
            how[i] = "several"
    return rows, how


def _holds_several(text: str) -> bool:
    """Tell whether a cell holds two or more names of genes."""
    parts = [part for part in _SEPARATOR.split(text) if part]
    if len(parts) < 2 or readings(text):
        return False
    tables = [ROWS_OF[kind]() for kind in ("symbol", "alias")]
    known = (bool(_unversioned(part)) or any(part in rows for rows in tables) for part in parts)
    return sum(known) >= 2 or all(part.isascii() and part.isdigit() for part in parts)


def _whole_numbers(texts: Text) -> Text:
    """Take the ``.0`` off Entrez ids that went through a column of floats."""
    floats = [i for i, text in enumerate(texts) if text[-2:] == ".0" and text[:-2].isdigit()]
    if floats:
        texts = texts.copy()
        texts[floats] = [text[:-2] for text in texts[floats]]
    return texts


def _from_date(text: str) -> int:
    """Return the row of the one gene whose symbol can have become this date."""
    answers: set[int] = set()
    for month, day in readings(text):
        for symbols in former_symbols(month, day):
            known = set(_lookup(np.array(symbols, dtype=object), entrez=False)[0].tolist())
            if known := known - {NOT_FOUND}:
                answers |= known
                break
    return answers.pop() if len(answers) == 1 else AMBIGUOUS if answers else NOT_FOUND


def _match(rows_of: dict[str, int], keys: Iterable[str]) -> Rows:
    return np.array([rows_of.get(key, NOT_FOUND) for key in keys], dtype=np.intp)


def _match_ensembl(given: Text) -> tuple[Text, Rows]:
    """Return unversioned Ensembl ids (``""`` for other texts) and their rows of the reference."""
    numbers = ensembl_numbers(given)
    base = np.array([text[:15] for text in given], dtype=object)
    other = np.flatnonzero(numbers < 0)
    base[other] = [_unversioned(text) for text in given[other]]
    numbers[other] = [int(text[4:] or -1) for text in base[other]]
    return base, ensembl_rows(numbers)


def _unswap(base: Text, rows: Rows, given: Text, named: Text) -> None:
    """Swap given id and symbol, in place, where the symbol is the one that is an Ensembl id."""
    swapped = [i for i in np.flatnonzero(base == "") if _unversioned(named[i])]
    if swapped:
        given[swapped], named[swapped] = named[swapped], given[swapped]
        base[swapped], rows[swapped] = _match_ensembl(given[swapped])


def _factorize(values: Iterable[object]) -> tuple[Rows, Text]:
    """Return codes into an array of distinct stripped texts, ``""`` for missing values."""
    column = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    is_text = isinstance(column.dtype, pd.StringDtype)
    cells = column if is_text else column.to_numpy(dtype=object)
    codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    return codes, np.array(_as_texts(np.asarray(uniques, dtype=object).tolist()), dtype=object)


def _as_texts(values: list[object]) -> list[str]:
    """Return :func:`_as_text` of each value, faster where there is nothing to strip."""
    try:
        joined = "\n".join(values)  # type: ignore[arg-type]
    except TypeError:
        return [_as_text(value) for value in values]
    texts: list[str] = values  # type: ignore[assignment]
    has_odd = any(odd in joined for odd in _ODD) or joined.count("\n") >= len(texts)
    if has_odd or not joined.isascii():
        return [_as_text(text) for text in texts]
    framed = f"\n{joined}\n"
    if not any(f"\n{word}\n" in framed for word in MISSING if word):
        return texts
    return ["" if text in MISSING else text for text in texts]


def _as_text(value: object) -> str:
    """Return stripped text, ``""`` for words that mean "missing", whole floats without ``.0``."""
    if not isinstance(value, str):
        if value is None or value is pd.NA or value != value:
            return ""
        value = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = value.strip() if value.isascii() else value.translate(CHARACTERS).strip()
    if shielded := _SHIELDED.fullmatch(text):
        text = shielded["formula"] or shielded["quoted"] or ""
    return "" if text in MISSING else text


def _unversioned(text: str) -> str:
    """Return the stable id of an Ensembl gene id, ``""`` if the text is none."""
    if len(text) == 15 and text[:4] == "ENSG" and text[4:].isdigit():
        return text if text.isascii() else ""
    if text[:4].upper() != "ENSG":
        return ""
    match = _ENSEMBL.fullmatch(text.upper())
    if not match:
        return ""
    # GENCODE up to release 24 wrote the Y copy of a pseudoautosomal gene as ENSGR + ten digits.
    return f"ENSG0{match['par']}" if match["par"] else f"ENSG{match['id']}"


def _is_entrez_column(texts: Text, filled: int) -> bool:
    """Tell whether more than half of the filled cells of a column are digits only."""
    numbers = sum(text.isascii() and text.isdigit() for text in texts[texts != ""])
    return bool(2 * numbers > filled)
