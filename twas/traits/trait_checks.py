"""What is odd about the z-scores and names of one trait; each check is a row of `twas.checks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.special import log_ndtr

from twas.checks import GENOME, fact, threshold
from twas.genes.identifiers import resolve
from twas.quality import QualityFact, some
from twas.reading.table import Table
from twas.traits.numbers import CLEAR_Z, TraitNumbers, numbers_of

#: Largest SD of z that the check for a list of hits allows for.
HITS_SD = 2.0
#: Fewer rows tell nothing.
MIN_ROWS = 20
#: Numbers that stand for "missing".
CODES = (-9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0)
#: Rows of a table whose ids are compared with their symbols.
COMPARED_ROWS = 1000


def trait_facts(
    table: pd.DataFrame, tables: Sequence[Table], identifiers: pd.DataFrame, name: str
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
    name
        Name of the trait.
    """
    numbers = numbers_of(table)
    is_fusion = any(table.form.name == "FUSION" for table in tables)
    found = [*_of_z(table["z"].to_numpy(dtype=float), numbers, name)]
    found += _of_models(table, numbers, name, is_fusion=is_fusion)
    found += _of_names(tables, identifiers, name)
    return found


def _of_z(z: np.ndarray, numbers: TraitNumbers, name: str) -> Iterator[QualityFact]:
    n, whole = len(z), len(z) >= GENOME
    # Chance that no |z| lies below the smallest.
    log_chance = n * (np.log(2) + float(log_ndtr(-numbers.smallest_z / HITS_SD)))
    is_hits = n >= MIN_ROWS and log_chance < np.log(threshold("hits"))
    if is_hits:
        yield fact("hits", name, n, smallest=numbers.smallest_z)
    elif whole and numbers.genomic_inflation < threshold("deflated"):
        yield fact("deflated", name, n, inflation=numbers.genomic_inflation)
    elif whole and numbers.genomic_inflation > threshold("inflated"):
        yield fact("inflated", name, n, inflation=numbers.genomic_inflation)
    if whole and abs(numbers.z_mean) > threshold("z_mean") * (numbers.z_sd or np.inf):
        yield fact("z_mean", name, n, mean=numbers.z_mean)
    codes = np.isin(z, CODES)
    large = np.abs(z) > threshold("largest_z")
    if codes.sum() >= threshold("codes"):
        shown = some((f"{value:g}" for value in np.unique(z[codes])), 5)
        yield fact("codes", name, int(codes.sum()), codes=shown)
        large &= ~codes
    if large.any():
        limit, largest = threshold("largest_z"), float(np.abs(z[large]).max())
        yield fact("largest_z", name, int(large.sum()), limit=limit, largest=largest)


def _of_models(
    table: pd.DataFrame, numbers: TraitNumbers, name: str, *, is_fusion: bool
) -> Iterator[QualityFact]:
    n = len(table)
    agreement = numbers.sign_agreement
    if agreement is not None and agreement < threshold("effect_contradicts_z"):
        clear = table["z"].abs() > CLEAR_Z
        opposite = int((table["effect_size"] * table["z"] < 0)[clear].sum())
        yield fact("effect_contradicts_z", name, opposite, share=agreement)
    one = numbers.share_one_snp
    if n >= GENOME and one is not None and one > threshold("one_snp"):
        count = int((table["n_snps_model"].fillna(table["n_snps"]) == 1).sum())
        yield fact("one_snp", name, count, share=one)
    share = numbers.snp_share
    if n >= MIN_ROWS and share is not None and share < threshold("snp_share"):
        known = int(table["n_snps_model"].notna().sum())
        yield fact("snp_share", name, known, share=share)
    if numbers.missing_mhc and (is_fusion or numbers.genes >= GENOME):
        yield fact("no_mhc", name, 0)


def _of_names(
    tables: Sequence[Table], identifiers: pd.DataFrame, name: str
) -> Iterator[QualityFact]:
    how, given = (identifiers[column].to_numpy(object) for column in ("how", "given"))
    by_case = how == "case"
    if len(how) >= MIN_ROWS and by_case.mean() > threshold("mouse"):
        yield fact("mouse", name, int(by_case.sum()), some=some(given[by_case]))
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
            yield fact("ids_contradict_symbols", table.name, count, n=n, some=some(pairs, 2))
