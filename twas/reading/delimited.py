"""Delimited text: bytes → header, rows and line numbers, with every row's width checked.

A row that is shorter or longer than the header is an error, never filled or cut: a shifted row
would put a p-value into the z column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import MISSING
from twas.reading.content import harmless
from twas.reading.formats import EmptyError
from twas.reading.header import find_header, numbered
from twas.system.arrays import Bool

Lines = npt.NDArray[np.intp]

_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
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
        """Whether cells may have blanks around them, or hold controls or other letters."""
        blanks = b" " in self.body or (self.delimiter != "\t" and b"\t" in self.body)
        return blanks or not self.body.isascii() or bool(_CONTROL.search(self.body))

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

    def raw(self, places: Collection[int]) -> pd.DataFrame:
        """Return the texts of columns as they are: ``-`` may be a sign, not a missing cell."""
        return self._parse(places, str, missing=())

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
    found = numbered(data, is_row) if is_row is not None else None
    found = found or find_header(data, name, knows)
    header, delimiter = found.names, found.delimiter
    body = data[found.end :]
    complete = body.endswith(b"\n")
    if delimiter == " ":
        body = re.sub(rb"(?m)^\t+|\t+$", b"", re.sub(rb"[ \t]+", b"\t", body))
        delimiter = "\t"
    if body and not body.endswith(b"\n"):
        body += b"\n"
    widths, blank, lines = _measure(body, delimiter, name, found.line)
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
    header = [harmless(column) for column in header]
    return Delimited(header, delimiter, body, lines, complete, found.titles)


def _measure(body: bytes, delimiter: str, name: str, above: int) -> tuple[Lines, Bool, Lines]:
    """Return the width of each row, whether it is blank, and its line, below those above."""
    if b'"' in body:
        return _measure_quoted(body.decode(), delimiter, name, above)
    characters = np.frombuffer(body, dtype=np.uint8)
    is_end = characters == ord("\n")
    marks = np.flatnonzero(is_end | (characters == ord(delimiter)))
    ends_at = np.flatnonzero(is_end[marks])
    ends, widths = marks[ends_at], np.diff(ends_at, prepend=-1)
    blank = np.diff(ends, prepend=-1) == 1
    for row in np.flatnonzero((widths == 1) & ~blank):
        start = ends[row - 1] + 1 if row else 0
        blank[row] = not body[start : ends[row]].strip()
    return widths, blank, np.arange(1, len(ends) + 1) + above


def _measure_quoted(text: str, delimiter: str, name: str, above: int) -> tuple[Lines, Bool, Lines]:
    widths, lines = [], []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    previous = 0
    try:
        for row in reader:
            widths.append(0 if not "".join(row).strip() and len(row) < 2 else len(row))
            lines.append(above + previous + 1)
            if reader.line_num > previous + 1:
                raise DataError(f"{name}: line {lines[-1]} opens a quote that ends later")
            previous = reader.line_num
    except csv.Error as error:
        if "limit" in str(error):
            raise DataError(
                f"{name}: line {above + previous + 1} holds a cell of more than "
                f"{csv.field_size_limit():,} characters; is a quote missing there?"
            ) from error
        raise DataError(f"{name}: a quote after line {above + previous} never ends") from error
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
