"""Threads of linear algebra: one in each process.

Matrices are small here, and threads wait for each other at every product: two of them take a third
more CPU for the same time. What is to run in parallel runs in processes.
"""

from __future__ import annotations

import os

#: What the libraries of linear algebra ask for when numpy is loaded.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def one_thread() -> None:
    """Ask for one thread, before numpy is loaded, unless the user asks for some number."""
    if not any(name in os.environ for name in ONE_THREAD):
        os.environ.update(ONE_THREAD)
