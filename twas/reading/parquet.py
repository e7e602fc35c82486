"""Parquet → DataFrame, with every fault of a file as one line."""

from __future__ import annotations

import io

import pandas as pd

from twas.errors import DataError
from twas.reading.content import Content, check_size

#: Bytes of a number, or of the place of a text, in memory.
CELL = 8


def read_parquet(content: Content) -> pd.DataFrame:
    """Read a Parquet table.

    Raises
    ------
    DataError
        If the file is damaged or grows beyond reason, or pyarrow is not installed.
    """
    try:
        check_size(_size(content.data), len(content.data), content.name)
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
