"""Do the single tissues agree with the combined call?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathways.calls.retest import PairLayer
from twas.study.study import Study


def tissue_agreement(study: Study, combined: PairLayer, pairs: Sequence[PairLayer]) -> list[str]:
    """For each set with an ``opposite`` or ``concordant`` call, "k of n tissues agree".

    A tissue agrees if both activities have the signs of the combined call.

    Parameters
    ----------
    study
        Names the tissues.
    combined
        The pair in the combined scope.
    pairs
        The same pair, among others, in its tissues.
    """
    best = combined.found.directional
    agree = np.zeros(len(best.q), dtype=np.int64)
    present = np.zeros(len(best.q), dtype=np.int64)
    for layer in pairs:
        if layer.view.traits == combined.view.traits and layer.view.scope in study.tissues:
            a, b = layer.found.test.a.statistic, layer.found.test.b.statistic
            present += np.isfinite(a)
            agree += (a * best.sign_a > 0) & (b * best.sign_b > 0)
    directional = np.isin(combined.found.call, ("opposite", "concordant"))
    return [
        f"{agree[k]} of {present[k]}" if directional[k] else "" for k in range(len(directional))
    ]
