"""The sign of each row of a network: which column tells it, and what its cells mean.

A sign stands as a number (``mor``, ``weight``, ``interaction`` of ±1), as a word (SIGNOR:
"up-regulates quantity") or as a pair of yes and no (OmniPath: ``is_stimulation``,
``is_inhibition``, and the same as ``consensus_``). A row of role +1 only because its sign was not
read would be wrong without a word, so a column that holds signs and is not read is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pathways.gene_sets.listing import Note, some
from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.sign_columns import dashes_are_minus, sign_of
from twas.system.arrays import Bool, Float, Int, Text

#: Columns whose cells must all be numbers.
_NUMBERS = ("role", "mor", "weight")
#: Columns that tell the sign, the preferred one first.
COLUMNS = (
    *("role", "mor", "mode_of_regulation", "sign", "weight", "interaction", "effect"),
    *("regulation", "direction", "mode"),
)
#: Pairs of columns of yes and no, the preferred pair first.
_PAIRS = (
    ("is_stimulation", "is_inhibition"),
    ("consensus_stimulation", "consensus_inhibition"),
)
#: Pairs of other names, read where both stand there and hold yes and no only.
_MORE_PAIRS = (
    *(("stimulation", "inhibition"), ("activation", "inhibition"), ("activation", "repression")),
    *(("is_activation", "is_inhibition"), ("is_activation", "is_repression")),
    *(("positive", "negative"), ("is_positive", "is_negative"), ("up", "down")),
)
#: Columns that must tell a sign: other words in them are codes that nobody can guess.
_MUST = frozenset({"sign", "mode_of_regulation", "regulation", "direction"})
# Columns of plus and minus that are no direction of effect.
_NO_SIGN = frozenset({"strand", *(name for pair in _PAIRS for name in pair)})
_YES, _NO = frozenset({"1", "true", "yes", "t"}), frozenset({"0", "false", "no", "f", ""})
# A column of other things may hold a number or such a word now and then.
_SHARE = 0.2


@dataclass(frozen=True)
class Signs:
    """Roles of the rows of a table.

    Attributes
    ----------
    role
        -1, 0 or +1 of each row.
    column
        Where they are from; "" where the table has no sign, and every role is +1.
    notes
        What the sign leaves out, counted.
    """

    role: Int
    column: str
    notes: tuple[Note, ...] = ()


def read_signs(columns: Mapping[str, Text], name: str, row: Callable[[int], str]) -> Signs:
    """Find the column that tells the sign, and read it.

    Parameters
    ----------
    columns
        Name, in lower case, → (n,) cells as text; all columns of the table but those of sets and
        genes.
    name, row
        File, and how to name a row of it, for messages.

    Raises
    ------
    DataError
        If a cell is no sign, if two columns contradict each other, or if a column that holds
        signs has no name of a sign.
    """
    n = len(next(iter(columns.values()))) if columns else 0
    known = [signs for signs in _known(columns, name, row) if signs is not None]
    chosen = known[0] if known else Signs(np.ones(n, dtype=np.int64), "")
    for other in known[1:]:
        _must_agree(chosen, other, name, row)
    unread = [
        column
        for column in _unread(columns, chosen)
        if _holds_signs(columns[column]) or _answers(column, columns[column])
    ]
    if unread and not (chosen.role < 0).any():
        raise DataError(
            f"{name}: column {unread[0]!r} holds signs and is not read, so that every gene would"
            " raise its set; name it 'weight' if it tells what a gene does, or take it out"
        )
    if unread:
        message = f"signs are those of {chosen.column}; not read: {some(unread)}"
        return replace(chosen, notes=(*chosen.notes, Note("signs_unread", len(unread), message)))
    return chosen


def _unread(columns: Mapping[str, Text], chosen: Signs) -> list[str]:
    read = {*_NO_SIGN, *(COLUMNS if chosen.column else ()), *chosen.column.split(" and ")}
    if chosen.column:
        read |= {"evidence", "note"}
    return [column for column in columns if column not in read]


def _known(columns: Mapping[str, Text], name: str, row: Callable[[int], str]) -> list[Signs | None]:
    found: list[Signs | None] = [
        _numbers(columns[key], key, name, row)
        if key in _NUMBERS
        else _words(columns[key], key, name, row)
        for key in COLUMNS
        if key in columns
    ]
    return [*found, _pair(columns, name, row)]


def _must_agree(one: Signs, two: Signs, name: str, row: Callable[[int], str]) -> None:
    wrong = np.flatnonzero(one.role * two.role < 0)
    if wrong.size:
        raise DataError(
            f"{name}: {row(int(wrong[0]))}: columns {one.column!r} and {two.column!r} have"
            f" different signs ({wrong.size:,} such rows); take one of the columns out"
        )


def _numbers(cells: Text, column: str, name: str, row: Callable[[int], str]) -> Signs:
    """The sign of each number of a column."""
    numbers = _as_numbers(cells)
    allowed = np.isin(numbers, (-1, 0, 1)) if column == "role" else np.isfinite(numbers)
    wrong = np.flatnonzero(~allowed)
    if wrong.size:
        k = int(wrong[0])
        advice = (
            "roles are 1, -1 and 0"
            if column == "role"
            else "give a number: above 0 activates, below 0 inhibits"
        )
        raise DataError(f"{name}: {row(k)} has {column} {cells[k]!r}; {advice}")
    notes = []
    zero = int((numbers == 0).sum())
    graded = int((~np.isin(numbers, (-1, 0, 1))).sum())
    if zero and column != "role":
        message = f"{zero:,} members have {column} 0: direction unknown, unsigned tests only"
        notes.append(Note("weights_zero", zero, message))
    if graded:
        message = f"{graded:,} values of {column} other than 1 and -1 were reduced to their sign"
        notes.append(Note("weights_graded", graded, message))
    return Signs(np.sign(numbers).astype(np.int64), column, tuple(notes))


def _words(cells: Text, column: str, name: str, row: Callable[[int], str]) -> Signs | None:
    """The sign of each number or word of a column; None if none of its cells is a sign."""
    numbers = _as_numbers(cells)
    infinite = np.flatnonzero(np.isinf(numbers))
    if infinite.size:
        k = int(infinite[0])
        raise DataError(f"{name}: {row(k)} has {column} {cells[k]!r}; give a number or a word")
    codes, words = pd.factorize(cells)
    signs = np.array([sign_of(str(word)) for word in words], dtype=np.int64)[codes]
    if dashes_are_minus(words):
        signs[cells == "-"] = -1
    role = np.where(np.isnan(numbers), signs, np.sign(numbers)).astype(np.int64)
    _refuse_codes(words, numbers, role, column, name)
    if not role.any():
        return None
    unread = role == 0
    if not unread.any():
        return Signs(role, column)
    said = some([str(word) or "''" for word in pd.unique(cells[unread])])
    message = f"{int(unread.sum()):,} members have a {column} without a sign ({said})"
    note = Note("signs_unknown", int(unread.sum()), f"{message}: unsigned tests only")
    return Signs(role, column, (note,))


def _refuse_codes(words: Text, numbers: Float, role: Int, column: str, name: str) -> None:
    """Refuse a column called a sign whose cells are codes, such as 1 and 2, or A and R."""
    filled = sorted({str(word) for word in words} - MISSING - {"?"})
    values = set(numbers[~np.isnan(numbers)])
    of_numbers = {1.0, 2.0} <= values <= {0.0, 1.0, 2.0, 3.0}
    of_words = column in _MUST and not role.any() and not values and len(filled) > 1
    if of_numbers or of_words:
        raise DataError(
            f"{name}: column {column!r} holds {some(filled)}, which are no signs; write 1 where the"
            " gene raises its set and -1 where it lowers it, or take the column out"
        )


def _pair(columns: Mapping[str, Text], name: str, row: Callable[[int], str]) -> Signs | None:
    """The sign of columns of yes and no; where both or none says yes, the consensus decides."""
    role, present = None, []
    more = [pair for pair in _MORE_PAIRS if all(_are_answers(columns.get(c)) for c in pair)]
    for pair in (*_PAIRS, *more[:1]):
        if not any(column in columns for column in pair):
            continue
        present += [column for column in pair if column in columns]
        plus, minus = (_yes(columns, column, name, row) for column in pair)
        sign = plus.astype(np.int64) - minus.astype(np.int64)
        role = sign if role is None else np.where(role == 0, sign, role)
    if role is None:
        return None
    zero = int((role == 0).sum())
    what = " and ".join(present)
    message = f"{zero:,} members have no one sign in {what}: unsigned tests only"
    notes = (Note("signs_unknown", zero, message),) if zero else ()
    return Signs(role, what, notes)


def _yes(columns: Mapping[str, Text], column: str, name: str, row: Callable[[int], str]) -> Bool:
    if column not in columns:
        return np.zeros(len(next(iter(columns.values()))), dtype=bool)
    cells = [
        re.sub(r"^([01])\.0$", r"\1", "" if cell in MISSING else cell.lower())
        for cell in columns[column]
    ]
    for k, cell in enumerate(cells):
        if cell not in _YES | _NO:
            raise DataError(f"{name}: {row(k)} has {column} {cell!r}; it must be 1 or 0")
    return np.array([cell in _YES for cell in cells], dtype=bool)


def _are_answers(cells: Text | None) -> bool:
    """Whether all cells are yes or no, and some are yes."""
    words = set() if cells is None else {re.sub(r"\.0$", "", str(cell).lower()) for cell in cells}
    return words <= _YES | _NO and bool(words & _YES)


def _answers(column: str, cells: Text) -> bool:
    """Whether a column says yes and no to a sign that its name tells: ``is_activation``."""
    told = sign_of(column.removeprefix("is_").replace("_", " "))
    return bool(told) and _are_answers(cells) and len({cell.lower() for cell in cells}) > 1


def _holds_signs(cells: Text) -> bool:
    """Whether a column holds numbers of both signs, -1 among 1 and 0, or words for both."""
    filled = cells[~np.isin(cells, tuple(MISSING - {"-"}))]
    if not filled.size:
        return False
    numbers = _as_numbers(filled)
    known = numbers[~np.isnan(numbers)]
    if known.size > _SHARE * filled.size and (known < 0).any():
        return bool((known > 0).any() or np.isin(known, (-1, 0)).all())
    codes, words = pd.factorize(filled)
    signs = np.array([sign_of(str(word)) for word in words], dtype=np.int64)
    if dashes_are_minus(words) and "+" in words:
        signs[words == "-"] = -1
    told = signs[codes]
    return bool((told < 0).any() and (told != 0).sum() >= _SHARE * filled.size)


def _as_numbers(cells: Text) -> Float:
    texts = pd.Series([cell.translate(CHARACTERS) for cell in cells], dtype=object)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
