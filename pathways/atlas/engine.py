"""Who does the work of an atlas: this process, one task after the other, or the workers of Dask.

The tasks are the same and so are their parts; Dask only says who does which. A task that fails (a
worker that died, a disk that was full) is tried twice more; what is then still undone is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pathways.atlas.tasks import Task, work
from twas.errors import UsageError
from twas.system.program import ONE_THREAD, Progress, seldom_collected, silent

if TYPE_CHECKING:
    from distributed import Client

#: Further tries of a task.
RETRIES = 2
#: Tasks that are with the workers at once, for each of them.
_AHEAD = 4


@dataclass(frozen=True)
class Engine:
    """Who does the tasks.

    Attributes
    ----------
    workers
        Processes on this machine; 0 does the tasks in this one, without Dask. None: one per core.
    memory
        Memory of each process, such as ``"2GiB"``; a process that exceeds it is started anew.
    scheduler
        Address of a Dask scheduler, or its scheduler file, in the place of processes here.
    """

    workers: int | None = None
    memory: str = "2GiB"
    scheduler: str | None = None

    @property
    def here(self) -> bool:
        """Whether the tasks are done in this process."""
        return self.workers == 0 and self.scheduler is None


class Crew:
    """Who does the work of one atlas; processes are started when there is work for them.

    Parameters
    ----------
    engine
        Who does it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._open = ExitStack()
        self._client: Client | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def each(
        self, function: Callable[..., Any], calls: Mapping[str, tuple[object, ...]]
    ) -> Iterator[tuple[str, Any, str]]:
        """Call a function of a module with each of several arguments, in any order.

        Parameters
        ----------
        function
            What to call.
        calls
            Name → arguments. A scheduler may serve several drivers at once: on it, calls of one
            name are one call.

        Yields
        ------
        tuple
            Name of a call as it ends; what it gave; why it could not be done, else "".
        """
        if not calls:
            return
        if self.engine.here:
            for name, arguments in calls.items():
                yield name, *_tried(lambda arguments=arguments: function(*arguments))  # type: ignore[misc]
            return
        if self._client is None:
            self._client = self._open.enter_context(_client(self.engine))
        yield from _with_dask(self._client, function, calls)

    def each_near(
        self, function: Callable[..., Any], calls: Mapping[str, tuple[object, ...]]
    ) -> Iterator[tuple[str, Any, str]]:
        """The same on this machine, whose files a cluster need not see."""
        if self.engine.scheduler is None:
            return self.each(function, calls)
        return Crew(Engine(workers=0)).each(function, calls)


def run_tasks(
    tasks: Sequence[Task], folder: Path, key: str, crew: Crew, progress: Progress = silent
) -> list[tuple[Task, str]]:
    """Do the tasks.

    Parameters
    ----------
    tasks
        What is to do.
    folder, key
        Of the atlas, and of its store.
    crew
        Who does them.
    progress
        Told after each task.

    Returns
    -------
    list
        Tasks that could not be done, and why.
    """
    if not tasks:
        return []
    failed, finished = [], 0
    total = sum(len(task.names) for task in tasks)
    progress("testing", 0.0)
    named = {f"{task.name}-{key}": task for task in tasks}
    place = str(folder.resolve())
    calls = {name: (place, key, task) for name, task in named.items()}
    for name, _, error in crew.each(work, calls):
        finished += len(named[name].names)
        if error:
            failed.append((named[name], error))
        progress("testing", finished / total)
    return failed


def _tried(do: Callable[[], object]) -> tuple[object, str]:
    """What something gives, or why it could not be done in three tries."""
    error = ""
    for _ in range(1 + RETRIES):
        try:
            return do(), ""
        except (OSError, MemoryError, ValueError, RuntimeError) as raised:
            error = _line(raised)
    return None, error


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _in_worker(function: Callable[..., Any], *arguments: object) -> Any:
    with seldom_collected():
        return function(*arguments)


def _with_dask(
    client: Client, function: Callable[..., Any], calls: Mapping[str, tuple[object, ...]]
) -> Iterator[tuple[str, Any, str]]:
    from distributed import as_completed

    waiting = iter(calls)
    width = _AHEAD * max(len(client.nthreads()), 1)

    def submit(name: str) -> Any:
        return client.submit(
            _in_worker, function, *calls[name], key=name, retries=RETRIES, pure=False
        )

    first = [name for _, name in zip(range(width), waiting, strict=False)]
    running = as_completed([submit(name) for name in first], loop=client.loop)
    for future in running:
        name, error = str(future.key), future.exception()
        yield name, None if error else future.result(), "" if error is None else _line(error)
        future.release()
        following = next(waiting, None)
        if following is not None:
            running.add(submit(following))


@contextmanager
def _client(engine: Engine) -> Iterator[Client]:
    """A client of the scheduler that was named, or of workers of our own on this machine."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UsageError(
            "Dask is not installed: install the extra, pip install 'twas-divergence[atlas]', or set"
            " `workers` to 0, which does one task after the other"
        ) from error
    if engine.scheduler is not None:
        named = Path(engine.scheduler)
        kind = "scheduler_file" if named.is_file() else "address"
        try:
            client = Client(**{kind: engine.scheduler}, timeout="30s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"scheduler {engine.scheduler}: does not answer ({error})") from error
        with client:
            yield client
        return
    settings = {
        # Dask would have glibc give memory back at once (MALLOC_TRIM_THRESHOLD_), which makes
        # arrays that come and go 2 times slower.
        "distributed.nanny.pre-spawn-environ": dict(ONE_THREAD),
        "distributed.scheduler.allowed-failures": RETRIES,
        "distributed.worker.daemon": True,
        # Samples the stacks of a worker 100 times a second, which no one reads here.
        "distributed.worker.profile.enabled": False,
        # Looks 50 times a second whether it is late, in every process.
        "distributed.admin.tick.interval": "1s",
        "logging.distributed": "error",
    }
    with (
        dask.config.set(settings),
        _without_trimming(),
        LocalCluster(
            n_workers=engine.workers or _cores(),
            threads_per_worker=1,
            processes=True,
            memory_limit=engine.memory,
            # No page to look at; its server takes any free port, so that two atlases can run.
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs="ERROR",
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _without_trimming() -> Iterator[None]:
    """Keep MALLOC_TRIM_THRESHOLD_ out of what the workers inherit."""
    before = os.environ.pop("MALLOC_TRIM_THRESHOLD_", None)
    try:
        yield
    finally:
        if before is not None:
            os.environ["MALLOC_TRIM_THRESHOLD_"] = before


def _cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
