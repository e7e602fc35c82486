"""What figures, words and pages read of a run: which rows, in what order, as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import ALPHA, CALLED
from pathways.output.run_tables import RunTables
from pathways.report.words import names
from pathways.report.words.numbers import Row, Scale, effect_scale
from pathways.tables.registry import TABLES
from twas.errors import UsageError
from twas.study.universe import COMBINED

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
        (pathway, trait) → row of ``directions``, with its ``direction``: ``up``, ``down``,
        ``undetermined`` or ``untestable``.
    divergence
        (pathway, trait A, trait B) → row of ``divergence``, with its ``ways``: trait → ``up`` or
        ``down``, which a call of directions holds.
    scale
        In what power of ten effects are printed.
    simulated
        Whether the input is the simulated example.
    short
        Trait → its name for the heading of a column.
    titles
        Pathway → title for people, where it has one; else its name.
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
    short: Mapping[str, str]
    titles: Mapping[str, str]

    @cached_property
    def own(self) -> Mapping[str, list[Row]]:
        """Pathway → its rows of ``directions``, by trait."""
        return {pathway: self._own(pathway, self.traits) for pathway in self.titles}

    @cached_property
    def both(self) -> Mapping[str, list[Row]]:
        """Pathway → its rows of ``divergence``, by pair."""
        return {
            pathway: [r for pair in self.pairs if (r := self.divergence.get((pathway, *pair)))]
            for pathway in self.titles
        }

    def _own(self, pathway: str, traits: Sequence[str]) -> list[Row]:
        return [r for t in traits if (r := self.directions.get((pathway, t))) is not None]

    def sides(self, row: Row) -> list[Row]:
        """The rows of ``directions`` of both traits of a row of ``divergence``."""
        return self._own(row["pathway"], (row["trait_a"], row["trait_b"]))

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

    @cached_property
    def on_common_genes(self) -> tuple[tuple[str, str], ...]:
        """Pairs for which `of_pair` has numbers of the pair itself, of any pathway."""
        return tuple(
            pair for pair in self.pairs if any(self._common(p, pair) for p in self.pathways)
        )

    @cached_property
    def shown(self) -> Mapping[str, dict[str, Row]]:
        """Pathway → trait → what stands beside the call: of one pair on the genes of both."""
        # The rows of one pair stand in the place of those of its traits.
        pair = self.pairs[0] if len(self.pairs) == 1 else None
        return {
            pathway: {
                str(row["trait"]): row
                for row in (*own, *(self.of_pair(pathway, pair) if pair else ()))
            }
            for pathway, own in self.own.items()
        }

    @cached_property
    def called(self) -> tuple[str, ...]:
        """Pathways with a call in any pair, of one trait with a direction, of all, by q."""
        rows, q = (
            ([r for r in self.divergence.values() if r["call"] in CALLED], "q_call")
            if self.pairs
            else ([r for r in self.directions.values() if is_clear(r)], "q_direction")
        )
        found: dict[str, float] = {}
        for row in rows:
            name = str(row["pathway"])
            found[name] = min(found.get(name, np.inf), rank(row[q]))
        return tuple(sorted(found, key=lambda name: found[name]))

    @property
    def cut(self) -> bool:
        """Whether pathways are left out."""
        return len(self.pathways) < self.n_pathways


def is_clear(row: Row) -> bool:
    """Whether a row of ``directions`` has a direction."""
    return row["direction"] in ("up", "down")


def rank(q: float) -> float:
    """A q-value to sort by: a missing one is the largest."""
    return np.inf if np.isnan(q) else q


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
    own: Mapping[str, str] = next((s.titles for s in results.gene_sets if s.collection == name), {})
    traits = tuple(dict.fromkeys(directions["trait"]))
    return Selection(
        collection=name,
        pathways=every if len(every) <= most else _smallest(directions, divergence)[:most],
        n_pathways=len(every),
        traits=traits,
        pairs=tuple(dict.fromkeys(zip(divergence["trait_a"], divergence["trait_b"], strict=True))),
        directions={
            (r["pathway"], r["trait"]): {**r, "direction": _direction(r)}
            for r in rows_of("directions", directions)
        },
        divergence={
            (r["pathway"], r["trait_a"], r["trait_b"]): {**r, "ways": _ways(r)}
            for r in rows_of("divergence", divergence)
        },
        scale=effect_scale(directions),
        simulated=results.parameters.simulated,
        short={trait: names.shorten(trait, 24) for trait in traits},
        titles={p: names.clean(own[p]) if p in own else names.title(p, name) for p in every},
    )


def rows_of(name: str, table: pd.DataFrame) -> list[Row]:
    """Rows of a table of the registry: all its columns, a missing number NaN, a missing text ""."""
    columns = TABLES[name].columns
    keys = [column.name for column in columns]
    whole = table.reindex(columns=keys)  # an earlier version may have written fewer
    values = [
        whole[c.name].to_numpy(dtype=object, na_value="" if c.kind == "text" else np.nan)
        for c in columns
    ]
    return [dict(zip(keys, row, strict=True)) for row in zip(*values, strict=True)]


def _direction(row: Row) -> str:
    """The direction of a row of ``directions``, at the level of the calls."""
    q = row["q_direction"]
    if not np.isfinite(q):
        return "untestable"
    if q > ALPHA:
        return "undetermined"
    return "up" if row["activity"] > 0 else "down"


def _ways(row: Row) -> dict[str, str]:
    return {row[f"trait_{s}"]: "up" if row[f"activity_{s}"] > 0 else "down" for s in "ab"}


def _smallest(directions: pd.DataFrame, divergence: pd.DataFrame) -> tuple[str, ...]:
    """Pathways by the q of their call, else of their direction; ties by p, then by name."""
    table, q, p = (
        (divergence, "q_call", "p_both")
        if len(divergence)
        else (directions, "q_direction", "p_direction")
    )
    best = table.groupby("pathway", sort=True)[[q, p]].min().fillna(np.inf)
    return tuple(str(name) for name in best.sort_values([q, p], kind="stable").index)
