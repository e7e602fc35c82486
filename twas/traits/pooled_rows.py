"""The rows of all tables of a trait on one axis, with genes and tissues as codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.genes.identifiers import resolve_rows
from twas.genes.lookups import Rows
from twas.reading.table import NUMBERS, Table


@dataclass(frozen=True, eq=False)
class Combined:
    """The n rows of all tables of a trait, in their order.

    Attributes
    ----------
    identifier, gene, tissue
        (n,) places in ``identifiers``, ``genes`` and ``tissues``.
    numbers
        Column (``z`` and :data:`twas.reading.table.NUMBERS`) → (n,) numbers.
    weights
        (n,) weight files of FUSION, ``""`` where none.
    identifiers
        Distinct identifiers: ``given``, ``gene``, ``symbol``, ``how``.
    reference_rows
        Row of each identifier in the reference, negative for none.
    genes, tissues
        Sorted distinct names.
    """

    identifier: Rows
    gene: Rows
    tissue: Rows
    numbers: dict[str, npt.NDArray[np.float64]]
    weights: pd.Series
    identifiers: pd.DataFrame
    reference_rows: Rows
    genes: pd.Index
    tissues: pd.Index

    def __len__(self) -> int:
        return len(self.gene)

    def table(self, places: Rows) -> pd.DataFrame:
        """Return the rows at some places with names for codes, columns as of a trait."""
        named = {
            "gene": (self.genes, self.gene),
            "symbol": (self.identifiers["symbol"], self.identifier),
            "tissue": (self.tissues, self.tissue),
        }
        # Each name becomes a text of pandas once, not once per row.
        texts = {
            column: pd.Series(names, dtype=str).array.take(codes[places])
            for column, (names, codes) in named.items()
        }
        numbers = {column: values[places] for column, values in self.numbers.items()}
        return pd.DataFrame({**texts, **numbers}, copy=False)


def combine(tables: Sequence[Table]) -> Combined:
    """Concatenate tables and resolve their genes together."""
    frames = [table.frame for table in tables]
    ids, symbols, names, weights = (
        pd.concat([frame[column] for frame in frames], ignore_index=True)
        for column in ("gene", "symbol", "tissue", "weights")
    )
    identifiers, reference_rows, identifier = resolve_rows(ids, symbols)
    gene, genes = pd.factorize(identifiers["gene"].astype(str), sort=True)
    tissue, tissues = pd.factorize(names, sort=True)
    return Combined(
        identifier=identifier,
        gene=gene[identifier],
        tissue=tissue,
        numbers={
            column: np.concatenate([frame[column].to_numpy(dtype=float) for frame in frames])
            for column in ("z", *NUMBERS)
        },
        weights=weights,
        identifiers=identifiers,
        reference_rows=reference_rows,
        genes=pd.Index(genes),
        tissues=pd.Index(tissues),
    )
