"""Block contributions: the one structure that every signed test reads.

``A_p = (1/m_p) sum_g r_gp * effect_g = sum_b c_bp``: the activity of pathway p is the sum of what
its LD blocks contribute, and ``w_bp = m_bp / m_p`` is the share of its signed members in block b.
All traits of a universe share the sparsity, so a contrast of traits is a weighted sum of the rows
of `Contributions.values`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.gene_sets import GeneSets
from pathways.nulls.ragged import Ragged
from twas.study import Study, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]


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


@dataclass(frozen=True)
class Contributions:
    """Sparse pathway × block contributions of the traits of one universe.

    Attributes
    ----------
    values
        ``c``, shape ``(n_traits, nnz)``.
    weights
        ``w``, shape ``(nnz,)``; sums to 1 in a set.
    indptr
        Runs of the sets, shape ``(n_sets + 1,)``.
    block
        Block code of each entry, shape ``(nnz,)``.
    n_tested, n_signed, n_blocks
        Tested members, those with a role, and their blocks, shape ``(n_sets,)``.
    owner, position, role
        Set, column of the universe and role of each tested member.
    """

    values: Float
    weights: Float
    indptr: Int
    block: Int
    n_tested: Int
    n_signed: Int
    owner: Int
    position: Int
    role: Float

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


def contributions(universe: Universe, members: Members) -> Contributions:
    """Sum role × centred effect over the members of each set in each block.

    Parameters
    ----------
    universe
        One trait or a pair in one scope.
    members
        The sets, from `Members.of` on the same study.
    """
    column = np.full(members.n_genes, -1, dtype=np.int64)
    column[universe.genes] = np.arange(len(universe.genes))
    position = column[members.gene]
    tested = position >= 0
    owner, position = members.owner[tested], position[tested]
    role, block = members.role[tested], members.block[tested]
    n_sets = len(members.pathways)
    signed = role != 0
    n_signed = np.bincount(owner[signed], minlength=n_sets)
    o, b = owner[signed], block[signed]
    first = np.ones(len(o), dtype=bool)
    first[1:] = (o[1:] != o[:-1]) | (b[1:] != b[:-1])
    entry = np.cumsum(first) - 1
    nnz = int(first.sum())
    share = role[signed] / n_signed[o]
    values = np.stack(
        [
            np.bincount(entry, weights=share * effect[position[signed]], minlength=nnz)
            for effect in universe.effect
        ]
    )
    lengths = np.bincount(o[first], minlength=n_sets)
    return Contributions(
        values=np.asarray(values, dtype=np.float64),
        weights=np.bincount(entry, minlength=nnz) / np.maximum(n_signed[o[first]], 1),
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        block=b[first],
        n_tested=np.bincount(owner, minlength=n_sets),
        n_signed=n_signed,
        owner=owner,
        position=position,
        role=role,
    )
