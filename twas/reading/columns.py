"""Column names of a file → its format and the place of each canonical column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from twas.errors import DataError, UsageError
from twas.reading.formats import FORMATS, NAMEABLE, Format


@lru_cache(maxsize=1024)
def normalise(name: str) -> str:
    """Return a column name in lower case, everything but letters and digits as ``_``."""
    return re.sub(r"[^0-9a-z]+", "_", name.strip().lower()).strip("_")


def check_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the user's column names, checked.

    Raises
    ------
    UsageError
        If a key is no column that can be named.
    """
    for key in columns or {}:
        if key not in NAMEABLE:
            raise UsageError(
                f"`columns` {key}=…: unknown column; choose from {', '.join(NAMEABLE)}"
            )
    return dict(columns or {})


def recognise(header: Sequence[str], columns: Mapping[str, str] | None = None) -> Format | None:
    """Return the format of a table, None if it is none of them.

    Parameters
    ----------
    header
        Column names as in the file.
    columns
        Names the user gave: canonical column → name in the file.

    Returns
    -------
    Format or None
        The first format whose columns are there. A plain table also needs a z column, or ``beta``
        and ``se``; its ``refusal`` is set where it has p-values only.
    """
    names = {normalise(name) for name in header}
    for form in FORMATS[:-1]:
        if all(names.intersection(group) for group in form.needs):
            return form
    table = FORMATS[-1]
    found = assign(table, header, columns)
    if not found.keys() & {"gene", "symbol"}:
        return None
    if "z" in found or {"beta", "se"} <= found.keys():
        return table
    if "p" in found and "beta" not in found:
        return Format(
            "p-values only",
            needs=(),
            refusal="p-values have no sign. Give a table with z, or with beta and se; "
            "name unusual columns with `columns` gene=…,z=…",
        )
    return None


def assign(
    form: Format, header: Sequence[str], columns: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return the position of each canonical column that the table has.

    Parameters
    ----------
    form
        The format of the table.
    header
        Column names as in the file.
    columns
        Names the user gave, which win over those of the format.

    Raises
    ------
    DataError
        If a name the user gave, or one that the format needs, stands at several columns.
    """
    names = [normalise(name) for name in header]
    found: dict[str, int] = {}
    for canonical, given in (columns or {}).items():
        exact = [i for i, name in enumerate(header) if name.strip() == given.strip()]
        places = exact or [i for i, name in enumerate(names) if name == normalise(given)]
        if places:
            found[canonical] = _only(places, given)
    for canonical, accepted in form.columns.items():
        if canonical in found:
            continue
        for name in accepted:
            places = [i for i, known in enumerate(names) if known == name]
            if places and not (canonical == "symbol" and found.get("gene") in places):
                found[canonical] = _only(places, name)
                break
    return found


def _only(places: list[int], name: str) -> int:
    if len(places) > 1:
        raise DataError(f"the column {name!r} occurs {len(places)} times; rename one of them")
    return places[0]
