"""The moderated p of a set's activity: its own variance, held against that of the whole genome.

For the false discovery rate of a call only; it is right on average over the sets of a collection,
not for each set, and is never printed.

1. *Predicted.* The variance of a block contribution is ``var(e) sum_g sum_h s_g s_h rho(d_gh)``
   over the members of the set in the block: ``s`` role over members of the set, ``rho`` the
   correlation of the effects of two genes at distance ``d`` (`Field`). Summed over blocks: ``V0``.
2. *Own.* ``CR2 = sum_b (c_b - w_b A)^2 / (1 - w_b)``, times ``kappa = V0 / E(CR2)``, with
   Satterthwaite's ``f = (tr Q)^2 / tr(Q Q)``, both under the predicted variances ``v``: ``Q_bc =
   G_bc sqrt(v_b v_c)``, ``G_bc = 1[b=c] g_b - a_b - a_c``, ``g = 1 / (1 - w)``, ``a = w g - sum(w^2
   g) / 2``.
3. *Prior.* The ratios ``kappa CR2 / V0`` of the sets scatter round ``s0^2`` with ``d0`` degrees of
   freedom beyond what f explains: moments of their logarithms, over the sets that are no outliers.
4. *Moderated.* ``sd^2 = (d0 s0^2 V0 + f kappa CR2) / (d0 + f) = K0 + K1 CR2`` with ``d0 + f``
   degrees of freedom. Clear outliers keep their own variance.

References
----------
Smyth GK (2004). Linear models and empirical Bayes methods for assessing differential expression
in microarray experiments. Stat Appl Genet Mol Biol 3:3.
Phipson B, Lee S, Majewski IJ, Alexander WS, Smyth GK (2016). Robust hyperparameter estimation
protects against hypervariable genes and improves power to detect differential expression. Ann Appl
Stat 10:946-963.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, fdtrc, polygamma

from pathways.nulls.correlogram import DISTANCES, correlations
from twas.system.arrays import Bool, Float, Int

#: A block's variance is at least this share of what independent members would give: roles of both
#: signs among neighbours could otherwise leave nothing, or less.
FLOOR = 0.01
#: Genes further out than so many robust standard deviations in a trait are left out of the field,
#: and their sets shape no prior: 30 genes of |z| 20 to 40 in one locus, in a tenth of the sets,
#: would drag d0 of all from 50 to 5.
FAR = 6.0
#: Median of |x| of a standard normal x.
MEDIAN = 0.6744897501960817
#: Degrees of freedom of a prior without scatter, and of a set that the prior does not fit.
FIRM, NONE = 1e6, 1e-9
#: Sets are out of the prior, or not moderated by it, where their ratio is as large as theirs in so
#: many sets of a collection that the prior fits.
OUTLIER, DEVIANT = 0.5, 0.05
#: A prior is not fitted to fewer sets than this because the others are outliers.
_FEWEST = 8
_ROUNDS, _NEWTON, _CLOSE = 6, 50, 1e-14


@dataclass(frozen=True)
class Field:
    """What the effects of the whole genome say of a sum over some genes, by trait.

    Attributes
    ----------
    variance
        Variance of the effects, shape ``(k,)``.
    correlation
        Correlation of the effects of two genes by class of `DISTANCES`, in [0, 1], shape
        ``(k, n_classes + 1)``; the last is 0.
    common
        Genes that are not too far out to take part, shape ``(n,)``.
    """

    variance: Float
    correlation: Float
    common: Bool

    @classmethod
    def of(cls, effect: Float, chrom: Int, start: Int) -> Field:
        """Estimate it.

        Parameters
        ----------
        effect
            Signed effects of k traits, in genomic order, shape ``(k, n)``.
        chrom, start
            Chromosome code (negative where unknown) and start of each gene, shape ``(n,)``.
        """
        common = _common(effect)
        placed = common & (chrom >= 0)
        correlation = np.zeros((len(effect), len(DISTANCES) + 1))
        varies = effect[:, placed].std(axis=1) > 0 if placed.any() else np.zeros(len(effect), bool)
        correlation[varies] = correlations(
            effect[np.ix_(varies, placed)], chrom[placed], start[placed]
        )
        return cls(effect[:, common].var(axis=1), correlation, common)

    def predicted(self, entry: Int, share: Float, chrom: Int, start: Int) -> Float:
        """Variance of each block contribution.

        Parameters
        ----------
        entry
            The (set, block) entry of each member, non-decreasing from 0, shape ``(n,)``; the
            members of an entry are in genomic order.
        share
            Role of the member over the number of members of the set, shape ``(n,)``.
        chrom, start
            As in `of`, of each member.

        Returns
        -------
        ndarray
            Shape ``(k, n_entries)``, positive if the variance is.
        """
        n_entries = int(entry[-1]) + 1 if len(entry) else 0
        alone = np.bincount(entry, share**2, n_entries)
        total = np.tile(alone, (len(self.variance), 1))
        first, step = np.arange(len(entry)), 0
        while first.size:
            step += 1
            first = first[first < len(entry) - step]
            first = first[entry[first] == entry[first + step]]
            second = first + step
            kind = np.searchsorted(DISTANCES, np.abs(start[second] - start[first]))
            # Members beyond the last distance have none but farther ones behind them.
            near = (chrom[first] == chrom[second]) & (kind < len(DISTANCES))
            first, kind = first[near], kind[near]
            both = 2 * share[first] * share[first + step]
            at, pairs = _runs(entry[first])
            for row, correlation in zip(total, self.correlation, strict=True):
                row[at] += np.bincount(pairs, both * correlation[kind], len(at))
        return np.asarray(self.variance[:, None] * np.maximum(total, FLOOR * alone))


def _runs(entry: Int) -> tuple[Int, Int]:
    """The entries of a non-decreasing array, each once, and of each element which of them."""
    new = np.ones(len(entry), dtype=bool)
    new[1:] = entry[1:] != entry[:-1]
    return entry[new], np.cumsum(new) - 1


def _common(effect: Float) -> Bool:
    """Genes that no trait has further out than `FAR` robust standard deviations."""
    off = np.abs(effect - np.median(effect, axis=1, keepdims=True))
    spread = np.median(off, axis=1, keepdims=True) / MEDIAN
    return np.asarray(((off <= FAR * spread) | (spread == 0)).all(axis=0))


@dataclass(frozen=True)
class OwnVariance:
    """What the blocks of a set say of the variance of its activity, shape ``(k, n_sets)``.

    Attributes
    ----------
    cr2
        Cluster-robust sum of squares.
    kappa
        Its factor: ``kappa * cr2`` has the mean `expected` under the predicted variances.
    df
        Satterthwaite's degrees of freedom of it, at least 1.
    expected
        ``V0``, the sum of the predicted variances.
    """

    cr2: Float
    kappa: Float
    df: Float
    expected: Float

    @property
    def ratio(self) -> Float:
        """Own over predicted variance."""
        return self.kappa * self.cr2 / self.expected


def own_variance(c: Float, w: Float, indptr: Int, predicted: Float) -> OwnVariance:
    """Own variance of each set, each of two blocks or more.

    Parameters
    ----------
    c
        Block contributions, shape ``(k, nnz)``.
    w
        Share of the set's members in each block, shape ``(nnz,)``.
    indptr
        Runs of the sets, shape ``(n_sets + 1,)``.
    predicted
        Variance of each contribution, shape of `c`, positive.
    """

    def sums(values: Float) -> Float:
        return np.asarray(np.add.reduceat(values, indptr[:-1], axis=-1))

    def spread(values: Float) -> Float:
        return np.repeat(values, np.diff(indptr), axis=-1)

    g = 1 / (1 - w)
    a = w * g - spread(sums(w**2 * g)) / 2
    whole, weighted = sums(predicted), sums(predicted * a)
    trace = sums(predicted * g) - 2 * weighted
    square = sums(predicted**2 * g * (g - 4 * a)) + 2 * (
        whole * sums(predicted * a**2) + weighted**2
    )
    return OwnVariance(
        cr2=sums((c - w * spread(sums(c))) ** 2 * g),
        kappa=whole / trace,
        df=np.maximum(trace**2 / square, 1.0),
        expected=whole,
    )


@dataclass(frozen=True)
class Prior:
    """Of the variance ratios of one trait.

    Attributes
    ----------
    df, scale
        ``d0`` and ``s0^2``.
    n
        Sets that it was sought among.
    """

    df: float
    scale: float
    n: int

    def df_of(self, ratio: Float, df: Float) -> Float:
        """``d0`` of each set with these ratios and df: none for a clear outlier."""
        fits = fdtrc(df, self.df, ratio / self.scale) > DEVIANT / self.n
        return np.where(fits, self.df, NONE)


def robust_prior(ratio: Float, df: Float) -> Prior | None:
    """The prior of the sets whose variance is no outlier.

    Parameters
    ----------
    ratio, df
        Own over predicted variance with its degrees of freedom, shape ``(n_sets,)``.

    Returns
    -------
    Prior or None
        None where fewer than two sets have a variance.
    """
    keep = np.ones(len(ratio), dtype=bool)
    prior = None
    for _ in range(_ROUNDS):
        prior = _prior(ratio[keep], df[keep], len(ratio))
        if prior is None:
            break
        fits = fdtrc(df, prior.df, ratio / prior.scale) > OUTLIER / len(ratio)
        if (fits == keep).all() or fits.sum() < _FEWEST:
            break
        keep = fits
    return prior


def _prior(ratio: Float, df: Float, n: int) -> Prior | None:
    """Smyth's moments of the log ratio, each weighted by its precision."""
    known = np.isfinite(ratio) & (ratio > 0)
    half = df[known] / 2
    if len(half) < 2:
        return None
    noise = polygamma(1, half)
    e = np.log(ratio[known]) - digamma(half) + np.log(half)
    weight = 1 / noise / (1 / noise).sum()
    mean = float(weight @ e)
    between = float(weight @ (e - mean) ** 2) * len(e) / (len(e) - 1) - float(weight @ noise)
    if between <= 1 / FIRM:
        return Prior(FIRM, float(np.exp(mean)), n)
    y = 0.5 + 1 / between
    for _ in range(_NEWTON):
        value = polygamma(1, y)
        step = float(value * (1 - value / between) / polygamma(2, y))
        y += step
        if abs(step) <= _CLOSE * y:
            break
    return Prior(2 * y, float(np.exp(mean + digamma(y) - np.log(y))), n)


@dataclass(frozen=True)
class Moderated:
    """The moderated t of each set and trait, shape ``(k, n_sets)``.

    Attributes
    ----------
    t, df
        Activity over its moderated standard deviation, and its degrees of freedom.
    k0, k1
        ``sd^2 = k0 + k1 * cr2``.
    """

    t: Float
    df: Float
    k0: Float
    k1: Float


def moderate(activity: Float, own: OwnVariance, priors: tuple[Prior, ...]) -> Moderated:
    """Moderate the variance of each set by the prior of its trait.

    Parameters
    ----------
    activity
        Shape ``(k, n_sets)``.
    own
        Variances of the same sets.
    priors
        One per trait.
    """
    d0 = np.stack([p.df_of(r, f) for p, r, f in zip(priors, own.ratio, own.df, strict=True)])
    scale = np.array([prior.scale for prior in priors])[:, None]
    k0 = d0 * scale * own.expected / (d0 + own.df)
    k1 = own.kappa * own.df / (d0 + own.df)
    return Moderated(activity / np.sqrt(k0 + k1 * own.cr2), np.minimum(d0 + own.df, FIRM), k0, k1)
