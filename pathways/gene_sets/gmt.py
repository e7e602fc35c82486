"""GMT: one set a line, name, description, genes, separated by tabs only.

A GMX is the same on its side: a set a column, its name and description in the first two rows.
Names may hold spaces, descriptions may be empty, lines may end in tabs. Two lines of one name and
different descriptions (WikiPathways has them: ``Notch signaling``, WP268 and WP61) are different
sets and are told apart by their description; lines of one name and one description are one set.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from pathways.gene_sets.listing import Listing, Note, gene_text, some
from twas.errors import DataError
from twas.genes import lookups
from twas.reading.content import Content, harmless, is_harmless
from twas.reading.sign_columns import sign_of

# Enrichr's own downloads write a weight behind each gene: "TP53,1.0".
_WEIGHTED = re.compile(r"(.+),\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
#: A word of a title, and what stands for none.
_WORD = re.compile(r"[a-z]{3}")
_NO_TITLE = frozenset({"none", "null", "nan", "description", "unknown", "missing"})
# Numbers that are no Entrez ids: signs, weights and p-values of a table.
_NUMBER = re.compile(r"[-+\u2212]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NEGATIVE = re.compile(r".+,[-\u2212]\d.*")
_ENTREZ = re.compile(r"[1-9]\d*(?:\.0)?")


@dataclass(frozen=True)
class _Line:
    """One line of a GMT."""

    number: int
    name: str
    description: str
    genes: list[str]


def read_gmt(content: Content, *, transposed: bool = False) -> Listing:
    """Read the sets of a GMT, or of a GMX (`transposed`).

    Raises
    ------
    DataError
        If a line has no name or fewer than three tab-separated cells, or a number where a gene
        should be.
    """
    lines = _lines(content, transposed=transposed)
    labels, facts = _labels(lines, content.name)
    filled = [(label, line) for label, line in zip(labels, lines, strict=True) if line.genes]
    if len(filled) < len(lines):
        n = len(lines) - len(filled)
        facts.append(Note("sets_empty", n, f"{n:,} sets have no genes and were left out"))
    position = {label: k for k, label in enumerate(dict.fromkeys(label for label, _ in filled))}
    facts += _misplaced(lines)
    given = _unweighted([gene for _, line in filled for gene in line.genes], facts)
    _refuse_signs(given, [line for _, line in filled], content.name)
    owners = np.array([position[label] for label, _ in filled], dtype=np.int64)
    sizes = np.array([len(line.genes) for _, line in filled], dtype=np.int64)
    return Listing(
        pathways=tuple(position),
        owner=np.repeat(owners, sizes),
        given=[gene_text(gene) for gene in given] if ".0" in " ".join(given) else given,
        role=np.ones(len(given), dtype=np.int64),
        signed=False,
        facts=tuple(facts),
        titles=_titles(filled),
    )


def lines_of(text: str) -> list[str]:
    """Lines of a text: str.splitlines would also cut at form feeds and separators inside names."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _lines(content: Content, *, transposed: bool) -> list[_Line]:
    text = content.data.decode()
    clean = (lambda cell: cell) if is_harmless(text) else harmless
    rows = [line.split("\t") for line in lines_of(text)]
    if transposed:
        rows = [list(row) for row in zip_longest(*filter(any, rows), fillvalue="")]
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [clean(cell.strip()) for cell in row]
        if not any(cells):
            continue
        if len(cells) < 3:
            raise DataError(
                f"{content.name}: line {number} has {len(cells)} tab-separated"
                f" {'cell' if len(cells) == 1 else 'cells'}; a GMT line is name, description, genes"
            )
        if not cells[0]:
            raise DataError(f"{content.name}: line {number} has no set name before the first tab")
        lines.append(_Line(number, cells[0], cells[1], [cell for cell in cells[2:] if cell]))
    return lines


def _misplaced(lines: Sequence[_Line]) -> list[Note]:
    """A warning where genes stand in the place of the description, and so are in no set."""
    known = lookups.symbol_rows()
    wrong = [line for line in lines if line.description in known]
    if not wrong:
        return []
    shown = some([f"{line.description} of {line.name}" for line in wrong])
    message = (
        f"{len(wrong):,} sets have a gene symbol as their description, which is no member:"
        f" {shown}; a GMT line is name, description, genes"
    )
    return [Note("gene_as_description", len(wrong), message, "warning")]


def _refuse_signs(given: Sequence[str], lines: Sequence[_Line], name: str) -> None:
    """Refuse what is a table without a header: a GMT has no place for a sign or a number."""
    told = [line for line in lines if len(line.genes) == 1 and _is_sign(line.description)]
    if told and 2 * len(told) >= len(lines):
        raise DataError(
            f"{name}: line {told[0].number} has the sign {told[0].description!r} in the place of"
            " the description; for a network write a first line source, interaction, target"
        )
    known = lookups.symbol_rows()
    wrong = {gene for gene in set(given) if gene not in known and _is_misplaced(gene)}
    if wrong:
        k = next(k for k, gene in enumerate(given) if gene in wrong)
        ends = np.cumsum([len(line.genes) for line in lines])
        line = lines[int(np.searchsorted(ends, k, side="right"))]
        cells = ", ".join([line.name, line.description, *line.genes][:6])
        raise DataError(
            f"{name}: line {line.number} holds {given[k]} in the place of a gene ({cells}); is it a"
            " table? A GMT has no signs: give a table with a first line pathway, gene, role, or"
            " source, target, weight"
        )


def _is_sign(text: str) -> bool:
    return bool(re.fullmatch(r"[-+\u2212]?[01](?:\.0)?", text)) or sign_of(text) != 0


def _is_misplaced(gene: str) -> bool:
    if _NUMBER.fullmatch(gene):
        return not _ENTREZ.fullmatch(gene)
    return bool(_NEGATIVE.fullmatch(gene)) or sign_of(gene) < 0


def _labels(lines: Sequence[_Line], name: str) -> tuple[list[str], list[Note]]:
    """Name of the set of each line: the given one, with the description where names repeat."""
    descriptions: dict[str, dict[str, int]] = {}
    for line in lines:
        seen = descriptions.setdefault(line.name, {})
        seen[line.description] = seen.get(line.description, 0) + 1
    apart = {key: None for key, seen in descriptions.items() if len(seen) > 1}
    merged = [key for key, seen in descriptions.items() if max(seen.values()) > 1]
    facts: list[Note] = []
    if apart:
        message = f"{len(apart):,} names stand for several sets, told apart by their description"
        facts.append(Note("sets_same_name", len(apart), f"{message}: {some(list(apart))}"))
    if merged:
        message = f"{len(merged):,} sets stand on several lines, which were merged"
        facts.append(Note("sets_merged", len(merged), f"{message}: {some(merged)}"))
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


def _titles(filled: Sequence[tuple[str, _Line]]) -> dict[str, str]:
    """Set → title, where it has one that no other set has."""
    seen = Counter({label: line.description for label, line in filled}.values())
    return {
        label: line.description
        for label, line in filled
        if seen[line.description] == 1 and _is_title(line)
    }


def _is_title(line: _Line) -> bool:
    """Whether the second field is a title: words, where the name is an identifier without any.

    ``GO:0006915 → apoptotic process`` is one; an address, an identifier, and what stands beside a
    name that is words already, are none.
    """
    words = line.description.split()
    return (
        len(line.name.split()) == 1
        and _WORD.search(line.description) is not None
        and "://" not in line.description
        and (len(words) > 1 or not any(map(str.isdigit, line.description)))
        and line.description.casefold() not in {line.name.casefold(), *_NO_TITLE}
    )


def _unweighted(given: list[str], facts: list[Note]) -> list[str]:
    """Genes without weights; names with a comma of their own stay."""
    bare = list(given)
    at = [k for k, gene in enumerate(given) if "," in gene]
    for k in at:
        match = _WEIGHTED.fullmatch(given[k])
        bare[k] = match[1] if match else given[k]
    n = sum(bare[k] != given[k] for k in at)
    if n:
        message = f"{n:,} members had a weight, which was left out"
        facts.append(Note("members_weighted", n, message))
    return bare
