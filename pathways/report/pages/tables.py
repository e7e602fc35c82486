"""Tables for people: the columns a reader needs, rounded, each with a note from the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pathways.report.pages.selection import combined
from pathways.report.words import names
from pathways.report.words.numbers import Scale, as_float, count, effect_scale, number, p_value
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES

if TYPE_CHECKING:
    from pathways.results import Results

#: Rows of a table in the report; the TSV holds all.
MAX_ROWS = 3000


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed, and the number by which it sorts ("" for a missing one)."""

    text: str
    sort: str = ""


@dataclass(frozen=True)
class Heading:
    """One column: its name in the TSV, heading, unit, meaning; numeric? on paper? wordy?"""

    name: str
    text: str
    unit: str
    meaning: str
    numeric: bool
    essential: bool = True
    wordy: bool = False


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is printed.

    Attributes
    ----------
    name
        Name of the table.
    headings
        Columns.
    rows
        Cells, row by row.
    n_rows
        Rows there are, of which `MAX_ROWS` are printed.
    """

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_rows: int


def printed(
    results: Results,
    name: str,
    collection: str | None = None,
    *,
    where: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> PrintedTable:
    """A table of the registry with the columns of the report, rounded.

    Parameters
    ----------
    results
        A run.
    name
        Name of the table.
    collection
        Keep this collection, combined scope; None for tables that have neither.
    where
        Keep the rows for which it is true.
    """
    table = results.tables[name]
    table = table if collection is None else combined(table, collection)
    table = table if where is None else table[where(table)]
    base = results.directions if collection is None else combined(results.directions, collection)
    scale = effect_scale(base)
    columns = [c for c in TABLES[name].shown() if c.name in table and not _empty(table[c.name])]
    kept = _smallest(table)
    cells = [_cells(kept[c.name], c, scale, collection or "") for c in columns]
    return PrintedTable(
        name=name,
        headings=tuple(_heading(name, c, scale) for c in columns),
        rows=tuple(zip(*cells, strict=True)),
        n_rows=len(table),
    )


def _smallest(table: pd.DataFrame) -> pd.DataFrame:
    if len(table) <= MAX_ROWS:
        return table
    key = next((q for q in ("q_call", "q_direction") if q in table), None)
    return (table if key is None else table.sort_values(key, kind="stable")).iloc[:MAX_ROWS]


def _empty(values: pd.Series) -> bool:
    return bool(values.isna().all() or (values.astype(str) == "").all())


def _heading(table: str, column: Column, scale: Scale) -> Heading:
    return Heading(
        name=column.name,
        text=column.heading or column.name.replace("_", " "),
        unit=scale.prefix if column.unit == "effect" else "",
        meaning=column.meaning,
        numeric=column.kind != "text",
        essential=column.name in TABLES[table].on_paper(),
        wordy=column.wordy,
    )


def _cells(values: pd.Series, column: Column, scale: Scale, collection: str) -> list[Cell]:
    if column.kind == "text":
        if column.name in ("pathway", "other"):
            return [Cell(names.title(value, collection)) for value in values]
        return [Cell("" if pd.isna(value) else names.clean(value)) for value in values]
    write = _writer(column, scale)
    return [
        Cell("–", "") if pd.isna(value) else Cell(write(value), sortable(value)) for value in values
    ]


def sortable(value: object) -> str:
    """The number by which a cell sorts; five digits tell any two apart that a reader can."""
    return f"{as_float(value):.5g}"


def _writer(column: Column, scale: Scale) -> Callable[[object], str]:
    if column.unit == "effect":
        return scale.text
    return {"p": p_value, "count": count}.get(column.kind, number)
