"""The numbers of a run that its report states beside the tables."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata

import numpy as np

from pathways.results import Results
from twas.study import Study, Universe

#: Packages whose versions a methods paragraph names.
PACKAGES = ("twas-divergence", "numpy", "scipy", "pandas", "gseapy", "matplotlib")


@dataclass(frozen=True)
class TraitFacts:
    """One trait: effective sample size (None unknown), tested genes, LD blocks, tissues."""

    name: str
    n_eff: float | None
    n_genes: int
    n_blocks: int
    n_tissues: int


@dataclass(frozen=True)
class PairFacts:
    """One pair: genes and blocks in common, correlation of their effects, what was assumed."""

    a: str
    b: str
    n_genes: int
    n_blocks: int
    correlation: float
    effect_scale: str
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class CollectionFacts:
    """One collection: content hash, number of sets and genes, whether it has roles."""

    name: str
    version: str
    n_pathways: int
    n_genes: int
    signed: bool


@dataclass(frozen=True)
class RunFacts:
    """All of them, with the versions of Python and of the packages."""

    traits: tuple[TraitFacts, ...]
    pairs: tuple[PairFacts, ...]
    collections: tuple[CollectionFacts, ...]
    tissues: tuple[str, ...]
    blocks_name: str
    seed: int
    versions: dict[str, str]


def run_facts(results: Results) -> RunFacts:
    """Collect the facts of a run."""
    study = results.study
    pairs = tuple(
        dict.fromkeys(
            zip(results.divergence["trait_a"], results.divergence["trait_b"], strict=True)
        )
    )
    return RunFacts(
        traits=tuple(_trait(study, name, k) for k, name in enumerate(study.traits)),
        pairs=tuple(found for a, b in pairs if (found := _pair(study, a, b))),
        collections=tuple(
            CollectionFacts(
                s.collection, s.version, len(s.pathways), int(s.table["gene"].nunique()), s.signed
            )
            for s in results.gene_sets
        ),
        tissues=study.tissues,
        blocks_name=study.blocks_name,
        seed=results.parameters.seed,
        versions=versions(),
    )


def versions() -> dict[str, str]:
    """Versions of Python and of `PACKAGES`, "not installed" where there is none."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _blocks(study: Study, view: Universe) -> int:
    return int(np.unique(study.genes["block_code"].to_numpy()[view.genes]).size)


def _trait(study: Study, name: str, k: int) -> TraitFacts:
    view = study.universe((name,))
    n_eff = float(study.n_eff[k])
    return TraitFacts(
        name=name,
        n_eff=n_eff if np.isfinite(n_eff) else None,
        n_genes=len(view.genes) if view else 0,
        n_blocks=_blocks(study, view) if view else 0,
        n_tissues=int(np.isfinite(study.z[k]).any(axis=1).sum()),
    )


def _pair(study: Study, a: str, b: str) -> PairFacts | None:
    view = study.universe((a, b))
    if view is None:
        return None
    enough = view.effect.shape[1] > 2 and bool((view.effect.std(axis=1) > 0).all())
    return PairFacts(
        a=a,
        b=b,
        n_genes=len(view.genes),
        n_blocks=_blocks(study, view),
        correlation=float(np.corrcoef(view.effect[0], view.effect[1])[0, 1])
        if enough
        else float("nan"),
        effect_scale=view.effect_scale,
        assumed=view.assumed,
    )
