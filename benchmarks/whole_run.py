"""Where the time of a whole analysis goes: two traits, six tissues, Reactome, all but GSEA.

``python -m benchmarks.whole_run --data DIR`` (DIR: folder with ``spredixcan`` and
``gene_sets/Reactome*.gmt.gz``) prints seconds and peak memory of `pathways.analyse` with 10,000
joint flips; with ``--profile`` the parts that take most of it, by cumulative time (the profiler
slows the run by about a third, so the shares count, not the seconds).
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import time
from pathlib import Path

import pathways
from twas import Study, read_trait

ROOT = Path(pathways.__file__).resolve().parent.parent


def study(data: Path) -> Study:
    """Both traits, six tissues each."""
    return Study.from_traits(
        [
            read_trait(data / "spredixcan" / name, name=name, n_eff=n)
            for name, n in (("mdd", 400_000), ("ptsd", 60_000))
        ]
    )


def parts(profile: cProfile.Profile, most: int) -> list[tuple[float, str]]:
    """Seconds and names of this project's functions that take most, callees included."""
    found = []
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(
        profile
    ).stats  # type: ignore[attr-defined]
    for (file, _, name), (_, _, _, seconds, _) in stats.items():
        path = Path(file)
        if path.is_absolute() and path.is_relative_to(ROOT) and not name.startswith("<"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found.append((seconds, f"{module}.{name}"))
    return sorted(found, reverse=True)[:most]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--most", type=int, default=30)
    options = parser.parse_args()
    both = study(options.data)
    (file,) = (options.data / "gene_sets").glob("Reactome*.gmt.gz")
    sets = pathways.load_gene_sets(file)
    profile = cProfile.Profile()
    start, cpu = time.perf_counter(), time.process_time()
    if options.profile:
        profile.enable()
    pathways.analyse(both, sets, run_gsea=False)
    profile.disable()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{len(sets.pathways):,} sets, {len(both.genes):,} genes, {os.cpu_count()} cores")
    print(f"{seconds:.1f} s ({cpu:.1f} s of processor time), peak {peak:.2f} GiB")
    for spent, name in parts(profile, options.most) if options.profile else ():
        print(f"{spent:7.1f} s {spent / seconds:5.0%}  {name}")


if __name__ == "__main__":
    main()
