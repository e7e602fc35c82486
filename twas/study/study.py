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
from numpy.typing import NDArray

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.genes.blocks import Blocks, default_blocks
from twas.quality import QualityReport
from twas.study.checks import quality_of
from twas.study.outlying import outlying_by_trait, over_the_rest
from twas.study.tissues import combine, tissue_correlation
from twas.traits.trait import Trait

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

COMBINED = "combined"
#: Views of traits and pairs that a study keeps; each is some megabytes.
KEPT_VIEWS = 64
PER_SQRT_N = "per_sqrt_n"
UNIT = "unit"


@dataclass(frozen=True, eq=False)
class Universe:
    """What one test sees: k traits, n genes, one scope.

    Attributes
    ----------
    traits
        Names, in the order of the rows of `z`.
    scope
        ``"combined"``, a tissue or a group of tissues.
    genes
        Rows of `Study.genes`, ascending, shape ``(n,)``.
    block
        LD block code of each gene, shape ``(n,)``.
    chrom, start
        Chromosome code (-1 unknown) and start in bases (0 unknown) of each gene, shape ``(n,)``.
    z
        Shape ``(k, n)``, finite.
    effect
        Centred effect ``e - mean(e)``, shape ``(k, n)``: ``e = z / sqrt(N)`` in `effect_scale`
        ``per_sqrt_n``, ``e = z / SD(z)`` in ``unit``; mean and SD without `outlying` genes.
    effect_scale
        ``per_sqrt_n`` (all traits of the universe have a sample size) or ``unit``.
    n_eff, intercept, sample_overlap
        Effective sample sizes (NaN unknown), univariate and bivariate LDSC intercepts as given,
        else 1 and 0; `assumed` says which were not given. The bivariate one is 0 for one trait.
    n_tissues
        Number of tissues that entered.
    outlying
        Genes of loci that would decide the genome-wide mean and spread of a trait alone
        (`twas.study.outlying`), shape ``(k, n)``.
    """

    traits: tuple[str, ...]
    scope: str
    genes: Int
    block: Int
    chrom: Int
    start: Int
    z: Float
    effect: Float
    effect_scale: str
    n_eff: Float
    intercept: Float
    sample_overlap: float
    assumed: tuple[str, ...]
    n_tissues: int
    outlying: Bool


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
            If two traits share a name, no gene is common to two traits, or two traits are one.
        UsageError
            If an option names a trait or tissue that is not there.
        """
        traits = [traits] if isinstance(traits, Trait) else traits
        wrong = traits if isinstance(traits, str) else _first_other(traits)
        if wrong is not None:
            raise UsageError(
                f"traits must be a list of Trait, not of {type(wrong).__name__}: read_trait(path,"
                " name=...) makes one of files, Trait.from_frame(frame, name=...) of a table"
            )
        names = tuple(trait.name for trait in traits)
        if not names or len(set(names)) < len(names):
            raise DataError(f"traits must be one or more with different names, not {list(names)}")
        tissues = tuple(sorted({t for trait in traits for t in trait.table["tissue"].unique()}))
        genes = gene_table([trait.table for trait in traits], blocks or default_blocks())
        _check_common_genes(traits)
        quality = quality_of(traits, genes)
        for fact in quality.warnings:
            if fact.topic == "same_trait" and not allow_same:
                raise DataError(f"{fact.source}: {fact.message}")
        known = {trait: float(value) for trait, value in (intercepts or {}).items()}
        shared = {frozenset(pair): float(value) for pair, value in (overlaps or {}).items()}
        _check_intercepts(known, shared)
        _check_names("trait", {*known, *(t for pair in shared for t in pair)}, names)
        chosen = {name: tuple(members) for name, members in (groups or {}).items()}
        _check_names("tissue", {t for members in chosen.values() for t in members}, tissues)
        taken = set(chosen) & {COMBINED, *tissues}
        if taken:
            raise UsageError(f"tissue group {sorted(taken)[0]!r} has the name of another scope")
        return cls(
            traits=names,
            tissues=tissues,
            genes=genes,
            z=np.stack([z_array(trait.table, tissues, genes) for trait in traits]),
            n_eff=np.array([np.nan if t.n_eff is None else t.n_eff for t in traits], dtype=float),
            blocks_name=(blocks or default_blocks()).name,
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
    def block_names(self) -> NDArray[np.object_]:
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

    def make_universe(self, traits: tuple[str, ...], scope: str) -> Universe | None:
        """The same as `universe`, made anew and not kept: for many pairs, one after the other."""
        rows = [self.traits.index(name) for name in traits]
        columns = self._columns(scope)
        z = self.z[np.ix_(rows, columns)]
        common = np.isfinite(z).all(axis=0)
        apart = scope == COMBINED and len(rows) > 1 and not common.any()
        if apart:
            # No tissue in common: each trait's own tissues, on the genes of both.
            combined = np.concatenate([_combined(layer[None]) for layer in z])
        else:
            z = np.where(common, z, np.nan)
            combined = _combined(z)
        genes = np.flatnonzero(np.isfinite(combined).all(axis=0))
        if not genes.size:
            return None
        used = int(np.isfinite(z).any(axis=(0, 2)).sum())
        return self._with_effects(
            traits, rows, scope, genes, combined[:, genes], used, comparable=not apart
        )

    def _columns(self, scope: str) -> list[int]:
        if scope == COMBINED:
            return list(range(len(self.tissues)))
        return [self.tissues.index(t) for t in self.groups.get(scope, (scope,))]

    def _with_effects(
        self,
        traits: tuple[str, ...],
        rows: list[int],
        scope: str,
        genes: Int,
        z: Float,
        used: int,
        *,
        comparable: bool,
    ) -> Universe:
        n_eff = self.n_eff[rows]
        # z summed over other numbers of tissues is on another scale: 16 % for six against one.
        per_sqrt_n = comparable and bool(np.isfinite(n_eff).all())
        block = self.genes["block_code"].to_numpy()[genes]
        far = outlying_by_trait(z, block)
        sd = over_the_rest(far, z, lambda x: x.std(axis=1, ddof=min(1, x.shape[1] - 1)))
        scale = np.sqrt(n_eff) if per_sqrt_n else np.where(sd > 0, sd, 1.0)
        effect = z / scale[:, None]
        centre = over_the_rest(far, effect, lambda x: x.mean(axis=1))
        overlap = self.overlaps.get(frozenset(traits)) if len(traits) == 2 else 0.0
        assumed = [f"intercept of {name}" for name in traits if name not in self.intercepts]
        if overlap is None:
            assumed.append(f"sample overlap of {' and '.join(traits)}")
        chrom, start = self.places
        return Universe(
            traits=traits,
            scope=scope,
            genes=genes,
            block=self.genes["block_code"].to_numpy()[genes],
            chrom=chrom[genes],
            start=start[genes],
            z=z,
            effect=effect - centre[:, None],
            effect_scale=PER_SQRT_N if per_sqrt_n else UNIT,
            n_eff=n_eff,
            intercept=np.array([self.intercepts.get(name, 1.0) for name in traits]),
            sample_overlap=overlap or 0.0,
            assumed=tuple(assumed),
            n_tissues=used,
            outlying=far,
        )


def _combined(z: Float) -> Float:
    """The combined z of traits ``(k, n_tissues, n_genes)``, with one tissue correlation for all.

    It is made of the tissues and genes that have an entry: others, which a further trait brings,
    would change the order of the sums and with it the last digit.
    """
    has: Bool = np.asarray(np.isfinite(z).any(axis=0))
    tissues, genes = has.any(axis=1), has.any(axis=0)
    seen = z[np.ix_(np.ones(len(z), dtype=bool), tissues, genes)]
    out = np.full((len(z), z.shape[2]), np.nan)
    if not genes.any():
        return out
    r = tissue_correlation(seen)
    out[:, genes] = np.stack([combine(layer, r) for layer in seen])
    return out


def gene_table(tables: Sequence[pd.DataFrame], blocks: Blocks) -> pd.DataFrame:
    """The gene axis of some traits, as `Study.genes`.

    Parameters
    ----------
    tables
        A table per trait, with the columns ``gene`` and ``symbol``.
    blocks
        LD blocks.
    """
    columns = ["gene", "symbol"]
    genes = pd.concat([table[columns] for table in tables], ignore_index=True)
    # A gene outside the reference may carry different symbols: the first in the alphabet stays.
    genes = genes.sort_values(columns).drop_duplicates("gene")
    places = reference.positions(genes["gene"])[["gene", "chrom", "start"]]
    genes = genes.merge(places, on="gene", validate="one_to_one")
    genes["ensembl_id"] = genes["gene"].where(genes["gene"].str.fullmatch(r"ENSG\d{11}"), "")
    genes["block"] = blocks.assign(genes)
    order = {str(c): i for i, c in enumerate([*range(1, 23), "X", "Y", "MT"])}
    genes["_chrom"] = genes["chrom"].map(order).fillna(len(order))
    genes = genes.sort_values(["_chrom", "start", "gene"], ignore_index=True)
    genes["block_code"] = pd.factorize(genes["block"])[0].astype(np.int64)
    return genes[["gene", "symbol", "ensembl_id", "chrom", "start", "block", "block_code"]]


def z_array(table: pd.DataFrame, tissues: Sequence[str], genes: pd.DataFrame) -> Float:
    """The z of a trait's table, shape ``(n_tissues, n_genes)``; NaN where it has no model."""
    z = np.full((len(tissues), len(genes)), np.nan)
    at_tissue = pd.Index(tissues).get_indexer(pd.Index(table["tissue"]))
    at_gene = pd.Index(genes["gene"]).get_indexer(pd.Index(table["gene"]))
    z[at_tissue, at_gene] = table["z"].to_numpy(dtype=np.float64)
    return z


def _check_common_genes(traits: Sequence[Trait]) -> None:
    genes = [set(trait.table["gene"].to_numpy(dtype=object)) for trait in traits]
    for j, second in enumerate(traits):
        for i, first in enumerate(traits[:j]):
            if not genes[i] & genes[j]:
                a, b = (", ".join(sorted(genes[k])[:3]) for k in (i, j))
                raise DataError(
                    f"traits {first.name} and {second.name} have no gene in common"
                    f" ({first.name}: {a}; {second.name}: {b}); check that both use gene symbols or"
                    " Ensembl gene ids, and name the gene column with `columns` gene=..."
                )


def _check_intercepts(
    intercepts: Mapping[str, float], overlaps: Mapping[frozenset[str], float]
) -> None:
    for trait, value in intercepts.items():
        if not (np.isfinite(value) and value > 0):
            raise UsageError(f"intercept of {trait} is {value:g}; it must be above 0, near 1")
    for pair, value in overlaps.items():
        names = " and ".join(sorted(pair))
        if len(pair) != 2:
            raise UsageError(f"sample overlap of {names}: name two different traits")
        limit = float(np.sqrt(np.prod([intercepts.get(trait, 1.0) for trait in pair])))
        if not abs(value) < limit:
            raise UsageError(
                f"sample overlap of {names} is {value:g}; a bivariate intercept lies between"
                f" -{limit:g} and {limit:g}"
            )


def _check_names(kind: str, given: set[str], known: Sequence[str]) -> None:
    for name in sorted(given - set(known)):
        raise UsageError(f"{kind} {name!r} is not in the input; there are {', '.join(known)}")


def _first_other(traits: object) -> object | None:
    """The first of `traits` that is no trait, or `traits` if it is no list; None if all are."""
    if not isinstance(traits, Sequence):
        return traits
    return next((trait for trait in traits if not isinstance(trait, Trait)), None)
