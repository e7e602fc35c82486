"""Tables for people: the columns a reader needs, rounded, each with a note from the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from pathways.output.columns import TABLES, Column
from pathways.report.pages.selection import combined
from pathways.report.words import names
from pathways.report.words.numbers import Scale, as_float, count, effect_scale, number, p_value
from pathways.results import Results

#: Rows of a table in the report; the TSV holds all.
MAX_ROWS = 3000

#: Columns of each table that are shown where they are present and not empty.
SHOWN = {
    "directions": (
        "pathway", "trait", "n_tested", "n_set", "n_blocks", "activity", "ci_low", "ci_high",
        "p_direction", "q_direction", "fwer_direction", "p_robust", "p_magnitude", "q_magnitude",
        "nes", "p_gsea", "q_gsea", "detectable_effect", "reason",
    ),
    "divergence": (
        "pathway", "trait_a", "trait_b", "call", "n_tested", "n_blocks", "activity_a",
        "activity_b", "p_both", "q_call", "p_opposite", "p_concordant", "p_robust_opposite",
        "difference", "ci_low", "ci_high", "p_difference", "q_difference", "p_difference_scaled",
        "excess_trait", "excess", "p_excess", "q_excess", "p_anticorrelated", "q_anticorrelated",
        "p_less_concordant", "detectable_difference", "tissue_agreement", "reason",
    ),
    "hypotheses": (
        "statement", "verdict", "estimate", "ci_low", "ci_high", "holm_for", "holm_against",
        "detectable_effect", "independent", "source", "reason",
    ),
    "balance": (
        "axis", "trait_a", "trait_b", "scope", "n_tested", "n_blocks", "activity", "ci_low",
        "ci_high", "p_direction", "fwer", "note",
    ),
    "heterogeneity": (
        "pathway", "traits", "n_tested", "n_blocks", "p_heterogeneity", "q_heterogeneity",
    ),
    "sensitivity": (
        "pathway", "trait_a", "trait_b", "variant", "n_tested", "n_blocks", "activity_a",
        "activity_b", "q_call", "p_difference", "call", "changed", "reason",
    ),
    "influence": (
        "pathway", "trait_a", "trait_b", "dropped", "n_genes_dropped", "activity_a", "activity_b",
        "p_both", "p_opposite", "p_difference", "call",
    ),
    "overlap": (
        "pathway", "trait_a", "trait_b", "other", "n_shared", "n_same_role", "n_tested",
        "activity_a", "activity_b", "p_both", "p_difference", "call",
    ),
}  # fmt: skip

#: Headings where the name of the column does not do.
HEADINGS = {
    "n_tested": "genes tested",
    "n_set": "genes in set",
    "n_blocks": "loci",
    "n_shared": "shared genes",
    "n_same_role": "of which same role",
    "n_genes_dropped": "genes left out",
    "dropped": "left out",
    "other": "without the genes of",
    "ci_low": "95 % interval from",
    "ci_high": "to",
    "trait_a": "trait A",
    "trait_b": "trait B",
    "activity_a": "activity A",
    "activity_b": "activity B",
    "holm_for": "p for (Holm)",
    "holm_against": "p against (Holm)",
    "nes": "GSEA NES",
    "p_gsea": "GSEA p",
    "q_gsea": "GSEA q",
    "fwer": "family-wise p",
    "reason": "remark",
}
#: Columns that are printed; on a screen there is room for all. Tables not named print whole.
ON_PAPER = {
    "directions": (
        "pathway", "trait", "n_tested", "n_blocks", "activity", "ci_low", "ci_high",
        "p_direction", "q_direction", "detectable_effect",
    ),
    "divergence": (
        "pathway", "trait_a", "trait_b", "call", "activity_a", "activity_b", "q_call", "p_both",
        "p_difference", "p_excess", "p_anticorrelated",
    ),
    "hypotheses": ("statement", "verdict", "estimate", "holm_for", "holm_against"),
    "balance": (
        "axis", "trait_a", "trait_b", "scope", "activity", "ci_low", "ci_high", "p_direction",
    ),
}  # fmt: skip
#: Columns of running text, which need room.
WORDY = ("reason", "statement", "note", "evidence")


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed, and the number by which it sorts ("" for a missing one)."""

    text: str
    sort: str = ""


@dataclass(frozen=True)
class Heading:
    """One column: its name in the TSV, heading, unit, meaning; numeric? essential on paper?"""

    name: str
    text: str
    unit: str
    meaning: str
    numeric: bool
    essential: bool = True

    @property
    def wordy(self) -> bool:
        """Whether the column holds running text."""
        return self.name in WORDY


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
    """One of the tables in `SHOWN`, rounded.

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
    columns = [c for c in _ordered(name) if c.name in table and not _empty(table[c.name])]
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


def _ordered(name: str) -> list[Column]:
    known = {column.name: column for column in TABLES[name]}
    return [known[shown] for shown in SHOWN[name] if shown in known]


def _empty(values: pd.Series) -> bool:
    return bool(values.isna().all() or (values.astype(str) == "").all())


def _heading(table: str, column: Column, scale: Scale) -> Heading:
    return Heading(
        name=column.name,
        text=HEADINGS.get(column.name, column.name.replace("_", " ")),
        unit=scale.prefix if column.unit == "effect" else "",
        meaning=column.meaning,
        numeric=column.kind != "text",
        essential=column.name in ON_PAPER.get(table, (column.name,)),
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
