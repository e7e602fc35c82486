"""The axis of a study: all genes of its traits in genomic order, and z along it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twas.genes import reference
from twas.genes.blocks import Blocks

Float = NDArray[np.float64]


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
