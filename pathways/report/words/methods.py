"""The methods paragraphs: what was done, with the numbers of this run.

Every sentence is a row of `CLAUSES` and names what a run must hold for it; a test walks them.
"""

from __future__ import annotations

from pathways.report.words import clauses_further, clauses_input, clauses_tests
from pathways.report.words.facts import RunFacts, paragraphs

#: Every sentence, in order.
CLAUSES = (*clauses_input.CLAUSES, *clauses_tests.CLAUSES, *clauses_further.CLAUSES)


def methods(facts: RunFacts) -> tuple[str, ...]:
    """Paragraphs for the methods section of a paper, in plain text.

    Citations stand as ``[@key]``, keys of `pathways.report.words.references`.

    Parameters
    ----------
    facts
        Of the run: what was not done is not described.
    """
    return paragraphs(CLAUSES, facts)
