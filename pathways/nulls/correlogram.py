"""Correlation of a gene score by distance, and what it makes of a set's place.

``r = sqrt(w' G(own places) w / mean over s of w' G(rotated places) w)``, the sd of a weighted sum
over a set's members where they are, over its sd along the rotations of the set by genes; ``G``
holds the correlation of the score as a function of distance in bases, 0 between chromosomes,
estimated from all pairs of genes within 2 Mb.

In a simulated field of correlation ``0.75 exp(-d / 300 kb)`` on real positions the rotation test
at 0.05 rejects for single tandem clusters in 0.10 to 0.16 without ``r`` (in 0.03 for mixtures of
clusters and members in gene deserts), and in 0.045 to 0.060 with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways.nulls.rotation import Places
from twas.system.arrays import Float, Int

#: Upper ends of the distance classes of the correlation, in bases; beyond the last it is 0.
DISTANCES = np.array([1, 2.5, 5, 10, 20, 30, 50, 75, 100, 150, 200]) * 1e4


@dataclass(frozen=True)
class Correlogram:
    """How the score of two genes correlates.

    Attributes
    ----------
    by_distance
        Correlation in each class of `DISTANCES`, shape ``(n_classes + 1,)``; the last is 0, the
        class of pairs beyond the last distance or on different chromosomes.
    by_lag
        Mean of `by_distance` over all pairs of genes ``lag`` places apart, shape
        ``(max_lag + 1,)``; ``by_lag[0]`` is 1.
    """

    by_distance: Float
    by_lag: Float


def correlogram(score: Float, chrom: Int, start: Int) -> Correlogram:
    """Estimate the correlation of a score by distance.

    Parameters
    ----------
    score, chrom, start
        Score, chromosome code and start of each gene in genomic order, shape ``(n,)``.
    """
    by_distance, shares = _by_distance(score[None], chrom, start)
    return Correlogram(
        by_distance[0], np.array([1.0, *(share @ by_distance[0] for share in shares)])
    )


def correlations(scores: Float, chrom: Int, start: Int) -> Float:
    """Correlation of each of k scores by distance, as `Correlogram.by_distance`.

    Parameters
    ----------
    scores
        Shape ``(k, n)``, none of them constant.
    chrom, start
        As in `correlogram`.

    Returns
    -------
    ndarray
        Shape ``(k, n_classes + 1)``, in [0, 1].
    """
    out = np.zeros((len(scores), len(DISTANCES) + 1))
    if not scores.size:
        return out
    y = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    n, far = y.shape[1], int(DISTANCES[-1])
    # Starts end to end, the chromosomes too far apart to be near each other.
    change = np.flatnonzero(np.diff(chrom)) + 1
    length = np.maximum.reduceat(start, np.concatenate([[0], change])) + far + 1
    offset = np.repeat(
        np.concatenate([[0], np.cumsum(length)[:-1]]), np.diff([0, *change.tolist(), n])
    )
    place = start + offset
    # Genes up to each distance behind a gene are a run: its sum is a difference of running sums.
    ends = np.stack([np.searchsorted(place, place + int(d), side="right") for d in DISTANCES])
    running = np.concatenate([np.zeros((len(y), 1)), np.cumsum(y, axis=1)], axis=1)
    after = running[:, 1:]
    upto = np.stack([((running[:, e] - after) * y).sum(axis=1) for e in ends], axis=1)
    pairs = np.diff((ends - np.arange(1, n + 1)).sum(axis=1), prepend=0)
    total = np.diff(upto, prepend=0.0, axis=1)
    out[:, :-1] = np.clip(total / np.maximum(pairs, 1), 0.0, 1.0)
    return out


def _by_distance(scores: Float, chrom: Int, start: Int) -> tuple[Float, list[Float]]:
    """Correlations, and for each lag the share of pairs in each class."""
    y = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    n_classes, n = len(DISTANCES), y.shape[1]
    total, pairs = np.zeros((len(y), n_classes + 1)), np.zeros(n_classes + 1)
    shares = []
    first = np.arange(n)
    for lag in range(1, n):
        # Genes too far apart at one lag are so at every longer one.
        first = first[first < n - lag]
        second = first + lag
        kind = _distance_class(chrom[first], start[first], chrom[second], start[second])
        near = kind < n_classes
        first, second, kind = first[near], second[near], kind[near]
        if not first.size:
            break
        count = np.bincount(kind, minlength=n_classes + 1)
        for row, score in zip(total, y, strict=True):
            row += np.bincount(kind, score[first] * score[second], n_classes + 1)
        pairs += count
        shares.append(count / (n - lag))
    by_distance = np.clip(total / np.maximum(pairs, 1), 0.0, 1.0)
    by_distance[:, -1] = 0.0
    return by_distance, shares


def _distance_class(chrom_a: Int, start_a: Int, chrom_b: Int, start_b: Int) -> Int:
    kind = np.searchsorted(DISTANCES, np.abs(start_b - start_a))
    return np.where(chrom_a == chrom_b, kind, len(DISTANCES))


def spread(places: Places, field: Correlogram, chrom: Int, start: Int) -> Float:
    """Ratio of the sd of each set's sum at its own places to the sd over its rotations.

    Parameters
    ----------
    places
        The sets.
    field
        Correlation of the score, from `correlogram` on the same genes.
    chrom, start
        Chromosome code and start of each gene in genomic order, shape ``(n,)``.

    Returns
    -------
    ndarray
        Shape ``(n_sets,)``, positive; 1 for a set without members.
    """
    own = places.total(places.weight**2)
    rotated = own.copy()
    owner, at, w = places.owner, places.position, places.weight
    for step in range(1, len(owner)):
        gap = at[step:] - at[:-step]
        near = np.flatnonzero((owner[step:] == owner[:-step]) & (gap < len(field.by_lag)))
        if not near.size:
            break
        a, b = at[near], at[near + step]
        both = 2 * w[near] * w[near + step]
        kind = _distance_class(chrom[a], start[a], chrom[b], start[b])
        for out, r in ((own, field.by_distance[kind]), (rotated, field.by_lag[gap[near]])):
            out += np.bincount(owner[near], weights=both * r, minlength=places.n_sets)
    return np.where(rotated > 0, np.sqrt(own / np.where(rotated > 0, rotated, 1.0)), 1.0)
