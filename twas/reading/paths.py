"""Paths, folders and globs → the table files in them."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from twas.checks import fact
from twas.errors import DataError
from twas.quality import QualityFact, some
from twas.reading.content import STDIN
from twas.reading.harmless import harmless

COMPRESSIONS = (".gz", ".bgz", ".bz2", ".xz", ".zst")
#: What `impute` leaves in the folder of a trait: read beside the tables, for N_eff.
RECORD = "impute.json"
#: Endings of table files, looked for in folders; a file named as such is always tried.
TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".dat",
    ".mhc",
    ".smr",
    ".msmr",
    ".out",
    ".rnk",
    ".parquet",
)
#: Starts and parts of names that belong to no table: notes, and what the tools write beside.
COMPANION_STARTS = ("readme", "license", "licence", "changelog", "manifest", "md5", "sha256")
COMPANION_PARTS = (".joint_included.", ".joint_dropped.", ".corr.dat", "_covariance")


@dataclass(frozen=True)
class FoundTables:
    """The table files behind some paths.

    Attributes
    ----------
    tables
        Files in order of name, each once.
    named
        Those of them that the user named one by one; the others were found in a folder.
    facts
        What was passed over or added.
    """

    tables: tuple[Path, ...]
    named: frozenset[Path]
    facts: tuple[QualityFact, ...]


def find_tables(paths: str | Path | Iterable[str | Path]) -> FoundTables:
    """Find the table files behind files, folders and globs.

    Folders are searched without their subfolders. Hidden files, notes and companions of tables
    (``.pos``, logs, figures) are passed over and counted. ``X.MHC`` and ``X.dat.MHC``, where
    FUSION puts the genes of the major histocompatibility complex, are added to ``X.dat``.

    Parameters
    ----------
    paths
        One or several files, folders or quoted globs (``**`` crosses folders).

    Raises
    ------
    DataError
        If a path is not there, or no table is found.
    """
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not given:
        raise DataError("no path given; name a file, a folder or a quoted glob")
    tables: dict[Path, Path] = {}
    named: set[Path] = set()
    facts: list[QualityFact] = []
    repeated = 0
    for path in given:
        files, is_named = _expand(path, facts)
        for file in files:
            key = file.resolve()
            repeated += key in tables
            tables.setdefault(key, file)
            if is_named:
                named.add(tables[key])
    if repeated:
        facts.append(_fact("", "path_repeated", repeated, "files were named more than once"))
    for companion in _mhc_files(tables.values()):
        if companion.resolve() not in tables:
            tables[companion.resolve()] = companion
            message = "MHC file, which FUSION writes beside the .dat file, was added"
            facts.append(_fact(companion.name, "mhc_added", 1, message))
    ordered = sorted(tables.values(), key=lambda file: (file.name, str(file)))
    return FoundTables(tuple(ordered), frozenset(named), tuple(facts))


def stem(name: str) -> str:
    """Return a file name without the endings of tables and compressions."""
    for ending in (*COMPRESSIONS, *TABLES, *TABLES):
        if name.lower().endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
    return name


def _expand(path: str | Path, facts: list[QualityFact]) -> tuple[list[Path], bool]:
    """Return the tables of one given path and whether it names a file."""
    if str(path) == STDIN:
        return [Path(STDIN)], True
    place = Path(path).expanduser()
    if place.is_dir():
        return _in_folder(sorted(place.iterdir()), place.name or str(path), facts), False
    if place.exists():
        return [place], True
    if place.is_symlink():
        raise DataError(f"{place.name}: is a link that leads nowhere; mend or remove it")
    if not glob.has_magic(str(path)):
        raise DataError(f"{place.name}: there is no such file or folder")
    # Path.glob takes no absolute patterns.
    matches = [Path(match) for match in sorted(glob.glob(str(place), recursive=True))]  # noqa: PTH207
    if not matches:
        raise DataError(f"{path}: no file matches this pattern")
    return _in_folder(matches, Path(path).name, facts), False


def _in_folder(files: list[Path], name: str, facts: list[QualityFact]) -> list[Path]:
    tables = [file for file in files if file.is_file() and _is_table(file.name)]
    unread = [file.name for file in files if file.is_file() and not _is_table(file.name)]
    others = [name for name in unread if name != RECORD]
    dead = [file.name for file in files if file.is_symlink() and not file.exists()]
    folders = sum(file.is_dir() for file in files)
    if dead:
        facts.append(fact("dead_link", harmless(name), len(dead), some=some(map(harmless, dead))))
    if not tables:
        inside = f"; look into its {folders} subfolders" if folders else ""
        raise DataError(f"{name}: holds no table ({', '.join(TABLES)}){inside}")
    if others:
        shown = some(map(harmless, others))
        facts.append(fact("file_passed_over", harmless(name), len(others), some=shown))
    return tables


def _is_table(name: str) -> bool:
    lower = name.lower()
    if lower.startswith((".", *COMPANION_STARTS)) or any(p in lower for p in COMPANION_PARTS):
        return False
    for ending in COMPRESSIONS:
        lower = lower.removesuffix(ending)
    return lower.endswith(TABLES)


def _mhc_files(tables: Iterable[Path]) -> list[Path]:
    candidates = []
    for file in tables:
        names = [f"{file.name}.MHC"]
        if file.name.endswith(".dat"):
            names.append(file.name.removesuffix(".dat") + ".MHC")
        candidates += [file.with_name(name) for name in names]
    return [file for file in candidates if file.is_file()]


def _fact(source: str, topic: str, count: int, message: str) -> QualityFact:
    return QualityFact("fact", source or "input", topic, count, message)
