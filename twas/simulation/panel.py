"""The eQTL panel of a simulation: which genes, where, and which have a model in which tissue."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from twas.errors import UsageError
from twas.genes import identifiers, reference

# Symbols of non-coding genes and of gene families that are not expressed in brain.
_NOT_CODING = re.compile(
    r"^(?:LINC|LOC\d|MIR\d|MIRLET|SNOR|SNAR|SCARNA|RNU|RN7|RNA5|RN18|RN28|RN45|RNY|RNVU|VTRNA"
    r"|TR[A-Z]-|RNR|PIRC|OR\d|IG[HKL][VDJC]|TR[ABDG][VDJC]|TTTY)|-(?:AS|IT|OT)\d*$|-DT$|HG$"
)
# Which tissues have a model: with this correlation of the liabilities, three brain tissues of
# 11,000 genes hold 14,900 genes together and share 7,050, as in three real S-PrediXcan files.
_MODEL_CORRELATION = 0.6


@cache
def candidate_genes() -> tuple[str, ...]:
    """Return the autosomal genes that look protein-coding, as identities in genomic order.

    The reference states no gene type: these are the genes with an Ensembl id, without those whose
    symbol is that of a non-coding gene, of an olfactory or immune receptor, or of a numbered
    pseudogene of another symbol (``RPL21P28``). About 18,600 genes.
    """
    table = reference.load()
    autosomal = table["chrom"].isin([str(number) for number in range(1, 23)])
    known = set(table["symbol"])
    coding = np.array(
        [
            not _NOT_CODING.search(symbol) and _stem(symbol) not in known
            for symbol in table["symbol"]
        ]
    )
    return tuple(_sorted(table[autosomal & (table["ensembl_id"] != "") & coding])["gene"])


def resolved(names: Iterable[str], option: str) -> list[str]:
    """Return the identities of genes given by symbol or Ensembl id.

    Raises
    ------
    UsageError
        If the reference does not know a name; the line names `option`.
    """
    found = identifiers.resolve(names)
    lost = found["given"][found["how"].isin(["unknown", "ambiguous"])].tolist()
    if lost:
        raise UsageError(f"{option}: {lost[0]!r} is no gene of the reference; correct or leave out")
    return found["gene"].tolist()


def place(genes: Sequence[str] | None) -> pd.DataFrame:
    """Return the genes in genomic order: ``gene symbol chrom start end``, index 0..n-1.

    Parameters
    ----------
    genes
        Symbols or Ensembl ids; None for :func:`candidate_genes`.

    Raises
    ------
    UsageError
        If there is no gene, or one is unknown, given twice or without a position.
    """
    known = list(candidate_genes()) if genes is None else resolved(genes, "genes")
    found = reference.by_gene().reindex(known).reset_index()
    bare = found["symbol"][found["start"].isna()].tolist()
    if bare or not known or len(set(known)) < len(known):
        fault = f"{bare[0]} has no position" if bare else "none, or one given twice"
        raise UsageError(f"genes: {fault}; give genes with a position, each once")
    return _sorted(found)


def _stem(symbol: str) -> str:
    """Return ``RPL21`` for ``RPL21P28``, ``""`` for a symbol not made like a pseudogene's."""
    stem, _, number = symbol.rpartition("P")
    return stem if number.isdigit() else ""


def _sorted(genes: pd.DataFrame) -> pd.DataFrame:
    number = pd.to_numeric(genes["chrom"], errors="coerce").fillna(99)
    order = genes.assign(number=number).sort_values(["number", "chrom", "start", "gene"])
    return order.reset_index(drop=True)[["gene", "symbol", "chrom", "start", "end"]]


def draw_models(
    genes: pd.Series,
    n_tissues: int,
    *,
    modelled: float,
    unmodelled: Collection[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw which genes have a prediction model in which tissue, and what it looks like.

    Sizes are those of GTEx v8 brain models (MASHR) in real files: ``var_g`` log-normal with median
    0.015, one to four variants of which a quarter of the models miss some in the GWAS.

    Parameters
    ----------
    genes
        Identities of n genes.
    modelled
        Share of the genes with a model in one tissue, rounded to a whole gene.
    unmodelled
        Identities of genes without any model.

    Returns
    -------
    pandas.DataFrame
        One row per model, sorted by tissue, gene: ``row`` (of `genes`), ``tissue`` (0..n-1),
        ``var_g``, ``n_snps`` (used), ``n_snps_model``, ``r2`` (cross-validated).
    """
    shape = (n_tissues, len(genes))
    shared, own = rng.standard_normal(len(genes)), rng.standard_normal(shape)
    liability = np.sqrt(_MODEL_CORRELATION) * shared + np.sqrt(1 - _MODEL_CORRELATION) * own
    var_g = np.exp(np.log(0.015) + 1.5 * rng.standard_normal(shape))
    n_model = 1 + rng.binomial(3, 0.2, size=shape)
    n_missed = rng.binomial(n_model - 1, 0.4)
    r2 = rng.beta(1.2, 9.0, size=shape)
    never = genes.isin(list(unmodelled)).to_numpy()
    liability[:, never] = np.inf
    # The share is met as a count, so that every tissue holds the same number of genes.
    rank = liability.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    has_model = (rank < round(modelled * len(genes))) & ~never
    tissue, row = np.nonzero(has_model)
    return pd.DataFrame(
        {
            "row": row,
            "tissue": tissue,
            "var_g": var_g[tissue, row],
            "n_snps": (n_model - n_missed)[tissue, row],
            "n_snps_model": n_model[tissue, row],
            "r2": r2[tissue, row],
        }
    )
