"""The long run and the short one: worlds in parallel, then the further checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.evidence import (
    adversaries,
    adversary_runs,
    beside,
    claims,
    coverage,
    further,
    models,
    peers,
    real,
    replicates,
    summary,
    tails,
    worlds,
)
from benchmarks.evidence.counting import Rate
from benchmarks.evidence.replicates import Arrays, Setting
from benchmarks.evidence.steps import Job, Steps

#: Replicates of a job.
CHUNK = 25
#: Of a world made against the call, which takes a fifth of the time.
CHUNK_AGAINST = 50
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
    further
        Replicates in which the further tests are counted.
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
    further: int
    worlds: tuple[str, ...]
    peers: tuple[str, ...]


EVERY = tuple(world.name for world in worlds.WORLDS)
LONG = Size(("6", "17", "19", "22"), 100, 15, 2, 60, 40, 1_000, 400, EVERY, peers.FAST)
#: The regression check: two chromosomes, peers that need nothing further.
SHORT = Size(
    ("19", "22"), 30, 10, 0, 12, 0, 0, 0,
    ("null", "correlated, unequal", "clusters", "concordant, unequal, overlap",
     "mixed, unequal"),
    ("random-gene permutation",),
)  # fmt: skip


@dataclass(frozen=True)
class Jobs:
    """All jobs of a run, by what is made of their results."""

    worlds: list[Job]
    coverage: list[Job]
    tails: list[Job]
    beside: list[Job]
    real: list[Job]
    further: list[Job]
    against: list[Job]

    @classmethod
    def of(cls, setting: Setting, size: Size, data: Path | None, *, robust: bool) -> Jobs:
        """The worlds, then the further checks; what was held out comes last."""
        held_out = bool(set(worlds.HELD_OUT) & set(size.worlds))
        effects = [e for e in coverage.EFFECTS if e not in worlds.HELD_OUT or held_out]
        against = (*adversaries.ADVERSARIES, *(adversaries.HELD_OUT if held_out else ()))
        return cls(
            worlds=_world_jobs(setting, size, robust=robust),
            coverage=[(coverage.measured, (setting, e, size.coverage)) for e in effects],
            tails=[(tails.compared, ())],
            beside=[(beside.measured, (setting, size.coverage))],
            real=[(real.measured, (data, size.real))] if data and size.real else [],
            further=[
                (further.run, (setting, null, part))
                for part in _parts(size.further, CHUNK)
                for null in further.NULLS
            ],
            against=[
                (adversary_runs.run, (setting, world, part))
                for held in (False, True)
                for part in _parts(size.against, CHUNK_AGAINST)
                for world in against
                if (world in adversaries.HELD_OUT) == held
            ],
        )


def _world_jobs(setting: Setting, size: Size, *, robust: bool) -> list[Job]:
    plan = (
        (size.worlds, size.replicates, CHUNK, peers.INSTANT, True),
        (size.worlds, size.fast, 10, size.peers, False),
        ([w for w in size.worlds if w in SLOW_WORLDS], size.slow, 1, peers.SLOW, False),
    )
    # The slow ones first: both processes then end together.
    return [
        (_job, (setting, name, part, others, ours_too, robust))
        for names, total, chunk, others, ours_too in plan[::-1]
        for part in _parts(total, chunk)
        for name in names
    ]


def _parts(total: int, chunk: int) -> list[range]:
    return [range(i, min(i + chunk, total)) for i in range(0, total, chunk)]


def _job(
    setting: Setting,
    name: str,
    part: range,
    others: tuple[str, ...],
    ours_too: bool,
    robust: bool,
) -> Arrays:
    return replicates.run(setting, name, part, others, ours_too=ours_too, robust=robust)


def _stacked(name: str, jobs: Sequence[Job], found: Sequence[Arrays]) -> Arrays:
    mine = [arrays for job, arrays in zip(jobs, found, strict=True) if job[1][1] == name]
    keys = dict.fromkeys(key for arrays in mine for key in arrays)
    return {key: np.concatenate([a[key] for a in mine if key in a]) for key in keys}


def checked(jobs: Jobs, size: Size, how: Steps) -> pd.DataFrame:
    """Coverage, tails, calls where nothing is there and, with data, size on real z-scores."""
    called = how.do(jobs.further)
    nulls = [(job[1][1], found) for job, found in zip(jobs.further, called, strict=True)]
    tables = [
        *(_coverage_rows(found) for found in how.do(jobs.coverage)),
        *(_tail_rows(found) for found in how.do(jobs.tails)),
        *(_beside_rows(found, size.coverage) for found in how.do(jobs.beside)),
        *(_real_rows(found) for found in how.do(jobs.real)),
        summary.further_rows(nulls),
        _against_rows(how.do(jobs.against)),
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
    size: Size,
    cache: Path,
    how: Steps,
    *,
    data: Path | None = None,
    peers_of: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The results table of everything.

    Parameters
    ----------
    size, cache, how, data
        How much, the folder of models, how the jobs are done, the folder of real data.
    peers_of
        An earlier table, of the same worlds, from which the rows of the peers that take long, of
        our robust score and, without data, of real z-scores are taken: they are not run.
    """
    setting = Setting(size.chromosomes, cache)
    models.load(setting.chromosomes, setting.cache, processes=how.processes)
    if peers_of is not None:
        size = replace(size, fast=0, slow=0)
    jobs = Jobs.of(setting, size, data, robust=peers_of is None)
    found = how.do(jobs.worlds)
    results = {name: _stacked(name, jobs.worlds, found) for name in size.worlds}
    layout = claims.Layout.of(replicates.ground(setting)[1])
    tables = [summary.table(results, layout), checked(jobs, size, how)]
    if peers_of is not None:
        tables.append(summary.of_peers(peers_of, size.worlds, real=data is None))
    return summary.ordered(pd.concat(tables, ignore_index=True))
