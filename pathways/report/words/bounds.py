"""How opposite, or how shared, a pathway can still be, in words: the one place that says it.

An effect is half the log-odds per SD of predicted expression, so a bound ``b`` is an odds ratio
``exp(2 b)`` per SD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pathways.report.words.numbers import as_float, number
from twas.study.universe import PER_SQRT_N

Row = Mapping[str, object]

_COLUMNS = ("bound_opposite", "bound_concordant")


def percent(effect: object) -> str:
    """Change of the odds per SD of predicted expression that an effect stands for: ``0.18 %``."""
    return f"{number(100 * np.expm1(2 * as_float(effect)), 2)} %"


def still_possible(row: Row, pathway: str = "it") -> str:
    """What the bounds of a row of ``divergence`` leave open; "" where it has none.

    Parameters
    ----------
    row
        A pair of traits.
    pathway
        Name of the pathway, or a word for it.
    """
    opposite, shared = (as_float(row.get(name)) for name in _COLUMNS)
    if not (np.isfinite(opposite) and np.isfinite(shared)):
        return ""
    scale, pair = str(row["effect_scale"]), f"{row['trait_a']} and {row['trait_b']}"
    first = _if(f"If {pathway} runs opposite in {pair}", opposite, scale)
    second = _if("if it runs the same way", shared, scale)
    unit = (
        "odds per SD of predicted expression; 95 % confidence"
        if scale == PER_SQRT_N
        else "each trait in SD of its own z; 95 % confidence"
    )
    return f"{first}; {second} ({unit})."


def still_open(row: Mapping[str, object]) -> str:
    """The bounds of a row of ``divergence`` in a few words; "" where it has none."""
    found = [as_float(row.get(f"bound_{name}")) for name in ("opposite", "concordant")]
    if not np.isfinite(found).all():
        return ""
    write = percent if row["effect_scale"] == PER_SQRT_N else _in_sd
    each = ["excluded" if bound == 0 else f"< {write(bound)}" for bound in found]
    return f"opposite {each[0]}, shared {each[1]}"


def _in_sd(bound: float) -> str:
    return f"{number(bound, 2)} SD"


def _if(condition: str, bound: float, scale: str) -> str:
    if bound == 0:
        return f"{condition}, that is excluded at any size"
    size = percent(bound) if scale == PER_SQRT_N else number(bound, 2)
    return f"{condition}, the weaker effect is below {size}"


def in_short(rows: Sequence[Row]) -> str:
    """What the bounds of some rows leave open, of several their median; "" where none has any.

    ``if opposite, the weaker effect is below 0.18 % odds per SD; if shared, below 0.36 %``.
    """
    scales = dict.fromkeys(str(row["effect_scale"]) for row in rows)
    found = [_of_scale([row for row in rows if row["effect_scale"] == s], s) for s in scales]
    return "; ".join(filter(None, found))


def _of_scale(rows: Sequence[Row], scale: str) -> str:
    sizes = np.array([[as_float(row.get(name)) for name in _COLUMNS] for row in rows])
    sizes = sizes[np.isfinite(sizes).all(axis=1)]
    if not len(sizes):
        return ""
    opposite, shared = (_size(float(value), scale) for value in np.median(sizes, axis=0))
    unit = "odds per SD" if scale == PER_SQRT_N else "SD of z"
    middle = "" if len(sizes) == 1 else ", medians"
    return (
        f"if opposite, the weaker effect is below {opposite}, if shared, below {shared}"
        f" ({unit}{middle})"
    )


def _size(bound: float, scale: str) -> str:
    return percent(bound) if scale == PER_SQRT_N else number(bound, 2)


def excluded(rows: Sequence[Row]) -> str:
    """What the intervals of rows of ``directions`` exclude, of several the median; "" if none does.

    ``activities beyond 0.2 % odds per SD are excluded``.
    """
    scales = dict.fromkeys(str(row["effect_scale"]) for row in rows)
    found = [_beyond([row for row in rows if row["effect_scale"] == s], s) for s in scales]
    return "; ".join(filter(None, found))


def _beyond(rows: Sequence[Row], scale: str) -> str:
    ends = np.array([[abs(as_float(row[name])) for name in ("ci_low", "ci_high")] for row in rows])
    most = ends.max(axis=1)
    most = most[np.isfinite(most)]
    if not most.size:
        return ""
    size = _size(float(np.median(most)), scale)
    unit = "odds per SD of predicted expression" if scale == PER_SQRT_N else "SD of z"
    middle = "" if len(most) == 1 else " (median)"
    return f"activities beyond {size} {unit}{middle} are excluded at 95 % confidence"
