"""The numbers of one trait, or of one file as a trait of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from twas.genes import reference

#: Median of the chi-square distribution with one degree of freedom.
CHI2_MEDIAN = 0.4549364
#: S-PrediXcan weighs SNPs otherwise for effect and z: below this their signs may differ.
CLEAR_Z = 2.0
#: Where FUSION writes genes to a file of its own; four complement genes are in it.
MHC = ("6", 25_000_000, 34_000_000)


@dataclass(frozen=True)
class TraitNumbers:
    """What a table of z-scores shows.

    Attributes
    ----------
    genes
        Distinct genes.
    share_with_position
        Share of them whose position is known, in [0, 1].
    z_mean, z_sd
        Mean and standard deviation of z, each gene once per tissue; SD None of one row.
    genomic_inflation
        Median of z² over its median under no association.
    largest_z, smallest_z
        Largest and smallest ``|z|``.
    sign_agreement
        Share of rows with ``|z|`` above :data:`CLEAR_Z` whose effect size and z have one sign;
        None where there are none with an effect size.
    share_one_snp
        Share of models with one SNP; None where SNPs are not counted.
    snp_share
        Median share of a model's SNPs that were used; None where they are not counted.
    missing_mhc
        Whether chromosome 6 is there without its major histocompatibility complex.
    """

    genes: int
    share_with_position: float
    z_mean: float
    z_sd: float | None
    genomic_inflation: float
    largest_z: float
    smallest_z: float
    sign_agreement: float | None
    share_one_snp: float | None
    snp_share: float | None
    missing_mhc: bool


def numbers_of(table: pd.DataFrame) -> TraitNumbers:
    """Return the numbers of a table with the columns of :attr:`twas.traits.trait.Trait.table`."""
    z = table["z"].to_numpy(dtype=float)
    genes = table["gene"].drop_duplicates()
    place = reference.positions(genes)
    size = np.abs(z)
    agreement = np.sign(table["effect_size"].to_numpy()) * np.sign(z)
    snps = table["n_snps_model"].fillna(table["n_snps"]).dropna()
    shares = snp_share(table).dropna()
    filled = agreement[np.isfinite(agreement) & (agreement != 0) & (size > CLEAR_Z)]
    return TraitNumbers(
        genes=len(genes),
        share_with_position=float(place["start"].notna().mean()),
        z_mean=float(z.mean()),
        z_sd=float(z.std(ddof=1)) if len(z) > 1 else None,
        genomic_inflation=float(np.median(size) ** 2 / CHI2_MEDIAN),
        largest_z=float(size.max()),
        smallest_z=float(size.min()),
        sign_agreement=float((filled > 0).mean()) if len(filled) else None,
        share_one_snp=float((snps == 1).mean()) if len(snps) else None,
        snp_share=float(shares.median()) if len(shares) else None,
        missing_mhc=lacks_mhc(place),
    )


def snp_share(table: pd.DataFrame) -> pd.Series:
    """Return the share of each model's SNPs that were used, NaN where they are not counted."""
    known = table["n_snps_model"].where(table["n_snps_model"] > 0)
    return table["n_snps"] / known


def lacks_mhc(place: pd.DataFrame) -> bool:
    """Tell whether genes that should reach into the MHC do not.

    Parameters
    ----------
    place
        Rows of :func:`twas.genes.reference.positions`, one per gene.

    Returns
    -------
    bool
        True if no gene starts in the MHC, though there are genes of chromosome 6, or of several
        chromosomes: one file per chromosome is no fault.
    """
    chrom, low, high = MHC
    on_it = place[place["chrom"] == chrom]
    inside = on_it["start"].between(low, high, inclusive="left")
    return not inside.any() and (len(on_it) > 0 or place["chrom"].nunique() > 1)
