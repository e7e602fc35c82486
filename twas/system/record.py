"""``run.json``, the record of an output folder: what made it, which files, and what else is there.

Only what the record lists is ever deleted, and only if nothing else is in the folder.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

#: The record of every output folder.
RECORD = "run.json"
PROGRAM = "twas-divergence"


def write_record(folder: Path, kind: str) -> None:
    """Add to ``run.json`` of a finished folder what made it and which files it holds.

    Parameters
    ----------
    folder
        Holds everything that is to be there; a ``run.json`` that is there is kept and completed.
    kind
        The command.
    """
    path = folder / RECORD
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    content = {"program": PROGRAM, "version": version_of(PROGRAM), "kind": kind, **content}
    files = [name for name, entry in _walk(folder, "") if not entry.is_dir()]
    content["files"] = sorted({*files, RECORD})
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def foreign(folder: Path) -> str | None:
    """Say why a folder is not ours to replace, naming the first file that is not; None if it is.

    Ours are the plain files that the record lists, by their exact name, and the folders that hold
    them. Links, files with a second name (hard links), pipes, other file systems and empty folders
    are not.
    """
    files = _listed(folder)
    found = _walk(folder, "")
    if files is None:
        first = next((name for name, _ in found), None)
        if _is_record_of_0_1_0(folder):
            return (
                f"was made by version 0.1.0, whose {RECORD} does not list its files; look what is"
                " in it and delete it yourself"
            )
        return f"holds {first!r}, and no {RECORD} that lists it as a file of ours"
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    device = folder.lstat().st_dev
    for name, entry in found:
        info = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(info.st_mode):
            if name not in folders or info.st_dev != device:
                return f"holds {name + '/'!r}, which no run of ours made"
            if not os.access(entry.path, os.W_OK | os.X_OK):
                return f"holds {name + '/'!r}, in which nothing may be deleted"
        elif name not in files:
            return f"holds {name!r}, which no run of ours wrote"
        elif not stat.S_ISREG(info.st_mode):
            return f"holds {name!r}, which is a link or no plain file, and not what we wrote"
        elif info.st_nlink > 1:
            return f"holds {name!r}, which has a second name (hard link) elsewhere"
    return None


def delete_listed(folder: Path) -> None:
    """Delete the files of the record, the record last, and the folders that are empty then.

    Anything else stays, and so does the folder around it.
    """
    files = _listed(folder) or frozenset[str]()
    found = list(_walk(folder, ""))
    for name, entry in found:
        if name in files and name != RECORD and entry.is_file(follow_symlinks=False):
            Path(entry.path).unlink()
    for _, entry in reversed(found):
        if entry.is_dir(follow_symlinks=False):
            _remove_if_empty(Path(entry.path))
    if files and [path.name for path in folder.iterdir()] == [RECORD]:
        (folder / RECORD).unlink()
    _remove_if_empty(folder)


def has_record(folder: Path) -> bool:
    """Whether a folder is complete: its record, which is written last, lists its files."""
    return _listed(folder) is not None


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def _walk(folder: Path, within: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below a folder, by name, folders before what they hold; no link is followed."""
    with os.scandir(folder / within) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        name = f"{within}/{entry.name}" if within else entry.name
        yield name, entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, name)


def _listed(folder: Path) -> frozenset[str] | None:
    """The files of the record; None if there is no record with a list that can be trusted."""
    content = _content(folder)
    files = content.get("files")
    if content.get("program") != PROGRAM or not isinstance(files, list):
        return None
    if not all(isinstance(name, str) and _stays_inside(name) for name in files):
        return None
    return frozenset(files)


def _stays_inside(name: str) -> bool:
    """Whether a listed name is a path below the folder, written as we write it."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and not any(c in name for c in "\\\0")


def _is_record_of_0_1_0(folder: Path) -> bool:
    content = _content(folder)
    return "files" not in content and "version" in content and "command" in content


def _content(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def version_of(package: str) -> str:
    """Version of an installed package, ``not installed`` where there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
