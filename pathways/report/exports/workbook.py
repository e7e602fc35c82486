"""``tables/results.xlsx``: every table on a sheet of its own, and a sheet that explains them.

Cells hold what the TSV files hold, numbers to the 16 digits that a spreadsheet keeps; only the
number format rounds. Text is written as text, whatever it looks like: SEPT8 stays no date,
``=cmd()`` becomes no formula, an address no link. A missing number is an empty cell, an infinite
one the text ``inf``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from pathways.output.machine import MAX_ROWS
from pathways.output.run_tables import RunTables
from pathways.report.words.numbers import UNITS
from pathways.report.words.whole_run import LIMITATIONS
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.errors import DataError
from twas.quality import QualityFact
from twas.study.universe import COMBINED

#: Letters of a cell that the file format has room for.
MAX_TEXT = 32_767
#: A file with the time in it would not be the same twice.
_CREATED = datetime(2000, 1, 1)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: How numbers are shown: kind of column, or its unit, → number format.
_NUMBER_FORMATS = {
    "count": "#,##0",
    "p": "[<0.001]0.0E+00;0.000",
    "number": "0.000",
    "effect": "0.00E+00",
    "bp, GRCh38": "0",
}
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"},
    "title": {"bold": True, "font_size": 14},
    "alarm": {"bold": True, "font_color": "#A3000B"},
    **{key: {"num_format": code} for key, code in _NUMBER_FORMATS.items()},
}
_QUALITY = tuple(
    Column(name, kind, "", meaning)
    for name, kind, meaning in (
        ("level", "text", "fact, or warning: something to act on"),
        ("source", "text", "file, trait or gene set"),
        ("topic", "text", "short key"),
        ("count", "count", "rows, genes or files"),
        ("message", "text", "in words"),
    )
)
_READING = (
    "Numbers are shown rounded; the cells hold 16 digits, the TSV files every digit.",
    "An empty cell: not computed, or does not apply. inf: no effect of any size could be seen.",
)

#: Sheets of the combined scope alone: members times tissues are most of the cells of a workbook.
COMBINED_ONLY = ("genes",)

#: Name of a sheet → its table, and the columns of it.
Sheets = Mapping[str, tuple[pd.DataFrame, tuple[Column, ...]]]
#: Look of a line, and its cells.
Line = tuple[str, tuple[str | float, ...]]


def write_workbook(results: RunTables, path: Path) -> tuple[QualityFact, ...]:
    """Write one XLSX with a README, a sheet per table that has rows, and the quality facts.

    Parameters
    ----------
    results
        A run.
    path
        The file; its folder must exist. Equal results give equal bytes.

    Returns
    -------
    tuple of QualityFact
        What did not fit: tables of more than `MAX_ROWS` rows, text of more than 32,767 letters.

    Raises
    ------
    DataError
        If the workbook cannot be made; the message says why.
    """
    try:
        return _write_book(results, path)
    except XlsxWriterException as error:
        what = " ".join(str(error).split()) or type(error).__name__
        raise DataError(
            f"{path.name} cannot be written ({what}); run without the report"
        ) from error


def _write_book(results: RunTables, path: Path) -> tuple[QualityFact, ...]:
    sheets = _sheets(results)
    fitting = {name: s for name, s in sheets.items() if 0 < len(s[0]) <= MAX_ROWS}
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties(
            {
                "title": "twas-divergence results",
                "comments": "SIMULATED data" if results.parameters.simulated else "",
                "created": _CREATED,
            }
        )
        formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        _readme(book.add_worksheet("README"), formats, results, sheets)
        unit = effect_unit(results)
        cut = [
            _sheet(book.add_worksheet(name), formats, table, columns, unit)
            for name, (table, columns) in fitting.items()
        ]
    path.write_bytes(content.getvalue())
    return tuple(_left_out(path.name, sheets, sum(cut)))


def _sheets(results: RunTables) -> Sheets:
    quality = pd.DataFrame([vars(fact) for fact in results.quality.facts])
    tables = {
        name: (in_workbook(name, table), TABLES[name].columns)
        for name, table in results.tables.items()
    }
    return {**tables, "quality": (quality, _QUALITY)}


def _left_out(file: str, sheets: Sheets, cut: int) -> Iterator[QualityFact]:
    for name, (table, _) in sheets.items():
        if len(table) > MAX_ROWS:
            yield QualityFact("fact", file, "sheet_left_out", len(table), too_long(name, table))
    if cut:
        message = f"{cut:,} cells of more than {MAX_TEXT:,} letters were cut off in {file}"
        yield QualityFact("fact", file, "cells_cut", cut, message)


def _sheet(
    sheet: Any,
    formats: dict[str, Any],
    table: pd.DataFrame,
    columns: Sequence[Column],
    effect: str,
) -> int:
    """Write one table; returns how many cells were cut off."""
    from xlsxwriter.utility import xl_range

    cells = [_cells(table[column.name], column) for column in columns]
    for at, (column, (values, _)) in enumerate(zip(columns, cells, strict=True)):
        sheet.set_column(at, at, _width(column, values))
    sheet.set_row(0, 60)  # room for a unit on lines of its own
    sheet.freeze_panes(1, 2 if columns[1].name == "pathway" else 0)
    sheet.autofilter(0, 0, len(table), len(columns) - 1)
    for at, column in enumerate(columns):
        unit = unit_of(column, effect)
        sheet.write_string(0, at, column.name + (f" [{unit}]" if unit else ""), formats["head"])
    # Chromosome 1 is meant to be text: no warning triangles.
    texts = [xl_range(1, at, len(table), at) for at, c in enumerate(columns) if c.kind == "text"]
    sheet.ignore_errors({"number_stored_as_text": " ".join(texts)})
    looks = [formats[_look(column)] for column in columns]
    # In constant memory a row must be complete before the next begins.
    for row, line in enumerate(zip(*(values for values, _ in cells), strict=True), start=1):
        for at, value in enumerate(line):
            _write(sheet, row, at, value, looks[at])
    return sum(cut for _, cut in cells)


def _write(sheet: Any, row: int, at: int, value: str | float | None, look: Any) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, at, value, look)
    elif value is not None:
        sheet.write_number(row, at, value, look)


def _look(column: Column) -> str:
    return column.unit if column.unit in _NUMBER_FORMATS else column.kind


def _cells(values: pd.Series, column: Column) -> tuple[list[Any], int]:
    """Cells of a column, None where empty, and how many texts were cut off."""
    if column.kind == "text":
        text = values.astype(object).where(values.notna(), "").map(str)
        long = int((text.str.len() > MAX_TEXT).sum())
        return text.str.slice(0, MAX_TEXT).tolist(), long
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    return [None if v != v else v if np.isfinite(v) else str(v) for v in numbers], 0


def _width(column: Column, values: Sequence[Any]) -> int:
    """Width in letters: that of the longest text up to 40, or of a number."""
    if column.kind != "text":
        return 13
    return min(max([len(column.name) + 3, *(len(value) for value in values)]), 40)


def _readme(
    sheet: Any,
    formats: dict[str, Any],
    results: RunTables,
    sheets: Sheets,
) -> None:
    for at, width in enumerate((22, 26, 24, 12, 90)):
        sheet.set_column(at, at, width)
    for row, (look, line) in enumerate(readme_lines(results, sheets)):
        for at, value in enumerate(line):
            cell = value[:MAX_TEXT] if isinstance(value, str) else value
            _write(sheet, row, at, cell, formats[look if isinstance(value, str) else "count"])


def readme_lines(results: RunTables, sheets: Sheets) -> Iterator[Line]:
    """Lines of the sheet README.

    Parameters
    ----------
    results
        A run.
    sheets
        All of them, also those of no or too many rows.
    """
    yield from _opening(results)
    yield from _input(results)
    yield from _contents(sheets, effect_unit(results))


def _opening(results: RunTables) -> Iterator[Line]:
    version = results.study.versions.get("twas-divergence", "")
    yield "title", (f"Results of twas-divergence {version}".rstrip(),)
    if results.parameters.simulated:
        yield "alarm", ("SIMULATED data: nothing here is a finding about any disease.",)
    for sentence in (*_READING, *LIMITATIONS):
        yield "text", (sentence,)
    yield "text", ()


def _input(results: RunTables) -> Iterator[Line]:
    yield "head", ("trait", "effective sample size", "genes tested", "LD blocks", "tissues")
    for member in results.study.members:
        numbers = ("unknown" if member.n_eff is None else member.n_eff, member.n_genes)
        yield "text", (member.name, *numbers, member.n_blocks, ", ".join(member.tissues))
    yield "text", ()
    yield "head", ("collection", "version of its content", "pathways", "roles")
    for sets in results.gene_sets:
        roles = "yes" if sets.signed else "no"
        yield "text", (sets.collection, sets.version, len(sets.pathways), roles)
    yield "text", ()


def _contents(sheets: Sheets, effect: str) -> Iterator[Line]:
    yield "head", ("sheet", "rows", "content")
    for name, (table, _) in sheets.items():
        long = too_long(name, table) if len(table) > MAX_ROWS else len(table)
        quality = "what was read, kept, dropped, merged or renamed"
        content = TABLES[name].contents if name in TABLES else quality
        if name in COMBINED_ONLY:
            content += f"; combined scope, all scopes in {name}.tsv"
        yield "text", (name, "no rows, no sheet" if table.empty else long, content)
    yield "text", ()
    yield "head", ("sheet", "column", "unit", "kind", "meaning")
    for name, (_, columns) in sheets.items():
        for column in columns:
            yield "text", (name, column.name, unit_of(column, effect), column.kind, column.meaning)


def in_workbook(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that its sheet holds: of `COMBINED_ONLY` the combined scope."""
    if name in COMBINED_ONLY and len(table):
        return table[table["scope"] == COMBINED]
    return table


def effect_unit(results: RunTables) -> str:
    """What an effect of the run is."""
    kinds = set(results.directions["effect_scale"].dropna())
    return UNITS.get(kinds.pop(), "effect") if len(kinds) == 1 else "effect, see effect_scale"


def unit_of(column: Column, effect: str) -> str:
    """Unit of a column, "" where it has none."""
    return effect if column.unit == "effect" else column.unit


def too_long(name: str, table: pd.DataFrame) -> str:
    """Why a table has no sheet."""
    return f"{len(table):,} rows, no sheet: see {name}.tsv"
