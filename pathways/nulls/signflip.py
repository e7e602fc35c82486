"""The block sign-flip test: is the net direction of a sum of block contributions chance?

``A = sum_b c_b``; under "no net direction" each LD block is as likely to push up as down, so
``A* = sum_b eps_b c_b`` with independent fair signs and ``p = P(|A*| >= |A|)``. What happens
inside a block (LD, correlated expression, polygenicity) stays as it is, and so does what two
traits share when they are flipped together.

Up to 24 blocks the 2^B sign vectors are counted (`enumeration`), above that the characteristic
function is inverted (`inversion`), with a convolution where sums fall on a lattice (`enumeration`
again). No random numbers are drawn. The smallest two-sided p of B blocks is 2^(1 - B).

References
----------
Fisher RA (1935). The Design of Experiments, section 21.
Davies RB (1973). Numerical inversion of a characteristic function. Biometrika 60:415-417.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from pathways.nulls import enumeration, inversion
from pathways.nulls.ragged import Ragged
from twas.system.arrays import Bool, Float


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

    Raises
    ------
    ValueError
        If a contribution is not finite.
    """
    if not np.isfinite(c.values).all():
        raise ValueError("block contributions must be finite")
    statistic, tail = c.sums(), two_sided_tail(c)
    up = statistic >= 0
    # The other tail leaves out the observed signs themselves, of probability 2^-B.
    towards, away = tail / 2, 1 - tail / 2 + np.power(0.5, c.lengths)
    # With A = 0 every sum is at least as extreme; one-sided p keep their half.
    zero = np.abs(statistic) <= enumeration.TIE * c.replace(np.abs(c.values)).sums()
    tail = np.where(zero, 1.0, tail)
    away = np.minimum(np.where(zero, 1.0, away), 1.0)
    towards = np.where(zero, away, towards)
    blank = np.where(c.lengths == 0, np.nan, 0.0)
    return SignFlip(
        statistic=statistic + blank,
        p=tail + blank,
        p_up=np.where(up, towards, away) + blank,
        p_down=np.where(up, away, towards) + blank,
        min_p=np.minimum(np.power(2.0, 1.0 - c.lengths), 1.0),
    )


def sign_flips(forms: Sequence[Ragged]) -> list[SignFlip]:
    """`sign_flip` of several forms in one go, which costs less than one after the other."""
    if not forms:
        return []
    joined = sign_flip(Ragged.joined(forms))
    ends = np.cumsum([c.n_sets for c in forms])
    parts = [slice(int(end) - c.n_sets, int(end)) for c, end in zip(forms, ends, strict=True)]
    return [SignFlip(*(values[part] for values in _arrays(joined))) for part in parts]


def sign_flips_where(forms: Sequence[Ragged], wanted: Sequence[Bool]) -> list[SignFlip]:
    """`sign_flips` of some sets of each form; the statistic of the others, with a p of 1.

    Parameters
    ----------
    forms
        Block contributions.
    wanted
        The sets of each form that are tested, each of shape ``(n_sets,)``.
    """
    found = sign_flips(
        [c.take(np.flatnonzero(some)) for c, some in zip(forms, wanted, strict=True)]
    )
    return [_placed(test, c, some) for test, c, some in zip(found, forms, wanted, strict=True)]


def _placed(test: SignFlip, c: Ragged, wanted: Bool) -> SignFlip:
    if wanted.all():
        return test
    arrays = [c.sums() + np.where(c.lengths == 0, np.nan, 0.0), *np.ones((4, c.n_sets))]
    for values, known in zip(arrays, _arrays(test), strict=True):
        values[wanted] = known
    return SignFlip(*arrays)


def _arrays(test: SignFlip) -> list[Float]:
    return [getattr(test, f.name) for f in fields(SignFlip)]


def least_tail(c: Ragged) -> Float:
    """A lower bound of `two_sided_tail`, shape ``(n_sets,)``, which costs three sums.

    By the Paley-Zygmund inequality ``P(A*^2 >= A^2) >= (1 - A^2 / v)^2 v^2 / E A*^4`` where
    ``A^2 <= v``, with ``v = sum_b c_b^2`` and ``E A*^4 = 3 v^2 - 2 sum_b c_b^4``; 0 beyond.

    Parameters
    ----------
    c
        Block contributions, one run per set.
    """
    unit = c.in_units()
    v, fourth = unit.replace(unit.values**2).sums(), unit.replace(unit.values**4).sums()
    with np.errstate(invalid="ignore", divide="ignore", under="ignore"):
        left = np.maximum(1 - unit.sums() ** 2 / v, 0.0)
        return np.nan_to_num(left**2 * v**2 / (3 * v**2 - 2 * fourth))


def two_sided_tail(c: Ragged, *, exact: int = enumeration.EXACT_BLOCKS) -> Float:
    """``P(|A*| >= |A|)`` of each set, shape ``(n_sets,)``; 1 for a set without blocks.

    Parameters
    ----------
    c
        Block contributions, one run per set.
    exact
        Up to so many blocks the sign vectors are counted; an inversion is faster and, from 17
        blocks, within 1 %.
    """
    tail = np.ones(c.n_sets)
    lengths = c.lengths
    for n_blocks in np.unique(lengths[(lengths > 0) & (lengths <= exact)]):
        sets = np.flatnonzero(lengths == n_blocks)
        for start in range(0, len(sets), 128):
            part = sets[start : start + 128]
            tail[part] = enumeration.two_sided_tail(c.matrix(part))
    large = np.flatnonzero(lengths > exact)
    if large.size:
        tail[large] = 2 * inversion.upper_tail(c.take(large))
    return np.minimum(tail, 1.0)
