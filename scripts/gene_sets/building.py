"""Plan + database → the rows of the gene-set tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gene_sets.database import EVIDENCE_ORDER, WEAK, Annotations
from gene_sets.plan import Pathway, Plan, PlanError, Term

COLUMNS = ("pathway", "gene", "role", "evidence", "note")
MECHANISM = "mechanism"
_REASON_WORDS = 3  # of a row that rests on no annotation


@dataclass(frozen=True)
class Row:
    """One gene of one set, as written."""

    pathway: str
    gene: str
    role: int
    evidence: str
    note: str

    def cells(self) -> tuple[str, ...]:
        """The cells in the order of `COLUMNS`."""
        return self.pathway, self.gene, str(self.role), self.evidence, self.note


@dataclass(frozen=True)
class _Support:
    """One GO annotation of a gene within a pathway."""

    go_id: str
    role: int
    code: str
    note: str


def build(plan: Plan, annotations: Annotations) -> list[Row]:
    """Return the rows of a collection: pathways in plan order, genes sorted.

    Raises
    ------
    PlanError
        If a gene is annotated as raising and lowering its pathway (or against its hand role) and
        the plan does not decide it; if a symbol, a term or an annotation is not in the database;
        if the opposite of a regulation term is not listed.
    """
    return [row for pathway in plan.pathways for row in _PathwayBuilder(pathway, annotations)]


class _PathwayBuilder:
    """Builds the rows of one pathway."""

    def __init__(self, pathway: Pathway, annotations: Annotations) -> None:
        self.pathway = pathway
        self.annotations = annotations
        self._check_terms()
        self.taken = {term.go_id: self._taken(term) for term in pathway.terms}
        self.support = self._collect_support()

    def __iter__(self) -> Iterator[Row]:
        named = {*self.pathway.hand, *self.pathway.decided}
        genes = named.union(*self.taken.values())
        strangers = sorted(set(self.pathway.imprinted) - genes)
        if strangers:
            raise self._error(f"{strangers[0]} is marked as imprinted but is no member")
        for gene in sorted(genes):
            self._check_gene(gene)
            yield self._row(gene)

    def _check_terms(self) -> None:
        names = {}
        for term in self.pathway.terms:
            if term.go_id not in self.annotations.terms:
                raise self._error(f"{term.go_id} is not a current GO term")
            name = self.annotations.terms[term.go_id][0]
            if _named_role(name) not in (0, -term.role if term.inverse else term.role):
                raise self._error(f"{term.go_id} ({name}) and its role disagree; say why: inverse")
            names[term.go_id] = name
        by_name = {name: go for go, (name, _) in self.annotations.terms.items()}
        for go_id, name in names.items():
            opposite = by_name.get(_opposite(name), go_id)
            if opposite not in names and self.annotations.members(opposite):
                raise self._error(f"{go_id} is listed without its opposite {opposite}")

    def _taken(self, term: Term) -> set[str]:
        members = self.annotations.members(term.go_id)
        if term.take == "hand":
            hand = {**self.pathway.hand, **self.pathway.decided}
            return {gene for gene, (role, _) in hand.items() if role == term.role} & set(members)
        if term.take != "all":
            missing = sorted(set(term.take) - set(members))
            if missing:
                raise self._error(f"{missing[0]} is not annotated directly to {term.go_id}")
            return set(term.take)
        strong = {gene for gene, codes in members.items() if codes[0] not in WEAK}
        coding = {gene for gene in strong if self._type(gene) == "protein-coding"}
        return coding - set(self.pathway.left_out)

    def _collect_support(self) -> dict[str, list[_Support]]:
        """Annotations that speak for a direction.

        A regulation term speaks for every gene annotated to it. Membership of an undirected term
        speaks only for the genes that the plan takes from it.
        """
        support: dict[str, list[_Support]] = {}
        for term in self.pathway.terms:
            directional = _named_role(self.annotations.terms[term.go_id][0]) != 0
            for gene, codes in self.annotations.members(term.go_id).items():
                if directional or gene in self.taken[term.go_id]:
                    found = _Support(term.go_id, term.role, codes[0], term.note)
                    support.setdefault(gene, []).append(found)
        return support

    def _check_gene(self, gene: str) -> None:
        if gene not in self.annotations.symbols:
            raise self._error(f"{gene} is not a current gene symbol")
        if gene in self.pathway.left_out:
            raise self._error(f"{gene} is both taken and left out")
        roles = {s.role for s in self.support.get(gene, [])}
        if gene in self.pathway.decided:
            if roles <= {self.pathway.decided[gene][0]}:
                raise self._error(f"{gene} needs no decision; move it to plus, minus or unknown")
            return
        if gene in self.pathway.hand:
            roles |= {self.pathway.hand[gene][0]}
        if len(roles) > 1:
            text = _as_text(self.support[gene])
            raise self._error(f"{gene} has more than one direction ({text}); decide it in the plan")

    def _row(self, gene: str) -> Row:
        hand = {**self.pathway.hand, **self.pathway.decided}.get(gene)
        support = self.support.get(gene, [])
        role = hand[0] if hand else support[0].role
        fitting = [s for s in support if role in (0, s.role)]
        if not fitting and hand:
            if len(hand[1].split()) < _REASON_WORDS:
                raise self._error(f"{gene} needs a reason of at least {_REASON_WORDS} words")
            return self._written(gene, role, MECHANISM, hand[1])
        best = min(fitting, key=lambda s: EVIDENCE_ORDER.index(s.code))
        note = hand[1] if hand else best.note
        if not note:
            raise self._error(f"{gene} of {best.go_id} has no note")
        name = self.annotations.terms[best.go_id][0]
        return self._written(gene, role, f"{best.go_id} {best.code}", f"{name}: {note}")

    def _written(self, gene: str, role: int, evidence: str, note: str) -> Row:
        copy = self.pathway.imprinted.get(gene)
        marked = f"{note}; imprinted: {copy}" if copy else note
        return Row(self.pathway.name, gene, role, evidence, marked)

    def _type(self, gene: str) -> str:
        return self.annotations.symbols.get(gene, "")

    def _error(self, message: str) -> PlanError:
        return PlanError(f"{self.pathway.name}: {message}")


def held(plan: Plan, annotations: Annotations) -> dict[tuple[str, str], str]:
    """What GO holds for each gene that the plan decides: (pathway, gene) → annotations as text."""
    result = {}
    for pathway in plan.pathways:
        support = _PathwayBuilder(pathway, annotations).support
        for gene in pathway.decided:
            result[pathway.name, gene] = _as_text(support.get(gene, [])) or "no direction"
    return result


def _as_text(support: list[_Support]) -> str:
    return ", ".join(f"{s.go_id} {s.code} ({s.role:+d})" for s in support)


def _named_role(name: str) -> int:
    """Role that the name of a term states: 1, -1, or 0 for an undirected term."""
    return name.startswith("positive regulation of") - name.startswith("negative regulation of")


def _opposite(name: str) -> str:
    """Name of the term of the other direction, "" for an undirected term."""
    words = {"positive regulation of": "negative", "negative regulation of": "positive"}
    for prefix, other in words.items():
        if name.startswith(prefix):
            return f"{other} regulation of{name.removeprefix(prefix)}"
    return ""
