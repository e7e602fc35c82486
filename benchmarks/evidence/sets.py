"""Gene sets of five kinds, a share of them kept for planted effects.

Stretches of `STRETCH` neighbouring genes are kept for planted sets or for the others, so that a
set without planted effect shares no gene with a planted one (LD over the edges remains, as in
life). Planted sets share no genes either, but for overlapping ones, ten of which share a core and
a direction. Each kind is a collection of its own, one FDR family.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways import load_gene_sets
from pathways.statistics.contributions import Members
from twas import Study
from twas.system.arrays import Bool, Int

KINDS = ("random", "clustered", "few blocks", "overlapping", "one region")
#: Sets of each kind.
NUMBERS = dict(zip(KINDS, (80, 60, 60, 60, 20), strict=True))
#: With fewer genes there are fewer sets in proportion.
GENES = 3_200
#: Share of sets, and of genes, that planted effects may have.
PLANTED, POOL = 0.1, 0.35
STRETCH = 10
#: Genes that a set may need.
LARGEST = 80
#: Overlapping sets with one core.
SHARING = 10
#: Neighbours in a run of a clustered set.
RUN = 5
#: Long-range region whose genes the kind "one region" shares (a block of `twas.genes.blocks`).
REGION = "MHC"


@dataclass(frozen=True)
class Collection:
    """Sets of one kind.

    Attributes
    ----------
    kind
        One of `KINDS`.
    genes
        Genes of each set, rows of ``study.genes``.
    planted
        Which sets planted effects go into.
    members
        The same for the library.
    """

    kind: str
    genes: tuple[Int, ...]
    planted: Bool
    members: Members

    def __len__(self) -> int:
        return len(self.genes)

    @property
    def group(self) -> Int:
        """Sets that share a core, and so a planted direction, have the same number."""
        numbers = np.arange(len(self))
        return numbers // SHARING if self.kind == "overlapping" else numbers


def draw(study: Study, seed: int = 1) -> list[Collection]:
    """Draw all collections on the genes of a study."""
    rng = np.random.default_rng(seed)
    n = len(study.genes)
    for_planted = (rng.random(n // STRETCH + 1) < POOL)[np.arange(n) // STRETCH]
    pools = {
        True: _Pool(study, for_planted, rng, disjoint=True),
        False: _Pool(study, ~for_planted, rng, disjoint=False),
    }
    out = []
    for kind in KINDS:
        if kind == "one region" and not all(pool.in_region.any() for pool in pools.values()):
            continue
        number = round(NUMBERS[kind] * min(1.0, n / GENES))
        share = SHARING if kind == "overlapping" else round(PLANTED * number)
        planted = np.arange(number) < share
        genes = tuple(pools[bool(p)].draw(kind, k) for k, p in enumerate(planted))
        out.append(Collection(kind, genes, planted, _members(study, kind, genes)))
    return out


def _members(study: Study, kind: str, genes: tuple[Int, ...]) -> Members:
    ids = study.genes["gene"].to_numpy(dtype=object)
    table = {f"{kind} {k:03d}": ids[rows].tolist() for k, rows in enumerate(genes)}
    return Members.of(study, load_gene_sets(table))


class _Pool:
    """Genes from which sets are drawn, each once if `disjoint`."""

    def __init__(
        self, study: Study, inside: Bool, rng: np.random.Generator, *, disjoint: bool
    ) -> None:
        self.rng = rng
        self.inside = inside
        self.free = inside.copy()
        self.disjoint = disjoint
        self.block = study.genes["block_code"].to_numpy()
        self.in_region = (study.genes["block"] == REGION).to_numpy()
        self.core: Int = np.zeros(0, dtype=np.int64)

    def draw(self, kind: str, k: int) -> Int:
        """Genes of set `k` of a kind, ascending; a small genome is used more than once."""
        if self.free.sum() < LARGEST:
            self.free = self.inside.copy()
        if kind == "random":
            return self._some(int(np.exp(self.rng.uniform(np.log(10), np.log(LARGEST)))))
        if kind == "clustered":
            return self._runs(int(self.rng.integers(4, 13)))
        if kind == "few blocks":
            return self._few(int(self.rng.integers(6, 10)))
        if kind == "overlapping":
            if k % SHARING == 0 or not len(self.core):
                self.core = self._some(50)
            return np.union1d(self.rng.choice(self.core, 30, replace=False), self._some(6))
        return np.union1d(self._some(5, self.in_region), self._some(20, ~self.in_region))

    def _some(self, number: int, where: Bool | None = None) -> Int:
        free = self.free if where is None else self.free & where
        here = np.flatnonzero(free)
        return self._take(self.rng.choice(here, min(number, len(here)), replace=False))

    def _runs(self, number: int) -> Int:
        free = np.flatnonzero(self.free)
        order = self.rng.permutation(len(free) // RUN)[:number]
        return self._take(np.sort(np.concatenate([free[RUN * i : RUN * (i + 1)] for i in order])))

    def _few(self, number: int) -> Int:
        free = np.flatnonzero(self.free)
        blocks = self.rng.choice(np.unique(self.block[free]), number, replace=False)
        parts = [free[self.block[free] == block] for block in blocks]
        return self._take(
            np.concatenate([self.rng.choice(p, min(len(p), 3), replace=False) for p in parts])
        )

    def _take(self, genes: Int) -> Int:
        if self.disjoint:
            self.free[genes] = False
        return np.sort(genes)
