"""The effective sample size of a study."""

from __future__ import annotations

import math

from twas.errors import UsageError


def parse_n_eff(text: float | str | None) -> float | None:
    """Return an effective sample size.

    Parameters
    ----------
    text
        A number, ``"87400"``, or cases and controls, ``"27205/110881"``, which give
        4/(1/cases + 1/controls). None stays None.

    Raises
    ------
    UsageError
        If it is no positive number, or cases and controls are not both positive.

    Examples
    --------
    >>> round(parse_n_eff("27205/110881"))
    87381
    """
    if text is None:
        return None
    parts = str(text).replace(",", "").split("/")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or not all(n > 0 and math.isfinite(n) for n in numbers):
        raise UsageError(f"n_eff {text!r}: give a positive number, or cases/controls")
    return numbers[0] if len(numbers) == 1 else 4 / (1 / numbers[0] + 1 / numbers[1])
