"""`Study`: traits × tissues × genes with their LD blocks, and the universe of a test.

Every test sees the study through a `Universe`: the genes and z of one trait, or of a pair, in one
scope (a tissue, a group of tissues, or all combined). A universe depends on its own traits only,
so a third trait changes no pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.genes.blocks import Blocks, default_blocks
from twas.quality import QualityReport
from twas.study.axis import (
    check_common_genes,
    check_groups,
    check_intercepts,
    gene_table,
    listed,
    z_array,
)
from twas.study.checks import quality_of
from twas.study.tissues import combine_traits, tissue_correlation
from twas.study.universe import COMBINED, Universe, effects
from twas.system.arrays import Float, Int, Text
from twas.traits.trait import Trait

#: Views of traits and pairs that a study keeps; each is some megabytes.
KEPT_VIEWS = 64


@dataclass(frozen=True, eq=False)
class Study:
    """Traits × tissues × genes.

    Attributes
    ----------
    traits
        Names of the traits, in the order given.
    tissues
        Names of all tissues, sorted.
    genes
        Row per gene, in genomic order: ``gene`` (identity), ``symbol``, ``ensembl_id`` ("" none),
        ``chrom`` ("" unknown), ``start`` (NA unknown), ``block`` (name), ``block_code``.
    z
        Shape ``(n_traits, n_tissues, n_genes)``; NaN where a trait has no model.
    n_eff
        Effective sample size of each trait, NaN unknown.
    groups
        Further scopes: name → tissues.
    """

    traits: tuple[str, ...]
    tissues: tuple[str, ...]
    genes: pd.DataFrame
    z: Float
    n_eff: Float
    blocks_name: str
    members: tuple[Trait, ...]
    intercepts: Mapping[str, float] = field(default_factory=dict)
    overlaps: Mapping[frozenset[str], float] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quality: QualityReport = field(default_factory=QualityReport)
    _rows: dict[int, Int] = field(default_factory=dict, init=False, repr=False)
    _views: dict[tuple[tuple[str, ...], str], Universe | None] = field(
        default_factory=dict, init=False, repr=False
    )

    def __repr__(self) -> str:
        names = ", ".join(self.traits[:8]) + (", …" if len(self.traits) > 8 else "")
        return (
            f"Study({len(self.traits)} traits: {names}; {len(self.tissues)} tissues,"
            f" {len(self.genes):,} genes)"
        )

    @classmethod
    def from_traits(
        cls,
        traits: Sequence[Trait],
        *,
        blocks: Blocks | None = None,
        intercepts: Mapping[str, float] | None = None,
        overlaps: Mapping[tuple[str, str], float] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        allow_same: bool = False,
    ) -> Study:
        """Bring traits together on one gene axis.

        Parameters
        ----------
        traits
            One or more, with different names.
        blocks
            LD blocks; by default cut at gene-free gaps.
        intercepts
            Trait → univariate LDSC intercept (1 where not given, flagged "assumed").
        overlaps
            Pair of traits → bivariate LDSC intercept (0 where not given, flagged "assumed").
        groups
            Name → tissues, further scopes beside each tissue and ``combined``.
        allow_same
            Allow traits whose z are the same (beyond ±0.99), or read from the same column.

        Raises
        ------
        DataError
            If two traits share a name, no gene is common to two traits, two traits are one, or a
            tissue has the name of the combined scope.
        UsageError
            If an option names a trait or tissue that is not there.
        """
        traits = listed(traits)
        names = tuple(trait.name for trait in traits)
        tissues = tuple(sorted({t for trait in traits for t in trait.table["tissue"].unique()}))
        if COMBINED in tissues:
            raise DataError(
                f"a tissue is called {COMBINED!r}, as all tissues together are; give it another "
                "name in its file"
            )
        known = {trait: float(value) for trait, value in (intercepts or {}).items()}
        shared = {frozenset(pair): float(value) for pair, value in (overlaps or {}).items()}
        chosen = {name: tuple(members) for name, members in (groups or {}).items()}
        check_intercepts(known, shared, names)
        check_groups(chosen, tissues)
        check_common_genes(traits)
        cut = blocks or default_blocks()
        genes = gene_table([trait.table for trait in traits], cut)
        z = np.stack([z_array(trait.table, tissues, genes) for trait in traits])
        quality = quality_of(traits, genes)
        for fact in quality.warnings:
            if fact.topic == "same_trait" and not allow_same:
                raise DataError(f"{fact.source}: {fact.message}")
        return cls(
            traits=names,
            tissues=tissues,
            genes=genes,
            z=z,
            n_eff=np.array([np.nan if t.n_eff is None else t.n_eff for t in traits], dtype=float),
            blocks_name=cut.name,
            members=tuple(traits),
            intercepts=known,
            overlaps=shared,
            groups=chosen,
            quality=quality,
        )

    @property
    def scopes(self) -> tuple[str, ...]:
        """All scopes: combined, groups of tissues, tissues."""
        return (COMBINED, *self.groups, *self.tissues)

    @cached_property
    def places(self) -> tuple[Int, Int]:
        """Chromosome code (-1 unknown) and start (0 unknown) of each gene."""
        start = self.genes["start"]
        known = start.notna().to_numpy()
        chrom = np.where(known, pd.factorize(self.genes["chrom"])[0], -1)
        return chrom.astype(np.int64), start.fillna(0).to_numpy(dtype=np.int64)

    @property
    def block_names(self) -> Text:
        """Name of each block code."""
        return self.genes.drop_duplicates("block_code")["block"].to_numpy(dtype=object)

    @property
    def n_blocks(self) -> int:
        """Number of block codes."""
        return int(self.genes["block_code"].max()) + 1

    def tissue_correlation(self, traits: Sequence[str], tissues: Sequence[str]) -> Float:
        """Correlation of predicted expression between tissues, from the z of some traits.

        Returns
        -------
        ndarray
            Shape ``(len(tissues), len(tissues))``, in [0, 1].
        """
        rows = [self.traits.index(name) for name in traits]
        columns = [self.tissues.index(name) for name in tissues]
        z = self.z[np.ix_(rows, columns)]
        return tissue_correlation(np.where(np.isfinite(z).all(axis=0), z, np.nan))

    def rows(self, trait: int) -> Int:
        """Return the row of `genes` of each row of a trait's table.

        Parameters
        ----------
        trait
            Place of the trait in `members`.
        """
        if trait not in self._rows:
            table = self.members[trait].table
            index = pd.Index(self.genes["gene"].to_numpy(dtype=object))
            self._rows[trait] = index.get_indexer(pd.Index(table["gene"].to_numpy(dtype=object)))
        return self._rows[trait]

    def universe(self, traits: Sequence[str], scope: str = COMBINED) -> Universe | None:
        """The view of one test, kept for a while; None where a trait has no gene in this scope.

        Parameters
        ----------
        traits
            One or more names: the genes (and, combined, the gene-tissue entries) of all of them.
        scope
            One of `scopes`.
        """
        key = (tuple(traits), scope)
        if key not in self._views:
            if len(self._views) >= KEPT_VIEWS:  # the oldest one goes
                self._views.pop(next(iter(self._views)))
            self._views[key] = self.make_universe(key[0], scope)
        return self._views[key]

    def in_scopes(self, traits: Sequence[str]) -> dict[str, Universe]:
        """The universe of some traits in each scope in which they have a gene."""
        views = {scope: self.universe(traits, scope) for scope in self.scopes}
        return {scope: view for scope, view in views.items() if view is not None}

    def make_universe(self, traits: tuple[str, ...], scope: str) -> Universe | None:
        """The same as `universe`, made anew and not kept: for many pairs, one after the other."""
        rows = [self.traits.index(name) for name in traits]
        columns = self._columns(scope)
        z = self.z[np.ix_(rows, columns)]
        common = np.isfinite(z).all(axis=0)
        apart = scope == COMBINED and len(rows) > 1 and not common.any()
        if apart:
            # No tissue in common: each trait's own tissues, on the genes of both.
            combined = np.concatenate([combine_traits(layer[None]) for layer in z])
        else:
            z = np.where(common, z, np.nan)
            combined = combine_traits(z)
        genes = np.flatnonzero(np.isfinite(combined).all(axis=0))
        if not genes.size:
            return None
        n_tissues = int(np.isfinite(z).any(axis=(0, 2)).sum())
        z, n_eff = combined[:, genes], self.n_eff[rows]
        block = self.genes["block_code"].to_numpy()[genes]
        effect, scale, far = effects(z, n_eff, block, comparable=not apart)
        chrom, start = self.places
        overlap = self.overlaps.get(frozenset(traits)) if len(traits) == 2 else 0.0
        return Universe(
            traits=traits,
            scope=scope,
            genes=genes,
            block=block,
            chrom=chrom[genes],
            start=start[genes],
            z=z,
            effect=effect,
            effect_scale=scale,
            n_eff=n_eff,
            intercept=np.array([self.intercepts.get(name, 1.0) for name in traits]),
            sample_overlap=overlap or 0.0,
            assumed=self._assumed(traits, overlap),
            n_tissues=n_tissues,
            outlying=far,
        )

    def _assumed(self, traits: tuple[str, ...], overlap: float | None) -> tuple[str, ...]:
        """What stands for intercepts that were not given."""
        ones = [f"intercept of {name}" for name in traits if name not in self.intercepts]
        zero = [f"sample overlap of {' and '.join(traits)}"] if overlap is None else []
        return (*ones, *zero)

    def _columns(self, scope: str) -> list[int]:
        if scope == COMBINED:
            return list(range(len(self.tissues)))
        return [self.tissues.index(t) for t in self.groups.get(scope, (scope,))]
