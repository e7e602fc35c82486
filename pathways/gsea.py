"""GSEA beside the main tests, because readers ask: `gseapy.prerank`, made safe.

One adapter cleans what goes in (unique genes, oriented by role, no ties left to chance), types
what comes out, and floors p at ``1 / (n + 1)``. The p-value permutes gene labels, so it ignores
LD between neighbouring genes: it is labelled as such and no call rests on it.

References
----------
Subramanian A et al. (2005). Gene set enrichment analysis. PNAS 102:15545-15550.
Fang Z, Liu X, Peltz G (2023). GSEApy. Bioinformatics 39:btac757.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.contributions import Members
from pathways.multiplicity import benjamini_hochberg
from twas.study import Universe

Float = NDArray[np.float64]

PERMUTATIONS = 1000
#: GSEA runs by itself up to so many sets.
DEFAULT_MAX_SETS = 200
_NAMES = ("nes", "p_gsea", "q_gsea", "leading_edge")


def gsea(
    universe: Universe,
    members: Members,
    *,
    signed: bool,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> pd.DataFrame:
    """Run prerank GSEA of one trait.

    Parameters
    ----------
    universe
        One trait in one scope; genes are ranked by centred effect.
    members
        The sets. A member of role -1 enters with its effect reversed, one of role 0 not at all.
    signed
        Whether the collection has roles; if so each set has a ranking of its own.
    seed
        Seed of the gene permutations.
    permutations
        Number of permutations.

    Returns
    -------
    DataFrame
        A row per set: ``nes``, ``p_gsea`` (at least ``1 / (permutations + 1)``), ``q_gsea`` (BH),
        ``leading_edge`` (rows of `Study.genes`, comma-joined); NaN where no member is tested.
    """
    column = np.full(members.n_genes, -1, dtype=np.int64)
    column[universe.genes] = np.arange(len(universe.genes))
    used = (column[members.gene] >= 0) & (members.role != 0)
    owner, position = members.owner[used], column[members.gene[used]]
    role = members.role[used]
    n_sets = len(members.pathways)
    table = pd.DataFrame({name: [np.nan] * n_sets for name in _NAMES[:3]})
    table["leading_edge"] = pd.Series([""] * n_sets, dtype=object)
    effect = universe.effect[0]
    # Sets without a reversed member share the ranking, and one call.
    reversed_sets = np.unique(owner[role < 0]) if signed else np.array([], dtype=np.int64)
    plain = np.setdiff1d(np.unique(owner), reversed_sets)
    jobs = [(effect, plain)] if plain.size else []
    for k in reversed_sets:
        oriented = effect.copy()
        oriented[position[(owner == k) & (role < 0)]] *= -1
        jobs.append((oriented, np.array([k])))
    for ranking, sets in jobs:
        found = _prerank(ranking, {int(k): position[owner == k] for k in sets}, seed, permutations)
        for k, row in found.items():
            edge = ",".join(str(universe.genes[int(g)]) for g in row[2])
            table.loc[k, ["nes", "p_gsea"]] = [row[0], row[1]]
            table.loc[k, "leading_edge"] = edge
    table["q_gsea"] = benjamini_hochberg(table["p_gsea"].to_numpy(dtype=np.float64))
    return table


def _prerank(
    effect: Float, sets: dict[int, NDArray[np.int64]], seed: int, permutations: int
) -> dict[int, tuple[float, float, list[str]]]:
    import gseapy  # loading it takes a second: only when GSEA is asked for

    n = len(effect)
    # A gene's position is its name: no case folding, no doubles, no "3/30".
    order = np.lexsort((np.arange(n), -effect))
    # Ties would be broken by chance: the order is made strict by a millionth of a millionth.
    strict = effect[order] - 1e-12 * np.ptp(effect) * np.arange(n)
    ranked = pd.Series(strict, index=[str(g) for g in order])
    with warnings.catch_warnings():
        # Deprecations inside GSEApy are not for our users to mend.
        warnings.simplefilter("ignore")
        result = gseapy.prerank(
            rnk=ranked,
            gene_sets={str(k): [str(g) for g in genes] for k, genes in sets.items()},
            min_size=1,
            max_size=n,
            permutation_num=permutations,
            seed=seed,
            threads=1,
            outdir=None,
            no_plot=True,
            verbose=False,
        ).results
    floor = 1.0 / (permutations + 1)
    out = {}
    for k in sets:
        row = result.get(str(k))
        if row is not None and np.isfinite(float(row["nes"])):
            edge = [g for g in str(row["lead_genes"]).split(";") if g]
            out[k] = (float(row["nes"]), min(max(float(row["pval"]), floor), 1.0), edge)
    return out
