"""The kept rows of a GWAS on their way from cells of text to numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import MISSING
from twas.imputation.blocks import require_arrow
from twas.imputation.formats import NUMBER_COLUMNS
from twas.imputation.gwas import Rows
from twas.quality import QualityFact
from twas.system.arrays import Bool, Float, Int, Text

_TESTS = ("ADD", "ADDITIVE")


@dataclass(frozen=True)
class Where:
    """File and line of rows, for messages."""

    files: tuple[str, ...]
    origin: Int
    lines: Int

    def __getitem__(self, row: int) -> str:
        return f"{self.files[self.origin[row]]}: line {self.lines[row]}"

    def keep(self, mask: Bool) -> Where:
        """Return the places of the rows of a mask."""
        return Where(self.files, self.origin[mask], self.lines[mask])


class Cells:
    """Rows, less those that are left out, with their numbers and what was found.

    Attributes
    ----------
    rows
        What was read.
    name
        Name of the GWAS in messages.
    texts
        The cells, a column per canonical column.
    numbers
        Canonical column → (n,) numbers, NaN where there is none.
    place, where
        (n,) place of each row, and its file and line.
    facts
        What was found.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows, self.name = rows, rows.name
        self.texts = rows.cells.reset_index(drop=True)
        self.place = rows.place
        self.where = Where(tuple(rows.files), rows.origin, rows.lines)
        self.numbers: dict[str, Float] = {}
        self.facts: list[QualityFact] = []
        self._keep_additive_test()
        for column in NUMBER_COLUMNS:
            if column in self.texts and column != "pos":
                self.numbers[column] = self._numbers(column)

    def __len__(self) -> int:
        return len(self.texts)

    def note(self, level: str, topic: str, count: int, message: str) -> None:
        """Add a fact, if it counts anything."""
        if count:
            self.facts.append(QualityFact(level, self.name, topic, count, message))

    def keep(self, mask: Bool) -> None:
        """Leave all other rows out."""
        self.texts = self.texts[mask].reset_index(drop=True)
        self.place, self.where = self.place[mask], self.where.keep(mask)
        self.numbers = {column: values[mask] for column, values in self.numbers.items()}

    def has(self, column: str) -> bool:
        """Whether a column holds any number."""
        return column in self.numbers and bool(np.isfinite(self.numbers[column]).any())

    def called(self, column: str) -> str:
        """Name of a canonical column in the file."""
        return self.rows.layout.names.get(column, column)

    def first(self, mask: Bool) -> str:
        """File and line of the first row of a mask."""
        return self.where[int(np.flatnonzero(mask)[0])]

    def refuse(self, column: str, wrong: Bool, what: str) -> None:
        """Raise a DataError if a number is impossible."""
        if wrong.any():
            value = self.numbers[column][wrong][0]
            raise DataError(
                f"{self.first(wrong)}: {self.called(column)} {value:g} "
                f"{what} ({wrong.sum()} such rows); are two columns swapped?"
            )

    def stripped(self, column: str) -> Text:
        """(n,) texts of a column, without white space around them."""
        return np.array(_trimmed(self.texts[column]).to_pylist(), dtype=object)

    def upper(self, column: str) -> Text:
        """(n,) texts of a column, stripped, upper case."""
        import pyarrow.compute as pc

        texts = pc.utf8_upper(_trimmed(self.texts[column]))
        return np.array(texts.to_pylist(), dtype=object)

    def _keep_additive_test(self) -> None:
        """REGENIE and PLINK write a row per test and covariate: the additive one is the effect."""
        if "test" not in self.texts:
            return
        tests = pd.Series(self.upper("test"), dtype=object)
        if tests.nunique() < 2:
            return
        keep = tests.isin(_TESTS).to_numpy(dtype=bool)
        if not keep.any():
            found = ", ".join(sorted(tests.unique())[:5])
            raise DataError(f"{self.name}: rows are of the tests {found}, none is ADD; keep one")
        self.note("fact", "dropped:test", int((~keep).sum()), "rows are of other tests than ADD")
        self.keep(keep)

    def _numbers(self, column: str) -> Float:
        numbers, text = _parsed(_trimmed(self.texts[column]))
        if text.any():
            self._text_in(column, text, bool(np.isnan(numbers).all()))
        return numbers

    def _text_in(self, column: str, text: Bool, everywhere: bool) -> None:
        file_column, first = self.called(column), self.first(text)
        if everywhere:
            cell = self.texts[column][np.flatnonzero(text)[0]]
            raise DataError(
                f"{first}: {cell!r} is no number, and {file_column} holds none; are there decimal "
                "commas, or are two columns swapped?"
            )
        message = f"cells of {file_column} hold text, read as missing (first: {first})"
        self.note("warning", f"text_in:{column}", int(text.sum()), message)


def _trimmed(column: pd.Series) -> Any:
    import pyarrow.compute as pc

    pa = require_arrow()
    return pc.utf8_trim_whitespace(pa.array(column.to_numpy(object), type=pa.string()))


def _parsed(texts: Any) -> tuple[Float, Bool]:
    """Numbers of stripped texts, NaN where there is none, and which of them hold text."""
    import pyarrow.compute as pc

    pa = require_arrow()
    missing = pc.is_in(texts, pa.array(sorted(MISSING)))
    texts = pc.if_else(missing, pa.scalar(None, pa.string()), texts)
    try:
        numbers = pc.fill_null(pc.cast(texts, pa.float64()), float("nan"))
        return np.array(numbers), np.zeros(len(texts), dtype=bool)
    except pa.ArrowInvalid:  # pandas knows more ways to write a number, and passes what is none
        cells = pd.Series(texts.to_pylist(), dtype=object)
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    return values, np.isnan(values) & cells.notna().to_numpy(dtype=bool)
