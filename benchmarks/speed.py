"""Time and memory of our tests against other methods on the same sets, as ratios of one run.

``python -m benchmarks.speed --data DIR`` (DIR: folder with ``spredixcan/mdd`` and
``spredixcan/ptsd``; extra ``bench``). For random sets of 10 to 500 genes, sizes as skewed as those
of GO, it prints for each method its time and the peak memory of its process, and both over ours:

- ours: p-values of direction in both traits, directional call and difference, from a `Study`;
- intervals: those of both activities and of the difference;
- peers: one trait each, 1,000 permutations where they permute, prerank on all cores; `cameraPR`
  for two traits, R's start included.

Then the share of each step of ours, and with ``--figure FILE`` how its time grows with sets, genes,
traits and tissues. Every method runs in a process of its own, one after the other; 7,000 sets take
some minutes, nearly all of them in the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathways import load_gene_sets
from pathways.calls.candidates import PairCandidates
from pathways.calls.directional import Family
from pathways.gene_sets import GeneSets
from pathways.nulls.interval import sign_flip_interval
from pathways.nulls.signflip import sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Members, contributions
from twas import Study, Trait, read_trait

Work = Callable[[], object]

SEED = 1
N_EFF = {"MDD": 400_000, "PTSD": 60_000}
PEERS = {
    "GSEApy prerank": "prerank",
    "blitzGSEA": "blitz",
    "decoupler ULM": "ulm",
    "cameraPR, two traits": "camera",
}


def read(data: Path) -> Study:
    """Both traits, six tissues each."""
    return Study.from_traits(
        [
            read_trait(data / "spredixcan" / name.lower(), name=name, n_eff=n)
            for name, n in N_EFF.items()
        ]
    )


def random_sets(study: Study, n: int) -> GeneSets:
    """Sets of 10 to 500 genes, log-uniform sizes."""
    rng = np.random.default_rng(SEED)
    genes = study.genes["gene"].to_numpy()
    sizes = np.exp(rng.uniform(np.log(10), np.log(min(500, len(genes))), n)).astype(int)
    return load_gene_sets(
        {f"set {k}": list(rng.choice(genes, size, replace=False)) for k, size in enumerate(sizes)}
    )


def p_values(study: Study, sets: GeneSets) -> None:
    """Direction of every trait, directional call and difference of every pair."""
    members = Members.of(study, sets)
    for trait in study.traits:
        sign_flip(contributions(study.universe((trait,)), members).trait(0))
    for pair in combinations(study.traits, 2):
        both = study.universe(pair)
        parts = contributions(both, members)
        a, b = (sign_flip(parts.trait(row)) for row in (0, 1))
        Family(PairCandidates.of(both, parts, a, b).sets).call()
        sign_flip(contrasts.difference(parts))


def intervals(study: Study, sets: GeneSets) -> None:
    """Intervals of both activities and of the difference."""
    members = Members.of(study, sets)
    for trait in study.traits:
        parts = contributions(study.universe((trait,)), members)
        sign_flip_interval(parts.trait(0), parts.weights)
    parts = contributions(study.universe(study.traits), members)
    sign_flip_interval(contrasts.difference(parts), parts.weights)


def steps(study: Study, sets: GeneSets) -> dict[str, Work]:
    """The parts of `p_values`, each as work of its own."""
    members = Members.of(study, sets)
    traits = [study.universe((name,)) for name in study.traits]
    both = study.universe(study.traits)
    alone = [contributions(view, members) for view in traits]
    parts = contributions(both, members)
    rows = [part.trait(0) for part in alone] + [parts.trait(0), parts.trait(1)]
    a, b = (sign_flip(parts.trait(row)) for row in (0, 1))
    return {
        "sets in the study": lambda: Members.of(study, sets),
        "contributions": lambda: [contributions(view, members) for view in (*traits, both)],
        "sign flips, traits": lambda: [sign_flip(row) for row in rows],
        "sign flips, difference": lambda: sign_flip(contrasts.difference(parts)),
        "directional call": lambda: Family(PairCandidates.of(both, parts, a, b).sets).call(),
    }


def as_peers_take_them(study: Study, sets: GeneSets) -> tuple[NDArray[np.float64], list]:
    """Combined z on the genes of both traits, shape ``(2, n)``, and the sets as columns."""
    view = study.universe(study.traits)
    place = {g: k for k, g in enumerate(study.genes["gene"].to_numpy()[view.genes])}
    groups = sets.table.groupby("pathway", sort=False)["gene"]
    columns = [np.array([place[g] for g in genes if g in place]) for _, genes in groups]
    return view.z, [c for c in columns if c.size]


def timed(work: Work, repeats: int = 1) -> float:
    """Median wall time of `work`, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def child(job: str, data: Path, n_sets: int) -> dict[str, float]:
    """Run one job in this process: seconds, peak MiB of it and of what it started."""
    study = read(data)
    sets = random_sets(study, n_sets)
    if job in PEERS:
        from benchmarks.evidence import peers

        z, columns = as_peers_take_them(study, sets)
        z = z if job.endswith("two traits") else z[:1]
        method = getattr(peers, PEERS[job])
        if job == "GSEApy prerank":  # as fast as it gets here
            method = partial(method, threads=os.cpu_count() or 1)
        seconds = timed(lambda: method(z, columns))
    else:
        for trait in study.traits:  # the views belong to the study
            study.universe((trait,))
        study.universe(study.traits)
        seconds = timed(lambda: {"ours": p_values, "intervals": intervals}[job](study, sets), 3)
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "mib": sum(resource.getrusage(w).ru_maxrss for w in who) / 1024}


def in_a_process(job: str, data: Path, n_sets: int) -> dict[str, float]:
    """`child` in a fresh process."""
    command = [
        sys.executable, "-m", "benchmarks.speed", "--child", job,
        "--data", str(data), "--sets", str(n_sets),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(data: Path, n_sets: int) -> None:
    """Print every method beside ours."""
    print(f"\n{n_sets:,} sets, {os.cpu_count()} cores")
    ours = in_a_process("ours", data, n_sets)
    print(f"{'method':<24} {'seconds':>8} {'x ours':>8} {'MiB':>7} {'x ours':>7}")
    for job in ("ours", "intervals", *PEERS):
        try:
            found = ours if job == "ours" else in_a_process(job, data, n_sets)
        except subprocess.CalledProcessError as error:
            print(f"{job:<24} did not run: {error.stderr.strip().splitlines()[-1]}")
            continue
        seconds, mib = found["seconds"], found["mib"]
        print(
            f"{job:<24} {seconds:8.2f} {seconds / ours['seconds']:8.1f} {mib:7.0f}"
            f" {mib / ours['mib']:7.2f}"
        )
    study = read(data)
    work = steps(study, random_sets(study, n_sets))
    times = {name: timed(step, 3) for name, step in work.items()}
    total = sum(times.values())
    print("of ours: " + ", ".join(f"{name} {t / total:.0%}" for name, t in times.items()))


def scaling(data: Path, file: Path) -> None:
    """Draw the time of ours over the number of sets, genes, traits and tissues."""
    import matplotlib.pyplot as plt

    study = read(data)
    sets = random_sets(study, 2000)
    axes = {
        "gene sets": [(n, study, random_sets(study, n)) for n in (500, 1000, 2000, 4000, 8000)],
        "genes": [(n, _fewer_genes(study, n), None) for n in (2000, 4000, 8000, 15000)],
        "traits": [(n, _more_traits(study, n), sets) for n in (2, 3, 4, 6)],
        "tissues": [(n, _fewer_tissues(study, n), sets) for n in (1, 2, 4, 6)],
    }
    with plt.style.context({"svg.hashsalt": "speed", "svg.fonttype": "none"}):
        figure, panels = plt.subplots(1, 4, figsize=(7.1, 2.2), sharey=True, layout="constrained")
        for ax, (name, cases) in zip(panels, axes.items(), strict=True):
            numbers = [n for n, _, _ in cases]
            seconds = [timed(lambda c=case: _whole(*c), 3) for case in cases]
            ax.loglog(numbers, seconds, "o-", color="#0072B2", ms=4)
            ax.set_xticks(numbers, [f"{n:,}" for n in numbers], rotation=45)
            ax.minorticks_off()
            ax.set_xlabel(name)
        ticks = (0.25, 0.5, 1, 2, 4, 8)
        panels[0].set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        panels[0].set_ylabel("seconds")
        figure.savefig(file, metadata={"Date": None})


def _whole(_: int, study: Study, sets: GeneSets | None) -> None:
    fresh = Study.from_traits(study.members)
    p_values(fresh, random_sets(study, 2000) if sets is None else sets)


def _restricted(study: Study, name: str, column: str, keep: list[str]) -> Trait:
    member = study.members[study.traits.index(name)]
    rows = member.table[member.table[column].isin(keep)]
    return Trait.from_frame(rows, name=name, n_eff=member.n_eff)


def _fewer_genes(study: Study, n: int) -> Study:
    keep = list(study.genes["gene"][: min(n, len(study.genes))])
    return Study.from_traits([_restricted(study, t, "gene", keep) for t in study.traits])


def _fewer_tissues(study: Study, n: int) -> Study:
    keep = list(study.tissues[:n])
    return Study.from_traits([_restricted(study, t, "tissue", keep) for t in study.traits])


def _more_traits(study: Study, n: int) -> Study:
    rng = np.random.default_rng(SEED)
    traits = []
    for k in range(n):
        member = study.members[k % 2]
        z = member.table["z"] + rng.normal(size=len(member.table))
        traits.append(Trait.from_frame(member.table.assign(z=z), name=f"T{k}", n_eff=member.n_eff))
    return Study.from_traits(traits)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", type=int, nargs="+", default=[2694, 7000])
    parser.add_argument("--figure", type=Path, help="file for the scaling figure")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options.child, options.data, options.sets[0])))
        return
    for n_sets in options.sets:
        compare(options.data, n_sets)
    if options.figure:
        scaling(options.data, options.figure)


if __name__ == "__main__":
    main()
