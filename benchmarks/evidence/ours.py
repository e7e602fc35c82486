"""The tests of this project on one replicate, through the functions that `analyse` uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence.gwas import Genome
from benchmarks.evidence.sets import Collection
from benchmarks.evidence.worlds import World
from pathways.calls.directional import Family
from pathways.calls.pair import PairResult
from pathways.nulls.interval import bound, sign_flip_interval
from pathways.statistics.contributions import contributions
from pathways.statistics.moments import Moments, moments
from pathways.statistics.robust import robust_direction
from twas import Study
from twas.study.universe import Universe
from twas.system.arrays import Float


@dataclass(frozen=True)
class Ours:
    """Results of one replicate, over all sets of all collections.

    Attributes
    ----------
    p
        Name of a test → p-values, shape ``(n_sets,)``.
    sign_a, sign_b
        Directions of the activities.
    q
        Name of a call → q-values of it, each collection a family.
    call
        Calls; for ``opposite`` and ``concordant``, `called_a` and `called_b` are the directions.
    """

    p: dict[str, Float]
    q: dict[str, Float]
    sign_a: NDArray[np.int8]
    sign_b: NDArray[np.int8]
    call: NDArray[np.object_]
    called_a: NDArray[np.int8]
    called_b: NDArray[np.int8]


def study_of(genome: Genome, world: World, z: Float) -> Study:
    """The genome's study with the z and sample sizes of a replicate; overlap is given."""
    return replace(
        genome.study,
        z=z,
        n_eff=np.array(world.n),
        intercepts={"A": 1.0, "B": 1.0},
        overlaps={frozenset("AB"): world.overlap},
    )


def pair(study: Study) -> Universe:
    """The combined scope of both traits."""
    view = study.universe(("A", "B"))
    assert view is not None
    return view


def run(view: Universe, collections: Sequence[Collection], *, robust: bool = True) -> Ours:
    """Test every collection, each a family of its own; by the robust score too where wanted."""
    genome = moments(view, view.block)
    return _joined([_collection(view, genome, c, robust=robust) for c in collections])


def _collection(
    view: Universe, genome: Moments | None, collection: Collection, *, robust: bool
) -> Ours:
    parts = contributions(view, collection.members)
    test = PairResult.tested(view, collection.members, parts, genome)
    best = test.directional
    return Ours(
        p={
            "direction A": test.a.p,
            "direction B": test.b.p,
            "opposite": test.p_signs(-1),
            "difference": test.p_difference,
            "difference, scaled": np.nan_to_num(test.scaled.p, nan=1.0),
            "excess": np.nan_to_num(test.excess.p, nan=1.0),
            "anticorrelated": test.discordance.p_discordant,
            "adafilter": _adafilter(test),
            **(_robust(test) if robust else {}),
        },
        q={
            "discordant": test.q_discordant,
            "unequal": test.q(lambda pair: pair.p_unequal),
        },
        sign_a=np.sign(test.a.statistic).astype(np.int8),
        sign_b=np.sign(test.b.statistic).astype(np.int8),
        call=test.call,
        called_a=best.sign_a.astype(np.int8),
        called_b=best.sign_b.astype(np.int8),
    )


def _robust(test: PairResult) -> dict[str, Float]:
    both = [robust_direction(test.universe, test.contributions, row).p for row in (0, 1)]
    return {
        "robust direction A": both[0],
        "robust direction B": both[1],
        "robust opposite": test.p_robust_opposite,
        "robust difference": test.p_robust_difference,
    }


def bounds(view: Universe, collection: Collection) -> Float:
    """How large the smaller activity can still be, opposite and concordant, ``(2, n_sets)``.

    NaN for sets that never have an effect: of these no bound can be wrong.
    """
    members = collection.members
    parts = contributions(view, members.where(collection.planted[members.owner]))
    ends = [end for row in (0, 1) for end in sign_flip_interval(parts.trait(row), parts.weights)]
    return np.stack([bound(*ends, product=product) for product in (-1, 1)])


def _adafilter(test: PairResult) -> Float:
    """The q of the call without what joint flips add."""
    found = test.candidates
    alone = replace(found.sets, correlation=np.zeros_like(found.sets.correlation))
    return Family(alone).call().at(found.possible).q


def _joined(parts: Sequence[Ours]) -> Ours:
    def all_of(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts])

    p = {name: np.concatenate([part.p[name] for part in parts]) for name in parts[0].p}
    q = {name: np.concatenate([part.q[name] for part in parts]) for name in parts[0].q}
    names = ("sign_a", "sign_b", "call", "called_a", "called_b")
    return Ours(p=p, q=q, **{name: all_of(name) for name in names})  # type: ignore[arg-type]
