"""Which rows of the tables a report or figure shows, and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import ALPHA, CALLED
from pathways.output.run_tables import RunTables
from pathways.report.words import names
from pathways.report.words.numbers import Scale, as_float, effect_scale
from twas.errors import UsageError
from twas.study.universe import COMBINED

Row = Mapping[Any, Any]

#: The shipped negative controls.
CONTROLS = "negative_controls"

#: A figure, and the list of pathways in words, show at most so many, those of smallest q.
MOST = 30


@dataclass(frozen=True)
class Selection:
    """One collection in the combined scope.

    Attributes
    ----------
    collection
        Its name.
    pathways
        Pathways shown: all in the order of the source, or the `MOST` of smallest q.
    n_pathways
        How many there are.
    traits, pairs
        Traits, and pairs of them, in the order of the study.
    directions
        (pathway, trait) → row of ``directions``.
    divergence
        (pathway, trait A, trait B) → row of ``divergence``.
    scale
        In what power of ten effects are printed.
    simulated
        Whether the input is the simulated example.
    titles
        Pathway → title, of a collection that gives titles beside names.
    """

    collection: str
    pathways: tuple[str, ...]
    n_pathways: int
    traits: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    directions: Mapping[tuple[str, str], Row]
    divergence: Mapping[tuple[str, str, str], Row]
    scale: Scale
    simulated: bool
    titles: Mapping[str, str] = field(default_factory=dict)

    def title(self, pathway: object) -> str:
        """Title of a pathway for people, where it has one; else its name."""
        own = self.titles.get(str(pathway))
        return names.title(pathway, self.collection) if own is None else names.clean(own)

    def _own(self, pathway: str, traits: Sequence[str]) -> list[Row]:
        """Rows of ``directions``, where there are some."""
        return [r for t in traits if (r := self.directions.get((pathway, t))) is not None]

    def _common(self, pathway: str, pair: tuple[str, str]) -> Row | None:
        """The row of a pair that counts in the unit of both its traits."""
        both, own = self.divergence.get((pathway, *pair)), self._own(pathway, pair)
        alike = both and [row["effect_scale"] for row in own] == 2 * [both["effect_scale"]]
        return both if alike else None

    def of_pair(self, pathway: str, pair: tuple[str, str]) -> list[Row]:
        """The rows of two traits with what their call rests on: the genes of both.

        Their own rows where the pair has none, or counts in another unit than either trait.
        """
        own, both = self._own(pathway, pair), self._common(pathway, pair)
        if both is None:
            return own
        counts = {name: both[name] for name in ("n_tested", "n_blocks")}
        return [
            {**row, **counts, **{n: both[f"{n}_{side}"] for n in ("activity", "ci_low", "ci_high")}}
            for side, row in zip("ab", own, strict=True)
        ]

    def on_common_genes(self, pair: tuple[str, str]) -> bool:
        """Whether `of_pair` has numbers of the pair itself, of any pathway."""
        return any(self._common(pathway, pair) is not None for pathway in self.pathways)

    def shown(self, pathway: str) -> dict[str, Row]:
        """Trait → what stands beside the call: of one pair on the genes of both, else its own."""
        rows = self._own(pathway, self.traits)
        if len(self.pairs) == 1:  # its rows stand in the place of those before
            rows += self.of_pair(pathway, self.pairs[0])
        return {str(row["trait"]): row for row in rows}

    @cached_property
    def called(self) -> tuple[str, ...]:
        """Pathways with a call in any pair, of one trait with a direction, of all, by q."""
        found: dict[str, float] = {}
        rows = (
            [(row, "q_call", row["call"] in CALLED) for row in self.divergence.values()]
            if self.pairs
            else [
                (row, "q_direction", as_float(row["q_direction"]) <= ALPHA)
                for row in self.directions.values()
            ]
        )
        for row, column, told in rows:
            if told:
                q = as_float(row[column])
                name = str(row["pathway"])
                found[name] = min(found.get(name, np.inf), np.inf if np.isnan(q) else q)
        return tuple(sorted(found, key=lambda name: found[name]))

    def has(self, pathway: str, calls: Sequence[str]) -> bool:
        """Whether a pair gives a pathway one of these calls."""
        rows = (self.divergence.get((pathway, *pair)) for pair in self.pairs)
        return any(row is not None and row["call"] in calls for row in rows)

    @property
    def cut(self) -> bool:
        """Whether pathways are left out."""
        return len(self.pathways) < self.n_pathways


def collections(results: RunTables) -> tuple[str, ...]:
    """Names of the collections of a run, in order."""
    return tuple(results.directions["collection"].unique())


def is_control(collection: str) -> bool:
    """Whether a collection holds negative controls: shown apart, never among the findings."""
    return collection == CONTROLS


def combined(table: pd.DataFrame, collection: str) -> pd.DataFrame:
    """Rows of one collection in the combined scope."""
    return table[(table["collection"] == collection) & (table["scope"] == COMBINED)]


def select(results: RunTables, collection: str | None = None, *, most: int = MOST) -> Selection:
    """Choose what is shown of one collection.

    Parameters
    ----------
    results
        A run.
    collection
        Name of a collection; the first by default.
    most
        Largest number of pathways shown.

    Raises
    ------
    UsageError
        If there is no such collection.
    """
    key = (collection, most)
    if key not in results.selections:
        results.selections[key] = _select(results, collection, most)
    found: Selection = results.selections[key]
    return found


def _select(results: RunTables, collection: str | None, most: int) -> Selection:
    known = collections(results)
    name = known[0] if collection is None else collection
    if name not in known:
        raise UsageError(f"collection {name!r} is not in the results; there are {', '.join(known)}")
    directions = combined(results.directions, name)
    divergence = combined(results.divergence, name)
    every = tuple(dict.fromkeys(directions["pathway"]))
    return Selection(
        collection=name,
        pathways=every if len(every) <= most else _smallest(directions, divergence)[:most],
        n_pathways=len(every),
        traits=tuple(dict.fromkeys(directions["trait"])),
        pairs=tuple(dict.fromkeys(zip(divergence["trait_a"], divergence["trait_b"], strict=True))),
        directions={(r["pathway"], r["trait"]): r for r in directions.to_dict("records")},
        divergence={
            (r["pathway"], r["trait_a"], r["trait_b"]): r for r in divergence.to_dict("records")
        },
        scale=effect_scale(directions),
        simulated=results.parameters.simulated,
        titles=next((s.titles for s in results.gene_sets if s.collection == name), {}),
    )


def _smallest(directions: pd.DataFrame, divergence: pd.DataFrame) -> tuple[str, ...]:
    """Pathways by the q of their call, else of their direction; ties by p, then by name."""
    table, q, p = (
        (divergence, "q_call", "p_both")
        if len(divergence)
        else (directions, "q_direction", "p_direction")
    )
    best = table.groupby("pathway", sort=True)[[q, p]].min().fillna(np.inf)
    return tuple(str(name) for name in best.sort_values([q, p], kind="stable").index)
