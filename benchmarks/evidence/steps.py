"""A long run in steps that are kept, so that it can be split, stopped and taken up again."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.evidence import parallel

#: A function and its arguments.
Job = tuple[Callable[..., Any], tuple[Any, ...]]
#: Seconds until a run looks again whether another has done its jobs.
PAUSE = 2.0


@dataclass(frozen=True)
class Steps:
    """How the jobs of a run are done.

    Attributes
    ----------
    processes
        Processes at a time.
    folder
        Where the result of each job is kept and found again; None keeps none. Several runs may
        share one and then share the work. It must be emptied after a change to the code: a job is
        known by its function and its arguments alone.
    """

    processes: int = 2
    folder: Path | None = None

    def do(self, jobs: Sequence[Job]) -> list[Any]:
        """Results of all jobs, in their order."""
        if self.folder is None:
            return [result for _, result in self._results(jobs)]
        self.folder.mkdir(parents=True, exist_ok=True)
        left = [job for job in jobs if not self._path(job).exists()]
        while left:
            mine = list(islice((job for job in left if self._claim(job)), self.processes))
            for job, result in self._results(mine):
                new = self._path(job).with_suffix(f".{os.getpid()}")
                new.write_bytes(pickle.dumps(result))
                new.replace(self._path(job))
            if not mine:
                time.sleep(PAUSE)
            left = [job for job in left if not self._path(job).exists()]
        return [pickle.loads(self._path(job).read_bytes()) for job in jobs]

    def _results(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        if self.processes == 1:
            yield from ((job, job[0](*job[1])) for job in jobs)
            return
        with parallel.pool(self.processes) as pool:
            found = [pool.submit(function, *arguments) for function, arguments in jobs]
            yield from ((job, one.result()) for job, one in zip(jobs, found, strict=True))

    def _claim(self, job: Job) -> bool:
        """Whether the job is ours to do: no living process has claimed it before."""
        path = self._path(job).with_suffix(".claim")
        try:
            with path.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            owner = path.read_text()
            if owner and Path("/proc", owner).exists() and owner != str(os.getpid()):
                return False
            path.write_text(str(os.getpid()))
        return True

    def _path(self, job: Job) -> Path:
        assert self.folder is not None
        function, arguments = job
        name = f"{function.__module__}.{function.__qualname__}".rpartition("evidence.")[2]
        number = hashlib.sha256(repr(arguments).encode()).hexdigest()[:16]
        return self.folder / f"{name}-{number}.pickle"
