"""From the contributions of a pair in one scope to the sets among which calls are made.

A set is a candidate if it has six blocks or more (some outcome could have reached alpha) and some
signal in both traits. All others are in no count and in no prior. A family of fewer than `SMALL`
candidates takes its prior from copies of its sets moved along the genome; where even these give
none the exact sign-flip p stands in the place of the moderated one.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from pathways.calls.directional import Candidates, flips_together
from pathways.calls.moderation import (
    Field,
    OwnVariance,
    Prior,
    moderate,
    own_variance,
    robust_prior,
)
from pathways.nulls.signflip import SignFlip
from pathways.statistics.contributions import Contributions
from twas.study.universe import Universe
from twas.system.arrays import Bool, Float, Int

#: Families below this size take the prior from copies.
SMALL = 20
#: Genes by which the copies are moved, modulo the number of genes: primes or nearly, unrelated to
#: each other and to the size of gene clusters.
SHIFTS = (311, 702, 1103, 1507, 1911, 2303, 2709, 3101)
#: Blocks from which the smallest two-sided p, 2^(1-B), is below 0.05.
MIN_BLOCKS = 6
#: What of the largest contribution is no signal but the rounding of none.
NOISE = 1e-12


@dataclass(frozen=True)
class Runs:
    """Block contributions of some sets, none of them empty.

    Attributes
    ----------
    c
        Shape ``(2, nnz)``.
    w
        Share of the members in each block, shape ``(nnz,)``.
    predicted
        Variance of `c` by the genome, shape ``(2, nnz)``.
    indptr
        Shape ``(n_sets + 1,)``.
    far
        Sets that hold a gene too far out for the field, shape ``(n_sets,)``.
    """

    c: Float
    w: Float
    predicted: Float
    indptr: Int
    far: Bool

    @property
    def n_blocks(self) -> Int:
        """Blocks of each set."""
        return np.diff(self.indptr)

    @property
    def own(self) -> OwnVariance:
        """Own variance of each set; all must have two blocks or more."""
        return own_variance(self.c, self.w, self.indptr, self.predicted)

    def possible(self) -> Bool:
        """Sets that are candidates."""
        owner = np.repeat(np.arange(len(self.n_blocks)), self.n_blocks)
        size = np.abs(self.c)
        signal = np.stack([np.bincount(owner, row, len(self.n_blocks)) for row in size])
        some = signal > NOISE * size.max(initial=0.0)
        return np.asarray((self.n_blocks >= MIN_BLOCKS) & some.all(axis=0))

    def take(self, sets: Bool) -> Runs:
        """Some of the sets."""
        if sets.all():
            return self
        keep = np.repeat(sets, self.n_blocks)
        indptr = np.concatenate([[0], np.cumsum(self.n_blocks[sets])])
        return Runs(self.c[:, keep], self.w[keep], self.predicted[:, keep], indptr, self.far[sets])


_FIELDS: WeakKeyDictionary[Universe, Field] = WeakKeyDictionary()


def field_of(universe: Universe) -> Field:
    """The field of a pair, made once for all collections that are tested in it."""
    if universe not in _FIELDS:
        _FIELDS[universe] = Field.of(universe.effect, universe.chrom, universe.start)
    return _FIELDS[universe]


def runs(field: Field, universe: Universe, contributions: Contributions) -> Runs:
    """Contributions of sets with the variances that the genome predicts."""
    signed = contributions.signed
    share = signed.role / signed.n_members[signed.owner]
    at = signed.position
    predicted = field.predicted(signed.entry, share, universe.chrom[at], universe.start[at])
    far = np.bincount(signed.owner, ~field.common[at], signed.n_sets) > 0
    return Runs(contributions.values, contributions.weights, predicted, signed.indptr, far)


def copies(field: Field, universe: Universe, contributions: Contributions, sets: Bool) -> Runs:
    """Some of the sets, each moved along the genome by every one of `SHIFTS`."""
    signed = contributions.signed
    use = sets[signed.owner]
    n_copies, n_genes = len(SHIFTS), len(universe.genes)
    position = np.concatenate([(signed.position[use] + shift) % n_genes for shift in SHIFTS])
    number = np.repeat(np.arange(n_copies), use.sum())
    owner = np.tile(signed.owner[use], n_copies) + number * signed.n_sets
    share = np.tile(signed.role[use] / signed.n_members[signed.owner[use]], n_copies)
    block = universe.block[position]
    order = np.lexsort((position, block, owner))
    owner, position, block = owner[order], position[order], block[order]
    share = np.asarray(share[order], dtype=np.float64)
    first = np.ones(len(owner), dtype=bool)
    first[1:] = (np.diff(owner) != 0) | (np.diff(block) != 0)
    entry = np.cumsum(first) - 1
    _, lengths = np.unique(owner[first], return_counts=True)
    _, place = np.unique(owner, return_inverse=True)
    chrom, start = universe.chrom[position], universe.start[position]
    return Runs(
        c=np.stack([np.bincount(entry, share * effect[position]) for effect in universe.effect]),
        w=np.bincount(entry, np.abs(share)).astype(np.float64),
        predicted=field.predicted(entry, share, chrom, start),
        indptr=np.concatenate([[0], np.cumsum(lengths)]),
        far=np.bincount(place, ~field.common[position]) > 0,
    )


@dataclass(frozen=True)
class PairCandidates:
    """The candidates of one pair and scope, and what moderates them.

    Attributes
    ----------
    possible
        Which of the sets are candidates, shape ``(n_sets,)``.
    sets
        These, shape ``(possible.sum(),)``.
    field
        Variance and correlogram of both traits, from the whole genome.
    priors
        One per trait; None where they cannot be fitted.
    """

    possible: Bool
    sets: Candidates
    field: Field
    priors: tuple[Prior, ...] | None

    @classmethod
    def of(
        cls, universe: Universe, contributions: Contributions, a: SignFlip, b: SignFlip
    ) -> PairCandidates:
        """Make candidates of the sets of a pair, with a prior from them or from their copies.

        Parameters
        ----------
        universe
            The pair in one scope.
        contributions
            Of the sets.
        a, b
            Exact tests of both traits, which stand in where there is no prior.
        """
        field = field_of(universe)
        every = runs(field, universe, contributions)
        possible = every.possible()
        mine = every.take(possible)
        own = mine.own
        sample, far = own, mine.far
        if possible.sum() < SMALL:
            moved = copies(field, universe, contributions, possible)
            moved = moved.take(moved.possible())
            sample, far = moved.own, moved.far
        priors = _priors(sample, ~far if (~far).sum() >= SMALL else np.ones_like(far))
        return cls(possible, _candidates(mine, own, priors, possible, (a, b)), field, priors)

    def like(
        self, universe: Universe, contributions: Contributions, a: SignFlip, b: SignFlip
    ) -> PairCandidates:
        """Make candidates of other sets by the same field and priors."""
        every = runs(self.field, universe, contributions)
        possible = every.possible()
        mine = every.take(possible)
        sets = _candidates(mine, mine.own, self.priors, possible, (a, b))
        return PairCandidates(possible, sets, self.field, self.priors)


def _priors(sample: OwnVariance, shaping: Bool) -> tuple[Prior, ...] | None:
    """The prior of each trait from some sets; None where one of them has none."""
    found = [
        robust_prior(ratio[shaping], df[shaping])
        for ratio, df in zip(sample.ratio, sample.df, strict=True)
    ]
    known = tuple(prior for prior in found if prior is not None)
    return known if len(known) == len(found) else None


def _candidates(
    mine: Runs,
    own: OwnVariance,
    priors: tuple[Prior, ...] | None,
    possible: Bool,
    tests: tuple[SignFlip, SignFlip],
) -> Candidates:
    spread, correlation = flips_together(mine.c, mine.indptr)
    if priors is None:
        up, down = (np.stack([getattr(t, n)[possible] for t in tests]) for n in ("p_up", "p_down"))
        return Candidates.exact(up, down, correlation)
    activity = np.stack([test.statistic[possible] for test in tests])
    found = moderate(activity, own, priors)
    return Candidates.moderated(found, spread, correlation, mine.n_blocks)
