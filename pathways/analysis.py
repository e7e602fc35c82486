"""From a study and gene sets to results: universes → contributions → tests → calls → tables.

`CollectionResult.of` goes as far as the calls, for one collection; each file of `pathways.tables`
then makes one table of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult, Options, Regions
from pathways.gene_sets import GeneSets
from pathways.hypotheses import Hypothesis, load_hypotheses
from pathways.nulls.maxt import FLIPS
from pathways.output.progress import Progress, silent
from pathways.output.study_summary import Parameters, summarise
from pathways.results import Results
from pathways.statistics.contributions import Members
from pathways.statistics.genome_facts import genome_facts
from pathways.tables.columns import Table
from pathways.tables.registry import TABLES, stack
from pathways.tables.run import Run
from twas.errors import UsageError
from twas.study.study import Study

_MAKES = "load_gene_sets('core') makes one of a name, a file, a table or a mapping"


def analyse(
    study: Study,
    gene_sets: GeneSets | Sequence[GeneSets],
    *,
    run_gsea: bool | None = None,
    seed: int = 0,
    flips: int = FLIPS,
    controls: GeneSets | None = None,
    regions: Regions | None = None,
    hypotheses: Sequence[Hypothesis] | None = None,
    progress: Progress = silent,
) -> Results:
    """Test every gene set in every trait, pair of traits and scope.

    Parameters
    ----------
    study
        One or more traits.
    gene_sets
        One or more collections with different names; each is an FDR family of its own.
    run_gsea
        Whether to run GSEA; None runs it up to 200 sets.
    seed
        Seed of everything random: joint flips and GSEA permutations.
    flips
        Joint flips of the family-wise error.
    controls
        Negative controls: tested in the combined scope but not explored (no influence,
        sensitivity, gene-level table or GSEA); left out where the study has none of their genes.
    regions
        Further regions to leave out: name → chromosome, start, end (GRCh38).
    hypotheses
        Predictions to judge; by default those that are shipped.
    progress
        Called with a phrase at the start of each step.

    Returns
    -------
    Results
        Tables with the columns of `pathways.tables.registry`, and a summary of the study.

    Raises
    ------
    DataError
        If no member of any set has a z-score.
    UsageError
        If two collections share a name.
    """
    collections = checked(study, gene_sets, seed)
    options = Options(run_gsea, seed, flips, dict(regions or {}), progress)
    found = [_tables(CollectionResult.of(study, sets, options)) for sets in collections]
    if controls is not None and Members.of(study, controls).gene.size:
        collections.append(controls)
        found.append(_tables(CollectionResult.of(study, controls, options, explored=False)))
    predictions = load_hypotheses() if hypotheses is None else hypotheses
    return Results(
        tables=_with_run_tables(_joined(found), study, predictions, options),
        study=summarise(study),
        gene_sets=tuple(collections),
        quality=sum((sets.quality for sets in collections), study.quality + genome_facts(study)),
        parameters=Parameters(seed=seed, flips=flips),
    )


def checked(study: Study, gene_sets: GeneSets | Sequence[GeneSets], seed: int) -> list[GeneSets]:
    """The collections of a call, after a look at what was passed.

    Raises
    ------
    UsageError
        If an argument is of another kind; the message says what makes the right one.
    """
    if not isinstance(study, Study):
        raise UsageError(
            f"study must be a Study, not {type(study).__name__}: Study.from_traits([...]) makes one"
            " of traits, read_trait(...) a trait"
        )
    collections = [gene_sets] if isinstance(gene_sets, GeneSets | str | Path) else gene_sets
    if not isinstance(collections, Sequence):
        raise UsageError(f"gene_sets must be GeneSets, not {type(gene_sets).__name__}: {_MAKES}")
    wrong = next((s for s in collections if not isinstance(s, GeneSets)), None)
    if wrong is not None:
        given = repr(wrong)[:40] if isinstance(wrong, str | Path) else type(wrong).__name__
        raise UsageError(f"gene_sets must be GeneSets, not {given}: {_MAKES}")
    if not collections:
        raise UsageError(f"gene_sets is empty: {_MAKES}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise UsageError(f"seed must be a whole number, 0 or more, not {seed!r}")
    names = [sets.collection for sets in collections]
    if len(set(names)) < len(names):
        raise UsageError(f"gene-set collections must have different names, not {', '.join(names)}")
    return list(collections)


def _tables(collection: CollectionResult) -> dict[str, pd.DataFrame]:
    """All tables of one collection, each with the column ``collection``."""
    done = {}
    for table in _of("collection"):
        collection.options.progress(f"{collection.sets.collection}: {table.name.replace('_', ' ')}")
        done[table.name] = _in_order(table.rows(collection), collection.sets)
    return done


def _in_order(table: pd.DataFrame, sets: GeneSets) -> pd.DataFrame:
    """Rows in the order of the pathways, within a pathway as they were made."""
    if table.empty:
        return table
    order = {pathway: k for k, pathway in enumerate(sets.pathways)}
    rows = np.argsort(table["pathway"].map(order).to_numpy(), kind="stable")
    return table.iloc[rows].assign(collection=sets.collection)


def _joined(found: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of all collections, one below the other."""
    names = [table.name for table in _of("collection")]
    return {name: stack(name, [tables[name] for tables in found]) for name in names}


def _with_run_tables(
    tables: dict[str, pd.DataFrame],
    study: Study,
    hypotheses: Sequence[Hypothesis],
    options: Options,
) -> dict[str, pd.DataFrame]:
    """All tables in the order of the registry: those of the whole run too."""
    done = dict(tables)
    for table in _of("run"):
        options.progress(table.name)
        made = table.rows(Run(study, hypotheses, options, done))
        done[table.name] = stack(table.name, [made])
    return {name: done[name] for name in TABLES}


def _of(over: str) -> list[Table]:
    return [table for table in TABLES.values() if table.over == over]
