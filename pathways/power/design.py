"""A study that is only planned: sample sizes, loci, tissues, and the errors that follow from them.

With ``T`` tissues of correlation ``r``, the combined z of a gene is ``sum_t z_t / sqrt(1'R1)``: an
effect that is the same in every tissue grows by ``T / sqrt(T + T (T - 1) r)``, noise keeps variance
1. Polygenic effects, which correlate between tissues as noise does, keep their size. So with ``m``
tested members, in any number of loci, the activity of a set has

    ``se_k^2 = (1 / N_k + tau_k^2) / m``
    ``cov(A, B) = (rho / sqrt(N_A N_B) + rg tau_A tau_B) / m``

with ``tau`` the root mean square of the polygenic effects of genes, ``rho`` the bivariate LDSC
intercept and ``rg`` the genetic correlation. Genes of one locus correlate with random signs, which
adds nothing to these on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pathways.gene_sets import load_gene_sets
from pathways.power.family import Family
from pathways.power.rejection import Rejection
from twas.errors import UsageError
from twas.genes import reference
from twas.genes.blocks import default_blocks
from twas.system.arrays import Int

#: As in the shipped example, where it gives as many genes at FDR 5 % as a real ALS study had.
POLYGENIC = 0.0018
#: Correlation of six brain tissues.
TISSUE_CORRELATION = 0.7
#: Share of the members of the shipped sets that have a z in six real brain tissues together.
COVERED = 0.8


@dataclass(frozen=True)
class Loci:
    """The tested members of a set and the LD blocks that hold them.

    Attributes
    ----------
    members
        Members in each block, shape ``(B,)``, each at least 1.
    name
        Name of the set, "" for a made-up one.
    """

    members: Int
    name: str = ""

    @property
    def n_genes(self) -> int:
        """``m``, the number of tested members."""
        return int(self.members.sum())

    @classmethod
    def spread(cls, n_genes: int, n_loci: int) -> Loci:
        """Spread genes over loci as evenly as they go.

        Raises
        ------
        UsageError
            If there are more loci than genes, or none.
        """
        if not 1 <= n_loci <= n_genes:
            raise UsageError(f"`loci` {n_loci}: give 1 to {n_genes} loci for {n_genes} genes")
        members = np.full(n_loci, n_genes // n_loci)
        members[: n_genes % n_loci] += 1
        return cls(members)

    @classmethod
    def of_pathway(cls, pathway: str, *, gene_sets: str = "core", covered: float = COVERED) -> Loci:
        """Take the members with a role of a set and their LD blocks.

        Parameters
        ----------
        pathway
            Name of the set.
        gene_sets
            Its collection, any source of `load_gene_sets`.
        covered
            Share of them that will have a z in both traits, in (0, 1]; those kept are spread evenly
            along the genome.

        Raises
        ------
        UsageError
            If there is no such set, or no member is left.
        """
        if not 0 < covered <= 1:
            raise UsageError(f"`covered` {covered:g}: give a share above 0 and at most 1")
        sets = load_gene_sets(gene_sets)
        table = sets.table[(sets.table["pathway"] == pathway) & (sets.table["role"] != 0)]
        if table.empty:
            known = ", ".join(sets.pathways[:20])
            raise UsageError(f"`pathway` {pathway!r}: not in {sets.collection}, which has {known}")
        places = reference.positions(table["gene"]).sort_values(["chrom", "start", "gene"])
        kept = np.unique(np.linspace(0, len(places) - 1, round(covered * len(places)) or 1).round())
        blocks = default_blocks().assign(places.iloc[kept.astype(int)])
        return cls(np.unique(blocks.astype(str), return_counts=True)[1], pathway)


@dataclass(frozen=True)
class Design:
    """What a power analysis is made from.

    Attributes
    ----------
    n_eff
        One or two traits → effective sample size, above 0.
    loci
        The set.
    tissues
        Tissues in which a member has a model, at least 1.
    tissue_correlation
        Correlation of predicted expression between them, in [0, 1).
    overlap, rg
        Bivariate LDSC intercept, and genetic correlation, of the two traits, in (-1, 1).
    polygenic
        Root mean square of the polygenic effects of genes per sqrt(N), at least 0: of all traits.
    dispersion
        Trait → SD of the z of all its genes at `n_eff`, at least 1, in the place of `polygenic`.
    n_sets, n_true
        Sets in the collection, and how many of them have the effect, the one in question too.
    alpha
        Level of p and of the FDR.
    """

    n_eff: Mapping[str, float]
    loci: Loci
    tissues: int = 6
    tissue_correlation: float = TISSUE_CORRELATION
    overlap: float = 0.0
    rg: float = 0.0
    polygenic: float = POLYGENIC
    dispersion: Mapping[str, float] = field(default_factory=dict)
    n_sets: int = 20
    n_true: int = 1
    alpha: float = 0.05

    def __post_init__(self) -> None:
        _check(self)

    @property
    def traits(self) -> tuple[str, ...]:
        """Names of the traits."""
        return tuple(self.n_eff)

    @property
    def weaker(self) -> str:
        """The trait of the larger error."""
        return max(self.traits, key=lambda trait: self.gene_variance(trait))

    @property
    def scale(self) -> float:
        """Activity over all tissues combined that an effect of 1 in every tissue gives."""
        t = self.tissues
        return float(t / np.sqrt(t + t * (t - 1) * self.tissue_correlation))

    @cached_property
    def family(self) -> Family:
        """The collection in which the set is tested."""
        rejection = Rejection(self.loci.members / self.loci.n_genes)
        return Family(rejection, self.n_sets, self.n_true, self.alpha)

    def spread(self, trait: str) -> float:
        """``tau``: root mean square of the polygenic effects of genes."""
        if trait not in self.dispersion:
            return self.polygenic
        return float(np.sqrt((self.dispersion[trait] ** 2 - 1) / self.n_eff[trait]))

    def gene_variance(self, trait: str, n: float | None = None) -> float:
        """``1 / N + tau^2`` of a trait, at another sample size `n` if given."""
        return 1 / (n or self.n_eff[trait]) + self.spread(trait) ** 2

    def se(self, trait: str, n: float | None = None) -> float:
        """Standard error of the activity, in units of effect."""
        return float(np.sqrt(self.gene_variance(trait, n) / self.loci.n_genes)) / self.scale

    def se_difference(self, n: float | None = None) -> float:
        """Standard error of the difference of both, at sample size `n` of the weaker if given."""
        a, b = (self.se(trait, size) for trait, size in self._sizes(n))
        return float(np.sqrt(a**2 + b**2 - 2 * self.correlation(n) * a * b))

    def correlation(self, n: float | None = None) -> float:
        """Correlation of the errors of both activities, at size `n` of the weaker if given."""
        (a, n_a), (b, n_b) = self._sizes(n)
        shared = self.overlap / np.sqrt(n_a * n_b) + self.rg * self.spread(a) * self.spread(b)
        return float(shared / np.sqrt(self.gene_variance(a, n_a) * self.gene_variance(b, n_b)))

    def _sizes(self, n: float | None) -> list[tuple[str, float]]:
        """Both traits with their sample sizes, `n` for the weaker."""
        weaker = self.weaker
        return [(t, n if n and t == weaker else size) for t, size in self.n_eff.items()]


def _check(design: Design) -> None:
    """Refuse what no study can be."""
    traits = set(design.n_eff)
    if len(traits) not in (1, 2):
        raise UsageError("`n_eff`: give one trait or two")
    if strange := sorted(set(design.dispersion) - traits):
        raise UsageError(f"`dispersion` names trait {strange[0]!r}, which is none of the traits")
    least = int(np.ceil(1 - np.log2(design.alpha))) if 0 < design.alpha < 1 else 0
    ranges = {
        "alpha": (1e-5 <= design.alpha <= 0.5, "a level from 0.00001 to 0.5"),
        "loci": (
            len(design.loci.members) >= least,
            f"at least {least}: the smallest p of B loci is 2^(1-B)",
        ),
        "tissues": (design.tissues >= 1, "1 or more"),
        "tissue_correlation": (0 <= design.tissue_correlation < 1, "0 or above, below 1"),
        "overlap": (abs(design.overlap) < 1, "a bivariate intercept between -1 and 1"),
        "rg": (abs(design.rg) <= 1, "a correlation between -1 and 1"),
        "polygenic": (0 <= design.polygenic < np.inf, "0 or above"),
        "dispersion": (all(1 <= d < np.inf for d in design.dispersion.values()), "1 or above"),
        "n_sets": (design.n_sets >= 1, "1 or more"),
        "n_true": (1 <= design.n_true <= design.n_sets, f"1 to {design.n_sets} (`n_sets`)"),
    }
    for option, (possible, accepts) in ranges.items():
        if not possible:
            raise UsageError(f"`{option}`: give {accepts}")
