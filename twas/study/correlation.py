"""Correlation of z between traits, tissues and files, and what an odd one tells.

Related disorders share much of their predicted expression, and so do tissues and copies of one
trait; a clearly negative genome-wide correlation is more often a file whose positive z means
lower risk than a discovery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twas.genes import reference

#: Columns of :func:`pairwise`.
COLUMNS = ("a", "b", "n_genes", "r")
#: Fewer genes in common give no correlation.
MIN_GENES = 10
#: A genome-wide correlation below this, and clearly so, is told.
NEGATIVE = -0.1
#: Standard errors below 0 that count as clear.
CLEAR = 4.0
#: Files whose z correlate more than this hold the same results.
SAME = 0.9999
#: A variance below this, of numbers of order 1, is rounding.
CONSTANT = 1e-12
#: Over fewer common genes a correlation of files is not judged.
MIN_COMMON = 100
# Neighbouring genes share eQTL: about so many bases count as one observation.
BIN = 1_000_000


def mean_z(table: pd.DataFrame) -> pd.Series:
    """Return the mean z of each gene over tissues.

    Parameters
    ----------
    table
        Columns ``gene`` and ``z``, as :attr:`twas.traits.trait.Trait.table`.

    Returns
    -------
    pandas.Series
        z, indexed by gene.
    """
    codes, genes = pd.factorize(table["gene"])
    z = table["z"].to_numpy(dtype=float)
    counts = np.bincount(codes, minlength=len(genes))
    return pd.Series(np.bincount(codes, z, minlength=len(genes)) / counts, index=genes)


def pairwise(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return Pearson correlations of z between all pairs, each over the genes of both.

    Parameters
    ----------
    columns
        Name → z indexed by gene.

    Returns
    -------
    pandas.DataFrame
        A row per pair, in the given order, columns :data:`COLUMNS`; ``r`` is NaN where fewer than
        :data:`MIN_GENES` genes are common, or all z of one are equal.
    """
    names = list(columns)
    if not names:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"n_genes": int, "r": float})
    wide = pd.concat([columns[name] for name in names], axis=1).to_numpy(dtype=float)
    n, r = _moments(wide)
    first, second = np.triu_indices(len(names), k=1)
    found = {
        "a": [names[k] for k in first],
        "b": [names[k] for k in second],
        "n_genes": n[first, second],
        "r": r[first, second],
    }
    return pd.DataFrame(found).astype({"n_genes": int, "r": float})


def _moments(wide: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows in which each two columns have numbers, and their Pearson correlation over these."""
    has = np.isfinite(wide)
    count = np.maximum(has.sum(axis=0), 1)
    with np.errstate(invalid="ignore", over="ignore"):
        # Around the mean, in units of the spread: squares of large numbers would drown small ones.
        middle = np.where(has, wide, 0.0).sum(axis=0) / count
        inside = np.where(has, wide - middle, 0.0)
        inside /= np.maximum(np.sqrt((inside**2).sum(axis=0) / count), np.finfo(float).tiny)
    n, _, r = masked_moments(inside.T, has.T, MIN_GENES)
    return n, r


def masked_moments(
    x: np.ndarray, has: np.ndarray, least: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Moments of each two rows over the places that both have.

    Parameters
    ----------
    x, has
        Numbers of order 1, and whether each is there; shape ``(n_rows, n_places)``.
    least
        Fewer common places give no moments.

    Returns
    -------
    n, variance, r
        Number of common places, variance of the first row over them, correlation of both; shape
        ``(n_rows, n_rows)``, the last two NaN where either row does not vary.
    """
    x, weight = np.where(has, x, 0.0), has.astype(np.float64)
    n = weight @ weight.T
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = (x @ weight.T) / n
        variance = (x**2 @ weight.T) / n - mean**2
        r = ((x @ x.T) / n - mean * mean.T) / np.sqrt(variance * variance.T)
    # Numbers that are all equal leave rounding.
    known = (n >= least) & (np.minimum(variance, variance.T) > CONSTANT)
    return n, np.where(known, variance, np.nan), np.where(known, np.clip(r, -1.0, 1.0), np.nan)


def rank_correlations(columns: Mapping[str, pd.Series]) -> dict[tuple[str, str], float]:
    """Pearson correlations of ranks, as `pairwise`: one strong locus cannot decide their sign.

    A gene has its rank among all genes of its column; where two columns have the same genes this
    is Spearman's correlation.
    """
    ranks = pairwise({name: column.rank() for name, column in columns.items()})
    return {(a, b): r for a, b, _, r in ranks.itertuples(index=False)}


def is_opposite(a: pd.Series, b: pd.Series, r: float) -> bool:
    """Tell whether the rank correlation `r` of two z, indexed by gene, is clearly negative.

    The standard error takes genes within the same :data:`BIN` bases as one observation.
    """
    if not r < NEGATIVE:
        return False
    genes = a.index.intersection(b.index)
    place = reference.positions(genes.to_numpy(dtype=object))
    unplaced = int(place["start"].isna().sum())
    bins = place.dropna(subset=["start"]).assign(bin=lambda frame: frame["start"] // BIN)
    n = len(bins.drop_duplicates(["chrom", "bin"])) + unplaced
    return n > 3 and float(np.arctanh(max(r, -0.999999))) * np.sqrt(n - 3) < -CLEAR


@dataclass(frozen=True)
class Compared:
    """How the z of two traits agree.

    Attributes
    ----------
    n
        Genes in common.
    r, rank
        Correlation of z, and of their ranks; NaN where there is none.
    opposite
        Whether they run against each other clearly.
    """

    n: int
    r: float
    rank: float
    opposite: bool


def compare(z: Mapping[str, pd.Series]) -> dict[tuple[str, str], Compared]:
    """Compare each two traits.

    Parameters
    ----------
    z
        Trait → z indexed by gene.
    """
    ranks, found = rank_correlations(z), {}
    for a, b, n, r in pairwise(z).itertuples(index=False):
        rank = ranks[a, b]
        opposite = not np.isnan(r) and is_opposite(z[a], z[b], rank)
        found[a, b] = Compared(int(n), r, rank, opposite)
    return found


def file_warnings(
    pairs: pd.DataFrame, z: Mapping[str, pd.Series], group_of: Mapping[str, str]
) -> list[str]:
    """Name files with the same results, and files that run against others of their group.

    Parameters
    ----------
    pairs
        Correlations of files, as :func:`pairwise` returns.
    z
        File → z indexed by gene.
    group_of
        File → its group.
    """
    found = _copies(pairs)
    odd: dict[str, list[str]] = {}
    ranks = rank_correlations(z)
    for a, b, n_genes in pairs[["a", "b", "n_genes"]].itertuples(index=False):
        if n_genes < MIN_COMMON:
            continue
        if group_of[a] != group_of[b]:
            continue
        if is_opposite(z[a], z[b], ranks[a, b]):
            odd.setdefault(a, []).append(b)
            odd.setdefault(b, []).append(a)
    while odd:
        worst = max(odd, key=lambda path: len(odd[path]))
        others = odd.pop(worst)
        found.append(
            f"{worst}: z run against {len(others)} other files of {group_of[worst]}; if its "
            "positive z means lower risk, give it as a trait of its own with `flip`, or correct it"
        )
        odd = {
            path: left
            for path, against in odd.items()
            if (left := [other for other in against if other != worst])
        }
    return found


def _copies(pairs: pd.DataFrame) -> list[str]:
    """Name the files whose results are those of another, each once."""
    copies: dict[str, list[str]] = {}
    seen: set[str] = set()
    same = pairs[(pairs["r"] > SAME) & (pairs["n_genes"] >= MIN_COMMON)]
    for a, b in same[["a", "b"]].itertuples(index=False):
        if a not in seen and b not in seen:
            copies.setdefault(a, []).append(b)
            seen.add(b)
    return [
        f"{', '.join(others)}: z correlate 1.00 with those of {first}; the same results twice?"
        for first, others in copies.items()
    ]
