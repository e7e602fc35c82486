"""Rows of ``leading_edge.tsv``: the members of each set in the ranking of GSEA."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.statistics.gsea import Gsea


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per trait × set × member; none where GSEA was not run."""
    frames = [_of_trait(collection, trait, found) for trait, found in collection.gsea.items()]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _of_trait(collection: CollectionResult, trait: str, found: Gsea) -> pd.DataFrame:
    table = found.members
    return pd.DataFrame(
        {
            "pathway": np.array(collection.members.pathways, dtype=object)[table["set"]],
            "trait": trait,
            "gene": collection.study.genes["symbol"].to_numpy()[table["gene"]],
            **{name: table[name] for name in ("role", "effect", "rank", "n_ranked")},
            "leading": np.where(table["leading"], "yes", ""),
        }
    )
