"""A folder of results → `RunTables`: tables, quality, parameters and a summary of the study.

The tables come from the TSV files, the contract; what is told beside them comes from
``results.json``. Writing the tables again gives the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.gene_sets.collection import COLUMNS
from pathways.output.run_tables import (
    PairSummary,
    Parameters,
    RunTables,
    StudySummary,
    TraitSummary,
)
from pathways.statistics.genome import Symmetry
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.errors import DataError, UsageError
from twas.quality import QualityFact, QualityReport
from twas.traits.assembly import InputFile

#: The file that tells a folder of results from any other.
RECORD = "results.json"
#: Newest `pathways.output.machine.SCHEMA_VERSION` that can be read.
NEWEST = 1

Record = dict[str, Any]


def read_run(folder: str | Path) -> RunTables:
    """Read what a folder of results holds; see `pathways.read_results`."""
    if not isinstance(folder, str | Path):
        raise UsageError(f"folder must be the path of a folder of results, not {_kind_of(folder)}")
    root = Path(folder)
    record = _record(root)
    try:
        sizes = {name: table["n_rows"] for name, table in record["tables"].items()}
        tables = {name: read_table(root, name, sizes.get(name)) for name in TABLES}
        return RunTables(
            tables=tables,
            study=_study(record["study"]),
            gene_sets=tuple(_gene_sets(r, tables["coverage"]) for r in record["gene_sets"]),
            quality=QualityReport(
                tuple(QualityFact(**_known(QualityFact, fact)) for fact in record["quality"])
            ),
            parameters=_parameters(record["parameters"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DataError(f"{RECORD} in {root} is damaged ({what}); run again") from error


def read_table(folder: Path, name: str, n_rows: int | None = None) -> pd.DataFrame:
    """Read one table with the types of its columns.

    Parameters
    ----------
    folder
        Folder of results.
    name
        Key of `pathways.tables.registry.TABLES`.
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
        data = path.read_bytes()
        _check_widths(data, f"{path.name} in {folder}")
        cells = pd.read_csv(
            io.BytesIO(data),
            sep="\t",
            dtype=str,
            na_filter=False,
            lineterminator="\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be read from {folder} ({error.strerror}); run again"
        ) from error
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(
            f"{path.name} in {folder} is cut off or no such table; run again"
        ) from error
    missing = [c.name for c in TABLES[name].columns if c.name not in cells]
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
    return pd.DataFrame({c.name: _typed(cells[c.name], c, path.name) for c in TABLES[name].columns})


def _check_widths(data: bytes, name: str) -> None:
    """Refuse rows of another width than the header: pandas would fill or cut them in silence."""
    characters = np.frombuffer(data, dtype=np.uint8)
    quoted = np.cumsum(characters == ord('"')) % 2 == 1
    ends = np.flatnonzero((characters == ord("\n")) & ~quoted)
    tabs = np.flatnonzero((characters == ord("\t")) & ~quoted)
    widths = np.diff(np.searchsorted(tabs, ends), prepend=0)
    wrong = np.flatnonzero(widths != widths[0]) if widths.size else np.zeros(1, dtype=np.int64)
    if wrong.size or (data and not data.endswith(b"\n")):
        line = int(wrong[0]) + 1 if wrong.size else len(ends) + 1
        raise DataError(f"{name} is cut off or no such table (line {line}); run again")


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
    except (ValueError, RecursionError) as error:
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
    told = {
        "members": tuple(_trait(trait) for trait in record["traits"]),
        "pairs": tuple(_pair(pair) for pair in record["pairs"]),
        "tissues": tuple(record["tissues"]),
        "blocks_name": record["blocks_name"],
        "n_genes": record["n_genes"],
        "groups": {name: tuple(tissues) for name, tissues in record["groups"].items()},
        "versions": dict(record["versions"]),
    }
    return StudySummary(**_known(StudySummary, told))


def _trait(record: Record) -> TraitSummary:
    files = tuple(InputFile(**_known(InputFile, _tuples(file))) for file in record["files"])
    tissues = tuple(record["tissues"])
    symmetry = {
        scope: Symmetry(
            **_known(Symmetry, {n: np.nan if v is None else v for n, v in seen.items()})
        )
        for scope, seen in record.get("symmetry", {}).items()
    }
    told = {**record, "tissues": tissues, "files": files, "symmetry": symmetry}
    return TraitSummary(**_known(TraitSummary, told))


def _tuples(record: Record) -> Record:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in record.items()}


def _pair(record: Record) -> PairSummary:
    r = np.nan if record["correlation"] is None else record["correlation"]
    assumed = tuple(record["assumed"])
    return PairSummary(**_known(PairSummary, {**record, "correlation": r, "assumed": assumed}))


def _parameters(record: Record) -> Parameters:
    return Parameters(**_known(Parameters, record))


def _known(kind: type, record: Mapping[str, Any]) -> Record:
    """What a dataclass has a field for: a later version of the same schema may tell more."""
    types = get_type_hints(kind)
    known = {field.name: record[field.name] for field in fields(kind) if field.name in record}
    for name, value in known.items():
        # JSON has lists where a dataclass has tuples.
        if isinstance(value, list) and get_origin(types[name]) is tuple:
            known[name] = tuple(value)
        if not _is(known[name], types[name]):
            raise TypeError(f"{name} cannot be {value!r}")
    return known


def _is(value: object, hint: Any) -> bool:
    """Whether a value has the type of a field, as far as JSON can tell."""
    if get_origin(hint) in (Union, UnionType):
        return any(_is(value, option) for option in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_is(part, get_args(hint)[0]) for part in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return not isinstance(hint, type) or isinstance(value, hint)


def _kind_of(value: object) -> str:
    return f"a {type(value).__name__}"


def _gene_sets(record: Record, coverage: pd.DataFrame) -> GeneSets:
    if "members" in record:
        table = pd.DataFrame(record["members"])
        texts = table[[column for column in COLUMNS if column != "role"]]
        if not texts.map(lambda cell: isinstance(cell, str)).all(axis=None):
            raise TypeError("a member of a set is no text")
        if not table["role"].isin((-1, 0, 1)).all():
            raise ValueError("the role of a member is not 1, -1 or 0")
    else:  # too many for the record: what coverage.tsv tells of them
        rows = coverage[coverage["collection"] == record["collection"]].reset_index(drop=True)
        table = rows[["pathway", "gene", "role"]].assign(symbol=rows["gene"], evidence="", note="")
    told = _known(GeneSets, {key: record[key] for key in ("collection", "version", "signed")})
    titles = {str(name): str(title) for name, title in dict(record.get("titles", {})).items()}
    return GeneSets(table=table[list(COLUMNS)], quality=QualityReport(), titles=titles, **told)
