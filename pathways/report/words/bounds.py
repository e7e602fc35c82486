"""How opposite, or how shared, a pathway can still be, in words: the one place that says it.

An effect is half the log-odds per SD of predicted expression, so a bound ``b`` is an odds ratio
``exp(2 b)`` per SD.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pathways.report.words.numbers import as_float, number
from twas.study.study import PER_SQRT_N


def percent(effect: object) -> str:
    """Change of the odds per SD of predicted expression that an effect stands for: ``0.18 %``."""
    return f"{number(100 * np.expm1(2 * as_float(effect)), 2)} %"


def still_possible(row: Mapping[str, object], pathway: str = "it") -> str:
    """What the bounds of a row of ``divergence`` leave open; "" where it has none.

    Parameters
    ----------
    row
        A pair of traits.
    pathway
        Name of the pathway, or a word for it.
    """
    opposite, shared = (as_float(row.get(f"bound_{name}")) for name in ("opposite", "concordant"))
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
