"""The tasks of an atlas: some traits, or some pairs, and the parts that come of them.

A task needs the store and its own names, nothing else, and gives the same bytes wherever and
whenever it is done. Its main part (``directions`` of traits, ``divergence`` of pairs) is written
last: where that part is, the task is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pathways.atlas.columns import TESTS, columns
from pathways.atlas.correlations import genome_row
from pathways.atlas.parts import key_in, write_part
from pathways.atlas.store import Failure, Store, open_store
from pathways.calls.collection import CollectionResult, Options
from pathways.calls.multiplicity import families
from pathways.calls.pair import PairResult, PairScopes
from pathways.calls.trait import TraitScopes
from pathways.calls.vocabulary import CALLED
from pathways.gene_sets import GeneSets
from pathways.statistics.contributions import Members
from pathways.statistics.moments import Moments, moments
from pathways.tables import directions, divergence
from pathways.tables.registry import TABLES
from twas.errors import DataError, TwasError
from twas.study.universe import COMBINED, Universe
from twas.system.arrays import Bool

#: Pairs in a part, by detail; traits in a part.
PAIRS_PER_PART = {"tests": 10, "called": 5, "full": 1}
TRAITS_PER_PART = 5
#: Tables of a pair beside ``divergence``, by detail.
_OF_PAIRS = {
    "tests": (),
    "called": ("influence", "gene_divergence"),
    "full": ("influence", "overlap", "sensitivity", "gene_divergence"),
}
#: Tables of a trait beside ``directions``, with detail ``full``.
_OF_TRAITS = ("genes",)

#: Name of a table → its pieces.
Pieces = dict[str, list[pd.DataFrame]]


@dataclass(frozen=True)
class Task:
    """Some traits or pairs of an atlas.

    Attributes
    ----------
    main
        The table that is written last: ``directions`` of traits, ``divergence`` of pairs.
    number
        Place among the tasks of its kind.
    names
        Its traits (names of one) or pairs (names of two).
    """

    main: str
    number: int
    names: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """Unique name, for logs."""
        return f"{self.main}-{self.number:05d}"


def tasks_of(store: Store) -> list[Task]:
    """All tasks of an atlas, in order."""
    traits = [(name,) for name in store.study.traits]
    return [
        *_cut("directions", traits, TRAITS_PER_PART),
        *_cut("divergence", list(store.pairs), PAIRS_PER_PART[store.detail]),
    ]


def _cut(main: str, names: Sequence[tuple[str, ...]], size: int) -> Iterator[Task]:
    for number, start in enumerate(range(0, len(names), size)):
        yield Task(main, number, tuple(names[start : start + size]))


def part(folder: Path, table: str, task: Task) -> Path:
    """Where a task writes its part of a table."""
    return folder / "parts" / f"{table}-{task.number:05d}.parquet"


def is_done(folder: Path, key: str, task: Task) -> bool:
    """Whether the main part of a task is there, made from a store of this key."""
    main = part(folder, task.main, task)
    return main.exists() and key_in(main) == key


def work(folder: str, key: str, task: Task) -> str:
    """Do one task.

    Parameters
    ----------
    folder
        Folder of the atlas, which holds the store and takes the parts.
    key
        Key of the store.
    task
        What to do.

    Returns
    -------
    str
        Name of the task.
    """
    place = Path(folder)
    store = open_store(str(place / "store"), key)
    make = _trait_pieces if task.main == "directions" else _pair_pieces
    pieces: Pieces = {task.main: []}
    failures = []
    for names in task.names:
        failure = _tried(make, store, names, pieces)
        failures += [] if failure is None else [failure]
    for table in sorted(pieces, key=lambda name: name == task.main):
        held = columns(table, store.detail)
        frame = _stacked(pieces[table], [column.name for column in held])
        write_part(frame, part(place, table, task), held, key, failures)
    return task.name


def _tried(
    make: Callable[[Store, tuple[str, ...]], Pieces],
    store: Store,
    names: tuple[str, ...],
    pieces: Pieces,
) -> Failure | None:
    """Add what one trait or pair gives; what is wrong with it stops no other one."""
    a, b = (*names, "")[:2]
    try:
        found = make(store, names)
    except TwasError as error:
        return Failure(a, b, " ".join(str(error).split()))
    except (ValueError, ArithmeticError, IndexError, KeyError, np.linalg.LinAlgError) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return Failure(a, b, f"unexpected error ({what}); this is a fault of twas-divergence")
    for table, frames in found.items():
        pieces.setdefault(table, []).extend(frames)
    return None


def _stacked(frames: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True)[list(names)] if full else pd.DataFrame()


def _universes(store: Store, names: tuple[str, ...]) -> list[Universe]:
    """The universes of a trait or pair in the scopes that are written."""
    found = [store.study.make_universe(names, scope) for scope in store.scopes]
    known = [universe for universe in found if universe is not None]
    if not known or known[0].scope != COMBINED:
        raise DataError(f"{' and '.join(names)} have no gene in common")
    return known


def _pair_pieces(store: Store, names: tuple[str, ...]) -> Pieces:
    """The rows of a pair in every table of its detail."""
    universes = _universes(store, names)
    genome = [moments(universe, universe.block) for universe in universes]
    row = genome_row(universes[0], genome[0])
    pieces: Pieces = {"divergence": [], "correlations": [row]}
    for table in (*_OF_PAIRS[store.detail], *(["called"] if store.detail == "called" else [])):
        pieces[table] = []
    for sets, members in zip(store.sets, store.members, strict=True):
        if store.detail == "full":
            _add_explored(pieces, store, names, sets, _OF_PAIRS["full"], None)
            continue
        found = _tested(universes, genome, members)
        for pair in found:
            frame = divergence.divergence_columns(pair, TESTS).assign(collection=sets.collection)
            pieces["divergence"].append(frame)
        if store.detail == "called":
            seen = {(p.universe.scope, name) for p in found for name in _called(p)}
            if seen:
                _add_explored(pieces, store, names, sets, _OF_PAIRS["called"], seen)
        for pair in found:
            pair.family.let_go()
    return pieces


def _tested(
    universes: Sequence[Universe], genome: Sequence[Moments | None], members: Members
) -> list[PairResult]:
    """The tests of every family of scopes."""
    known = {id(universe): found for universe, found in zip(universes, genome, strict=True)}
    return [
        pair
        for family in families(universes).values()
        for pair in PairScopes.of(family, members, known, calls_only=True).results
    ]


def _called(pair: PairResult) -> list[str]:
    return [pair.members.pathways[k] for k in np.flatnonzero(np.isin(pair.call, CALLED))]


def _add_explored(
    pieces: Pieces,
    store: Store,
    names: tuple[str, ...],
    sets: GeneSets,
    tables: Sequence[str],
    only: set[tuple[str, str]] | None,
) -> None:
    """Add all that a run of these two traits says: of every set, or of some in their scope."""
    options = Options(run_gsea=False, seed=store.seed, flips=store.flips)
    pair = (names[0], names[1])
    collection = CollectionResult.of(store.study_of(names), sets, options, traits=(), pairs=[pair])
    main = "divergence" if only is None else "called"
    for name in ("divergence", *tables):
        frame = TABLES[name].rows(collection)
        if len(frame):
            keep = _wanted(frame, store.scopes, only)
            frame = frame[keep].assign(collection=sets.collection)
        pieces[main if name == "divergence" else name].append(frame)
    collection.let_go()


def _wanted(frame: pd.DataFrame, scopes: Sequence[str], only: set[tuple[str, str]] | None) -> Bool:
    """Rows of the scopes that are written, and of the sets that are wanted."""
    inside = frame["scope"].isin(scopes).to_numpy()
    if only is None:
        return np.asarray(inside)
    keys = zip(frame["scope"], frame["pathway"], strict=True)
    return np.asarray(inside & np.array([key in only for key in keys], dtype=bool))


def _trait_pieces(store: Store, names: tuple[str, ...]) -> Pieces:
    """The rows of a trait in every table of its detail."""
    pieces: Pieces = {"directions": []}
    if store.detail == "full":
        study = store.study_of(names)
        options = Options(run_gsea=False, seed=store.seed, flips=store.flips)
        for sets in store.sets:
            collection = CollectionResult.of(study, sets, options, pairs=())
            for table in ("directions", *_OF_TRAITS):
                frame = TABLES[table].rows(collection)
                keep = frame["scope"].isin(store.scopes).to_numpy()
                frame = frame[keep].assign(collection=sets.collection)
                pieces.setdefault(table, []).append(frame)
        return pieces
    universes = _universes(store, names)
    for sets, members in zip(store.sets, store.members, strict=True):
        for family in families(universes).values():
            for result in TraitScopes.of(family, members).results:
                tests = directions.direction_tests(result)
                frame = pd.DataFrame({"collection": sets.collection, **tests})
                pieces["directions"].append(frame)
    return pieces
