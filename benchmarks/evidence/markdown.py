"""Rows of the results table, and numbers and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

Record = Mapping[Any, Any]


def number(value: float) -> str:
    """A rate in as many digits as it deserves."""
    if pd.isna(value):
        return ""
    return f"{value:.4f}" if abs(value) < 0.01 else f"{value:.3f}"


def interval(record: Record) -> str:
    """A rate with its interval."""
    if pd.isna(record["rate"]):
        return ""
    return f"{number(record['rate'])} ({number(record['low'])}-{number(record['high'])})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def crossed(part: pd.DataFrame, rows: str, columns: str, *, plain: bool = False) -> list[str]:
    """A table of `rows` against `columns`, in order of appearance; `plain` without intervals."""
    heads = list(dict.fromkeys(part[columns]))
    cells = {
        (r[rows], r[columns]): number(r["rate"]) if plain else interval(r)
        for r in part.to_dict("records")
    }
    names = dict.fromkeys(part[rows])
    lines = [[str(name), *(cells.get((name, head), "") for head in heads)] for name in names]
    return table([rows, *map(str, heads)], lines)


def take(
    results: pd.DataFrame, part: str, *, alpha: float | None = None, **equal: object
) -> pd.DataFrame:
    """Rows of a part of the results table with these values."""
    keep = results["part"] == part
    for column, value in equal.items():
        wanted = value if isinstance(value, tuple) else (value,)
        keep &= results[column].isin(list(wanted))
    if alpha is not None:
        keep &= np.isclose(results["alpha"], alpha)
    return results[keep]
