"""TWAS z-scores of two traits, drawn from the regions of `models`.

``z_k = sqrt(N_k) (C b_k + T a_k) + noise_k``: ``C = G'X / n`` with direct effects ``b`` of
variants (polygenic, correlated between the traits), ``T = G'E / n`` with effects ``a`` of true
expression (planted in pathways), noise of covariance ``G'G / n`` that correlates between traits
by the sample overlap. All effects are per sqrt(N): half the log-odds per standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from benchmarks.evidence.models import TISSUES, Region
from twas import Study, Trait
from twas.system.arrays import Float, Int

#: Share of variants with a direct effect.
CAUSAL = 0.02


@dataclass(frozen=True)
class Genome:
    """All regions with one axis of genes, in the order of the study made of them.

    Attributes
    ----------
    regions
        The regions.
    study
        A study of two traits A and B on their models; its z are replaced in every replicate.
    column
        Gene of the study of each model, regions one after the other, shape ``(n_models,)``.
    """

    regions: tuple[Region, ...]
    study: Study
    column: Int

    @classmethod
    def of(cls, regions: Sequence[Region]) -> Genome:
        """Make the axis."""
        gene = np.concatenate([region.gene[region.row] for region in regions])
        tissue = np.concatenate([region.tissue for region in regions])
        frame = pd.DataFrame({"gene": gene, "tissue": np.array(TISSUES)[tissue], "z": 0.0})
        # Every replicate puts its own z in the place of these.
        rng = np.random.default_rng(0)
        traits = [
            Trait.from_frame(frame.assign(z=rng.standard_normal(len(gene))), name=name, n_eff=1.0)
            for name in "AB"
        ]
        study = Study.from_traits(traits)
        column = pd.Index(study.genes["gene"]).get_indexer(pd.Index(gene))
        return cls(tuple(regions), study, column)

    @cached_property
    def tissue(self) -> Int:
        """Tissue of each model."""
        return np.concatenate([region.tissue for region in self.regions])

    @cached_property
    def expressed(self) -> Int:
        """Gene of the study of each column of the regions' `expression`."""
        genes = np.concatenate([region.gene for region in self.regions])
        return np.asarray(pd.Index(self.study.genes["gene"]).get_indexer(pd.Index(genes)))

    @property
    def n_genes(self) -> int:
        """Genes with a model."""
        return len(self.study.genes)

    @cached_property
    def n_variants(self) -> int:
        """Variants that may have a direct effect."""
        return sum(region.variants.shape[1] for region in self.regions)

    @cached_property
    def strength(self) -> float:
        """Mean over models of the sum of squares of their row of C."""
        squares = [np.square(region.variants).sum(axis=1) for region in self.regions]
        return float(np.concatenate(squares).mean())

    def seen(self, direct: Float, mediated: Float) -> Float:
        """``C b + T a``: effects ``(n_variants, k)`` and ``(n_genes, k)`` → ``(k, t, n_genes)``."""
        mediated = mediated[self.expressed]
        out, variant, gene = [], 0, 0
        for region in self.regions:
            n_variants, n_genes = region.variants.shape[1], len(region.gene)
            b = direct[variant : variant + n_variants]
            a = mediated[gene : gene + n_genes]
            out.append(region.variants @ b + region.expression @ a)
            variant, gene = variant + n_variants, gene + n_genes
        return self._by_tissue(np.concatenate(out))

    def noise(self, overlap: float, rng: np.random.Generator) -> Float:
        """Sampling noise of both traits, shape ``(2, t, n_genes)``, NaN without a model."""
        mix = np.linalg.cholesky([[1.0, overlap], [overlap, 1.0]]).T
        draws = [
            region.root @ (rng.standard_normal((region.root.shape[1], 2)) @ mix)
            for region in self.regions
        ]
        return self._by_tissue(np.concatenate(draws))

    def _by_tissue(self, values: Float) -> Float:
        out = np.full((values.shape[1], len(TISSUES), self.n_genes), np.nan)
        out[:, self.tissue, self.column] = values.T
        return out

    def polygenic(self, rms: float, rg: float, rng: np.random.Generator) -> Float:
        """Direct effects of both traits, ``(n_variants, 2)``, of this r.m.s. of z / sqrt(N)."""
        mix = np.linalg.cholesky([[1.0, rg], [rg, 1.0 + 1e-12]]).T
        effects = rng.standard_normal((self.n_variants, 2)) @ mix
        causal = rng.random(self.n_variants) < CAUSAL
        return np.asarray(effects * causal[:, None] * rms / np.sqrt(CAUSAL * self.strength))


def spredixcan(z: Float, weights: Float, sd: Float, correlation: Float) -> Float:
    """Z of models from z of variants, the long way, for the test of this module.

    Parameters
    ----------
    z
        Summary statistics, shape ``(n_variants,)``.
    weights
        Per allele, shape ``(n_variants, n_models)``.
    sd, correlation
        Of the panel's dosages, ``(n_variants,)`` and ``(n_variants, n_variants)``.
    """
    scaled = weights * sd[:, None]
    sigma = np.sqrt(np.einsum("sm,st,tm->m", scaled, correlation, scaled))
    return np.asarray(z @ scaled / sigma)
