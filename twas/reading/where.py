"""Rows that the user selects by the value of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.quality import some
from twas.reading.columns import normalise
from twas.reading.raw import Raw


def keep_where(raw: Raw, where: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Keep the rows in which the columns have the values asked for.

    Parameters
    ----------
    raw
        The cells of one file, changed in place.
    where
        Column → accepted values. A column that the file lacks selects nothing there.

    Returns
    -------
    dict
        Those of ``where`` that the file has a column for.

    Raises
    ------
    DataError
        If no row has the value; the message lists the values.
    """
    selected = {}
    for name, values in where.items():
        cells = _column(raw, name)
        if cells is None:
            continue
        keep = np.isin(cells, list(values))
        if not keep.any():
            raise DataError(
                f"{raw.name}: no row has {name}={' or '.join(values)}; the values are "
                f"{some(cells, 10)}"
            )
        message = f"rows were not selected by {name}={' or '.join(values)}"
        raw.note("fact", "dropped:where", int((~keep).sum()), message)
        raw.keep(keep)
        selected[name] = tuple(values)
    return selected


def _column(raw: Raw, name: str) -> np.ndarray | None:
    """Return the stripped texts of a column by its name in the file, None if there is none."""
    headers = [*raw.others.names, *raw.header.values()]
    exact = [h for h in headers if h.strip() == name.strip()]
    found = exact or [h for h in headers if normalise(h) == normalise(name)]
    if not found:
        return None
    if found[0] in raw.others.names:
        column = raw.others.parse().loc[raw.lines, found[0]]
        cells = column if isinstance(column, pd.Series) else column.iloc[:, 0]
    else:
        canonical = next(c for c, header in raw.header.items() if header == found[0])
        both = {**raw.cells, **raw.texts}
        cells = pd.Series(both[canonical])
    return np.array([_text(cell) for cell in cells.tolist()], dtype=object)


def _text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
