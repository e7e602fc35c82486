"""Tables for people: the rows and columns a reader needs, rounded, each column explained."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, combined
from pathways.report.words import names
from pathways.report.words.limits import is_region
from pathways.report.words.names import Genes, locus
from pathways.report.words.numbers import Scale, count, number, p_value
from pathways.report.words.whole_run import NOT_TESTED, circuit_balances
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.study.universe import COMBINED

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


def of_collection(
    results: RunTables, chosen: Selection, loci: Genes, which: Iterable[str]
) -> tuple[PrintedTable, ...]:
    """Tables of one collection, combined scope, those that have rows to show.

    Parameters
    ----------
    results
        A run.
    chosen
        The collection.
    loci
        Pathway and locus → members.
    which
        Names of the tables.
    """
    found = []
    for name in which:
        table = results.tables.get(name)
        if table is not None and len(table):
            table = combined(table, chosen.collection)
            where = _OF_COLLECTION.get(name)
            rows = table if where is None else table[where(table, chosen)]
            if len(rows):
                found.append(_printed(name, rows, chosen.scale, chosen.titles, loci))
    return tuple(found)


def of_run(results: RunTables, scale: Scale) -> dict[str, PrintedTable | None]:
    """Tables of the whole run, None where there is no row to show.

    Parameters
    ----------
    results
        A run.
    scale
        In what power of ten effects are printed.
    """
    found: dict[str, PrintedTable | None] = {}
    for name, where in _OF_RUN.items():
        found[name] = None
        table = results.tables.get(name)
        if table is not None and len(table):
            rows = table[where(table)]
            found[name] = _printed(name, rows, scale, {}, {}) if len(rows) else None
    return found


def _of_shown(table: pd.DataFrame, chosen: Selection) -> pd.Series:
    return table["pathway"].isin(set(chosen.pathways))


def _telling(table: pd.DataFrame, chosen: Selection) -> pd.Series:
    """Rows of ``influence`` that a reader should see: named regions, and changed calls."""
    call = {key: str(row["call"]) for key, row in chosen.divergence.items()}
    keys = zip(table["pathway"], table["trait_a"], table["trait_b"], strict=True)
    before = pd.Series([call.get(key, "") for key in keys], index=table.index, dtype=object)
    changed = table["call"].astype(object) != before
    return (is_region(table["dropped"]) | changed) & _of_shown(table, chosen)


def _told(balance: pd.DataFrame) -> pd.Series:
    """Rows of ``balance`` that a reader should see: all tissues combined, and each circuit."""
    return (balance["scope"] == COMBINED) | balance.index.isin(circuit_balances(balance).index)


#: Tables of a collection that are not shown whole → which rows are.
_OF_COLLECTION: dict[str, Callable[[pd.DataFrame, Selection], pd.Series]] = {
    "sensitivity": _of_shown,
    "influence": _telling,
    "overlap": _of_shown,
}
#: Tables of the whole run → which rows are shown.
_OF_RUN: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "hypotheses": lambda table: table["verdict"] != NOT_TESTED,
    "balance": _told,
    "heterogeneity": lambda table: pd.Series(True, index=table.index),
}


def _printed(
    name: str, table: pd.DataFrame, scale: Scale, titles: Mapping[str, str], loci: Genes
) -> PrintedTable:
    """Rows of a table of the registry with the columns of the report, rounded."""
    columns = [c for c in TABLES[name].shown() if c.name in table and not _empty(table[c.name], c)]
    headings = tuple(_heading(name, c, scale) for c in columns)
    kept = _smallest(table)
    cells = [
        _cells(kept[c.name], c, scale, titles)
        if c.name not in _LOCI or not loci
        else [Cell(locus(loci, p, b)) for p, b in zip(kept["pathway"], kept[c.name], strict=True)]
        for c in columns
    ]
    return PrintedTable(
        name=name,
        headings=headings,
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
    values: pd.Series, column: Column, scale: Scale, titles: Mapping[str, str]
) -> list[Cell]:
    if column.kind == "text":
        called = titles if column.name in ("pathway", "other") else {}
        texts = ["" if pd.isna(value) else str(value) for value in values]
        return [Cell(called.get(text) or names.clean(text)) for text in texts]
    write = _writer(column, scale)
    return [
        Cell("–", "") if pd.isna(value) else Cell(write(value), sortable(value)) for value in values
    ]


def sortable(value: float) -> str:
    """The number by which a cell sorts; five digits tell any two apart that a reader can."""
    return f"{float(value):.5g}"


def _writer(column: Column, scale: Scale) -> Callable[[object], str]:
    if column.unit == "effect":
        return scale.text
    return {"p": p_value, "count": count}.get(column.kind, number)
