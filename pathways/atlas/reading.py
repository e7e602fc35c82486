"""Reading an atlas: its parts as one table, of which only what is asked for is read.

Chosen is pyarrow alone, which writes the parts too: its datasets push columns and conditions down
to the files, and DuckDB or Polars can open the same folder (`Atlas.files`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from twas.errors import DataError, UsageError

_PART = re.compile(r"([a-z_]+)-(\d{5})\.parquet")


@dataclass(frozen=True)
class Atlas:
    """An atlas in a folder; nothing is read before it is asked for.

    Attributes
    ----------
    folder
        The folder.
    files
        Table → its parts, in order.
    """

    folder: Path
    files: Mapping[str, tuple[Path, ...]]

    def __repr__(self) -> str:
        tables = ", ".join(f"{name} ({len(files)} parts)" for name, files in self.files.items())
        return f"Atlas({str(self.folder)!r}: {tables})"

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self.files)

    def dataset(self, name: str) -> Any:
        """The parts of a table as a `pyarrow.dataset.Dataset`.

        Raises
        ------
        UsageError
            If there is no such table.
        """
        import pyarrow.dataset as ds

        if name not in self.files:
            raise UsageError(f"there is no table {name!r}; there are {', '.join(self.files)}")
        return ds.dataset([str(path) for path in self.files[name]], format="parquet")

    def table(
        self,
        name: str = "divergence",
        *,
        columns: Sequence[str] | None = None,
        **where: str | Sequence[str],
    ) -> pd.DataFrame:
        """Rows of a table.

        Parameters
        ----------
        name
            One of `tables`.
        columns
            Those to read; None for all.
        **where
            Column → value, or values, that the rows must have, such as ``call="opposite"``.

        Returns
        -------
        pandas.DataFrame
            In the order of the parts; texts are categorical, as most repeat.

        Raises
        ------
        UsageError
            If there is no such table or column.
        """
        data = self.dataset(name)
        for column in (*(columns or ()), *where):
            if column not in data.schema.names:
                raise UsageError(
                    f"table {name!r} has no column {column!r}; it has"
                    f" {', '.join(data.schema.names)}"
                )
        frame: pd.DataFrame = data.to_table(
            columns=None if columns is None else list(columns), filter=_condition(where)
        ).to_pandas()
        return frame

    @property
    def divergence(self) -> pd.DataFrame:
        """A row per collection × pathway × pair of traits × scope."""
        return self.table("divergence")

    @property
    def directions(self) -> pd.DataFrame:
        """A row per collection × pathway × trait × scope."""
        return self.table("directions")

    @property
    def correlations(self) -> pd.DataFrame:
        """A row per pair: how the effects of both traits correlate over the genome."""
        return self.table("correlations")

    def called(self, *calls: str) -> pd.DataFrame:
        """The rows of ``divergence`` with a call, by default opposite and concordant ones."""
        return self.table("divergence", call=list(calls or ("opposite", "concordant")))


def _condition(where: Mapping[str, str | Sequence[str]]) -> Any:
    import pyarrow.dataset as ds

    condition = None
    for column, wanted in where.items():
        values = [wanted] if isinstance(wanted, str | int | float) else list(wanted)
        this = ds.field(column).isin(values)
        condition = this if condition is None else condition & this
    return condition


def read_atlas(folder: str | Path) -> Atlas:
    """Open an atlas that `twas-divergence atlas` wrote, also while it is being made.

    Parameters
    ----------
    folder
        Its folder.

    Raises
    ------
    DataError
        If the folder holds no atlas, or no part of it is there yet.
    """
    place = Path(folder)
    try:
        mark = json.loads((place / "atlas.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        mark = {}
    if not isinstance(mark, dict) or mark.get("kind") != "atlas":
        raise DataError(f"{place.name}: holds no atlas (atlas.json)")
    files: dict[str, list[Path]] = {}
    for path in sorted((place / "parts").glob("*.parquet")):
        match = _PART.fullmatch(path.name)
        if match:
            files.setdefault(match[1], []).append(path)
    if not files:
        raise DataError(f"{place.name}: no part of this atlas is there yet")
    return Atlas(place, {name: tuple(paths) for name, paths in files.items()})
