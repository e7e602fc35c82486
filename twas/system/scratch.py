"""The hidden folder beside a target in which its new content is made; one process holds it.

Its name follows from the target's, so that a second run to the same target meets it. It is held by
a lock that the system drops when the process ends, however it ends: what a killed run left behind
is known by that, and the next run to the target clears it up. Deleted are the draft, known by its
inode, and of an old result the files that its record lists; anything else is put beside the target
and named.

File systems without locks go by the number of the process and the name of the computer.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import json
import os
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path

from twas.errors import DataError, UsageError
from twas.system.program import held
from twas.system.record import RECORD, delete_listed, has_record
from twas.system.renames import folder_onto_free_name, onto_free_name

_PREFIX = ".twas-divergence-"
_LOCK = "lock"
#: An old result that was moved out of the way, where two names cannot be swapped in one step.
_ASIDE = "old"
#: Written and deleted at once: a full disk is better known before a run than after it.
_PROBE_BYTES = 65536

Identity = tuple[int, int]


class Scratch:
    """A scratch folder that this process holds.

    Attributes
    ----------
    path
        The folder.
    draft
        Where new content goes: a name in it that nothing has yet.
    aside
        Where an old result may be moved for a moment.
    """

    def __init__(self, target: Path, *, inside: bool = False) -> None:
        """Make and lock it, and clear up what a killed run left there.

        Parameters
        ----------
        target
            Absolute, links resolved.
        inside
            Whether it has to lie in the target, which is a file system of its own.

        Raises
        ------
        UsageError
            If another run holds it, or files were found that are nobody's to delete.
        OSError
            If it cannot be made.
        """
        self._target, self._inside, self._pid = target, inside, os.getpid()
        self.path = scratch_path(target, inside=inside)
        self._made = _make_folders(self.path.parent)
        self._lock: int | None = None
        self._draft: Identity | None = None
        try:
            self._lock = self._take()
            self._recover()
            self.draft = self.path / f"new-{os.getpid()}"
            self.aside = self.path / _ASIDE
            self._probe()
        except BaseException:
            self.remove()
            raise
        # Should an exception come between two statements of whoever cleans up.
        atexit.register(self.remove)

    def make_draft(self) -> None:
        """Make `draft` a folder and note its inode."""
        self.draft.mkdir()
        self._draft = identity(self.draft)
        self._note()

    def remove(self) -> None:
        """Delete it with what is in it, and the folders made for it if nothing came of them."""
        if os.getpid() != self._pid:  # a fork of the process that holds it
            return
        with held():
            atexit.unregister(self.remove)
            try:
                if self._lock is not None:
                    self._clear(self._draft)
            finally:
                self._release()

    def _release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None and os.name == "nt":  # an open file cannot be deleted there
            os.close(lock)
        with suppress(OSError):
            if lock is not None:
                (self.path / _LOCK).unlink()
            self.path.rmdir()
            for folder in self._made:
                folder.rmdir()
        if lock is not None and os.name != "nt":
            os.close(lock)

    def _take(self) -> int:
        while True:
            with suppress(FileExistsError):
                self.path.mkdir()
            if self.path.is_symlink():
                raise UsageError(f"{self.path} is a link and in the way; delete it")
            with suppress(FileNotFoundError):  # another run has just removed it
                lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
                if not _locks(lock):
                    noted = _noted(lock)
                    os.close(lock)
                    raise UsageError(_held_by(self._target, self.path, noted))
                if _is_open_as(lock, self.path / _LOCK):
                    return lock
                os.close(lock)

    def _note(self) -> None:
        """Write who holds it, and which folder is the draft."""
        noted = {"pid": os.getpid(), "host": socket.gethostname(), "draft": self._draft}
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.lseek(self._lock, 0, os.SEEK_SET)
            os.write(self._lock, json.dumps(noted).encode())

    def _probe(self) -> None:
        self._note()
        probe = self.path / "probe"
        try:
            probe.write_bytes(bytes(_PROBE_BYTES))
        finally:
            probe.unlink(missing_ok=True)

    def _recover(self) -> None:
        """Bring an old result back that has no successor yet, and clear up the rest."""
        draft = None if self._lock is None else _noted(self._lock).get("draft")
        old = self.path / _ASIDE
        if old.exists() and not os.path.lexists(self._target):
            onto_free_name(old, self._target)
        left = tuple(draft) if isinstance(draft, list) else None
        for folder in self.path.glob("new-*"):
            if self._inside and identity(folder) == left and has_record(folder):
                finish_filling(folder, self._target)
        self._clear(left)

    def _clear(self, draft: Identity | None) -> None:
        for entry in sorted(self.path.iterdir()):
            if entry.name == _LOCK:
                continue
            if not entry.is_dir() or entry.is_symlink():
                entry.unlink()
            elif identity(entry) == draft:
                shutil.rmtree(entry)
            else:
                delete_listed(entry)
                if entry.exists():
                    self._keep(entry)

    def _keep(self, folder: Path) -> None:
        """Put what is nobody's to delete where it is seen, and say so."""
        number = 0
        while True:
            number += 1
            kept = self._target.with_name(f"{self._target.name}.kept-{number}")
            with suppress(FileExistsError):
                onto_free_name(folder, kept)
                break
        raise DataError(
            f"{kept} holds files that were put into {self._target} while it was replaced; look at"
            " them, they are no files of ours"
        )


def scratch_path(target: Path, *, inside: bool) -> Path:
    """The scratch folder of a target, beside or inside it: short, however long its name is."""
    parent = target if inside else target.parent
    return parent / (_PREFIX + hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12])


def identity(path: Path) -> Identity:
    """What stays the same when a file or folder is renamed."""
    info = path.lstat()
    return info.st_dev, info.st_ino


def finish_filling(draft: Path, target: Path) -> None:
    """Go on moving the files of a complete draft into its target, the record last.

    Begun is what no longer has all its files; a draft that has them is left for deletion.
    """
    files = json.loads((draft / RECORD).read_text(encoding="utf-8"))["files"]
    if all((draft / name).exists() for name in files):
        return
    fill(draft, target)


def fill(draft: Path, target: Path) -> None:
    """Move what is in a draft into a folder, the record last."""
    for entry in sorted(draft.iterdir(), key=lambda path: (path.name == RECORD, path.name)):
        if entry.is_dir():
            folder_onto_free_name(entry, target / entry.name)
        else:
            onto_free_name(entry, target / entry.name)


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that were made, the innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    made: list[Path] = []
    try:
        for path in reversed(missing):
            with suppress(FileExistsError):
                path.mkdir()
                made.insert(0, path)
    except OSError:
        for path in made:
            path.rmdir()
        raise
    return made


def _locks(lock: int) -> bool:
    """Take the lock of an open file; False if another process has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}:
            raise
        return not _runs(_noted(lock))
    return True


def _runs(noted: dict[str, object]) -> bool:
    """Whether the process that noted itself may still run; on another computer it may."""
    pid = noted.get("pid")
    if not isinstance(pid, int):
        return False
    if noted.get("host") != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _noted(lock: int) -> dict[str, object]:
    try:
        os.lseek(lock, 0, os.SEEK_SET)
        content = json.loads(os.read(lock, 4096))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _held_by(target: Path, scratch: Path, noted: dict[str, object]) -> str:
    who = f"process {noted['pid']} on {noted['host']}" if {"pid", "host"} <= {*noted} else "it"
    return (
        f"{target}: another run is writing it ({who} holds {scratch.name}); wait for it, or choose"
        " another `out`"
    )


def _is_open_as(lock: int, path: Path) -> bool:
    """Whether an open file is still the one of that name."""
    opened = os.fstat(lock)
    return (opened.st_dev, opened.st_ino) == identity(path)
