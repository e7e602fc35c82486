"""Parts: a table of some pairs or traits as one Parquet file, whole or not there at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pathways.atlas.store import Failure
from pathways.tables.columns import Column

_META = b"twas-divergence"
#: Type of the cells of a column, by its kind; repeated texts are kept once in a part.
_TYPES = {
    "text": pa.dictionary(pa.int32(), pa.string()),
    "count": pa.int64(),
    "p": pa.float64(),
    "number": pa.float64(),
}


def write_part(
    frame: pd.DataFrame,
    path: Path,
    columns: Sequence[Column],
    key: str,
    failures: Sequence[Failure] = (),
) -> None:
    """Write a part under a name of its own and rename it: equal frames give equal bytes.

    Parameters
    ----------
    frame
        The rows, with `columns`.
    path
        Its place; what is there is replaced.
    columns
        In order.
    key
        Of the store that it was made from.
    failures
        What failed, kept in the part.
    """
    told = {"key": key, "failures": [asdict(failure) for failure in failures]}
    schema = pa.schema(
        [pa.field(column.name, _TYPES[column.kind]) for column in columns],
        metadata={_META: json.dumps(told, ensure_ascii=False).encode()},
    )
    arrays = [_array(frame, column) for column in columns]
    table = pa.Table.from_arrays(arrays, schema=schema)
    text = [column.name for column in columns if column.kind in ("text", "count")]
    split = {c.name: "BYTE_STREAM_SPLIT" for c in columns if c.kind in ("p", "number")}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        pq.write_table(
            table,
            name,
            compression="zstd",
            compression_level=6,
            use_dictionary=text,
            column_encoding=split,
        )
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _array(frame: pd.DataFrame, column: Column) -> Any:
    kind = _TYPES[column.kind]
    if column.name not in frame:
        return pa.array([], type=kind)
    values = frame[column.name]
    if column.kind == "text":
        return pa.array(values.astype(object).to_numpy(), type=pa.string()).cast(kind)
    if column.kind == "count":
        return pa.array(values.astype("Int64"))
    return pa.array(values.to_numpy(dtype=np.float64), type=kind)


def key_in(path: Path) -> str:
    """The key of the store that a part was made from."""
    return str(_told(path)["key"])


def failures_in(path: Path) -> list[Failure]:
    """What failed when a part was made."""
    return [Failure(**failure) for failure in _told(path)["failures"]]


def _told(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(pq.read_schema(path).metadata[_META])
    return told
