"""From a study and gene sets to results: universes → contributions → tests → calls → tables.

`CollectionResult.of` goes as far as the calls, for one collection; each file of `pathways.tables`
then makes one table of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult, Options, Regions
from pathways.calls.vocabulary import ALPHA, CALLED
from pathways.gene_sets import GeneSets
from pathways.hypotheses import Hypothesis, load_hypotheses
from pathways.nulls.maxt import FLIPS
from pathways.output.machine import MAX_ROWS
from pathways.output.run_tables import Parameters, summarise
from pathways.results import Results
from pathways.statistics.contributions import Members
from pathways.statistics.genome import Genome
from pathways.tables.columns import Run, Table
from pathways.tables.registry import TABLES, stack
from twas.errors import UsageError
from twas.quality import QualityFact
from twas.study.study import Study
from twas.study.universe import COMBINED
from twas.system.program import Progress, silent

#: What can be asked for.
KINDS = ("core", "full")
#: Tables of members and variants, which are most of a folder of thousands of sets.
DETAILED = ("genes", "gene_divergence", "sensitivity")
#: Collections of at most so many sets have all of them.
DETAILED_MAX_SETS = 200

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
    tables: str = "core",
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
    tables
        ``full``, or ``core``: of a collection of more than `DETAILED_MAX_SETS` sets the tables
        `DETAILED` hold those with a call in the combined scope only, which is said.
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
    if tables not in KINDS:
        raise UsageError(f"`tables` {tables!r}: give {' or '.join(KINDS)}")
    options = Options(run_gsea, seed, flips, dict(regions or {}), progress)
    whole = tables == "full"
    found = [_tables(study, sets, options, whole=whole) for sets in collections]
    facts = [fact for s, made in zip(collections, found, strict=True) for fact in _told(s, made)]
    if controls is not None and Members.of(study, controls).gene.size:
        collections.append(controls)
        found.append(_tables(study, controls, options, whole=True, explored=False))
    predictions = load_hypotheses() if hypotheses is None else hypotheses
    made = _with_run_tables(_joined(found), study, predictions, options)
    facts = [*([] if whole else facts), *_omitted(made)]
    genome = Genome.of(study)
    return Results(
        tables=made,
        study=summarise(study, genome.symmetries),
        gene_sets=tuple(collections),
        quality=sum((sets.quality for sets in collections), study.quality + genome.facts) + facts,
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


def _tables(
    study: Study, sets: GeneSets, options: Options, *, whole: bool, explored: bool = True
) -> dict[str, pd.DataFrame]:
    """All tables of one collection, each with the column ``collection``.

    Pairs are made one after the other and only their rows are kept: what a pair needs does not
    grow with their number.
    """
    whole = whole or len(sets.pathways) <= DETAILED_MAX_SETS
    collection = CollectionResult.of(study, sets, options, explored=explored, pairs=())
    made: dict[str, list[pd.DataFrame]] = {table.name: [] for table in _of("pair")}
    for pair in combinations(study.traits, 2):
        for name, rows in _rows_of_pair(collection, pair, whole=whole).items():
            made[name].append(rows)
    done = {name: _stacked(frames) for name, frames in made.items()}
    done = _rows("collection", collection, done, whole=whole)
    return {name: _in_order(rows, sets) for name, rows in done.items()}


def _rows_of_pair(
    collection: CollectionResult, pair: tuple[str, str], *, whole: bool
) -> dict[str, pd.DataFrame]:
    """The tables of one pair, whose tests are gone when this ends."""
    found = collection.of_pair(pair)
    rows = _rows("pair", found, {}, whole=whole)
    found.let_go()
    return rows


def _rows(
    over: str, collection: CollectionResult, done: dict[str, pd.DataFrame], *, whole: bool
) -> dict[str, pd.DataFrame]:
    """The tables `done` and those there is one of for each `over`; some of called sets only."""
    done = dict(done)
    for table in _of(over):
        collection.options.progress(f"{collection.sets.collection}: {table.name.replace('_', ' ')}")
        rows = table.rows(collection)
        if table.name in DETAILED and not whole and len(rows):
            rows = rows[rows["pathway"].isin(_called(done))]
        done[table.name] = rows
    return done


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame()


def _called(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Sets with a call of a pair in the combined scope, of one trait with a direction."""
    name, column = ("divergence", "call") if len(tables["divergence"]) else ("directions", "")
    if not len(tables.get(name, ())):
        return set()
    table = tables[name][tables[name]["scope"] == COMBINED]
    told = table[column].isin(CALLED) if column else table["q_direction"] <= ALPHA
    return set(table.loc[told, "pathway"])


def _told(sets: GeneSets, tables: Mapping[str, pd.DataFrame]) -> list[QualityFact]:
    """That sets are left out of the detailed tables of a large collection."""
    left = len(sets.pathways) - len(_called(tables))
    if len(sets.pathways) <= DETAILED_MAX_SETS or not left:
        return []
    files = ", ".join(f"{name}.tsv" for name in DETAILED)
    words = f"sets without a call are left out of {files}; `tables` full writes them"
    return [QualityFact("fact", sets.collection, "detailed_tables", left, words)]


def _omitted(tables: Mapping[str, pd.DataFrame]) -> list[QualityFact]:
    """Which tables are too long for ``results.json``."""
    words = "rows are in {}.tsv, and not in results.json and the workbook"
    return [
        QualityFact("fact", f"{name}.tsv", "table_left_out", len(table), words.format(name))
        for name, table in tables.items()
        if len(table) > MAX_ROWS
    ]


def _in_order(table: pd.DataFrame, sets: GeneSets) -> pd.DataFrame:
    """Rows in the order of the pathways, within a pathway as they were made."""
    if table.empty:
        return table
    order = {pathway: k for k, pathway in enumerate(sets.pathways)}
    rows = np.argsort(table["pathway"].map(order).to_numpy(), kind="stable")
    return table.iloc[rows].assign(collection=sets.collection)


def _joined(found: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of all collections, one below the other."""
    names = [table.name for table in TABLES.values() if table.over != "run"]
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
