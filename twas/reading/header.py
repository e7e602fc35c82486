"""The header of a table: below comments or a title, without names, or none at all; its format.

R leaves out the name of its row names; a table without a header has its columns by number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.columns import assign, recognise, same_name
from twas.reading.formats import FORMATS, NUMBER_COLUMNS, Format, RefusedError

DELIMITERS = ("\t", ",", ";", "|", " ")
# A title stands in so many lines at most.
TITLE_LINES = 10


@dataclass(frozen=True)
class Header:
    """Column names, and where the rows begin."""

    names: list[str]
    delimiter: str
    end: int
    line: int
    titles: int = 0


def numbered(data: bytes, is_row: Callable[[Sequence[str]], bool]) -> Header | None:
    """Return numbers as the names of the columns if the first line is a row."""
    for text, end, number in _head(data):
        begin = data.rfind(b"\n", 0, end - 1) + 1
        if data.startswith(b"#", begin):
            continue
        for delimiter in DELIMITERS:
            cells = _cells(text, delimiter)
            if is_row(cells):
                names = [str(place + 1) for place in range(len(cells))]
                return Header(names, delimiter, begin, number - 1)
    return None


def find_header(data: bytes, name: str, knows: Callable[[Sequence[str]], object]) -> Header:
    """Find the header: the first known one, below a title, or the first line."""
    best: Header | None = None
    for line, end, number in _head(data):
        best = None  # an unknown header is the first line that is no comment
        for delimiter in DELIMITERS:
            cells = _cells(line, delimiter)
            found = Header(cells, delimiter, end, number)
            # Names of columns may hold blanks, which a header alone does not show.
            fits = delimiter != " " or _fits(data[end:], len(cells))
            # "gene,<tab>z" is no header with the columns "gene," and "z".
            if fits and knows(cells) and not any(_ends_in_delimiter(cell) for cell in cells):
                return found
            # Blanks are delimiters only where there is no other: names of columns may hold them.
            wider = best is None or len(cells) > len(best.names)
            if wider and (delimiter != " " or best is None or len(best.names) < 2):
                best = found
    if best is None:
        raise DataError(f"{name}: is empty")
    return _below_title(data, best, knows) or best


def _fits(body: bytes, width: int) -> bool:
    """Tell whether the first row, split at blanks, has as many cells as a header, or one more."""
    row = next((line for line in body.split(b"\n", 9) if line.strip()), b"")
    return not row or len(_cells(row.decode(errors="replace"), " ")) in (width, width + 1)


def _below_title(
    data: bytes, first: Header, knows: Callable[[Sequence[str]], object]
) -> Header | None:
    """Return the known header below lines that are a title."""
    start, titles = first.end, 1
    lines = [data[data.rfind(b"\n", 0, first.end - 1) + 1 : first.end]]
    while len(lines) <= TITLE_LINES and start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        for delimiter in DELIMITERS[:-1]:
            cells = _cells(data[start:end].decode().strip("\n"), delimiter)
            if knows(cells) and all(_is_title(line, delimiter, len(cells)) for line in lines):
                return Header(cells, delimiter, end, first.line + titles, titles)
        lines.append(data[start:end])
        start, titles = end, titles + 1
    return None


def _is_title(line: bytes, delimiter: str, width: int) -> bool:
    """Tell whether a line fills one cell at most, or fewer than the header and none by a number."""
    cells = [cell for cell in _cells(line.decode().strip("\n"), delimiter) if cell]
    return len(cells) <= 1 or (len(cells) < width and not any(map(is_number, cells)))


def _ends_in_delimiter(cell: str) -> bool:
    # |Z| is a name, the size of z.
    return cell.endswith((",", ";", "|")) and not re.fullmatch(r"\|[^|]+\|", cell)


def _head(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the comment lines at the top and the first other line: text, end, number."""
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end + 1
        line, number = data[start:end].decode().strip("\n"), number + 1
        # Spreadsheets write their delimiter into a first line such as "sep=;".
        if line.strip() and not re.fullmatch(r'"?sep=.?"?\s*', line, re.IGNORECASE):
            yield line.lstrip("#") if line.startswith("#") else line, end, number
            if not line.startswith("#"):
                return
        start = end


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return [cell.strip("\"'") for cell in line.split()]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a cell above the limit of csv is no name of a column
        return [cell.strip() for cell in line.split(delimiter)]


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


def identify(
    name: str, header: Sequence[str], columns: Mapping[str, str]
) -> tuple[Format, dict[str, int]]:
    """Return the format of a file and the places of its columns, or refuse it.

    Parameters
    ----------
    name
        File name.
    header
        Column names as in the file.
    columns
        Names that the user gave.

    Raises
    ------
    DataError
        If it is no known table; the message lists the columns seen, and what to do.
    """
    seen = ", ".join(column or "''" for column in header[:12])
    seen += ", …" if len(header) > 12 else ""
    try:
        form = recognise(header, columns)
        places = assign(form, header, columns) if form is not None else {}
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    lacking = [
        f"`columns` {canonical}={given}: no such column"
        for canonical, given in columns.items()
        if not any(same_name(column, given) for column in header)
    ]
    if lacking and (form is None or form not in FORMATS):
        raise DataError(f"{name}: {lacking[0]}; columns seen: {seen}")
    if form is not None and form.refusal:
        what = f"is {form.name} output: " if form in FORMATS else ""
        shown = "" if form in FORMATS else f"; columns seen: {seen}"
        raise RefusedError(f"{name}: {what}{form.refusal}{shown}", form.name)
    if form is None and is_data(header):
        raise DataError(
            f"{name}: the first line is no header but a row ({seen}); name the columns by number "
            "with `columns` gene=1,z=2"
        )
    if form is None:
        raise DataError(
            f"{name}: {_lacks(header, columns)}; columns seen: {seen}; "
            "name unusual ones with `columns` gene=…,z=…"
        )
    return form, places


def _lacks(header: Sequence[str], columns: Mapping[str, str]) -> str:
    """Say which of the columns that a table needs is not known."""
    found = assign(FORMATS[-1], header, columns)
    if found.keys() & {"gene", "symbol"}:
        return "has no column known as z, nor what makes one (beta and se, OR and se, p and a sign)"
    return "has no column known as gene"
