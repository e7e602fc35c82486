"""What a process of ours asks of numpy and of Python: one thread, and to look for garbage seldom.

Matrices are small here, and threads of linear algebra wait for each other at every product: two of
them take a third more CPU for the same time. What is to run in parallel runs in processes.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

#: What the libraries of linear algebra ask for when numpy is loaded.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
#: New objects, and rounds of each generation, before Python looks for circles among all: a run
#: makes many small objects and few circles, and looking after every 700 takes an eighth of it.
_COLLECT = (50_000, 50, 100)


def one_thread() -> None:
    """Ask for one thread, before numpy is loaded, unless the user asks for some number."""
    if not any(name in os.environ for name in ONE_THREAD):
        os.environ.update(ONE_THREAD)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom for a while."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)
