"""Prerank GSEA of one set: the running sum of a ranking, and its null under permuted labels.

At a member the running sum rises by ``w_i / sum of w`` of the members, at any other gene it falls
by ``1 / (n - m)``; the score is its value farthest from zero. The line is straight between members,
so that only the ``m`` members are looked at: a permutation costs ``m log m`` and not ``n``.

References
----------
Subramanian A et al. (2005). Gene set enrichment analysis. PNAS 102:15545-15550.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Int = NDArray[np.int64]


class Prerank(NamedTuple):
    """Score, score over the mean of the null of its sign, and p in ``[1 / (permutations + 1), 1]``.

    ``leading`` marks the members of the leading edge, shape ``(m,)``.
    """

    score: float
    nes: float
    p: float
    leading: NDArray[np.bool_]


def prerank(
    weight: Float, places: Int, rng: np.random.Generator, *, permutations: int
) -> Prerank | None:
    """Score a set and compare it with as many genes drawn at random.

    Parameters
    ----------
    weight
        Of each gene in the order of the ranking, at least 0, shape ``(n,)``.
    places
        Of the members in that order, ascending, shape ``(m,)``.
    rng
        Draws the permutations.
    permutations
        Their number.

    Returns
    -------
    Prerank or None
        None where the score is not defined: every gene or none is a member, or members have no
        weight, or no draw has the sign of the score.
    """
    n, m = len(weight), len(places)
    if not 0 < m < n or weight[places].sum() <= 0:
        return None
    score, peak = (found[0] for found in _scores(weight, places[None, :]))
    drawn = np.array([rng.choice(n, m, replace=False, shuffle=False) for _ in range(permutations)])
    null, _ = _scores(weight, np.sort(drawn, axis=1))
    alike = null[(null >= 0) == (score >= 0)]
    if not alike.size or alike.mean() == 0:
        return None
    p = float((np.abs(alike) >= abs(score)).mean())
    order = np.arange(m)
    return Prerank(
        score=float(score),
        nes=float(score / abs(alike.mean())),
        p=min(max(p, 1 / (permutations + 1)), 1.0),
        leading=order <= peak if score >= 0 else order >= peak,
    )


def _scores(weight: Float, places: Int) -> tuple[Float, Int]:
    """Score of each row of places, and which member stands at its peak or valley."""
    n, m = len(weight), places.shape[1]
    up = np.cumsum(weight[places], axis=1)
    total = up[:, -1:]
    up = np.divide(up, total, out=np.zeros_like(up), where=total > 0)
    fallen = (places - np.arange(m)) / (n - m)
    after = up - fallen
    before = np.hstack([np.zeros((len(up), 1)), up[:, :-1]]) - fallen
    row, high, low = np.arange(len(up)), after.argmax(axis=1), before.argmin(axis=1)
    top, bottom = after[row, high], before[row, low]
    rises = top >= np.abs(bottom)
    return np.where(rises, top, bottom), np.where(rises, high, low)
