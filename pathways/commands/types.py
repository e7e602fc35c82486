"""Texts of options that have a form of their own, as Click parameter types.

An option takes ``type=NAMED`` (``NAME=VALUE``), ``PAIR`` (``A,B``), ``PAIR_NUMBER`` (``A,B=X``),
``REGION`` (``CHR:START-END``) or ``FORMATS`` (``svg,pdf``); what does not fit is a usage error that
names the option and the form. Click reports it with exit code 2.
"""

from __future__ import annotations

import re
from typing import Any

import click

from pathways.report import registry


class Form(click.ParamType):  # type: ignore[type-arg]
    """A text of one form: `read` gives its value, or None where it does not fit."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, text: str) -> Any:
        """The value of a text; None if it does not have the form."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a text; what Click has read already stays as it is."""
        if not isinstance(value, str):
            return value
        found = self.read(value)
        if found is None:
            self.fail(f"{value!r}: expected {self.name}", param, ctx)
        return found


class Named(Form):
    """``NAME=VALUE`` → name and value, both not empty."""

    def read(self, text: str) -> tuple[str, str] | None:
        """Split at the first equals sign."""
        name, _, value = text.partition("=")
        return (name.strip(), value.strip()) if name.strip() and value.strip() else None


class Pair(Form):
    """``A,B`` → two different names."""

    def read(self, text: str) -> tuple[str, str] | None:
        """Split at the comma."""
        names = [name.strip() for name in text.split(",")]
        return (names[0], names[1]) if len(set(names)) == len(names) == 2 and all(names) else None


class PairNumber(Form):
    """``A,B=X`` → two different names, and a finite number."""

    def read(self, text: str) -> tuple[tuple[str, str], float] | None:
        """Split at the last equals sign."""
        names, _, value = text.rpartition("=")
        pair = PAIR.read(names)
        if pair is None or not re.fullmatch(
            r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value.strip()
        ):
            return None
        return pair, float(value)


class Region(Form):
    """``CHR:START-END`` → name, and chromosome, first and last base; commas and ``chr`` may be."""

    def read(self, text: str) -> tuple[str, tuple[str, int, int]] | None:
        """Chromosome and bounds, in order."""
        match = re.fullmatch(r"(?:chr)?([0-9]{1,2}|X|Y|MT?):(\d[\d,]*)-(\d[\d,]*)", text.strip())
        if match is None:
            return None
        start, end = (int(part.replace(",", "")) for part in match.group(2, 3))
        name = f"{match[1]}:{start}-{end}"
        return (name, (match[1], start, end)) if start < end else None


class Formats(Form):
    """``svg,pdf`` → formats of figures, each once."""

    def read(self, text: str) -> tuple[str, ...] | None:
        """Split at the commas."""
        names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",")))
        return names if set(names) <= set(registry.FORMATS) else None


NAMED = Named("NAME=VALUE")
PAIR = Pair("NAME,NAME")
PAIR_NUMBER = PairNumber("NAME,NAME=X")
REGION = Region("CHR:START-END in GRCh38 bases")
FORMATS = Formats(f"formats from {', '.join(registry.FORMATS)}")
