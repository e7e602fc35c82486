"""The three ways to a tail probability against the exact count, or against a million flips."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import two_sided_tail
from twas.system.arrays import Float

#: Sets per comparison, and flips where no count is possible.
N_SETS, FLIPS = 300, 1_000_000
SHAPES = ("normal", "heavy tails", "one block outweighs", "equal", "multiples of a step")


def compared(n_sets: int = N_SETS) -> pd.DataFrame:
    """Ratios of the computed p to the exact one (24 blocks) and to flips (60 blocks)."""
    rng = np.random.default_rng(11)
    rows = []
    for shape in SHAPES:
        for n_blocks, reference in ((24, "exact count"), (60, "1,000,000 flips")):
            number = n_sets if n_blocks == 24 else 20
            c = _contributions(shape, n_blocks, number, rng)
            ragged = Ragged(c.ravel(), np.arange(number + 1) * n_blocks)
            computed = two_sided_tail(ragged, exact=0)
            truth = two_sided_tail(ragged) if n_blocks == 24 else _flipped(c, rng)
            usable = truth > (0 if n_blocks == 24 else 1e-4)
            ratio = (computed / np.where(truth > 0, truth, 1))[usable]
            low, middle, high = np.quantile(ratio, [0.01, 0.5, 0.99])
            smallest = float(truth[usable].min())
            rows.append((shape, n_blocks, reference, len(ratio), smallest, low, middle, high))
    names = ["kind", "blocks", "note", "n", "smallest_p", "low", "rate", "high"]
    return pd.DataFrame(rows, columns=names)


def _contributions(shape: str, n_blocks: int, n: int, rng: np.random.Generator) -> Float:
    c = rng.standard_normal((n, n_blocks))
    if shape == "heavy tails":
        c = rng.standard_t(2, (n, n_blocks))
    if shape == "one block outweighs":
        c[:, 0] = 3 * np.abs(c).sum(axis=1) / 2
    if shape == "equal":
        c = np.sign(c)
    if shape == "multiples of a step":
        c = np.sign(c) * rng.integers(1, 5, c.shape)
    # Drifts of all sizes, so that p runs from 1 to about 1e-5.
    drift = rng.uniform(0, 4 / np.sqrt(n_blocks), (n, 1))
    up = rng.random(c.shape) < 0.5 + drift / 2
    return np.asarray(np.where(up, np.abs(c), -np.abs(c)))


def _flipped(c: Float, rng: np.random.Generator) -> Float:
    size = np.abs(c)
    total = np.abs(c.sum(axis=1))
    beyond = np.zeros(len(c))
    for _ in range(100):
        signs = rng.choice(np.array([-1.0, 1.0]), (FLIPS // 100, c.shape[1]))
        beyond += (np.abs(signs @ size.T) >= total - 1e-9 * size.sum(axis=1)).sum(axis=0)
    return np.asarray(beyond / FLIPS)
