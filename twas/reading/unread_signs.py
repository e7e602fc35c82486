"""A sign that stands beside z: a column of "up" and "protective", of ±1, of odds ratios below 1.

Published tables often give the size of z, and where it points in another column, which nobody would
miss. A column that tells the same sign as z says nothing. One that tells another is an error that
names it, as in a network; where its name does not say that it is about the effect of the gene, it
is an error only beside z of one sign.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twas.checks import fact, threshold
from twas.errors import DataError
from twas.reading.columns import normalise
from twas.reading.harmless import harmless
from twas.reading.raw import Raw
from twas.reading.sign_columns import SignColumn, sign_column

#: At most this share of the rarer sign: z of one sign but a few.
ONE_SIDED = 0.05
#: With fewer rows, numbers of both signs beside z of one tell nothing.
MIN_ROWS = 5
#: A column of a name that says nothing, all of whose words tell the other sign than z.
REVERSED = 0.9


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
    raw.facts.append(fact("sign_contradicts_z", raw.name, count, n=n, column=column.name))


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
