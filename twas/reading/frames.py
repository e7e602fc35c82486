"""Whatever holds a table in memory, and Parquet → a pandas DataFrame."""

from __future__ import annotations

import io
from collections.abc import Mapping
from numbers import Real
from typing import Any

import pandas as pd

from twas.errors import DataError, UsageError
from twas.reading.content import Content, check_size

#: Bytes of a number, or of the place of a text, in memory.
CELL = 8


def is_table(given: object) -> bool:
    """Tell whether an object holds a table: a frame of pandas, Polars or alike."""
    return isinstance(given, pd.DataFrame) or (
        hasattr(given, "columns") and hasattr(given, "__getitem__")
    )


def as_frame(given: Any, name: str) -> pd.DataFrame:
    """Return a table of z-scores as a DataFrame.

    Parameters
    ----------
    given
        A DataFrame of pandas or Polars, or any object with ``columns`` that gives a column by its
        name; a Series, or a dict of numbers: z by gene; a dict of columns.
    name
        Name of the trait, for messages.

    Raises
    ------
    UsageError
        If it is none of these.
    DataError
        If the columns of a dict differ in length.
    """
    if isinstance(given, pd.DataFrame):
        return given
    if isinstance(given, pd.Series):
        return pd.DataFrame({"gene": given.index.astype(object), "z": given.to_numpy()})
    if isinstance(given, Mapping):
        if given and all(cell is None or isinstance(cell, Real) for cell in given.values()):
            return pd.DataFrame({"gene": list(given), "z": list(given.values())})
        given = {column: list(cells) for column, cells in given.items() if _is_column(cells)}
        sizes = {column: len(cells) for column, cells in given.items()}
        if given and len(set(sizes.values())) == 1:
            return pd.DataFrame(given)
        raise DataError(f"{name}: a dict holds z by gene, or columns of one length, not of {sizes}")
    if is_table(given):
        return pd.DataFrame({str(column): list(given[column]) for column in given.columns})
    raise UsageError(
        f"frame must be a DataFrame, a dict of columns, or a Series or dict of z by gene, not "
        f"{type(given).__name__}; read_trait(path, name=...) reads files"
    )


def _is_column(cells: object) -> bool:
    return hasattr(cells, "__iter__") and not isinstance(cells, str | bytes)


def read_parquet(content: Content) -> pd.DataFrame:
    """Read a Parquet table.

    Raises
    ------
    DataError
        If the file is damaged or grows beyond reason, or pyarrow is not installed.
    """
    try:
        check_size(_size(content.data), len(content.data), content.name)
        check_size(_size_of_texts(content.data), len(content.data), content.name)
        return pd.read_parquet(
            io.BytesIO(content.data), engine="pyarrow", page_checksum_verification=True
        )
    except ImportError as error:
        raise DataError(
            f"{content.name}: Parquet needs the package pyarrow; install it, or save as CSV"
        ) from error
    except (MemoryError, DataError):
        raise
    except Exception as error:  # pyarrow and pandas meet damage with errors of every kind
        raise DataError(f"{content.name}: is a damaged Parquet file; copy it again") from error


def _size(data: bytes) -> int:
    """Bytes of a table in memory, at least, as its footer declares: of its pages, and of its cells.

    A page may hold one value for many rows, so that it is small when it is decompressed too.
    """
    from pyarrow.parquet import read_metadata

    footer = read_metadata(io.BytesIO(data))
    pages = sum(footer.row_group(k).total_byte_size for k in range(footer.num_row_groups))
    return int(max(pages, CELL * footer.num_rows * footer.num_columns))


def _size_of_texts(data: bytes) -> int:
    """Bytes of all texts of a table in memory: a file may hold a long one once for many rows."""
    import pyarrow
    from pyarrow import compute, parquet

    schema = parquet.read_schema(io.BytesIO(data))
    types = pyarrow.types
    kinds = (types.is_string, types.is_large_string, types.is_binary)

    def is_text(kind: pyarrow.DataType) -> bool:
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return any(is_kind(kind) for is_kind in kinds)

    names = [field.name for field in schema if is_text(field.type)]
    table = parquet.read_table(io.BytesIO(data), columns=names, read_dictionary=names)
    size = 0
    for chunk in (chunk for column in table.columns for chunk in column.chunks):
        if types.is_dictionary(chunk.type):
            texts = chunk.dictionary.cast(pyarrow.large_binary())
            lengths = compute.cast(compute.binary_length(texts), pyarrow.int64())
            size += compute.sum(lengths.take(chunk.indices)).as_py() or 0
    return int(size)
