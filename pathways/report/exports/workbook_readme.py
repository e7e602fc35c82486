"""The sheet that explains a workbook: what was analysed, and what every sheet and column means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from pathways.output.machine import MAX_ROWS
from pathways.output.run_tables import RunTables
from pathways.report.words.findings import LIMITATIONS
from pathways.report.words.numbers import UNITS
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.study.universe import COMBINED

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
