"""Checks on the cells of one file: numbers, genes, z; every dropped row is counted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.quality import QualityFact
from twas.reading.columns import normalise
from twas.reading.formats import NUMBER_COLUMNS, Format, RefusedError

# So many z of one sign have a chance below 1e-14 if the statistic is signed.
SIGNED_MIN_ROWS = 50
# Rows compared with p and effect_size: enough to see wrong columns, cheap on large files.
CHECKED_ROWS = 1000

Mask = npt.NDArray[np.bool_]


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


def check(raw: Raw) -> None:
    """Convert, check and filter the cells in place.

    Afterwards ``z`` is there and finite, number columns are float, text columns stripped.

    Raises
    ------
    DataError
        If a header of another table stands between the rows, or z is infinite, text or unsigned.
    """
    _drop_repeated_headers(raw)
    texts = _convert_numbers(raw)
    _clean_texts(raw)
    _add_z(raw)
    _drop_rows(raw, texts)
    _check_signs(raw)
    _compare_with_p(raw)
    _compare_with_effect(raw)


def _drop_repeated_headers(raw: Raw) -> None:
    """Drop headers between the rows of concatenated files; another header there is an error."""
    probe = raw.cells["z" if "z" in raw.cells else "beta"]
    if probe.dtype.kind in "iuf":
        return
    names = {normalise(name) for name in raw.header.values()}
    suspects = np.flatnonzero([normalise(str(cell)) in names for cell in probe])
    columns: dict[str, Any] = {**raw.texts, **raw.cells}
    for row in suspects:
        if any(str(columns[c][row]).strip() != name.strip() for c, name in raw.header.items()):
            raise DataError(
                f"{raw.name}: line {raw.lines[row]} is a header with other columns than the first; "
                "give the concatenated files one by one"
            )
    keep = np.ones(len(probe), dtype=bool)
    keep[suspects] = False
    raw.note("fact", "dropped:header", len(suspects), "headers stood between the rows")
    raw.keep(keep)


def _convert_numbers(raw: Raw) -> dict[str, Mask]:
    """Make number columns float; return for each where it held text."""
    texts = {}
    for column in NUMBER_COLUMNS:
        if column not in raw.cells:
            continue
        values = raw.cells[column]
        if values.dtype.kind in "iuf":
            raw.cells[column] = values.astype(float)
            continue
        cells = [_clean(cell).translate(CHARACTERS) for cell in values]
        if column in ("r2", "pp4"):
            # FUSION joins the r2 of several models, of which the chosen one has the largest, and
            # the PP4 of several pairs of credible sets, one of which is enough.
            cells = [_largest(cell) for cell in cells]
        filled = pd.Series([cell or "nan" for cell in cells], dtype=object)
        numbers = pd.to_numeric(filled, errors="coerce").to_numpy(dtype=float)
        raw.cells[column] = numbers
        texts[column] = np.isnan(numbers) & (np.array(cells, dtype=object) != "")
        if column not in ("z", "beta", "se"):
            message = f"cells of the number column {raw.header[column]} hold text, read as missing"
            raw.note("fact", f"text_in:{column}", int(texts[column].sum()), message)
    return texts


def _largest(cell: str) -> str:
    if "," not in cell:
        return cell
    parts = pd.to_numeric(pd.Series(cell.split(",")), errors="coerce")
    return cell if parts.isna().all() else str(parts.max())


def _clean_texts(raw: Raw) -> None:
    for column, cells in raw.texts.items():
        if raw.padded:
            cleaned = [_clean(cell) for cell in cells.to_numpy(dtype=object)]
            raw.texts[column] = pd.Series(cleaned, dtype=str)
        else:
            missing = cells.isna()
            if missing.any():
                raw.texts[column] = cells.mask(missing, "")
            else:
                raw.filled.add(column)


def _clean(cell: object) -> str:
    if not isinstance(cell, str):
        if cell is None or cell is pd.NA or cell != cell:
            return ""
        cell = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    text = cell.strip()
    return "" if text in MISSING else text


def _add_z(raw: Raw) -> None:
    if "z" not in raw.cells:
        beta, se = raw.cells["beta"], raw.cells["se"]
        with np.errstate(divide="ignore", invalid="ignore"):
            raw.cells["z"] = np.where(se < 0, np.nan, beta / se)
        raw.note("fact", "z_computed", len(beta), "rows have their z computed as beta / se")
    used = [raw.cells[column] for column in ("z", "beta", "se") if column in raw.cells]
    infinite = np.flatnonzero(np.isinf(used).any(axis=0))
    if len(infinite):
        raise DataError(
            f"{raw.name}: line {raw.lines[infinite[0]]} has an infinite z, beta or 1/se "
            f"({len(infinite)} such lines); correct or remove it: infinity is a fault, no signal"
        )


def _drop_rows(raw: Raw, texts: dict[str, Mask]) -> None:
    """Drop rows without gene or z, each kind counted with its first lines."""
    gene, symbol, z = raw.text("gene"), raw.text("symbol"), raw.cells["z"]
    is_text = np.zeros(len(z), dtype=bool)
    for column in ("z", "beta", "se"):
        is_text |= texts.get(column, False)
    if np.isnan(z).all() and is_text.any():
        name = raw.header.get("z", raw.header.get("beta", "z"))
        where = _lines(raw, is_text)
        raise DataError(
            f"{raw.name}: the column {name} holds no number{where}; are there decimal commas, or "
            "is it another column? Write decimal points, or name the column with `columns` z=…"
        )
    null = np.zeros(len(z), dtype=bool)
    if raw.form.null_genes:
        null = _is_in(gene, raw.form.null_genes) | _is_in(symbol, raw.form.null_genes)
    nameless = np.zeros(len(z), dtype=bool)
    if not raw.filled & {"gene", "symbol"}:
        nameless = ~null & _is_in(gene, ("",)) & _is_in(symbol, ("",))
    no_z = ~null & ~nameless & np.isnan(z)
    kinds = (
        ("fact", "dropped:null_model", null, "rows stand for no gene"),
        ("warning", "dropped:no_gene", nameless, "rows have no gene; name it or remove them"),
        ("warning", "dropped:z_text", no_z & is_text, "rows have text for z; correct the file"),
        ("fact", "dropped:z_missing", no_z & ~is_text, "rows have no z"),
    )
    for level, topic, mask, message in kinds:
        raw.note(level, topic, int(mask.sum()), message + _lines(raw, mask))
    drop = null | nameless | no_z
    if drop.any():
        raw.keep(~drop)


def _is_in(texts: pd.Series, values: tuple[str, ...]) -> Mask:
    found = texts == values[0] if len(values) == 1 else texts.isin(values)
    return found.to_numpy(dtype=bool)


def _lines(raw: Raw, mask: Mask) -> str:
    lines = raw.lines[mask]
    more = ", …" if len(lines) > 3 else ""
    return f" (line {', '.join(map(str, lines[:3]))}{more})" if len(lines) else ""


def _check_signs(raw: Raw) -> None:
    z = raw.cells["z"]
    if len(z) >= SIGNED_MIN_ROWS and (z.min() >= 0 or z.max() <= 0) and z.any():
        raise RefusedError(
            f"{raw.name}: all {len(z)} z have one sign, so they are unsigned statistics; "
            "give a table with signed z"
        )


def _compare_with_p(raw: Raw) -> None:
    """Warn if p is off by more than a factor of ten in most rows: a wrong column is z."""
    if "p" not in raw.cells:
        return
    z, p = raw.cells["z"][:CHECKED_ROWS], raw.cells["p"][:CHECKED_ROWS]
    expected = np.array([math.erfc(x) for x in (np.abs(z) / math.sqrt(2)).tolist()])
    usable = (p > 1e-300) & (p <= 1) & (expected > 1e-300)
    off = np.abs(np.log10(p[usable]) - np.log10(expected[usable])) > 1
    if 2 * off.sum() > max(len(off), 1):
        message = "rows, most of those checked, have a p that contradicts z; is z the right column?"
        raw.note("warning", "p_contradicts_z", int(off.sum()), message)


def _compare_with_effect(raw: Raw) -> None:
    """Warn if most effect sizes have the other sign than z."""
    if "effect_size" not in raw.cells:
        return
    product = raw.cells["effect_size"][:CHECKED_ROWS] * raw.cells["z"][:CHECKED_ROWS]
    opposite, same = int((product < 0).sum()), int((product > 0).sum())
    if opposite > same:
        message = "rows, most of those checked, have effect_size and z of opposite signs"
        raw.note("warning", "effect_contradicts_z", opposite, message)
