"""Output folders and files: made whole or not at all, and nobody's work replaced.

`new_folder` is the one way in which a command makes a folder of output, `new_file` a single file.
The new content is made beside the target and gets its name in one step at the end, after which an
old result is deleted. `force` replaces only a folder of ours (`twas.system.record`), never one
that is, holds or lies in an input, nor the working folder. What is wrong with a target is found
before the work begins, and once more when the names change.

One case is not atomic: an empty mount point cannot be renamed, so it is filled file by file, the
record last. Without a swap in one step (`twas.system.renames`) the old result is moved aside
first; a run that is killed between the two renames leaves it in the scratch folder, and the next
run to that target brings it back.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from twas.errors import DataError, UsageError
from twas.system.program import held
from twas.system.record import foreign, write_record
from twas.system.renames import exchange, folder_onto_free_name, onto_free_name
from twas.system.scratch import Identity, Scratch, fill, identity, scratch_path

Inputs = Sequence[str | Path]

_ANOTHER = "choose another `out`"
#: A disk or a share of it that is full; such an error comes from what we write, not from an input.
_FULL = {errno.ENOSPC, errno.EDQUOT}
#: What a name answers to a rename when something has come to it.
_TAKEN = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}


@contextmanager
def new_folder(
    target: str | Path, *, kind: str, force: bool = False, inputs: Inputs = ()
) -> Iterator[Path]:
    """Make an output folder, all or nothing.

    Parameters
    ----------
    target
        The folder: new, empty, or with `force` one of ours. A link is followed and stays.
    kind
        The command, for the record.
    force
        Replace a folder that an earlier run made and in which nothing else is.
    inputs
        Files, folders and globs that are read; what is none of these is passed over.

    Yields
    ------
    Path
        An empty folder to write into. When the block ends, its list of files is added to its
        ``run.json`` (made if there is none) and it becomes `target`; if the block raises, it is
        deleted and `target` is as it was.

    Raises
    ------
    UsageError
        Before the block if the target cannot be made or may not be replaced, or another run is
        writing it; after it if something has come to the target meanwhile.
    DataError
        If the disk is full.
    """
    place = _Place(Path(target), force, tuple(inputs))
    with _scratch(place) as scratch:
        scratch.make_draft()
        yield scratch.draft
        write_record(scratch.draft, kind)
        with held():
            _put(scratch, place)


@contextmanager
def new_file(target: str | Path, *, force: bool = False, inputs: Inputs = ()) -> Iterator[Path]:
    """Make one file, all or nothing, as `new_folder` makes a folder.

    With `force` any plain file is replaced but an input, or one that lies in an input.

    Yields
    ------
    Path
        A name to write to; the file becomes `target` when the block ends.

    Raises
    ------
    UsageError, DataError
        As `new_folder`.
    """
    place = _Place(Path(target), force, tuple(inputs), folder=False)
    with _scratch(place) as scratch:
        yield scratch.draft
        with held():
            if force:
                scratch.draft.replace(place.path)
                return
            try:
                onto_free_name(scratch.draft, place.path)
            except FileExistsError as error:
                raise _appeared(place) from error


def check_folder(target: str | Path, *, force: bool = False, inputs: Inputs = ()) -> None:
    """Raise now what `new_folder` would raise, where the work is done before it is called.

    Raises
    ------
    UsageError
        As `new_folder` before the block.
    """
    with _scratch(_Place(Path(target), force, tuple(inputs))):
        pass


@dataclass
class _Place:
    """Where output goes: what was asked for, and what is there."""

    shown: Path
    force: bool
    inputs: tuple[str | Path, ...]
    folder: bool = True

    def __post_init__(self) -> None:
        self.path = Path(os.path.realpath(self.shown))
        self.mount = False
        self.old: Identity | None = None

    def refusal(self, *, held: bool) -> str | None:
        """Why nothing can be put there, or None; notes a mount point and what would be replaced.

        `held`: whether we hold the scratch folder. Where there is one and we do not, a run is
        going on or was killed: who takes the folder finds out, and asks again.
        """
        self.mount, self.old = False, None
        try:
            mode = self.path.lstat().st_mode
        except FileNotFoundError:
            return None
        self.mount = self.folder and stat.S_ISDIR(mode) and _is_mount(self.path)
        own = scratch_path(self.path, inside=self.mount)
        if own.exists() and not held:
            return None
        if stat.S_ISLNK(mode):
            return f"is a link to itself; {_ANOTHER}"
        if not self.folder:
            return self._file_refusal(mode)
        if not stat.S_ISDIR(mode):
            return "is a file; `out` names a folder to be made"
        here = Path.cwd()
        if self.path in (here, *here.parents):
            return f"is the working folder, or holds it; {_ANOTHER}"
        if all(entry == own for entry in self.path.iterdir()):
            return None
        return self._folder_refusal()

    def _folder_refusal(self) -> str | None:
        """Why a folder with something in it is not replaced."""
        if touched := _touched(self.path, self.inputs):
            return f"{touched}, and is never replaced; {_ANOTHER}"
        if not self.force:
            return f"exists; {_ANOTHER}, or `force` to replace it"
        if self.mount:
            return f"is a mount point and not empty; {_ANOTHER}, such as a folder in it"
        if _read_only(self.path):
            return f"cannot be replaced (Read-only file system); {_ANOTHER}"
        if found := foreign(self.path):
            return f"{found}: it is not replaced; {_ANOTHER}"
        if not os.access(self.path, os.W_OK | os.X_OK):
            return f"may not be changed; {_ANOTHER}"
        self.old = identity(self.path)
        return None

    def _file_refusal(self, mode: int) -> str | None:
        if not stat.S_ISREG(mode):
            return f"is no plain file; {_ANOTHER}"
        if touched := _touched(self.path, self.inputs):
            return f"{touched}, and is never replaced; {_ANOTHER}"
        if not self.force:
            return f"exists; {_ANOTHER}, or `force` to replace it"
        return None

    def check(self, *, held: bool = False) -> None:
        """Raise the refusal, with the name that was asked for."""
        try:
            refusal = self.refusal(held=held)
        except OSError as error:
            raise self.unusable(error) from error
        if refusal:
            raise UsageError(f"{self.shown} {refusal}")

    def unusable(self, error: OSError) -> UsageError:
        """The refusal of a target that the system does not let us make."""
        return UsageError(f"{self.shown} cannot be made ({error.strerror}); {_ANOTHER}")


@contextmanager
def _scratch(place: _Place) -> Iterator[Scratch]:
    """Check a place, hold its scratch folder for the block, and leave nothing of it behind."""
    place.check()
    scratch: Scratch | None = None
    try:
        with held():
            try:
                scratch = Scratch(place.path, inside=place.mount)
            except OSError as error:
                raise place.unusable(error) from error
        place.check(held=True)
        yield scratch
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DataError(
            f"{place.shown}: the disk is full ({error.strerror}) and nothing was changed; make"
            f" room, or {_ANOTHER}"
        ) from error
    finally:
        if scratch is not None:
            scratch.remove()


def _put(scratch: Scratch, place: _Place) -> None:
    """Give the draft its name."""
    try:
        if place.mount:
            _fill_mount(scratch, place)
        elif place.old is None or not place.path.exists():
            folder_onto_free_name(scratch.draft, place.path)
        elif not exchange(scratch.draft, place.path):
            _replace_in_two_steps(scratch, place)
        elif found := _not_the_old_one(scratch.draft, place):
            exchange(scratch.draft, place.path)
            raise UsageError(f"{place.shown} {found}; {_ANOTHER}")
    except OSError as error:
        if error.errno in _TAKEN:
            raise _appeared(place) from error
        raise


def _replace_in_two_steps(scratch: Scratch, place: _Place) -> None:
    """Move the old result aside and the new one in; what is not ours goes back."""
    place.path.rename(scratch.aside)
    try:
        if found := _not_the_old_one(scratch.aside, place):
            raise UsageError(f"{place.shown} {found}; {_ANOTHER}")
        folder_onto_free_name(scratch.draft, place.path)
    except BaseException:
        onto_free_name(scratch.aside, place.path)
        raise


def _not_the_old_one(folder: Path, place: _Place) -> str | None:
    """Why a folder that gave way is not the one that was checked before the work, or None."""
    if folder.is_symlink() or not folder.is_dir() or identity(folder) != place.old:
        return "was replaced by something else while we worked; it was left alone"
    found = foreign(folder)
    return f"{found}, put there while we worked; it was left alone" if found else None


def _fill_mount(scratch: Scratch, place: _Place) -> None:
    if any(entry != scratch.path for entry in place.path.iterdir()):
        raise _appeared(place)
    fill(scratch.draft, place.path)


def _appeared(place: _Place) -> UsageError:
    return UsageError(f"{place.shown} was made by someone else while we worked; {_ANOTHER}")


def _read_only(path: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _touched(path: Path, inputs: Inputs) -> str | None:
    """What a target is to the inputs: by inode, as one folder can have several names."""
    target, around = identity(path), {identity(parent) for parent in path.parents}
    for given in inputs:
        for source in _named(Path(given)):
            for real in (Path(os.path.realpath(source)), Path(os.path.abspath(source))):  # noqa: PTH100
                if identity(real) == target:
                    return f"is the input {given}"
                if target in {identity(parent) for parent in real.parents}:
                    return f"holds the input {given}"
                if identity(real) in around:
                    return f"lies in the input {given}"
    return None


def _named(given: Path) -> Iterator[Path]:
    """The files and folders that an input names, and the links in such a folder."""
    # Path.glob takes no absolute patterns; Path.exists fails on what can be no name of a file.
    matches = [str(given)] if os.path.exists(given) else glob.glob(str(given), recursive=True)  # noqa: PTH110, PTH207
    for path in (Path(match) for match in matches if os.path.exists(match)):  # noqa: PTH110
        yield path
        if path.is_dir():
            yield from (entry for entry in path.iterdir() if entry.is_symlink() and entry.exists())


def _is_mount(path: Path) -> bool:
    """Whether a folder is a mount point, a bind mount too where the system lists those."""
    if path.is_mount():
        return True
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return False
    # proc(5): the fifth field, with white space as octal.
    points = (line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in lines)
    return os.fsencode(path) in points
