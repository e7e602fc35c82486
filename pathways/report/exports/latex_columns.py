"""Columns of the LaTeX tables: what a paper prints of ``directions`` and ``divergence``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pathways.report.exports.latex_text import shorten
from pathways.report.pages.selection import Row, Selection
from pathways.report.words.numbers import as_float, count, p_value
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES

#: What stands in an empty cell.
EMPTY = "–"
#: Width of the column of names, and the letters that stand in a line of it at footnotesize.
NAME_COLUMN, NAME_LINE = "3.2cm", 20
#: Characters of the name of a trait.
_TRAIT = 12
#: Effects whose interval is in ``ci_low`` and ``ci_high``.
_WITH_INTERVAL = ("activity", "difference")
_ACTIVITIES = ("activity_a", "activity_b")
#: Column that stands in the cell of another, and what stands between them.
_BESIDE = {
    ("directions", "n_tested"): ("n_set", "/"),
    ("divergence", "trait_a"): ("trait_b", " / "),
}


@dataclass(frozen=True)
class Shown:
    """One column: names in the registry that it is made of, heading, alignment, and its cells."""

    sources: tuple[str, ...]
    heading: str
    align: str
    cell: Callable[[Row], str]


def columns_of(chosen: Selection, table: str) -> list[Shown]:
    """Columns of a table, as the registry has them for LaTeX, the pathway left out."""
    found = [(c.latex, c) for c in TABLES[table].columns if c.latex is not None]
    found.sort(key=lambda pair: pair[0])
    one = len(chosen.pairs) == 1
    return [
        _shown(chosen, table, column, heading)
        for (_, heading), column in found
        if column.name != "trait_a" or not one
    ]


def pathway_column(chosen: Selection) -> Shown:
    """The name of the pathway, in lines."""
    align = rf">{{\raggedright\arraybackslash}}p{{{NAME_COLUMN}}}"
    return Shown(("pathway",), "Pathway", align, lambda row: title(row["pathway"], chosen))


def _shown(chosen: Selection, table: str, column: Column, heading: str) -> Shown:
    name = column.name
    if name in _WITH_INTERVAL:
        return _estimate(chosen, name, heading)
    if name in _ACTIVITIES:
        one = len(chosen.pairs) == 1
        pair = chosen.pairs[0] if one else ("trait A", "trait B")
        heading = f"{heading} {shorten(pair[_ACTIVITIES.index(name)], _TRAIT)}"
    write = _writer(chosen, column)
    beside, between = _BESIDE.get((table, name), ("", ""))
    names = (name, beside) if beside else (name,)
    align = "l" if column.kind == "text" else "r"
    return Shown(names, heading, align, lambda row: between.join(write(row.get(n)) for n in names))


def _writer(chosen: Selection, column: Column) -> Callable[[object], str]:
    if column.kind == "text":
        return lambda value: shorten(value, _TRAIT)
    kinds = {"count": count, "p": p_value}
    write = chosen.scale.text if column.unit == "effect" else kinds[column.kind]
    return lambda value: write(value) or EMPTY


def _estimate(chosen: Selection, column: str, heading: str) -> Shown:
    """An effect with its interval."""

    def cell(row: Row) -> str:
        if np.isnan(as_float(row[column])):
            return EMPTY
        interval = chosen.scale.interval(row["ci_low"], row["ci_high"])
        return chosen.scale.text(row[column]) + (f" ({interval})" if interval else "")

    return Shown((column, "ci_low", "ci_high"), f"{heading} (95 % CI)", "r", cell)


def title(pathway: object, chosen: Selection) -> str:
    """Title of a pathway, short enough for a line."""
    return shorten(chosen.title(pathway))
