"""Random families of sets, as the reference and the library take them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.pathways.calls import rule

N_CLASSES = len(rule.CLASSES)


@dataclass(frozen=True)
class Sets:
    """Sets on a small genome: members sorted by set, block and place."""

    effect: np.ndarray
    chrom: np.ndarray
    start: np.ndarray
    block: np.ndarray
    owner: np.ndarray
    position: np.ndarray
    role: np.ndarray

    @property
    def share(self):
        return self.role / np.bincount(self.owner)[self.owner]

    @property
    def entry(self):
        block = self.block[self.position]
        new = (np.diff(self.owner) != 0) | (np.diff(block) != 0)
        return np.concatenate([[0], np.cumsum(new)])

    @property
    def indptr(self):
        first = np.unique(self.entry, return_index=True)[1]
        lengths = np.bincount(self.owner[first])
        return np.concatenate([[0], np.cumsum(lengths)])

    def contributions(self):
        """c, shape (2, E), and w, shape (E,)."""
        c = np.stack([np.bincount(self.entry, self.share * e[self.position]) for e in self.effect])
        return c, np.bincount(self.entry, np.abs(self.share))


def draw(rng, n_sets, *, signal=0.0, correlation=0.0, shared_blocks=False):
    """Sets of 6 to 40 blocks on 60 blocks of neighbouring genes whose z go together."""
    n_blocks, per_block = 60, 8
    n = n_blocks * per_block
    block = np.repeat(np.arange(n_blocks), per_block)
    start = block % 20 * 3_000_000 + rng.integers(0, 1_200_000, n)
    start = np.sort(start.reshape(n_blocks, per_block), axis=1).ravel()
    mix = np.linalg.cholesky([[1, correlation], [correlation, 1 + 1e-9]])
    local = mix @ rng.standard_normal((2, n_blocks))
    z = mix @ rng.standard_normal((2, n)) + 0.7 * local[:, block]
    owner, position, role = [], [], []
    for k in range(n_sets):
        chosen = rng.choice(n_blocks, rng.integers(6, 41), replace=False)
        genes = np.sort(
            np.concatenate(
                [
                    b * per_block + rng.choice(per_block, rng.integers(1, 4), replace=False)
                    for b in chosen
                ]
            )
        )
        signs = rng.choice([1.0, 1.0, -1.0], len(genes))
        z[:, genes] += signal * rng.choice([-1, 0, 1], 2)[:, None] * signs
        owner.append(np.full(len(genes), k))
        position.append(genes)
        role.append(signs)
    effect = z - z.mean(axis=1, keepdims=True)
    return Sets(effect, block // 20, start, block, *map(np.concatenate, (owner, position, role)))


def reference_predicted(sets):
    """The variance of each contribution by the reference, from all pairs of genes."""
    far = np.abs(sets.start[:, None] - sets.start)
    kind = np.where(sets.chrom[:, None] == sets.chrom, np.searchsorted(rule.CLASSES, far), 99)
    np.fill_diagonal(kind, 99)
    n_entries = sets.entry[-1] + 1
    pairs = np.zeros((n_entries, N_CLASSES))
    for e in range(n_entries):
        here = np.flatnonzero(sets.entry == e)
        share, at = sets.share[here], sets.position[here]
        for k in range(N_CLASSES):
            pairs[e, k] = share @ (kind[np.ix_(at, at)] == k) @ share
    out = []
    for effect in sets.effect:
        y = (effect - effect.mean()) / effect.std()
        means = [np.outer(y, y)[kind == k] for k in range(N_CLASSES)]
        correlogram = np.array([m.mean() if m.size else 0.0 for m in means])
        alone = np.bincount(sets.entry, sets.share**2)
        out.append(rule.predicted_variance(effect.var(), alone, pairs, correlogram))
    return np.array(out)
