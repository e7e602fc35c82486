"""What was read, kept, dropped, merged or renamed, and why: one report for a whole run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

#: A note needs no action, but is told wherever warnings are.
LEVELS = ("fact", "note", "warning")


def some(names: Iterable[object], n: int = 3) -> str:
    """Return the first names in order, each once, and "…" where there are more."""
    ordered = sorted({str(name) for name in names})
    return ", ".join(ordered[:n]) + (", …" if len(ordered) > n else "")


@dataclass(frozen=True)
class QualityFact:
    """One countable fact about the input.

    Attributes
    ----------
    level
        ``"fact"``, ``"note"`` (a choice made for the user) or ``"warning"`` (something the user
        should act on).
    source
        What it is about: a file name (never an absolute path), a trait or a gene set; ``""`` for
        what a report is about as a whole, see :meth:`QualityReport.about`.
    topic
        Short machine-readable key, for example ``"rows_read"``, ``"z_missing"``.
    count
        How many rows, genes or files; 0 where a count makes no sense.
    message
        One sentence in plain words; a warning says what to do.
    """

    level: str
    source: str
    topic: str
    count: int
    message: str

    @property
    def sentence(self) -> str:
        """The message with its count before it, unless it names the count itself."""
        count = f"{self.count:,}"
        if self.message.startswith("of "):
            return f"{count} {self.message}"
        if not self.count or re.search(rf"(?<![\w,.-]){count}(?![\w,.%-])", self.message):
            return self.message
        return f"{count} {self.message}"

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level must be one of {LEVELS}, not {self.level!r}")


@dataclass(frozen=True)
class QualityReport:
    """All facts of a trait, a study or a run, in the order in which they were found."""

    facts: tuple[QualityFact, ...] = ()

    def __repr__(self) -> str:
        return f"QualityReport({len(self.facts)} facts, {len(self.warnings)} of them warnings)"

    def __add__(self, other: QualityReport | Iterable[QualityFact]) -> QualityReport:
        facts = other.facts if isinstance(other, QualityReport) else tuple(other)
        return QualityReport(self.facts + facts)

    def about(self, source: str) -> QualityReport:
        """The same report of a trait or pair: facts that name nothing else are about it."""
        named = (fact if fact.source else replace(fact, source=source) for fact in self.facts)
        return QualityReport(tuple(named))

    @property
    def warnings(self) -> tuple[QualityFact, ...]:
        """The facts that the user should act on."""
        return tuple(fact for fact in self.facts if fact.level == "warning")

    @property
    def told(self) -> tuple[QualityFact, ...]:
        """Notes and warnings: what is said on every screen."""
        return tuple(fact for fact in self.facts if fact.level != "fact")

    def count(self, topic: str, source: str | None = None) -> int:
        """Sum of the counts of one topic, over all sources or one."""
        return sum(
            fact.count
            for fact in self.facts
            if fact.topic == topic and source in (None, fact.source)
        )
