"""Two called sets that share genes: is each still called without the shared ones?"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from pathways.calls.retest import Case, PairLayer, retest, rows_of

#: So many called sets, those of smallest p, are compared with each other.
MAX_CALLED = 40


def overlap_rows(layer: PairLayer) -> pd.DataFrame:
    """Test each called set without the tested genes that it shares with another called set.

    Returns
    -------
    DataFrame
        The columns of `reduced.retest`, and ``other``, ``n_shared``, ``n_same_role``; a row per
        ordered pair of called sets that share tested genes.
    """
    members = layer.members
    tested = np.zeros(members.n_genes, dtype=bool)
    tested[layer.view.genes] = True
    called = layer.called
    called = called[np.argsort(layer.found.test.p_both[called], kind="stable")][:MAX_CALLED]
    rows = {k: rows_of(members, k) for k in sorted(called.tolist())}
    roles = {
        k: {g: r for g, r in zip(members.gene[at], members.role[at], strict=True) if tested[g]}
        for k, at in rows.items()
    }
    cases, other, n_shared, n_same = [], [], [], []
    for k, j in permutations(rows, 2):
        shared = roles[k].keys() & roles[j].keys()
        if shared:
            cases.append(Case(k, rows[k][~np.isin(members.gene[rows[k]], list(shared))]))
            other.append(members.pathways[j])
            n_shared.append(len(shared))
            n_same.append(sum(roles[k][g] == roles[j][g] for g in shared))
    return retest(layer, cases).assign(other=other, n_shared=n_shared, n_same_role=n_same)
