"""Run the methods on the replicates of a world; arrays out.

A world's `Arrays` holds, first axis the replicate:

- ``truth`` (directions of each set in A and B), ``ours/<test>`` (p), ``ours/sign``,
  ``ours/call`` (number in `pathways.calls.vocabulary.WORDS`), ``ours/called`` (directions),
  ``ours/q <call>``, ``ours/bounds`` (opposite, concordant) and ``expected`` (the activities of A
  and B that they speak of);
- ``<peer>/p`` and ``<peer>/score``, middle axis A, B and ``(z_A - z_B) / sqrt(2)``;
  ``ActivePathways DPM/p``.

Peers may see the first replicates only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import models, ours, peers, sets, worlds
from benchmarks.evidence.gwas import Genome
from benchmarks.evidence.sets import Collection
from benchmarks.evidence.worlds import World
from pathways.calls.vocabulary import WORDS
from twas.study.tissues import combine, tissue_correlation
from twas.study.universe import Universe
from twas.system.arrays import Float

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Setting:
    """Where the genome is and how much of it.

    Attributes
    ----------
    chromosomes
        Whole chromosomes.
    cache
        Folder of the trained models.
    """

    chromosomes: tuple[str, ...]
    cache: Path


#: Bounds take longer than all other tests together: they are asked for in every tenth replicate.
BOUNDS_EVERY = 10


@cache
def ground(setting: Setting) -> tuple[Genome, list[Collection]]:
    """The genome and the gene sets, once per process."""
    genome = Genome.of(models.load(setting.chromosomes, setting.cache))
    return genome, sets.draw(genome.study)


def all_sets(collections: Sequence[Collection]) -> list[NDArray[np.int64]]:
    """Genes of all sets, collections one after the other."""
    return [genes for collection in collections for genes in collection.genes]


def generator(world: World, replicate: int, stream: int = 0) -> np.random.Generator:
    """Random numbers of one replicate of a world."""
    return np.random.default_rng([stream, worlds.WORLDS.index(world), replicate])


def run(
    setting: Setting,
    name: str,
    replicates: range,
    others: Sequence[str],
    *,
    ours_too: bool,
    robust: bool = True,
) -> Arrays:
    """Run some replicates: the peers named in `others`, and this project's tests."""
    genome, collections = ground(setting)
    world = worlds.named(name)
    tested = all_sets(collections)
    rows, signatures = [], []
    for number in replicates:
        drawn = worlds.replicate(world, genome, collections, generator(world, number))
        study = ours.study_of(genome, world, drawn.z)
        view = ours.pair(study)
        a, b = view.z
        signatures.append(np.stack([a, b, (a - b) / np.sqrt(2)]))
        row: Arrays = {}
        if ours_too:
            row = _ours(ours.run(view, collections, robust=robust))
            row["truth"] = np.concatenate(drawn.signs, axis=1)
            row["expected"] = _expected(genome, view, drawn, tested)
            row["ours/bounds"] = np.full((2, len(tested)), np.nan)
            if name in worlds.PLANTED and number % BOUNDS_EVERY == 0:
                found = [ours.bounds(view, collection) for collection in collections]
                row["ours/bounds"] = np.concatenate(found, axis=1)
            row |= _naive(drawn.z, view, tested)
        if peers.DPM in others:
            row[f"{peers.DPM}/p"] = peers.directional_merging(view.z, tested)
        rows.append(row)
    out: Arrays = {key: np.stack([row[key] for row in rows]) for key in rows[0]}
    stacked = np.concatenate(signatures)
    for peer in others:
        if peer in peers.PEERS:
            found = peers.PEERS[peer](stacked, tested)
            out[f"{peer}/p"] = found.p.reshape(len(replicates), 3, -1)
            out[f"{peer}/score"] = found.score.reshape(len(replicates), 3, -1)
    return out


#: Tissues and genes both as if independent.
NAIVE = "Stouffer, tissues and genes independent"


def _naive(z: Float, view: Universe, tested: Sequence[NDArray[np.int64]]) -> Arrays:
    """Stouffer over the tissues of a gene as if independent, then over genes."""
    n_models = np.isfinite(z).sum(axis=1)
    meta = (np.nansum(z, axis=1) / np.sqrt(np.maximum(n_models, 1)))[:, view.genes]
    found = peers.stouffer(np.stack([meta[0], meta[1], (meta[0] - meta[1]) / np.sqrt(2)]), tested)
    return {f"{NAIVE}/p": found.p, f"{NAIVE}/score": found.score}


def _expected(
    genome: Genome, view: Universe, drawn: worlds.Truth, tested: Sequence[NDArray[np.int64]]
) -> Float:
    """Mean effect of the members of each set as models see it, ``(2, n_sets)``."""
    seen = genome.seen(np.zeros((genome.n_variants, 2)), drawn.mean)
    correlation = tissue_correlation(drawn.z)
    combined = np.stack([combine(layer, correlation) for layer in seen])
    effect = combined - combined[:, view.genes].mean(axis=1, keepdims=True)
    inside = np.isin(np.arange(genome.n_genes), view.genes)
    return np.stack([effect[:, s[inside[s]]].mean(axis=1) for s in tested], axis=1)


def _ours(found: ours.Ours) -> Arrays:
    order = {word: number for number, word in enumerate(WORDS)}
    row: Arrays = {f"ours/{test}": p for test, p in found.p.items()}
    row |= {f"ours/q {call}": q for call, q in found.q.items()}
    row["ours/sign"] = np.stack([found.sign_a, found.sign_b])
    row["ours/called"] = np.stack([found.called_a, found.called_b])
    row["ours/call"] = np.array([order[word] for word in found.call], dtype=np.int8)
    return row
