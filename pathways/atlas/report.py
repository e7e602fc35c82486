"""The report of an atlas: one HTML file with maps that can be searched, and nothing beside it.

Maps of two traits hold, for each pathway, how strongly a pair speaks for opposite or shared
directions; the map of directions holds each pathway in each trait; beside them stands how the
effects of two traits correlate over the genome. Traits are in the order of a clustering of these
correlations, pathways in that of their directions. Numbers are kept in the page as bytes, 20 to a
power of ten of p, which is what a colour can show; the parts hold the numbers themselves.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist, squareform

from pathways.atlas.reading import Atlas
from pathways.atlas.store import Failure, Store
from twas.study.universe import COMBINED
from twas.system.arrays import Float, Int

#: Steps of a score to a power of ten of p; scores are kept in [-127, 127], -128 is "not tested".
STEPS = 20
NOT_TESTED = -128
#: Cells of the maps of two traits that a page can hold; weaker pathways are left out beyond it.
MAX_CELLS = 20_000_000
#: Above so many pathways, or traits, they are not clustered, or without the best order of leaves.
MAX_CLUSTERED, MAX_ORDERED = 6_000, 1_000
#: Rows of the tables of the page.
MAX_ROWS = 100
_CALLS = ("", "opposite", "concordant", "discordant", "unequal", "undetermined")
_TEMPLATE = Path(__file__).with_name("report.html.jinja")


def atlas_page(atlas: Atlas, store: Store, failures: Sequence[Failure]) -> str:
    """The page.

    Parameters
    ----------
    atlas
        All parts of the atlas.
    store
        Its store.
    failures
        What could not be made.
    """
    maps = _maps(atlas, store)
    called = atlas.called()
    called = called[called["scope"] == COMBINED].sort_values("q_call", kind="stable")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return (
        template.render(
            data=_inert(maps.data),
            n_traits=len(store.study.traits),
            n_pairs=len(store.pairs),
            n_mixed=len(store.record["mixed"]),
            n_pathways=sum(len(sets.pathways) for sets in store.sets),
            n_shown=len(maps.data["pathways"]),
            collections=[sets.collection for sets in store.sets],
            detail=store.detail,
            counts=_counts(atlas),
            called=called.head(MAX_ROWS).to_dict("records"),
            n_called=len(called),
            failures=failures,
            warnings=store.quality.told,
            traits=store.record["traits"],
            max_rows=MAX_ROWS,
        )
        + "\n"
    )


@dataclass(frozen=True)
class _Maps:
    """What the script of the page draws."""

    data: dict[str, Any]


def _inert(data: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _counts(atlas: Atlas) -> list[tuple[str, int]]:
    """How often each call was made in the combined scope."""
    calls = atlas.table("divergence", columns=["call"], scope=COMBINED)["call"]
    found = calls.astype(str).value_counts()
    return [(call, int(found.get(call, 0))) for call in (*_CALLS[1:], "untestable")]


def _maps(atlas: Atlas, store: Store) -> _Maps:
    traits = list(store.study.traits)
    correlation = _square(atlas.correlations, traits)
    order = _clustered(1 - np.nan_to_num(correlation), precomputed=True)
    traits = [traits[k] for k in order]
    correlation = correlation[np.ix_(order, order)]
    names = [(sets.collection, name) for sets in store.sets for name in sets.pathways]
    direction = _directions(atlas, names, traits)
    score, call = _scores(atlas, names, traits)
    shown = _shown(score, call)
    shown = shown[_clustered(np.maximum(direction[shown], -127).astype(np.float64))]
    about = {trait["name"]: trait for trait in store.record["traits"]}
    several = len(store.sets) > 1
    return _Maps(
        {
            "traits": traits,
            "groups": [about[name]["group"] for name in traits],
            "pathways": [": ".join(names[k]) if several else names[k][1] for k in shown],
            "score": _packed(score[shown]),
            "call": _packed(call[shown]),
            "direction": _packed(direction[shown]),
            "correlation": [
                [None if np.isnan(r) else round(float(r), 3) for r in row] for row in correlation
            ],
            "calls": list(_CALLS),
            "steps": STEPS,
        }
    )


def _packed(values: NDArray[np.int8]) -> str:
    """Bytes, row after row, as the page unpacks them."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(values).tobytes(), 9)).decode()


def _square(correlations: pd.DataFrame, traits: Sequence[str]) -> Float:
    """Correlation of each two traits: of the effects, else of z; NaN where not compared."""
    place = {name: k for k, name in enumerate(traits)}
    square = np.full((len(traits), len(traits)), np.nan)
    np.fill_diagonal(square, 1.0)
    known = correlations["correlation"].fillna(correlations["correlation_z"])
    columns = (correlations["trait_a"].astype(str), correlations["trait_b"].astype(str), known)
    for a, b, r in zip(*columns, strict=True):
        square[place[a], place[b]] = square[place[b], place[a]] = np.clip(r, -1.0, 1.0)
    return square


def _clustered(values: Float, *, precomputed: bool = False) -> Int:
    """Order of the leaves of an average-linkage clustering of rows, or of a distance matrix."""
    n = len(values)
    if n < 3 or n > MAX_CLUSTERED:
        return np.arange(n)
    distance = squareform(values, checks=False) if precomputed else pdist(values)
    tree = linkage(distance, method="average")
    if n <= MAX_ORDERED:
        tree = optimal_leaf_ordering(tree, distance)
    return np.asarray(leaves_list(tree), dtype=np.int64)


def _score(p: Float, sign: Float) -> NDArray[np.int8]:
    """Signed strength of evidence in steps."""
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.minimum(-np.log10(p) * STEPS, 127)
        return np.where(np.isnan(p), NOT_TESTED, np.rint(size * np.sign(sign))).astype(np.int8)


def _directions(
    atlas: Atlas, names: Sequence[tuple[str, str]], traits: Sequence[str]
) -> NDArray[np.int8]:
    """Pathways × traits: evidence for up (positive) or down."""
    out = np.full((len(names), len(traits)), NOT_TESTED, dtype=np.int8)
    columns = ["collection", "pathway", "trait", "activity", "p_direction"]
    table = atlas.table("directions", columns=columns, scope=COMBINED)
    p = table["p_direction"].to_numpy(dtype=np.float64)
    row, column = _Rows.of(names)(table), _places(table["trait"], traits)
    out[row, column] = _score(p, table["activity"].to_numpy(dtype=np.float64))
    return out


def _scores(
    atlas: Atlas, names: Sequence[tuple[str, str]], traits: Sequence[str]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Pathways × pairs: evidence for opposite (positive) or shared directions, and the call.

    Pairs are in the order of the lower triangle: (1, 0), (2, 0), (2, 1), ...
    """
    n_pairs = len(traits) * (len(traits) - 1) // 2
    score = np.full((len(names), n_pairs), NOT_TESTED, dtype=np.int8)
    call = np.zeros((len(names), n_pairs), dtype=np.int8)
    row_of = _Rows.of(names)
    columns = ["collection", "pathway", "trait_a", "trait_b", "scope", "p_both", "call"]
    columns += ["activity_a", "activity_b"]
    for batch in atlas.dataset("divergence").to_batches(columns=columns):
        table = batch.to_pandas()
        table = table[(table["scope"] == COMBINED).to_numpy()]
        a, b = _places(table["trait_a"], traits), _places(table["trait_b"], traits)
        first, second = np.maximum(a, b), np.minimum(a, b)
        if ((second < 0) | (first == second)).any():
            raise ValueError("the parts hold a pair that the store does not")
        at = row_of(table), first * (first - 1) // 2 + second
        product = table["activity_a"].to_numpy() * table["activity_b"].to_numpy()
        score[at] = _score(table["p_both"].to_numpy() / 2, -product)
        call[at] = np.maximum(_places(table["call"], _CALLS), 0)
    return score, call


def _places(column: pd.Series, names: Sequence[str]) -> Int:
    """Place of each name among others, -1 where it is not there."""
    kind = column.astype("category").cat
    places = pd.Index(names).get_indexer(pd.Index(kind.categories.astype(str)))
    return np.asarray(np.append(places, -1)[kind.codes.to_numpy()], dtype=np.int64)


@dataclass(frozen=True)
class _Rows:
    """Where the pathways of each collection stand among all."""

    collections: tuple[str, ...]
    pathways: tuple[str, ...]
    row: Int

    @classmethod
    def of(cls, names: Sequence[tuple[str, str]]) -> _Rows:
        collections, pathways = (tuple(dict.fromkeys(part)) for part in zip(*names, strict=True))
        row = np.full((len(collections), len(pathways)), -1, dtype=np.int64)
        row[
            pd.Index(collections).get_indexer([c for c, _ in names]),
            pd.Index(pathways).get_indexer([p for _, p in names]),
        ] = np.arange(len(names))
        return cls(collections, pathways, row)

    def __call__(self, table: pd.DataFrame) -> Int:
        """Row of each row of a table."""
        collection = _places(table["collection"], self.collections)
        return np.asarray(self.row[collection, _places(table["pathway"], self.pathways)])


def _shown(score: NDArray[np.int8], call: NDArray[np.int8]) -> Int:
    """The pathways of the page: all, or those with the most calls and the strongest pairs."""
    keep = max(1, MAX_CELLS // max(score.shape[1], 1))
    if keep >= len(score):
        return np.arange(len(score))
    called = ((call > 0) & (call < _CALLS.index("undetermined"))).sum(axis=1)
    strongest = np.abs(np.where(score == NOT_TESTED, 0, score).astype(np.int64)).max(axis=1)
    return np.sort(np.lexsort((-strongest, -called))[:keep])
