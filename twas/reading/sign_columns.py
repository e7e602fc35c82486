"""A column of a table → the sign that each of its cells tells: words, ±1 or numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.columns import may_be_statistic, normalise
from twas.reading.formats import Format
from twas.reading.sign_words import signs_of

Float = npt.NDArray[np.float64]

#: A column of other things may hold a number or a word for a sign now and then.
SHARE = 0.2
#: Words in names of columns that tell a direction.
_DIRECTION = frozenset(
    {"sign", "signs", "direction", "directions", "dir", "directionality", "effect", "effects"}
    | {"mor", "regulation", "regulated", "trend", "risk", "association", "assoc", "change", "up"}
    | {"down"}
)
#: Words in names of columns about a variant, a place or another test than that of the gene.
_ELSEWHERE = frozenset(
    {"snp", "variant", "allele", "eqtl", "pqtl", "sqtl", "qtl", "gwas", "strand", "orientation"}
    | {"tss", "distance", "dist", "pos", "position", "start", "end", "freq", "maf"}
)
# Sizes around 1, above which the effect is positive.
_RATIOS = frozenset({"or", "odds", "hr", "hazard", "fc", "fold"})


@dataclass(frozen=True)
class SignColumn:
    """A column whose cells tell signs.

    Attributes
    ----------
    name
        Name in the file.
    signs
        (n,) of 1, 0 and -1, NaN where a cell tells none.
    words
        Whether its cells are words or ±1; else they are numbers of any size.
    cells
        (n,) as they stand in the file.
    blank
        Whether it holds dashes only, which may mean that there is nothing to say.
    """

    name: str
    signs: Float
    words: bool
    cells: npt.NDArray[np.object_]
    blank: bool = False

    @property
    def told_by_name(self) -> bool:
        """Whether the name says that the column is about the effect of the gene."""
        names = _words_of(self.name)
        named = bool(names & _DIRECTION) or (self.words and "expression" in names)
        return (named or may_be_statistic(self.name)) and not self.elsewhere

    @property
    def elsewhere(self) -> bool:
        """Whether the name says that the column is about something else."""
        return bool(_words_of(self.name) & _ELSEWHERE)

    @property
    def both(self) -> bool:
        """Whether both signs are there."""
        return bool((self.signs > 0).any() and (self.signs < 0).any())


def sign_column(name: str, cells: npt.NDArray[np.object_]) -> SignColumn | None:
    """Read a column as signs.

    Parameters
    ----------
    name
        Name in the file.
    cells
        (n,) texts or numbers.

    Returns
    -------
    SignColumn or None
        None where few of its cells are numbers or words for a sign.
    """
    codes, unique = pd.factorize(cells, use_na_sentinel=False)
    texts = np.array([_text(cell) for cell in unique], dtype=object)
    missing = np.isin(texts, tuple(MISSING - {"-"}))
    filled = ~missing[codes]
    if not filled.any():
        return None
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(float)
    values = np.where(missing, np.nan, numbers)
    is_number = np.isfinite(values[codes])[filled].mean() > SHARE
    if is_number and not (_words_of(name) & _DIRECTION and _are_units(values)):
        return SignColumn(name, _signs_of_numbers(name, values)[codes], False, cells)
    signs = np.where(missing, np.nan, signs_of(texts))[codes]
    if not (np.isfinite(signs) & (signs != 0))[filled].mean() > SHARE:
        return None
    return SignColumn(name, signs, True, cells, blank=bool((texts[~missing] == "-").all()))


def without_words(
    form: Format,
    places: dict[str, int],
    parsed: Callable[[int], pd.Series],
    texts: Callable[[int], pd.Series],
    columns: Mapping[str, str],
) -> dict[str, int]:
    """Take columns called an effect that hold words, such as "risk", for what they are: signs.

    Parameters
    ----------
    form
        Format of the table; those of tools hold numbers.
    places
        Canonical column → position.
    parsed, texts
        Position → column with missing cells, and as it stands in the file.
    columns
        What the user named, which stays.

    Returns
    -------
    dict
        The places without such columns; where there is no z but p, one of them is the sign.
    """
    kept = dict(places)
    for effect in ("effect_size", "beta"):
        place = places.get(effect)
        if form.name != "table" or place is None or effect in columns:
            continue
        if pd.api.types.is_numeric_dtype(parsed(place)) or not kept.keys() & {"z", "p"}:
            continue
        found = sign_column("effect", texts(place).to_numpy(dtype=object))
        if found is not None and found.words:
            del kept[effect]
            if "z" not in kept:
                kept.setdefault("sign", place)
    return kept


def _are_units(values: Float) -> bool:
    return bool(np.isin(values[np.isfinite(values)], (-1, 0, 1)).all())


def _signs_of_numbers(name: str, values: Float) -> Float:
    words = _words_of(name)
    is_log = any(word.startswith(("log", "ln")) for word in words)
    if words & _RATIOS and not is_log and not (values < 0).any():
        return np.asarray(np.sign(values - 1))
    return np.asarray(np.sign(values))


def _text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    return str(cell).translate(CHARACTERS).strip()


def _words_of(name: str) -> set[str]:
    return set(normalise(name).split("_"))
