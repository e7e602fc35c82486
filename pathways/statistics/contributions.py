"""Block contributions: the one structure that every signed test reads.

``A_p = (1/m_p) sum_g r_gp * effect_g = sum_b c_bp``: the activity of pathway p is the sum of what
its LD blocks contribute, and ``w_bp = m_bp / m_p`` is the share of its signed members in block b.
All traits of a universe share the sparsity, so a contrast of traits is a weighted sum of the rows
of `Contributions.values`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.nulls.ragged import Ragged
from twas.study.study import Study
from twas.study.universe import Universe
from twas.system.arrays import Bool, Float, Int


@dataclass(frozen=True)
class Members:
    """The members of all sets of a collection that are genes of the study, sorted by set, block.

    Attributes
    ----------
    pathways
        Names of the sets, shape ``(n_sets,)``.
    n_set
        Members in the collection, tested or not, shape ``(n_sets,)``.
    owner, gene, role, block
        Set index, row of `Study.genes`, role and block code of each member, shape ``(n,)``.
    n_genes
        Number of genes in the study.
    """

    pathways: tuple[str, ...]
    n_set: Int
    owner: Int
    gene: Int
    role: Float
    block: Int
    n_genes: int

    @classmethod
    def of(cls, study: Study, sets: GeneSets) -> Members:
        """Find the members of `sets` in `study`."""
        table = sets.table
        codes, names = pd.factorize(table["pathway"])
        rows = pd.Index(study.genes["gene"]).get_indexer(pd.Index(table["gene"]))
        found = rows >= 0
        owner, gene = codes[found].astype(np.int64), rows[found].astype(np.int64)
        block = study.genes["block_code"].to_numpy()[gene]
        role = table["role"].to_numpy(dtype=np.float64)[found]
        order = np.lexsort((gene, block, owner))
        return cls(
            pathways=tuple(names),
            n_set=np.bincount(codes, minlength=len(names)),
            owner=owner[order],
            gene=gene[order],
            role=role[order],
            block=block[order],
            n_genes=len(study.genes),
        )

    def where(self, keep: Bool) -> Members:
        """The same sets with some of their members."""
        return replace(
            self,
            owner=self.owner[keep],
            gene=self.gene[keep],
            role=self.role[keep],
            block=self.block[keep],
        )


@dataclass(frozen=True)
class Layout:
    """Which genes of a universe belong to which block of which set.

    Attributes
    ----------
    owner, position, role
        Set, column of the universe and role of each member, sorted by set and block.
    entry
        The (set, block) entry to which each member belongs.
    indptr
        Runs of entries of the sets, shape ``(n_sets + 1,)``.
    block
        Block code of each entry, shape ``(nnz,)``.
    """

    owner: Int
    position: Int
    role: Float
    entry: Int
    indptr: Int
    block: Int

    @property
    def n_sets(self) -> int:
        """Number of sets."""
        return len(self.indptr) - 1

    @cached_property
    def n_members(self) -> Int:
        """Members of each set in this layout, shape ``(n_sets,)``."""
        return np.bincount(self.owner, minlength=self.n_sets)

    def sums(self, value: Float) -> Ragged:
        """Sum a value per member, shape ``(n_members,)``, over each block of each set."""
        total = np.bincount(self.entry, weights=value, minlength=len(self.block))
        return Ragged(total.astype(np.float64), self.indptr)


def layout(universe: Universe, members: Members, *, signed: bool) -> Layout:
    """Find the members of each set among the genes of a universe.

    Parameters
    ----------
    universe
        One trait or a pair in one scope.
    members
        The sets, from `Members.of` on the same study.
    signed
        Leave out members of role 0.
    """
    column = np.full(members.n_genes, -1, dtype=np.int64)
    column[universe.genes] = np.arange(len(universe.genes))
    position = column[members.gene]
    use = position >= 0
    if signed:
        use &= members.role != 0
    owner, block = members.owner[use], members.block[use]
    first = np.ones(len(owner), dtype=bool)
    first[1:] = (owner[1:] != owner[:-1]) | (block[1:] != block[:-1])
    lengths = np.bincount(owner[first], minlength=len(members.pathways))
    return Layout(
        owner=owner,
        position=position[use],
        role=members.role[use],
        entry=np.cumsum(first) - 1,
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        block=block[first],
    )


@dataclass(frozen=True)
class Contributions:
    """Sparse pathway × block contributions of the traits of one universe.

    Attributes
    ----------
    values
        ``c``, shape ``(n_traits, nnz)``.
    weights
        ``w``, shape ``(nnz,)``; sums to 1 in a set.
    signed
        The members with a role, and the (set, block) entries that `values` and `weights` follow.
    tested
        All tested members, those of role 0 too.
    """

    values: Float
    weights: Float
    signed: Layout
    tested: Layout

    @property
    def indptr(self) -> Int:
        """Runs of the sets in `values`, shape ``(n_sets + 1,)``."""
        return self.signed.indptr

    @property
    def block(self) -> Int:
        """Block code of each entry of `values`, shape ``(nnz,)``."""
        return self.signed.block

    @property
    def n_tested(self) -> Int:
        """Tested members of each set, shape ``(n_sets,)``."""
        return self.tested.n_members

    @property
    def n_signed(self) -> Int:
        """Those of them with a role."""
        return self.signed.n_members

    @property
    def n_blocks(self) -> Int:
        """Blocks that hold a signed member of the set."""
        return np.diff(self.indptr)

    def trait(self, row: int) -> Ragged:
        """Contributions of one trait."""
        return Ragged(self.values[row], self.indptr)

    def combine(self, weights: Float) -> Ragged:
        """A contrast: the sum over traits of ``weights[k] * values[k]``."""
        return Ragged(np.asarray(weights, dtype=np.float64) @ self.values, self.indptr)

    def of(self, effect: Float) -> Ragged:
        """Contributions of another gene-level score, shape ``(n_genes_of_universe,)``."""
        return self.signed.sums(_shares(self.signed) * effect[self.signed.position])


def contributions(universe: Universe, members: Members) -> Contributions:
    """Sum role × centred effect over the members of each set in each block.

    Parameters
    ----------
    universe
        One trait or a pair in one scope.
    members
        The sets, from `Members.of` on the same study.
    """
    signed = layout(universe, members, signed=True)
    share = _shares(signed)
    values = np.stack(
        [signed.sums(share * effect[signed.position]).values for effect in universe.effect]
    )
    return Contributions(
        values=values,
        weights=signed.sums(np.abs(share)).values,
        signed=signed,
        tested=layout(universe, members, signed=False),
    )


def _shares(signed: Layout) -> Float:
    """``r / m`` of each member."""
    return np.asarray(signed.role / signed.n_members[signed.owner])
