"""Rows of ``resolution.tsv``: how the identifiers of the input files became genes."""

from __future__ import annotations

import pandas as pd

from pathways.tables.columns import TRAIT, Column, Run, Table
from twas.traits.trait import resolution_table


def rows(run: Run) -> pd.DataFrame:
    """A row per trait × distinct identifier."""
    return resolution_table({trait.name: trait.identifiers for trait in run.study.members})


TABLE = Table(
    name="resolution",
    contents="how the identifiers of the input files became genes",
    over="run",
    rows=rows,
    columns=(
        TRAIT,
        Column("given", "text", "", "identifier as it stands in the file"),
        Column(
            "resolved",
            "text",
            "",
            "gene that it became: Ensembl id, or the name where there is none",
        ),
        Column("symbol", "text", "", "its symbol"),
        Column(
            "how", "text", "", "rule that resolved it; unknown and ambiguous ones were not guessed"
        ),
    ),
)
