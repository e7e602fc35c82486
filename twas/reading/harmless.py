"""Names from files, made harmless: one line, nothing that moves a cursor or turns text round.

A tab or a line end inside a name would break the tables that are written, an escape sequence
would act on the terminal that shows a message, and a mark of direction would show other letters
than are there. Each becomes visible text; every other letter stays.
"""

from __future__ import annotations

import re

# Controls (C0, DEL, C1), line and paragraph separators, marks of direction, half pairs.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HARMFUL_IN_CELL = re.compile(rf"(?![\t\r\n]){_HARMFUL.pattern}")
_BLANKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")


def harmless(text: str) -> str:
    r"""Return a text with blanks for tabs and line ends, and ``\x1b`` for other controls.

    Examples
    --------
    >>> harmless("a\tb")
    'a b'
    >>> harmless("\x1b[31mred")
    '\\x1b[31mred'
    """
    return text if text.isascii() and text.isprintable() else _HARMFUL.sub(_visible, text)


def is_harmless(text: str) -> bool:
    """Whether all cells of a text stay as they are: for large texts, asked once."""
    return not _HARMFUL_IN_CELL.search(text)


def _visible(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in _BLANKS:
        return " "
    code = ord(letter)
    # Python keeps a byte of a file name that is no UTF-8 as the second half of a pair.
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
