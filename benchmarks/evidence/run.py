"""The long run and the short one: worlds in parallel, then the further checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.evidence import (
    adversaries,
    adversary_runs,
    beside,
    claims,
    coverage,
    models,
    parallel,
    peers,
    real,
    replicates,
    summary,
    tails,
    worlds,
)
from benchmarks.evidence.counting import Rate
from benchmarks.evidence.replicates import Arrays, Setting

#: Replicates of a job.
CHUNK = 25
#: Worlds in which the slow peers run.
SLOW_WORLDS = (
    "correlated", "clusters", "clusters, apart", "concordant, unequal", "one only, unequal",
    "opposite", "opposite, unequal", "skewed",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much to run.

    Attributes
    ----------
    chromosomes
        Whole chromosomes.
    replicates, fast, slow
        Of the tests of this project and the naive one, of the fast peers, and of the slow peers
        in `SLOW_WORLDS`.
    coverage, real
        Replicates of these checks.
    against
        Replicates of the worlds made against the call.
    worlds
        Names of the worlds.
    peers
        Fast peers.
    """

    chromosomes: tuple[str, ...]
    replicates: int
    fast: int
    slow: int
    coverage: int
    real: int
    against: int
    worlds: tuple[str, ...]
    peers: tuple[str, ...]


EVERY = tuple(world.name for world in worlds.WORLDS)
LONG = Size(("6", "17", "19", "22"), 100, 15, 2, 60, 40, 200, EVERY, peers.FAST)
#: The regression check: two chromosomes, peers that need nothing further.
SHORT = Size(
    ("19", "22"), 30, 10, 0, 12, 0, 0,
    ("null", "correlated, unequal", "clusters", "concordant, unequal, overlap",
     "mixed, unequal"),
    ("random-gene permutation",),
)  # fmt: skip


def simulated(
    setting: Setting, size: Size, *, processes: int = 2
) -> tuple[dict[str, Arrays], claims.Layout]:
    """Arrays of every world."""
    models.load(setting.chromosomes, setting.cache, processes=processes)
    plan = (
        (size.worlds, size.replicates, CHUNK, peers.INSTANT, True),
        (size.worlds, size.fast, 10, size.peers, False),
        ([w for w in size.worlds if w in SLOW_WORLDS], size.slow, 1, peers.SLOW, False),
    )
    # The slow ones first: both processes then end together.
    jobs = [
        (setting, name, part, others, ours_too)
        for names, total, chunk, others, ours_too in plan[::-1]
        for name in names
        for part in _parts(total, chunk)
    ]
    with parallel.pool(processes) as pool:
        found = list(pool.map(_job, jobs))
    _, collections = replicates.ground(setting)
    layout = claims.Layout.of(collections)
    return {name: _stacked(name, jobs, found) for name in size.worlds}, layout


def _parts(total: int, chunk: int) -> list[range]:
    return [range(i, min(i + chunk, total)) for i in range(0, total, chunk)]


Job = tuple[Setting, str, range, tuple[str, ...], bool]


def _job(job: Job) -> Arrays:
    setting, name, part, others, ours_too = job
    return replicates.run(setting, name, part, others, ours_too=ours_too)


def _stacked(name: str, jobs: Sequence[Job], found: Sequence[Arrays]) -> Arrays:
    mine = [arrays for job, arrays in zip(jobs, found, strict=True) if job[1] == name]
    keys = dict.fromkeys(key for arrays in mine for key in arrays)
    return {key: np.concatenate([a[key] for a in mine if key in a]) for key in keys}


def checked(setting: Setting, size: Size, data: Path | None, *, processes: int = 2) -> pd.DataFrame:
    """Coverage, tails and, where there are data, size on real z-scores."""
    held_out = bool(set(worlds.HELD_OUT) & set(size.worlds))
    with parallel.pool(processes) as pool:
        covered = [
            pool.submit(coverage.measured, setting, effects, size.coverage)
            for effects in coverage.EFFECTS
            if effects not in worlds.HELD_OUT or held_out
        ]
        on_real = pool.submit(real.measured, data, size.real) if data and size.real else None
        ratios = pool.submit(tails.compared)
        others = pool.submit(beside.measured, setting, size.coverage)
        against = [
            pool.submit(adversary_runs.run, setting, world, part)
            for world in (*adversaries.ADVERSARIES, *(adversaries.HELD_OUT if held_out else ()))
            for part in _parts(size.against, CHUNK)
        ]
        tables = [
            *(_coverage_rows(found.result()) for found in covered),
            _tail_rows(ratios.result()),
            _beside_rows(others.result(), size.coverage),
            _real_rows(on_real.result()) if on_real else [],
            _against_rows([found.result() for found in against]),
        ]
    rows = [row for table in tables for row in table]
    return pd.DataFrame(rows, columns=list(summary.COLUMNS))


def _coverage_rows(found: pd.DataFrame) -> list[summary.Row]:
    rows = []
    for r in found.to_dict("records"):
        more = {"kind": f"{r['kind']}, {r['blocks']} blocks", "replicates": r["replicates"]}
        rows.append(summary.row("coverage", r["world"], "ours", r["question"], r["rate"], **more))
    return rows


def _tail_rows(found: pd.DataFrame) -> list[summary.Row]:
    rows = []
    for r in found.to_dict("records"):
        rate = Rate(int(r["n"]), 0, r["low"], r["high"], r["n"], r["rate"])
        note = f"{r['note']}; smallest p {r['smallest_p']:.2g}"
        more = {"kind": f"{r['blocks']} blocks", "note": note}
        rows.append(summary.row("tails", r["kind"], "ours", "ratio of p", rate, **more))
    return rows


def _beside_rows(found: pd.DataFrame, replicates: int) -> list[summary.Row]:
    rows = []
    for r in found.to_dict("records"):
        more = {"kind": r["variant"], "alpha": 0.05, "replicates": replicates}
        note = f"planted genes: {r['planted']:.3f} of all"
        rows.append(
            summary.row("beside", beside.WORLD, "ours", "direction", r["rate"], note=note, **more)
        )
    return rows


def _real_rows(found: pd.DataFrame) -> list[summary.Row]:
    rows = []
    for r in found.to_dict("records"):
        more = {name: r[name] for name in ("kind", "alpha", "replicates")}
        rows.append(summary.row("real data", r["world"], "ours", r["question"], r["rate"], **more))
    return rows


def _against_rows(parts: Sequence[pd.DataFrame]) -> list[summary.Row]:
    rows = []
    for r in adversary_runs.rates(pd.concat(parts)).to_dict("records") if parts else ():
        more = {"kind": r["size"], "alpha": 0.05, "replicates": r["replicates"]}
        fdr = Rate(r["replicates"], 0, r["low"], r["high"], r["replicates"], r["FDR"])
        note = f"{r['calls']:.3f} of families call"
        rows.append(summary.row("against", r["world"], r["method"], "FDR", fdr, note=note, **more))
        if np.isfinite(r["power"]):
            power = Rate(r["replicates"], 0, r["power"], r["power"], r["replicates"], r["power"])
            rows.append(summary.row("against", r["world"], r["method"], "power", power, **more))
    return rows


def run(
    size: Size, cache: Path, *, data: Path | None = None, processes: int = 2
) -> tuple[pd.DataFrame, dict[str, Arrays]]:
    """Everything: the results table, and the arrays it was counted from."""
    setting = Setting(size.chromosomes, cache)
    results, layout = simulated(setting, size, processes=processes)
    further = checked(setting, size, data, processes=processes)
    return pd.concat([summary.table(results, layout), further], ignore_index=True), results
