"""The cells of one file under canonical names, on the way to a table, and which rows are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.checks import fact
from twas.errors import DataError
from twas.quality import QualityFact, some
from twas.reading.columns import normalise
from twas.reading.formats import Format
from twas.system.arrays import Bool


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

    def keep(self, mask: Bool) -> None:
        """Keep the rows of a mask."""
        self.cells = {column: cells[mask] for column, cells in self.cells.items()}
        self.texts = {c: texts[mask].reset_index(drop=True) for c, texts in self.texts.items()}
        self.lines = self.lines[mask]

    def note(self, level: str, topic: str, count: int, message: str) -> None:
        """Note a fact, unless its count is 0."""
        if count:
            self.facts.append(QualityFact(level, self.name, topic, count, message))

    def found(self, topic: str, count: int, **values: object) -> None:
        """Note what a check of :data:`twas.checks.CHECKS` found."""
        self.facts.append(fact(topic, count, about=self.name, **values))

    def text(self, column: str) -> pd.Series:
        """Return a text column, all ``""`` where the file has none."""
        return self.texts[column] if column in self.texts else self.constant("")

    def constant(self, text: str) -> pd.Series:
        """Return one text for all rows."""
        return pd.Series(text, index=pd.RangeIndex(len(self.lines)), dtype=str)


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
