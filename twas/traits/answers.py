"""One answer per gene: a table in which a column makes several of them is refused.

Published tables hold several traits, methods, transcripts or factors below each other. Keeping one
row of a gene by any rule would mix them, so the column and its values are named, and the user
selects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twas.checks import fact
from twas.errors import DataError
from twas.genes.lookups import Rows
from twas.quality import QualityFact, some
from twas.reading.columns import ALLELES, normalise
from twas.reading.table import Table
from twas.traits.merging import Combined

#: Words in the names of columns that tell apart answers to different questions.
QUESTIONS = frozenset(
    {"trait", "traits", "phenotype", "pheno", "disease", "disorder", "outcome", "gwas", "cohort"}
    | {"study", "method", "transcript", "isoform", "enst", "factor", "celltype", "cell", "ancestry"}
    | {"population", "sex", "group", "analysis", "dataset", "panel", "tissue", "reference"}
)
#: Words in the names of columns that hold whose answer it is, which must not be mixed even where
#: no gene repeats.
TRAITS = frozenset({"trait", "traits", "phenotype", "pheno", "disease", "disorder", "outcome"})
#: Share of the repeated genes in which a column takes several values if it is the cause.
EXPLAINS = 0.9
#: Two genes of one symbol, or two models of one gene, are a few in a thousand. Where more genes
#: than this repeat, a column of any name is taken for the cause.
REPEATED = 0.05
#: A column without a telling name needs so many repeated genes.
MIN_REPEATED = 3

_TRANSCRIPT = re.compile(r"ENST\d{11}|[NX][MR]_\d{5,}")


@dataclass(frozen=True)
class Cause:
    """A column that makes rows of a gene differ.

    Attributes
    ----------
    column
        Name in the file.
    values
        What it holds.
    genes
        Genes in which it takes several values.
    rank
        Order among several causes, the lowest first.
    """

    column: str
    values: tuple[str, ...]
    genes: int
    rank: tuple[int, int, int]


def check_answers(tables: Sequence[Table], combined: Combined) -> list[QualityFact]:
    """Refuse tables in which genes repeat because a column takes several values.

    Parameters
    ----------
    tables
        The tables of one trait, expression only.
    combined
        Their rows.

    Returns
    -------
    list of QualityFact
        A warning for each table with several traits whose genes do not repeat.

    Raises
    ------
    DataError
        If a column is the cause; the message names it, its values, and ``where``.
    """
    facts = []
    key = combined.tissue * len(combined.genes) + combined.gene
    end = 0
    for table in tables:
        start, end = end, end + len(table.frame)
        repeated = np.flatnonzero(pd.Series(key[start:end]).duplicated(keep=False))
        if len(repeated):
            genes = len(np.unique(key[start:end]))
            _refuse(table, combined, repeated, start, genes)
        facts += _several_traits(table)
    return facts


def _refuse(table: Table, combined: Combined, places: Rows, start: int, genes: int) -> None:
    given = combined.identifiers["given"].to_numpy(object)[combined.identifier[start + places]]
    group = pd.factorize(
        combined.tissue[start + places] * len(combined.genes) + combined.gene[start + places]
    )[0]
    causes = sorted(_causes(table, group, places, genes, given), key=lambda cause: cause.rank)
    if not causes:
        return
    first = causes[0]
    raise DataError(
        f"{table.name}: {first.genes:,} genes have several rows because the column "
        f"{first.column!r} takes {len(first.values):,} values ({some(first.values, 5)}); one row "
        f"per gene is needed: {_way_out(table, first.column)}"
    )


def _way_out(table: Table, column: str) -> str:
    """What to do with a table of several rows per gene."""
    if len(ALLELES.intersection(map(normalise, table.unread))) > 1 and normalise(column) in ALLELES:
        return (
            "if its rows are SNPs, it is a GWAS, and `twas-divergence impute` makes z-scores of "
            "genes; else leave one row of each gene"
        )
    return f"select with `where` {column}=VALUE"


def _causes(
    table: Table, group: Rows, places: Rows, genes: int, given: np.ndarray
) -> Iterator[Cause]:
    """Yield the columns that tell the rows of a gene apart."""
    n_groups = int(group.max()) + 1
    transcripts = pd.Series([bool(_TRANSCRIPT.match(text)) for text in given])
    if transcripts.mean() > 0.5:
        column = table.columns.get("gene", table.columns.get("symbol", "gene"))
        yield Cause(column, tuple(dict.fromkeys(given)), n_groups, (0, 0, 0))
    lines = table.frame["line"].to_numpy()[places]
    others = table.others.parse()
    for position, name in enumerate(others.columns):
        if _is_own(name, table.form.own):
            continue
        whole = others.iloc[:, position].loc[table.frame["line"].to_numpy()]
        cells = others.iloc[:, position].loc[lines].to_numpy()
        codes, values = pd.factorize(cells, use_na_sentinel=False)
        pairs = np.unique(group * len(values) + codes)
        n_values = np.bincount(pairs // len(values), minlength=n_groups)
        differs = int((n_values > 1).sum())
        known = bool(QUESTIONS & set(normalise(name).split("_")))
        is_text = not pd.api.types.is_numeric_dtype(whole) and _is_words(whole)
        if not differs or not (is_text or _is_code(values, group, n_values)):
            continue
        often = n_groups >= max(MIN_REPEATED, REPEATED * genes) and differs >= EXPLAINS * n_groups
        if known or often:
            rank = (0 if known else 1, 0 if is_text else 1, len(values))
            yield Cause(name, tuple(map(_shown, values)), differs, rank)


def _is_own(name: str, own: Sequence[str]) -> bool:
    plain = normalise(name)
    return any(plain == start or plain.startswith(start) for start in own)


def _is_words(column: pd.Series) -> bool:
    """Tell a column of words from one of numbers with gaps or padding."""
    filled = column.dropna()
    return bool(pd.to_numeric(filled, errors="coerce").isna().mean() > 0.5)


def _is_code(values: np.ndarray, group: Rows, n_values: np.ndarray) -> bool:
    """Tell whether numbers are codes: a few whole ones, all of which most genes have."""
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=float)
    whole = np.isfinite(numbers) & (numbers == np.round(numbers))
    largest = int(np.bincount(group).max())
    return bool(whole.all() and len(values) == largest and (n_values == len(values)).mean() > 0.5)


def _several_traits(table: Table) -> list[QualityFact]:
    suspects = [
        i for i, name in enumerate(table.others.names) if TRAITS & set(normalise(name).split("_"))
    ]
    if not suspects:
        return []
    others, facts = table.others.parse(), []
    for position in suspects:
        name = table.others.names[position]
        cells = others.iloc[:, position].loc[table.frame["line"].to_numpy()].dropna()
        values = pd.unique(cells)
        if len(values) > 1 and not pd.api.types.is_numeric_dtype(cells):
            told = {"column": name, "some": some(values, 5)}
            facts.append(fact("several_traits", len(values), about=table.name, **told))
    return facts


def _shown(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return "empty"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
