"""Signs that a table tells in words: what a cell says, what a column says, and whether z agrees.

A cell says ``+``, ``down-regulates``, ``risk`` or ``↑``. A word counts from its beginning
(``activat``, ``repress``), so that sentences and other things do not pass for signs. The Direction
of METAL (``++-?``), a sign for each study, is none.

A column holds such words, ±1, or numbers. Published tables often give the size of z, and where it
points in another column, which nobody would miss. A column that tells the same sign as z says
nothing. One that tells another is an error that names it, as in a network; where its name does not
say that it is about the effect of the gene, it is an error only beside z of one sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.checks import threshold
from twas.errors import DataError
from twas.genes.identifiers import CHARACTERS, MISSING
from twas.reading.columns import may_be_statistic, normalise
from twas.reading.content import harmless
from twas.reading.formats import Format
from twas.reading.raw import Raw
from twas.system.arrays import Float, Text

_END = r"(?:$|(?= in\b))"
_UP = re.compile(
    rf"\+(?:ve)?$|-*->|[↑▲⬆]|(?:up|positive|pos|risk(?: factor| gene)?){_END}|up[- ]?regulat"
    r"|activat|stimulat|induc|increas|positive|promot|enhanc|agonis|higher|rais|elevat|harmful"
    r"|over[- ]?express|suscept|act$|gain"
)
_DOWN = re.compile(
    rf"--?\||-ve$|[↓▼⬇]|(?:down|negative|neg){_END}|down[- ]?regulat|inactivat|inhibit|repress"
    r"|suppress|decreas|negativ|antagonis|block|lower|reduc|diminish|under[- ]?express|protect"
    r"|(?:dn|inh)$|loss"
)
# "risk-increasing": what it does to the risk is the sign.
_RISK = re.compile(r"(?:disease )?risk[- ](?=\w+(?:ing|es|ed)$)")
# A sentence is a remark, not a sign: "down-regulates quantity by repression" has four words.
_MAX_WORDS = 5
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
#: At most this share of the rarer sign: z of one sign but a few.
ONE_SIDED = 0.05
#: With fewer rows, numbers of both signs beside z of one tell nothing.
MIN_ROWS = 5
#: A column of a name that says nothing, all of whose words tell the other sign than z.
REVERSED = 0.9


def sign_of(text: str) -> int:
    """+1, -1, or 0 for what tells no sign, or both; a lone ``-`` tells none."""
    words = text.translate(CHARACTERS).replace("_", "-").lower().strip()
    if len(words.split()) > _MAX_WORDS:
        return 0
    parts = [_RISK.sub("", part.strip()) for part in re.split(r"[;,/]|\|(?=\w)", words)]
    found = {
        -1 if _DOWN.match(part) else 1 for part in parts if _DOWN.match(part) or _UP.match(part)
    }
    return found.pop() if len(found) == 1 else 0


def dashes_are_minus(words: Iterable[object]) -> bool:
    """Whether "-" means minus; elsewhere it means that there is nothing to say."""
    filled = {str(word).translate(CHARACTERS).strip() for word in words} - {"", "0", "?"}
    return "-" in filled and ("+" in filled or filled == {"-"})


def signs_of(cells: npt.ArrayLike) -> Float:
    """Return the sign of each cell.

    Parameters
    ----------
    cells
        (n,) words, and the numbers 1, 0 and -1.

    Returns
    -------
    numpy.ndarray
        (n,) of 1, 0 and -1; NaN where a cell tells no sign.
    """
    codes, words = pd.factorize(np.asarray(cells, dtype=object), use_na_sentinel=False)
    texts = [str(word).translate(CHARACTERS).strip() for word in words]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(float)
    told = np.array([sign_of(text) or np.nan for text in texts], dtype=float)
    if dashes_are_minus(texts):
        told[np.array(texts, dtype=object) == "-"] = -1
    known = np.where(np.isin(numbers, (-1, 0, 1)), numbers, told)
    return np.asarray(known[codes], dtype=float)


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
    cells: Text
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


def sign_column(name: str, cells: Text) -> SignColumn | None:
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


def check_unread_signs(raw: Raw) -> None:
    """Compare z with every column that tells a sign and is not read for it.

    Raises
    ------
    DataError
        If one contradicts z; the message names it, the rows, and the ways out.
    """
    z = raw.cells["z"]
    filled = z[np.isfinite(z) & (z != 0)]
    if not raw.form.background or not len(filled) or "sign" in raw.header:
        return
    one_sided = min((filled < 0).mean(), (filled > 0).mean()) <= ONE_SIDED
    for column in _columns(raw, numbers=one_sided):
        _judge(raw, column, one_sided=one_sided)


def _judge(raw: Raw, column: SignColumn, *, one_sided: bool) -> None:
    z = raw.cells["z"]
    known = np.isfinite(z * column.signs) & (z * column.signs != 0)
    wrong = known & (z * column.signs < 0)
    n, count = int(known.sum()), int(wrong.sum())
    # A column of one sign is a remark, unless it stands beside z that are all of the other.
    if not count or not (column.both or (one_sided and column.told_by_name)):
        return
    share = count / n
    if not column.told_by_name and not one_sided:
        if column.words and not column.elsewhere and n >= MIN_ROWS and share >= REVERSED:
            _warn(raw, column, count, n)
    elif share <= 1 - threshold("sign_contradicts_z") or not _is_clear(column):
        if n >= MIN_ROWS:
            _warn(raw, column, count, n)
    else:
        row = int(np.flatnonzero(wrong)[0])
        cell = harmless(str(column.cells[row]).strip())
        raise DataError(
            f"{raw.name}: the column {column.name!r} tells another sign than z in {count:,} of "
            f"{n:,} rows (line {raw.lines[row]}: z {z[row]:g}, {cell}); if z is a size only, name "
            f"the column of its sign with `columns` sign={column.name}; if the column tells "
            "something else, take it out"
        )


def _is_clear(column: SignColumn) -> bool:
    """Whether a contradiction is an error: words of any name, numbers of a telling one."""
    return column.told_by_name or (column.words and not column.elsewhere)


def _warn(raw: Raw, column: SignColumn, count: int, n: int) -> None:
    raw.found("sign_contradicts_z", count, n=n, column=column.name)


def _columns(raw: Raw, *, numbers: bool) -> Iterator[SignColumn]:
    """Yield the columns that tell signs; those of numbers only where asked for."""
    if numbers:
        for effect in sorted({"effect_size", "beta"} & raw.cells.keys() & raw.header.keys()):
            values = raw.cells[effect]
            yield SignColumn(raw.header[effect], np.sign(values), False, values.astype(object))
    own = raw.form.own
    places = [
        place
        for place, name in enumerate(raw.others.names)
        if not normalise(name).startswith(own) and "strand" not in normalise(name)
    ]
    if not places:
        return
    texts = raw.others.texts(places).loc[raw.lines]
    for place in range(texts.shape[1]):
        column = sign_column(str(texts.columns[place]), texts.iloc[:, place].to_numpy(object))
        if column is not None and not column.blank and (column.words or numbers):
            yield column
