"""Every table of the output, in the order in which it is written: a row each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pathways.tables import (
    balance,
    coverage,
    directions,
    divergence,
    gene_divergence,
    genes,
    heterogeneity,
    hypotheses,
    influence,
    leading_edge,
    resolution,
    sensitivity,
    shared_genes,
)
from pathways.tables.columns import Table

#: Name → table.
TABLES: dict[str, Table] = {
    module.TABLE.name: module.TABLE
    for module in (
        directions,
        divergence,
        genes,
        coverage,
        leading_edge,
        influence,
        shared_genes,
        sensitivity,
        gene_divergence,
        heterogeneity,
        balance,
        resolution,
        hypotheses,
    )
}


def stack(name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames one below the other, with exactly the registered columns."""
    full = [frame for frame in frames if len(frame)]
    whole = pd.concat(full, ignore_index=True) if full else pd.DataFrame()
    return TABLES[name].conform(whole)
