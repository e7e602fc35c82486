"""Renames that either happen whole or not at all, and replace nothing that nobody looked at.

Linux (``renameat2``) and macOS (``renamex_np``) can swap two names, and can refuse a name that is
taken, in one step. Where the system or the file system cannot (Windows, some network drives),
`exchange` says so, and `onto_free_name` claims the name first.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

# linux/fs.h: RENAME_NOREPLACE, RENAME_EXCHANGE; sys/stdio.h of macOS: RENAME_EXCL, RENAME_SWAP.
_NO_REPLACE, _EXCHANGE = (4, 2) if sys.platform == "darwin" else (1, 2)
# linux/fcntl.h: a path is taken from the working folder.
_AT_FDCWD = -100
#: What a file system answers that does not know a flag.
_UNKNOWN = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step.

    Returns
    -------
    bool
        False if that cannot be had here; nothing was done then.

    Raises
    ------
    OSError
        If one of them is not there, or may not be renamed.
    """
    return _flagged(one, other, _EXCHANGE)


def onto_free_name(source: Path, target: Path) -> None:
    """Rename a file or folder; a name that is taken is left alone.

    Raises
    ------
    FileExistsError
        If the name is taken.
    """
    if _flagged(source, target, _NO_REPLACE):
        return
    if os.name == "nt":  # rename never replaces there
        source.rename(target)
    elif source.is_dir():
        target.mkdir()
        source.rename(target)  # an empty folder gives way to a folder
    else:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        source.replace(target)


def folder_onto_free_name(source: Path, target: Path) -> None:
    """Rename a folder to a name that is free or an empty folder, in one step.

    Raises
    ------
    OSError
        If anything else has the name; it is left alone.
    """
    if os.name == "nt" and target.is_dir():
        target.rmdir()  # fails if there is anything in it
    source.rename(target)  # POSIX: a folder replaces an empty folder, and nothing else


def _flagged(source: Path, target: Path, flag: int) -> bool:
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(source), os.fsencode(target), flag) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(source), None, str(target))


@functools.cache
def _system_call() -> Callable[[bytes, bytes, int], int] | None:
    """The rename with flags of this system, or None."""
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        return None if swap is None else lambda a, b, flag: int(swap(a, b, ctypes.c_uint(flag)))
    rename = getattr(library, "renameat2", None)
    if rename is None:
        return None
    return lambda a, b, flag: int(rename(_AT_FDCWD, a, _AT_FDCWD, b, ctypes.c_uint(flag)))
