"""Numbers for people: rounded, with true minus signs. Exact numbers are in the TSV files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from twas.study.universe import PER_SQRT_N

MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

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
    x = as_float(value)
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
    x = as_float(value)
    return "" if np.isnan(x) else f"{x:,.0f}".replace("-", MINUS)


def p_value(value: object) -> str:
    """A p- or q-value: two significant digits, powers of ten below 0.001."""
    x = as_float(value)
    if np.isnan(x):
        return ""
    if x < 9.5e-4:
        return _scientific(x, 2) if x > 0 else "0"
    if x >= 0.995:
        return "1"
    return f"{x:.3f}" if x < 0.1 else f"{x:.2f}"


def as_float(value: object) -> float:
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
        return as_float(value) * self.factor

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
