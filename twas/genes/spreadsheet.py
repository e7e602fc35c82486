"""Gene symbols that a spreadsheet turned into dates, and which symbols a date can have been.

A date is read back as month and day, and month and day as the symbols that spreadsheets turn
into it: ``8-Sep`` was ``SEPT8``; ``2-Mar`` was ``MARCH2`` or ``MARC2``, and nothing can tell.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: Symbols of a month, by preference: the first tuple with a symbol known to the reference counts,
#: all symbols within a tuple are equally likely. Months not named use their three letters.
FAMILIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "SEP": (("SEPT",), ("SEP",)),
    "MAR": (("MARCH", "MARC"),),
}
# Serials of days from 1980-01-01 to 2064-12-31; a symbol becomes a day of the year it was typed.
FIRST_SERIAL, LAST_SERIAL = 29_221, 60_266
# Day 0 of the serials: they count a 29 February 1900 that never was.
SERIAL_EPOCH = date(1899, 12, 30)

_START = re.compile(rf"\d|{'|'.join(MONTHS)}")
_MONTH = r"(?P<month>JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)[A-Z]*"
_YEAR = r"(?:[-/ ]\d{2}(?:\d{2})?)?"
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})[-/ .]{_MONTH}{_YEAR}")
_MONTH_FIRST = re.compile(rf"{_MONTH}[-/ .](?P<day>\d{{1,2}}){_YEAR}")
_ISO = re.compile(r"(?:19|20)\d{2}[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ]00:00:00)?")
_NUMERIC = re.compile(r"(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?:19|20)?\d{2}")


def readings(text: str) -> list[tuple[str, int]]:
    """Return the months and days that a damaged symbol may stand for.

    Parameters
    ----------
    text
        A cell such as ``"8-Sep"``, ``"Sep-08"``, ``"2019-09-08"``, ``"9/8/2019"`` or ``"43716"``.

    Returns
    -------
    list of (str, int)
        Three-letter month and day, more than one where day and month cannot be told apart; empty
        if the text is no date.
    """
    upper = text.strip().upper()
    if not _START.match(upper):
        return []
    if upper.isascii() and upper.isdigit():
        return _from_serial(int(upper))
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        if match := pattern.fullmatch(upper):
            return _valid([(match["month"][:3], int(match["day"]))])
    if match := _ISO.fullmatch(upper):
        return _valid([(_month(int(match["month"])), int(match["day"]))])
    if match := _NUMERIC.fullmatch(upper):
        one, two = int(match["one"]), int(match["two"])
        return _valid([(_month(one), two), (_month(two), one)])
    return []


def former_symbols(month: str, day: int) -> list[list[str]]:
    """Return the symbols that become a day of a month, as groups by preference."""
    return [[f"{stem}{day}" for stem in stems] for stems in FAMILIES.get(month, ((month,),))]


def _month(number: int) -> str:
    return MONTHS[number - 1] if 1 <= number <= len(MONTHS) else ""


def _valid(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept = [(month, day) for month, day in pairs if month and 1 <= day <= 31]
    return list(dict.fromkeys(kept))


def _from_serial(serial: int) -> list[tuple[str, int]]:
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return []
    day = SERIAL_EPOCH + timedelta(days=serial)
    return [(MONTHS[day.month - 1], day.day)]
