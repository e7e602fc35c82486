"""Speed and memory of `impute`, as ratios to its limits and to pandas reading the same GWAS.

``python benchmarks/impute.py [--folder DIR] [--small]`` draws GWAS and models once, then, each
in a process of its own:

- one tissue of 6,000 models, 3 million rows: CPU time over that of ``pandas.read_csv`` of the GWAS
  (limit 1.4);
- 13 tissues of 6,000 models, 8 million rows: seconds over 60, and peak memory over 2.5 GiB.

A model has 7 SNPs in the mean, as in the files with right answers; larger ones cost more.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv
from scipy.special import ndtr

GENES, SNPS = 6000, 7
OURS = (
    "import sys; from twas.imputation.writing import impute_into; "
    "impute_into(sys.argv[3], {'A': [sys.argv[1]]}, [sys.argv[2]], force=True)"
)
PANDAS = "import sys, pandas; pandas.read_csv(sys.argv[1], sep='\\t')"
ALLELES = np.array(["A", "C", "G", "T"])


def alleles(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both alleles of SNPs by number, never palindromic: A/C, C/A, G/T, T/G."""
    return ALLELES[rows % 4], ALLELES[(rows % 4) ^ 1]


def place(rows: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray]:
    """Chromosome and position of SNPs by number, in order."""
    return 1 + rows * 22 // total, 1000 + rows % (total // 22 + 1) * 300


def write_gwas(path: Path, total: int) -> None:
    """Write a GWAS-SSF of `total` rows, in parts."""
    rng = np.random.default_rng(1)
    with gzip.open(path, "wb", compresslevel=4) as stream:
        for start in range(0, total, 1_000_000):
            rows = np.arange(start, min(start + 1_000_000, total))
            other, effect = alleles(rows)
            chrom, pos = place(rows, total)
            beta = rng.normal(0, 0.01, len(rows)).round(9)
            se = rng.uniform(0.008, 0.012, len(rows)).round(9)
            table = pa.table(
                {
                    "chromosome": chrom,
                    "base_pair_location": pos,
                    "effect_allele": effect,
                    "other_allele": other,
                    "beta": beta,
                    "standard_error": se,
                    "effect_allele_frequency": rng.random(len(rows)).round(6),
                    "p_value": (2 * ndtr(-np.abs(beta / se))).round(9),
                    "rsid": [f"rs{row + 1000}" for row in rows.tolist()],
                    "n": np.full(len(rows), 138086),
                }
            )
            options = csv.WriteOptions(
                delimiter="\t", quoting_style="none", include_header=start == 0
            )
            csv.write_csv(table, stream, options)


def write_model(folder: Path, name: str, total: int, seed: int) -> None:
    """Write a model of `GENES` genes and its covariance."""
    rng = np.random.default_rng(seed)
    counts = 1 + rng.poisson(SNPS - 1, GENES)
    gene = np.repeat(np.arange(GENES), counts)
    step = total // GENES
    rows = np.concatenate(
        [
            g * step + np.sort(rng.choice(min(step, 100), n, replace=False))
            for g, n in enumerate(counts)
        ]
    )
    names = np.array([f"ENSG{number:011d}.1" for number in range(GENES)])
    ids = np.array([f"rs{row + 1000}" for row in rows])
    ref, eff = alleles(rows)
    chrom, pos = place(rows, total)
    parts = zip(chrom, pos, ref, eff, strict=True)
    weights = pd.DataFrame({"gene": names[gene], "rsid": ids})
    weights["varID"] = [f"chr{c}_{p}_{a}_{b}_b38" for c, p, a, b in parts]
    weights = weights.assign(ref_allele=ref, eff_allele=eff, weight=rng.normal(size=len(rows)))
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection, connection:
        weights.to_sql("weights", connection, index=False)
        pd.DataFrame({"gene": names, "genename": names}).to_sql("extra", connection, index=False)
    one = pd.DataFrame({"gene": gene, "at": np.arange(len(gene))})
    pairs = one.merge(one, on="gene")
    i, j = (pairs[column].to_numpy() for column in ("at_x", "at_y"))
    i, j = i[i <= j], j[i <= j]
    value = 0.3 * 0.8 ** np.abs(i - j)
    table = pa.table({"GENE": names[gene[i]], "RSID1": ids[i], "RSID2": ids[j], "VALUE": value})
    with gzip.open(folder / f"{name}.txt.gz", "wb", compresslevel=4) as stream:
        csv.write_csv(table, stream, csv.WriteOptions(delimiter=" ", quoting_style="none"))


def measure(code: str, *arguments: Path) -> tuple[float, float, float]:
    """Run some code in a process: seconds, CPU seconds, GiB at its peak."""
    start = time.perf_counter()
    child = os.posix_spawn(
        sys.executable, [sys.executable, "-c", code, *map(str, arguments)], os.environ
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("the run failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def prepare(folder: Path, total: int, tissues: int) -> Path:
    """Draw a GWAS and models, unless they are there."""
    home = folder / f"{total}x{tissues}"
    if not (home / "done").exists():
        (home / "models").mkdir(parents=True, exist_ok=True)
        write_gwas(home / "gwas.tsv.gz", total)
        for tissue in range(tissues):
            write_model(home / "models", f"Tissue_{tissue}", total, tissue)
        (home / "done").touch()
    return home


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, help="keep the drawn files here")
    parser.add_argument("--small", action="store_true", help="the one tissue only")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        home = prepare(folder, 3_000_000, 1)
        turns = []
        for _ in range(options.turns):
            ours = measure(OURS, home / "gwas.tsv.gz", home / "models", home / "out")
            theirs = measure(PANDAS, home / "gwas.tsv.gz")
            turns.append((ours[1], theirs[1], ours[1] / theirs[1]))
        one, other, ratio = np.median(turns, axis=0)
        print(f"1 tissue, 3 million rows: CPU {one:.1f} s, pandas {other:.1f} s, ratio {ratio:.2f}")
        if options.small:
            return
        home = prepare(folder, 8_000_000, 13)
        wall, cpu, memory = measure(OURS, home / "gwas.tsv.gz", home / "models", home / "out")
        print(
            f"13 tissues, 8 million rows: {wall:.1f} s (CPU {cpu:.1f} s), {memory:.2f} GiB; "
            f"ratios to 60 s and 2.5 GiB: {wall / 60:.2f}, {memory / 2.5:.2f}"
        )


if __name__ == "__main__":
    main()
