"""`Clause`: a sentence of the methods, and what a run must have for it to be true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pathways.report.words.facts import RunFacts


def _always(_facts: RunFacts) -> bool:
    return True


@dataclass(frozen=True)
class Clause:
    """One sentence, or a few that hold together.

    Attributes
    ----------
    name
        For tests.
    section
        Heading of its paragraph.
    text
        The sentence, with the numbers of the run; citations stand as ``[@key]``.
    rows
        ``(table, column)``: each must hold a value somewhere.
    when
        A further condition on the facts.
    """

    name: str
    section: str
    text: Callable[[RunFacts], str]
    rows: tuple[tuple[str, str], ...] = ()
    when: Callable[[RunFacts], bool] = _always

    def holds(self, facts: RunFacts) -> bool:
        """Whether a run has what the sentence tells of."""
        return all(facts.has(*row) for row in self.rows) and self.when(facts)


def said(text: str) -> Callable[[RunFacts], str]:
    """A sentence without numbers of the run."""
    return lambda _facts: text


def paragraphs(clauses: Iterable[Clause], facts: RunFacts) -> tuple[str, ...]:
    """The sentences that hold, a paragraph per section: heading, full stop, sentences."""
    found: dict[str, list[str]] = {}
    for clause in clauses:
        if clause.holds(facts):
            found.setdefault(clause.section, []).append(clause.text(facts))
    return tuple(f"{section}. {' '.join(sentences)}" for section, sentences in found.items())
