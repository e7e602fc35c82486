"""Command line of the benchmark: ``run`` makes the results table, ``report`` the page of it."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.evidence import run, steps, worlds

#: Trained models are kept here; they take two minutes to make.
CACHE = Path(tempfile.gettempdir()) / "twas-divergence-evidence"
DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Run or report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="simulate, test, count")
    running.add_argument("--out", type=Path, default=DOCS / "evidence.tsv")
    running.add_argument("--cache", type=Path, default=CACHE, help="folder of trained models")
    running.add_argument("--short", action="store_true", help="the regression check of CI")
    running.add_argument("--without-held-out", action="store_true")
    running.add_argument("--replicates", type=int)
    running.add_argument("--fast", type=int, help="replicates of the fast peers")
    running.add_argument("--slow", type=int, help="replicates of the slow peers")
    running.add_argument("--against", type=int, help="replicates of the worlds against the call")
    running.add_argument("--further", type=int, help="replicates of the further tests' calls")
    running.add_argument("--worlds", nargs="+", choices=run.EVERY, metavar="WORLD")
    running.add_argument("--data", type=Path, default=None, help="folder of the real data")
    running.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    running.add_argument(
        "--steps", type=Path, help="folder of kept results of jobs; runs may share it"
    )
    running.add_argument(
        "--peers-of", type=Path, help="earlier table to take the rows of the slower peers from"
    )
    reporting = commands.add_parser("report", help="write docs/evidence.md and its figures")
    reporting.add_argument("--table", type=Path, default=DOCS / "evidence.tsv")
    reporting.add_argument("--docs", type=Path, default=DOCS)
    options = parser.parse_args()
    if options.command == "report":
        from benchmarks.evidence import report

        report.write(pd.read_csv(options.table, sep="\t", keep_default_na=False), options.docs)
    else:
        _run(options)


def _run(options: argparse.Namespace) -> None:
    size = run.SHORT if options.short else run.LONG
    names = tuple(options.worlds or size.worlds)
    if options.without_held_out:
        names = tuple(name for name in names if name not in worlds.HELD_OUT)
    size = replace(size, worlds=names)
    if options.replicates is not None:
        size = replace(size, replicates=options.replicates)
    if options.fast is not None:
        size = replace(size, fast=options.fast)
    if options.against is not None:
        size = replace(size, against=options.against)
    if options.further is not None:
        size = replace(size, further=options.further)
    if options.slow is not None:
        size = replace(size, slow=options.slow)
    start = time.perf_counter()
    how = steps.Steps(options.processes, options.steps)
    earlier = options.peers_of and pd.read_csv(options.peers_of, sep="\t", keep_default_na=False)
    table = run.run(size, options.cache, how, data=options.data, peers_of=earlier)
    table.to_csv(options.out, sep="\t", index=False, float_format="%.6g")
    print(f"{len(table):,} rows in {options.out}, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
