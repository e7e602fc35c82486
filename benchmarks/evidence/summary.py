"""From arrays to the results table: one row per number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from benchmarks.evidence import claims, counting, peers, sets, worlds
from benchmarks.evidence.claims import Layout
from benchmarks.evidence.counting import Rate
from benchmarks.evidence.further import Null
from benchmarks.evidence.replicates import NAIVE, Arrays
from benchmarks.evidence.worlds import World
from pathways.calls import vocabulary

COLUMNS = (
    "part", "world", "method", "question", "kind", "alpha", "replicates", "n", "hits", "rate",
    "low", "high", "note",
)  # fmt: skip
ALPHAS = (0.05, 0.01, 0.001)
QUESTIONS = ("direction", "opposite", "difference")
METHODS = (
    claims.OURS,
    claims.ROBUST,
    claims.BOTH,
    claims.ADAFILTER,
    *claims.SIGNED,
    peers.DPM,
    claims.ONE_ONLY,
)
#: Methods with enough replicates to speak of single sets.
WORST = (claims.OURS, claims.ROBUST, NAIVE, *peers.INSTANT)
#: Directional calls: all, and by what they say (product of the directions).
WORDS = {"": 0, ", opposite": -1, ", concordant": 1}
#: False-call rate at which powers are compared.
EQUAL = 0.01
#: Further tests of ours that have a null in some worlds.
FURTHER = ("difference, scaled", "excess", "anticorrelated")

Results = Mapping[str, Arrays]
Row = dict[str, object]


def table(results: Results, layout: Layout) -> pd.DataFrame:
    """All rates of all worlds."""
    rows: list[Row] = []
    for name, arrays in results.items():
        world = worlds.named(name)
        rows += _false_calls(world, arrays, layout)
        rows += _per_set(world, arrays, layout)
        rows += _calls(world, arrays, layout)
        rows += _bounds(world, arrays, layout)
    rows += _power(results, layout)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row(part: str, world: str, method: str, question: str, rate: Rate, **more: object) -> Row:
    """A row of the table from a rate."""
    counted = {"n": rate.n, "hits": rate.hits, "rate": rate.rate}
    ends = {"low": rate.low, "high": rate.high}
    return {
        "part": part, "world": world, "method": method, "question": question,
        **counted, **ends, "note": "", **more,
    }  # fmt: skip


def _truth(arrays: Arrays, n: int) -> np.ndarray:
    return np.asarray(arrays["truth"][:n])


def _false_calls(world: World, arrays: Arrays, layout: Layout) -> Iterator[Row]:
    for method in METHODS:
        for question in QUESTIONS:
            p = claims.p_values(arrays, method, question)
            if p is None:
                continue
            n = len(p) // 2 if question == "direction" else len(p)
            null = claims.null_sets(world, _truth(arrays, n), question)
            for kind, inside in layout.groups(method).items():
                for alpha in ALPHAS:
                    if alpha == ALPHAS[0] or kind in ("all", "10 blocks or more"):
                        found = _by_replicate(p < alpha, null & inside, n)
                        yield row(
                            "false calls", world.name, method, question, found,
                            kind=kind, alpha=alpha, replicates=n,
                        )  # fmt: skip
    for test in FURTHER:
        if _is_null(world, test):
            p = np.nan_to_num(np.asarray(arrays[f"ours/{test}"]), nan=1.0)
            null = (_truth(arrays, len(p)) == 0).all(axis=1)
            for kind, inside in layout.groups().items():
                found = counting.rate(p < ALPHAS[0], null & inside)
                yield row(
                    "false calls", world.name, claims.OURS, test, found,
                    kind=kind, alpha=ALPHAS[0], replicates=len(p),
                )  # fmt: skip


def _is_null(world: World, test: str) -> bool:
    """Whether the test has a true null in the sets without planted effect."""
    if test == "anticorrelated":
        # LD carries the opposite effects of planted neighbours into the other sets.
        return world.pattern in ("none", "same", "first", "clusters")
    return world.difference if test != "excess" else world.pattern in ("none", "same")


def _by_replicate(hit: np.ndarray, counted: np.ndarray, n: int) -> Rate:
    """Rate with the replicate as the unit, also where both traits are stacked."""
    shape = (-1, n, hit.shape[1])
    turned = [np.moveaxis(x.reshape(shape), 0, 1) for x in (hit, counted)]
    return counting.rate(*turned)


def _per_set(world: World, arrays: Arrays, layout: Layout) -> Iterator[Row]:
    """The worst set: its rate at 0.05, over replicates."""
    if world.pattern not in ("none", "clusters"):
        return
    for method in METHODS:
        for question in ("direction", "difference"):
            p = claims.p_values(arrays, method, question)
            if p is None or method not in WORST:
                continue
            rates = (p < ALPHAS[0]).mean(axis=0)
            for kind in ("all", "10 blocks or more"):
                here = rates[layout.groups()[kind]]
                worst = int(np.rint(here.max() * len(p)))
                low, high = counting.clopper_pearson(worst, len(p))
                n = len(p) // 2 if question == "direction" else len(p)
                note = f"99 % of sets up to {np.quantile(here, 0.99):.3f}"
                yield row(
                    "worst set", world.name, method, question,
                    Rate(len(p), worst, low, high, len(p), worst / len(p)), kind=kind,
                    alpha=ALPHAS[0], replicates=n, note=note,
                )  # fmt: skip


def further_rows(found: Sequence[tuple[Null, Arrays]]) -> list[Row]:
    """Share of families with a false call of each further test, by world without anything."""
    rows = []
    for null in dict.fromkeys(null for null, _ in found):
        for test in null.tests:
            some = np.concatenate([arrays[test] for other, arrays in found if other is null])
            rates = {"all": counting.rate(some, np.ones_like(some))}
            worst = int(some.mean(axis=0).argmax())
            rates["worst"] = counting.rate(some[:, worst], np.ones(len(some), dtype=bool))
            for kind, rate in rates.items():
                note = f"kind {sets.KINDS[worst]}" if kind == "worst" else ""
                more = {"kind": kind, "alpha": 0.05, "replicates": len(some), "note": note}
                rows.append(row("false families", null.name, claims.OURS, test, rate, **more))
    return rows


def of_peers(earlier: pd.DataFrame, names: Sequence[str], *, real: bool) -> pd.DataFrame:
    """The rows of an earlier table of the methods that were not run again."""
    slow = [*peers.FAST, *peers.SLOW, claims.ROBUST]
    keep = earlier["method"].isin(slow) & earlier["world"].isin(list(names))
    keep |= real & (earlier["part"] == "real data")
    numbers = ("alpha", "replicates", "n", "hits", "rate", "low", "high")
    return earlier[keep].assign(
        **{c: pd.to_numeric(earlier.loc[keep, c], errors="coerce") for c in numbers}
    )


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by part, world and method, each in its own order."""
    method = {name: n for n, name in enumerate(METHODS)}
    keys = {
        "part": table["part"].map({x: n for n, x in enumerate(dict.fromkeys(table["part"]))}),
        "world": table["world"].map({x: n for n, x in enumerate(dict.fromkeys(table["world"]))}),
        "method": table["method"].map(method),
    }
    order = pd.DataFrame(keys).sort_values([*keys], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _bounds(world: World, arrays: Arrays, layout: Layout) -> Iterator[Row]:
    """How often the smaller effect of a true pattern lies beyond the bound printed of it."""
    bounds, expected = np.asarray(arrays["ours/bounds"]), np.asarray(arrays["expected"])
    known = np.isfinite(bounds).all(axis=1)
    both = (_truth(arrays, len(known)) != 0).all(axis=1)
    smaller = np.abs(expected).min(axis=1)
    for k, (name, product) in enumerate((("opposite", -1), ("concordant", 1))):
        true = both & known & (expected[:, 0] * expected[:, 1] * product > 0)
        if true.any():
            for kind, inside in layout.groups().items():
                found = counting.rate(smaller > bounds[:, k], true & inside)
                yield row(
                    "bounds", world.name, claims.OURS, name, found, kind=kind, alpha=0.05,
                    replicates=int(known.any(axis=1).sum()),
                )  # fmt: skip


def _calls(world: World, arrays: Arrays, layout: Layout) -> Iterator[Row]:
    """False directional calls among directional calls, and how often each word is used."""
    for method in METHODS:
        made = claims.called(arrays, method, layout)
        if made is not None:
            yield from _directional(world, _truth(arrays, len(made)), made, layout, method)
    call = np.asarray(arrays["ours/call"])
    some = world.name in worlds.PLANTED or world.pattern == "discordant"
    planted = np.broadcast_to(layout.planted & some, call.shape)
    for number, word in enumerate(vocabulary.WORDS):
        for kind, inside in (("planted", planted), ("not planted", ~planted)):
            found = counting.rate(call == number, inside)
            yield row(
                "words", world.name, claims.OURS, word, found, kind=kind, replicates=len(call)
            )


def _directional(
    world: World, truth: np.ndarray, made: np.ndarray, layout: Layout, method: str
) -> Iterator[Row]:
    is_call, product = (made != 0).all(axis=1), made[:, 0] * made[:, 1]
    false = is_call & (made != truth).any(axis=1)
    families = {str(kind): layout.kind == kind for kind in dict.fromkeys(layout.kind)}
    common = {"alpha": 0.05, "replicates": len(made)}
    right = is_call & (made == truth).all(axis=1)
    for word, wanted in WORDS.items():
        told = is_call if wanted == 0 else is_call & (product == wanted)
        rates = {k: counting.mean(_shares(false & told & f, told & f)) for k, f in families.items()}
        # One kind of set is a family: the worst is told, never a mean over kinds that cannot call.
        worst = max(rates, key=lambda kind: rates[kind].rate)
        yield row(
            "directional calls", world.name, method, f"FDR{word}", rates[worst],
            kind="all", note=f"worst family: {worst}", **common,
        )  # fmt: skip
        for kind, found in rates.items() if method == claims.OURS else ():
            yield row(
                "directional calls", world.name, method, f"FDR{word}", found, kind=kind, **common
            )
    groups = layout.groups(method)
    for kind, inside in groups.items():
        for word, wanted in WORDS.items():
            told = is_call if wanted == 0 else is_call & (product == wanted)
            found = counting.rate(false & told, told & inside)
            yield row(
                "directional calls", world.name, method, f"false calls{word}", found,
                kind=kind, **common,
            )  # fmt: skip
        found = counting.rate(right, (truth != 0).all(axis=1) & inside)
        yield row("directional calls", world.name, method, "power", found, kind=kind, **common)


def _shares(false: np.ndarray, made: np.ndarray) -> np.ndarray:
    """False calls / calls of each family (0 without calls); their mean is the FDR."""
    return np.asarray(false.sum(axis=1) / np.maximum(made.sum(axis=1), 1))


def _power(results: Results, layout: Layout) -> Iterator[Row]:
    """Share of opposite sets claimed where 1 % of the others are, ours on the same replicates."""
    for name, arrays in results.items():
        if worlds.named(name).pattern not in ("opposite", "mixed"):
            continue
        for method in METHODS:
            for question in ("opposite", "difference"):
                ranked = claims.ranks(arrays, method, question)
                if ranked is None or method == claims.ONE_ONLY:
                    continue
                mine = claims.ranks(arrays, claims.OURS, "opposite")
                assert mine is not None
                for threshold in ("own world", "worst world"):
                    for who, p in ((method, ranked), ("ours beside it", mine[: len(ranked)])):
                        source = (method, question) if who == method else (claims.OURS, "opposite")
                        n = len(ranked)
                        limit = _limit(results, source, name, threshold, n)
                        truth = _truth(arrays, n)
                        found = counting.rate(p <= limit, truth[:, 0] * truth[:, 1] < 0)
                        yield row(
                            "power", name, method, question, found, kind=threshold, alpha=EQUAL,
                            replicates=n, note="ours" if who != method else "",
                        )  # fmt: skip


def _limit(results: Results, source: tuple[str, str], name: str, threshold: str, n: int) -> float:
    """P up to which 1 % of the sets that are not opposite are claimed, in the worst world."""
    limits = []
    for other, arrays in results.items():
        if (other == name) if threshold == "own world" else (other not in worlds.HELD_OUT):
            ranked = claims.ranks(arrays, *source)
            if ranked is not None:
                ranked = ranked[:n]
                null = claims.null_sets(
                    worlds.named(other), _truth(arrays, len(ranked)), "opposite"
                )
                limits.append(counting.threshold(ranked, null, EQUAL))
    return min(limits)
