"""A folder of results → `Results`: tables, quality, parameters and a summary of the study.

The tables come from the TSV files, the contract; what is told beside them comes from
``results.json``. Writing the tables again gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.gene_sets.collection import COLUMNS
from pathways.output.columns import TABLES, Column
from pathways.output.study_summary import PairSummary, StudySummary, TraitSummary
from pathways.results import Parameters, Results
from pathways.statistics.symmetry import Symmetry
from twas.errors import DataError
from twas.quality import QualityFact, QualityReport
from twas.traits.input_files import InputFile

#: The file that tells a folder of results from any other.
RECORD = "results.json"
#: Newest `pathways.output.machine.SCHEMA_VERSION` that can be read.
NEWEST = 1

Record = dict[str, Any]


def read_results(folder: str | Path) -> Results:
    """Read the results that `Results.write` or ``twas-divergence run`` wrote.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    Results
        As it was written, but for two things: ``study`` is a `StudySummary`, for the z-scores of
        all genes are not kept; and collections of more than 50,000 members, which
        ``results.json`` leaves out, are rebuilt from ``coverage.tsv``, so that their ``gene`` is
        the symbol and ``evidence`` and ``note`` are empty. Text columns hold ``str`` ("" where
        empty), counts ``int64`` (``Int64`` where some are missing), numbers ``float64`` (``int64``
        where all are written without a point).

    Raises
    ------
    DataError
        If it is no folder of results, or a file of it is missing, cut off or damaged.
    """
    root = Path(folder)
    record = _record(root)
    try:
        sizes = {name: table["n_rows"] for name, table in record["tables"].items()}
        tables = {name: read_table(root, name, sizes.get(name)) for name in TABLES}
        return Results(
            tables=tables,
            study=_study(record["study"]),
            gene_sets=tuple(_gene_sets(r, tables["coverage"]) for r in record["gene_sets"]),
            quality=QualityReport(tuple(QualityFact(**fact) for fact in record["quality"])),
            parameters=_parameters(record["parameters"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{RECORD} in {root} is damaged ({type(error).__name__}: {error}); run again"
        ) from error


def read_table(folder: Path, name: str, n_rows: int | None = None) -> pd.DataFrame:
    """Read one table with the types of its columns.

    Parameters
    ----------
    folder
        Folder of results.
    name
        Key of `pathways.output.columns.TABLES`.
    n_rows
        How many rows there must be.

    Raises
    ------
    DataError
        If the file is missing, or does not hold the registered columns and `n_rows` rows.
    """
    path = folder / f"{name}.tsv"
    try:
        # A carriage return in a name is no end of line.
        cells = pd.read_csv(
            path, sep="\t", dtype=str, na_filter=False, lineterminator="\n", encoding="utf-8"
        )
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be read from {folder} ({error.strerror}); run again"
        ) from error
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(
            f"{path.name} in {folder} is cut off or no such table; run again"
        ) from error
    missing = [c.name for c in TABLES[name] if c.name not in cells]
    if missing:
        raise DataError(
            f"{path.name} has no column {missing[0]!r}; it is from another version of"
            " twas-divergence: read it with that one, or run again"
        )
    if n_rows is not None and len(cells) != n_rows:
        raise DataError(
            f"{path.name} has {len(cells):,} rows and {RECORD} says {n_rows:,}; one of them was"
            " changed or cut off: run again"
        )
    return pd.DataFrame({c.name: _typed(cells[c.name], c, path.name) for c in TABLES[name]})


def _typed(cells: pd.Series, column: Column, file: str) -> pd.Series:
    """Cells as text → the type of the column; integers stay integers and are written as such."""
    if column.kind == "text":
        return cells
    missing = cells == ""
    whole = bool(cells.str.fullmatch(r"-?\d+").where(~missing, True).all())
    try:
        if whole and not missing.all():
            if not missing.any():
                return cells.astype(np.int64)
            if column.kind == "count":
                return cells.where(~missing, None).astype("Int64")
        # Python's own float: every digit that was written counts.
        return pd.Series(cells.where(~missing, "nan").to_numpy(dtype=object).astype(np.float64))
    except (ValueError, OverflowError) as error:
        raise DataError(f"{file}: column {column.name!r}: {error}; run again") from error


def _record(folder: Path) -> Record:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            f"{folder} is not a folder of results: {RECORD} cannot be read ({error.strerror})"
        ) from error
    except ValueError as error:
        raise DataError(f"{RECORD} in {folder} is cut off or no JSON; run again") from error
    if not isinstance(record, dict) or record.get("program") != "twas-divergence":
        raise DataError(f"{RECORD} in {folder} is not from twas-divergence; name another folder")
    version = record.get("schema_version")
    if not isinstance(version, int) or not 1 <= version <= NEWEST:
        raise DataError(
            f"{RECORD} in {folder} has schema version {version!r}, this program reads up to"
            f" {NEWEST}; update twas-divergence"
        )
    return record


def _study(record: Record) -> StudySummary:
    return StudySummary(
        members=tuple(_trait(trait) for trait in record["traits"]),
        pairs=tuple(_pair(pair) for pair in record["pairs"]),
        tissues=tuple(record["tissues"]),
        blocks_name=record["blocks_name"],
        n_genes=record["n_genes"],
        groups={name: tuple(tissues) for name, tissues in record["groups"].items()},
        versions=dict(record["versions"]),
    )


def _trait(record: Record) -> TraitSummary:
    files = tuple(InputFile(**_known(InputFile, file)) for file in record["files"])
    tissues = tuple(record["tissues"])
    skews = {
        scope: Symmetry(**{name: np.nan if v is None else v for name, v in seen.items()})
        for scope, seen in record.get("symmetry", {}).items()
    }
    known = {**_known(TraitSummary, record), "tissues": tissues, "files": files}
    return TraitSummary(**{**known, "symmetry": skews})


def _pair(record: Record) -> PairSummary:
    r = np.nan if record["correlation"] is None else record["correlation"]
    assumed = tuple(record["assumed"])
    return PairSummary(**{**_known(PairSummary, record), "correlation": r, "assumed": assumed})


def _parameters(record: Record) -> Parameters:
    return Parameters(**_known(Parameters, record))


def _known(kind: type, record: Mapping[str, Any]) -> Record:
    """What a dataclass has a field for: a later version of the same schema may tell more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in record.items() if name in names}


def _gene_sets(record: Record, coverage: pd.DataFrame) -> GeneSets:
    if "members" in record:
        table = pd.DataFrame(record["members"])
    else:  # too many for the record: what coverage.tsv tells of them
        rows = coverage[coverage["collection"] == record["collection"]].reset_index(drop=True)
        table = rows[["pathway", "gene", "role"]].assign(symbol=rows["gene"], evidence="", note="")
    return GeneSets(
        collection=record["collection"],
        table=table[list(COLUMNS)],
        version=record["version"],
        signed=record["signed"],
        quality=QualityReport(),
    )
