"""The hand plan: what it may say, and the checks that need no database."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HAND_ROLES = {"plus": 1, "minus": -1, "unknown": 0}
_PATHWAY_KEYS = {
    "name",
    "title",
    "activity",
    "term",
    "decide",
    "imprinted",
    "leave_out",
    *HAND_ROLES,
}


class PlanError(ValueError):
    """The plan and the database do not fit; the message names the gene or the term."""


@dataclass(frozen=True)
class Term:
    """One GO term of a pathway: its role and the genes that enter through it.

    ``take`` is ``"all"`` (every well supported coding gene of the term), ``"hand"`` (only genes
    that the hand lists name with the term's role; the term is their evidence) or a list of genes.
    ``note`` is the note of genes without one of their own. ``inverse`` says why a term of positive
    regulation lowers the pathway, or the reverse.
    """

    go_id: str
    role: int
    take: str | tuple[str, ...]
    note: str
    inverse: str


@dataclass(frozen=True)
class Pathway:
    """The hand plan of one gene set.

    ``imprinted`` says of members with a silent parental copy which copy is expressed, and where.
    """

    name: str
    title: str
    activity: str
    terms: tuple[Term, ...]
    hand: dict[str, tuple[int, str]]
    decided: dict[str, tuple[int, str]]
    imprinted: dict[str, str]
    left_out: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """All gene sets of one collection, in the order in which they are written."""

    collection: str
    pathways: tuple[Pathway, ...]


def read_plan(path: Path) -> Plan:
    """Read and check one plan file.

    Raises
    ------
    PlanError
        On an unknown key, a role outside -1, 0, 1, or a gene named in two places of a pathway.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return Plan(
        collection=document["collection"],
        pathways=tuple(_pathway(table) for table in document["pathway"]),
    )


def _pathway(table: dict[str, Any]) -> Pathway:
    name = table["name"]
    unknown = set(table) - _PATHWAY_KEYS
    if unknown:
        raise PlanError(f"{name}: unknown key {sorted(unknown)[0]!r}")
    sections = [*HAND_ROLES, "decide", "leave_out"]
    _refuse_repeats(name, (gene for section in sections for gene in table.get(section, {})))
    hand = {
        gene: (role, note)
        for section, role in HAND_ROLES.items()
        for gene, note in table.get(section, {}).items()
    }
    decided = {
        gene: (_role(name, entry["role"]), entry["note"])
        for gene, entry in table.get("decide", {}).items()
    }
    return Pathway(
        name=name,
        title=table["title"],
        activity=table["activity"],
        terms=tuple(_term(name, entry) for entry in table["term"]),
        hand=hand,
        decided=decided,
        imprinted=table.get("imprinted", {}),
        left_out=table.get("leave_out", {}),
    )


def _term(pathway: str, entry: dict[str, Any]) -> Term:
    take = entry["take"]
    if isinstance(take, str) and take not in ("all", "hand"):
        raise PlanError(f'{pathway}: take of {entry["id"]} is not "all", "hand" or a list')
    genes = take if isinstance(take, str) else tuple(take)
    role = _role(pathway, entry["role"])
    return Term(entry["id"], role, genes, entry.get("note", ""), entry.get("inverse", ""))


def _role(pathway: str, role: int) -> int:
    if role not in (-1, 0, 1):
        raise PlanError(f"{pathway}: role {role!r} is not -1, 0 or 1")
    return role


def _refuse_repeats(pathway: str, genes: Iterable[str]) -> None:
    seen: set[str] = set()
    for gene in genes:
        if gene in seen:
            raise PlanError(f"{pathway}: {gene} stands in two places of the plan; keep one")
        seen.add(gene)
