"""Texts of options → values of the library.

A text of one form is a Click parameter type: an option takes ``type=NAMED`` (``NAME=VALUE``),
``NAMED_NUMBER`` (``NAME=X``), ``NUMBER_OF_SOME`` (``X`` or ``NAME=X``), ``PAIR`` (``A,B``),
``PAIR_NUMBER`` (``A,B=X``), ``FORMATS`` (``svg,pdf``) or ``SHARE`` (``K/N``); what does not fit is
a usage error that names the option and the form. What depends on other options is read by
functions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import click

from pathways.report import registry
from twas.errors import UsageError
from twas.reading.content import harmless

K = TypeVar("K")
V = TypeVar("V")


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
        both = harmless(name.strip()), value.strip()
        return both if all(both) else None


class NamedNumber(Form):
    """``NAME=X`` → name, and a finite number."""

    def read(self, text: str) -> tuple[str, float] | None:
        """Split at the last equals sign."""
        name, _, value = text.rpartition("=")
        number = _number(value)
        return None if not name.strip() or number is None else (harmless(name.strip()), number)


class NumberOfSome(NamedNumber):
    """``X`` or ``NAME=X`` → name, "" for all, and a finite number."""

    def read(self, text: str) -> tuple[str, float] | None:
        """A number alone is for all."""
        number = _number(text)
        return super().read(text) if number is None else ("", number)


class Pair(Form):
    """``A,B`` → two different names."""

    def read(self, text: str) -> tuple[str, str] | None:
        """Split at the comma."""
        names = [harmless(name.strip()) for name in text.split(",")]
        return (names[0], names[1]) if len(set(names)) == len(names) == 2 and all(names) else None


class PairNumber(Form):
    """``A,B=X`` → two different names, and a finite number."""

    def read(self, text: str) -> tuple[tuple[str, str], float] | None:
        """Split at the last equals sign."""
        names, _, value = text.rpartition("=")
        pair, number = PAIR.read(names), _number(value)
        return None if pair is None or number is None else (pair, number)


class Formats(Form):
    """``svg,pdf`` → formats of figures, each once."""

    def read(self, text: str) -> tuple[str, ...] | None:
        """Split at the commas."""
        names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",")))
        return names if set(names) <= set(registry.FORMATS) else None


class Share(Form):
    """``K/N`` → both whole numbers, K from 1 to N."""

    def read(self, text: str) -> tuple[int, int] | None:
        """Split at the slash."""
        match = re.fullmatch(r"(\d+)/(\d+)", text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            return None
        return int(match[1]), int(match[2])


NAMED = Named("NAME=VALUE")
NAMED_NUMBER = NamedNumber("NAME=X")
NUMBER_OF_SOME = NumberOfSome("X or NAME=X")
PAIR = Pair("NAME,NAME")
PAIR_NUMBER = PairNumber("NAME,NAME=X")
FORMATS = Formats(f"formats from {', '.join(registry.FORMATS)}")
SHARE = Share("K/N")


def _number(text: str) -> float | None:
    """A finite number; None for anything else, also for what only Python takes for one."""
    fits = re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text.strip())
    value = float(text) if fits else float("inf")
    return value if abs(value) < float("inf") else None


def once(option: str, given: Iterable[tuple[K, V]]) -> dict[K, V]:
    """Names, or pairs of names, and the one value of each.

    Raises
    ------
    UsageError
        If a name is given twice.
    """
    found: dict[K, V] = {}
    for name, value in given:
        if name in found:
            shown = ",".join(name) if isinstance(name, tuple) else name
            raise UsageError(f"{option} gives {shown} twice")
        found[name] = value
    return found


def sizes(option: str, given: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Traits and their effective sample sizes."""
    from twas.traits.n_eff import parse_n_eff

    return {name: parse_n_eff(value) or 0.0 for name, value in once(option, given).items()}


def split_quoted(option: str, text: str) -> list[str]:
    """Split at commas, but not inside double quotes: ``gene="Gene, name",z=Z``."""
    parts, quoted = [""], False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    if quoted:
        raise UsageError(f"{option} {text!r}: a double quote never ends")
    return parts


def of_traits(
    option: str, texts: Iterable[str], known: Collection[str]
) -> list[tuple[str, str, str]]:
    """Split texts ``NAME=VALUE,…`` and ``TRAIT:NAME=VALUE,…``: trait (``""`` none), name, value.

    What stands before a colon is a trait if it is one of the known, or if no other reading is
    left; a name of a column that holds a colon stays whole.
    """
    found = []
    for text in texts:
        trait, colon, rest = text.partition(":")
        trait = harmless(trait)
        if not colon or (trait.strip() not in known and ("=" in trait or text.startswith('"'))):
            trait, rest = "", text
        if trait.strip() and trait.strip() not in known:
            raise UsageError(
                f"{option} {text!r}: {trait.strip()!r} is no trait; there are {', '.join(known)}"
            )
        for part in split_quoted(option, rest):
            named = NAMED.read(part)
            if named is None:
                raise UsageError(f"{option} {part!r}: expected {NAMED.name}")
            found.append((trait.strip(), *named))
    return found


def tissue_groups(texts: Iterable[str]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Tissues to keep, and named groups of tissues."""
    keep: list[str] = []
    groups: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, members = text.partition("=")
        chosen = [part.strip() for part in (members if equals else text).split(",") if part.strip()]
        if not chosen:
            raise UsageError(f"--tissues {text!r}: expected T1,T2 or GROUP=T1,T2")
        if equals:
            groups[name.strip()] = (*groups.get(name.strip(), ()), *chosen)
        else:
            keep += chosen
    return tuple(keep), groups
