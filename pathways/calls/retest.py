"""Sets with some members taken out, tested again in the place of the whole set.

Leaving out a block, a gene or what two sets share all come to this: a case is a called set less
some members. Its contributions are those of the remaining members (so ``A`` without block b is
``(A - c_b) / (1 - w_b)``), and its call puts the new p in the place of the old one in the family
while all other sets stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.decision import PairCalls, repeated_products
from pathways.calls.multiplicity import AdaFamily, bh_if
from pathways.nulls.signflip import SignFlip, sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.statistics.discordance import discordance
from twas.study.study import PER_SQRT_N, Universe

Float = NDArray[np.float64]
Int = NDArray[np.int64]

#: Calls that say something, and so deserve a second look.
CALLED = ("opposite", "concordant", "discordant", "unequal")


@dataclass(frozen=True)
class PairLayer:
    """A pair of traits in one scope: what was seen, and what was found.

    Attributes
    ----------
    view, parts, genome, found
        Universe, contributions, genome-wide moments, tests and calls.
    members
        The sets.
    """

    view: Universe
    parts: Contributions
    genome: contrasts.Moments | None
    found: PairCalls
    members: Members

    @property
    def called(self) -> Int:
        """Indices of the sets with a call."""
        return np.flatnonzero(np.isin(self.found.call, CALLED))


@dataclass(frozen=True)
class Case:
    """One set less some members.

    Attributes
    ----------
    origin
        Index of the whole set.
    keep
        Rows of `Members` that remain.
    """

    origin: int
    keep: Int


def rows_of(members: Members, k: int) -> Int:
    """Rows of `members` that belong to set `k` (they are sorted by set)."""
    first, last = np.searchsorted(members.owner, [k, k + 1])
    return np.arange(first, last)


def retest(layer: PairLayer, cases: Sequence[Case]) -> pd.DataFrame:
    """Test each case: a row per case.

    Returns
    -------
    DataFrame
        ``pathway trait_a trait_b scope n_genes_dropped n_tested n_blocks activity_a activity_b
        difference p_both p_opposite p_difference call``.
    """
    whole = layer.members
    origin = np.array([case.origin for case in cases], dtype=np.int64)
    parts = contributions(layer.view, _members_of(whole, cases))
    a, b = sign_flip(parts.trait(0)), sign_flip(parts.trait(1))
    d = sign_flip(contrasts.difference(parts))
    p_both = np.maximum(a.p, b.p)
    opposite = a.statistic * b.statistic < 0
    comparable = layer.view.effect_scale == PER_SQRT_N
    return pd.DataFrame(
        {
            "pathway": np.array(whole.pathways, dtype=object)[origin],
            "trait_a": layer.view.traits[0],
            "trait_b": layer.view.traits[1],
            "scope": layer.view.scope,
            "n_genes_dropped": layer.parts.n_tested[origin] - parts.n_tested,
            "n_tested": parts.n_tested,
            "n_blocks": parts.n_blocks,
            "activity_a": a.statistic,
            "activity_b": b.statistic,
            "difference": d.statistic,
            "p_both": p_both,
            "p_opposite": np.where(np.isnan(p_both) | opposite, p_both / 2, 1.0),
            "p_difference": d.p if comparable else np.full(len(origin), np.nan),
            "call": _calls(layer, origin, parts, (a, b, d)),
        }
    )


def _members_of(whole: Members, cases: Sequence[Case]) -> Members:
    rows = np.concatenate([case.keep for case in cases] or [np.zeros(0, dtype=np.int64)])
    sizes = np.array([len(case.keep) for case in cases], dtype=np.int64)
    return Members(
        pathways=tuple(whole.pathways[case.origin] for case in cases),
        n_set=sizes,
        owner=np.repeat(np.arange(len(cases)), sizes),
        gene=whole.gene[rows],
        role=whole.role[rows],
        block=whole.block[rows],
        n_genes=whole.n_genes,
    )


def _calls(
    layer: PairLayer, origin: Int, parts: Contributions, tests: tuple[SignFlip, SignFlip, SignFlip]
) -> list[str]:
    """The call of each case within its family."""
    a, b, d = tests
    test = layer.found.test
    family = AdaFamily.of(test.a.p_up, test.a.p_down, test.b.p_up, test.b.p_down, test.testable)
    strength = np.where(
        test.testable, np.maximum(test.p_difference, test.p_difference_scaled), np.nan
    )
    scaled = contrasts.scaled_difference_p(parts, contrasts.kappa(layer.genome, layer.view))
    unequal = np.maximum(d.p, scaled)
    anticorrelated = discordance(layer.view, parts, layer.genome).p_call
    unsigned = test.discordance.min_p <= words.ALPHA
    discordant = np.where(unsigned, test.discordance.p_call, np.nan)
    too_few = words.untestable(a.min_p)
    repeated = repeated_products(layer.genome)
    alone = [np.where(test.testable, x.p, np.nan) for x in (test.a, test.b)]
    calls: list[str] = []
    for case, k in enumerate(origin.tolist()):
        if too_few[case]:
            calls.append("untestable")
            continue
        q, product = family.q_if(k, a.p_up[case], a.p_down[case], b.p_up[case], b.p_down[case])
        if q <= words.ALPHA and product in repeated:
            q = max(
                q, min(bh_if(p, k, float(x.p[case])) for p, x in zip(alone, (a, b), strict=True))
            )
        if q <= words.ALPHA:
            calls.append("opposite" if product < 0 else "concordant")
        elif bh_if(discordant, k, float(anticorrelated[case])) <= words.ALPHA:
            calls.append("discordant")
        elif bh_if(strength, k, float(unequal[case])) <= words.ALPHA:
            calls.append("unequal")
        else:
            calls.append("undetermined")
    return calls
