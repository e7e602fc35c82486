"""Rows of ``heterogeneity.tsv``: do three or more traits share an activity?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.calls.decision import untestable
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.statistics.contrasts import heterogeneity
from pathways.statistics.contributions import contributions
from pathways.tables.columns import (
    COLLECTION,
    EFFECT_SCALE,
    N_BLOCKS,
    N_TESTED,
    PATHWAY,
    SCOPE,
    Column,
    Table,
)
from twas.study.outlying import over_the_rest
from twas.study.universe import COMBINED, PER_SQRT_N


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per set; none for fewer than three traits, or where sizes cannot be compared."""
    study, members, options = collection.study, collection.members, collection.options
    universe = study.universe(study.traits, COMBINED) if len(study.traits) > 2 else None
    if universe is None or universe.effect_scale != PER_SQRT_N:
        return pd.DataFrame()
    shares = contributions(universe, members)
    scale = over_the_rest(universe.outlying, universe.effect, lambda x: x.std(axis=1))
    statistic, p = heterogeneity(
        shares, scale, study.n_blocks, flips=options.flips, seed=options.seed
    )
    testable = ~untestable(np.power(2.0, 1.0 - shares.n_blocks))
    return pd.DataFrame(
        {
            "pathway": members.pathways,
            "scope": COMBINED,
            "traits": ", ".join(universe.traits),
            "n_tested": shares.n_tested,
            "n_blocks": shares.n_blocks,
            "effect_scale": universe.effect_scale,
            "statistic": statistic,
            "p_heterogeneity": p,
            "q_heterogeneity": benjamini_hochberg(np.where(testable, p, np.nan)),
        }
    )


TABLE = Table(
    name="heterogeneity",
    contents="whether three or more traits share an activity",
    rows=rows,
    columns=(
        COLLECTION,
        PATHWAY,
        SCOPE,
        Column("traits", "text", "", "traits compared", on="report"),
        N_TESTED,
        N_BLOCKS,
        EFFECT_SCALE,
        Column("statistic", "number", "", "weighted sum of squared deviations of the activities"),
        Column(
            "p_heterogeneity",
            "p",
            "",
            "p of equal activities in all traits (joint flips), strengths as they are: traits of"
            " other genome-wide strengths differ in every set with an effect",
            on="report",
        ),
        Column("q_heterogeneity", "p", "", "BH q of p_heterogeneity", on="report"),
    ),
)
