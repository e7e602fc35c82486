r"""``tables/*.tex``: the tables of a paper, ready for ``\input``.

A `tabular` of booktabs without caption and float, which the paper puts round it. Above
`PAGE_LINES` lines, more than a page holds, it is a `longtable`, which breaks over pages. Of a
collection of more than `MOST` pathways those of smallest q are shown, the same as in the figures
and the words, and a last row says so: a table of 3,000 rows is a supplement, and the TSV or the
workbook serves it better than 90 printed pages.

Every collection has its own files, as it is a family of its own; the first has the plain name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathways.output.run_tables import RunTables
from pathways.report.exports.latex_text import WIDTH, comment, encode, shorten
from pathways.report.selection import MOST, Selection, collections, is_control, select
from pathways.report.words import names
from pathways.report.words.numbers import Row, count, p_value
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES
from twas.errors import UsageError

#: Lines of a table that a page holds beside its heading and a caption.
PAGE_LINES = 62
#: Tables that are written.
WRITTEN = ("directions", "divergence")
#: Title of a pathway, and its rows.
Group = tuple[str, list[Row]]
#: What stands in an empty cell.
EMPTY = "–"
#: Width of the column of names, and the letters that stand in a line of it at footnotesize.
NAME_COLUMN, NAME_LINE = "3.2cm", 20
#: Characters of the name of a trait.
_TRAIT = 12
#: Effects whose interval is in ``ci_low`` and ``ci_high``.
_WITH_INTERVAL = ("activity", "difference")
_ACTIVITIES = ("activity_a", "activity_b")
#: Column that stands in the cell of another, and what stands between them.
_BESIDE = {
    ("directions", "n_tested"): ("n_set", "/"),
    ("divergence", "trait_a"): ("trait_b", " / "),
}


@dataclass(frozen=True)
class Shown:
    """One column: names in the registry that it is made of, heading, alignment, and its cells."""

    sources: tuple[str, ...]
    heading: str
    align: str
    cell: Callable[[Row], str]


def write_latex(results: RunTables, folder: Path) -> tuple[Path, ...]:
    """Write ``directions.tex`` and ``divergence.tex`` of each collection but the controls.

    Parameters
    ----------
    results
        A run.
    folder
        Where to; made where there is none.

    Returns
    -------
    tuple of Path
        The files: ``NAME.tex`` of the first collection, ``NAME_COLLECTION.tex`` of the others. A
        run of one trait has no ``divergence.tex``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, taken = [], set[str]()
    for place, collection in enumerate(collections(results)):
        if place and is_control(collection):
            continue
        tag = names.slug(collection, taken)
        for table in WRITTEN:
            text = to_latex(results, table, collection)
            if text:
                path = folder / (f"{table}_{tag}.tex" if place else f"{table}.tex")
                path.write_text(text, encoding="ascii", newline="\n")
                written.append(path)
    return tuple(written)


def to_latex(results: RunTables, table: str = "divergence", collection: str | None = None) -> str:
    """One table of one collection, combined scope, rounded; "" where it has no row.

    Parameters
    ----------
    results
        A run.
    table
        ``directions`` or ``divergence``.
    collection
        Name of a collection; the first by default.

    Raises
    ------
    UsageError
        If there is no such table or collection.
    """
    if table not in WRITTEN:
        raise UsageError(f"table {table!r} has no LaTeX form; choose {' or '.join(WRITTEN)}")
    chosen = select(results, collection)
    groups = list(_groups(chosen, table))
    if not groups:
        return ""
    columns = columns_of(chosen, table)
    if all(len(rows) == 1 for _, rows in groups):
        columns.insert(0, pathway_column(chosen))
    columns = [
        column
        for k, column in enumerate(columns)
        if k == 0 or any(column.cell(row) != EMPTY for _, rows in groups for row in rows)
    ]
    long = _lines(groups) > PAGE_LINES
    lines = [
        *_comment(chosen, table, columns, long=long),
        *_table(chosen, columns, groups, long=long),
    ]
    return "\n".join(lines) + "\n"


def _groups(chosen: Selection, table: str) -> Iterator[Group]:
    """The rows of each pathway, in print order."""
    for pathway in chosen.pathways:
        if table == "directions":
            found = [chosen.directions.get((pathway, trait)) for trait in chosen.traits]
        else:
            found = [chosen.divergence.get((pathway, *pair)) for pair in chosen.pairs]
        rows = [row for row in found if row is not None]
        if rows:
            yield title(pathway, chosen), rows


def _lines(groups: Sequence[Group]) -> int:
    """Lines that a table takes: several rows have the name above them, one has it beside it."""
    return sum(
        1 + len(rows) if len(rows) > 1 else math.ceil(len(name) / NAME_LINE)
        for name, rows in groups
    )


def _table(
    chosen: Selection, columns: Sequence[Shown], groups: Sequence[Group], *, long: bool
) -> Iterator[str]:
    environment, width = "longtable" if long else "tabular", len(columns)
    yield rf"\begin{{{environment}}}{{@{{}}{''.join(c.align for c in columns)}@{{}}}}"
    yield r"\toprule"
    if chosen.simulated:
        yield _across(width, r"\textbf{SIMULATED data: no finding about any disease}") + r" \\"
        yield r"\midrule"
    yield " & ".join(_heading(column) for column in columns) + r" \\"
    yield r"\midrule"
    if long:
        yield r"\endhead"
    for name, rows in groups:
        if len(rows) > 1:
            yield r"\addlinespace[2pt]"
            yield _across(width, encode(name)) + r" \\*"
        for row in rows:
            indent = r"\quad " if len(rows) > 1 else ""
            cells = (encode(c.cell(row), breaks=c.align.startswith(">")) for c in columns)
            # The star keeps the rows of a pathway on one page.
            yield indent + " & ".join(cells) + (r" \\" if row is rows[-1] else r" \\*")
    if chosen.cut:
        yield r"\midrule"
        yield _across(width, encode(_cut(chosen))) + r" \\"
    yield r"\bottomrule"
    yield rf"\end{{{environment}}}"


def _heading(column: Shown) -> str:
    """Right-aligned headings of two words stand on two lines."""
    words = encode(column.heading)
    first, space, rest = words.partition(" ")
    if not space or column.align != "r":
        return words
    return rf"\begin{{tabular}}[b]{{@{{}}r@{{}}}}{first}\\{rest}\end{{tabular}}"


def _across(width: int, text: str) -> str:
    return rf"\multicolumn{{{width}}}{{@{{}}l@{{}}}}{{{text}}}"


def _cut(chosen: Selection) -> str:
    return f"The {MOST} of {chosen.n_pathways:,} pathways with the smallest q."


def _comment(
    chosen: Selection, table: str, columns: Sequence[Shown], *, long: bool
) -> Iterator[str]:
    """What an author must know, as comments in front of the table."""
    what = "Direction of each pathway" if table == "directions" else "Divergence of each pathway"
    yield f"% {what}, collection {comment(shorten(chosen.collection))}, combined scope."
    yield "% Made by twas-divergence. Needs booktabs and array" + (
        ", and longtable: \\input it in the text, outside a float."
        if long
        else ": \\input it in a table environment, with a caption of yours."
    )
    yield "% Fits 180 mm at \\footnotesize with \\setlength{\\tabcolsep}{3pt}."
    unit = f"in {chosen.scale.unit}" if chosen.scale.effect_scale != "mixed" else "in mixed units"
    yield f"% Effects are {comment(unit)}; numbers are rounded, exact ones are in {table}.tsv."
    yield f"% {comment(EMPTY)} untestable or not computed."
    yield f"% Names of more than {WIDTH} characters lose their middle. Characters without a glyph"
    yield "% in pdflatex are printed as [U+05D0]; marks that turn the writing are left out."
    meaning = {column.name: column.meaning for column in TABLES[table].columns}
    for column in columns:
        notes = "; ".join(f"{source}: {meaning[source]}" for source in column.sources)
        yield f"% {comment(column.heading)} = {comment(notes)}"


def columns_of(chosen: Selection, table: str) -> list[Shown]:
    """Columns of a table, as the registry has them for LaTeX, the pathway left out."""
    found = [(c.latex, c) for c in TABLES[table].columns if c.latex is not None]
    found.sort(key=lambda pair: pair[0])
    one = len(chosen.pairs) == 1
    return [
        _shown(chosen, table, column, heading)
        for (_, heading), column in found
        if column.name != "trait_a" or not one
    ]


def pathway_column(chosen: Selection) -> Shown:
    """The name of the pathway, in lines."""
    align = rf">{{\raggedright\arraybackslash}}p{{{NAME_COLUMN}}}"
    return Shown(("pathway",), "Pathway", align, lambda row: title(row["pathway"], chosen))


def _shown(chosen: Selection, table: str, column: Column, heading: str) -> Shown:
    name = column.name
    if name in _WITH_INTERVAL:
        return _estimate(chosen, name, heading)
    if name in _ACTIVITIES:
        one = len(chosen.pairs) == 1
        pair = chosen.pairs[0] if one else ("trait A", "trait B")
        heading = f"{heading} {shorten(pair[_ACTIVITIES.index(name)], _TRAIT)}"
    write = _writer(chosen, column)
    beside, between = _BESIDE.get((table, name), ("", ""))
    sources = (name, beside) if beside else (name,)
    align = "l" if column.kind == "text" else "r"
    return Shown(sources, heading, align, lambda row: between.join(write(row[n]) for n in sources))


def _writer(chosen: Selection, column: Column) -> Callable[[object], str]:
    if column.kind == "text":
        return lambda value: shorten(value, _TRAIT)
    kinds = {"count": count, "p": p_value}
    write = chosen.scale.text if column.unit == "effect" else kinds[column.kind]
    return lambda value: write(value) or EMPTY


def _estimate(chosen: Selection, column: str, heading: str) -> Shown:
    """An effect with its interval."""

    def cell(row: Row) -> str:
        if math.isnan(row[column]):
            return EMPTY
        interval = chosen.scale.interval(row["ci_low"], row["ci_high"])
        return chosen.scale.text(row[column]) + (f" ({interval})" if interval else "")

    return Shown((column, "ci_low", "ci_high"), f"{heading} (95 % CI)", "r", cell)


def title(pathway: str, chosen: Selection) -> str:
    """Title of a pathway, short enough for a line."""
    return shorten(chosen.titles[pathway])
