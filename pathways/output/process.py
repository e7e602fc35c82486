"""What a process of ours asks of numpy and of Python: one thread, and to look for garbage seldom.

Matrices are small here, and threads of linear algebra wait for each other at every product: two of
them take a third more CPU for the same time. What is to run in parallel runs in processes.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: What the libraries of linear algebra ask for when numpy is loaded.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
#: New objects, and rounds of each generation, before Python looks for circles among all: a run
#: makes many small objects and few circles, and looking after every 700 takes an eighth of it.
_COLLECT = (50_000, 50, 100)
_LOCK = threading.Lock()
#: Threads of this process that are within `seldom_collected`, and what held before the first.
_within: list[tuple[int, int, int]] = []


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
