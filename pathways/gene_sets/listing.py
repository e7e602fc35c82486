"""`Listing`: what a source says before any gene is resolved, and how it becomes `GeneSets`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.gene_sets.collection import GeneSets
from twas.errors import DataError
from twas.genes import identifiers
from twas.quality import QualityFact, QualityReport
from twas.system.arrays import Bool, Int, Text

#: A word of a name that says in which direction genes go.
_UP_OR_DOWN = re.compile(r"(?<![a-z])(?:up|dn|down)(?:[-_ ]?regulated)?(?![a-z])", re.IGNORECASE)


#: Ways to resolve that change a name; the others keep it or give its accession a symbol.
RENAMED = ("alias", "case", "spreadsheet", "retired ensembl")
UNRESOLVED = ("unknown", "ambiguous")
_SHOWN = 5


@dataclass(frozen=True)
class Note:
    """What was merged, renamed, guessed or left out on the way: see `QualityFact`."""

    topic: str
    count: int
    message: str
    level: str = "fact"


@dataclass(frozen=True)
class Listing:
    """Members as a source lists them, n of them.

    Attributes
    ----------
    pathways
        Names of the sets, each once, in the order of the source.
    owner
        Index into `pathways` of each member, shape ``(n,)``.
    given
        Gene of each member as given, stripped, not empty.
    role
        -1, 0 or +1, shape ``(n,)``.
    signed
        Whether the source gives roles.
    evidence, note
        Text of each member, or None where the source has none.
    network
        Whether a gene with both signs in one set is no fault but two findings: role 0, counted.
    facts
        What was merged, renamed or left out on the way.
    titles
        Pathway → title, where the source gives one beside an identifier.
    """

    pathways: tuple[str, ...]
    owner: Int
    given: Sequence[str]
    role: Int
    signed: bool
    evidence: Sequence[str] | None = None
    note: Sequence[str] | None = None
    network: bool = False
    facts: tuple[Note, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resolved:
    """A listing with its genes: the resolution of each distinct name, and members merged.

    Attributes
    ----------
    names
        Row per distinct name: ``given``, ``gene``, ``symbol``, ``how``.
    name, gene
        Row of `names`, and code of the gene, of each member, shape ``(n,)``.
    kept
        Members that stay, ascending: the first of each set × gene.
    role
        Of each member, shape ``(n,)``; the same for all members of a set × gene.
    n_contradicted
        Set × gene pairs of a network that have both signs, and role 0 for that.
    """

    names: pd.DataFrame
    name: Int
    gene: Int
    kept: Int
    role: Int
    n_contradicted: int = 0

    @property
    def n_merged(self) -> int:
        """Members that repeat a gene of their set."""
        return len(self.name) - len(self.kept)


def resolve(listing: Listing, collection: str) -> Resolved:
    """Find the genes of a listing, and the members that repeat.

    Raises
    ------
    DataError
        If the listing is empty or gives a gene two roles in one set.
    """
    if not len(listing.owner):
        raise DataError(f"gene sets {collection!r} hold no genes")
    names, name = _resolve_names(listing.given)
    codes, genes = pd.factorize(names["gene"].to_numpy(dtype=object))
    gene = codes[name].astype(np.int64)
    member = listing.owner * len(genes) + gene
    _, first, group = np.unique(member, return_index=True, return_inverse=True)
    role, n_contradicted = listing.role, 0
    if listing.network:
        role, n_contradicted = _joint_roles(listing.role, group)
    kept = np.sort(first).astype(np.int64)
    resolved = Resolved(names, name, gene, kept, role, n_contradicted)
    contradictory = role != role[first][group]
    if contradictory.any():
        raise DataError(_two_roles(listing, resolved, contradictory, member, collection))
    return resolved


def _joint_roles(role: Int, group: NDArray[np.intp]) -> tuple[Int, int]:
    """One role for all rows of a set × gene: the sign that any of them has, 0 where both occur."""
    n = int(group.max()) + 1
    plus = np.bincount(group[role > 0], minlength=n) > 0
    minus = np.bincount(group[role < 0], minlength=n) > 0
    joint = plus.astype(np.int64) - minus.astype(np.int64)
    return joint[group], int((plus & minus).sum())


def _resolve_names(given: Sequence[str]) -> tuple[pd.DataFrame, Int]:
    """Resolve names; a member called "NA" (the neuraminidase of influenza) is no missing value."""
    names, codes = identifiers.resolve_distinct(given)
    name = codes.astype(np.int64)
    missing = np.flatnonzero(names["gene"].to_numpy(dtype=object) == "")
    if not missing.size:
        return names, name
    rows = np.flatnonzero(np.isin(name, missing))
    extra, texts = pd.factorize(np.array(given, dtype=object)[rows])
    added = pd.DataFrame({"given": texts, "gene": texts, "symbol": texts, "how": "unknown"})
    name -= np.searchsorted(missing, name)  # where a name stands without those before it
    name[rows] = len(names) - missing.size + extra
    return pd.concat([names.drop(index=missing.tolist()), added], ignore_index=True), name


def assemble(listing: Listing, collection: str) -> GeneSets:
    """Resolve the genes of a listing, merge repeats, refuse contradictions, hash the content.

    Raises
    ------
    DataError
        See `resolve`.
    """
    resolved = resolve(listing, collection)
    kept, name = resolved.kept, resolved.name[resolved.kept]
    pathway = np.array(listing.pathways, dtype=object)[listing.owner[kept]]
    gene = resolved.names["gene"].to_numpy(dtype=object)[name]
    role = resolved.role[kept]
    table = pd.DataFrame(
        {
            "pathway": pathway,
            "gene": gene,
            "symbol": resolved.names["symbol"].to_numpy(dtype=object)[name],
            "role": role,
            "evidence": _texts(listing.evidence, kept),
            "note": _texts(listing.note, kept),
        }
    )
    facts = [
        QualityFact(note.level, collection, note.topic, note.count, note.message)
        for note in listing.facts
    ]
    facts += [*_of_two_directions(listing, collection), *_resolution_facts(resolved, collection)]
    return GeneSets(
        collection=collection,
        table=table,
        version=_version(pathway, gene, role),
        signed=listing.signed,
        quality=QualityReport(tuple(facts)),
        resolution=resolved.names,
        titles=dict(listing.titles),
    )


def _texts(cells: Sequence[str] | None, kept: Int) -> Text:
    if cells is None:
        return np.full(len(kept), "", dtype=object)
    return np.array(cells, dtype=object)[kept]


def _version(pathway: Text, gene: Text, role: Int) -> str:
    roles = np.array(["-1", "0", "1"], dtype=object)[role + 1]
    content = "\n".join(map("\t".join, zip(pathway, gene, roles, strict=True)))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _two_roles(
    listing: Listing, resolved: Resolved, wrong: Bool, member: Int, collection: str
) -> str:
    """One line that names the first set and gene with two roles, and counts the others."""
    at = int(np.flatnonzero(wrong)[0])
    same = np.flatnonzero(member == member[at])
    symbol = resolved.names["symbol"].iloc[resolved.name[at]]
    said = ", ".join(
        dict.fromkeys(f"{listing.given[i]} {listing.role[i]:+d}" for i in same.tolist())
    )
    more = len(np.unique(member[wrong])) - 1
    others = f" ({more:,} more such members)" if more else ""
    return (
        f"gene sets {collection!r}: {symbol} has two roles in"
        f" {listing.pathways[listing.owner[at]]!r} ({said}); keep one{others}"
    )


def _of_two_directions(listing: Listing, collection: str) -> Iterator[QualityFact]:
    """A warning where two sets are what goes up and down in one thing: a sign in words."""
    if listing.signed:
        return
    kinds: dict[str, dict[bool, str]] = {}
    for name in listing.pathways:
        if found := _UP_OR_DOWN.search(name):
            thing = _UP_OR_DOWN.sub("", name).casefold()
            kinds.setdefault(thing, {})[found[0][0] in "uU"] = name
    pairs = [f"{both[True]} and {both[False]}" for both in kinds.values() if len(both) == 2]
    if pairs:
        what = "pair of sets is" if len(pairs) == 1 else "pairs of sets are"
        message = (
            f"{len(pairs):,} {what} named for what goes up and what goes down:"
            f" {some(pairs)}; each is a set by itself with all roles +1, so that an activity above"
            " zero means that its genes are up, whatever its name. For one signed set give a table"
            " with columns pathway, gene, role"
        )
        yield QualityFact("warning", collection, "sets_up_and_down", len(pairs), message)


def _resolution_facts(resolved: Resolved, collection: str) -> Iterator[QualityFact]:
    if resolved.n_merged:
        yield QualityFact(
            "fact",
            collection,
            "members_repeated",
            resolved.n_merged,
            f"{resolved.n_merged:,} members repeat a gene of their set and were merged",
        )
    if resolved.n_contradicted:
        n = resolved.n_contradicted
        message = f"{n:,} members have both signs in one set: role 0, unsigned tests only"
        yield QualityFact("warning", collection, "signs_contradict", n, message)
    names = resolved.names
    for topic, hows, what in (
        ("members_renamed", RENAMED, "were read as the gene of that former name, case or date"),
        ("members_entrez", ("entrez",), "are Entrez ids and were converted"),
        ("members_unknown", ("unknown",), "are not in the gene reference; they are kept as given"),
        ("members_ambiguous", ("ambiguous",), "fit more than one gene and were not guessed"),
    ):
        found = names["given"][names["how"].isin(hows)].tolist()
        if not found:
            continue
        message = f"{len(found):,} names of set members {what}: {some(sorted(found))}"
        level = "fact"
        if topic == "members_unknown" and 2 * len(found) > len(names):
            level = "warning"
            message += "; are they human genes, as symbol, Ensembl or Entrez id?"
        yield QualityFact(level, collection, topic, len(found), message)


def some(names: Sequence[str]) -> str:
    """The first names of a list, in words."""
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def gene_text(text: str) -> str:
    """A name of a gene: Entrez ids become floats in a column with gaps."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
