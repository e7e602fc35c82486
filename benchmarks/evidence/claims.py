"""From the arrays of a world to claims: which method says what of which set, at which p."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import peers
from benchmarks.evidence.replicates import NAIVE, Arrays
from benchmarks.evidence.sets import Collection
from benchmarks.evidence.worlds import World
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.calls.vocabulary import ALPHA, WORDS
from twas.system.arrays import Bool, Float

OURS = "ours"
ROBUST = "ours, robust score"
#: Our p of each trait, called by the Benjamini-Hochberg q of the larger of both.
BOTH = "ours, q_both"
#: The directional call without what correlated traits need beside it.
ADAFILTER = "AdaFilter alone"
ONE_ONLY = "significant in one only"
SIGNED = (NAIVE, *peers.PEERS)
#: Blocks below which no two-sided p can reach 0.05.
MIN_BLOCKS = 6
#: Ties of a permutation p are broken by the score within this much.
TIE = 1e-4


@dataclass(frozen=True)
class Layout:
    """Which set is what, over all collections: kind, blocks, planted, shape ``(n_sets,)``."""

    kind: NDArray[np.str_]
    n_blocks: NDArray[np.int64]
    planted: Bool

    @classmethod
    def of(cls, collections: list[Collection]) -> Layout:
        """Read it from the collections."""
        kinds, blocks = [], []
        for collection in collections:
            owner, block = collection.members.owner, collection.members.block
            kinds += [collection.kind] * len(collection)
            blocks += [len(np.unique(block[owner == k])) for k in range(len(collection))]
        planted = np.concatenate([collection.planted for collection in collections])
        return cls(np.array(kinds), np.array(blocks), planted)

    def groups(self, method: str = OURS) -> dict[str, Bool]:
        """Groups of sets whose rates are reported: for peers all sets only."""
        out = {"all": np.ones(len(self.kind), dtype=bool)}
        if method != OURS:
            return out
        out["10 blocks or more"] = self.n_blocks >= 10
        out["6-9 blocks"] = (self.n_blocks >= 6) & (self.n_blocks < 10)
        for kind in dict.fromkeys(self.kind):
            out[str(kind)] = self.kind == kind
        return out


def null_sets(world: World, truth: NDArray[np.int8], question: str) -> Bool:
    """Sets of which a claim is false, ``(n_replicates, n_sets)`` (direction: A and B in turn)."""
    if question == "direction":
        return np.concatenate([truth[:, 0] == 0, truth[:, 1] == 0])
    if question == "opposite":
        return truth[:, 0] * truth[:, 1] >= 0
    return np.asarray(world.difference | (truth == 0).all(axis=1))


def p_values(arrays: Arrays, method: str, question: str) -> Float | None:
    """P of a claim; None where the method has no answer to the question."""
    if method == ROBUST and "ours/robust opposite" not in arrays:
        return None
    if method in (OURS, ROBUST):
        return _ours(arrays, question, "robust " if method == ROBUST else "")
    if method in (BOTH, ADAFILTER):
        return None
    if method == ONE_ONLY:
        return _one_only(arrays) if question == "opposite" else None
    if f"{method}/p" not in arrays:
        return None
    if method == peers.DPM:
        return np.asarray(arrays[f"{method}/p"]) if question == "opposite" else None
    p, score = np.asarray(arrays[f"{method}/p"]), np.asarray(arrays[f"{method}/score"])
    if question == "direction":
        return np.concatenate([p[:, 0], p[:, 1]])
    if question == "difference":
        return np.asarray(p[:, 2])
    apart = score[:, 0] * score[:, 1] < 0
    return np.asarray(np.where(apart, np.maximum(p[:, 0], p[:, 1]), 1.0))


def _ours(arrays: Arrays, question: str, score: str = "") -> Float:
    if question == "direction":
        both = [np.asarray(arrays[f"ours/{score}direction {trait}"]) for trait in "AB"]
        return np.asarray(np.nan_to_num(np.concatenate(both), nan=1.0))
    p = np.asarray(arrays[f"ours/{score}{question}"], dtype=np.float64)
    return np.asarray(np.nan_to_num(p, nan=1.0))


def _one_only(arrays: Arrays) -> Float:
    """0 where our p is below 0.05 in one trait and not in the other, else 1."""
    a, b = (np.asarray(arrays[f"ours/direction {trait}"]) < ALPHA for trait in "AB")
    return np.asarray(np.where(a != b, 0.0, 1.0))


def ranks(arrays: Arrays, method: str, question: str) -> Float | None:
    """As `p_values`, ties of permutations broken by the score, for power at equal false calls."""
    p = p_values(arrays, method, question)
    if p is None or f"{method}/score" not in arrays or question == "direction":
        return p
    score = np.abs(np.asarray(arrays[f"{method}/score"]))
    size = score[:, 2] if question == "difference" else score[:, :2].min(axis=1)
    return np.asarray(np.where(p < 1, p - TIE * size / (1 + size), p))


def called(arrays: Arrays, method: str, layout: Layout) -> NDArray[np.int8] | None:
    """Directional calls at FDR 0.05, ``(n_replicates, 2, n_sets)``: directions, 0 no call.

    Ours is the call; of a peer (and of `BOTH`) both traits must have a Benjamini-Hochberg q up to
    0.05 in the collection.
    """
    if method == BOTH:
        return _both(arrays, layout)
    if method == ADAFILTER:
        made = np.asarray(arrays["ours/adafilter"]) <= ALPHA
        return np.asarray(arrays["ours/called"] * made[:, None], dtype=np.int8)
    if method == OURS:
        call = np.asarray(arrays["ours/call"])
        made = (call == WORDS.index("opposite")) | (call == WORDS.index("concordant"))
        return np.asarray(arrays["ours/called"] * made[:, None], dtype=np.int8)
    if f"{method}/score" not in arrays:
        return None
    p, score = np.asarray(arrays[f"{method}/p"]), np.asarray(arrays[f"{method}/score"])
    made = np.asarray((_q(p[:, :2], layout) <= ALPHA).all(axis=1))
    return np.asarray(np.sign(score[:, :2]) * made[:, None], dtype=np.int8)


def _both(arrays: Arrays, layout: Layout) -> NDArray[np.int8]:
    first, second = (np.asarray(arrays[f"ours/direction {trait}"]) for trait in "AB")
    p: Float = np.maximum(first, second)
    testable = np.where(layout.n_blocks >= MIN_BLOCKS, p, np.nan)
    made = np.asarray(_q(np.asarray(testable), layout) <= ALPHA)[:, None]
    return np.asarray(np.asarray(arrays["ours/sign"]) * made, dtype=np.int8)


def _q(p: Float, layout: Layout) -> Float:
    """Benjamini-Hochberg within each collection, last axis the sets; NaN is not tested."""
    q = np.full(p.shape, np.nan)
    for kind in np.unique(layout.kind):
        here = np.flatnonzero(layout.kind == kind)
        for index in np.ndindex(p.shape[:-1]):
            q[(*index, here)] = benjamini_hochberg(p[(*index, here)].astype(np.float64))
    return q
