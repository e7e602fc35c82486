"""Enrichr libraries through gseapy, kept as GMT files whose names hold their SHA-256.

A library is fetched once; later runs read the kept file, so that a result does not change when
the server does. Delete the file to fetch the library again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from twas.errors import DataError, UsageError
from twas.reading.content import Content

PREFIX = "enrichr:"
_NAME = re.compile(r"[\w+-][\w.+ -]*")
_HASH_DIGITS = 64
# gseapy drops sets above its default of 2,000 genes without a word.
_ANY_SIZE = 10**9


def library(name: str) -> Content:
    """Return an Enrichr library as the content of a GMT file, from the cache or the server.

    Parameters
    ----------
    name
        Name of the library, for example ``"GO_Biological_Process_2023"``.

    Raises
    ------
    UsageError
        If the name cannot be that of a library, or the server does not know it.
    DataError
        If the library is not cached and cannot be fetched, or the cached file was changed.
    """
    if not _NAME.fullmatch(name) or name.lower().endswith(".gmt"):
        raise UsageError(
            f"gene sets {PREFIX + name!r}: not the name of an Enrichr library; for a file leave"
            f" out {PREFIX!r}"
        )
    kept = _cached(name)
    if kept is not None:
        return kept
    content = _as_gmt(_fetch(name))
    # A library that cannot be kept is still good for this run.
    with contextlib.suppress(OSError):
        _keep(name, content)
    return _content(name, content)


def cache_folder() -> Path:
    """Where libraries are kept: in the user's folder for caches, as the system has it."""
    return platformdirs.user_cache_path("twas-divergence", appauthor=False) / "enrichr"


def _cached(name: str) -> Content | None:
    paths = sorted(cache_folder().glob(f"{name}.{'?' * _HASH_DIGITS}.gmt"))
    if not paths:
        return None
    try:
        data = paths[0].read_bytes()
    except OSError as error:
        raise DataError(
            f"{paths[0].name}: cached Enrichr library cannot be read ({error.strerror})"
        ) from None
    if hashlib.sha256(data).hexdigest() not in paths[0].name:
        raise DataError(
            f"{paths[0].name}: cached Enrichr library does not have the SHA-256 of its name;"
            " delete it to fetch it again"
        )
    return _content(name, data)


def _fetch(name: str) -> dict[str, list[str]]:
    import gseapy  # loading it takes a second: only when a library is asked for

    try:
        sets: dict[str, list[str]] = gseapy.get_library(
            name, organism="Human", min_size=0, max_size=_ANY_SIZE
        )
    except ValueError as error:
        if "given organism" not in str(error):
            raise _unreachable(name, error) from error
        raise UsageError(
            f"gene sets {PREFIX + name!r}: Enrichr has no library of this name; the names are those"
            " of gseapy.get_library_name()"
        ) from error
    except Exception as error:  # gseapy raises bare Exception when the server refuses
        raise _unreachable(name, error) from error
    if not sets:
        raise DataError(f"gene sets {PREFIX + name!r}: Enrichr sent an empty library")
    return sets


def _unreachable(name: str, error: Exception) -> DataError:
    return DataError(
        f"gene sets {PREFIX + name!r}: not cached and cannot be fetched"
        f" ({type(error).__name__}); connect to the internet once, or give the library as a GMT"
        " file: `gene_sets` FILE.gmt"
    )


def _as_gmt(sets: Mapping[str, Sequence[str]]) -> bytes:
    lines = ("\t".join([name, "", *genes]) for name, genes in sets.items())
    return ("\n".join(lines) + "\n").encode()


def _keep(name: str, data: bytes) -> None:
    """Write the file under its final name only when it is whole."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(part).replace(folder / f"{name}.{hashlib.sha256(data).hexdigest()}.gmt")
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def _content(name: str, data: bytes) -> Content:
    return Content(PREFIX + name, data, hashlib.sha256(data).hexdigest(), is_raw=True)
