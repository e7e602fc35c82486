"""What the user says about how files are to be read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from twas.errors import DataError, UsageError
from twas.reading.columns import same_name
from twas.reading.formats import NAMEABLE


@dataclass(frozen=True)
class Choices:
    """How to read files.

    Attributes
    ----------
    columns
        Canonical column → name in the file, for unusual names. Where a file lacks the column it is
        read by its own names.
    where
        Column → values: keep the rows in which the column has one of them, in files that have it.
    min_p
        p-values below this count as this where z is made of p; None refuses p = 0.
    drop_infinite
        Leave out rows with an infinite z, counted, in the place of an error.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_p: float | None = None
    drop_infinite: bool = False

    def __post_init__(self) -> None:
        for key in self.columns:
            if key not in NAMEABLE:
                raise UsageError(
                    f"`columns` {key}=…: unknown column; choose from {', '.join(NAMEABLE)}"
                )
        if self.min_p is not None and not (math.isfinite(self.min_p) and 0 < self.min_p < 1):
            raise UsageError(f"`min_p` {self.min_p:g}: give a number between 0 and 1")

    def under(self, own: Choices | None) -> Choices:
        """Return these choices with those of one trait, which win."""
        if own is None:
            return self
        columns, where = {**self.columns, **own.columns}, {**self.where, **own.where}
        return replace(self, columns=columns, where=where)


class ReadFile(Protocol):
    """What a file tells of the columns it was read by."""

    @property
    def name(self) -> str:
        """File name."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Canonical column → name in the file."""

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """Column → values that were selected."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of the columns that were not read."""


def check_found(choices: Choices, files: Sequence[ReadFile]) -> None:
    """Refuse choices that name a column which no file has.

    Parameters
    ----------
    choices
        What was asked for.
    files
        All files that it was asked for.

    Raises
    ------
    DataError
        The message lists the columns of the first file.
    """
    for canonical, given in choices.columns.items():
        if not any(same_name(file.columns.get(canonical, ""), given) for file in files):
            raise DataError(_no_column(files, f"`columns` {canonical}={given}"))
    for column in choices.where:
        if not any(column in file.where for file in files):
            raise DataError(_no_column(files, f"`where` {column}=…"))


def _no_column(files: Sequence[ReadFile], given: str) -> str:
    seen = list(dict.fromkeys([*files[0].columns.values(), *files[0].unread]))
    shown = ", ".join(seen[:12]) + (", …" if len(seen) > 12 else "")
    others = f" (and in {len(files) - 1} other files)" if len(files) > 1 else ""
    return f"{files[0].name}: {given}: no such column here{others}; columns seen: {shown}"
