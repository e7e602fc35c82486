"""How opposite, and how shared, the activities of a set can still be.

From the 95 % intervals ``[L, U]`` of the activities of two traits on the genes of both:

- ``bound_opposite = max(0, min(U_A, -L_B), min(-L_A, U_B))``: a pattern of opposite activities
  *both* larger than this is excluded;
- ``bound_concordant = max(0, min(U_A, U_B), min(-L_A, -L_B))``: the same of a shared direction.

A true pattern is excluded wrongly only if one of its two activities lies beyond the end of its
interval: at most two one-sided errors of 2.5 %, 5 % in all, whatever the correlation of the traits.
The intervals invert the sign-flip test, so no genome-wide number enters. In effect scale ``unit``
each activity is in SD of its own z, and the bound is the smaller of two numbers of different units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float64]


def bound(
    low_a: ArrayLike, high_a: ArrayLike, low_b: ArrayLike, high_b: ArrayLike, *, product: int
) -> Float:
    """The size that the smaller of two activities can still have.

    Parameters
    ----------
    low_a, high_a, low_b, high_b
        Ends of the intervals of both activities, NaN where there is none.
    product
        -1 for opposite directions, +1 for a shared one.

    Returns
    -------
    ndarray
        At least 0, in the unit of the activities; NaN where an interval is missing.
    """
    la, ua, lb, ub = (np.asarray(x, dtype=np.float64) for x in (low_a, high_a, low_b, high_b))
    up_b, down_b = (ub, -lb) if product > 0 else (-lb, ub)
    return np.maximum(np.maximum(np.minimum(ua, up_b), np.minimum(-la, down_b)), 0.0)
