"""The manifest of an atlas: which traits, where their files are, and which pairs of them.

A tab-separated table with a header: ``trait`` and ``path``; ``n_eff``, or ``cases`` and
``controls``; ``ancestry``, ``group``, ``intercept``, ``flip``. A path is a file, a folder or a
glob, below the folder of the manifest if it is not absolute; rows of one trait add up.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from twas.errors import DataError, UsageError
from twas.study.axis import check_names_of_pairs
from twas.traits.n_eff import parse_n_eff

REQUIRED = ("trait", "path")
OPTIONAL = ("n_eff", "cases", "controls", "ancestry", "group", "intercept", "flip")
#: What ``flip`` may say.
_FLIP = {"": False, "no": False, "0": False, "yes": True, "1": True}

Pair = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One trait of a manifest.

    Attributes
    ----------
    trait
        Its name.
    paths
        Files, folders and globs.
    n_eff
        Effective sample size, or ``"cases/controls"``; None unknown.
    ancestry, group
        As given, "" where not.
    intercept
        Univariate LDSC intercept; None unknown.
    flip
        Whether every z is to be negated.
    """

    trait: str
    paths: tuple[str, ...]
    n_eff: str | None = None
    ancestry: str = ""
    group: str = ""
    intercept: float | None = None
    flip: bool = False


def read_manifest(path: str | Path) -> tuple[Entry, ...]:
    """Read a manifest.

    Returns
    -------
    tuple of Entry
        In the order of the file.

    Raises
    ------
    DataError
        If it is no such table; the message names the line.
    """
    place = Path(path)
    rows: dict[str, list[dict[str, str]]] = {}
    for line, row in _rows(place, REQUIRED, OPTIONAL):
        where = f"{place.name} line {line}"
        entry = _entry(row, where, place.parent)
        if (before := rows.get(row["trait"])) is not None:
            told = {key: value for key, value in row.items() if key != "path"}
            if told != {key: value for key, value in before[0].items() if key != "path"}:
                raise DataError(f"{where}: trait {entry.trait} was described otherwise before")
        rows.setdefault(row["trait"], []).append({**row, "path": entry.paths[0]})
    if not rows:
        raise DataError(f"{place.name}: holds no trait")
    return tuple(_together(name, same, place) for name, same in rows.items())


def _together(name: str, rows: Sequence[dict[str, str]], place: Path) -> Entry:
    one = _entry(rows[0], place.name, place.parent)
    paths = tuple(row["path"] for row in rows)
    return Entry(name, paths, one.n_eff, one.ancestry, one.group, one.intercept, one.flip)


def _entry(row: Mapping[str, str], where: str, folder: Path) -> Entry:
    for name in REQUIRED:
        if not row[name]:
            raise DataError(f"{where}: {name} is empty")
    flip = row.get("flip", "").lower()
    if flip not in _FLIP:
        raise DataError(f"{where}: flip is {flip!r}; write yes, no or nothing")
    return Entry(
        trait=row["trait"],
        paths=(str(folder / row["path"]),),
        n_eff=_n_eff(row, where),
        ancestry=row.get("ancestry", ""),
        group=row.get("group", ""),
        intercept=_intercept(row.get("intercept", ""), where),
        flip=_FLIP[flip],
    )


def _n_eff(row: Mapping[str, str], where: str) -> str | None:
    n_eff, cases, controls = (row.get(name, "") for name in ("n_eff", "cases", "controls"))
    if bool(cases) != bool(controls):
        raise DataError(f"{where}: give both cases and controls, or neither")
    if n_eff and cases:
        raise DataError(f"{where}: give n_eff, or cases and controls, not all of them")
    text = n_eff or (f"{cases}/{controls}" if cases else "")
    if not text:
        return None
    try:
        parse_n_eff(text)
    except UsageError as error:
        raise DataError(f"{where}: {error}") from None
    return text


def _intercept(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise DataError(f"{where}: intercept {text!r} is no number above 0")
    return value


def _rows(
    place: Path, required: Sequence[str], optional: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a tab-separated table, white space taken off."""
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{place.name}: is no UTF-8 text") from None
    except IsADirectoryError:
        raise DataError(f"{place.name}: is a folder, not a table") from None
    lines = [
        (number, [cell.strip() for cell in next(csv.reader([line], delimiter="\t"), [])])
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    header = lines[0][1] if lines else []
    missing = [name for name in required if name not in header]
    odd = [name for name in header if name not in (*required, *optional)]
    problem = "a column is there twice" if len(set(header)) < len(header) else ""
    problem = f"column {odd[0]!r} is unknown" if odd else problem
    problem = f"column {missing[0]!r} is missing" if missing else problem
    if problem:
        raise DataError(
            f"{place.name}: {problem}; the table is tab-separated and has the columns"
            f" {', '.join(required)} and may have {', '.join(optional)}"
        )
    rows = []
    for number, cells in lines[1:]:
        if len(cells) > len(header):
            raise DataError(f"{place.name} line {number}: has more cells than the header")
        cells += [""] * (len(header) - len(cells))
        rows.append((number, dict(zip(header, cells, strict=True))))
    return rows


@dataclass(frozen=True)
class Pairs:
    """The pairs of an atlas.

    Attributes
    ----------
    chosen
        In the order of the manifest; each pair is in the order of the manifest too.
    overlaps
        Pair → bivariate LDSC intercept, where the file of pairs gives it.
    mixed
        Pairs that were left out because their ancestries differ.
    """

    chosen: tuple[Pair, ...]
    overlaps: Mapping[Pair, float]
    mixed: tuple[Pair, ...] = ()


def choose_pairs(
    entries: Sequence[Entry],
    *,
    against: str | None = None,
    pairs: str | Path | None = None,
    allow_mixed: bool = False,
) -> Pairs:
    """All pairs of a manifest, those with one trait, or those that a file names.

    Parameters
    ----------
    entries
        The manifest.
    against
        Take the pairs of this trait with each other one.
    pairs
        File of pairs: a tab-separated table of ``trait_a``, ``trait_b`` and perhaps ``overlap``.
    allow_mixed
        Take pairs of different ancestries too.

    Raises
    ------
    UsageError
        If a trait is not in the manifest, or nothing is left.
    DataError
        If the file of pairs is no such table, or names a pair of different ancestries; if two
        pairs would be called the same.
    """
    if against is not None and pairs is not None:
        raise UsageError("give `against` or `pairs`, not both")
    order = {entry.trait: k for k, entry in enumerate(entries)}
    overlaps: dict[Pair, float] = {}
    if pairs is not None:
        overlaps = _read_pairs(Path(pairs), order)
        asked = sorted(overlaps, key=lambda pair: (order[pair[0]], order[pair[1]]))
        overlaps = {pair: x for pair, x in overlaps.items() if x == x}
    else:
        asked = list(combinations(order, 2))
    if against is not None:
        if against not in order:
            raise UsageError(f"`against` names trait {against!r}, which the manifest does not hold")
        asked = [pair for pair in asked if against in pair]
    chosen, mixed = _apart(entries, asked, allow_mixed=allow_mixed)
    check_names_of_pairs(list(order), chosen)
    if mixed and pairs is not None:
        a, b = mixed[0]
        raise DataError(
            f"{Path(pairs).name}: {a} and {b} are of different ancestries; take the pair out, or"
            " set `allow_mixed`"
        )
    if not chosen:
        why = "; those there are mix ancestries (`allow_mixed`)" if mixed else ""
        raise UsageError(f"there is no pair of traits to compare{why}")
    return Pairs(tuple(chosen), overlaps, tuple(mixed))


def _apart(
    entries: Sequence[Entry], asked: Sequence[Pair], *, allow_mixed: bool
) -> tuple[list[Pair], list[Pair]]:
    """Pairs of one ancestry and pairs of two; where no trait has an ancestry all are of one."""
    ancestry = {entry.trait: entry.ancestry.casefold() for entry in entries}
    if not any(ancestry.values()) or allow_mixed:
        return list(asked), []
    unknown = next((name for name, value in ancestry.items() if not value), None)
    if unknown is not None:
        raise DataError(
            f"trait {unknown} has no ancestry in the manifest, others have; give it, or set"
            " `allow_mixed`"
        )
    one = [pair for pair in asked if ancestry[pair[0]] == ancestry[pair[1]]]
    return one, [pair for pair in asked if ancestry[pair[0]] != ancestry[pair[1]]]


def _read_pairs(place: Path, order: Mapping[str, int]) -> dict[Pair, float]:
    """Pair in the order of the manifest → overlap, NaN where it is not given."""
    found: dict[Pair, float] = {}
    for line, row in _rows(place, ("trait_a", "trait_b"), ("overlap",)):
        where = f"{place.name} line {line}"
        a, b = row["trait_a"], row["trait_b"]
        for name in (a, b):
            if name not in order:
                raise DataError(f"{where}: trait {name!r} is not in the manifest")
        if a == b:
            raise DataError(f"{where}: names {a} twice")
        pair = (a, b) if order[a] < order[b] else (b, a)
        if pair in found:
            raise DataError(f"{where}: the pair {a}, {b} was named before")
        try:
            found[pair] = float(row.get("overlap") or "nan")
        except ValueError:
            raise DataError(f"{where}: overlap {row['overlap']!r} is no number") from None
    return found
