"""Do the single tissues agree with the combined call?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathways.calls.pair import PairResult
from twas.study.study import Study


def tissue_agreement(combined: PairResult, pairs: Sequence[PairResult], study: Study) -> list[str]:
    """For each set with an ``opposite`` or ``concordant`` call, "k of n tissues agree".

    A tissue agrees if both activities have the signs of the combined call. Tissues are not
    independent: beside their number stands how many independent ones they are worth,
    ``(sum of eigenvalues)^2 / sum of their squares`` of their correlation.
    """
    best = combined.directional
    tissues = [
        pair
        for pair in pairs
        if pair.traits == combined.traits and pair.universe.scope in study.tissues
    ]
    directional = np.isin(combined.call, ("opposite", "concordant"))
    if not tissues:
        return [""] * len(directional)
    a, b = (np.stack([t.a.statistic for t in tissues]), np.stack([t.b.statistic for t in tissues]))
    present = np.isfinite(a)
    agree = (a * best.sign_a > 0) & (b * best.sign_b > 0)
    r = study.tissue_correlation(combined.traits, [t.universe.scope for t in tissues])
    # The eigenvalues sum to the number of tissues, their squares to the sum of squares of r.
    squares = np.einsum("tk,ts,sk->k", present, r**2, present.astype(float))
    independent = present.sum(axis=0) ** 2 / np.maximum(squares, 1)
    return [
        f"{agree[:, k].sum()} of {present[:, k].sum()} ({independent[k]:.1f} independent)"
        if directional[k]
        else ""
        for k in range(len(directional))
    ]
