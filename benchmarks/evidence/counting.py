"""Rates with intervals that know that the sets of a replicate are not independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from twas.system.arrays import Bool, Float

#: Two-sided level of the intervals.
LEVEL = 0.05


@dataclass(frozen=True)
class Rate:
    """Hits of trials, or a mean of shares, with a 95 % interval.

    Attributes
    ----------
    n, hits
        Trials and hits.
    low, high
        Clopper-Pearson interval of the effective number of trials.
    effective
        Trials divided by the design effect: the variance between replicates over the binomial
        one, at least 1.
    rate
        Share of hits, NaN without trials; or the mean.
    """

    n: int
    hits: int
    low: float
    high: float
    effective: float
    rate: float


def rate(hit: Bool, counted: Bool) -> Rate:
    """Rate of `hit` where `counted`, both ``(n_replicates, ...)``."""
    flat = counted.reshape(len(counted), -1)
    trials = flat.sum(axis=1).astype(np.float64)
    hits = (hit.reshape(len(hit), -1) & flat).sum(axis=1).astype(np.float64)
    n, k = trials.sum(), hits.sum()
    if n == 0:
        return Rate(0, 0, float("nan"), float("nan"), 0.0, float("nan"))
    p, effect = k / n, 1.0
    if 0 < p < 1 and len(trials) > 2:
        between = np.square(hits - p * trials).sum() * len(trials) / (len(trials) - 1)
        effect = max(1.0, float(between / (n * p * (1 - p))))
    low, high = clopper_pearson(k / effect, n / effect)
    return Rate(int(n), int(k), low, high, float(n / effect), float(p))


def mean(shares: Float) -> Rate:
    """Mean of one share per family, with a normal interval."""
    value, error = float(shares.mean()), float(shares.std(ddof=1) / np.sqrt(len(shares)))
    low, high = max(0.0, value - 1.96 * error), value + 1.96 * error
    return Rate(len(shares), 0, low, high, len(shares), value)


def clopper_pearson(hits: float, n: float) -> tuple[float, float]:
    """Exact binomial interval; hits and trials need not be whole."""
    low = float(beta.ppf(LEVEL / 2, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - LEVEL / 2, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def threshold(p: Float, counted: Bool, level: float) -> float:
    """The largest value that at most a share `level` of the counted p are at or below."""
    values = np.sort(p[counted])
    allowed = int(np.floor(level * len(values)))
    # Ties at the threshold would let more in than allowed: step below them.
    if allowed == 0:
        return -1.0
    at = values[allowed - 1]
    if allowed < len(values) and values[allowed] == at:
        below = values[values < at]
        return float(below[-1]) if len(below) else -1.0
    return float(at)
