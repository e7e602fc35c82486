"""The block sign-flip test: is the net direction of a sum of block contributions chance?

``A = sum_b c_b``; under "no net direction" each LD block is as likely to push up as down, so
``A* = sum_b eps_b c_b`` with independent fair signs and ``p = P(|A*| >= |A|)``. What happens
inside a block (LD, correlated expression, polygenicity) stays as it is, and so does what two
traits share when they are flipped together.

Up to 24 blocks the 2^B sign vectors are counted (`enumeration`), above that the characteristic
function is inverted (`inversion`), with a convolution where sums fall on a lattice (`lattice`).
No random numbers are drawn. The smallest two-sided p of B blocks is 2^(1 - B).

References
----------
Fisher RA (1935). The Design of Experiments, section 21.
Davies RB (1973). Numerical inversion of a characteristic function. Biometrika 60:415-417.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.nulls import enumeration, inversion
from pathways.nulls.ragged import Ragged

Float = NDArray[np.float64]


@dataclass(frozen=True)
class SignFlip:
    """Result of the sign-flip test, one entry per set.

    Attributes
    ----------
    statistic
        ``A``, the sum of the contributions; NaN for a set without blocks.
    p
        Two-sided ``P(|A*| >= |A|)`` in (0, 1]; NaN for a set without blocks.
    p_up, p_down
        One-sided ``P(A* >= A)`` and ``P(A* <= A)``.
    min_p
        The smallest two-sided p that this number of blocks can give, ``2**(1 - B)``.
    """

    statistic: Float
    p: Float
    p_up: Float
    p_down: Float
    min_p: Float


def sign_flip(c: Ragged) -> SignFlip:
    """Test the net direction of each set.

    Parameters
    ----------
    c
        Block contributions, one run per set, finite.

    Returns
    -------
    SignFlip
        Arrays of shape ``(n_sets,)``.
    """
    statistic, (at_least, above) = c.sums(), tails(c)
    up = statistic >= 0
    towards, away = at_least / 2, 1 - above / 2
    # With A = 0 every sum is at least as extreme; one-sided p keep their half.
    zero = np.abs(statistic) <= enumeration.TIE * c.replace(np.abs(c.values)).sums()
    towards = np.where(zero, away, towards)
    empty = c.lengths == 0
    blank = np.where(empty, np.nan, 0.0)
    return SignFlip(
        statistic=statistic + blank,
        p=np.minimum(at_least, 1.0) + blank,
        p_up=np.where(up, towards, away) + blank,
        p_down=np.where(up, away, towards) + blank,
        min_p=np.minimum(2.0 ** (1.0 - c.lengths), 1.0),
    )


def tails(c: Ragged) -> tuple[Float, Float]:
    """``P(|A*| >= |A|)`` and ``P(|A*| > |A|)``; above 24 blocks the two are not told apart.

    Parameters
    ----------
    c
        Block contributions, one run per set; an empty run gives 1.
    """
    at_least, above = np.ones(c.n_sets), np.ones(c.n_sets)
    lengths = c.lengths
    for n_blocks in np.unique(lengths[(lengths > 0) & (lengths <= enumeration.EXACT_BLOCKS)]):
        sets = np.flatnonzero(lengths == n_blocks)
        for start in range(0, len(sets), 256):
            part = sets[start : start + 256]
            at_least[part], above[part] = enumeration.two_sided_counts(c.matrix(part))
    large = np.flatnonzero(lengths > enumeration.EXACT_BLOCKS)
    if large.size:
        at_least[large] = above[large] = 2 * inversion.upper_tail(c.take(large))
    return np.minimum(at_least, 1.0), np.minimum(above, 1.0)
