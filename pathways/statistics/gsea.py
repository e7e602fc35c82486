"""Prerank GSEA beside the main tests, because readers ask.

Members are oriented by role, ties have an order, p is floored at ``1 / (n + 1)``. The p-value
permutes gene labels, so it ignores LD between neighbouring genes: it is labelled as such and no
call rests on it. Score and leading edge are those of GSEApy, the tests' oracle, which passes over
every gene in every permutation and took a third of a whole run.

References
----------
Subramanian A et al. (2005). Gene set enrichment analysis. PNAS 102:15545-15550.
Fang Z, Liu X, Peltz G (2023). GSEApy. Bioinformatics 39:btac757.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.nulls.prerank import prerank
from pathways.statistics.contributions import Layout, Members, layout
from twas.study.study import Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]

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
        Whether the collection has roles: a set with a reversed member has a ranking of its own.
    seed
        Seed of the gene permutations.
    permutations
        Number of permutations.
    """
    inside = layout(universe, members, signed=True)
    scores = pd.DataFrame(np.nan, range(inside.n_sets), ["nes", "p_gsea"])
    rows = []
    for ranking, sets in _rankings(universe.effect[0], inside, signed=signed):
        order = np.lexsort((np.arange(len(ranking)), -ranking))
        rank = np.empty_like(order)
        rank[order] = np.arange(1, len(order) + 1)
        for k in map(int, sets):
            at = inside.position[inside.owner == k]
            at = at[np.argsort(rank[at])]
            # A set has its own stream: others beside it change nothing.
            rng = np.random.default_rng([seed, k])
            found = prerank(np.abs(ranking[order]), rank[at] - 1, rng, permutations=permutations)
            if found is not None:
                scores.loc[k, ["nes", "p_gsea"]] = [found.nes, found.p]
                rows.append(_members_of(k, universe, inside, ranking, rank, at[found.leading]))
    empty = pd.DataFrame({name: [] for name in MEMBERS}, dtype=np.int64)
    table = pd.concat(rows, ignore_index=True) if rows else empty
    return Gsea(scores, table.sort_values(["set", "rank"], kind="stable", ignore_index=True))


def _rankings(effect: Float, inside: Layout, *, signed: bool) -> Iterator[tuple[Float, Int]]:
    """Each ranking with its sets: sets without a reversed member share one."""
    turned = np.unique(inside.owner[inside.role < 0]) if signed else np.array([], dtype=np.int64)
    plain = np.setdiff1d(np.unique(inside.owner), turned)
    if plain.size:
        yield effect, plain
    for k in turned:
        oriented = effect.copy()
        oriented[inside.position[(inside.owner == k) & (inside.role < 0)]] *= -1
        yield oriented, np.array([k])


def _members_of(
    k: int, universe: Universe, inside: Layout, ranking: Float, rank: Int, edge: Int
) -> pd.DataFrame:
    """The members of set `k` in a ranking; `edge`: those of the leading edge."""
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
