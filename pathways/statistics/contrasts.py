"""Contrasts of two traits on their block contributions, and the heterogeneity of more.

Each is a linear form ``w_A c_A + w_B c_B`` in the contributions of a set, so the sign-flip test,
its interval and its error serve all of them (`Contributions.combine`); a further contrast is a
further pair of weights:

- difference: ``c_A - c_B``;
- scaled difference: ``kappa c_A - c_B``, with ``kappa^2 = (var e_B - i_B / N_B) / (var e_A -
  i_A / N_A)`` the ratio of the genome-wide strengths, over the range that the error of kappa
  allows;
- excess over the genome-wide expectation: ``c_Y - s c_X`` at both ends of ``s`` in ``[cov / var
  e_X, lambda]``, ``lambda = (cov - rho / sqrt(N_X N_Y)) / (var e_X - i_X / N_X)``, Y the trait of
  lower reliability ``(var z - i) / var z``. The first end is the slope that noise in X shrinks,
  the second the slope without it; after selection on X the truth lies between.

What compares sizes is empty in effect scale ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pathways.nulls.maxt import FLIPS, joint_signs
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import SignFlip, sign_flip, sign_flips
from pathways.statistics.contributions import Contributions
from pathways.statistics.moments import Estimate, Moments
from twas.study.universe import PER_SQRT_N, Universe
from twas.system.arrays import Float

#: Half width of the range of kappa, in jackknife errors.
RANGE = 1.96


@dataclass(frozen=True)
class Scale:
    """Ratio of the genome-wide strengths, ``kappa``, with its error.

    Attributes
    ----------
    kappa, error
        NaN where it is not known.
    reason
        Why it is not known, else "".
    """

    kappa: float
    error: float
    reason: str


def kappa(genome: Moments | None, universe: Universe) -> Scale:
    """Estimate ``kappa``; both signals must exceed two errors."""
    if genome is None or universe.effect_scale != PER_SQRT_N:
        return Scale(np.nan, np.nan, "the strengths of the traits are not on one scale")
    for k, name in enumerate(universe.traits):
        if reason := genome.why_unclear(k, name):
            return Scale(np.nan, np.nan, reason)
    a, b = genome.signal
    n = float(np.sqrt(universe.n_eff[0] / universe.n_eff[1]))
    ratio = Estimate(
        n * float(np.sqrt(b.value / a.value)), n * np.sqrt(np.maximum(b.left_out, 0) / a.left_out)
    )
    return Scale(ratio.value, ratio.error, "")


def difference(contributions: Contributions) -> Ragged:
    """Block contributions of ``A_A - A_B``."""
    return contributions.combine(np.array([1.0, -1.0]))


@dataclass(frozen=True)
class ScaledDifference:
    """Difference of two activities after scaling by the genome-wide strengths.

    Attributes
    ----------
    estimate
        ``kappa A_A - A_B`` at the end of the range of kappa that is nearer to none; 0 where the
        ends disagree in sign.
    p
        Two-sided p, the larger of both ends; 1 where they disagree in sign.
    """

    estimate: Float
    p: Float


def scaled_difference(a: Ragged, b: Ragged, scale: Scale) -> ScaledDifference:
    """Test ``kappa c_A - c_B`` at both ends of the range of kappa.

    Parameters
    ----------
    a, b
        Block contributions of both traits, in the same runs.
    scale
        From `kappa`.

    Returns
    -------
    ScaledDifference
        NaN where kappa is unknown or the set has no block.
    """
    forms = scaled_forms(a, b, scale)
    return scaled_from_tests(sign_flips(forms) if forms else [], a.n_sets)


def scaled_forms(a: Ragged, b: Ragged, scale: Scale) -> list[Ragged]:
    """``kappa c_A - c_B`` at both ends of the range of kappa; none where it is unknown."""
    if not np.isfinite(scale.kappa):
        return []
    ends = scale.kappa + RANGE * scale.error * np.array([-1.0, 1.0])
    return [a.replace(max(end, 0.0) * a.values - b.values) for end in ends]


def scaled_from_tests(tests: list[SignFlip], n_sets: int) -> ScaledDifference:
    """What the tests of `scaled_forms` say."""
    if not tests:
        return ScaledDifference(np.full(n_sets, np.nan), np.full(n_sets, np.nan))
    low, high = tests
    same = np.sign(low.statistic) == np.sign(high.statistic)
    p = np.maximum(low.p, high.p)
    nearer = np.where(np.abs(low.statistic) < np.abs(high.statistic), low.statistic, high.statistic)
    blank = np.isnan(p)
    return ScaledDifference(
        estimate=np.where(blank | same, nearer, 0.0), p=np.where(blank | same, p, 1.0)
    )


@dataclass(frozen=True)
class Excess:
    """Activity beyond what the genome-wide relation of the traits predicts.

    Attributes
    ----------
    trait
        Name of the trait Y, "" where not known.
    excess
        ``A_Y - s A_X`` at the end nearer to none; 0 where the ends disagree in sign.
    p
        Twice the larger one-sided p of both ends, 1 where they disagree in direction.
    reason
        Why there is none, else "".
    """

    trait: str
    excess: Float
    p: Float
    reason: str


def excess(contributions: Contributions, genome: Moments | None, universe: Universe) -> Excess:
    """Test the excess of the less reliable trait over the expectation from the other."""
    empty = np.full(len(contributions.n_tested), np.nan)
    if genome is None or universe.effect_scale != PER_SQRT_N:
        return Excess("", empty, empty, "the strengths of the traits are not on one scale")
    x = genome.predictor
    slope = genome.slope()
    if slope is None:
        return Excess("", empty, empty, genome.why_unclear(x, universe.traits[x]))
    n = float(np.sqrt(universe.n_eff[x] / universe.n_eff[1 - x]))
    shrunk = genome.covariance.value / genome.variance[x].value
    tests = []
    for s in (shrunk * n, slope.value * n):
        weights = np.zeros(2)
        weights[1 - x], weights[x] = 1.0, -s
        tests.append(sign_flip(contributions.combine(weights)))
    first, second = tests
    up = np.maximum(first.p_up, second.p_up)
    down = np.maximum(first.p_down, second.p_down)
    p = np.minimum(2 * np.minimum(up, down), 1.0)
    same = np.sign(first.statistic) == np.sign(second.statistic)
    nearer = np.where(
        np.abs(first.statistic) < np.abs(second.statistic), first.statistic, second.statistic
    )
    blank = np.isnan(first.statistic)
    return Excess(
        trait=universe.traits[1 - x],
        excess=np.where(blank | same, nearer, 0.0),
        p=np.where(blank | same, p, 1.0),
        reason="",
    )


def heterogeneity(
    contributions: Contributions, scale: Float, n_blocks: int, *, flips: int = FLIPS, seed: int = 0
) -> tuple[Float, Float]:
    """Test equal activities over all traits of a universe, more than two: do they differ at all?

    With ``r_bk = c_bk - sum_j v_j c_bj``, ``v_k`` proportional to ``1 / s_k^2`` and ``s_k`` the SD
    of the trait's effects over the genome, ``T = sum_k (sum_b r_bk)^2 / s_k^2``. If all traits have
    one activity, the sums of the ``r`` have mean zero, so the null flips the blocks of all traits
    together (`nulls.maxt.joint_signs`). The scales are those of the genome, since errors estimated
    from the set under test would have to be flipped with it.

    Parameters
    ----------
    contributions
        Contributions of three or more traits, on one scale.
    scale
        SD of the effects of each trait over the genome, shape ``(n_traits,)``, positive.
    n_blocks
        Number of block codes.
    flips, seed
        Joint flips and their seed.

    Returns
    -------
    statistic, p
        Shape ``(n_sets,)``; ``p >= 1 / (flips + 1)``, NaN for a set of fewer than two blocks.
    """
    share = (1 / scale**2) / (1 / scale**2).sum()
    scaled = (contributions.values - share @ contributions.values) / scale[:, None]
    usable = contributions.n_blocks > 1
    shape = (len(usable), n_blocks)
    rows = [
        csr_array((values, contributions.block, contributions.indptr), shape=shape)
        for values in scaled
    ]
    observed = sum(
        (np.asarray(row.sum(axis=1)).ravel() ** 2 for row in rows), np.zeros(len(usable))
    )
    reached = np.zeros(len(usable))
    for signs in joint_signs(n_blocks, flips=flips, seed=seed):
        drawn = sum((row @ signs.astype(np.float64)) ** 2 for row in rows)
        reached += (drawn >= observed[:, None] * (1 - 1e-9)).sum(axis=1)
    blank = np.where(usable, 0.0, np.nan)
    return np.asarray(observed + blank, dtype=np.float64), (1 + reached) / (1 + flips) + blank
