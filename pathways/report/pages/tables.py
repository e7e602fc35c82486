"""Tables for people: the columns a reader needs, rounded, each with a note from the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import combined, select
from pathways.report.words import names
from pathways.report.words.names import locus, members_of
from pathways.report.words.numbers import Scale, as_float, count, effect_scale, number, p_value
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES

#: Rows of a table in the report; the TSV holds all.
MAX_ROWS = 6000
#: Longer tables are searched and sorted by DataTables, and hold `STATIC` rows without scripts.
LARGE = 100
STATIC = 30
#: Columns of a large table that are shown at first.
COLUMNS = 10
#: Columns that name a locus.
_LOCI = ("dropped", "top_block")


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

    @property
    def large(self) -> bool:
        """Whether it is more than a page can hold as it is."""
        return len(self.rows) > LARGE

    @property
    def static(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that are there without scripts."""
        return self.rows[:STATIC] if self.large else self.rows

    @property
    def at_first(self) -> tuple[bool, ...]:
        """Which columns are shown before a reader asks for others."""
        if not self.large:
            return (True,) * len(self.headings)
        # Of one pair of traits its names say nothing.
        same = {
            k for k, h in enumerate(self.headings)
            if h.name in ("trait_a", "trait_b") and len({row[k].text for row in self.rows}) == 1
        }  # fmt: skip
        fit = [k for k, h in enumerate(self.headings) if h.essential and k not in same]
        chosen = fit[:COLUMNS]
        return tuple(k in chosen for k in range(len(self.headings)))

    def data(self) -> str:
        """Headings and cells as JSON that is inert in HTML, for the script of the page."""
        columns = [
            {"text": h.text, "unit": h.unit, "meaning": h.meaning, "numeric": h.numeric,
             "chip": h.name in ("call", "verdict"), "shown": shown}
            for h, shown in zip(self.headings, self.at_first, strict=True)
        ]  # fmt: skip
        content = {"columns": columns, "rows": [[c.text for c in row] for row in self.rows]}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def printed(
    results: RunTables,
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
    columns = [c for c in TABLES[name].shown() if c.name in table and not _empty(table[c.name], c)]
    kept = _smallest(table)
    named = {c.name for c in columns} & set(_LOCI)
    title = select(results, collection).title if collection else names.clean
    genes = members_of(combined(results.genes, collection)) if named and collection else {}
    cells = [
        [Cell(locus(genes, p, b)) for p, b in zip(kept["pathway"], kept[c.name], strict=True)]
        if c.name in named and genes
        else _cells(kept[c.name], c, scale, title)
        for c in columns
    ]
    return PrintedTable(
        name=name,
        headings=tuple(_heading(name, c, scale) for c in columns),
        rows=tuple(zip(*cells, strict=True)),
        n_rows=len(table),
    )


def _smallest(table: pd.DataFrame) -> pd.DataFrame:
    """Rows as they are; of a large table those of smallest q, in that order."""
    if len(table) <= LARGE:
        return table
    keys = [name for name in ("q_call", "p_both", "q_direction", "p_direction") if name in table]
    return (table.sort_values(keys, kind="stable") if keys else table).iloc[:MAX_ROWS]


def _empty(values: pd.Series, column: Column) -> bool:
    return bool(values.isna().all() or (column.kind == "text" and (values == "").all()))


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


def _cells(
    values: pd.Series, column: Column, scale: Scale, title: Callable[[object], str]
) -> list[Cell]:
    if column.kind == "text":
        if column.name in ("pathway", "other"):
            return [Cell(title(value)) for value in values]
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
