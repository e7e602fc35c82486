"""Delimited text: bytes → header, rows and line numbers, with every row's width checked.

A row that is shorter or longer than the header is an error, never filled or cut: a shifted row
would put a p-value into the z column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import MISSING
from twas.reading.formats import EmptyError

Lines = npt.NDArray[np.intp]

DELIMITERS = ("\t", ",", ";", "|", " ")
# A title stands in so many lines at most.
TITLE_LINES = 10
# Numbers as Python's float() reads them; the default since pandas 3.1, where naming it warns.
_EXACT: dict[str, Any] = (
    {}
    if tuple(int(part) for part in pd.__version__.split(".")[:2]) >= (3, 1)
    else {"float_precision": "round_trip"}
)


@dataclass(frozen=True)
class Delimited:
    """A delimited text whose rows all have the width of the header.

    Attributes
    ----------
    header
        Column names as in the file, stripped.
    delimiter
        One character; runs of blanks have been made tabs.
    body
        The rows without header and blank lines, UTF-8, ending in a line feed.
    lines
        (n,) line number in the file of each row, counted from 1.
    ends_in_newline
        Whether the text ended in a line feed; if not, it may have been cut within a number.
    titles
        Lines above the header that were skipped as a title.
    """

    header: list[str]
    delimiter: str
    body: bytes
    lines: Lines
    ends_in_newline: bool
    titles: int = 0

    @property
    def padded(self) -> bool:
        """Whether cells may have blanks around them."""
        blanks = b" " in self.body or (self.delimiter != "\t" and b"\t" in self.body)
        return blanks or not self.body.isascii()

    def columns(self, texts: Collection[int], numbers: Collection[int]) -> pd.DataFrame:
        """Parse the columns at some positions.

        Parameters
        ----------
        texts, numbers
            Positions to read as text and as numbers; missing cells are NaN in both, a column of
            numbers with text in it stays text.

        Returns
        -------
        pandas.DataFrame
            One row per line, columns named by their position.
        """
        table = self._parse({*texts, *numbers})
        # Letting pandas guess, and reading again where it guessed wrong (Entrez ids are no
        # numbers here), takes half the time of asking it for text.
        guessed = [place for place in sorted(texts) if not _is_text(table[place])]
        if guessed:
            table[guessed] = self._parse(guessed, str)
        return table

    def raw(self, place: int) -> pd.Series:
        """Return the texts of one column as they are: ``-`` may be a sign, not a missing cell."""
        return self._parse([place], str, missing=())[place]

    def _parse(
        self,
        places: Collection[int],
        dtype: type | None = None,
        missing: Collection[str] = MISSING,
    ) -> pd.DataFrame:
        table = pd.read_csv(
            io.BytesIO(self.body),
            sep=self.delimiter,
            header=None,
            names=list(range(len(self.header))),
            usecols=sorted(places),
            index_col=False,
            dtype=dtype,
            keep_default_na=False,
            na_values=sorted(missing),
            skipinitialspace=self.padded,
            low_memory=False,
            **_EXACT,
        )
        return cast(pd.DataFrame, table)


def _is_text(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


@dataclass(frozen=True)
class _Header:
    """Column names, and where the rows begin."""

    names: list[str]
    delimiter: str
    end: int
    line: int
    titles: int = 0


def split(
    data: bytes,
    name: str,
    knows: Callable[[Sequence[str]], object],
    is_row: Callable[[Sequence[str]], bool] | None = None,
) -> Delimited:
    """Find header and delimiter of a text and check the width of its rows.

    Parameters
    ----------
    data
        The text, UTF-8 without byte order mark.
    name
        File name for messages.
    knows
        Tells whether a list of column names is that of a known table; decides between delimiters.
    is_row
        Where columns are named by number, tells whether a first line is a row. The names of the
        columns are then ``"1"``, ``"2"``, ….

    Raises
    ------
    DataError
        If there are no rows, or rows that differ from the header in width.
    """
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
    found = _numbered(data, is_row) if is_row is not None else None
    found = found or _find_header(data, name, knows)
    header, delimiter = found.names, found.delimiter
    body = data[found.end :]
    complete = body.endswith(b"\n")
    if delimiter == " ":
        body = re.sub(rb"(?m)^\t+|\t+$", b"", re.sub(rb"[ \t]+", b"\t", body))
        delimiter = "\t"
    if body and not body.endswith(b"\n"):
        body += b"\n"
    widths, blank, lines = _measure(body, delimiter, name)
    lines = lines + found.line
    if blank.any():
        kept = [row for row, empty in zip(body.split(b"\n"), blank, strict=False) if not empty]
        body = b"\n".join(kept) + b"\n"
        widths, lines = widths[~blank], lines[~blank]
    if not len(widths):
        raise EmptyError(f"{name}: holds a header but no rows; leave it out, or set `skip_empty`")
    if widths[0] == len(header) + 1:
        # Rows end in a delimiter, or R wrote row names without a name for their column.
        ends = body[: body.index(b"\n")].rstrip(b" ").endswith(delimiter.encode())
        header = [*header, ""] if ends else ["", *header]
    _check_widths(widths, lines, len(header), name)
    return Delimited(header, delimiter, body, lines, complete, found.titles)


def _numbered(data: bytes, is_row: Callable[[Sequence[str]], bool]) -> _Header | None:
    """Return numbers as the names of the columns if the first line is a row."""
    for text, end, number in _head(data):
        begin = data.rfind(b"\n", 0, end - 1) + 1
        if data.startswith(b"#", begin):
            continue
        for delimiter in DELIMITERS:
            cells = _cells(text, delimiter)
            if is_row(cells):
                names = [str(place + 1) for place in range(len(cells))]
                return _Header(names, delimiter, begin, number - 1)
    return None


def _find_header(data: bytes, name: str, knows: Callable[[Sequence[str]], object]) -> _Header:
    """Find the header: the first known one, below a title, or the first line."""
    best: _Header | None = None
    for line, end, number in _head(data):
        best = None  # an unknown header is the first line that is no comment
        for delimiter in DELIMITERS:
            cells = _cells(line, delimiter)
            found = _Header(cells, delimiter, end, number)
            # "gene,<tab>z" is no header with the columns "gene," and "z".
            if knows(cells) and not any(_ends_in_delimiter(cell) for cell in cells):
                return found
            # Blanks are delimiters only where there is no other: names of columns may hold them.
            wider = best is None or len(cells) > len(best.names)
            if wider and (delimiter != " " or best is None or len(best.names) < 2):
                best = found
    if best is None:
        raise DataError(f"{name}: is empty")
    return _below_title(data, best, knows) or best


def _below_title(
    data: bytes, first: _Header, knows: Callable[[Sequence[str]], object]
) -> _Header | None:
    """Return the known header below lines that are a title."""
    start, titles = first.end, 1
    lines = [data[data.rfind(b"\n", 0, first.end - 1) + 1 : first.end]]
    while len(lines) <= TITLE_LINES and start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        for delimiter in DELIMITERS[:-1]:
            cells = _cells(data[start:end].decode().strip("\n"), delimiter)
            if knows(cells) and all(_is_title(line, delimiter, len(cells)) for line in lines):
                return _Header(cells, delimiter, end, first.line + titles, titles)
        lines.append(data[start:end])
        start, titles = end, titles + 1
    return None


def _is_title(line: bytes, delimiter: str, width: int) -> bool:
    """Tell whether a line fills one cell at most, or fewer than the header and none by a number."""
    cells = [cell for cell in _cells(line.decode().strip("\n"), delimiter) if cell]
    return len(cells) <= 1 or (len(cells) < width and not any(map(_is_number, cells)))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


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


def _measure(body: bytes, delimiter: str, name: str) -> tuple[Lines, npt.NDArray[np.bool_], Lines]:
    """Return the width of each row, whether it is blank, and its line number after the header."""
    if b'"' in body:
        return _measure_quoted(body.decode(), delimiter, name)
    characters = np.frombuffer(body, dtype=np.uint8)
    is_end = characters == ord("\n")
    marks = np.flatnonzero(is_end | (characters == ord(delimiter)))
    ends_at = np.flatnonzero(is_end[marks])
    ends, widths = marks[ends_at], np.diff(ends_at, prepend=-1)
    blank = np.diff(ends, prepend=-1) == 1
    for row in np.flatnonzero((widths == 1) & ~blank):
        start = ends[row - 1] + 1 if row else 0
        blank[row] = not body[start : ends[row]].strip()
    return widths, blank, np.arange(1, len(ends) + 1)


def _measure_quoted(
    text: str, delimiter: str, name: str
) -> tuple[Lines, npt.NDArray[np.bool_], Lines]:
    widths, lines = [], []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    previous = 0
    try:
        for row in reader:
            widths.append(0 if not "".join(row).strip() and len(row) < 2 else len(row))
            lines.append(previous + 1)
            if reader.line_num > previous + 1:
                raise DataError(f"{name}: line {lines[-1] + 1} opens a quote that ends later")
            previous = reader.line_num
    except csv.Error as error:
        raise DataError(f"{name}: a quote after line {previous + 1} never ends") from error
    sizes = np.array(widths, dtype=np.intp)
    return sizes, sizes == 0, np.array(lines, dtype=np.intp)


def _check_widths(widths: Lines, lines: Lines, expected: int, name: str) -> None:
    wrong = np.flatnonzero(widths != expected)
    if not len(wrong):
        return
    row = int(wrong[0])
    advice = "are header and rows of one file, with one delimiter?"
    if row == len(widths) - 1 and widths[row] < expected:
        advice = "the file looks cut off: copy it again"
    raise DataError(
        f"{name}: line {lines[row]} has {widths[row]} fields, the header {expected} "
        f"({len(wrong)} such lines); {advice}"
    )
