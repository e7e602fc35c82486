"""Long tables of signed gene sets: the own form, and networks in decoupler's form.

Own form: ``pathway gene role`` with optional ``evidence note``; roles are 1, -1, 0. Network:
``source target weight``; a weight above 0 activates, below 0 inhibits, 0 gives no direction. A
network without ``weight`` is unsigned.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.gene_sets.listing import Int, Listing
from twas.errors import DataError
from twas.reading import delimited
from twas.reading.content import Content

OWN, NETWORK = ("pathway", "gene", "role"), ("source", "target")
#: Columns that are read, by their names in lower case.
_READ = ("pathway", "gene", "role", "evidence", "note", "source", "target", "weight")
_WHAT = (
    "a gene-set table has the columns pathway, gene, role, a network source, target, weight;"
    " a GMT file must end in .gmt"
)


@dataclass(frozen=True)
class _Cells:
    """The columns of a table that are read, and how to name a row in a message."""

    name: str
    columns: dict[str, NDArray[np.object_]]
    row: Callable[[int], str]


def is_table(content: Content) -> bool:
    """Whether the first line of a text names the columns of one of the forms."""
    line = content.data.lstrip().split(b"\n", 1)[0].decode()
    return any(_knows(line.split(delimiter)) for delimiter in ("\t", ",", ";", None))


def read_table(content: Content) -> Listing:
    """Read a delimited table of either form.

    Raises
    ------
    DataError
        If the columns are not those of a form, a cell is empty or a role or weight is no number.
    """
    text = delimited.split(content.data, content.name, _knows)
    places = _places(text.header, content.name)
    cells = text.columns(list(places.values()), [])
    columns = {
        key: _stripped(_as_text(cell) for cell in cells[place].astype(object))
        for key, place in places.items()
    }
    return _listing(_Cells(content.name, columns, lambda k: f"line {text.lines[k]}"))


def read_frame(frame: pd.DataFrame, name: str) -> Listing:
    """Read a DataFrame of either form; errors name the row by its position, from 1."""
    places = _places([str(column) for column in frame.columns], name)
    columns = {
        key: _stripped(_as_text(cell) for cell in frame.iloc[:, place].astype(object))
        for key, place in places.items()
    }
    return _listing(_Cells(name, columns, lambda k: f"row {k + 1}"))


def read_parquet(content: Content) -> Listing:
    """Read a Parquet table of either form.

    Raises
    ------
    DataError
        If the file is damaged, or pyarrow is not installed.
    """
    try:
        frame = pd.read_parquet(io.BytesIO(content.data))
    except ImportError as error:
        raise DataError(
            f"{content.name}: Parquet needs the package pyarrow; install it, or save as CSV"
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{content.name}: is a damaged Parquet file; copy it again") from error
    return read_frame(frame, content.name)


def checked_roles(values: Sequence[object]) -> tuple[Int, int]:
    """Roles as integers, and the position of the first that is not 1, -1 or 0, else -1."""
    numbers = pd.to_numeric(pd.Series(list(values), dtype=object), errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~np.isin(numbers, (-1.0, 0.0, 1.0)))
    return np.nan_to_num(numbers).astype(np.int64), int(wrong[0]) if wrong.size else -1


def _knows(header: Sequence[str]) -> bool:
    names = {cell.strip().lower() for cell in header}
    return names.issuperset(OWN) or names.issuperset(NETWORK)


def _places(header: Sequence[str], name: str) -> dict[str, int]:
    names = [cell.strip().lower() for cell in header]
    if not _knows(names):
        shown = ", ".join(header[:6]) + (", …" if len(header) > 6 else "")
        raise DataError(f"{name}: the columns are {shown}; {_WHAT}")
    for column in _READ:
        if names.count(column) > 1:
            raise DataError(f"{name}: column {column!r} stands twice; keep one")
    return {column: names.index(column) for column in _READ if column in names}


def _as_text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    # Entrez ids become floats in a column with gaps.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _stripped(cells: Iterable[object]) -> NDArray[np.object_]:
    return np.array([str(cell).strip() for cell in cells], dtype=object)


def _listing(cells: _Cells) -> Listing:
    own = set(OWN) <= set(cells.columns)
    sets, genes = (OWN[0], OWN[1]) if own else NETWORK
    for column in (sets, genes):
        empty = np.flatnonzero(cells.columns[column] == "")
        if empty.size:
            raise DataError(f"{cells.name}: {cells.row(int(empty[0]))} has no {column}; fill it in")
    owner, names = pd.factorize(cells.columns[sets])
    role, facts = _own_roles(cells) if own else _network_roles(cells)
    return Listing(
        pathways=tuple(names),
        owner=owner.astype(np.int64),
        given=cells.columns[genes].tolist(),
        role=role,
        signed=own or "weight" in cells.columns,
        evidence=cells.columns["evidence"].tolist() if "evidence" in cells.columns else None,
        note=cells.columns["note"].tolist() if "note" in cells.columns else None,
        facts=facts,
    )


def _own_roles(cells: _Cells) -> tuple[Int, tuple[tuple[str, int, str], ...]]:
    roles, wrong = checked_roles(cells.columns["role"].tolist())
    if wrong >= 0:
        given = cells.columns["role"][wrong]
        raise DataError(
            f"{cells.name}: {cells.row(wrong)} has role {given!r}; roles are 1, -1 and 0"
        )
    return roles, ()


def _network_roles(cells: _Cells) -> tuple[Int, tuple[tuple[str, int, str], ...]]:
    """The sign of each weight, with a count of what the sign leaves out."""
    if "weight" not in cells.columns:
        return np.ones(len(cells.columns["source"]), dtype=np.int64), ()
    texts = cells.columns["weight"]
    weights = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~np.isfinite(weights))
    if wrong.size:
        k = int(wrong[0])
        raise DataError(
            f"{cells.name}: {cells.row(k)} has weight {texts[k]!r}; give a number: above 0"
            " activates, below 0 inhibits"
        )
    zero, graded = int((weights == 0).sum()), int((~np.isin(weights, (-1, 0, 1))).sum())
    facts = []
    if zero:
        message = f"{zero:,} members have weight 0: direction unknown, unsigned tests only"
        facts.append(("weights_zero", zero, message))
    if graded:
        message = f"{graded:,} weights other than 1 and -1 were reduced to their sign"
        facts.append(("weights_graded", graded, message))
    return np.sign(weights).astype(np.int64), tuple(facts)
