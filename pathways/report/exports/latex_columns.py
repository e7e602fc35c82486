"""Columns of the LaTeX tables: what a paper prints of ``directions`` and ``divergence``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pathways.report.exports.latex_text import shorten
from pathways.report.pages.selection import Row, Selection
from pathways.report.words import names
from pathways.report.words.numbers import as_float, count, p_value

#: What stands in an empty cell.
EMPTY = "–"
#: Width of the column of names, and the letters that stand in a line of it at footnotesize.
NAME_COLUMN, NAME_LINE = "3.2cm", 20
#: Characters of the name of a trait.
_TRAIT = 12


@dataclass(frozen=True)
class Shown:
    """One column: names in the registry that it is made of, heading, alignment, and its cells."""

    sources: tuple[str, ...]
    heading: str
    align: str
    cell: Callable[[Row], str]


def direction_columns(chosen: Selection) -> list[Shown]:
    """Columns of ``directions``, the pathway left out."""
    return [
        Shown(("trait",), "Trait", "l", lambda row: shorten(row["trait"], _TRAIT)),
        Shown(
            ("n_tested", "n_set"),
            "Genes",
            "r",
            lambda row: f"{count(row['n_tested'])}/{count(row['n_set'])}",
        ),
        _count("n_blocks", "Loci"),
        _estimate(chosen, "activity", "Activity"),
        _p("p_direction", "p"),
        _p("q_direction", "q"),
        _p("p_magnitude", "p (any direction)"),
        _effect(chosen, "detectable_effect", "Detectable"),
    ]


def divergence_columns(chosen: Selection) -> list[Shown]:
    """Columns of ``divergence``, the pathway left out."""
    one = len(chosen.pairs) == 1
    a, b = chosen.pairs[0] if one else ("trait A", "trait B")
    traits = Shown(
        ("trait_a", "trait_b"),
        "Traits A / B",
        "l",
        lambda row: f"{shorten(row['trait_a'], _TRAIT)} / {shorten(row['trait_b'], _TRAIT)}",
    )
    return [
        *([] if one else [traits]),
        _count("n_tested", "Genes"),
        _count("n_blocks", "Loci"),
        _effect(chosen, "activity_a", f"Activity {shorten(a, _TRAIT)}"),
        _effect(chosen, "activity_b", f"Activity {shorten(b, _TRAIT)}"),
        _estimate(chosen, "difference", "Difference"),
        _p("p_difference", "p (difference)"),
        _p("q_call", "q (call)"),
        Shown(("call",), "Call", "l", lambda row: str(row["call"])),
    ]


def pathway_column(chosen: Selection) -> Shown:
    """The name of the pathway, in lines."""
    align = rf">{{\raggedright\arraybackslash}}p{{{NAME_COLUMN}}}"
    return Shown(("pathway",), "Pathway", align, lambda row: title(row["pathway"], chosen))


def _count(column: str, heading: str) -> Shown:
    return Shown((column,), heading, "r", lambda row: count(row[column]) or EMPTY)


def _p(column: str, heading: str) -> Shown:
    return Shown((column,), heading, "r", lambda row: p_value(row.get(column)) or EMPTY)


def _effect(chosen: Selection, column: str, heading: str) -> Shown:
    return Shown((column,), heading, "r", lambda row: chosen.scale.text(row.get(column)) or EMPTY)


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
    return shorten(names.title(pathway, chosen.collection))
