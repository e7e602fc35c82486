"""A whole run for machines: ``results.json``, one versioned document, and the body of ``run.json``.

Tables are column arrays: a name once, not once per row. JSON has no infinity and no NaN: a missing
value is ``null``, an infinite one the text ``"inf"`` or ``"-inf"``, which Python's ``float`` and
R's ``as.numeric`` read. There is no time and no path in
``results.json``.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.output.run_tables import RunTables, StudySummary
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.system.record import version_of

#: Raised when a name goes or changes its meaning; not when one is added.
SCHEMA_VERSION = 1
PROGRAM = "twas-divergence"
#: Packages whose versions ``run.json`` names.
_PACKAGES = ("twas-divergence", "numpy", "pandas", "scipy", "gseapy", "matplotlib", "jinja2")
#: Longer tables are left out of ``results.json`` and of the workbook, which say so: they would be
#: 30 MB of JSON for 3,000 sets, and sheets that take minutes to write and to open (one ends at
#: 1,048,576 rows in any case). The TSV files hold every row.
MAX_ROWS = 10_000
#: The same of the members of a collection, which are read back.
MAX_MEMBERS = 50_000
#: Columns of the members of a collection.
MEMBERS = (
    Column("pathway", "text", "", "gene set"),
    Column("gene", "text", "", "identity in the gene reference"),
    Column("symbol", "text", "", "gene symbol"),
    Column("role", "number", "", "+1 raises, -1 lowers the activity, 0 unknown"),
    Column("evidence", "text", "", "what the role rests on"),
    Column("note", "text", "", "what else to know"),
)


def results_json(results: RunTables) -> str:
    """Everything of a run as one JSON document, ``docs/results.schema.json`` being its schema.

    Parameters
    ----------
    results
        A run.

    Returns
    -------
    str
        A line per key and per table; equal results give equal text.
    """
    study = results.study
    record: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "program": PROGRAM,
        "version": study.versions.get(PROGRAM, ""),
        "simulated": results.parameters.simulated,
        "parameters": asdict(results.parameters),
        "study": study_record(study),
        "gene_sets": [sets_record(sets) for sets in results.gene_sets],
        "quality": [asdict(fact) for fact in results.quality.facts],
    }
    lines = [f"{_dump(key)}:{_dump(value)}" for key, value in record.items()]
    tables = ",\n".join(
        f" {_dump(name)}:{_dump(table_record(name, table))}"
        for name, table in results.tables.items()
    )
    return "{\n" + ",\n".join(lines) + f',\n"tables":{{\n{tables}\n}}\n}}\n'


def study_record(study: StudySummary) -> dict[str, object]:
    """A study as JSON values."""
    record = asdict(study)
    traits = record.pop("members")
    skews = symmetry_record(study)
    for trait in traits:
        trait["symmetry"] = skews[trait["name"]]
    for pair in record["pairs"]:
        pair["correlation"] = _number(pair["correlation"])
    return {"traits": traits, "scopes": list(study.scopes), **record}


def symmetry_record(study: StudySummary) -> dict[str, dict[str, dict[str, object]]]:
    """Trait → scope → skews of z with their errors, as JSON values."""
    return {
        trait.name: {
            scope: {name: _number(value) for name, value in asdict(skews).items()}
            for scope, skews in trait.symmetry.items()
        }
        for trait in study.members
    }


def sets_record(sets: GeneSets) -> dict[str, object]:
    """A collection as JSON values; above `MAX_MEMBERS` its members are in ``coverage.tsv``."""
    record: dict[str, object] = {
        "collection": sets.collection,
        "version": sets.version,
        "signed": sets.signed,
        "n_pathways": len(sets.pathways),
        "n_genes": int(sets.table["gene"].nunique()),
    }
    if sets.titles:
        record["titles"] = dict(sets.titles)
    if len(sets.table) > MAX_MEMBERS:
        return {**record, "omitted": f"more than {MAX_MEMBERS:,} members: see coverage.tsv"}
    return {**record, "members": {c.name: _values(sets.table[c.name], c) for c in MEMBERS}}


def table_record(name: str, table: pd.DataFrame) -> dict[str, object]:
    """A table as column arrays; above `MAX_ROWS` rows only where it is to be found.

    Parameters
    ----------
    name
        Key of `pathways.tables.registry.TABLES`.
    table
        With its columns.
    """
    if len(table) > MAX_ROWS:
        return {"n_rows": len(table), "omitted": f"more than {MAX_ROWS:,} rows: see {name}.tsv"}
    columns = {column.name: _values(table[column.name], column) for column in TABLES[name].columns}
    return {"n_rows": len(table), "columns": columns}


def _values(values: pd.Series, column: Column) -> list[object]:
    if column.kind == "text":
        return [str(v) for v in values.astype(object).where(values.notna(), "").tolist()]
    if pd.api.types.is_integer_dtype(values.dtype) and not values.hasnans:
        return list(values.to_numpy(dtype=np.int64).tolist())
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    if column.kind == "count":
        return [int(v) if np.isfinite(v) else _number(v) for v in numbers]
    return [_number(v) for v in numbers]


def _number(value: float) -> float | str | None:
    if np.isfinite(value):
        return value
    return None if np.isnan(value) else ("inf" if value > 0 else "-inf")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def run_record(results: RunTables, chosen: Mapping[str, Any], started: float) -> str:
    """Content of ``run.json``: the only file that may hold times and paths.

    Parameters
    ----------
    results
        A run.
    chosen
        Everything that it was made from: the fields of a `pathways.job.Job`.
    started
        When, in seconds since 1970 (UTC).
    """
    overlaps = {",".join(pair): value for pair, value in chosen["overlaps"].items()}
    record = {
        "version": version_of("twas-divergence"),
        "command": list(chosen["command"]),
        "parameters": {**chosen, "overlaps": overlaps},
        "inputs": [
            {"trait": trait.name, **asdict(file)}
            for trait in results.study.members
            for file in trait.files
        ],
        "gene_sets": {sets.collection: sets.version for sets in results.gene_sets},
        "blocks": results.study.blocks_name,
        "packages": {"python": platform.python_version(), **{p: version_of(p) for p in _PACKAGES}},
        "seed": results.parameters.seed,
        "symmetry": symmetry_record(results.study),
        "quality": [asdict(fact) for fact in results.quality.facts],
        "warnings": [f"{fact.source}: {fact.sentence}" for fact in results.quality.told],
        "started": pd.Timestamp(started, unit="s", tz="UTC").isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 2),
        "out": str(Path(chosen["out"]).resolve()),
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    # A path may hold bytes that are no UTF-8; as escapes of JSON they can be written, and read.
    return text.encode("utf-8", "backslashreplace").decode()
