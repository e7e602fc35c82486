"""Time, memory and disk of an atlas: 780 pairs of 40 traits, made of two that are given.

``python benchmarks/atlas.py --data DIR --sets FILE.gmt`` (DIR: folder with ``spredixcan/mdd`` and
``spredixcan/ptsd``). Each trait is one of the two with its z moved along the genome by a number of
genes of its own, and some noise; so blocks, tissues and tails are those of real results. Printed:

- CPU seconds of a pair in this process (``--in-process``: only this, on some pairs), with the
  peak of memory after a quarter of them and at the end, and how far from a straight line it runs
  (``--figure`` draws it, also with every tissue);
- wall seconds, CPU seconds of driver and workers, peak memory of a process and size on disk, of the
  whole command, with ``--workers`` 0, 1 and 2.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from twas.system.program import ONE_THREAD, seldom_collected

TRAITS = ("mdd", "ptsd")
CLI = Path(__file__).resolve().parents[1] / "cli.py"


def write_world(data: Path, folder: Path, n: int, tissues: int) -> Path:
    """Files of `n` traits, and their manifest."""
    given = {}
    for name in TRAITS:
        files = sorted((data / "spredixcan" / name).glob("*.csv.gz"))[:tissues]
        given[name] = {
            file.name: pd.read_csv(file)[["gene", "gene_name", "zscore"]] for file in files
        }
    rng = np.random.default_rng(1)
    rows = []
    for k in range(n):
        shift = int(rng.integers(1, 9_000))
        for file, frame in given[TRAITS[k % 2]].items():
            noise = rng.normal(size=len(frame))
            z = 0.9 * np.roll(frame["zscore"].to_numpy(), shift) + np.sqrt(0.19) * noise
            place = folder / f"T{k:02d}"
            place.mkdir(parents=True, exist_ok=True)
            frame.assign(zscore=z).to_csv(place / file.removesuffix(".gz"), index=False)
        rows.append({"trait": f"T{k:02d}", "path": f"T{k:02d}", "n_eff": 50_000 + 1_000 * k})
    manifest = folder / "manifest.tsv"
    pd.DataFrame(rows).assign(ancestry="EUR").to_csv(manifest, sep="\t", index=False)
    return manifest


def command(manifest: Path, sets: str, out: Path, *options: str) -> list[str]:
    """The command line."""
    start = [sys.executable, str(CLI), "atlas", str(manifest), "--out", str(out)]
    return [*start, "--gene-sets", sets, "--quiet", *options]


def whole(manifest: Path, sets: str, out: Path, options: list[str]) -> None:
    """Print what one command takes."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command(manifest, sets, out, *options), check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(
        f"{' '.join(options)}: {seconds:.0f} s, {cpu:.0f} s CPU, largest process so far"
        f" {after.ru_maxrss / 2**20:.2f} GiB, {size / 1e6:.0f} MB on disk"
    )


def in_process(
    manifest: Path, sets: str, out: Path, n: int, *, all_scopes: bool
) -> tuple[list[int], list[float]]:
    """Print the CPU of `n` pairs in this process, by the function that workers call.

    Returns
    -------
    pairs, seconds
        After each task, the first left out: pairs done since, and their CPU.
    """
    from pathways.atlas.engine import Crew, Engine
    from pathways.atlas.manifest import choose_pairs, read_manifest
    from pathways.atlas.plan import Plan, key_of
    from pathways.atlas.prepare import prepare
    from pathways.atlas.store import open_store
    from pathways.atlas.tasks import tasks_of, work
    from pathways.job import Job

    entries = read_manifest(manifest)
    sizes = {entry.trait: entry.n_eff for entry in entries if entry.n_eff}
    job = Job({e.trait: e.paths for e in entries}, "", n_eff=sizes, gene_sets=(sets,))
    plan = Plan(entries, choose_pairs(entries), job, all_scopes=all_scopes)
    collections = plan.collections()
    key = key_of(plan, collections)
    start = time.process_time()
    prepare(plan, out / "store", key, collections, Crew(Engine(workers=0)))
    print(f"store of {len(entries)} traits: {time.process_time() - start:.1f} s CPU")
    every = tasks_of(open_store(str(out / "store"), key))
    tasks = [task for task in every if task.main == "divergence"][: max(2, n // 10)]
    work(str(out), key, tasks[0])
    pairs, seconds, start = [0], [0.0], time.process_time()
    for task in tasks[1:]:
        with seldom_collected():
            work(str(out), key, task)
        pairs.append(pairs[-1] + len(task.names))
        seconds.append(time.process_time() - start)
        if len(pairs) - 1 in (max(1, len(tasks) // 4), len(tasks) - 1):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"after {pairs[-1]} pairs: peak of this process {peak:.2f} GiB")
    print(
        f"{'all scopes' if all_scopes else 'combined'}: CPU of a pair"
        f" {seconds[-1] / pairs[-1]:.3f} s; from a straight line at a quarter, half and three"
        f" quarters: {departures(pairs, seconds)}"
    )
    return pairs, seconds


def departures(pairs: list[int], seconds: list[float]) -> str:
    """How far the time so far is from that share of the whole time."""
    marks = [share * pairs[-1] for share in (0.25, 0.5, 0.75)]
    so_far = np.interp(marks, pairs, seconds)
    return ", ".join(
        f"{100 * (t / (m / pairs[-1] * seconds[-1]) - 1):+.1f} %"
        for t, m in zip(so_far, marks, strict=True)
    )


def draw(lines: dict[str, tuple[list[int], list[float]]], file: Path) -> None:
    """CPU over pairs, a panel per kind of scopes."""
    import matplotlib.pyplot as plt

    with plt.rc_context({"svg.hashsalt": "atlas", "svg.fonttype": "none", "font.size": 8}):
        figure, panels = plt.subplots(1, len(lines), figsize=(6.8, 2.6), layout="constrained")
        for ax, (name, (pairs, seconds)) in zip(np.atleast_1d(panels), lines.items(), strict=True):
            ax.plot(
                [0, pairs[-1]], [0, seconds[-1]], color="#999999", lw=0.8, label="a straight line"
            )
            ax.plot(pairs, seconds, color="#0072B2", lw=1.4, label="measured")
            ax.set(title=name, xlabel="pairs", ylabel="CPU (s)", xlim=(0, None), ylim=(0, None))
            ax.spines[["top", "right"]].set_visible(False)
        np.atleast_1d(panels)[0].legend(frameon=False)
        figure.savefig(file, metadata={"Date": None})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", required=True)
    parser.add_argument("--traits", type=int, default=40)
    parser.add_argument("--tissues", type=int, default=6)
    parser.add_argument("--scopes", default="combined", choices=("combined", "all"))
    parser.add_argument("--in-process", type=int, metavar="PAIRS", default=0)
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument(
        "--figure", type=Path, help="with --in-process: CPU over pairs, both scopes"
    )
    given = parser.parse_args()
    if given.in_process and not any(name in os.environ for name in ONE_THREAD):
        # As the command does; numpy reads it when it is loaded.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        manifest = write_world(given.data, place / "world", given.traits, given.tissues)
        if given.in_process:
            scopes = ("combined", "all") if given.figure else (given.scopes,)
            found = {
                scope: in_process(
                    manifest,
                    given.sets,
                    place / scope,
                    # A pair takes four to five times as long in six tissues and combined.
                    given.in_process // (4 if given.figure and scope == "all" else 1),
                    all_scopes=scope == "all",
                )
                for scope in scopes
            }
            if given.figure:
                names = {"combined": "combined scope", "all": f"and {given.tissues} tissues"}
                draw({names[scope]: line for scope, line in found.items()}, given.figure)
            return
        for workers in given.workers:
            options = ["--workers", str(workers), "--scopes", given.scopes]
            whole(manifest, given.sets, place / f"out{workers}", options)


if __name__ == "__main__":
    main()
