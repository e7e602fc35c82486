"""Runs of unequal length in one flat array: the block contributions of many sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twas.system.arrays import Float, Int


@dataclass(frozen=True)
class Ragged:
    """Flat `values`, of which set ``k`` owns ``values[indptr[k]:indptr[k + 1]]``.

    Attributes
    ----------
    values
        Shape ``(nnz,)``.
    indptr
        Shape ``(n_sets + 1,)``, non-decreasing, from 0 to nnz.
    """

    values: Float
    indptr: Int

    @classmethod
    def joined(cls, parts: Sequence[Ragged]) -> Ragged:
        """The runs of several, one after the other."""
        starts = np.cumsum([0, *(part.indptr[-1] for part in parts)])
        runs = [part.indptr[1:] + start for part, start in zip(parts, starts[:-1], strict=True)]
        indptr = np.concatenate([[0], *runs]).astype(np.int64)
        return cls(np.concatenate([part.values for part in parts]), indptr)

    @property
    def n_sets(self) -> int:
        """Number of runs."""
        return len(self.indptr) - 1

    @property
    def lengths(self) -> Int:
        """Length of each run."""
        return np.diff(self.indptr)

    def owners(self) -> Int:
        """The set to which each value belongs, shape ``(nnz,)``."""
        return np.repeat(np.arange(self.n_sets), self.lengths)

    def run(self, k: int | np.integer) -> Float:
        """The values of set `k`."""
        return self.values[self.indptr[k] : self.indptr[k + 1]]

    def replace(self, values: Float) -> Ragged:
        """The same runs with other values."""
        return Ragged(values, self.indptr)

    def sums(self) -> Float:
        """Sum of each run (0 where it is empty)."""
        total = np.bincount(self.owners(), weights=self.values, minlength=self.n_sets)
        return total.astype(np.float64)

    def maxima(self, values: Float) -> Float:
        """Largest of `values` in each run (-inf where it is empty)."""
        out = np.full(self.n_sets, -np.inf)
        np.maximum.at(out, self.owners(), values)
        return out

    def in_units(self) -> Ragged:
        """Each run in a unit in which its largest is 1/2 to 1, so that its powers are numbers.

        The units are powers of two: no digit changes.
        """
        _, power = np.frexp(self.maxima(np.abs(self.values)))
        return self.replace(np.ldexp(self.values, -np.repeat(power, self.lengths)))

    def take(self, sets: Int) -> Ragged:
        """The runs of the given sets, in that order."""
        lengths = self.lengths[sets]
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(indptr[-1]) - np.repeat(indptr[:-1], lengths)
        return Ragged(self.values[np.repeat(self.indptr[:-1][sets], lengths) + within], indptr)

    def matrix(self, sets: Int) -> Float:
        """The runs of `sets`, as shape ``(len(sets), length)``; all must be of one length."""
        length = int(self.indptr[sets[0] + 1] - self.indptr[sets[0]]) if len(sets) else 0
        return np.asarray(self.values[self.indptr[sets][:, None] + np.arange(length)])

    def part(self, sets: slice) -> Ragged:
        """The runs of consecutive sets, which share the memory of their values."""
        start, stop, _ = sets.indices(self.n_sets)
        indptr = self.indptr[start : stop + 1]
        return Ragged(self.values[indptr[0] : indptr[-1]], indptr - indptr[0])

    def chunks(self, size: int) -> Iterator[slice]:
        """Consecutive sets whose runs together hold about `size` values."""
        start = 0
        while start < self.n_sets:
            stop = int(np.searchsorted(self.indptr, self.indptr[start] + size, side="right")) - 1
            stop = min(max(stop, start + 1), self.n_sets)
            yield slice(start, stop)
            start = stop
