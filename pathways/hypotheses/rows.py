"""Where the tables of a run hold what a prediction is about, or why they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pathways.hypotheses.registry import Hypothesis

Row = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """Rows of the combined scope."""

    directions: pd.DataFrame
    divergence: pd.DataFrame
    balance: pd.DataFrame | None


class NotTestedError(Exception):
    """Carries the reason why a prediction was not tested."""


def number(row: Row, column: str) -> float:
    """A cell as a number; NaN where the table has no such column."""
    return float(row.get(column, np.nan))


def trait_of(name: str, tables: Tables) -> str:
    """The trait of the run that a prediction names."""
    there = list(dict.fromkeys(tables.directions["trait"]))
    same = [trait for trait in there if trait.casefold() == name.casefold()]
    if not same:
        raise NotTestedError(f"trait {name} is not in this run ({', '.join(there)})")
    return name if name in same else same[0]


def pair_row(entry: Hypothesis, trait: str, other: str, tables: Tables) -> tuple[Row, int]:
    """The row of a pair, and -1 where the run has the traits in the other order."""
    table = tables.divergence
    turned = ((table["trait_a"] == other) & (table["trait_b"] == trait)).any()
    a, b = (other, trait) if turned else (trait, other)
    row = set_row(entry, table, {"trait_a": a, "trait_b": b})
    refuse_untestable(row, row["call"] == "untestable")
    return row, -1 if turned else 1


def set_row(entry: Hypothesis, table: pd.DataFrame, traits: dict[str, str]) -> Row:
    """The row of the set of a prediction, in which the columns `traits` have these names."""
    rows = table[table["collection"] == entry.collection]
    if rows.empty:
        raise NotTestedError(
            f"collection {entry.collection!r} is not in this run; add `gene_sets`"
            f" {entry.collection}"
        )
    rows = rows[rows["pathway"] == entry.pathway]
    if rows.empty:
        raise NotTestedError(
            f"set {entry.pathway!r} of {entry.collection!r} is not in this run; was it left out by"
            " `min_genes` or `max_genes`?"
        )
    for column, name in traits.items():
        rows = rows[rows[column] == name]
    if rows.empty:
        names = " and ".join(traits.values())
        raise NotTestedError(f"the run holds no test of {names}: no gene in common")
    return first(rows)


def first(rows: pd.DataFrame) -> Row:
    """The first row."""
    return {str(key): value for key, value in rows.iloc[0].items()}


def refuse_untestable(row: Row, untestable: bool) -> None:
    """Give the reason of a row that could not be tested."""
    if untestable:
        raise NotTestedError(f"untestable: {row['reason']}")
