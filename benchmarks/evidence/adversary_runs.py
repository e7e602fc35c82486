"""Runs of the worlds made against the call: false discoveries per family size, worst shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.evidence import adversaries, counting, ours, replicates, worlds
from benchmarks.evidence.adversaries import Adversary
from benchmarks.evidence.replicates import Setting
from pathways.calls.candidates import PairCandidates
from pathways.calls.decision import GUARD
from pathways.calls.directional import DirectionalCall, Family
from pathways.calls.vocabulary import ALPHA
from pathways.nulls.signflip import sign_flip
from pathways.statistics.contributions import Members, contributions
from twas.study.universe import Universe
from twas.system.arrays import Bool

#: The largest families are run in every so many-th replicate.
LARGE, EVERY = 1_000, 10
#: Random stream of these replicates.
STREAM = 11
METHODS = ("ours", "without joint flips", "without the guard")
#: Replicates in which the last two are run beside the first.
COMPARED = 200


@dataclass(frozen=True)
class Made:
    """Directional calls of one family by each of `METHODS`, and the product of directions."""

    called: tuple[Bool, ...]
    signs: NDArray[np.int64]


def call(view: Universe, members: Members, *, compared: bool = True) -> Made:
    """Call one family, by the first method alone unless `compared`."""
    parts = contributions(view, members)
    a, b = (sign_flip(parts.trait(row)) for row in (0, 1))
    found = PairCandidates.of(view, parts, a, b)
    best = Family(found.sets).call().at(found.possible)
    guard = np.maximum(a.p, b.p) <= GUARD
    passed = [_called(best) & guard]
    if compared:
        alone = replace(found.sets, correlation=np.zeros_like(found.sets.correlation))
        blind = Family(alone).call().at(found.possible)
        passed += [_called(blind) & guard, _called(best)]
    return Made(tuple(passed), np.stack([best.sign_a, best.sign_b]))


def _called(found: DirectionalCall) -> Bool:
    return np.asarray(found.q <= ALPHA)


def run(setting: Setting, world: Adversary, numbers: range) -> pd.DataFrame:
    """False and all calls, and how many of the true sets were called, of every family."""
    genome, _ = replicates.ground(setting)
    drawn = _drawn(setting)
    every = (*adversaries.ADVERSARIES, *adversaries.HELD_OUT)
    rows = []
    for number in numbers:
        rng = np.random.default_rng([STREAM, every.index(world), number])
        z, directions = adversaries.replicate(world, genome, drawn, rng)
        study = ours.study_of(genome, worlds.World("", "", n=world.n, overlap=world.overlap), z)
        view = ours.pair(study)
        sizes = [size for size in adversaries.FAMILIES if size < LARGE or number % EVERY == 0]
        for size, pools, members in _families(setting, world, sizes):
            truth = np.array([directions.get(str(pool), (0, 0)) for pool in pools]).T
            made = call(view, members, compared=number < COMPARED)
            right = (made.signs == truth).all(axis=0)
            true = (truth != 0).all(axis=0)
            for method, called in zip(METHODS, made.called, strict=False):
                counted = (called & ~right, called, called & right & true, true)
                rows.append((size, number, method, *(int(x.sum()) for x in counted)))
    names = ["size", "replicate", "method", "false", "called", "found", "true"]
    return pd.DataFrame(rows, columns=names).assign(world=world.name)


@cache
def _drawn(setting: Setting) -> adversaries.Sets:
    return adversaries.Sets.draw(replicates.ground(setting)[0].study)


_KEPT: dict[str, list[tuple[int, NDArray[np.str_], Members]]] = {}


def _families(
    setting: Setting, world: Adversary, sizes: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.str_], Members]]:
    """The families of a world, made once per process."""
    genome, _ = replicates.ground(setting)
    if world.name not in _KEPT:
        drawn = _drawn(setting)
        _KEPT[world.name] = adversaries.families(
            world, genome.study, drawn, list(adversaries.FAMILIES)
        )
    return (family for family in _KEPT[world.name] if family[0] in sizes)


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """FDR per world, family size and method with its interval over replicates, and power."""
    rows = []
    for (world, method, size), part in table.groupby(["world", "method", "size"], sort=False):
        share = part["false"] / part["called"].clip(lower=1)
        by_replicate = share.groupby(part["replicate"]).mean().to_numpy()
        rate = counting.mean(by_replicate)
        power = part["found"].sum() / part["true"].sum() if part["true"].sum() else np.nan
        some = float((part["called"] > 0).mean())
        rows.append(
            (world, method, size, len(by_replicate), rate.rate, rate.low, rate.high, some, power)
        )
    names = ["world", "method", "size", "replicates", "FDR", "low", "high", "calls", "power"]
    return pd.DataFrame(rows, columns=names)
