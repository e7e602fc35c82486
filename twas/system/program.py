"""The running program: what it says, what ends it, what it asks of Python, and where its data are.

It asks for one thread of linear algebra, and to look for garbage seldom. Matrices are small here,
and threads of linear algebra wait for each other at every product: two of them take a third more
CPU for the same time. What is to run in parallel runs in processes.

Signals that end a run become an exception, and are held back while a folder changes. The shipped
data files are in ``twas/_data`` when installed, in ``data/`` in a checkout.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol

#: What the libraries of linear algebra ask for when numpy is loaded.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
#: New objects, and rounds of each generation, before Python looks for circles among all: a run
#: makes many small objects and few circles, and looking after every 700 takes an eighth of it.
_COLLECT = (50_000, 50, 100)
#: Ctrl-C, the usual ``kill`` (and every batch system), and a terminal that closes.
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_PACKAGE = Path(__file__).resolve().parents[1]
_LOCK = threading.Lock()
#: Threads of this process that are within `seldom_collected`, and what held before the first.
_within: list[tuple[int, int, int]] = []


class Progress(Protocol):
    """Called at the start of each step, and along a step whose length is known."""

    def __call__(self, step: str, share: float | None = None) -> None:
        """Say that `step` begins, or that `share` of it, in [0, 1], is done."""


def silent(step: str, share: float | None = None) -> None:
    """Say nothing."""


def one_thread() -> None:
    """Ask for one thread, before numpy is loaded, or for the number that the user gives."""
    given = next((os.environ[name] for name in ONE_THREAD if name in os.environ), "1")
    for name in ONE_THREAD:
        os.environ.setdefault(name, given)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom until the last thread that asked for it is done."""
    with _LOCK:
        _within.append(_within[0] if _within else gc.get_threshold())
        gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        with _LOCK:
            before = _within.pop()
            if not _within:
                gc.set_threshold(*before)


class Stopped(BaseException):
    """A signal asked the program to end; no `Exception`, so that nothing swallows it."""

    def __init__(self, number: int) -> None:
        self.name = signal.Signals(number).name
        #: As a shell reports a program that a signal ended.
        self.exit_code = 128 + number
        super().__init__(self.name)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` on every signal that asks for an end, so that what is open is cleaned up.

    A signal that is ignored (``nohup``, a job in the background) stays ignored.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    with _handled(stop):
        yield


@contextmanager
def held() -> Iterator[None]:
    """Let no signal in between the statements of the block; one that came is obeyed after it."""
    came: list[int] = []
    try:
        with _handled(lambda number, _frame: came.append(number)):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _handled(handler: signal._HANDLER) -> Iterator[None]:
    """Use a handler for the block; Python allows it in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    # None: a handler that was not set from Python, and cannot be put back.
    before = {n: old for n, old in before.items() if old not in (None, signal.SIG_IGN)}
    try:
        for number in before:
            signal.signal(number, handler)
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def data_path(*parts: str) -> Path:
    """Return the path of a shipped data file or folder.

    Parameters
    ----------
    *parts
        Path below ``data/``, for example ``"gene_sets", "core.tsv"``.

    Raises
    ------
    FileNotFoundError
        If the installation does not hold the file.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent / "data"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"shipped data file {'/'.join(parts)} is missing; reinstall")
