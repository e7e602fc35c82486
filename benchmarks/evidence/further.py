"""Calls of the further tests where nothing is there: magnitude, heterogeneity, discordance.

Each kind of set is a family; a family with any set at Benjamini-Hochberg q up to 0.05 is false.
`discordant` is called here with an overlap of samples that is not the true one, on traits of
opposite genetic correlation, and on a trait and its own flip: it must rest on none of these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.evidence import ours, worlds
from benchmarks.evidence.replicates import Arrays, Setting, ground
from benchmarks.evidence.worlds import OVERLAP, World
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.calls.pair import PairResult
from pathways.calls.vocabulary import ALPHA
from pathways.statistics.contrasts import heterogeneity
from pathways.statistics.contributions import contributions
from pathways.statistics.magnitude import magnitude
from twas import Study
from twas.study.universe import Universe
from twas.system.arrays import Float

#: Random stream of these replicates.
STREAM = 13
#: Joint flips of the heterogeneity test.
FLIPS = 4_000


@dataclass(frozen=True)
class Null:
    """A world without the thing that is tested.

    Attributes
    ----------
    name
        What it is called on the page.
    world
        What is true.
    given
        Overlap of samples that the study says.
    flipped
        Whether the second trait is the first with all signs turned.
    tests
        Names of the tests that have a null here.
    """

    name: str
    world: World
    given: float
    flipped: bool = False
    tests: tuple[str, ...] = ("discordant",)


_ALL = ("discordant", "unequal", "magnitude", "heterogeneity")
NULLS = (
    Null("no effects", World("", "", rms=0.0), 0.0, tests=_ALL),
    Null("genetic correlation 0.64", World("", ""), 0.0, tests=_ALL),
    Null("the same pathways", World("", "", pattern="same"), 0.0,
         tests=("discordant", "unequal", "heterogeneity")),
    Null("overlap 0.3 given, none true", World("", "", rms=0.0), OVERLAP),
    Null("overlap 0.3 given, none true, correlation 0.64", World("", ""), OVERLAP),
    Null("overlap 0.3 true, none given", World("", "", overlap=OVERLAP), 0.0),
    Null("correlation -0.64", World("", "", rg=-0.64), 0.0),
    Null("correlation -0.64, overlap 0.3 given", World("", "", rg=-0.64), OVERLAP),
    Null("a trait and its own flip", World("", ""), 0.0, flipped=True),
)  # fmt: skip


def run(setting: Setting, null: Null, numbers: range) -> Arrays:
    """Whether each family calls something: test → shape ``(n_replicates, n_collections)``."""
    genome, collections = ground(setting)
    found: dict[str, list[list[bool]]] = {test: [] for test in null.tests}
    for number in numbers:
        rng = np.random.default_rng([STREAM, NULLS.index(null), number])
        z = worlds.replicate(null.world, genome, collections, rng).z
        if null.flipped:
            z[1] = -z[0]
        study = ours.study_of(genome, replace(null.world, overlap=null.given), z)
        view = ours.pair(study)
        alone = study.universe(("A",))
        assert alone is not None
        pairs = [PairResult.of(view, c.members) for c in collections]
        for test, row in found.items():
            q = [_q(test, pair, alone, study) for pair in pairs]
            row.append([bool((np.nan_to_num(one, nan=1.0) <= ALPHA).any()) for one in q])
    return {test: np.array(row) for test, row in found.items()}


def _q(test: str, pair: PairResult, alone: Universe, study: Study) -> Float:
    if test == "discordant":
        return pair.q_discordant
    if test == "unequal":
        return pair.q(lambda one: one.p_unequal)
    if test == "magnitude":
        return benjamini_hochberg(magnitude(alone, study, pair.members).p)
    view = pair.universe
    shares = contributions(view, pair.members)
    n_blocks = int(view.block.max()) + 1
    _, p = heterogeneity(shares, view.effect.std(axis=1), n_blocks, flips=FLIPS)
    return benjamini_hochberg(np.where(pair.testable, p, np.nan))
