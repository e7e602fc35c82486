"""`RunTables`: what a run found, as plain data, which reports and exports read.

`pathways.Results` adds what one does with it: write a folder, draw a figure, say the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.output.study_summary import Parameters, StudySummary
from twas.quality import QualityReport


@dataclass(frozen=True)
class RunTables:
    """Everything that an analysis found, as plain data.

    Attributes
    ----------
    tables
        Table name → DataFrame with the columns of `pathways.tables.registry.TABLES`.
    study
        Traits, pairs, tissues and sample sizes.
    gene_sets
        What was tested.
    quality
        What was read, dropped, merged or renamed.
    parameters
        What was chosen.
    """

    tables: Mapping[str, pd.DataFrame]
    study: StudySummary
    gene_sets: tuple[GeneSets, ...]
    quality: QualityReport
    parameters: Parameters = field(default_factory=Parameters)
    #: What `select` chose of the tables, which report and figures ask for again and again.
    selections: dict[Any, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(t):,}" for name, t in self.tables.items() if len(t))
        traits = ", ".join(trait.name for trait in self.study.members[:8])
        sets = ", ".join(repr(sets) for sets in self.gene_sets[:8])
        return f"{type(self).__name__}(\n  traits: {traits}\n  gene sets: {sets}\n  rows: {rows}\n)"

    @property
    def directions(self) -> pd.DataFrame:
        """A row per collection × pathway × trait × scope."""
        return self.tables["directions"]

    @property
    def divergence(self) -> pd.DataFrame:
        """A row per collection × pathway × pair of traits × scope."""
        return self.tables["divergence"]

    @property
    def genes(self) -> pd.DataFrame:
        """A row per collection × pathway × member × trait × scope."""
        return self.tables["genes"]

    @property
    def coverage(self) -> pd.DataFrame:
        """A row per collection × pathway × member."""
        return self.tables["coverage"]
