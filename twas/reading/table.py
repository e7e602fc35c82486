"""One file → one checked table with canonical columns, for every format of `formats`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading import delimited
from twas.reading.checks import Raw, check
from twas.reading.columns import assign, check_columns, normalise, recognise
from twas.reading.content import Content, read_content
from twas.reading.formats import FORMATS, NUMBER_COLUMNS, TEXT_COLUMNS, Format, RefusedError
from twas.reading.parquet import read_parquet
from twas.reading.paths import stem

#: Number columns of :attr:`Table.frame` beside ``z``.
NUMBERS = ("effect_size", "var_g", "n_snps", "n_snps_model", "r2", "heidi_p", "pp4", "pip")
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
    """

    name: str
    sha256: str
    content_sha256: str
    form: Format
    frame: pd.DataFrame
    rows: int
    facts: tuple[QualityFact, ...]


def read_table(
    path: str | Path, *, columns: Mapping[str, str] | None = None, trait: str = ""
) -> Table:
    """Read one file of any known format.

    Parameters
    ----------
    path
        Text (optionally gzip, bzip2, xz or zstd) or Parquet.
    columns
        Canonical column → name in the file, for unusual names.
    trait
        Name of the trait, taken off the tissue that the file name tells (``ALS_Cortex.csv``).

    Raises
    ------
    DataError
        If the file is no usable table; the message names the file, the cause and the remedy.
    """
    content = read_content(Path(path))
    raw = _parse(content, check_columns(columns))
    default = tissue_of_file(content.name, raw.form, trait)
    same = content.sha256 if content.is_raw else hashlib.sha256(content.data).hexdigest()
    return _finish(raw, default, content.sha256, same)


def table_from_frame(
    frame: pd.DataFrame, name: str, *, columns: Mapping[str, str] | None = None
) -> Table:
    """Check a DataFrame like a file; a missing tissue becomes ``"all"``, lines are row numbers."""
    raw = _raw_from_frame(frame, name, check_columns(columns))
    return _finish(raw, "all", "", "")


def tissue_of_file(name: str, form: Format, trait: str = "") -> str:
    """Return the tissue that a file name tells.

    Off go endings (``.csv.gz``, ``_spredixcan``), everything up to ``__PM__``, which S-PrediXcan's
    workflows put between trait and model, the model families ``mashr_`` and ``en_``, a
    chromosome, and the name of the trait. What is left is the tissue; if nothing is, the name
    stays.
    """
    tissue = whole = re.sub(r"^.*__PM__", "", stem(name))
    for suffix in form.suffixes:
        if tissue.lower().endswith(suffix.lower()):
            tissue = tissue[: -len(suffix)]
    tissue = re.sub(r"[._-]chr(?:\d{1,2}|X|Y)$", "", tissue)
    if form.tissue == "weights":
        tissue = re.sub(r"[._-]\d{1,2}$", "", tissue)
    tissue = re.sub(r"^(?:mashr|en)_(?=.)", "", tissue)
    if trait:
        edge = re.escape(trait)
        tissue = re.sub(rf"^{edge}[._\s-]+(?=.)|(?<=.)[._\s-]+{edge}$", "", tissue, flags=re.I)
    return tissue or whole


def _finish(raw: Raw, default_tissue: str, sha256: str, content_sha256: str) -> Table:
    rows = len(raw.lines)
    raw.note("fact", "rows_read", rows, f"rows were read as {raw.form.name} output")
    check(raw)
    raw.texts["tissue"] = _tissues(raw, default_tissue)
    columns: dict[str, object] = {c: raw.cells.get(c, np.nan) for c in COLUMNS}
    columns |= {c: raw.text(c).array for c in TEXT_COLUMNS} | {"line": raw.lines}
    frame = pd.DataFrame(columns, copy=False)
    return Table(raw.name, sha256, content_sha256, raw.form, frame, rows, tuple(raw.facts))


def _tissues(raw: Raw, default: str) -> pd.Series:
    if "tissue" not in raw.texts and raw.form.tissue != "weights":
        return raw.constant(default)
    tissue = raw.text("tissue")
    if raw.form.tissue == "weights" and "weights" in raw.texts:
        paths = raw.texts["weights"].to_numpy(dtype=object)
        found = (re.search(r"([^/\\]+)[/\\]+[^/\\]*$", path) for path in paths)
        folders = pd.Series([match[1] if match else "" for match in found], dtype=str)
        tissue = tissue.where(tissue != "", folders)
    return tissue.where(tissue != "", default)


def _parse(content: Content, columns: Mapping[str, str]) -> Raw:
    if content.is_parquet:
        return _raw_from_frame(read_parquet(content), content.name, columns)
    text = delimited.split(content.data, content.name, lambda cells: _is_known(cells, columns))
    form, places = _identify(content.name, text.header, columns)
    words = {column: place for column, place in places.items() if column in TEXT_COLUMNS}
    numbers = {column: place for column, place in places.items() if column in NUMBER_COLUMNS}
    table = text.columns(words.values(), numbers.values())
    raw = Raw(
        name=content.name,
        form=form,
        header={column: text.header[place] for column, place in places.items()},
        texts={column: table[place] for column, place in words.items()},
        cells={column: table[place].to_numpy() for column, place in numbers.items()},
        lines=text.lines,
        padded=text.padded,
        facts=[],
    )
    if not text.ends_in_newline:
        message = "line end is missing at the end; was the file cut off?"
        raw.note("fact", "no_final_newline", 1, message)
    return raw


def _raw_from_frame(frame: pd.DataFrame, name: str, columns: Mapping[str, str]) -> Raw:
    names = set(frame.columns) | {None}
    # A named index is a column, unless there is one of this name.
    unnamed = [level for level, given in enumerate(frame.index.names) if given in names]
    frame = frame.reset_index(level=unnamed, drop=True) if unnamed else frame
    frame = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    header = [str(column) for column in frame.columns]
    form, places = _identify(name, header, columns)
    if not len(frame):
        raise DataError(f"{name}: holds a header but no rows")
    raw = Raw(name, form, {}, {}, {}, np.arange(1, len(frame) + 1), True, [])
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


def _identify(
    name: str, header: Sequence[str], columns: Mapping[str, str]
) -> tuple[Format, dict[str, int]]:
    """Return the format and the places of its columns, or refuse the file."""
    seen = ", ".join(column or "''" for column in header[:12])
    seen += ", …" if len(header) > 12 else ""
    names = {normalise(column) for column in header}
    for canonical, given in columns.items():
        if normalise(given) not in names:
            raise DataError(
                f"{name}: `columns` {canonical}={given}: no such column; columns seen: {seen}"
            )
    try:
        form = recognise(header, columns)
        places = assign(form, header, columns) if form is not None else {}
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    if form is not None and form.refusal:
        what = f"is {form.name} output: " if form in FORMATS else ""
        raise RefusedError(f"{name}: {what}{form.refusal}", form.name)
    if form is None:
        raise DataError(
            f"{name}: needs a gene column and z, or beta and se; columns seen: {seen}; "
            "name unusual ones with `columns` gene=…,z=…"
        )
    return form, places
