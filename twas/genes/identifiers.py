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

Everything else keeps the given text as its identity (``unknown``). Where a row has no id that
resolves, its symbol is tried by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.genes import reference
from twas.genes.lookups import AMBIGUOUS, NOT_FOUND, ROWS_OF, Rows, ensembl_numbers, ensembl_rows
from twas.genes.spreadsheet import former_symbols, readings

Strings = npt.NDArray[np.object_]

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
#: Words that mean "no value". Two are synonyms of genes too (NaN of SCN11A): no one means those.
MISSING = frozenset(
    {"", ".", "-", "NA", "N/A", "#N/A", "n/a", "na", "NaN", "nan", "-nan"}
    | {"NULL", "null", "None", "<NA>"}
)

_ENSEMBL = re.compile(r"ENSG(?:R(?P<par>\d{10})|(?P<id>\d{11}))(?:\.\d+)?(?:_PAR_Y)?")
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


def _resolve_unique(given: Strings, named: Strings) -> tuple[pd.DataFrame, Rows]:
    if not (given != "").any():  # symbols only: they are the identifiers
        given, named = named, given
    base, by_id = _match_ensembl(given)
    _unswap(base, by_id, given, named)
    is_ensembl = base != ""
    is_own = (by_id >= 0) & (reference.column("ensembl_id")[by_id] == base)
    own = np.zeros(len(reference.load()) + 2, dtype=bool)  # the last two stand for no gene
    own[by_id[is_own]] = True
    # A panel that has a gene's own id means something else by the secondary one.
    by_id[~is_own & own[by_id]] = NOT_FOUND
    others = np.where(is_ensembl, "", given)
    rows, how = _lookup(others, entrez=_is_entrez_column(others, int((given != "").sum())))
    rows, how = np.where(is_ensembl, by_id, rows), np.where(by_id >= 0, "ensembl", how)
    todo = np.flatnonzero((rows < 0) & (named != ""))
    by_name, name_how = _lookup(named[todo], entrez=False)
    retired = is_ensembl[todo]
    use = np.where(retired, (by_name >= 0) & ~own[by_name], by_name > rows[todo])
    use |= ~retired & (by_name == AMBIGUOUS) & (rows[todo] == NOT_FOUND)
    rows[todo[use]] = by_name[use]
    how[todo[use]] = np.where(retired[use], "retired ensembl", name_how[use])
    shown = np.where(given != "", given, named)
    gene = np.where(is_ensembl, base, shown)
    symbol = np.where(named != "", named, gene)
    found = rows >= 0
    gene[found] = reference.column("gene")[rows[found]]
    symbol[found] = reference.column("symbol")[rows[found]]
    columns = {"given": shown, "gene": gene, "symbol": symbol, "how": how}
    return pd.DataFrame(columns, dtype=object, copy=False), rows


def _lookup(names: Strings, *, entrez: bool) -> tuple[Rows, Strings]:
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
    return rows, how


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


def _match_ensembl(given: Strings) -> tuple[Strings, Rows]:
    """Return unversioned Ensembl ids (``""`` for other texts) and their rows of the reference."""
    numbers = ensembl_numbers(given)
    base = np.array([text[:15] for text in given], dtype=object)
    other = np.flatnonzero(numbers < 0)
    base[other] = [_unversioned(text) for text in given[other]]
    numbers[other] = [int(text[4:] or -1) for text in base[other]]
    return base, ensembl_rows(numbers)


def _unswap(base: Strings, rows: Rows, given: Strings, named: Strings) -> None:
    """Swap given id and symbol, in place, where the symbol is the one that is an Ensembl id."""
    swapped = [i for i in np.flatnonzero(base == "") if _unversioned(named[i])]
    if swapped:
        given[swapped], named[swapped] = named[swapped], given[swapped]
        base[swapped], rows[swapped] = _match_ensembl(given[swapped])


def _factorize(values: Iterable[object]) -> tuple[Rows, Strings]:
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


def _is_entrez_column(texts: Strings, filled: int) -> bool:
    """Tell whether more than half of the filled cells of a column are digits only."""
    numbers = sum(text.isascii() and text.isdigit() for text in texts[texts != ""])
    return bool(2 * numbers > filled)
