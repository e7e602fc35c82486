"""GMT: one set a line, name, description, genes, separated by tabs only.

Names may hold spaces, descriptions may be empty, lines may end in tabs. Two lines of one name and
different descriptions (WikiPathways has them: ``Notch signaling``, WP268 and WP61) are different
sets and are told apart by their description; lines of one name and one description are one set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathways.gene_sets.listing import Listing, some
from twas.errors import DataError
from twas.reading.content import Content

# Enrichr's own downloads write a weight behind each gene: "TP53,1.0".
_WEIGHTED = re.compile(r"(.+),\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class _Line:
    """One line of a GMT."""

    name: str
    description: str
    genes: list[str]


def read_gmt(content: Content) -> Listing:
    """Read the sets of a GMT.

    Raises
    ------
    DataError
        If a line has no name or fewer than three tab-separated cells.
    """
    lines = _lines(content)
    labels, facts = _labels(lines, content.name)
    filled = [(label, line) for label, line in zip(labels, lines, strict=True) if line.genes]
    if len(filled) < len(lines):
        n = len(lines) - len(filled)
        facts.append(("sets_empty", n, f"{n:,} sets have no genes and were left out"))
    position = {label: k for k, label in enumerate(dict.fromkeys(label for label, _ in filled))}
    given = _unweighted([gene for _, line in filled for gene in line.genes], facts)
    owners = np.array([position[label] for label, _ in filled], dtype=np.int64)
    sizes = np.array([len(line.genes) for _, line in filled], dtype=np.int64)
    return Listing(
        pathways=tuple(position),
        owner=np.repeat(owners, sizes),
        given=given,
        role=np.ones(len(given), dtype=np.int64),
        signed=False,
        facts=tuple(facts),
    )


def _lines(content: Content) -> list[_Line]:
    # str.splitlines would also cut at form feeds and Unicode separators inside names.
    text = content.data.decode().replace("\r\n", "\n").replace("\r", "\n")
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 3:
            raise DataError(
                f"{content.name}: line {number} has {len(cells)} tab-separated"
                f" {'cell' if len(cells) == 1 else 'cells'}; a GMT line is name, description, genes"
            )
        if not cells[0]:
            raise DataError(f"{content.name}: line {number} has no set name before the first tab")
        lines.append(_Line(cells[0], cells[1], [cell for cell in cells[2:] if cell]))
    return lines


def _labels(lines: Sequence[_Line], name: str) -> tuple[list[str], list[tuple[str, int, str]]]:
    """Name of the set of each line: the given one, with the description where names repeat."""
    descriptions: dict[str, dict[str, int]] = {}
    for line in lines:
        seen = descriptions.setdefault(line.name, {})
        seen[line.description] = seen.get(line.description, 0) + 1
    apart = {key: None for key, seen in descriptions.items() if len(seen) > 1}
    merged = [key for key, seen in descriptions.items() if max(seen.values()) > 1]
    facts = []
    if apart:
        message = f"{len(apart):,} names stand for several sets, told apart by their description"
        facts.append(("sets_same_name", len(apart), f"{message}: {some(list(apart))}"))
    if merged:
        message = f"{len(merged):,} sets stand on several lines, which were merged"
        facts.append(("sets_merged", len(merged), f"{message}: {some(merged)}"))
    labels = [
        f"{line.name} ({line.description})"
        if line.name in apart and line.description
        else line.name
        for line in lines
    ]
    taken = set(descriptions) & {
        label for label, line in zip(labels, lines, strict=True) if label != line.name
    }
    if taken:
        raise DataError(f"{name}: {min(taken)!r} could be either of two sets; rename one of them")
    return labels, facts


def _unweighted(given: list[str], facts: list[tuple[str, int, str]]) -> list[str]:
    """Genes without weights; names with a comma of their own stay."""
    bare = list(given)
    at = [k for k, gene in enumerate(given) if "," in gene]
    for k in at:
        match = _WEIGHTED.fullmatch(given[k])
        bare[k] = match[1] if match else given[k]
    n = sum(bare[k] != given[k] for k in at)
    if n:
        facts.append(("members_weighted", n, f"{n:,} members had a weight, which was left out"))
    return bare
