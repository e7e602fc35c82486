"""GSEA beside the main tests, because readers ask: `gseapy.prerank`, made safe.

One adapter cleans what goes in (unique genes, oriented by role, no ties left to chance), types
what comes out, and floors p at ``1 / (n + 1)``. The p-value permutes gene labels, so it ignores
LD between neighbouring genes: it is labelled as such and no call rests on it. A signed set has a
ranking of its own, and so a call of its own: fgsea's sampling of gene sets, which GSEApy has as
``multilevel``, takes an eighth of the time that shuffling all genes a thousand times takes.

References
----------
Subramanian A et al. (2005). Gene set enrichment analysis. PNAS 102:15545-15550.
Fang Z, Liu X, Peltz G (2023). GSEApy. Bioinformatics 39:btac757.
Korotkevich G et al. (2021). Fast gene set enrichment analysis. bioRxiv 060012.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from pathways.statistics.contributions import Layout, Members, layout
from twas.study.universe import Universe
from twas.system.arrays import Float, Int

PERMUTATIONS = 1000
#: GSEA runs by itself up to so many sets.
DEFAULT_MAX_SETS = 200
#: Columns of `Gsea.members`.
MEMBERS = ("set", "gene", "role", "effect", "rank", "n_ranked", "leading")


class Gsea(NamedTuple):
    """GSEA of one trait.

    Attributes
    ----------
    scores
        A row per set: ``nes``, ``p_gsea`` (at least ``1 / (permutations + 1)``); NaN where no
        member is tested.
    members
        A row per set with a score × member: ``set`` and ``gene`` (rows of the sets and of
        `Study.genes`), ``role``, ``effect`` (oriented by role), ``rank`` (1 at the top of the
        oriented ranking), ``n_ranked`` genes, ``leading`` (in the leading edge).
    """

    scores: pd.DataFrame
    members: pd.DataFrame


def gsea(
    universe: Universe,
    members: Members,
    *,
    signed: bool,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> Gsea:
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
        Seed of the random gene sets.
    permutations
        Number of random gene sets of each size.
    """
    inside = layout(universe, members, signed=True)
    scores = pd.DataFrame(np.nan, range(inside.n_sets), ["nes", "p_gsea"])
    rows = []
    for ranking, sets in _rankings(universe.effect[0], inside, signed=signed):
        order = np.lexsort((np.arange(len(ranking)), -ranking))
        chosen = {int(k): inside.position[inside.owner == k] for k in sets}
        for k, (nes, p, edge) in _prerank(ranking, order, chosen, seed, permutations).items():
            scores.loc[k, ["nes", "p_gsea"]] = [nes, p]
            rows.append(_members_of(k, universe, inside, ranking, order, edge))
    empty = pd.DataFrame({name: [] for name in MEMBERS}, dtype=np.int64)
    table = pd.concat(rows, ignore_index=True) if rows else empty
    return Gsea(scores, table.sort_values(["set", "rank"], kind="stable", ignore_index=True))


def _rankings(effect: Float, inside: Layout, *, signed: bool) -> Iterator[tuple[Float, Int]]:
    """Each ranking with its sets: sets without a reversed member share one, and one call."""
    turned = np.unique(inside.owner[inside.role < 0]) if signed else np.array([], dtype=np.int64)
    plain = np.setdiff1d(np.unique(inside.owner), turned)
    if plain.size:
        yield effect, plain
    for k in turned:
        oriented = effect.copy()
        oriented[inside.position[(inside.owner == k) & (inside.role < 0)]] *= -1
        yield oriented, np.array([k])


def _members_of(
    k: int, universe: Universe, inside: Layout, ranking: Float, order: Int, edge: list[int]
) -> pd.DataFrame:
    """The members of set `k` in a ranking."""
    rank = np.empty_like(order)
    rank[order] = np.arange(1, len(order) + 1)
    mine = inside.owner == k
    at = inside.position[mine]
    return pd.DataFrame(
        {
            "set": k,
            "gene": universe.genes[at],
            "role": inside.role[mine],
            "effect": ranking[at],
            "rank": rank[at],
            "n_ranked": len(ranking),
            "leading": np.isin(at, edge),
        },
        columns=MEMBERS,
    )


def _prerank(
    effect: Float, order: Int, sets: dict[int, Int], seed: int, permutations: int
) -> dict[int, tuple[float, float, list[int]]]:
    """NES, p and leading edge of each set; genes are called by their position."""
    import gseapy  # loading it takes a second: only when GSEA is asked for

    n = len(effect)
    # A gene's position is its name: no case folding, no doubles, no "3/30".
    # Ties would be broken by chance: the order is made strict by a millionth of a millionth.
    strict = effect[order] - 1e-12 * np.ptp(effect) * np.arange(n)
    # Plain strings: GSEApy goes through them one by one, which pandas' own are slow at.
    ranked = pd.Series(strict, index=pd.Index([str(g) for g in order], dtype=object))
    with warnings.catch_warnings():
        # Deprecations inside GSEApy are not for our users to mend.
        warnings.simplefilter("ignore")
        result = gseapy.prerank(
            rnk=ranked,
            gene_sets={str(k): [str(g) for g in genes] for k, genes in sets.items()},
            min_size=1,
            max_size=n,
            method="multilevel",
            permutation_num=permutations,
            eps=1.0 / (permutations + 1),  # smaller p are not looked for
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
            edge = [int(g) for g in str(row["lead_genes"]).split(";") if g]
            out[k] = (float(row["nes"]), min(max(float(row["pval"]), floor), 1.0), edge)
    return out
