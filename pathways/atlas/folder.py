"""The folder of an atlas: unlike those of other commands it is filled bit by bit, and resumed.

``atlas.json`` comes first and names the key; ``run.json``, the record, comes last. A folder with
another key is another atlas: it is replaced with `force` only, and only if nothing is in it but
what an atlas writes. Names that begin with a dot are drafts, which a run that was killed left.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from twas.errors import UsageError
from twas.reading.paths import find_tables
from twas.system.folder import check_folder
from twas.system.record import PROGRAM, RECORD

#: Names the atlas that a folder holds.
MARK = "atlas.json"
#: Files at the end, made of the parts.
FINAL = ("failures.tsv", "traits.tsv", "correlations.tsv", "report.html")
_OURS = re.compile(
    rf"{re.escape(MARK)}|{RECORD}|{'|'.join(map(re.escape, FINAL))}"
    r"|parts(/\.?[a-z_]+-\d{5}\.parquet(-\w+)?)?|\.[a-z]+\.(json|tsv|html)-\w+"
    r"|(store|\.store-\w+)(/(store\.json|z\.npy|(genes|blocks)\.parquet"
    r"|(traits|sets)(/\d{5}\.parquet)?))?"
)


def open_folder(out: Path, key: str, *, force: bool, inputs: Sequence[str | Path]) -> None:
    """Make the folder of an atlas, or go on with it.

    Parameters
    ----------
    out
        The folder.
    key
        Key of the atlas.
    force
        Replace another atlas that is there.
    inputs
        Files, folders and globs that are read.

    Raises
    ------
    UsageError
        If something else is there; nothing is touched then.
    """
    found = _mark(out)
    if found == key:
        return
    if found is None:
        check_folder(out, force=force, inputs=inputs)
        if out.is_dir() and any(out.iterdir()):
            # A folder that a run wrote, and that may be replaced.
            raise UsageError(f"{out} holds the results of another command; choose another `out`")
    elif not force:
        raise UsageError(
            f"{out} holds an atlas of other inputs, parameters or version; choose another `out`, or"
            " set `force` to replace it"
        )
    else:
        _clear(out, inputs)
    (out / "parts").mkdir(parents=True, exist_ok=True)
    mark = {"program": PROGRAM, "kind": "atlas", "key": key}
    write_text(out / MARK, json.dumps(mark, indent=1) + "\n")


def sweep(out: Path) -> None:
    """Delete the drafts of runs that were killed; no other run may be going on."""
    for place in (out, out / "parts"):
        for entry in place.glob(".*"):
            if entry.is_dir() and entry.name.startswith(".store-"):
                shutil.rmtree(entry)
            elif entry.is_file() and _OURS.fullmatch(entry.relative_to(out).as_posix()):
                entry.unlink()


def _mark(out: Path) -> str | None:
    """The key of the atlas that a folder holds, None if it holds none."""
    try:
        content = json.loads((out / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(content, dict) and content.get("program") == PROGRAM
    return str(content.get("key")) if ours else None


def _clear(out: Path, inputs: Sequence[str | Path]) -> None:
    """Empty a folder in which nothing is but what an atlas writes."""
    real = out.resolve()
    if real in (Path.cwd(), *Path.cwd().parents):
        raise UsageError(f"{out} is the working folder, or holds it; choose another `out`")
    for given in inputs:
        for path in _files(given):
            if real in (path.resolve(), *path.resolve().parents):
                raise UsageError(f"{out} holds the input {given}, and is never replaced")
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink() or not _OURS.fullmatch(name):
            raise UsageError(f"{out} holds {name!r}, which no atlas wrote: it is not replaced")
    for path in out.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()


def _files(given: str | Path) -> list[Path]:
    if Path(given).exists():
        return [Path(given)]
    try:
        return list(find_tables([given]).tables)
    except Exception:
        return []


def write_text(path: Path, text: str) -> None:
    """Write a file under another name and rename it, so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
