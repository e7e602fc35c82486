"""What could have been seen, at the error rate that the calls use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathways.report.pages.selection import Row, Selection
from pathways.report.words import names
from pathways.report.words.numbers import as_float

Float = NDArray[np.float64]

_FDR = "at a false discovery rate of 5 %"


def seen(chosen: Selection) -> tuple[str, ...]:
    """What size of effect could have been seen: a sentence per trait, and per pair of them."""
    traits = (_of_trait(chosen, trait) for trait in chosen.traits)
    pairs = (_of_pair(chosen, pair) for pair in chosen.pairs)
    return tuple(filter(None, [*traits, *pairs]))


def _of_trait(chosen: Selection, trait: str) -> str:
    rows = [row for (_, t), row in chosen.directions.items() if t == trait]
    if not rows:
        return ""
    sizes = _column(rows, "detectable_effect_fdr")
    if not np.isfinite(sizes).any():
        return _of_intervals(chosen, trait, rows)
    reach = sizes[np.isfinite(sizes)]
    return (
        f"{trait}: an activity of {_typical(chosen, reach)} would have been found {_FDR} with 80 %"
        f" power{_out_of_reach(len(rows) - len(reach), len(rows), 'found there')}."
    )


def _of_intervals(chosen: Selection, trait: str, rows: list[Row]) -> str:
    """Where no effect could have been found: how wide the intervals are."""
    out = f"{trait}: {_FDR} no effect of any size could have been found, the loci being too few"
    halves = (_column(rows, "ci_high") - _column(rows, "ci_low")) / 2
    halves = halves[np.isfinite(halves)]
    if not halves.size:
        return f"{out}."
    return (
        f"{out}; the 95 % interval reaches {_typical(chosen, halves)} to each side of the estimate."
    )


def _of_pair(chosen: Selection, pair: tuple[str, str]) -> str:
    """For a call both directions must be seen: the trait that sees less decides."""
    keys = [p for p, *traits in chosen.divergence if tuple(traits) == pair]
    both = [[chosen.directions.get((p, trait)) for trait in pair] for p in keys]
    sizes = np.array([[_detectable(row) for row in rows] for rows in both])
    if not len(sizes):
        return ""
    calls = [str(chosen.divergence[(p, *pair)]["call"]) for p in keys]
    never = sum(call == "untestable" for call in calls)
    needed = sizes.max(axis=1)
    reach = needed[np.isfinite(needed)]
    name, n = " / ".join(map(names.clean, pair)), len(keys)
    if not reach.size:
        return (
            f"{name}: both directions must be seen, and in no pathway could both be found {_FDR}"
            f"{_out_of_reach(never, n, 'called')}."
        )
    less = np.bincount(sizes[np.isfinite(needed)].argmax(axis=1), minlength=2).argmax()
    return (
        f"{name}: both directions must be seen, which takes an activity of"
        f" {_typical(chosen, reach)} in each (80 % power in"
        f" {names.clean(pair[int(less)])}, which sees less)"
        f"{_out_of_reach(never, n, 'called')}."
    )


def _detectable(row: Row | None) -> float:
    value = np.nan if row is None else as_float(row.get("detectable_effect_fdr"))
    return value if np.isfinite(value) else np.inf


def _column(rows: list[Row], name: str) -> Float:
    return np.array([as_float(row.get(name)) for row in rows])


def _typical(chosen: Selection, sizes: Float) -> str:
    """Median and range of sizes; one size alone."""
    text, unit = chosen.scale.text, chosen.scale.prefix
    middle = f"{text(np.median(sizes))} {unit}".rstrip()
    if len(sizes) == 1:
        return middle
    return f"{middle} (median of {len(sizes):,}; {text(sizes.min())} to {text(sizes.max())})"


def _out_of_reach(n: int, of: int, done: str) -> str:
    if not n:
        return ""
    share = f" ({n / of:.0%})".replace("%", " %") if of > 1 else ""
    sets = "pathway" if of == 1 else "pathways"
    return f"; in {n:,} of {of:,} {sets}{share} no effect of any size could have been {done}"
