"""Signals that end a run: turned into an exception, and held back while a folder changes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: Ctrl-C, the usual ``kill`` (and every batch system), and a terminal that closes.
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


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
