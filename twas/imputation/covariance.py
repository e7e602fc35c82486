"""Covariance file of a model → variances and pairs of its weights.

Text with ``GENE RSID1 RSID2 VALUE``, within a gene, each pair once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation.blocks import TextTable, open_text
from twas.quality import QualityFact
from twas.reading.columns import normalise
from twas.system.arrays import Bool, Float, Int

#: Share of a model's SNPs that its own covariance holds at least.
OWN = 0.9
#: Two values of one pair that differ by more than this, relative to the variances, contradict.
SAME = 1e-6


@dataclass(frozen=True)
class Covariance:
    """Covariance of the genotypes behind the weights of a model.

    Attributes
    ----------
    variance
        (n,) variance of the genotype of each weight; NaN where the file has none.
    one, two
        (m,) rows of two weights of one gene.
    value
        (m,) their covariance.
    """

    variance: Float
    one: Int
    two: Int
    value: Float


def read_covariance(
    path: Path, model: str, weights: pd.DataFrame, gene: Int, *, n_genes: int
) -> tuple[Covariance, str, tuple[QualityFact, ...]]:
    """Read the covariance of the weights of a model.

    Parameters
    ----------
    path
        The file.
    model
        File name of the model, for messages.
    weights
        n weights: ``gene``, ``rsid``, ``varID``.
    gene
        (n,) row of the gene of each.
    n_genes
        Number of genes.

    Returns
    -------
    Covariance, str, tuple of QualityFact
        The covariance, its key (``rsid`` or ``varID``), and what was found.

    Raises
    ------
    DataError
        If the file is damaged, is that of another model, or contradicts itself.
    """
    with open_text(path) as text:
        places = _columns(text)
        parts, key, keys, finder = [], "", ("rsid", "varID"), None
        for block, line in text.blocks():
            types = dict.fromkeys(places[:3], "category") | {places[3]: "number"}
            table = text.parse(block, types, line)
            columns = [table.column(str(place)) for place in places]
            if finder is None:
                first = set(columns[1].slice(0, 5000).to_pylist())
                key = max(keys, key=lambda k: len(first.intersection(weights[k])))
                finder = _Finder(weights["gene"], weights[key], gene)
            parts.append(finder.rows(*columns))
    if finder is None:
        raise DataError(f"{path.name}: holds a header but no rows")
    one, two, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    known = (one >= 0) & (two >= 0) & np.isfinite(value)
    one, two, value = one[known], two[known], value[known]
    diagonal = one == two
    variance = np.full(len(weights), np.nan)
    variance[one[diagonal]] = value[diagonal]
    variance[~(variance > 0)] = np.nan
    variance[finder.repeated] = np.nan
    _check_own(path.name, model, variance, finder.repeated)
    pairs, repeats = _pairs(path.name, one[~diagonal], two[~diagonal], value[~diagonal], variance)
    lost = _lost_pairs(gene[np.isfinite(variance)], len(pairs[0]), n_genes)
    facts = [
        _fact("warning", model, "model:snp_repeated", int(finder.repeated.sum()), _REPEATED),
        _fact("fact", path.name, "covariance:pair_repeated", repeats, "pairs stand there twice"),
        _fact("warning", path.name, "covariance:pair_missing", lost, _MISSING_PAIRS),
    ]
    return Covariance(variance, *pairs), key, tuple(fact for fact in facts if fact.count)


_REPEATED = "weights name a SNP that another weight of the gene names too, and are left out"
_MISSING_PAIRS = "pairs of SNPs of one gene have no covariance, taken as 0; get the file again"


def _fact(level: str, source: str, topic: str, count: int, message: str) -> QualityFact:
    return QualityFact(level, source, topic, count, message)


def _columns(text: TextTable) -> list[int]:
    names = [normalise(column) for column in text.header]
    wanted = ("gene", "rsid1", "rsid2", "value")
    if lost := [column for column in wanted if names.count(column) != 1]:
        raise DataError(
            f"{text.path.name}: is no covariance of PredictDB (no column {lost[0].upper()}); "
            "it needs GENE RSID1 RSID2 VALUE"
        )
    return [names.index(column) for column in wanted]


class _Finder:
    """Finds the weight of a gene and an id."""

    def __init__(self, genes: pd.Series, ids: pd.Series, gene: Int) -> None:
        self.genes = pd.Index(pd.unique(genes))
        code, names = pd.factorize(ids)
        self.ids = pd.Index(names)
        self.width = len(names)
        combined = gene * self.width + code
        self.order = np.argsort(combined, kind="stable")
        self.sorted = combined[self.order]
        twice = pd.Series(combined).duplicated(keep=False) & (ids != "").to_numpy(dtype=bool)
        self.repeated = twice.to_numpy(dtype=bool)

    def rows(self, gene: Any, one: Any, two: Any, value: Any) -> tuple[Int, Int, Float]:
        """Return the weights of each row of a covariance, -1 where there is none."""
        at = _codes(gene, self.genes)
        pair = [self._weight(at, _codes(column, self.ids)) for column in (one, two)]
        return pair[0], pair[1], np.asarray(value, dtype=np.float64)

    def _weight(self, gene: Int, code: Int) -> Int:
        wanted = gene * self.width + code
        place = np.searchsorted(self.sorted, wanted).clip(max=len(self.sorted) - 1)
        found = (self.sorted[place] == wanted) & (gene >= 0) & (code >= 0)
        return np.where(found, self.order[place], np.int64(-1))


def _codes(column: Any, names: pd.Index) -> Int:
    """Return the place of each cell of an Arrow dictionary column in `names`, -1 if nowhere."""
    parts = [
        names.get_indexer(pd.Index(chunk.dictionary.to_pylist()))[np.asarray(chunk.indices)]
        for chunk in column.chunks
    ]
    return np.concatenate([*parts, np.empty(0, dtype=np.int64)]).astype(np.int64)


def _check_own(name: str, model: str, variance: Float, repeated: Bool) -> None:
    wanted = ~repeated
    found = int(np.isfinite(variance[wanted]).sum())
    if found < OWN * wanted.sum() or not found:
        raise DataError(
            f"{name}: has the variance of {found:,} of {int(wanted.sum()):,} SNPs of {model}: it "
            "belongs to another model or is cut off; give the covariance of the same tissue and "
            "release"
        )


def _pairs(
    name: str, one: Int, two: Int, value: Float, variance: Float
) -> tuple[tuple[Int, Int, Float], int]:
    """Return each pair once; a pair may be given both ways if the values agree."""
    usable = np.isfinite(variance[one]) & np.isfinite(variance[two])
    low, high = np.minimum(one, two)[usable], np.maximum(one, two)[usable]
    value = value[usable]
    code = low * len(variance) + high
    order = np.argsort(code, kind="stable")
    low, high, value, code = low[order], high[order], value[order], code[order]
    repeated = np.append(False, code[1:] == code[:-1])
    if repeated.any():
        at = np.flatnonzero(repeated)
        scale = np.sqrt(variance[low[at]] * variance[high[at]])
        if (np.abs(value[at] - value[at - 1]) > SAME * scale).any():
            raise DataError(f"{name}: gives one pair of SNPs two covariances; get the file again")
        low, high, value = low[~repeated], high[~repeated], value[~repeated]
    return (low, high, value), int(repeated.sum())


def _lost_pairs(gene: Int, n_pairs: int, n_genes: int) -> int:
    size = np.bincount(gene, minlength=n_genes)
    return int((size * (size - 1) // 2).sum()) - n_pairs
