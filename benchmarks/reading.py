"""Time of reading S-PrediXcan files against pandas on the same files, in one run, as ratios.

``python benchmarks/reading.py --data DIR`` (DIR: folder with ``spredixcan/mdd`` and
``spredixcan/ptsd``, six files each). Prints, beside the seconds:

- in process: both traits read, identifiers resolved, merged and counted, over
  ``pandas.read_csv`` of the twelve files. Both take turns, so that a busy machine slows both; the
  ratio is the median over the turns.
- in a process of its own, imports and gene reference included: the same two.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from twas import read_trait

TRAITS = ("mdd", "ptsd")
PANDAS = "import sys, pandas; [pandas.read_csv(path) for path in sys.argv[1:]]"
OURS = "import sys, twas; [twas.read_trait(path, name='T') for path in sys.argv[1:]]"


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(what: str, ours: Callable[[], object], theirs: Callable[[], object], n: int) -> None:
    """Print the medians of `n` turns, and of the ratio."""
    turns = np.array([(seconds(ours), seconds(theirs)) for _ in range(n)])
    one, other = np.median(turns, axis=0)
    ratio = np.median(turns[:, 0] / turns[:, 1])
    print(f"{what}: {one:.3f} s, pandas {other:.3f} s, ratio {ratio:.2f}")


def start_python(code: str, paths: list[Path]) -> None:
    """Run some code in a new process."""
    subprocess.run([sys.executable, "-c", code, *map(str, paths)], check=True)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    folders = [options.data / "spredixcan" / name for name in TRAITS]
    files = [path for folder in folders for path in sorted(folder.glob("*.csv.gz"))]
    if not files:
        parser.error(f"no *.csv.gz below {options.data}/spredixcan")

    def read() -> None:
        for folder in folders:
            read_trait(folder, name=folder.name)

    def read_csv() -> None:
        for path in files:
            pd.read_csv(path)

    print(f"{len(files)} files")
    print(f"first time, gene reference included: {seconds(read):.3f} s")
    compare("in process", read, read_csv, options.turns)
    compare(
        "new process",
        lambda: start_python(OURS, folders),
        lambda: start_python(PANDAS, files),
        max(options.turns // 3, 1),
    )


if __name__ == "__main__":
    main()
