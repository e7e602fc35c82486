"""The cells of one file under canonical names, on the way to a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.quality import QualityFact
from twas.reading.formats import Format

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Others:
    """The columns of a file that have no canonical name, parsed only when asked for.

    Attributes
    ----------
    names
        Their names in the file.
    parse
        Returns them, columns in that order, indexed by line in the file.
    texts
        Returns the texts of those at some places of ``names``, as they stand in the file.
    """

    names: tuple[str, ...] = ()
    parse: Callable[[], pd.DataFrame] = pd.DataFrame
    texts: Callable[[Sequence[int]], pd.DataFrame] = lambda _: pd.DataFrame()


@dataclass
class Raw:
    """Parsed cells under canonical names, on the way to a table.

    Attributes
    ----------
    name
        File name.
    form
        The format.
    header
        Canonical column → name in the file.
    texts
        Canonical text column → (n,) texts, pandas' own string type where it has one.
    cells
        Canonical number column → (n,) cells, float once checked.
    lines
        (n,) line in the file of each row.
    padded
        Whether texts may have blanks around them.
    facts
        What was found so far.
    others
        The further columns.
    filled
        Text columns known to have no ``""``.
    """

    name: str
    form: Format
    header: dict[str, str]
    texts: dict[str, pd.Series]
    cells: dict[str, npt.NDArray[Any]]
    lines: npt.NDArray[np.intp]
    padded: bool
    facts: list[QualityFact]
    others: Others = field(default_factory=Others)
    filled: set[str] = field(default_factory=set)

    def keep(self, mask: Mask) -> None:
        """Keep the rows of a mask."""
        self.cells = {column: cells[mask] for column, cells in self.cells.items()}
        self.texts = {c: texts[mask].reset_index(drop=True) for c, texts in self.texts.items()}
        self.lines = self.lines[mask]

    def note(self, level: str, topic: str, count: int, message: str) -> None:
        """Note a fact, unless its count is 0."""
        if count:
            self.facts.append(QualityFact(level, self.name, topic, count, message))

    def text(self, column: str) -> pd.Series:
        """Return a text column, all ``""`` where the file has none."""
        return self.texts[column] if column in self.texts else self.constant("")

    def constant(self, text: str) -> pd.Series:
        """Return one text for all rows."""
        return pd.Series(text, index=pd.RangeIndex(len(self.lines)), dtype=str)
