"""Time of our tests against GSEApy prerank on the same sets, in one run, as ratios.

``python benchmarks/speed.py --data DIR`` (DIR: folder with ``spredixcan/mdd`` and
``spredixcan/ptsd``). Prints how many times faster than one prerank (1,000 permutations, one
trait) are, for two traits and starting from a `Study`:

- p-values of direction in both traits, directional call and difference;
- intervals of both activities and of the difference.

The sets are random, 10 to 500 genes, sizes as skewed as those of GO; ``--sets 7000`` takes some
minutes, nearly all of them in GSEApy. Beside the ratios stands the share of each step.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from pathways import contrasts, load_gene_sets
from pathways.contributions import Members, contributions
from pathways.gene_sets import GeneSets
from pathways.multiplicity import directional_call
from pathways.nulls.interval import sign_flip_interval
from pathways.nulls.signflip import sign_flip
from twas import Study, read_trait

T = TypeVar("T")

PERMUTATIONS = 1000
SEED = 1


def timed(work: Callable[[], T], repeats: int = 1) -> tuple[float, T]:
    """Median wall time of `work`, in seconds, and what it returned last."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        out = work()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), out


def random_sets(study: Study, n: int) -> GeneSets:
    """Sets of 10 to 500 genes, log-uniform sizes."""
    rng = np.random.default_rng(SEED)
    genes = study.genes["gene"].to_numpy()
    sizes = np.exp(rng.uniform(np.log(10), np.log(500), n)).astype(int)
    return load_gene_sets(
        {f"set {k}": list(rng.choice(genes, size, replace=False)) for k, size in enumerate(sizes)}
    )


def p_values(study: Study, sets: GeneSets) -> None:
    """Direction of both traits, directional call and difference, from the study."""
    members = Members.of(study, sets)
    for trait in study.traits:
        view = study.universe((trait,))
        sign_flip(contributions(view, members).trait(0))
    parts = contributions(study.universe(study.traits), members)
    a, b = (sign_flip(parts.trait(row)) for row in (0, 1))
    directional_call(a.p_up, a.p_down, b.p_up, b.p_down)
    sign_flip(contrasts.difference(parts))


def intervals(study: Study, sets: GeneSets) -> None:
    """Intervals of both activities and of the difference, from the study."""
    members = Members.of(study, sets)
    for trait in study.traits:
        parts = contributions(study.universe((trait,)), members)
        sign_flip_interval(parts.trait(0), parts.weights)
    parts = contributions(study.universe(study.traits), members)
    sign_flip_interval(contrasts.difference(parts), parts.weights)


def prerank(study: Study, sets: GeneSets) -> None:
    """GSEApy prerank of the first trait, one call for all sets, on all cores."""
    import gseapy
    import pandas as pd

    view = study.universe(study.traits[:1])
    genes = study.genes["gene"].to_numpy()[view.genes]
    ranked = pd.Series(view.effect[0], index=genes).sort_values(ascending=False)
    table = sets.table.groupby("pathway", sort=False)["gene"].agg(list).to_dict()
    gseapy.prerank(
        rnk=ranked,
        gene_sets=table,
        min_size=1,
        max_size=len(genes),
        permutation_num=PERMUTATIONS,
        threads=os.cpu_count() or 1,
        seed=SEED,
        outdir=None,
        no_plot=True,
    )


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", type=int, default=7000)
    options = parser.parse_args()
    study = Study.from_traits(
        [
            read_trait(options.data / "spredixcan" / name.lower(), name=name, n_eff=n)
            for name, n in (("MDD", 400_000), ("PTSD", 60_000))
        ]
    )
    sets = random_sets(study, options.sets)
    p_seconds, _ = timed(lambda: p_values(study, sets), repeats=3)
    ci_seconds, _ = timed(lambda: intervals(study, sets), repeats=3)
    gsea_seconds, _ = timed(lambda: prerank(study, sets))
    print(f"{options.sets:,} sets, {len(study.genes):,} genes, {os.cpu_count()} cores")
    print(f"prerank, one trait, {PERMUTATIONS} permutations, all cores: {gsea_seconds:.1f} s")
    for what, seconds in (("p-values", p_seconds), ("intervals", ci_seconds)):
        print(f"{what}, two traits: {seconds:.2f} s, prerank takes {gsea_seconds / seconds:.0f} x")


if __name__ == "__main__":
    main()
