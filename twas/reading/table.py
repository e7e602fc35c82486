"""One file → one checked table with canonical columns, for every format of `formats`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from twas.checks import fact
from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading import delimited
from twas.reading.checks import check
from twas.reading.columns import Choices, recognise
from twas.reading.content import Content, harmless, read_content
from twas.reading.formats import (
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    EmptyError,
    Format,
    RefusedError,
)
from twas.reading.frames import read_parquet
from twas.reading.header import identify, rows_by_number, with_row_names
from twas.reading.paths import UNKNOWN, FoundTables, NamedTissue, tissue_of_file
from twas.reading.raw import Others, Raw, keep_where
from twas.reading.sign_columns import without_words

#: Number columns of :attr:`Table.frame` beside ``z``.
NUMBERS = ("effect_size", "var_g", "phi", "n_snps", "n_snps_model", "r2", "heidi_p", "pp4", "pip")
#: Columns of :attr:`Table.frame`.
COLUMNS = ("gene", "symbol", "tissue", "z", *NUMBERS, "weights", "line")


@dataclass(frozen=True, eq=False)
class Table:
    """One file as read.

    Attributes
    ----------
    name
        File name without folder.
    sha256
        SHA-256 of the file; ``""`` for a table that was no file.
    content_sha256
        SHA-256 of the decompressed content.
    form
        The format.
    frame
        One row per usable row, in file order, columns :data:`COLUMNS`: ``gene`` and ``symbol`` as
        given (``""`` where none), ``z`` finite, other numbers NaN where missing, ``line`` in the
        file; index 0..n-1.
    rows
        Rows in the file without the header. ``len(frame)`` and the counts of the facts whose
        topic starts with ``dropped:`` add up to it.
    facts
        What was found and dropped.
    columns
        Canonical column → its name in the file.
    where
        Column → values that were selected in this file.
    others
        The further columns of the file.
    named
        The tissue that the name of the file tells, where rows have theirs from it.
    """

    name: str
    sha256: str
    content_sha256: str
    form: Format
    frame: pd.DataFrame
    rows: int
    facts: tuple[QualityFact, ...]
    columns: Mapping[str, str]
    where: Mapping[str, tuple[str, ...]]
    others: Others
    named: NamedTissue | None = None

    @property
    def models(self) -> str:
        """What the name of the file holds beside a known tissue."""
        return self.named.models if self.named is not None else ""

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of the columns that were not read."""
        return self.others.names


def read_table(path: str | Path, choices: Choices | None = None, *, trait: str = "") -> Table:
    """Read one file of any known format.

    Parameters
    ----------
    path
        Text (optionally gzip, bzip2, xz or zstd) or Parquet.
    choices
        What the user said about columns and rows.
    trait
        Name of the trait, taken off the tissue that the file name tells (``ALS_Cortex.csv``).

    Raises
    ------
    DataError
        If the file is no usable table; the message names the file, the cause and the remedy.
    """
    chosen = choices or Choices()
    content = read_content(Path(path))
    raw = _parse(content, chosen.columns)
    default = tissue_of_file(content.name, raw.form, trait)
    same = content.sha256 if content.is_raw else hashlib.sha256(content.data).hexdigest()
    return _finish(raw, chosen, default, (content.sha256, same))


def read_tables(
    found: FoundTables, choices: Choices, *, trait: str = "", skip_empty: bool = False
) -> tuple[list[Table], list[QualityFact]]:
    """Read every file that was found for a trait.

    Parameters
    ----------
    found
        The files. An unsigned table is passed over with a warning, unless the user named it.
    choices
        What the user said about columns and rows.
    trait
        Name of the trait, as in :func:`read_table`.
    skip_empty
        Whether files without rows are passed over, counted.

    Returns
    -------
    list of Table, list of QualityFact
        The tables, at least one, and what was passed over.

    Raises
    ------
    DataError
        If a file is no usable table, or none is left.
    """
    tables, facts = [], []
    refusals: list[DataError] = []
    for path in found.tables:
        try:
            tables.append(read_table(path, choices, trait=trait))
        except EmptyError as error:
            if not skip_empty:
                raise
            refusals.append(error)
            facts.append(fact("empty_skipped", 1, about=path.name))
        except RefusedError as error:
            if path in found.named:
                raise
            refusals.append(error)
            facts.append(fact("file_refused", 1, about=path.name, why=error))
    if not tables:
        raise refusals[0]
    return tables, facts


def table_from_frame(frame: pd.DataFrame, name: str, choices: Choices | None = None) -> Table:
    """Check a DataFrame like a file; the tissue may be missing, lines are row numbers."""
    chosen = choices or Choices()
    raw = _raw_from_frame(frame, name, chosen.columns)
    return _finish(raw, chosen, NamedTissue(UNKNOWN, False), ("", ""))


def _finish(raw: Raw, choices: Choices, named: NamedTissue, hashes: tuple[str, str]) -> Table:
    rows = len(raw.lines)
    raw.note("fact", "rows_read", rows, f"rows were read as {raw.form.name} output")
    selected = keep_where(raw, choices.where)
    check(raw, choices)
    by_name = _fill_tissue(raw, named)
    columns: dict[str, object] = {c: raw.cells.get(c, np.nan) for c in COLUMNS}
    texts = {c: raw.text(c).array for c in TEXT_COLUMNS if c in columns}
    return Table(
        name=raw.name,
        sha256=hashes[0],
        content_sha256=hashes[1],
        form=raw.form,
        frame=pd.DataFrame(columns | texts | {"line": raw.lines}, copy=False),
        rows=rows,
        facts=tuple(raw.facts),
        columns=raw.header,
        where=selected,
        others=raw.others,
        named=named if by_name else None,
    )


def _fill_tissue(raw: Raw, named: NamedTissue) -> bool:
    """Fill the tissue column; tell whether it takes rows from the name of the file."""
    if "tissue" not in raw.texts and raw.form.tissue != "weights":
        raw.texts["tissue"] = raw.constant(named.tissue)
        return True
    tissue = raw.text("tissue")
    if raw.form.tissue == "weights" and "weights" in raw.texts:
        paths = raw.texts["weights"].to_numpy(dtype=object)
        found = (re.search(r"([^/\\]+)[/\\]+[^/\\]*$", path) for path in paths)
        folders = pd.Series([match[1] if match else "" for match in found], dtype=str)
        # A panel column without a value: where all models lie in one folder, it may hold them all.
        is_vague = "tissue" in raw.texts and not (tissue != "").any() and folders.nunique() == 1
        if not (is_vague and named.is_known):
            tissue = tissue.where(tissue != "", folders)
    empty = tissue == ""
    raw.texts["tissue"] = tissue.where(~empty, named.tissue)
    return bool(empty.any())


def _parse(content: Content, columns: Mapping[str, str]) -> Raw:
    if content.is_parquet:
        return _raw_from_frame(read_parquet(content), content.name, columns)
    if (start := content.data[:1000].lstrip()[:1]) in (b"{", b"[", b"<"):
        kind = "XML" if start == b"<" else "JSON"
        raise DataError(f"{content.name}: {kind} is not read; save the table as CSV")
    is_row = rows_by_number(columns)
    text = delimited.split(
        content.data, content.name, lambda cells: _is_known(cells, columns), is_row
    )
    columns = with_row_names(text.header, columns, lambda: text.columns([0], [])[0])
    form, places = identify(content.name, text.header, columns)
    words, numbers = _kinds(places)
    table = text.columns(words.values(), numbers.values())
    places = without_words(
        form, places, table.__getitem__, lambda place: text.raw([place])[place], columns
    )
    words, numbers = _kinds(places)
    raw = Raw(
        name=content.name,
        form=form,
        header={column: text.header[place] for column, place in places.items()},
        texts={
            column: text.raw([place])[place] if column == "sign" else table[place]
            for column, place in words.items()
        },
        cells={column: table[place].to_numpy() for column, place in numbers.items()},
        lines=text.lines,
        padded=text.padded,
        facts=[],
        others=_others(text, set(places.values())),
    )
    raw.note("fact", "title_skipped", text.titles, "lines above the header were skipped")
    if "gene" in raw.header and not raw.header["gene"]:
        message = "rows have their gene from the first column, which has no name"
        raw.note("fact", "genes_are_row_names", len(raw.lines), message)
    if not text.ends_in_newline:
        message = "line end is missing at the end; was the file cut off?"
        raw.note("fact", "no_final_newline", 1, message)
    return raw


def _kinds(places: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the places of the columns that hold text, and of those that hold numbers."""
    words = {column: place for column, place in places.items() if column in TEXT_COLUMNS}
    return words, {column: place for column, place in places.items() if column in NUMBER_COLUMNS}


def _others(text: delimited.Delimited, known: set[int]) -> Others:
    rest = [place for place in range(len(text.header)) if place not in known]
    names = tuple(text.header[place] for place in rest)

    def parse() -> pd.DataFrame:
        return text.columns([], rest).set_axis(text.lines, axis=0).set_axis(list(names), axis=1)

    def texts(places: Sequence[int]) -> pd.DataFrame:
        chosen = text.raw([rest[place] for place in places])
        return chosen.set_axis(text.lines, axis=0).set_axis([names[p] for p in places], axis=1)

    return Others(names, parse, texts)


def _raw_from_frame(frame: pd.DataFrame, name: str, columns: Mapping[str, str]) -> Raw:
    names = set(frame.columns) | {None}
    # A named index is a column, unless there is one of this name.
    unnamed = [level for level, given in enumerate(frame.index.names) if given in names]
    frame = frame.reset_index(level=unnamed, drop=True) if unnamed else frame
    frame = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    header = [harmless(str(column)) for column in frame.columns]
    form, places = identify(name, header, columns)
    if not len(frame):
        raise EmptyError(f"{name}: holds a header but no rows")
    places = without_words(
        form, places, lambda k: frame.iloc[:, k], lambda k: frame.iloc[:, k], columns
    )
    lines = np.arange(1, len(frame) + 1)
    rest = [place for place in range(len(header)) if place not in places.values()]
    unread = tuple(header[place] for place in rest)
    further = frame.iloc[:, rest].set_axis(list(unread), axis=1).set_axis(lines, axis=0)
    others = Others(unread, lambda: further, lambda places: further.iloc[:, list(places)])
    raw = Raw(name, form, {}, {}, {}, lines, True, [], others)
    for column, place in places.items():
        raw.header[column], cells = header[place], frame.iloc[:, place]
        if column in TEXT_COLUMNS:
            raw.texts[column] = cells.reset_index(drop=True)
            continue
        is_number = pd.api.types.is_numeric_dtype(cells) and cells.dtype.kind in "iuf"
        kind = float if is_number else object
        raw.cells[column] = cells.to_numpy(dtype=kind, na_value=np.nan)
    return raw


def _is_known(header: Sequence[str], columns: Mapping[str, str]) -> bool:
    try:
        return recognise(header, columns) is not None
    except DataError:  # a repeated column: known, and reported with the file's name below
        return True
