"""Columns without a name: R's row names, and tables without a header."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.columns import assign
from twas.reading.formats import FORMATS, NUMBER_COLUMNS

#: Names that R, readr and pandas give the column of row names, or leave out.
ROW_NAMES = ("", "Unnamed: 0", "...1", "X", "rowname", "rownames", "row.names")


def rows_by_number(columns: Mapping[str, str]) -> Callable[[Sequence[str]], bool] | None:
    """Return what tells a row where the user named all columns by number, else None.

    A first line is a row if it holds a number at every place that the user named as one; a
    missing value may stand for a number, but not for all.
    """
    places = {c: int(given) - 1 for c, given in columns.items() if given.strip().isdecimal()}
    numbers = [place for column, place in places.items() if column in NUMBER_COLUMNS]
    if len(places) < len(columns) or not numbers or min(places.values()) < 0:
        return None

    def is_row(cells: Sequence[str]) -> bool:
        if max(places.values()) >= len(cells):
            return False
        found = [cells[place] for place in numbers]
        filled = [cell for cell in found if cell not in MISSING]
        return bool(filled) and all(is_number(cell) for cell in filled)

    return is_row


def with_row_names(
    header: Sequence[str], columns: Mapping[str, str], first: Callable[[], pd.Series]
) -> Mapping[str, str]:
    """Return the user's columns, with the first one as gene if it holds R's row names.

    Parameters
    ----------
    header
        Names as in the file.
    columns
        Names that the user gave.
    first
        Returns the cells of the first column; asked for only if its name is one of
        :data:`ROW_NAMES` and no other column is a gene.
    """
    if header[0] not in ROW_NAMES or list(header).count(header[0]) > 1:
        return columns
    rest = ["row names", *header[1:]]
    try:
        known = {*columns, *assign(FORMATS[-1], rest)}
    except DataError:  # a repeated column, reported with the file's name by the caller
        return columns
    if known & {"gene", "symbol"}:
        return columns
    if pd.to_numeric(first(), errors="coerce").notna().any():
        return columns
    return {**columns, "gene": header[0]}


def is_data(header: Sequence[str]) -> bool:
    """Tell whether a first line holds numbers, so that it is no header."""
    return any(is_number(cell) for cell in header)


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number."""
    try:
        float(cell.strip().translate(CHARACTERS))
    except ValueError:
        return False
    return True
