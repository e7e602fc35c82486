"""JSON Schema of ``results.json``, made from the registry of columns.

``docs/results.schema.json`` is `schema_text`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pathways.output.machine import MEMBERS, PROGRAM, SCHEMA_VERSION
from pathways.statistics.symmetry import Symmetry
from pathways.tables.columns import Column, Table
from pathways.tables.registry import TABLES

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
    known["properties"] |= {"members": _columns(MEMBERS), "omitted": _OMITTED}
    return {**known, "oneOf": [{"required": ["members"]}, {"required": ["omitted"]}]}


_FILE = _object(
    {
        "name": {**_TEXT, "description": "file name without folder"},
        "sha256": {
            "type": "string",
            "pattern": "^([0-9a-f]{64})?$",
            "description": "of the file as it lies on disk; empty for a table given in Python",
        },
        "format": _TEXT,
        "tissue": _TEXT,
        "rows": _COUNT,
        "genes_with_z": _COUNT,
        "genes_resolved": _COUNT,
    }
)
_SKEWS = _object({f.name: {"type": ["number", "null"]} for f in fields(Symmetry)})
_SIZES = {"n_genes": _COUNT, "n_blocks": _COUNT}
_STUDY: dict[str, Any] = {
    "traits": _array(
        _object(
            {
                "name": _TEXT,
                "n_eff": {
                    "type": ["number", "null"],
                    "description": "effective sample size; null: unknown",
                },
                "intercept": {
                    "type": ["number", "null"],
                    "description": "LDSC intercept as given; null: 1 was assumed",
                },
                **_SIZES,
                "tissues": _array(_TEXT),
                "files": _array(_FILE),
                "symmetry": {
                    "type": "object",
                    "description": "scope: skew of z over sums of LD blocks and over genes, with"
                    " jackknife errors; null: too few blocks",
                    "additionalProperties": _SKEWS,
                },
            }
        )
    ),
    "scopes": _array(_TEXT),
    "pairs": _array(
        _object(
            {
                "a": _TEXT,
                "b": _TEXT,
                **_SIZES,
                "correlation": {"type": ["number", "null"], "minimum": -1, "maximum": 1},
                "effect_scale": {"enum": ["per_sqrt_n", "unit"]},
                "overlap": {
                    "type": ["number", "null"],
                    "description": "bivariate LDSC intercept as given; null: 0 was assumed",
                },
                "assumed": _array(_TEXT),
            }
        )
    ),
    "tissues": _array(_TEXT),
    "blocks_name": _TEXT,
    "n_genes": _COUNT,
    "groups": {"type": "object", "additionalProperties": _array(_TEXT)},
    "versions": {"type": "object", "additionalProperties": _TEXT},
}


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
                "parameters": _object(
                    {"seed": _COUNT, "flips": _COUNT, "simulated": {"type": "boolean"}}
                ),
                "study": _object(_STUDY),
                "gene_sets": _array(_gene_sets()),
                "quality": _array(
                    _object(
                        {
                            "level": {"enum": ["fact", "note", "warning"]},
                            "source": _TEXT,
                            "topic": _TEXT,
                            "count": _COUNT,
                            "message": _TEXT,
                        }
                    )
                ),
                "tables": _object({name: _table(table) for name, table in TABLES.items()}),
            }
        ),
        "$defs": _KINDS,
    }


def schema_text() -> str:
    """Content of ``docs/results.schema.json``."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
