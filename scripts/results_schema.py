"""JSON Schema of ``results.json``, made from the registry of columns.

``docs/results.schema.json`` is `schema_text`.
"""

from __future__ import annotations

import json
from collections import abc
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args, get_origin, get_type_hints

from pathways.output.machine import MEMBERS, PROGRAM, SCHEMA_VERSION
from pathways.output.run_tables import PairSummary, Parameters, StudySummary, TraitSummary
from pathways.tables.columns import Column, Table
from pathways.tables.registry import TABLES
from twas.quality import LEVELS, QualityFact
from twas.study.universe import PER_SQRT_N, UNIT
from twas.traits.assembly import InputFile

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_NUMBER = {"anyOf": [{"type": ["number", "null"]}, {"enum": ["inf", "-inf"]}]}
_OMITTED = {"type": "string", "description": "why there are no columns, and where they are"}
#: One definition for each kind of column.
_KINDS: dict[str, Any] = {
    "text": _TEXT,
    "count": {"type": ["integer", "null"], "minimum": 0},
    "p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "number": _NUMBER,
}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _array(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _columns(columns: tuple[Column, ...]) -> dict[str, Any]:
    """Arrays of equal length."""
    return _object(
        {
            column.name: {
                **_array({"$ref": f"#/$defs/{column.kind}"}),
                "description": column.meaning + (f" [{column.unit}]" if column.unit else ""),
            }
            for column in columns
        }
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "description": table.contents,
        "required": ["n_rows"],
        "properties": {"n_rows": _COUNT, "columns": _columns(table.columns), "omitted": _OMITTED},
        "oneOf": [{"required": ["columns"]}, {"required": ["omitted"]}],
    }


def _gene_sets() -> dict[str, Any]:
    version = {**_TEXT, "description": "first 12 digits of the SHA-256 of its content"}
    known = _object(
        {
            "collection": _TEXT,
            "version": version,
            "signed": {"type": "boolean", "description": "has roles"},
            "n_pathways": _COUNT,
            "n_genes": _COUNT,
        }
    )
    titles = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "set → title, where the source gives one beside an identifier",
    }
    known["properties"] |= {"titles": titles, "members": _columns(MEMBERS), "omitted": _OMITTED}
    return {**known, "oneOf": [{"required": ["members"]}, {"required": ["omitted"]}]}


#: Type of a field → its schema.
_TYPES: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    int: _COUNT,
    bool: {"type": "boolean"},
    float: {"type": ["number", "null"]},
    float | None: {"type": ["number", "null"]},
}


def _of_type(hint: Any) -> dict[str, Any]:
    """Schema of a type: of a tuple an array, of a mapping an object, of a dataclass its fields."""
    if hint in _TYPES:
        return _TYPES[hint]
    inner = get_args(hint)
    if get_origin(hint) is tuple:
        return _array(_of_type(inner[0]))
    if get_origin(hint) is abc.Mapping:
        return {"type": "object", "additionalProperties": _of_type(inner[1])}
    return _record(hint)


def _record(kind: type) -> dict[str, Any]:
    """Schema of a dataclass, with what `_SAID` says beyond the types of its fields."""
    said = _SAID.get(kind, {})
    hints = get_type_hints(kind)
    return _object({f.name: _of_type(hints[f.name]) | said.get(f.name, {}) for f in fields(kind)})


#: What a field is beyond its type.
_SAID: dict[type, dict[str, dict[str, Any]]] = {
    InputFile: {
        "name": {"description": "file name without folder"},
        "sha256": {
            "pattern": "^([0-9a-f]{64})?$",
            "description": "of the file as it lies on disk; empty for a table given in Python",
        },
    },
    TraitSummary: {
        "n_eff": {"description": "effective sample size; null: unknown"},
        "intercept": {"description": "LDSC intercept as given; null: 1 was assumed"},
        "symmetry": {
            "description": "scope: skew of z over sums of LD blocks and over genes, with jackknife"
            " errors; null: too few blocks"
        },
    },
    PairSummary: {
        "correlation": {"minimum": -1, "maximum": 1},
        "overlap": {"description": "bivariate LDSC intercept as given; null: 0 was assumed"},
    },
}


def _study() -> dict[str, Any]:
    """Schema of `machine.study_record`."""
    known = _record(StudySummary)["properties"]
    traits = known.pop("members")
    # An enumeration takes the place of the type.
    known["pairs"]["items"]["properties"]["effect_scale"] = {"enum": [PER_SQRT_N, UNIT]}
    return _object({"traits": traits, "scopes": _array(_TEXT), **known})


def _quality() -> dict[str, Any]:
    fact = _record(QualityFact)
    fact["properties"]["level"] = {"enum": list(LEVELS)}
    return _array(fact)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``results.json``, its tables from `pathways.tables.registry`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "results.json of twas-divergence",
        "description": (
            "A whole run. schema_version rises when a name goes or changes its meaning; names may"
            " be added under the same version. The columns of a table all have n_rows entries. A"
            " missing value is null, an infinite one 'inf' or '-inf'. The unit 'effect' is named by"
            " the column effect_scale of the same row."
        ),
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "program": {"const": PROGRAM},
                "version": {"type": "string", "description": "version that made the results"},
                "simulated": {"type": "boolean", "description": "whether the data are simulated"},
                "parameters": _record(Parameters),
                "study": _study(),
                "gene_sets": _array(_gene_sets()),
                "quality": _quality(),
                "tables": _object({name: _table(table) for name, table in TABLES.items()}),
            }
        ),
        "$defs": _KINDS,
    }


def schema_text() -> str:
    """Content of ``docs/results.schema.json``."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
