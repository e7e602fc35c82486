"""The bound to expect where there is no effect: how opposite, or how shared, a set could still be.

A run prints ``bound_opposite`` and ``bound_concordant`` (`pathways.statistics.bounds`) from the
intervals ``A_k +- q se_k``. Without an effect the activities are jointly normal with the errors
and their correlation of the design; ``q`` is the half width that is as often too small as too
large: the test of a shift of ``q se`` rejects in half of the cases. The bound to expect is the
median over a fixed grid of both activities, so nothing is drawn.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from pathways.power.design import Design
from pathways.statistics.bounds import bound

#: Quantiles of each activity in the grid.
_GRID = 64


def expected_bound(design: Design, product: int) -> float:
    """Median bound, in units of effect, that two traits without an effect would give.

    Parameters
    ----------
    design
        Two traits.
    product
        -1 for opposite directions, +1 for a shared one.
    """
    x, y = np.meshgrid(*[ndtri((np.arange(_GRID) + 0.5) / _GRID)] * 2)
    r = design.correlation()
    width = half_width(design)
    ends = []
    for trait, seen in zip(design.traits, (x, r * x + np.sqrt(1 - r**2) * y), strict=True):
        se = design.se(trait)
        ends += [se * (seen - width), se * (seen + width)]
    return float(np.median(bound(*ends, product=product)))


def half_width(design: Design) -> float:
    """Half width of the 95 % interval of an activity, in standard errors (median)."""
    rejection = design.family.rejection
    return float(brentq(lambda delta: rejection.one_sided_at(delta, 0.025) - 0.5, 0.5, 16.0))
