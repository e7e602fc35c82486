"""What the terminal says of a run: counts first, then the calls by q, then how many are open.

Nothing is left out in silence: what is not a line of its own is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from pathways.calls.vocabulary import CALLED, DIRECTIONAL, READING
from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, collections, is_clear, is_control, rank, select
from pathways.report.words import names
from pathways.report.words.findings import each
from pathways.report.words.headline import counts_in_words
from pathways.report.words.numbers import Row, excluded, in_short, p_value
from pathways.report.words.whole_run import counted

#: Lines of sets without a call: those in which a trait has a direction of its own.
MOST_OPEN = 10
#: Lines of sets with a call.
MOST_CALLED = 40
#: Letters of a name; a cut one ends in "…".
LONGEST = 120


def lines(results: RunTables) -> list[str]:
    """The answer of a run, line by line.

    Parameters
    ----------
    results
        A run.
    """
    found: list[str] = []
    judged = counted(results)
    for name in sorted(collections(results), key=is_control):
        chosen = select(results, name, most=len(results.directions))
        if is_control(name):
            found.append(_controls(chosen))
        elif chosen.pairs:
            for pair in chosen.pairs:
                found += _pair(chosen, pair)
        else:
            for trait in chosen.traits:
                found += _one_trait(chosen, trait)
    return [*found, *([f"Predictions: {judged}"] if judged else [])]


def _pair(chosen: Selection, pair: tuple[str, str]) -> Iterator[str]:
    rows = [row for p in chosen.pathways if (row := chosen.divergence.get((p, *pair)))]
    calls = Counter(str(row["call"]) for row in rows)
    counts = counts_in_words({c.word: calls[c.word] for c in READING if calls[c.word]})
    yield f"{chosen.collection}, {pair[0]} / {pair[1]}: {counts} ({_of(len(rows))})"
    order = sorted(rows, key=lambda row: (rank(row["q_call"]), rank(row["p_both"])))
    called = [row for row in order if row["call"] in CALLED]
    for row in called[:MOST_CALLED]:
        yield _line(str(row["pathway"]), str(row["call"]), f"{row['reason']}{_own(chosen, row)}")
    if len(called) > MOST_CALLED:
        yield f"  {len(called) - MOST_CALLED:,} more with a call: divergence.tsv"
    yield from _open(chosen, [row for row in order if row["call"] not in CALLED], bool(called))


def _open(chosen: Selection, rows: list[Row], more: bool) -> Iterator[str]:
    """The sets without a call: those with a direction in one trait, then the rest by number."""
    clear = [row for row in rows if any(map(is_clear, chosen.sides(row)))]
    for row in islice(clear, MOST_OPEN):
        yield _line(str(row["pathway"]), str(row["call"]), each(chosen.sides(row)))
    if len(clear) > MOST_OPEN:
        n = len(clear) - MOST_OPEN
        yield f"  {n:,} more without a call have a direction in one trait: directions.tsv"
    told = {str(row["pathway"]) for row in clear}
    rest = [row for row in rows if str(row["pathway"]) not in told]
    for word in ("undetermined", "untestable"):
        left = [row for row in rest if row["call"] == word]
        if left:
            possible = in_short(left)
            more_of = "more: " if more or clear else ""
            yield f"  {len(left):,} {more_of}{word}{f'; {possible}' if possible else ''}"


def _one_trait(chosen: Selection, trait: str) -> Iterator[str]:
    rows = [row for p in chosen.pathways if (row := chosen.directions.get((p, trait)))]
    found = Counter(row["direction"] for row in rows)
    counts = ", ".join(
        f"{found[word]:,} {word}"
        for word in ("up", "down", "undetermined", "untestable")
        if found[word]
    )
    yield f"{chosen.collection}, {trait}: {counts} ({_of(len(rows))})"
    clear = [row for row in rows if is_clear(row)]
    clear.sort(key=lambda row: rank(row["q_direction"]))
    for row in clear[:MOST_CALLED]:
        yield _line(str(row["pathway"]), row["direction"], f"q {p_value(row['q_direction'])}")
    if len(clear) > MOST_CALLED:
        yield f"  {len(clear) - MOST_CALLED:,} more with a direction: directions.tsv"
    for word in ("undetermined", "untestable"):
        left = [row for row in rows if row["direction"] == word]
        if left:
            possible = excluded(left)
            more = "more: " if clear else ""
            yield f"  {len(left):,} {more}{word}{f'; {possible}' if possible else ''}"


def _controls(chosen: Selection) -> str:
    if chosen.pairs:
        rows = list(chosen.divergence.values())
        called = [row for row in rows if row["call"] in CALLED]
        doubt = "" if not called else "; calls of this run deserve doubt"
        return f"Negative controls: {len(called):,} of {len(rows):,} have a call{doubt}"
    tested = [row for row in chosen.directions.values() if row["direction"] != "untestable"]
    clear = sum(map(is_clear, tested))
    return f"Negative controls: {clear:,} of {len(tested):,} have a direction"


def _of(n: int) -> str:
    return f"of {n:,} set{'' if n == 1 else 's'}"


def _line(pathway: str, word: str, words: str) -> str:
    return f"  {names.shorten(pathway, LONGEST):<24} {word:<13} {words}".rstrip()


def _own(chosen: Selection, row: Row) -> str:
    """Directions of the traits, where the call is none of directions."""
    return "" if row["call"] in DIRECTIONAL else f"; {each(chosen.sides(row))}"
