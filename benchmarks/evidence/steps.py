"""A long run in steps that are kept, so that it can be split, stopped and taken up again."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evidence import parallel

#: A function and its arguments.
Job = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class Steps:
    """How the jobs of a run are done.

    Attributes
    ----------
    processes
        Processes at a time.
    folder
        Where the result of each job is kept and found again; None keeps none. It must be emptied
        after a change to the code: a job is known by its function and its arguments alone.
    part, of
        Which part of the jobs is done here, from 1; results of the others must be in the folder
        when they are asked for.
    """

    processes: int = 2
    folder: Path | None = None
    part: int = 1
    of: int = 1

    def do(self, jobs: Sequence[Job]) -> list[Any]:
        """Results of all jobs, in their order.

        Raises
        ------
        FileNotFoundError
            If a job of another part is not done yet.
        """
        if self.folder is None:
            return [result for _, result in self._results(jobs)]
        self.fill(jobs)
        return [pickle.loads(self._path(job).read_bytes()) for job in jobs]

    def fill(self, jobs: Sequence[Job]) -> None:
        """Do the jobs of this part that are not done."""
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        mine = [job for n, job in enumerate(jobs) if n % self.of == self.part - 1]
        for job, result in self._results([job for job in mine if not self._path(job).exists()]):
            path = self._path(job)
            new = path.with_suffix(f".{os.getpid()}")
            new.write_bytes(pickle.dumps(result))
            new.replace(path)

    def _results(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        if self.processes == 1:
            yield from ((job, job[0](*job[1])) for job in jobs)
            return
        with parallel.pool(self.processes) as pool:
            found = [pool.submit(function, *arguments) for function, arguments in jobs]
            yield from ((job, one.result()) for job, one in zip(jobs, found, strict=True))

    def _path(self, job: Job) -> Path:
        assert self.folder is not None
        function, arguments = job
        name = f"{function.__module__}.{function.__qualname__}".rpartition("evidence.")[2]
        number = hashlib.sha256(repr(arguments).encode()).hexdigest()[:16]
        return self.folder / f"{name}-{number}.pickle"
