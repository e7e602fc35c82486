"""Numbers of a trait's table, and what is odd about them; each check is a row of `twas.checks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtrc, log_ndtr

from twas.checks import GENOME, fact, threshold
from twas.genes import reference
from twas.genes.identifiers import resolve
from twas.quality import QualityFact, some
from twas.reading.table import Table
from twas.system.arrays import Bool
from twas.traits.merging import Combined

#: Median of the chi-square distribution with one degree of freedom.
CHI2_MEDIAN = 0.4549364
#: S-PrediXcan weighs SNPs otherwise for effect and z: below this their signs may differ.
CLEAR_Z = 2.0
#: Where FUSION writes genes to a file of its own; four complement genes are in it.
MHC = ("6", 25_000_000, 34_000_000)
#: Largest SD of z that the check for a list of hits allows for.
HITS_SD = 2.0
#: Fewer rows tell nothing.
MIN_ROWS = 20
#: One-sided binomial p below which a share of zeros is no chance.
BY_CHANCE = 1e-3
#: Numbers that stand for "missing".
CODES = (-9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0)
#: Rows of a table whose ids are compared with their symbols.
COMPARED_ROWS = 1000


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


def trait_facts(
    table: pd.DataFrame, tables: Sequence[Table], identifiers: pd.DataFrame
) -> list[QualityFact]:
    """Return what is odd about a trait.

    Parameters
    ----------
    table
        As :attr:`twas.traits.trait.Trait.table`.
    tables
        The files it was made of.
    identifiers
        As :attr:`twas.traits.trait.Trait.identifiers`.
    """
    numbers = numbers_of(table)
    is_fusion = any(table.form.name == "FUSION" for table in tables)
    found = [*_of_z(table["z"].to_numpy(dtype=float), numbers), *_of_zeros(table)]
    found += _of_models(table, numbers, is_fusion=is_fusion)
    found += _of_names(tables, identifiers)
    return found


def resolution_facts(combined: Combined) -> list[QualityFact]:
    """Count how the identifiers resolved, the doubtful ones with examples."""
    identifiers = combined.identifiers
    given, how = (identifiers[column].to_numpy(object) for column in ("given", "how"))
    facts = []
    for kind in sorted(set(how)):
        group = set(given[how == kind])
        level, message = "fact", f"identifiers resolved by {kind}"
        if kind == "unknown":
            message = f"identifiers are not in the reference and kept as given: {some(group)}"
            if 2 * len(group) > len(given):
                level = "warning"
                message += "; are they human genes, as symbol, Ensembl or Entrez id?"
        elif kind == "ambiguous":
            level = "warning"
            message = f"identifiers fit several genes and were not guessed: {some(group)}; rename"
        elif kind == "several":
            level = "warning"
            message = (
                f"identifiers hold several genes in one cell and count as unknown: {some(group)}"
            )
            message += "; give one gene per row"
        elif kind in ("spreadsheet", "case", "alias"):
            message += f": {some(group)}"
        facts.append(QualityFact(level, "", f"resolved:{kind}", len(group), message))
    unplaced = ~reference.is_placed()[combined.reference_rows]
    lost = identifiers["gene"][unplaced].nunique()
    if lost:
        facts.append(QualityFact("fact", "", "no_position", lost, "genes have no known position"))
    return facts


def _of_z(z: np.ndarray, numbers: TraitNumbers) -> Iterator[QualityFact]:
    n, whole = len(z), len(z) >= GENOME
    # Chance that no |z| lies below the smallest.
    log_chance = n * (np.log(2) + float(log_ndtr(-numbers.smallest_z / HITS_SD)))
    is_hits = n >= MIN_ROWS and log_chance < np.log(threshold("hits"))
    if is_hits:
        yield fact("hits", n, smallest=numbers.smallest_z)
    elif whole and numbers.genomic_inflation < threshold("deflated"):
        yield fact("deflated", n, inflation=numbers.genomic_inflation)
    elif whole and numbers.genomic_inflation > threshold("inflated"):
        yield fact("inflated", n, inflation=numbers.genomic_inflation)
    if whole and abs(numbers.z_mean) > threshold("z_mean") * (numbers.z_sd or np.inf):
        yield fact("z_mean", n, mean=numbers.z_mean)
    codes = np.isin(z, CODES)
    large = np.abs(z) > threshold("largest_z")
    if codes.sum() >= threshold("codes"):
        shown = some((f"{value:g}" for value in np.unique(z[codes])), 5)
        yield fact("codes", int(codes.sum()), codes=shown)
        large &= ~codes
    if large.any():
        limit, largest = threshold("largest_z"), float(np.abs(z[large]).max())
        yield fact("largest_z", int(large.sum()), limit=limit, largest=largest)


def _of_zeros(table: pd.DataFrame) -> Iterator[QualityFact]:
    """Tissues, or all together, in which 0 stands too often, and more often than other z."""
    z = table["z"]
    tissues = (z == 0).groupby(table["tissue"]).agg(["sum", "size", "mean"])
    many = tissues[_beyond_chance(tissues["sum"], tissues["size"])]
    many = many[[_stands_out(z[table["tissue"] == tissue]) for tissue in many.index]]
    n = int(tissues["sum"].sum())
    if len(many):
        worst, share = many["mean"].idxmax(), float(many["mean"].max())
        where = f"{share:.0%} of those of {worst}"
        if len(many) > 1:
            where = f"in {len(many)} tissues, most in {worst}: {share:.0%}"
        yield fact("zeros", int(many["sum"].sum()), where=where)
    elif _beyond_chance(n, len(z)) and _stands_out(z):
        yield fact("zeros", n, where=f"{n / len(z):.0%} of all")


def _beyond_chance(zeros: pd.Series | int, rows: pd.Series | int) -> Bool:
    """Whether so many z of exactly 0 contradict the share that a real table has."""
    return np.asarray(bdtrc(np.asarray(zeros) - 1.0, rows, threshold("zeros")) < BY_CHANCE)


def _stands_out(z: pd.Series) -> bool:
    """Whether 0 stands more than twice as often as any other |z|: not so in rounded z."""
    others = z[z != 0].abs().value_counts()
    return bool((z == 0).sum() > 2 * (others.iloc[0] if len(others) else 0))


def _of_models(
    table: pd.DataFrame, numbers: TraitNumbers, *, is_fusion: bool
) -> Iterator[QualityFact]:
    n = len(table)
    agreement = numbers.sign_agreement
    if agreement is not None and agreement < threshold("effect_contradicts_z"):
        clear = table["z"].abs() > CLEAR_Z
        opposite = int((table["effect_size"] * table["z"] < 0)[clear].sum())
        yield fact("effect_contradicts_z", opposite, share=agreement)
    one = numbers.share_one_snp
    if n >= GENOME and one is not None and one > threshold("one_snp"):
        count = int((table["n_snps_model"].fillna(table["n_snps"]) == 1).sum())
        yield fact("one_snp", count, share=one)
    share = numbers.snp_share
    if n >= MIN_ROWS and share is not None and share < threshold("snp_share"):
        known = int(table["n_snps_model"].notna().sum())
        yield fact("snp_share", known, share=share)
    if numbers.missing_mhc and (is_fusion or numbers.genes >= GENOME):
        yield fact("no_mhc", 0)


def _of_names(tables: Sequence[Table], identifiers: pd.DataFrame) -> Iterator[QualityFact]:
    how, given = (identifiers[column].to_numpy(object) for column in ("how", "given"))
    by_case = how == "case"
    if len(how) >= MIN_ROWS and by_case.mean() > threshold("mouse"):
        yield fact("mouse", int(by_case.sum()), some=some(given[by_case]))
    heads = [table.frame.loc[:, ["gene", "symbol"]].head(COMPARED_ROWS) for table in tables]
    both = pd.concat(heads, keys=range(len(heads)), names=["table", None])
    both = both[(both["gene"] != "") & (both["symbol"] != "")]
    # The tissues of a trait hold much the same genes: all at once.
    by_id, by_symbol = resolve(both["gene"]), resolve(both["symbol"])
    known = by_id["how"].isin(["ensembl", "entrez"]) & by_symbol["how"].isin(["symbol", "alias"])
    odd = known & (by_id["gene"] != by_symbol["gene"])
    of_table = both.index.get_level_values("table")
    for k, table in enumerate(tables):
        mine = of_table == k
        n, count = int(known[mine].sum()), int(odd[mine].sum())
        if n >= MIN_ROWS and count > threshold("ids_contradict_symbols") * n:
            pairs = (both["gene"] + " " + both["symbol"]).to_numpy()[mine & odd.to_numpy()]
            yield fact("ids_contradict_symbols", count, about=table.name, n=n, some=some(pairs, 2))
