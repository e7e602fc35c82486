"""The eQTL panel of a simulation: its genes, their models, and how predicted expression correlates.

``C_gh = s_g s_h r exp(-d_gh / L)`` for two genes at distance d on one chromosome, 1 on the diagonal
and 0 between chromosomes: close genes share eQTL variants, and the orientation ``s = +1 or -1`` is
random because either allele may raise expression. ``exp(-d / L)`` on a line is the covariance of a
first-order autoregression, so draws and products with C take O(n) and no matrix is built.

References
----------
Rybicki GB, Press WH (1995). Class of fast methods for processing irregularly sampled or otherwise
inhomogeneous one-dimensional data. Physical Review Letters 74:1060-1063.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from twas.errors import UsageError
from twas.genes import identifiers, reference
from twas.system.arrays import Float

# Symbols of non-coding genes and of gene families that are not expressed in brain.
_NOT_CODING = re.compile(
    r"^(?:LINC|LOC\d|MIR\d|MIRLET|SNOR|SNAR|SCARNA|RNU|RN7|RNA5|RN18|RN28|RN45|RNY|RNVU|VTRNA"
    r"|TR[A-Z]-|RNR|PIRC|OR\d|IG[HKL][VDJC]|TR[ABDG][VDJC]|TTTY)|-(?:AS|IT|OT)\d*$|-DT$|HG$"
)
# Which tissues have a model: with this correlation of the liabilities, three brain tissues of
# 11,000 genes hold 14,900 genes together and share 7,050, as in three real S-PrediXcan files.
_MODEL_CORRELATION = 0.6


@cache
def candidate_genes() -> tuple[str, ...]:
    """Return the autosomal genes that look protein-coding, as identities in genomic order.

    The reference states no gene type: these are the genes with an Ensembl id, without those whose
    symbol is that of a non-coding gene, of an olfactory or immune receptor, or of a numbered
    pseudogene of another symbol (``RPL21P28``). About 18,600 genes.
    """
    table = reference.load()
    autosomal = table["chrom"].isin([str(number) for number in range(1, 23)])
    known = set(table["symbol"])
    coding = np.array(
        [
            not _NOT_CODING.search(symbol) and _stem(symbol) not in known
            for symbol in table["symbol"]
        ]
    )
    return tuple(_sorted(table[autosomal & (table["ensembl_id"] != "") & coding])["gene"])


def resolved(names: Iterable[str], option: str) -> list[str]:
    """Return the identities of genes given by symbol or Ensembl id.

    Raises
    ------
    UsageError
        If the reference does not know a name; the line names `option`.
    """
    found = identifiers.resolve(names)
    lost = found["given"][found["how"].isin(["unknown", "ambiguous"])].tolist()
    if lost:
        raise UsageError(f"{option}: {lost[0]!r} is no gene of the reference; correct or leave out")
    return found["gene"].tolist()


def place(genes: Sequence[str] | None) -> pd.DataFrame:
    """Return the genes in genomic order: ``gene symbol chrom start end``, index 0..n-1.

    Parameters
    ----------
    genes
        Symbols or Ensembl ids; None for :func:`candidate_genes`.

    Raises
    ------
    UsageError
        If there is no gene, or one is unknown, given twice or without a position.
    """
    known = list(candidate_genes()) if genes is None else resolved(genes, "genes")
    found = reference.by_gene().reindex(known).reset_index()
    bare = found["symbol"][found["start"].isna()].tolist()
    if bare or not known or len(set(known)) < len(known):
        fault = f"{bare[0]} has no position" if bare else "none, or one given twice"
        raise UsageError(f"genes: {fault}; give genes with a position, each once")
    return _sorted(found)


def _stem(symbol: str) -> str:
    """Return ``RPL21`` for ``RPL21P28``, ``""`` for a symbol not made like a pseudogene's."""
    stem, _, number = symbol.rpartition("P")
    return stem if number.isdigit() else ""


def _sorted(genes: pd.DataFrame) -> pd.DataFrame:
    number = pd.to_numeric(genes["chrom"], errors="coerce").fillna(99)
    order = genes.assign(number=number).sort_values(["number", "chrom", "start", "gene"])
    return order.reset_index(drop=True)[["gene", "symbol", "chrom", "start", "end"]]


def draw_models(
    genes: pd.Series,
    n_tissues: int,
    *,
    modelled: float,
    unmodelled: Collection[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw which genes have a prediction model in which tissue, and what it looks like.

    Sizes are those of GTEx v8 brain models (MASHR) in real files: ``var_g`` log-normal with median
    0.015, one to four variants of which a quarter of the models miss some in the GWAS.

    Parameters
    ----------
    genes
        Identities of n genes.
    modelled
        Share of the genes with a model in one tissue, rounded to a whole gene.
    unmodelled
        Identities of genes without any model.

    Returns
    -------
    pandas.DataFrame
        One row per model, sorted by tissue, gene: ``row`` (of `genes`), ``tissue`` (0..n-1),
        ``var_g``, ``n_snps`` (used), ``n_snps_model``, ``r2`` (cross-validated).
    """
    shape = (n_tissues, len(genes))
    shared, own = rng.standard_normal(len(genes)), rng.standard_normal(shape)
    liability = np.sqrt(_MODEL_CORRELATION) * shared + np.sqrt(1 - _MODEL_CORRELATION) * own
    var_g = np.exp(np.log(0.015) + 1.5 * rng.standard_normal(shape))
    n_model = 1 + rng.binomial(3, 0.2, size=shape)
    n_missed = rng.binomial(n_model - 1, 0.4)
    r2 = rng.beta(1.2, 9.0, size=shape)
    never = genes.isin(list(unmodelled)).to_numpy()
    liability[:, never] = np.inf
    # The share is met as a count, so that every tissue holds the same number of genes.
    rank = liability.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    has_model = (rank < round(modelled * len(genes))) & ~never
    tissue, row = np.nonzero(has_model)
    return pd.DataFrame(
        {
            "row": row,
            "tissue": tissue,
            "var_g": var_g[tissue, row],
            "n_snps": (n_model - n_missed)[tissue, row],
            "n_snps_model": n_model[tissue, row],
            "r2": r2[tissue, row],
        }
    )


@dataclass(frozen=True)
class PredictedExpression:
    """The correlation matrix C of n genes in genomic order, in factored form.

    Attributes
    ----------
    decay
        Shape ``(n,)``: ``exp(-d / L)`` to the previous gene, 0 at the start of a chromosome.
    orientation
        Shape ``(n,)``: +1 or -1.
    strength
        r in [0, 1], correlation of two genes at distance 0.
    """

    decay: Float
    orientation: Float
    strength: float

    @classmethod
    def from_positions(
        cls,
        chrom: pd.Series,
        start: pd.Series,
        *,
        rng: np.random.Generator,
        length: float = 300_000.0,
        strength: float = 0.75,
    ) -> PredictedExpression:
        """Build C from gene positions and draw the orientations.

        Parameters
        ----------
        chrom, start
            n genes: chromosome and start in bases, chromosome after chromosome, sorted by start.
        length
            L in bases, the distance over which the correlation falls to 1/e.
        strength
            r in [0, 1].
        """
        name, place = chrom.to_numpy(object), start.to_numpy(np.float64)
        same = np.append(False, name[1:] == name[:-1])
        decay = np.where(same, np.exp(-np.diff(place, prepend=place[0]).clip(0) / length), 0.0)
        return cls(decay, rng.choice([-1.0, 1.0], size=len(place)), strength)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Float:
        """Draw vectors of variance 1 and correlation C: `shape` is ``(n, ...)``."""
        steps = _along(np.sqrt(1 - self.decay**2), shape) * rng.standard_normal(shape)
        chain, own = _trail(self.decay, steps), rng.standard_normal(shape)
        mixture = np.sqrt(self.strength) * chain + np.sqrt(1 - self.strength) * own
        return np.asarray(_along(self.orientation, shape) * mixture)

    def marginal(self, effects: Float) -> Float:
        """Return ``C @ effects``, shape ``(n, ...)``: what a test of one gene at a time sees."""
        orientation = _along(self.orientation, effects.shape)
        own = orientation * effects
        near = _kernel_product(self.decay, own)
        return np.asarray(orientation * (self.strength * near + (1 - self.strength) * own))

    def scores(self) -> Float:
        """Return ``sum_h C_gh**2`` of each gene, at least 1: its expression-LD score, ``(n,)``."""
        squares = _kernel_product(self.decay**2, np.ones(len(self.decay)))
        return np.asarray(1 + self.strength**2 * (squares - 1))


def correlation_root(name: str, value: ArrayLike, n: int) -> Float:
    """Return the symmetric square root of a correlation matrix, ``(n, n)``.

    Parameters
    ----------
    name
        What the user calls it, for the error.
    value
        One number for every pair, or the matrix.

    Raises
    ------
    UsageError
        If it is no correlation matrix of n variables.
    """
    given = np.asarray(value, dtype=float)
    matrix = np.where(np.eye(n, dtype=bool), 1.0, given) if given.ndim == 0 else given
    square = matrix.shape == (n, n) and bool((np.abs(given) <= 1).all())
    if square and (matrix == matrix.T).all() and (matrix.diagonal() == 1).all():
        values, vectors = np.linalg.eigh(matrix)
        if values.min() > -1e-9:
            return np.asarray((vectors * np.sqrt(values.clip(0))) @ vectors.T)
    raise UsageError(f"{name}: not possible as the correlation of {n}: {given.tolist()}")


def _along(vector: Float, shape: tuple[int, ...]) -> Float:
    return vector.reshape(-1, *(1 for _ in shape[1:]))


def _trail(decay: Float, values: Float) -> Float:
    """Return f with ``f_i = values_i + decay_i f_(i-1)``, along the first axis."""
    out = values.copy()
    for i in np.flatnonzero(decay):
        out[i] += decay[i] * out[i - 1]
    return out


def _kernel_product(decay: Float, values: Float) -> Float:
    """Return ``K @ values`` for ``K_gh = exp(-d_gh / L)``: what comes from both sides."""
    backward = np.append(decay[1:], 0.0)[::-1]
    before, after = _trail(decay, values), _trail(backward, values[::-1])[::-1]
    return np.asarray(before + after - values)
