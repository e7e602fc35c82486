"""Parquet → DataFrame, with every fault of a file as one line."""

from __future__ import annotations

import io

import pandas as pd

from twas.errors import DataError
from twas.reading.content import Content


def read_parquet(content: Content) -> pd.DataFrame:
    """Read a Parquet table.

    Raises
    ------
    DataError
        If the file is damaged, or pyarrow is not installed.
    """
    try:
        return pd.read_parquet(
            io.BytesIO(content.data), engine="pyarrow", page_checksum_verification=True
        )
    except ImportError as error:
        raise DataError(
            f"{content.name}: Parquet needs the package pyarrow; install it, or save as CSV"
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # pyarrow and pandas meet damage with errors of every kind
        raise DataError(f"{content.name}: is a damaged Parquet file; copy it again") from error
