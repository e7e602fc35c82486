"""The README of ``data/gene_sets``: tables from the built rows, prose from ``readme.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from gene_sets.building import MECHANISM, Row, held
from gene_sets.database import EVIDENCE_ORDER, WEAK, Annotations
from gene_sets.plan import Pathway, Plan

_TEMPLATE = Path(__file__).with_name("readme.md")
_FIRST_STATED, _FIRST_SIMILAR, _FIRST_WEAK = "TAS", "ISS", "NAS"
Built = Sequence[tuple[Plan, list[Row]]]


def readme(built: Built, annotations: Annotations) -> str:
    """Return the README text of the built collections."""
    pathways = [pathway for plan, _ in built for pathway in plan.pathways]
    rows = _by_pathway(built)
    return _TEMPLATE.read_text(encoding="utf-8").format(
        **_evidence_names(),
        inverse=_inverse(pathways),
        sizes=_sizes(built),
        activities="\n".join(f"- **{p.name}**, {p.title}: {p.activity}." for p in pathways),
        overlaps=_overlaps(rows),
        decisions=_decisions(built, annotations),
        imprinted=_listed(pathways, "imprinted", "which copy is expressed"),
        left_out=_listed(pathways, "left_out", "reason"),
        go_date=annotations.metadata("GOSOURCEDATE"),
        annotation_date=annotations.metadata("GOEGSOURCEDATE"),
        gene_date=annotations.metadata("EGSOURCEDATE"),
        orgdb=annotations.versions["org.Hs.eg.db"],
        godb=annotations.versions["GO.db"],
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(header)
    lines = [head, ["---"] * len(head), *[[str(cell) for cell in row] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _listed(pathways: Iterable[Pathway], part: str, heading: str) -> str:
    """Table of the genes that one part of the plan names, with what it says of them."""
    rows = ((p.name, *entry) for p in pathways for entry in sorted(getattr(p, part).items()))
    return _table(("set", "gene", heading), rows)


def _by_pathway(built: Built) -> dict[str, dict[str, Row]]:
    result: dict[str, dict[str, Row]] = {}
    for _, rows in built:
        for row in rows:
            result.setdefault(row.pathway, {})[row.gene] = row
    return result


def _evidence_names() -> dict[str, str]:
    cuts = [EVIDENCE_ORDER.index(code) for code in (_FIRST_STATED, _FIRST_SIMILAR, _FIRST_WEAK)]
    groups = [
        EVIDENCE_ORDER[: cuts[0]],
        EVIDENCE_ORDER[cuts[0] : cuts[1]],
        EVIDENCE_ORDER[cuts[1] : cuts[2]],
        WEAK,
    ]
    names = ("experimental", "stated", "similar", "weak")
    return {name: ", ".join(group) for name, group in zip(names, groups, strict=True)}


def _inverse(pathways: Iterable[Pathway]) -> str:
    found = {(p.name, t.inverse, t.go_id) for p in pathways for t in p.terms if t.inverse}
    reasons = sorted({(name, why) for name, why, _ in found})
    terms = {
        reason: ", ".join(sorted(go for *other, go in found if tuple(other) == reason))
        for reason in reasons
    }
    words = "; ".join(f"in {name}, {why}: {terms[name, why]}" for name, why in reasons)
    return f"Terms that run against the pathway give the opposite sign ({words})."


def _sizes(built: Built) -> str:
    lines = []
    for plan, rows in built:
        for pathway in plan.pathways:
            members = [row for row in rows if row.pathway == pathway.name]
            roles = [sum(row.role == role for row in members) for role in (1, -1, 0)]
            by_hand = sum(row.evidence == MECHANISM for row in members)
            counts = (len(members), *roles, len(members) - by_hand, by_hand)
            lines.append((plan.collection, pathway.name, *counts))
    return _table(("collection", "set", "genes", "+1", "-1", "0", "GO", "mechanism"), lines)


def _overlaps(sets: dict[str, dict[str, Row]]) -> str:
    lines = []
    for a, b in combinations(sets, 2):
        shared = sorted(sets[a].keys() & sets[b].keys())
        products = [sets[a][gene].role * sets[b][gene].role for gene in shared]
        if shared:
            counts = [products.count(sign) for sign in (1, -1, 0)]
            lines.append((a, b, len(shared), *counts, " ".join(shared)))
    return _table(("set", "set", "genes", "same", "opposite", "0", "which"), lines)


def _decisions(built: Built, annotations: Annotations) -> str:
    lines = []
    for plan, _ in built:
        annotated = held(plan, annotations)
        for pathway in plan.pathways:
            for gene, (role, note) in sorted(pathway.decided.items()):
                sign = f"{role:+d}" if role else "0"
                lines.append((pathway.name, gene, sign, annotated[pathway.name, gene], note))
    return _table(("set", "gene", "role", "GO holds", "reason"), lines)
