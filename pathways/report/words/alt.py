"""What a figure shows, in words for those who cannot see it: the answer."""

from __future__ import annotations

from pathways.calls.vocabulary import CALLED, DIRECTIONAL
from pathways.report.pages.selection import Row, Selection
from pathways.report.words import names
from pathways.report.words.directions import direction, of_call
from pathways.report.words.findings import findings_of, headline

#: Pathways named of each call; more are counted.
MOST = 6


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
        return f"{title}. {findings_of(chosen, pathway).sentence}"
    groups = _of_pairs(chosen) if chosen.pairs else _of_trait(chosen)
    told = [f"{word}: {names.listing(who, most=MOST)}" for word, who in groups.items()]
    return f"{title}. {headline(chosen)}" + (f" {'; '.join(told)}." if told else "")


def _of_pairs(chosen: Selection) -> dict[str, list[str]]:
    """Call → pathways with the directions in both traits, in the order of q."""
    groups: dict[str, list[str]] = {}
    for pathway in chosen.called:
        for pair in chosen.pairs:
            row = chosen.divergence.get((pathway, *pair))
            if row is not None and row["call"] in CALLED:
                ways = ", ".join(_ways(chosen, pathway, pair, row))
                name = chosen.title(pathway)
                groups.setdefault(str(row["call"]), []).append(f"{name} ({ways})")
    return groups


def _of_trait(chosen: Selection) -> dict[str, list[str]]:
    """Direction → pathways, in the order of q."""
    groups: dict[str, list[str]] = {}
    for pathway in chosen.called:
        for trait in chosen.traits:
            row = chosen.directions.get((pathway, trait))
            found = direction(row) if row is not None else ""
            if found in ("up", "down"):
                groups.setdefault(found, []).append(chosen.title(pathway))
    return groups


def _ways(chosen: Selection, pathway: str, pair: tuple[str, str], row: Row) -> list[str]:
    """The directions that a call holds; of calls without, those of each trait by itself."""
    if row["call"] not in DIRECTIONAL:
        return [f"by itself {_way(chosen, pathway, trait)}" for trait in pair]
    return [f"{way} in {trait}" for trait, way in of_call(row).items()]


def _way(chosen: Selection, pathway: str, trait: str) -> str:
    """``up in ALS``, ``FTD cannot tell``."""
    row = chosen.directions.get((pathway, trait))
    found = direction(row) if row is not None else "untestable"
    return f"{found} in {trait}" if found in ("up", "down") else f"{trait} cannot tell"
