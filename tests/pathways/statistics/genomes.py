"""Genomes of z without a study: real positions and blocks, polygenic effects, a locus added."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from twas.genes.blocks import default_blocks
from twas.simulation.panel import PredictedExpression, place
from twas.study.outlying import outlying_by_trait


@dataclass
class Genome:
    """What genome-wide estimates read of a universe."""

    z: np.ndarray
    block: np.ndarray
    sample_overlap: float = 0.0
    intercept: np.ndarray = field(default_factory=lambda: np.ones(2))
    traits: tuple[str, str] = ("A", "B")
    assumed: tuple[str, ...] = ("sample overlap of A and B",)

    @property
    def outlying(self):
        return outlying_by_trait(self.z, self.block)

    @property
    def effect(self):
        return self.z - self.z.mean(axis=1, keepdims=True)


@cache
def expression(genes=6_000):
    """Correlation of predicted expression of genes along the genome, and their blocks."""
    where = place(None)
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(len(where), genes, replace=False))
    where = where.iloc[rows].reset_index(drop=True)
    block = np.unique(default_blocks().assign(where).astype(str), return_inverse=True)[1]
    order = np.unique(block, return_index=True)[1].argsort().argsort()
    return PredictedExpression.from_positions(where["chrom"], where["start"], rng=rng), order[block]


def genome(rng, *, signal=(0.8, 0.8), rg=0.64, overlap=0.0, causal=0.04, locus=(0.0, 0.0)):
    """z of two traits: var z = 1 + signal, cov = rg sqrt(signal signal) + overlap."""
    model, block = expression()
    n = len(block)

    def mixed(values, r):
        return values @ np.linalg.cholesky([[1.0, r], [r, 1.0]]).T

    effects = mixed(rng.normal(size=(n, 2)), rg) * (rng.random((n, 1)) < causal)
    effects *= np.sqrt(signal) / np.sqrt(causal * model.scores().mean())
    z = (model.marginal(effects) + mixed(model.draw(rng, (n, 2)), overlap)).T
    at = np.flatnonzero(block == rng.choice(np.flatnonzero(np.bincount(block) >= 12)))[:30]
    z[:, at] += np.array(locus)[:, None]
    return Genome(z, block, sample_overlap=overlap)
