"""The numbers of a run that its report states beside the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathways.output.study_summary import StudySummary
from twas.checks import is_on_method
from twas.quality import QualityFact

if TYPE_CHECKING:
    from pathways.output.study_summary import Parameters
    from pathways.results import Results


@dataclass(frozen=True)
class CollectionFacts:
    """One collection: content hash, number of sets and genes, whether it has roles."""

    name: str
    version: str
    n_pathways: int
    n_genes: int
    signed: bool


@dataclass(frozen=True)
class RunFacts:
    """What a report says of a run.

    Attributes
    ----------
    study
        Traits, pairs, sample sizes, versions.
    collections
        One entry per collection.
    parameters
        What was chosen.
    tables
        Names of the tables that have rows.
    columns
        Names of columns that hold a value somewhere: what was not computed is not described.
    quality
        What is told of the input and bears on the method.
    """

    study: StudySummary
    collections: tuple[CollectionFacts, ...]
    parameters: Parameters
    tables: frozenset[str]
    columns: frozenset[str]
    quality: tuple[QualityFact, ...] = ()


def run_facts(results: Results) -> RunFacts:
    """Collect the facts of a run."""
    return RunFacts(
        study=results.study,
        collections=tuple(
            CollectionFacts(
                s.collection, s.version, len(s.pathways), int(s.table["gene"].nunique()), s.signed
            )
            for s in results.gene_sets
        ),
        parameters=results.parameters,
        tables=frozenset(name for name, table in results.tables.items() if len(table)),
        columns=frozenset(
            str(c) for table in results.tables.values() for c in table if table[c].notna().any()
        ),
        quality=tuple(fact for fact in results.quality.told if is_on_method(fact.topic)),
    )
