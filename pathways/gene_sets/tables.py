"""Long tables of gene sets: a row per member, with or without a sign.

Own form: ``pathway gene role`` with optional ``evidence note``. Networks and lists of others are
read by the names of their columns: decoupler (``source target weight``), decoupleR and DoRothEA
(``tf confidence target mor``), CARNIVAL (``source interaction target``), OmniPath
(``source_genesymbol target_genesymbol is_stimulation is_inhibition``), SIGNOR (``ENTITYA ENTITYB
EFFECT``), msigdbr (``gs_name gene_symbol``). What tells the sign is found by
`pathways.gene_sets.signs`; a table without a sign is unsigned.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathways.gene_sets.listing import Listing, gene_text
from pathways.gene_sets.signs import COLUMNS, read_signs
from twas.errors import DataError
from twas.genes.identifiers import MISSING
from twas.reading import delimited
from twas.reading.columns import normalise
from twas.reading.content import Content, harmless
from twas.reading.frames import read_parquet
from twas.system.arrays import Int, Text

#: Columns that name the set, and those that name the gene, the preferred ones first.
SETS = (
    *("pathway", "source_genesymbol", "gs_name", "tf", "regulator", "entitya", "source"),
    *("gene_set", "geneset", "set", "set_name", "term"),
)
GENES = (
    *("gene", "target_genesymbol", "human_gene_symbol", "gene_symbol", "symbol", "target"),
    *("target_gene", "gene_name", "entityb", "hgnc_symbol", "ensembl_gene", "ensembl_gene_id"),
    *("ncbi_gene", "entrez_gene", "gene_id", "entrez_id"),
)
#: Words that head columns of tables, known or not; no line of a GMT has them for its genes.
_HEADS = frozenset(
    {*SETS, *GENES, "genes", "category", "description", "link", "id", "name", "role", "evidence"}
    | {"mor", "weight", "confidence", "likelihood", "sign", "effect", "interaction", "mode"}
    | {"n_genes", "n_overlap", "overlap", "size", "count", "geneid", "generatio", "bgratio"}
    | {"p", "adjp", "padj", "p_adj", "p_adjust", "pval", "pvalue", "p_value", "qvalue", "fdr"}
    | {"adjusted_p_value", "nes", "es", "odds_ratio", "combined_score", "z", "zscore", "beta", "se"}
    | {"direction", "regulation", "chr", "chrom", "start", "end", "logfc", "log2foldchange"}
)
_READ = frozenset({*SETS, *GENES, *COLUMNS, "evidence", "note"})
_WHAT = (
    "a gene-set table has the columns pathway, gene, role, a network source, target, weight;"
    " a GMT file has a set a line: name, description, genes"
)
_SEVERAL = re.compile(r"[^;,/|:\s]+(?:\s*[;,/|:\s]\s*[^;,/|:\s]+)+")


@dataclass(frozen=True)
class _Cells:
    """A table as text: columns in the order of the file, and how to name a row in a message."""

    name: str
    header: tuple[str, ...]
    columns: dict[str, Text]
    row: Callable[[int], str]


def is_table(line: str) -> bool:
    """Whether a line names the columns of a table that can be read."""
    return any(_knows(cells) for cells in _splits(line))


def is_header(line: str) -> bool:
    """Whether a line names columns, be they those of a gene-set table or of another."""
    for cells in _splits(line):
        known = [normalise(cell) in _HEADS for cell in cells]
        # A GMT may have a set "P" with the description "description", but no gene has such names.
        if sum(known) >= 2 and 2 * sum(known) >= len(cells) and (len(cells) == 2 or any(known[2:])):
            return True
    return False


def _splits(line: str) -> Iterable[list[str]]:
    delimiters = ("\t",) if "\t" in line.strip() else (",", ";", None)
    return ([cell.strip("\"' ") for cell in line.split(d)] for d in delimiters)


def read_table(content: Content) -> Listing:
    """Read a delimited table.

    Raises
    ------
    DataError
        If the columns are not those of a gene-set table, a cell is empty, a role or weight is no
        number, or a column that is not read holds signs.
    """
    text = delimited.split(content.data, content.name, _knows)
    if not _knows(text.header):
        raise DataError(_unknown_columns(text.header, content.name))
    # The cells as they are: a reader of numbers would take "-" for missing.
    rows = csv.reader(io.StringIO(text.body.decode()), delimiter=text.delimiter)
    try:
        cells = list(zip(*rows, strict=True))
    except (csv.Error, ValueError) as error:
        raise DataError(f"{content.name}: cannot be read as a table ({error})") from error
    return _listing(_cells(content.name, text.header, cells, lambda k: f"line {text.lines[k]}"))


def read_frame(frame: pd.DataFrame, name: str) -> Listing:
    """Read a DataFrame; errors name the row by its position, from 1."""
    header = [harmless(str(column)) for column in frame.columns]
    if not _knows(header):
        raise DataError(_unknown_columns(header, name))
    columns = (frame.iloc[:, place].astype(object) for place in range(len(header)))
    cells = [[_as_text(cell) for cell in column] for column in columns]
    return _listing(_cells(name, header, cells, lambda k: f"row {k + 1}"))


def read_parquet_table(content: Content) -> Listing:
    """Read a Parquet table.

    Raises
    ------
    DataError
        If the file is damaged, or pyarrow is not installed.
    """
    return read_frame(read_parquet(content), content.name)


def checked_roles(values: Sequence[object]) -> tuple[Int, int]:
    """Roles as integers, and the position of the first that is not 1, -1 or 0, else -1."""
    numbers = pd.to_numeric(pd.Series(list(values), dtype=object), errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~np.isin(numbers, (-1.0, 0.0, 1.0)))
    return np.nan_to_num(numbers).astype(np.int64), int(wrong[0]) if wrong.size else -1


def _knows(header: Sequence[str]) -> bool:
    names = {normalise(cell) for cell in header}
    return bool(names.intersection(SETS) and names.intersection(GENES))


def _unknown_columns(header: Sequence[str], name: str) -> str:
    shown = ", ".join(map(harmless, header[:8])) + (", …" if len(header) > 8 else "")
    return f"{name}: the columns are {shown}; {_WHAT}"


def _cells(
    name: str,
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    row: Callable[[int], str],
) -> _Cells:
    names = [normalise(column) for column in header]
    repeated = next((c for c in names if c in _READ and names.count(c) > 1), "")
    if repeated:
        raise DataError(f"{name}: column {repeated!r} stands twice; keep one")
    names = [f"{c}_{k}" if c in names[:k] else c for k, c in enumerate(names)]
    stripped = ([harmless(cell.strip()) for cell in column] for column in cells)
    columns = {c: np.array(s, dtype=object) for c, s in zip(names, stripped, strict=True)}
    if not cells or not len(cells[0]):
        raise DataError(f"{name}: holds a header but no rows")
    return _Cells(name, tuple(names), columns, row)


def _as_text(cell: object) -> str:
    # A list in a cell has no one truth of being missing.
    if cell is None or cell is pd.NA or (pd.api.types.is_scalar(cell) and cell != cell):
        return ""
    # Entrez ids become floats in a column with gaps.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _listing(cells: _Cells) -> Listing:
    sets = next(column for column in SETS if column in cells.columns)
    genes = next(column for column in GENES if column in cells.columns)
    for column in (sets, genes):
        empty = np.flatnonzero(np.isin(cells.columns[column], tuple(MISSING)))
        if empty.size:
            raise DataError(f"{cells.name}: {cells.row(int(empty[0]))} has no {column}; fill it in")
    given = [gene_text(cell) for cell in cells.columns[genes].tolist()]
    _one_gene_each(cells, genes, given)
    owner, names = pd.factorize(cells.columns[sets])
    others = {key: cell for key, cell in cells.columns.items() if key not in (sets, *GENES)}
    others |= {} if others else {"": np.full(len(given), "", dtype=object)}
    signs = read_signs(others, cells.name, cells.row)
    return Listing(
        pathways=tuple(names),
        owner=owner.astype(np.int64),
        given=given,
        role=signs.role,
        signed=bool(signs.column),
        evidence=cells.columns["evidence"].tolist() if "evidence" in cells.columns else None,
        note=cells.columns["note"].tolist() if "note" in cells.columns else None,
        network=signs.column not in ("", "role"),
        facts=signs.notes,
    )


def _one_gene_each(cells: _Cells, column: str, given: Sequence[str]) -> None:
    several = [k for k, text in enumerate(given) if _SEVERAL.fullmatch(text)]
    if 2 * len(several) > len(given):
        k = several[0]
        raise DataError(
            f"{cells.name}: {cells.row(k)} holds several genes in column {column!r}"
            f" ({given[k][:40]}); write a row for each gene, or give the GMT"
        )
