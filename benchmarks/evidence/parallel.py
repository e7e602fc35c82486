"""Processes that start afresh: forking a process with threads is no longer safe."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def pool(processes: int) -> ProcessPoolExecutor:
    """A pool of so many processes."""
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))
