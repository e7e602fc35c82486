"""What the terminal says of a run: counts first, then the calls by q, then how many are open.

Nothing is left out in silence: what is not a line of its own is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from pathways.calls.vocabulary import CALLED, READING
from pathways.calls.words import ALPHA
from pathways.report.pages.selection import Row, Selection, collections, is_control, select
from pathways.report.words import names
from pathways.report.words.bounds import percent
from pathways.report.words.numbers import as_float, number, p_value
from twas.study.study import PER_SQRT_N

if TYPE_CHECKING:
    from pathways.results import Results

#: Lines of sets without a call: those in which a trait has a direction of its own.
MOST_OPEN = 10
#: Lines of sets with a call.
MOST_CALLED = 40


def lines(results: Results) -> list[str]:
    """The answer of a run, line by line.

    Parameters
    ----------
    results
        A run.
    """
    found: list[str] = []
    for name in sorted(collections(results), key=is_control):
        chosen = select(results, name, most=len(results.directions))
        if is_control(name):
            found.append(_controls(chosen))
        elif chosen.pairs:
            for pair in chosen.pairs:
                found += _pair(chosen, pair)
        else:
            found += _one_trait(chosen)
    return found


def _pair(chosen: Selection, pair: tuple[str, str]) -> Iterator[str]:
    rows = [row for p in chosen.pathways if (row := chosen.divergence.get((p, *pair)))]
    calls = Counter(str(row["call"]) for row in rows)
    counts = ", ".join(f"{calls[c.word]:,} {c.word}" for c in READING if calls[c.word])
    yield f"{chosen.collection}, {pair[0]} / {pair[1]}: {counts} (of {len(rows):,} sets)"
    order = sorted(rows, key=lambda row: (_q(row, "q_call"), _q(row, "p_both")))
    called = [row for row in order if row["call"] in CALLED]
    for row in called[:MOST_CALLED]:
        yield _line(str(row["pathway"]), str(row["call"]), f"{row['reason']}{_own(chosen, row)}")
    if len(called) > MOST_CALLED:
        yield f"  {len(called) - MOST_CALLED:,} more with a call: divergence.tsv"
    yield from _open(chosen, [row for row in order if row["call"] not in CALLED], bool(called))


def _open(chosen: Selection, rows: list[Row], more: bool) -> Iterator[str]:
    """The sets without a call: those with a direction in one trait, then the rest by number."""
    clear = [
        row for row in rows if any(_direction(t) in ("up", "down") for t in _traits(chosen, row))
    ]
    for row in islice(clear, MOST_OPEN):
        yield _line(str(row["pathway"]), str(row["call"]), _directions(chosen, row))
    told = {str(row["pathway"]) for row in clear[:MOST_OPEN]}
    rest = [row for row in rows if str(row["pathway"]) not in told]
    for word in ("undetermined", "untestable"):
        left = [row for row in rest if row["call"] == word]
        if left:
            yield f"  {len(left):,} {'more: ' if more or clear else ''}{word}{_bounds(left)}"


def _bounds(rows: list[Row]) -> str:
    """What is still possible in the sets that are open: the median of their bounds."""
    sizes = [
        [as_float(row.get(f"bound_{name}")) for row in rows] for name in ("opposite", "concordant")
    ]
    if not all(np.isfinite(column).any() for column in sizes):
        return ""
    opposite, shared = (float(np.nanmedian(column)) for column in sizes)
    if str(rows[0]["effect_scale"]) == PER_SQRT_N:
        size = [f"{percent(value)} odds per SD" for value in (opposite, shared)]
    else:
        size = [f"{number(value, 2)} SD of z" for value in (opposite, shared)]
    middle = "" if len(rows) == 1 else " (median)"
    return (
        f"; if opposite, the weaker effect is below {size[0]}, if shared, below {size[1]}{middle}"
    )


def _one_trait(chosen: Selection) -> Iterator[str]:
    trait = chosen.traits[0]
    rows = [row for p in chosen.pathways if (row := chosen.directions.get((p, trait)))]
    found = Counter(_direction(row) for row in rows)
    counts = ", ".join(
        f"{found[word]:,} {word}"
        for word in ("up", "down", "undetermined", "untestable")
        if found[word]
    )
    yield f"{chosen.collection}, {trait}: {counts} (of {len(rows):,} sets)"
    clear = [row for row in rows if _is_clear(row)]
    clear.sort(key=lambda row: _q(row, "q_direction"))
    for row in clear[:MOST_CALLED]:
        yield _line(str(row["pathway"]), _direction(row), f"q {p_value(row['q_direction'])}")
    left = len(rows) - min(len(clear), MOST_CALLED)
    if left:
        yield f"  {left:,} {'more: directions.tsv' if clear else 'cannot be told: directions.tsv'}"


def _controls(chosen: Selection) -> str:
    if chosen.pairs:
        rows = list(chosen.divergence.values())
        called = [row for row in rows if row["call"] in CALLED]
        doubt = "" if not called else "; calls of this run deserve doubt"
        return f"Negative controls: {len(called):,} of {len(rows):,} have a call{doubt}"
    rows = list(chosen.directions.values())
    clear = sum(map(_is_clear, rows))
    return f"Negative controls: {clear:,} of {len(rows):,} have a direction"


def _line(pathway: str, word: str, words: str) -> str:
    return f"  {names.shorten(pathway, 40):<24} {word:<13} {words}".rstrip()


def _own(chosen: Selection, row: Row) -> str:
    """Directions of the traits, where the call is none of directions."""
    if row["call"] in ("opposite", "concordant"):
        return ""
    return f"; {_directions(chosen, row)}"


def _directions(chosen: Selection, row: Row) -> str:
    """``ALS up (q 0.02), FTD cannot tell``."""
    words = {"undetermined": "cannot tell", "untestable": "untestable"}
    return ", ".join(
        f"{t['trait']} {words[found]}"
        if (found := _direction(t)) in words
        else f"{t['trait']} {found} (q {p_value(t['q_direction'])})"
        for t in _traits(chosen, row)
    )


def _traits(chosen: Selection, row: Row) -> list[Row]:
    pair = (str(row["trait_a"]), str(row["trait_b"]))
    found = (chosen.directions.get((row["pathway"], trait)) for trait in pair)
    return [row for row in found if row is not None]


def _direction(row: Mapping[str, object]) -> str:
    q = as_float(row["q_direction"])
    if not np.isfinite(q):
        return "untestable"
    if q > ALPHA:
        return "undetermined"
    return "up" if as_float(row["activity"]) > 0 else "down"


def _is_clear(row: Row) -> bool:
    return _direction(row) in ("up", "down")


def _q(row: Row, column: str) -> float:
    value = as_float(row[column])
    return value if np.isfinite(value) else np.inf
