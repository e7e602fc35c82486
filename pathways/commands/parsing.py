"""Texts of options → values of the library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from twas.errors import UsageError
from twas.reading.harmless import harmless


def pairs(option: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    """Split texts ``NAME=VALUE``."""
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{option} {text!r}: expected NAME=VALUE")
        pairs.append((harmless(name.strip()), value.strip()))
    return pairs


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
        for name, value in pairs(option, split_quoted(option, rest)):
            found.append((trait.strip(), name, value))
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


def number(option: str, text: str) -> float:
    """A number of an option."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a number") from None


def sizes(option: str, texts: Iterable[str]) -> dict[str, float]:
    """Traits and their effective sample sizes."""
    from twas.traits.n_eff import parse_n_eff

    sizes: dict[str, float] = {}
    for name, value in pairs(option, texts):
        if name in sizes:
            raise UsageError(f"{option} gives trait {name!r} twice")
        sizes[name] = parse_n_eff(value) or 0.0
    return sizes


def of_pairs(
    option: str, texts: Iterable[str], labels: Mapping[str, str] | None = None
) -> dict[tuple[str, str], float]:
    """Pairs of traits, under their labels, and a number each."""
    found: dict[tuple[str, str], float] = {}
    for pair, value in pairs(option, texts):
        names = (name.strip() for name in pair.partition(",")[::2])
        a, b = ((labels or {}).get(name, name) for name in names)
        if not a or not b or a == b or "," in b:
            raise UsageError(f"{option} {pair}={value}: give two traits, NAME,NAME=X")
        found[a, b] = number(option, value)
    return found
