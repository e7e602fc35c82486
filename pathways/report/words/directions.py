"""The direction of one trait, in words: the one place that says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from pathways.calls.vocabulary import ALPHA
from pathways.report.words.numbers import as_float, p_value

#: What is said of a trait without a direction.
_OPEN = {"undetermined": "cannot tell", "untestable": "is untestable"}


def direction(row: Mapping[str, object]) -> str:
    """``up``, ``down``, ``undetermined`` or ``untestable``: of a row of ``directions``."""
    q = as_float(row["q_direction"])
    if not np.isfinite(q):
        return "untestable"
    if q > ALPHA:
        return "undetermined"
    return "up" if as_float(row["activity"]) > 0 else "down"


def is_clear(row: Mapping[str, object]) -> bool:
    """Whether a row of ``directions`` has a direction."""
    return direction(row) in ("up", "down")


def of_call(row: Mapping[str, object]) -> dict[str, str]:
    """Trait → ``up`` or ``down``: what a directional call of a row of ``divergence`` holds."""
    return {
        str(row[f"trait_{side}"]): "up" if as_float(row[f"activity_{side}"]) > 0 else "down"
        for side in "ab"
    }


def each(rows: Iterable[Mapping[str, object]]) -> str:
    """Directions of several traits: ``down in BIP (q 0.02); OCD cannot tell``."""
    listed = list(rows)
    clear = [
        f"{direction(row)} in {row['trait']} (q {p_value(row['q_direction'])})"
        for row in listed
        if is_clear(row)
    ]
    rest = [f"{row['trait']} {_OPEN[direction(row)]}" for row in listed if not is_clear(row)]
    return "; ".join([*clear, *rest])
