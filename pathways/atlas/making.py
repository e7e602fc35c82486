"""From a manifest to an atlas: store, tasks, and the files at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from pathways.atlas.columns import OWN
from pathways.atlas.engine import Crew, Engine, run_tasks
from pathways.atlas.folder import open_folder, sweep, write_text
from pathways.atlas.parts import failures_in
from pathways.atlas.plan import Plan, key_of
from pathways.atlas.prepare import prepare
from pathways.atlas.reading import read_atlas
from pathways.atlas.store import Failure, Store, open_store
from pathways.atlas.tasks import Task, is_done, part, tasks_of
from twas.errors import UsageError
from twas.quality import QualityReport
from twas.reading.content import any_size
from twas.system.program import Progress, silent
from twas.system.record import RECORD, version_of, write_record


@dataclass(frozen=True)
class Outcome:
    """What came of an atlas.

    Attributes
    ----------
    folder
        Where it is.
    done, open
        Tasks that are done, in this call or before, and that are not.
    failures
        What could not be made.
    quality
        What was read, dropped, merged or renamed.
    finished
        Whether the files at the end were written: not by a chunk.
    """

    folder: Path
    done: int
    open: int
    failures: tuple[Failure, ...]
    quality: QualityReport
    finished: bool


def make_atlas(
    plan: Plan,
    out: str | Path,
    *,
    force: bool = False,
    engine: Engine | None = None,
    chunk: tuple[int, int] | None = None,
    report: bool = True,
    command: Sequence[str] = (),
    progress: Progress = silent,
) -> Outcome:
    """Make an atlas, or what is missing of it.

    Parameters
    ----------
    plan
        What is asked for.
    out
        Its folder: new, or of an atlas of the same inputs, parameters and version, which is
        resumed.
    force
        Replace another atlas that is there.
    engine
        Who does the tasks; by default a process per core on this machine.
    chunk
        ``(k, n)``: do the k-th of n shares of the tasks and write nothing else; a call without it,
        after all shares, does what is missing and writes the files at the end.
    report
        Whether to write ``report.html``.
    command
        The command line, for the record.
    progress
        Called along the way.

    Raises
    ------
    DataError, UsageError
        If nothing can be made, or `out` is in use.
    """
    started = time.time()
    folder = Path(out)
    if chunk is not None and not 1 <= chunk[0] <= chunk[1]:
        raise UsageError(f"`chunk` {chunk[0]}/{chunk[1]}: the first number is 1 to the second")
    with any_size(plan.job.any_size), Crew(engine or Engine()) as crew:
        collections = plan.collections()
        key = key_of(plan, collections)
        open_folder(folder, key, force=force, inputs=plan.inputs())
        if not (folder / "store").exists():
            prepare(plan, folder / "store", key, collections, crew, progress)
        store = open_store(str(folder / "store"), key)
        tasks = tasks_of(store)
        mine = tasks if chunk is None else tasks[chunk[0] - 1 :: chunk[1]]
        missing = [task for task in mine if not is_done(folder, key, task)]
        failed = run_tasks(missing, folder, key, crew, progress)
    failures = _failures(store, folder, mine, failed)
    if chunk is None:
        _finish(plan, store, folder, failures, report=report, progress=progress)
        _record(plan, store, folder, command, started)
    return Outcome(
        folder=folder,
        done=len(mine) - len(failed),
        open=len(failed),
        failures=tuple(failures),
        quality=store.quality,
        finished=chunk is None,
    )


def _failures(
    store: Store, folder: Path, tasks: Sequence[Task], failed: Sequence[tuple[Task, str]]
) -> list[Failure]:
    """All that could not be made, each once, in order: traits, then pairs."""
    undone = {task.name: error for task, error in failed}
    found = store.failures
    for task in tasks:
        if task.name in undone:
            error = f"{undone[task.name]}; run the same command again to try once more"
            found += [Failure(names[0], "".join(names[1:]), error) for names in task.names]
        else:
            found += failures_in(part(folder, task.main, task))
    return sorted(found, key=lambda failure: failure.trait_b != "")


def _finish(
    plan: Plan,
    store: Store,
    folder: Path,
    failures: Sequence[Failure],
    *,
    report: bool,
    progress: Progress,
) -> None:
    """The files that are made of the parts."""
    progress("writing")
    sweep(folder)
    lines = [asdict(failure) for failure in failures]
    _write_table(folder, "failures", pd.DataFrame(lines, columns=["trait_a", "trait_b", "error"]))
    _write_table(folder, "traits", _traits(store))
    atlas = read_atlas(folder)
    _write_table(folder, "correlations", atlas.table("correlations"))
    if report:
        from pathways.atlas.report import atlas_page

        progress("report")
        write_text(folder / "report.html", atlas_page(atlas, store, failures))


def _traits(store: Store) -> pd.DataFrame:
    rows = [
        {
            "trait": trait["name"],
            "n_eff": trait["n_eff"],
            "intercept": store.study.intercepts.get(trait["name"]),
            "ancestry": trait["ancestry"],
            "group": trait["group"],
            "n_genes": trait["genes"],
            "n_tissues": len(trait["tissues"]),
        }
        for trait in store.record["traits"]
    ]
    return pd.DataFrame(rows)


def _write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    names = [column.name for column in OWN[name]]
    text = frame[names].to_csv(sep="\t", index=False, lineterminator="\n")
    write_text(folder / f"{name}.tsv", text)


def _record(plan: Plan, store: Store, folder: Path, command: Sequence[str], started: float) -> None:
    """``run.json``: the only file that may hold times and paths."""
    record = {
        "version": version_of("twas-divergence"),
        "command": list(command),
        "key": store.key,
        "detail": store.detail,
        "scopes": list(store.scopes),
        "traits": {entry.trait: list(entry.paths) for entry in plan.entries},
        "pairs": len(store.pairs),
        "gene_sets": {sets.collection: sets.version for sets in store.sets},
        "seed": store.seed,
        "inputs": [
            {"trait": trait["name"], "name": file["name"], "sha256": file["sha256"]}
            for trait in store.record["traits"]
            for file in trait["files"]
        ],
        "warnings": [f"{fact.source}: {fact.sentence}" for fact in store.quality.told],
        "seconds": round(time.time() - started, 2),
    }
    write_text(folder / RECORD, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    write_record(folder, "atlas")
