"""z of a table that has none: from effect and standard error, or from p and a sign.

- effect and error: ``z = beta / se``; with an odds ratio ``z = ln(OR) / se``, where se is that of
  ln(OR), as PLINK and METAL write it.
- p and a sign: ``z = sign · Φ⁻¹(1 - p/2)`` with the two-sided p. The sign is that of an effect, of
  ln(OR), or stands in a column of its own.
- the size of z and a sign that the user names: ``z = sign · |z|``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from twas.errors import DataError
from twas.reading.columns import Z_SOURCES
from twas.reading.raw import Raw
from twas.reading.sign_columns import sign_column
from twas.system.arrays import Float


@dataclass(frozen=True)
class Recipe:
    """One way to a z.

    Attributes
    ----------
    needs
        Canonical columns it is made from.
    words
        Formula with the names of the columns in the file.
    make
        Function of the rows that returns z, NaN where it cannot be made.
    """

    needs: tuple[str, ...]
    words: str
    make: Callable[[Raw], Float]


def recipe_for(columns: Collection[str]) -> Recipe | None:
    """Return the first recipe whose columns are there, None if there is none."""
    found = (source for source in Z_SOURCES if set(source) <= set(columns))
    return next((RECIPES[source] for source in found), None)


def read_signs(raw: Raw) -> None:
    """Turn the sign column into 1, 0 and -1, NaN where a cell is no sign.

    Numbers of both signs count by their sign, odds ratios around 1.

    Raises
    ------
    DataError
        If no cell is a sign.
    """
    name = raw.header["sign"]
    column = sign_column(name, raw.text("sign").to_numpy(dtype=object))
    if column is None or not (column.words or column.both):
        raise DataError(
            f"{raw.name}: the column {name} holds no signs (+, -, 1, -1, up, down); "
            "name the z column with `columns`"
        )
    raw.cells["sign"] = column.signs


def add_z(raw: Raw, min_p: float | None) -> None:
    """Make z where the table has none, and say how.

    Raises
    ------
    DataError
        If p is 0 and there is no ``min_p``.
    """
    if "z" in raw.cells:
        _give_sign(raw)
        return
    recipe = recipe_for(raw.header)
    if recipe is None:  # fine-mapping tables need no z
        raw.cells["z"] = np.zeros(len(raw.lines))
        return
    if "sign" in recipe.needs:
        read_signs(raw)
    if "p" in recipe.needs:
        _check_p(raw, min_p)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw.cells["z"] = recipe.make(raw)
    how = recipe.words.format(**raw.header)
    raw.found("z_computed", len(raw.lines), how=how)


def _give_sign(raw: Raw) -> None:
    """Give z the sign of the column that the user named for it."""
    if "sign" not in raw.header:
        return
    read_signs(raw)
    raw.cells["z"] = raw.cells["sign"] * np.abs(raw.cells["z"])
    how = "the size of {z} with the sign in {sign}".format(**raw.header)
    raw.found("z_computed", len(raw.lines), how=how)


def _check_p(raw: Raw, min_p: float | None) -> None:
    p = raw.cells["p"]
    if min_p is not None:
        capped = p < min_p
        if capped.any():
            raw.found("p_capped", int(capped.sum()), p=min_p)
        raw.cells["p"] = p = np.where(capped & (p >= 0), min_p, p)
    zero = np.flatnonzero(p == 0)
    if len(zero):
        raise DataError(
            f"{raw.name}: line {raw.lines[zero[0]]} has p = 0 ({len(zero)} such lines), of which "
            "no z can be made; give the z, or the smallest p to take it for as `min_p`"
        )
    outside = (p < 0) | (p > 1)
    if outside.any():
        line = raw.lines[np.flatnonzero(outside)[0]]
        raise DataError(
            f"{raw.name}: line {line} has a p outside 0 to 1 ({int(outside.sum())} such lines); is "
            f"{raw.header['p']} the p-value?"
        )


def _over_se(raw: Raw, effect: Float) -> Float:
    se = raw.cells["se"]
    return np.where(se < 0, np.nan, effect / se)


def _of_p(raw: Raw, signed: Float) -> Float:
    size = np.abs(ndtri(raw.cells["p"] / 2))
    # Where p is 1 the sign does not matter.
    return np.where(size == 0, 0.0, np.where(signed == 0, np.nan, np.sign(signed) * size))


def _log_or(raw: Raw) -> Float:
    ratio = raw.cells["odds_ratio"]
    if (ratio <= 0).any():
        line = raw.lines[np.flatnonzero(ratio <= 0)[0]]
        raise DataError(
            f"{raw.name}: line {line} has an odds ratio of {ratio[ratio <= 0][0]:g}; is "
            f"{raw.header['odds_ratio']} ln(OR)? Then name it with `columns` beta=…"
        )
    return np.asarray(np.log(ratio))


#: Columns that make a z → how.
RECIPES = {
    recipe.needs: recipe
    for recipe in (
        Recipe(("z",), "{z}", lambda raw: raw.cells["z"]),
        Recipe(("beta", "se"), "{beta} / {se}", lambda raw: _over_se(raw, raw.cells["beta"])),
        Recipe(
            ("odds_ratio", "se"),
            "ln({odds_ratio}) / {se}, taking {se} as the standard error of ln({odds_ratio})",
            lambda raw: _over_se(raw, _log_or(raw)),
        ),
        Recipe(
            ("p", "beta"),
            "the normal quantile of {p} (two-sided) with the sign of {beta}",
            lambda raw: _of_p(raw, raw.cells["beta"]),
        ),
        Recipe(
            ("p", "odds_ratio"),
            "the normal quantile of {p} (two-sided) with the sign of ln({odds_ratio})",
            lambda raw: _of_p(raw, _log_or(raw)),
        ),
        Recipe(
            ("p", "sign"),
            "the normal quantile of {p} (two-sided) with the sign in {sign}",
            lambda raw: _of_p(raw, raw.cells["sign"]),
        ),
    )
}
