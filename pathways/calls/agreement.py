"""Do the single tissues agree with the combined call?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathways.calls.pair import PairResult


def tissue_agreement(
    combined: PairResult, pairs: Sequence[PairResult], tissues: Sequence[str]
) -> list[str]:
    """For each set with an ``opposite`` or ``concordant`` call, "k of n tissues agree".

    A tissue agrees if both activities have the signs of the combined call.
    """
    best = combined.directional
    agree = np.zeros(len(best.q), dtype=np.int64)
    present = np.zeros(len(best.q), dtype=np.int64)
    for pair in pairs:
        if pair.traits == combined.traits and pair.universe.scope in tissues:
            a, b = pair.a.statistic, pair.b.statistic
            present += np.isfinite(a)
            agree += (a * best.sign_a > 0) & (b * best.sign_b > 0)
    directional = np.isin(combined.call, ("opposite", "concordant"))
    return [
        f"{agree[k]} of {present[k]}" if directional[k] else "" for k in range(len(directional))
    ]
