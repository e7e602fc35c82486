"""Numbers for people: rounded, with true minus signs; effects as odds, and bounds of them.

Exact numbers are in the TSV files. A bound says how opposite, or how shared, a pathway can still
be. An effect is half the log-odds per SD of predicted expression, so a bound ``b`` is an odds ratio
``exp(2 b)`` per SD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twas.study.universe import PER_SQRT_N

#: A row of a table, its numbers as floats: see `pathways.report.selection.rows_of`.
Row = Mapping[Any, Any]

MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

#: A bound of zero: that direction cannot be.
EXCLUDED = "excluded"

#: What an effect is, by `effect_scale`.
UNITS = {
    PER_SQRT_N: "half log-odds per SD of predicted expression",
    "unit": "SD of z",
}


def power_of_ten(exponent: int) -> str:
    """Power of ten as text: ``10⁻³``."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def number(value: object, digits: int = 3) -> str:
    """A rounded number: `digits` significant digits, "" for a missing one.

    Parameters
    ----------
    value
        Any number; NaN and None are missing.
    digits
        Significant digits.
    """
    x = _float(value)
    if np.isnan(x):
        return ""
    if np.isinf(x):
        return "∞" if x > 0 else MINUS + "∞"
    if x == 0:
        return "0"
    places = digits - 1 - int(np.floor(np.log10(abs(x))))
    if places > 6:
        return _scientific(x, digits)
    return f"{x:,.{max(places, 0)}f}".replace("-", MINUS)


def count(value: object) -> str:
    """A whole number with thousands separated, "" for a missing one."""
    x = _float(value)
    return "" if np.isnan(x) else f"{x:,.0f}".replace("-", MINUS)


def p_value(value: object) -> str:
    """A p- or q-value: two significant digits, powers of ten below 0.001."""
    x = _float(value)
    if np.isnan(x):
        return ""
    if x < 9.5e-4:
        return _scientific(x, 2) if x > 0 else "0"
    if x >= 0.995:
        return "1"
    return f"{x:.3f}" if x < 0.1 else f"{x:.2f}"


def _float(value: object) -> float:
    """A cell as float; NaN where it is missing or no number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def _scientific(x: float, digits: int) -> str:
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', MINUS)} × {power_of_ten(int(exponent))}"


@dataclass(frozen=True)
class Scale:
    """Power of ten in which the effects of a report are printed.

    Attributes
    ----------
    exponent
        0, or a negative multiple of three.
    effect_scale
        ``per_sqrt_n`` or ``unit``, ``mixed`` where traits differ in it.
    """

    exponent: int
    effect_scale: str

    @property
    def factor(self) -> float:
        """Effects are multiplied by this before printing."""
        return float(10.0**-self.exponent)

    @property
    def unit(self) -> str:
        """Unit of the printed numbers."""
        base = UNITS.get(self.effect_scale, "effect")
        return f"{power_of_ten(self.exponent)} {base}" if self.exponent else base

    @property
    def prefix(self) -> str:
        """The power of ten alone, as in ``× 10⁻³``, "" where it is one."""
        return f"× {power_of_ten(self.exponent)}" if self.exponent else ""

    def text(self, value: object) -> str:
        """An effect, printed in this scale."""
        x = self.of(value)
        if not np.isfinite(x):
            return number(x)
        text = f"{x:,.{1 if abs(x) >= 10 else 2}f}"
        return ("0" if float(text.replace(",", "")) == 0 else text).replace("-", MINUS)

    def of(self, value: object) -> float:
        """An effect in this scale, NaN where it is missing."""
        return _float(value) * self.factor

    def interval(self, low: object, high: object) -> str:
        """``low to high``, "" where there is no interval."""
        ends = self.text(low), self.text(high)
        return f"{ends[0]} to {ends[1]}" if all(ends) else ""


def effect_scale(directions: pd.DataFrame) -> Scale:
    """Choose the scale of a report from its activities and intervals."""
    kinds = directions["effect_scale"].dropna().unique()
    kind = str(kinds[0]) if len(kinds) == 1 else "mixed"
    values = directions[["activity", "ci_low", "ci_high"]].to_numpy(dtype=np.float64)
    values = np.abs(values[np.isfinite(values)])
    typical = float(np.median(values[values > 0])) if (values > 0).any() else 1.0
    exponent = 0 if typical >= 0.03 else 3 * int(np.floor(np.log10(typical * 3) / 3))
    return Scale(exponent, kind)


def percent(effect: float) -> str:
    """Change of the odds per SD of predicted expression that an effect stands for: ``0.18 %``."""
    return f"{number(100 * np.expm1(2 * effect), 2)} %"


def size(effect: float, scale: str) -> str:
    """An effect as `percent` on the scale of odds, else to two digits."""
    return percent(effect) if scale == PER_SQRT_N else number(effect, 2)


def bound(effect: float, scale: str) -> str:
    """A bound alone: ``0.18 %``, ``0.20 SD`` or ``excluded``; "" where there is none."""
    if np.isnan(effect):
        return ""
    unit = "" if scale == PER_SQRT_N else " SD"
    return EXCLUDED if effect == 0 else f"{size(effect, scale)}{unit}"


def still_possible(row: Row, pathway: str = "it") -> str:
    """What the bounds of a row of ``divergence`` leave open; "" where it has none.

    Parameters
    ----------
    row
        A pair of traits.
    pathway
        Name of the pathway, or a word for it.
    """
    opposite, shared = _bounds(row)
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


def still_open(row: Row) -> str:
    """The bounds of a row of ``divergence`` in a few words; "" where it has none."""
    found = _bounds(row)
    if not np.isfinite(found).all():
        return ""
    told = [bound(value, str(row["effect_scale"])) for value in found]
    opposite, shared = (text if text == EXCLUDED else f"< {text}" for text in told)
    return f"opposite {opposite}, shared {shared}"


def _bounds(row: Row) -> tuple[float, float]:
    """NaN in tables that an earlier version wrote."""
    return row.get("bound_opposite", np.nan), row.get("bound_concordant", np.nan)


def _if(condition: str, effect: float, scale: str) -> str:
    if effect == 0:
        return f"{condition}, that is excluded at any size"
    return f"{condition}, the weaker effect is below {size(effect, scale)}"


def in_short(rows: Sequence[Row]) -> str:
    """What the bounds of some rows leave open, of several their median; "" where none has any.

    ``if opposite, the weaker effect is below 0.18 %, if shared, below 0.36 % (odds per SD)``.
    """
    return "; ".join(filter(None, (_left(same, scale) for scale, same in _by_scale(rows))))


def _left(rows: Sequence[Row], scale: str) -> str:
    sizes = np.array([_bounds(row) for row in rows])
    sizes = sizes[np.isfinite(sizes).all(axis=1)]
    if not len(sizes):
        return ""
    opposite, shared = (size(float(value), scale) for value in np.median(sizes, axis=0))
    unit = "odds per SD" if scale == PER_SQRT_N else "SD of z"
    middle = "" if len(sizes) == 1 else ", medians"
    return (
        f"if opposite, the weaker effect is below {opposite}, if shared, below {shared}"
        f" ({unit}{middle})"
    )


def excluded(rows: Sequence[Row]) -> str:
    """What the intervals of rows of ``directions`` exclude, of several the median; "" if none does.

    ``activities beyond 0.2 % odds per SD are excluded``.
    """
    return "; ".join(filter(None, (_beyond(same, scale) for scale, same in _by_scale(rows))))


def _beyond(rows: Sequence[Row], scale: str) -> str:
    most = np.array([max(abs(row["ci_low"]), abs(row["ci_high"])) for row in rows])
    most = most[np.isfinite(most)]
    if not most.size:
        return ""
    typical = size(float(np.median(most)), scale)
    unit = "odds per SD of predicted expression" if scale == PER_SQRT_N else "SD of z"
    middle = "" if len(most) == 1 else " (median)"
    return f"activities beyond {typical} {unit}{middle} are excluded at 95 % confidence"


def _by_scale(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The rows of each `effect_scale`."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["effect_scale"]), []).append(row)
    return list(found.items())
