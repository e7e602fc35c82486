"""The gene reference: symbol, Ensembl and Entrez ids, synonyms and GRCh38 position of each gene.

The table ships as ``data/reference/genes.tsv.gz``; its README states origin, licence and rules.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import UsageError
from twas.system.arrays import Bool, Text
from twas.system.program import data_path

#: Columns of :func:`load`, in order.
COLUMNS = (
    "gene",
    "symbol",
    "ensembl_id",
    "entrez",
    "chrom",
    "start",
    "end",
    "secondary_ids",
    "aliases",
)


@cache
def load() -> pd.DataFrame:
    """Return the gene reference.

    The table is read once per process and shared: copy it before changing it.

    Returns
    -------
    pandas.DataFrame
        One row per gene, sorted by chromosome, start. Columns:

        - ``gene``: identity, unique: the unversioned Ensembl id, or the symbol where none exists
        - ``symbol``: official symbol, unique
        - ``ensembl_id``: unversioned Ensembl gene id, ``""`` where none
        - ``entrez``: NCBI Gene id, as text
        - ``chrom``: ``"1"`` to ``"22"``, ``"X"``, ``"Y"``; ``""`` exactly where ``start`` is NA
        - ``start``, ``end``: GRCh38 bases, ``Int64`` with NA; ``start`` counted from 0
        - ``secondary_ids``, ``aliases``: further Ensembl ids, synonyms and former symbols,
          each joined by ``|``, ``""`` where none
    """
    # The other columns are text for pandas too; telling it so makes it three times slower.
    types: dict[str, Any] = {"entrez": str, "start": "Int64", "end": "Int64"}
    return pd.read_csv(
        data_path("reference", "genes.tsv.gz"),
        sep="\t",
        usecols=list(COLUMNS),
        dtype=types,
        keep_default_na=False,
        na_values={"start": [""], "end": [""]},
        low_memory=False,
    )


@cache
def by_gene() -> pd.DataFrame:
    """Return the reference indexed by ``gene`` (shared: copy before changing)."""
    return load().set_index("gene")


@cache
def column(name: str) -> Text:
    """Return a text column of the reference as (n,) array of ``str`` (shared: do not change)."""
    return load()[name].to_numpy(dtype=object)


@cache
def _row_of() -> dict[str, int]:
    return {gene: row for row, gene in enumerate(column("gene"))}


@cache
def is_placed() -> Bool:
    """Tell which genes of the reference have a GRCh38 position; False at -1 and -2, for no gene."""
    return np.append(load()["start"].notna().to_numpy(dtype=bool), [False, False])


def positions(genes: pd.Series | np.ndarray | list[str]) -> pd.DataFrame:
    """Return the GRCh38 positions of genes.

    Parameters
    ----------
    genes
        Gene identities, in any order, repeats allowed; unknown ones get no position.

    Returns
    -------
    pandas.DataFrame
        One row per given gene, in the given order, index 0..n-1: ``gene``, ``chrom`` (``""`` where
        unknown), ``start``, ``end`` (``Int64``, NA where unknown).
    """
    given = np.asarray(genes, dtype=object)
    row_of = _row_of()
    rows = np.array([row_of.get(gene, -1) for gene in given], dtype=np.intp)
    found = load()[["chrom", "start", "end"]].take(np.maximum(rows, 0)).reset_index(drop=True)
    found.insert(0, "gene", pd.Series(given, dtype=object))
    found.loc[rows < 0, "chrom"] = ""
    found.loc[rows < 0, ["start", "end"]] = pd.NA
    return found


def in_region(
    genes: pd.Series | np.ndarray | list[str], chrom: str, start: int, end: int
) -> np.ndarray:
    """Tell which genes start within a region, ``start`` ≤ gene start < ``end`` (GRCh38 bases).

    Returns
    -------
    numpy.ndarray
        Boolean, one per given gene; False where the position is unknown.
    """
    place = positions(genes)
    inside = (place["chrom"] == chrom) & place["start"].between(start, end, inclusive="left")
    return inside.fillna(False).to_numpy(dtype=bool)


def parse_region(text: str) -> tuple[str, tuple[str, int, int]]:
    """Read a region, ``"9:26500000-28600000"`` or with ``chr``: its name and bounds.

    Raises
    ------
    UsageError
        If it is not of that form.
    """
    match = re.fullmatch(r"(?:chr)?([0-9]{1,2}|X|Y|MT?):([\d,]+)-([\d,]+)", text.strip())
    if match:
        start, end = (int(part.replace(",", "")) for part in match.group(2, 3))
        if start < end:
            return f"{match[1]}:{start}-{end}", (match[1], start, end)
    raise UsageError(f"`drop_regions` {text!r}: expected chr:start-end in GRCh38 bases")
