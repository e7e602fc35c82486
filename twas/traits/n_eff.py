"""The effective sample size of a study: as given, or of the record that imputation leaves."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from twas.errors import DataError, UsageError
from twas.quality import QualityFact
from twas.reading.paths import RECORD


def parse_n_eff(text: float | str | None) -> float | None:
    """Return an effective sample size.

    Parameters
    ----------
    text
        A number, ``"87400"``, or cases and controls, ``"27205/110881"``, which give
        4/(1/cases + 1/controls). None stays None.

    Raises
    ------
    UsageError
        If it is no positive number, or cases and controls are not both positive.

    Examples
    --------
    >>> round(parse_n_eff("27205/110881"))
    87381
    """
    if text is None:
        return None
    parts = str(text).replace(",", "").split("/")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or not all(n > 0 and math.isfinite(n) for n in numbers):
        raise UsageError(f"n_eff {text!r}: give a positive number, or cases/controls")
    return numbers[0] if len(numbers) == 1 else 4 / (1 / numbers[0] + 1 / numbers[1])


#: Name of the record in the folder of a trait.
FILE = RECORD


def sample_size(
    given: float | str | None, tables: Iterable[Path]
) -> tuple[float | None, list[QualityFact]]:
    """Return the effective sample size of a trait, as given, or as recorded beside its tables.

    Raises
    ------
    UsageError, DataError
        See :func:`parse_n_eff` and :func:`recorded_n_eff`.
    """
    return recorded_n_eff(tables) if given is None else (parse_n_eff(given), [])


def recorded_n_eff(tables: Iterable[Path]) -> tuple[float | None, list[QualityFact]]:
    """Return the effective sample size that stands beside the tables of a trait.

    Parameters
    ----------
    tables
        The files of the trait.

    Returns
    -------
    float or None, list of QualityFact
        The size, None if a folder has no record, states none, a table is none of its record, or
        two folders state two sizes; and where it comes from.

    Raises
    ------
    DataError
        If a record is damaged.
    """
    paths = list(tables)
    records = {folder: _read(folder / FILE) for folder in sorted({path.parent for path in paths})}
    if not paths or not all(path.name in table_names(records[path.parent]) for path in paths):
        return None, []
    found = list(records.values())
    sizes = {entry["n_eff"] for entry in found}
    if sizes == {None}:
        return None, []
    if len(sizes) > 1:
        message = f"N_eff differs between the {FILE} of its folders, so none is taken; give n_eff"
        return None, [QualityFact("warning", "", "n_eff_differs", len(sizes), message)]
    size = float(sizes.pop())
    source = str(found[0].get("n_eff_from") or FILE)
    message = f"N_eff {size:,.0f} is taken from {FILE} ({source})"
    level = "fact"
    if source == "N of the file":
        level = "warning"
        message += "; if the trait is case–control and N counts people, give cases/controls"
    return size, [QualityFact(level, "", "n_eff_recorded", 0, message)]


def table_names(content: Mapping[str, Any]) -> set[str]:
    """Return the file names of the tables that a record is about."""
    return {table_name(str(model["tissue"])) for model in content.get("models", ())}


def table_name(tissue: str) -> str:
    """Return the file name of the table of a tissue."""
    return f"{tissue}_spredixcan.csv"


def _read(path: Path) -> dict[str, Any]:
    """Return the record, empty if there is none."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        size = content["n_eff"]
        table_names(content)
        good = size is None or (math.isfinite(size) and size > 0)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{path.parent.name}/{FILE}: is damaged; impute again, or remove it"
        ) from error
    if not good:
        raise DataError(f"{path.parent.name}/{FILE}: n_eff {size!r} is no sample size; correct it")
    return dict(content)
