"""Checks on the cells of one file: numbers, genes, z; every dropped row is counted."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import bdtr

from twas.checks import threshold
from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.columns import Choices, normalise
from twas.reading.content import harmless
from twas.reading.formats import NUMBER_COLUMNS, RefusedError
from twas.reading.made_z import add_z, recipe_for
from twas.reading.raw import Raw
from twas.reading.sign_columns import check_unread_signs
from twas.system.arrays import Bool

# Binomial test of the rarer sign of z against 1/2. Real tables have 40-60 % of each sign; a table
# that fails at SIGN_P_REFUSED and has at most SIGN_SHARE of the rarer sign holds no signed z.
SIGN_P_REFUSED, SIGN_SHARE = 1e-12, 0.05
# Fewer rows may have equal z by rounding.
MIN_ROWS = 5
# No z is so large: the 9999 that stands for a missing value is told as such.
LARGEST_Z = 1e4
# More of the rarer sign is no doubt at all.
SIGN_SHARE_WARNED = 0.2
# Words in the name of a column that say that it is a size.
_ABSOLUTE = frozenset({"abs", "absolute", "unsigned", "magnitude"})
# Negative numbers as accountants write them: (1.5), and 1.5-.
_ACCOUNTED = re.compile(r"\(\d*\.?\d+\)|\d*\.?\d+-")
# Rows compared with p: enough to see wrong columns, cheap on large files.
CHECKED_ROWS = 1000
# Number columns of which a usable table has one: where text shows a header between the rows.
_PROBES = ("z", "beta", "odds_ratio", "p", "pip")


def check(raw: Raw, choices: Choices) -> None:
    """Convert, check and filter the cells in place, as the user chose.

    Afterwards ``z`` is there and finite, number columns are float, text columns stripped.

    Raises
    ------
    DataError
        If a header of another table stands between the rows, or z is infinite, text or unsigned.
    """
    _drop_repeated_headers(raw)
    _check_row_numbers(raw)
    texts = _convert_numbers(raw)
    _clean_texts(raw)
    add_z(raw, choices.min_p)
    _check_finite(raw, drop=choices.drop_infinite)
    _check_size(raw)
    _drop_rows(raw, texts)
    check_unread_signs(raw)
    _check_signs(raw)
    _check_calibration(raw)
    _compare_with_p(raw)


def _drop_repeated_headers(raw: Raw) -> None:
    """Drop headers between the rows of concatenated files; another header there is an error."""
    probe = next(raw.cells[c] for c in _PROBES if c in raw.cells)
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


def _check_row_numbers(raw: Raw) -> None:
    """Do not take the numbers of the rows, 0 or 1 to n in any order, for Entrez ids."""
    cells, n = raw.texts.get("gene"), len(raw.lines)
    if cells is None or n < MIN_ROWS or not str(cells.iloc[0]).strip()[:1].isdigit():
        return
    numbers = np.sort(pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float))
    if not any(np.array_equal(numbers, np.arange(first, first + n)) for first in (0, 1)):
        return
    name = raw.header["gene"]
    if "symbol" not in raw.texts:
        raise DataError(
            f"{raw.name}: the column {name} holds the numbers of the rows, no genes; name the "
            "column of the genes with `columns` gene=…"
        )
    del raw.texts["gene"], raw.header["gene"]
    raw.note("fact", "row_numbers", n, f"rows have their number in {name}, which was not read")


def _convert_numbers(raw: Raw) -> dict[str, Bool]:
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
        for row in np.flatnonzero(texts[column]) if column in _sources(raw) else ():
            if _ACCOUNTED.fullmatch(cells[row]):
                # Only negative numbers are written so: dropping them would leave one sign.
                raise DataError(
                    f"{raw.name}: line {raw.lines[row]} has {cells[row]} in the column "
                    f"{raw.header[column]}; write negative numbers as -1.5"
                )
        if column not in _sources(raw):
            message = f"cells of the number column {raw.header[column]} hold text, read as missing"
            raw.note("fact", f"text_in:{column}", int(texts[column].sum()), message)
    return texts


def _sources(raw: Raw) -> tuple[str, ...]:
    """Return the number columns that z is read or made from."""
    recipe = recipe_for(raw.header)
    needs = recipe.needs if recipe is not None else ()
    return tuple(column for column in needs if column in NUMBER_COLUMNS)


def _largest(cell: str) -> str:
    if "," not in cell:
        return cell
    parts = pd.to_numeric(pd.Series(cell.split(",")), errors="coerce")
    return cell if parts.isna().all() else str(parts.max())


def _clean_texts(raw: Raw) -> None:
    for column, cells in raw.texts.items():
        if column == "sign":
            continue
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
    return "" if text in MISSING else harmless(text)


def _check_finite(raw: Raw, *, drop: bool) -> None:
    """Refuse or leave out rows with an infinite number."""
    columns = ("z", "beta", "se", "odds_ratio")
    used = [raw.cells[column] for column in columns if column in raw.cells]
    odd: Bool = np.asarray(np.isinf(used).any(axis=0))
    infinite = np.flatnonzero(odd)
    if len(infinite) and drop:
        count, lines = len(infinite), _lines(raw, odd)
        raw.found("dropped:infinite", count, lines=lines)
        raw.keep(~odd)
    elif len(infinite):
        raise DataError(
            f"{raw.name}: line {raw.lines[infinite[0]]} has an infinite z, beta or 1/se "
            f"({len(infinite)} such lines); correct or remove it, or set `drop_infinite`: "
            "infinity is a fault, no signal"
        )


def _check_size(raw: Raw) -> None:
    """Refuse z that no study can give, before they swamp every sum."""
    z = raw.cells["z"]
    rows = np.flatnonzero(np.abs(z) > LARGEST_Z)
    if len(rows):
        raise DataError(
            f"{raw.name}: line {raw.lines[rows[0]]} has a z of {z[rows[0]]:.4g} ({len(rows)} such "
            "lines), beyond all reason; correct or remove it, or name the z column with "
            "`columns` z=…"
        )


def _drop_rows(raw: Raw, texts: dict[str, Bool]) -> None:
    """Drop rows without gene or z, each kind counted with its first lines."""
    gene, symbol, z = raw.text("gene"), raw.text("symbol"), raw.cells["z"]
    is_text = np.zeros(len(z), dtype=bool)
    for column in _sources(raw):
        is_text |= texts.get(column, False)
    if np.isnan(z).all() and is_text.any():
        name = next(raw.header[column] for column in _sources(raw) if texts[column].any())
        where = _lines(raw, is_text)
        raise DataError(
            f"{raw.name}: the column {name} holds no number{where}; are there decimal commas, or "
            "is it another column? Write decimal points, or name the column with `columns` z=…"
        )
    null = np.zeros(len(z), dtype=bool)
    if raw.form.null_genes:
        null = _starts_with(gene, raw.form.null_genes) | _starts_with(symbol, raw.form.null_genes)
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


def _is_in(texts: pd.Series, values: tuple[str, ...]) -> Bool:
    found = texts == values[0] if len(values) == 1 else texts.isin(values)
    return found.to_numpy(dtype=bool)


def _starts_with(texts: pd.Series, starts: tuple[str, ...]) -> Bool:
    return texts.str.upper().str.startswith(starts).to_numpy(dtype=bool)


def _lines(raw: Raw, mask: Bool) -> str:
    lines = raw.lines[mask]
    more = ", …" if len(lines) > 3 else ""
    return f" (line {', '.join(map(str, lines[:3]))}{more})" if len(lines) else ""


def _check_signs(raw: Raw) -> None:
    """Refuse or doubt z that are nearly all of one sign."""
    z = raw.cells["z"]
    n, rarer = int((z != 0).sum()), int(min((z < 0).sum(), (z > 0).sum()))
    if not raw.form.background:
        return
    if len(z) >= MIN_ROWS and np.ptp(z) == 0:
        raise DataError(
            f"{raw.name}: z does not vary, all {len(z):,} are {z[0]:g}; is it the right column?"
        )
    if not n:
        return
    name = raw.header.get("z", "")
    if rarer == 0 and n > 1 and _says_absolute(name):
        raise RefusedError(f"{raw.name}: the column {name} is the size of z; give the signed z")
    p, share = min(2 * float(bdtr(rarer, n, 0.5)), 1.0), rarer / n
    if p < SIGN_P_REFUSED and share <= SIGN_SHARE:
        raise RefusedError(
            f"{raw.name}: {n - rarer:,} of {n:,} z have one sign (p = {p:.1g} if they were "
            "signed), so they are unsigned statistics; give a table with signed z"
        )
    if p < threshold("one_sign") and share <= SIGN_SHARE_WARNED:
        raw.found("one_sign", n - rarer, n=n, p=p)


def _says_absolute(name: str) -> bool:
    bars = name.strip().startswith("|") and name.strip().endswith("|")
    words = set(normalise(name).split("_"))
    return bars or bool(words & _ABSOLUTE) or normalise(name).startswith("absz")


def _check_calibration(raw: Raw) -> None:
    """Say which z is read of a file with MetaXcan's variance control.

    The control divides z by sqrt(1 + phi N h2), so that it grows less than with sqrt(N) and its
    size cannot be compared with that of another study.
    """
    if "phi" not in raw.cells or "z" not in raw.header or np.isnan(raw.cells["phi"]).all():
        return
    name = raw.header["z"]
    topic = "z_uncalibrated" if normalise(name).startswith("uncalibrated") else "z_calibrated"
    raw.found(topic, len(raw.lines), name=name)


def _compare_with_p(raw: Raw) -> None:
    """Warn if p is off by more than a factor of ten in most rows: a wrong column is z."""
    if "p" not in raw.cells:
        return
    z, p = raw.cells["z"][:CHECKED_ROWS], raw.cells["p"][:CHECKED_ROWS]
    expected = np.array([math.erfc(x) for x in (np.abs(z) / math.sqrt(2)).tolist()])
    usable = (p > 1e-300) & (p <= 1) & (expected > 1e-300)
    off = np.abs(np.log10(p[usable]) - np.log10(expected[usable])) > 1
    if 2 * off.sum() > max(len(off), 1):
        raw.found("p_contradicts_z", int(off.sum()))
