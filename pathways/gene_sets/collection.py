"""`GeneSets`: a collection of gene sets, resolved, one FDR family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from twas.quality import QualityFact, QualityReport

COLUMNS = ("pathway", "gene", "symbol", "role", "evidence", "note")
RESOLUTION = ("given", "gene", "symbol", "how")


def _nothing_resolved() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in RESOLUTION})


@dataclass(frozen=True)
class GeneSets:
    """A collection of gene sets, one FDR family.

    Attributes
    ----------
    collection
        Name of the collection.
    table
        Row per pathway × gene, in the order of the source: ``pathway``, ``gene`` (identity in the
        gene reference; the given name of an unknown or ambiguous one), ``symbol``, ``role``
        (-1, 0, +1), ``evidence``, ``note`` ("" unknown).
    version
        First 12 digits of the SHA-256 of the content.
    signed
        Whether the source gave roles.
    quality
        What was merged, renamed, dropped or not recognised.
    resolution
        Row per distinct name in the source: ``given``, ``gene``, ``symbol``, ``how`` (see
        `twas.genes.identifiers.resolve`).
    titles
        Pathway → title for people, of a source that has identifiers as names and titles beside.
    """

    collection: str
    table: pd.DataFrame
    version: str
    signed: bool
    quality: QualityReport
    resolution: pd.DataFrame = field(default_factory=_nothing_resolved)
    titles: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        signed = "with roles" if self.signed else "without roles"
        sets, members = len(self.pathways), len(self.table)
        return f"GeneSets({self.collection!r}: {sets:,} sets, {members:,} members, {signed})"

    @property
    def pathways(self) -> tuple[str, ...]:
        """Names of the pathways, in the order of the source."""
        return tuple(self.table["pathway"].drop_duplicates())

    def select(self, *, min_genes: int | None = None, max_genes: int | None = None) -> GeneSets:
        """Keep the pathways of a size (members in the source, tested or not); others are counted.

        Parameters
        ----------
        min_genes, max_genes
            Smallest and largest number of members, both included.
        """
        sizes = self.table.groupby("pathway", sort=False)["gene"].size()
        keep = sizes.between(min_genes or 0, np.inf if max_genes is None else max_genes)
        dropped = int((~keep).sum())
        if not dropped:
            return self
        fact = QualityFact(
            "fact",
            self.collection,
            "sets_outside_size",
            dropped,
            f"{dropped:,} of {len(sizes):,} sets have fewer than `min_genes` or more than"
            " `max_genes` members and were left out",
        )
        table = self.table[self.table["pathway"].isin(sizes.index[keep])]
        return replace(self, table=table.reset_index(drop=True), quality=self.quality + [fact])
