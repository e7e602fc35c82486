"""The answer in sentences: of a collection, on a page and for those who cannot see a figure.

And of a run on the terminal: counts first, then the calls by q, then how many are open. Nothing is
left out in silence: what is not a line of its own is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from pathways.calls.vocabulary import CALLED, DIRECTIONAL, LOUD, READING
from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, collections, is_clear, is_control, rank, select
from pathways.report.words import names
from pathways.report.words.findings import each, finding_of
from pathways.report.words.numbers import Row, excluded, in_short, number, p_value
from pathways.report.words.whole_run import counted

#: Pathways named of each call; more are counted.
MOST_NAMED = 6
#: Lines of sets without a call: those in which a trait has a direction of its own.
MOST_OPEN = 10
#: Lines of sets with a call.
MOST_CALLED = 40
#: Letters of a name; a cut one ends in "…".
LONGEST = 120


def counts(chosen: Selection) -> dict[str, int]:
    """Number of pathways (times pairs) of each call, over all pathways of the collection."""
    found = Counter(str(row["call"]) for row in chosen.divergence.values())
    return {call.word: found[call.word] for call in READING if found[call.word]}


def counts_in_words(found: dict[str, int]) -> str:
    """``1 opposite, 2 unequal (in strength, not in direction), 2 undetermined``."""
    note = {"unequal": " (in strength, not in direction)"}
    return ", ".join(f"{n:,} {call}{note.get(call, '')}" for call, n in found.items())


def headline(chosen: Selection) -> str:
    """The answer of one collection in a few sentences: calls, and what is left open without one."""
    n = chosen.n_pathways
    of = f"Of {n:,} pathways" if n > 1 else "Of one pathway"
    if not chosen.pairs:
        return _one_trait_headline(chosen, of)
    found = counts(chosen)
    if len(chosen.pairs) > 1:
        of += f" in {len(chosen.pairs)} pairs of traits"
    text = f"{of}: {counts_in_words(found)}."
    if sum(found.get(call, 0) for call in LOUD):
        return text
    text += (
        " No pathway is shown to have opposite or shared directions: the data cannot tell."
        " This is not evidence of no difference"
    )
    left = in_short(list(chosen.divergence.values()))
    return f"{text}: {left}." if left else f"{text}."


def called_by_name(chosen: Selection, most: int = 3, letters: int = 120) -> str:
    """``Complement is concordant (ALS up, FTD up); ...``; "" without such calls.

    Parameters
    ----------
    chosen
        A collection.
    most, letters
        Pathways named, those of smallest q, and about how long that may be; more are counted.
    """
    rows = [row for row in chosen.divergence.values() if row["call"] in LOUD]
    if not rows:
        return ""
    rows.sort(key=lambda row: row["q_call"])
    told = []
    for row in rows[:most]:
        pair = (str(row["trait_a"]), str(row["trait_b"]))
        which = f" in {pair[0]} / {pair[1]}" if len(chosen.pairs) > 1 else ""
        ways = ", ".join(f"{trait} {way}" for trait, way in row["ways"].items())
        how = f" ({ways})" if row["call"] in DIRECTIONAL else ""
        told.append(f"{chosen.titles[row['pathway']]} is {row['call']}{which}{how}")
        if sum(map(len, told)) > letters:
            del told[max(len(told) - 1, 1) :]
            break
    more = f"; {len(rows) - len(told):,} more below" if len(rows) > len(told) else ""
    return f"{'; '.join(told)}{more}."


def _one_trait_headline(chosen: Selection, of: str) -> str:
    clear = sum(is_clear(row) for row in chosen.directions.values())
    if chosen.n_pathways == 1:
        found = "has a direction." if clear else "has no direction that the data can show."
        return f"The one pathway {found}{'' if clear else _not_none(chosen)}"
    tested = sum(np.isfinite(r["q_direction"]) for r in chosen.directions.values())
    text = f"{of}, {tested:,} could be tested and {clear:,} have a direction."
    return text if clear else f"{text} The data cannot tell.{_not_none(chosen)}"


def _not_none(chosen: Selection) -> str:
    left = excluded(list(chosen.directions.values()))
    return f" This is not evidence of no effect{f': {left}' if left else ''}."


def by_themselves(chosen: Selection, most: int = 3) -> str:
    """Directions of single traits in pathways whose pairs have no call of directions; else "".

    Parameters
    ----------
    chosen
        A collection.
    most
        Pathways named, those of smallest q; more are counted.
    """
    clear: dict[str, float] = {}
    for (pathway, _), row in chosen.directions.items():
        calls = {pair["call"] for pair in chosen.both[pathway]}
        if chosen.pairs and is_clear(row) and calls.isdisjoint(DIRECTIONAL):
            clear[pathway] = min(clear.get(pathway, np.inf), row["q_direction"])
    if not clear:
        return ""
    first = sorted(clear, key=lambda name: clear[name])[:most]
    told = [f"{chosen.titles[pathway]}: {each(chosen.own[pathway])}" for pathway in first]
    more = f"; {len(clear) - most:,} more pathways: directions.tsv" if len(clear) > most else ""
    return f"Each trait by itself: {'. '.join(told)}{more}."


def reading(chosen: Selection) -> str:
    """How to read an activity."""
    scale = chosen.scale
    text = (
        "The activity of a pathway is the mean over its tested members of role × association:"
        " above zero, genetically higher activity goes with higher risk. Brackets hold the 95 %"
        " interval."
    )
    if len(chosen.pairs) == 1 and chosen.on_common_genes:
        text += " Beside a call activities are on the genes of both traits, as the call is."
    if scale.effect_scale == "per_sqrt_n":
        percent = 100 * (np.exp(2 / scale.factor) - 1)
        return (
            f"{text} The unit is {scale.unit}: an activity of 1 means that the odds of disease"
            f" are {number(percent, 2)} % higher per SD of predicted expression of a typical member"
            " gene."
        )
    if scale.effect_scale == "unit":
        return (
            f"{text} The unit is {scale.unit} of each trait, for sample sizes were not given:"
            " sizes cannot be compared between traits."
        )
    return (
        f"{text} Traits with a known sample size are in half log-odds per SD of predicted"
        " expression, the others in SD of z: sizes cannot be compared between them."
    )


def alt_text(chosen: Selection, title: str, pathway: str = "") -> str:
    """The answer of a figure: which sets are called and in which direction, or the finding of one.

    Parameters
    ----------
    chosen
        The collection.
    title
        What the figure shows.
    pathway
        The pathway it is of, "" for a whole collection.
    """
    if pathway:
        return f"{title}. {finding_of(chosen, pathway).sentence}"
    groups = _of_pairs(chosen) if chosen.pairs else _of_trait(chosen)
    told = [f"{word}: {names.listing(who, most=MOST_NAMED)}" for word, who in groups.items()]
    return f"{title}. {headline(chosen)}" + (f" {'; '.join(told)}." if told else "")


def _of_pairs(chosen: Selection) -> dict[str, list[str]]:
    """Call → pathways with the directions in both traits, in the order of q."""
    groups: dict[str, list[str]] = {}
    for pathway in chosen.called:
        for row in chosen.both[pathway]:
            if row["call"] in CALLED:
                ways = ", ".join(_ways(chosen, row))
                name = chosen.titles[pathway]
                groups.setdefault(str(row["call"]), []).append(f"{name} ({ways})")
    return groups


def _of_trait(chosen: Selection) -> dict[str, list[str]]:
    """Direction → pathways, in the order of q."""
    groups: dict[str, list[str]] = {}
    for pathway in chosen.called:
        for row in filter(is_clear, chosen.own[pathway]):
            groups.setdefault(str(row["direction"]), []).append(chosen.titles[pathway])
    return groups


def _ways(chosen: Selection, row: Row) -> list[str]:
    """The directions that a call holds; of calls without, those of each trait by itself."""
    if row["call"] in DIRECTIONAL:
        return [f"{way} in {trait}" for trait, way in row["ways"].items()]
    return [f"by itself {_way(chosen, row, row[side])}" for side in ("trait_a", "trait_b")]


def _way(chosen: Selection, row: Row, trait: str) -> str:
    """``up in ALS``, ``FTD cannot tell``."""
    own = chosen.directions.get((row["pathway"], trait))
    clear = own is not None and is_clear(own)
    return f"{own['direction']} in {trait}" if own and clear else f"{trait} cannot tell"


def terminal_lines(results: RunTables) -> list[str]:
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
