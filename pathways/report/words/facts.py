"""The numbers of a run that its report states, and sentences of the methods that hold for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.output.run_tables import RunTables, StudySummary
from pathways.report.words.names import texts
from twas.checks import is_on_method
from twas.quality import QualityFact, QualityReport

if TYPE_CHECKING:
    from pathways.output.run_tables import Parameters

#: What a row of a table is about: the columns that name it.
_SUBJECTS = (("trait_a", "trait_b"), ("trait",), ("collection",))


@dataclass(frozen=True)
class CollectionFacts:
    """One collection.

    Attributes
    ----------
    name, version
        As in `GeneSets`.
    n_pathways, n_genes, signed
        Sets, different genes, and whether it has roles.
    n_members, n_go, n_reasoned
        Members, and those whose role rests on an annotation of the Gene Ontology, or on a stated
        mechanism.
    library
        What is known of the Enrichr library that it is; "" for others.
    """

    name: str
    version: str
    n_pathways: int
    n_genes: int
    signed: bool
    n_members: int = 0
    n_go: int = 0
    n_reasoned: int = 0
    library: str = ""


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
        The tables: what has no value there was not done, and is not described.
    remarks
        Notes and warnings on the input that bear on the method.
    imputed
        Traits whose sample size is that of an imputation of ours.
    """

    study: StudySummary
    collections: tuple[CollectionFacts, ...]
    parameters: Parameters
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    remarks: tuple[QualityFact, ...] = ()
    imputed: tuple[str, ...] = ()

    def rows(self, table: str, column: str) -> pd.DataFrame:
        """Rows of a table that hold a value in a column: no empty text, no NaN, no infinity."""
        found = self.tables.get(table)
        if found is None or found.empty or column not in found:
            return pd.DataFrame()
        return found[_there(found[column])]

    def has(self, table: str, column: str) -> bool:
        """Whether a column of a table holds a value somewhere."""
        found = self.tables.get(table)
        return found is not None and column in found and bool(_there(found[column]).any())

    def subjects(self, table: str, column: str) -> tuple[str, ...]:
        """Traits, pairs of traits (``ALS and FTD``) or collections with a value, in order."""
        rows = self.rows(table, column)
        if rows.empty:
            return ()
        names = next(names for names in _SUBJECTS if set(names) <= set(rows))
        distinct = rows[list(names)].apply(texts).drop_duplicates()
        return tuple(
            " and ".join(str(name) for name in row if name)
            for row in distinct.itertuples(index=False)
        )

    def values(self, table: str, column: str) -> tuple[str, ...]:
        """Different values of a text column, in order."""
        rows = self.rows(table, column)
        return tuple(str(value) for value in rows[column].unique()) if len(rows) else ()

    @property
    def formats(self) -> dict[str, tuple[str, ...]]:
        """Format of input files → the traits that have one."""
        found: dict[str, dict[str, None]] = {}
        for trait in self.study.members:
            for file in trait.files:
                found.setdefault(file.format, {})[trait.name] = None
        return {name: tuple(traits) for name, traits in found.items()}


def _there(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return pd.Series(np.isfinite(numbers), index=values.index)
    return values.notna() & (values.astype(str) != "")


def run_facts(results: RunTables) -> RunFacts:
    """Collect the facts of a run."""
    quality = results.quality
    recorded = {fact.source for fact in quality.facts if fact.topic == "n_eff_recorded"}
    return RunFacts(
        study=results.study,
        collections=tuple(_collection(sets, quality) for sets in results.gene_sets),
        parameters=results.parameters,
        tables=results.tables,
        remarks=tuple(fact for fact in quality.told if is_on_method(fact.topic)),
        imputed=tuple(trait for trait in results.study.traits if trait in recorded),
    )


def _collection(sets: GeneSets, quality: QualityReport) -> CollectionFacts:
    evidence = texts(sets.table["evidence"]).astype(str)
    return CollectionFacts(
        name=sets.collection,
        version=sets.version,
        n_pathways=len(sets.pathways),
        n_genes=int(sets.table["gene"].nunique()),
        signed=sets.signed,
        n_members=len(sets.table),
        n_go=int(evidence.str.startswith("GO:").sum()),
        n_reasoned=int((evidence == "mechanism").sum()),
        library=next(chain(_libraries(sets, quality), [""])),
    )


def _libraries(sets: GeneSets, quality: QualityReport) -> Iterator[str]:
    for fact in quality.facts:
        if fact.topic == "enrichr_library" and fact.source == sets.collection:
            yield fact.message


def _always(_facts: RunFacts) -> bool:
    return True


@dataclass(frozen=True)
class Clause:
    """One sentence, or a few that hold together.

    Attributes
    ----------
    name
        For tests.
    section
        Heading of its paragraph.
    text
        The sentence, with the numbers of the run; citations stand as ``[@key]``.
    rows
        ``(table, column)``: each must hold a value somewhere.
    when
        A further condition on the facts.
    """

    name: str
    section: str
    text: Callable[[RunFacts], str]
    rows: tuple[tuple[str, str], ...] = ()
    when: Callable[[RunFacts], bool] = _always

    def holds(self, facts: RunFacts) -> bool:
        """Whether a run has what the sentence tells of."""
        return all(facts.has(*row) for row in self.rows) and self.when(facts)


def said(text: str) -> Callable[[RunFacts], str]:
    """A sentence without numbers of the run."""
    return lambda _facts: text
