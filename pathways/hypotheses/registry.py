"""The registry of predictions: ``data/hypotheses.toml``, or a file of the user's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from pathways.gene_sets import SHIPPED, GeneSets, shipped_pathways
from twas.errors import DataError, UsageError
from twas.reading.content import load_toml
from twas.system.program import data_path

KINDS = ("direction", "difference", "opposite")
TARGETS = ("pathway", "balance")
#: Rows of the balance table that a prediction may be about.
AXES = ("balance", "stress", "reserve")
_DEFAULTS: dict[str, Any] = {
    "trait_b": "",
    "target": "pathway",
    "collection": "core",
    "source": "",
}
_FORM = "one [[hypothesis]] table per prediction"


@dataclass(frozen=True)
class Hypothesis:
    """One prediction.

    Attributes
    ----------
    id, statement
        Unique name, and the prediction in words.
    kind
        ``direction`` (activity in `trait`), ``difference`` (`trait` less `trait_b`) or
        ``opposite`` (`sign` in `trait`, the other sign in `trait_b`).
    trait, trait_b
        Names of traits, upper and lower case alike; `trait_b` is "" for ``direction``.
    target
        ``pathway`` or ``balance``.
    collection, pathway
        The set; for ``balance`` the collection is "" and the pathway one of `AXES`.
    sign
        +1 or -1.
    source
        Publication that makes the prediction; "" for an extension by this project.
    independent
        Whether the prediction was made without the GWAS that is likely to be under test.
    """

    id: str
    statement: str
    kind: str
    trait: str
    trait_b: str
    target: str
    collection: str
    pathway: str
    sign: int
    source: str
    independent: bool


_KEYS = tuple(field.name for field in fields(Hypothesis))


def load_hypotheses(
    path: str | Path | None = None, gene_sets: Iterable[GeneSets] = ()
) -> tuple[Hypothesis, ...]:
    """Load a registry.

    Parameters
    ----------
    path
        A TOML file; None for the shipped registry.
    gene_sets
        Collections of the run, so that predictions about sets of the user's own can be checked. A
        collection that is neither shipped nor among them is taken on trust.

    Raises
    ------
    UsageError
        If there is no such file.
    DataError
        If the registry has problems: the line states the first and counts the others.
    """
    hypotheses, problems = _read(path, gene_sets)
    if problems:
        more = len(problems) - 1
        others = f" ({more} more; 'hypotheses check' lists all)" if more else ""
        raise DataError(problems[0] + others)
    return hypotheses


def check_hypotheses(
    path: str | Path | None = None, gene_sets: Iterable[GeneSets] = ()
) -> list[str]:
    """All problems of a registry, one line each; an empty list if there is none.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    return _read(path, gene_sets)[1]


def as_table(hypotheses: Iterable[Hypothesis]) -> pd.DataFrame:
    """A row per prediction, a column per attribute of `Hypothesis`."""
    return pd.DataFrame([asdict(entry) for entry in hypotheses], columns=list(_KEYS))


def _read(
    path: str | Path | None, gene_sets: Iterable[GeneSets]
) -> tuple[tuple[Hypothesis, ...], list[str]]:
    file = data_path("hypotheses.toml") if path is None else Path(path)
    try:
        document = load_toml(file)
    except FileNotFoundError:
        raise UsageError(f"hypotheses {str(path)!r}: there is no such file") from None
    except DataError as error:
        return (), [str(error)]
    entries = document.get("hypothesis", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return (), [f"{file.name}: 'hypothesis' must be {_FORM}"]
    known = {sets.collection: sets.pathways for sets in gene_sets}
    problems = [f"{file.name}: {line}" for line in _of_document(document, entries)]
    for k, entry in enumerate(entries, 1):
        label = repr(entry["id"]) if isinstance(entry.get("id"), str) else str(k)
        problems += [f"{file.name}: entry {label}: {line}" for line in _of_entry(entry, known)]
    found = () if problems else tuple(_hypothesis(entry) for entry in entries)
    return found, problems


def _hypothesis(entry: Mapping[str, Any]) -> Hypothesis:
    filled = {**_DEFAULTS, **entry}
    if filled["target"] == "balance":
        filled["collection"] = ""
    return Hypothesis(**filled)


def _of_document(document: Mapping[str, Any], entries: list[Any]) -> Iterator[str]:
    for key in document:
        if key not in ("version", "hypothesis"):
            yield f"unknown key {key!r}; the file holds {_FORM}"
    if not entries:
        yield f"holds no prediction; write {_FORM}"
    # An id that is no text is reported with its entry.
    ids = [entry["id"] for entry in entries if isinstance(entry.get("id"), str)]
    for repeated in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"id {repeated!r} stands {ids.count(repeated)} times; ids must differ"


def _of_entry(entry: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Problems of one prediction; the later checks need the types that the first ones find."""
    wrong = [*_keys(entry), *_types(entry)]
    yield from wrong
    if wrong:
        return
    filled = {**_DEFAULTS, **entry}
    for key, allowed in (("kind", KINDS), ("target", TARGETS)):
        if filled[key] not in allowed:
            yield f"{key} {filled[key]!r} must be {' or '.join(allowed)}"
    if filled["sign"] not in (-1, 1):
        yield f"sign {filled['sign']} must be 1 or -1"
    yield from _traits(filled)
    yield from _target(filled, known)


def _keys(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in entry:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            yield f"unknown key {key!r}; " + (
                f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(_KEYS)}"
            )
    for key in _KEYS:
        if key not in entry and key not in _DEFAULTS:
            yield f"{key!r} is missing"


def _types(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in _KEYS:
        if key not in entry:
            continue
        value = entry[key]
        if key == "independent":
            if not isinstance(value, bool):
                yield f"independent must be true or false, not {repr(value)[:80]}"
        elif key == "sign":
            # A bool is an int in Python.
            if not isinstance(value, int) or isinstance(value, bool):
                yield f"sign must be 1 or -1, not {repr(value)[:80]}"
        elif not isinstance(value, str):
            yield f"{key} must be text, not {repr(value)[:80]}"
        elif not value.strip() and key not in ("source", "trait_b"):
            yield f"{key} must not be empty"


def _traits(filled: Mapping[str, Any]) -> Iterator[str]:
    kind, a, b = filled["kind"], filled["trait"], filled["trait_b"]
    if kind == "direction" and b:
        yield "trait_b has no place in a direction; leave it out"
    elif kind in ("difference", "opposite") and not b.strip():
        yield f"kind {kind!r} compares two traits; trait_b is missing"
    elif b and a.casefold() == b.casefold():
        yield f"trait and trait_b are both {a!r}; name two traits"


def _target(filled: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    collection, pathway = filled["collection"], filled["pathway"]
    if filled["target"] == "balance":
        if pathway not in AXES:
            yield f"pathway {pathway!r} must be {', '.join(AXES)} where target is balance"
        if filled["kind"] == "opposite":
            yield "the balance is tested as a direction or a difference, not as opposite"
        return
    if collection in known or collection in SHIPPED:
        names = known[collection] if collection in known else shipped_pathways(collection)
        if pathway not in names:
            close = difflib.get_close_matches(pathway, names, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"pathway {pathway!r} is not in collection {collection!r}{hint}"
        return
    close = difflib.get_close_matches(collection, [*known, *SHIPPED], n=1, cutoff=0.75)
    if close:
        yield f"there is no collection {collection!r}; did you mean {close[0]!r}?"
