"""Why sets beside planted ones are claimed too often: LD with planted genes, or the centring?

The planted effects are taken out of z, as LD carries them into the genes of the other sets, or
everywhere; what remains of the false calls is counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.evidence import counting, ours, worlds
from benchmarks.evidence.replicates import Setting, generator, ground
from benchmarks.evidence.sets import Collection
from pathways.calls.vocabulary import ALPHA

#: World with the largest planted effects.
WORLD = "mixed, unequal"
MIN_BLOCKS = 10
#: Random stream of these replicates.
STREAM = 5
VARIANTS = ("as it is", "planted effects out of the other genes", "planted effects out of all")


def measured(setting: Setting, replicates: int) -> pd.DataFrame:
    """Rates of direction at 0.05, sets without planted effect, and the share of planted genes."""
    genome, collections = ground(setting)
    world = worlds.named(WORLD)
    inside = np.zeros(genome.n_genes, dtype=bool)
    for collection in collections:
        for k in np.flatnonzero(collection.planted):
            inside[collection.genes[k]] = True
    n_blocks = np.concatenate([_n_blocks(c) for c in collections])
    root_n = np.sqrt(np.array(world.n))[:, None, None]
    p: dict[str, list[np.ndarray]] = {name: [] for name in VARIANTS}
    null = []
    for number in range(replicates):
        rng = generator(world, number, STREAM)
        drawn = worlds.replicate(world, genome, collections, rng)
        carried = root_n * genome.seen(np.zeros((genome.n_variants, 2)), drawn.planted)
        taken_out = (0.0 * carried, np.where(inside, 0.0, carried), carried)
        null.append((np.concatenate(drawn.signs, axis=1) == 0) & (n_blocks >= MIN_BLOCKS))
        for name, out in zip(VARIANTS, taken_out, strict=True):
            study = ours.study_of(genome, world, drawn.z - out)
            found = ours.run(ours.pair(study), collections).p
            p[name].append(np.stack([found["direction A"], found["direction B"]]))
    counted = np.stack(null)
    rows = [
        (name, counting.rate(np.stack(values) < ALPHA, counted), float(inside.mean()))
        for name, values in p.items()
    ]
    return pd.DataFrame(rows, columns=["variant", "rate", "planted"])


def _n_blocks(collection: Collection) -> np.ndarray:
    owner, block = collection.members.owner, collection.members.block
    return np.array([len(np.unique(block[owner == k])) for k in range(len(collection))])
