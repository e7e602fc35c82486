"""`RunTables`: what a run found, as plain data: tables, and what is told of the study beside them.

A live `Study` gives the summary (`summarise`), and so does a folder of results, where the z-scores
of all genes are gone. Report, exports and words need no more than this; `pathways.Results` adds
what one does with it: write a folder, draw a figure, say the answer.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.statistics.genome import Symmetries, Symmetry
from twas.quality import QualityReport
from twas.study.study import Study
from twas.study.universe import COMBINED, Universe
from twas.system.record import version_of
from twas.traits.assembly import InputFile

#: Packages whose versions a methods paragraph names.
PACKAGES = ("twas-divergence", "numpy", "scipy", "pandas", "gseapy", "matplotlib")


@dataclass(frozen=True)
class Parameters:
    """What was chosen for a run.

    Attributes
    ----------
    seed
        Seed of everything random (joint flips, GSEA permutations).
    flips
        Joint flips of the family-wise error.
    simulated
        Whether the input is the simulated example: said in the report and on every figure.
    """

    seed: int = 0
    flips: int = 0
    simulated: bool = False


@dataclass(frozen=True)
class TraitSummary:
    """One trait.

    Attributes
    ----------
    name
        Its name.
    n_eff
        Effective sample size, None unknown.
    intercept
        Univariate LDSC intercept as given; None where 1 was assumed.
    n_genes, n_blocks
        Tested genes (combined scope) and the LD blocks that hold them.
    tissues
        Tissues in which it has a gene.
    files
        The files read.
    symmetry
        Scope → skews of z, the one assumption of the sign-flip test.
    """

    name: str
    n_eff: float | None
    intercept: float | None
    n_genes: int
    n_blocks: int
    tissues: tuple[str, ...]
    files: tuple[InputFile, ...]
    symmetry: Mapping[str, Symmetry] = field(default_factory=dict)

    @property
    def n_tissues(self) -> int:
        """Number of tissues."""
        return len(self.tissues)


@dataclass(frozen=True)
class PairSummary:
    """One pair of traits in the combined scope.

    Attributes
    ----------
    a, b
        Names of the traits.
    n_genes, n_blocks
        Genes of both, and the LD blocks that hold them.
    correlation
        Correlation of the effects over those genes, in [-1, 1]; NaN where there are too few.
    effect_scale
        ``per_sqrt_n`` or ``unit``.
    overlap
        Bivariate LDSC intercept as given; None where 0 was assumed.
    assumed
        What was assumed because it was not given.
    """

    a: str
    b: str
    n_genes: int
    n_blocks: int
    correlation: float
    effect_scale: str
    overlap: float | None
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class StudySummary:
    """A study without its z-scores; attributes of the same name as those of `Study` mean the same.

    Attributes
    ----------
    members
        A summary per trait, in the order given.
    pairs
        A summary per pair of traits that share a gene.
    tissues, groups, blocks_name
        As in `Study`.
    n_genes
        Genes of any trait.
    versions
        Versions of Python and of `PACKAGES` with which the results were made.
    """

    members: tuple[TraitSummary, ...]
    pairs: tuple[PairSummary, ...]
    tissues: tuple[str, ...]
    blocks_name: str
    n_genes: int
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def traits(self) -> tuple[str, ...]:
        """Names of the traits."""
        return tuple(member.name for member in self.members)

    @property
    def scopes(self) -> tuple[str, ...]:
        """All scopes: combined, groups of tissues, tissues."""
        return (COMBINED, *self.groups, *self.tissues)


@dataclass(frozen=True)
class RunTables:
    """Everything that an analysis found; the attributes are those of `pathways.Results`."""

    tables: Mapping[str, pd.DataFrame]
    study: StudySummary
    gene_sets: tuple[GeneSets, ...]
    quality: QualityReport
    parameters: Parameters = field(default_factory=Parameters)
    #: What `select` chose of the tables, which report and figures ask for again and again.
    selections: dict[Any, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(t):,}" for name, t in self.tables.items() if len(t))
        traits = ", ".join(trait.name for trait in self.study.members[:8])
        sets = ", ".join(repr(sets) for sets in self.gene_sets[:8])
        return f"{type(self).__name__}(\n  traits: {traits}\n  gene sets: {sets}\n  rows: {rows}\n)"

    @property
    def directions(self) -> pd.DataFrame:
        """A row per collection × pathway × trait × scope."""
        return self.tables["directions"]

    @property
    def divergence(self) -> pd.DataFrame:
        """A row per collection × pathway × pair of traits × scope."""
        return self.tables["divergence"]

    @property
    def genes(self) -> pd.DataFrame:
        """A row per collection × pathway × member × trait × scope."""
        return self.tables["genes"]

    @property
    def coverage(self) -> pd.DataFrame:
        """A row per collection × pathway × member."""
        return self.tables["coverage"]


def summarise(study: Study, skews: Symmetries) -> StudySummary:
    """Summarise a study, of which `skews` are those of `pathways.statistics.genome.Genome`."""
    pairs = (_pair(study, a, b) for a, b in combinations(study.traits, 2))
    return StudySummary(
        members=tuple(_trait(study, k, skews) for k in range(len(study.traits))),
        pairs=tuple(pair for pair in pairs if pair is not None),
        tissues=study.tissues,
        blocks_name=study.blocks_name,
        n_genes=len(study.genes),
        groups=dict(study.groups),
        versions=versions(),
    )


def versions() -> dict[str, str]:
    """Versions of Python and of `PACKAGES`."""
    return {"Python": platform.python_version(), **{name: version_of(name) for name in PACKAGES}}


def _trait(study: Study, k: int, skews: Symmetries) -> TraitSummary:
    name, n_eff = study.traits[k], float(study.n_eff[k])
    universe = study.universe((name,))
    has = np.isfinite(study.z[k]).any(axis=1)
    return TraitSummary(
        name=name,
        n_eff=n_eff if np.isfinite(n_eff) else None,
        intercept=study.intercepts.get(name),
        n_genes=len(universe.genes) if universe else 0,
        n_blocks=_blocks(universe) if universe else 0,
        tissues=tuple(t for t, there in zip(study.tissues, has, strict=True) if there),
        files=study.members[k].files,
        symmetry=dict(skews[name]),
    )


def _pair(study: Study, a: str, b: str) -> PairSummary | None:
    universe = study.universe((a, b))
    if universe is None:
        return None
    effect = universe.effect
    if universe.outlying.any():  # one locus would make the correlation
        effect = effect[:, ~universe.outlying.any(axis=0)]
    enough = effect.shape[1] > 2 and bool((effect.std(axis=1) > 0).all())
    return PairSummary(
        a=a,
        b=b,
        n_genes=len(universe.genes),
        n_blocks=_blocks(universe),
        correlation=float(np.corrcoef(effect[0], effect[1])[0, 1]) if enough else float("nan"),
        effect_scale=universe.effect_scale,
        overlap=study.overlaps.get(frozenset((a, b))),
        assumed=universe.assumed,
    )


def _blocks(universe: Universe) -> int:
    return int(np.unique(universe.block).size)
