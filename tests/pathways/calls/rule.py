"""Reference for the directional call: what the library must give, in plain NumPy; not code to ship as it stands.

Arrays of one pair, scope and collection: S *testable* sets (six blocks or more with some signal; all others are left out of
every count and of the prior), E (set, block) entries in runs `indptr` (S+1,), traits first (2, ...).
c (2, E) block contributions of role * centred z (sums over members with a role, not means), w (E,) the block's share of them.
"""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import digamma, ndtr, ndtri, owens_t, polygamma

#: Families below this size take the prior from copies of their sets moved along the genome by SHIFTS genes (modulo G).
SMALL, SHIFTS = 20, (311, 702, 1103, 1507, 1911, 2303, 2709, 3101)
#: Upper edges of the distance classes of the correlogram, bases.
CLASSES = (1e4, 2.5e4, 5e4, 1e5, 2e5, 3e5, 5e5, 7.5e5, 1e6, 1.5e6, 2e6)
#: No p is taken to be smaller than this: a quantile of 0 is infinite.
TINY = 1e-300


# --- 1. moderated p -------------------------------------------------------------------------------
def predicted_variance(z_variance, m_block, pairs, correlogram):
    """Variance (E,) of c from the whole genome: var(z) (m_b + sum_k n_bk rho_k).

    pairs (E, K): ordered pairs of members of the block by distance class, each counted r_g r_h; correlogram (K,):
    mean product of standardised signed z of gene pairs of that distance, at least 0 (11 classes up to 2 Mb).
    """
    return z_variance * (m_block + pairs @ np.maximum(correlogram, 0))


def own_variance(c, w, indptr, predicted):
    """CR2 sum (S,), its factor kappa so that its mean under `predicted` is V0, Satterthwaite df f (S,), V0 (S,)."""
    total = np.add.reduceat(c, indptr[:-1])
    length = np.diff(indptr)
    cr2 = np.add.reduceat((c - w * np.repeat(total, length)) ** 2 / (1 - w), indptr[:-1])
    v0 = np.add.reduceat(predicted, indptr[:-1])
    mean, df = np.empty(len(length)), np.empty(len(length))
    for s in range(len(length)):  # closed forms exist; this is the definition
        at = slice(indptr[s], indptr[s + 1])
        h = np.eye(length[s]) - np.outer(w[at], np.ones(length[s]))
        q = h.T @ (h / (1 - w[at])[:, None]) * predicted[at]
        mean[s], df[s] = np.trace(q), np.trace(q) ** 2 / np.sum(q * q.T)
    return cr2, v0 / mean, df, v0


def fit_prior(ratio, df):
    """d0 and s0^2 of variance ratios (n,) with df (n,): moments of the log (Smyth 2004). Needs two positive ratios."""
    use = np.isfinite(ratio) & (ratio > 0) & (df > 0)
    ratio, df = ratio[use], df[use]
    if len(ratio) < 2:
        raise ValueError("a prior needs two sets with a variance")
    e = np.log(ratio) - digamma(df / 2) + np.log(df / 2)
    weight = 1 / polygamma(1, df / 2)
    weight = weight / weight.sum()
    mean, n = (weight * e).sum(), len(e)
    between = (weight * (e - mean) ** 2).sum() * n / (n - 1) - (weight * polygamma(1, df / 2)).sum()
    if between <= 1e-6:
        return 1e6, float(np.exp(mean))
    y = 0.5 + 1 / between  # trigamma(y) = between
    for _ in range(50):
        t = polygamma(1, y)
        y += t * (1 - t / between) / polygamma(2, y)
    return 2 * y, float(np.exp(mean + digamma(y) - np.log(y)))


def robust_prior(ratio, df, own_ratio=None, own_df=None):
    """d0 (S,) and s0^2: the prior of the sets whose variance is no outlier; clear outliers keep their own variance alone.

    One locus of |z| 30 in a few sets otherwise drags d0 of all sets down (power 0.61 to 0.52; with this 0.60).
    `own_*` are the sets to be moderated where the prior is that of moved copies (families below SMALL).
    """
    own_ratio, own_df = (ratio, df) if own_ratio is None else (own_ratio, own_df)
    keep = np.ones(len(ratio), dtype=bool)
    for _ in range(6):
        d0, s0 = fit_prior(ratio[keep], df[keep])
        fits = stats.f.sf(ratio / s0, df, min(d0, 1e6)) > 0.5 / len(ratio)  # who shapes the prior
        if (fits == keep).all() or fits.sum() < 8:
            break
        keep = fits
    fits = stats.f.sf(own_ratio / s0, own_df, min(d0, 1e6)) > 0.05 / len(
        ratio
    )  # who is moderated by it
    return np.where(fits, d0, 1e-9), s0


def moderate(total, cr2, kappa, f, v0, d0, s0):
    """Signed t, its df nu, and K0, K1 with sd^2 = K0 + K1 cr2; all (S,)."""
    k0, k1 = d0 * s0 * v0 / (d0 + f), kappa * f / (d0 + f)
    return total / np.sqrt(k0 + k1 * cr2), np.minimum(d0 + f, 1e6), k0, k1


# --- 2. what the set's own joint flips say --------------------------------------------------------
def flip_spread(c, indptr):
    """u (2, S): SD of the flipped sums; r_s (S,): their correlation under joint flips, r = sum a_A a_B, less the
    r^2 that independent signs give on average, v = sum a_A^2 a_B^2: r_s = sign(r) sqrt(max(0, (r^2 - v) / (1 - v))).
    """
    sums = lambda v: np.add.reduceat(v, indptr[:-1], axis=-1)
    u = np.sqrt(sums(c * c))
    a = c / np.repeat(u, np.diff(indptr), axis=-1)  # u > 0: a set without any signal is untestable
    r, v = sums(a[0] * a[1]), np.minimum(sums((a[0] * a[1]) ** 2), 0.99)
    return u, np.sign(r) * np.sqrt(np.clip((r * r - v) / (1 - v), 0, 1))


# --- 3. and 4. the q of the call ------------------------------------------------------------------
def both_below(h, r):
    """P(X <= -h, Y <= -h) of standard normals of correlation r (Owen 1956)."""
    h, r = np.maximum(h, 1e-12), np.clip(r, -0.999, 0.999)
    return ndtr(-h) - 2 * owens_t(h, np.sqrt((1 - r) / (1 + r)))


def critical(t, nu, k0, k1, u, blocks):
    """h (T, S): activity over u at which a *flipped* copy of the set, whose CR2 shrinks as it grows, has one-sided p t."""
    q2 = stats.t.isf(t[:, None, None], nu) ** 2
    h2 = q2 * (k0 / u**2 + k1 * blocks / (blocks - 1)) / (1 + q2 * k1 / (blocks - 1))
    return np.sqrt(h2.mean(axis=1))


def q_call(p_up, p_down, nu, k0, k1, u, r_s, blocks):
    """q (S,) and the product of directions (S,) of the best of four sign hypotheses k of each set i.

    q(t) = [t #{F <= t} + sum_ik max(0, Phi2(-h_i, -h_i; s_k r_i) - Phi(-h_i)^2)] / #{L <= t}, q = min over t >= L,
    F and L the smaller and larger one-sided p of a hypothesis, s_k its product of signs, h_i(t) from `critical`, whose
    square is averaged over the two traits. The sum is smooth in t: a grid of 160 normal quantiles from 0 to 8 and linear
    interpolation keep it to 1e-3, which thousands of sets need (this loop makes T x 2 x S arrays).
    """
    signs = np.array([1, -1, -1, 1])
    a = np.stack([p_up[0], p_up[0], p_down[0], p_down[0]], axis=1)
    b = np.stack([p_up[1], p_down[1], p_up[1], p_down[1]], axis=1)
    first, second = (np.clip(f(a, b), TINY, 1) for f in (np.minimum, np.maximum))
    t = np.unique(second)
    t = t[t < 0.5]
    h = critical(t, nu, k0, k1, u, blocks)  # (T, S)
    added = np.zeros(len(t))
    for sign in (1, -1):  # two hypotheses of each sign
        on = sign * r_s > 0
        added += 2 * np.maximum(both_below(h[:, on], sign * r_s[on]) - ndtr(-h[:, on]) ** 2, 0).sum(
            axis=1
        )
    count = lambda p: np.searchsorted(np.sort(p.ravel()), t, side="right")
    raw = np.minimum((t * count(first) + added) / count(second), 1)
    q_of = np.append(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    pick = second.argmin(axis=1)
    rows = np.arange(len(pick))
    return q_of[np.searchsorted(t, second[rows, pick])], signs[pick]


# --- 5. `discordant` ------------------------------------------------------------------------------
def discordance_columns(za, zb):
    """Four gene scores (4, G): block sums of each over a set are sign-flip tested below zero; the p of the call is the largest.

    No sample overlap, slope or intercept is used. |sums| < 1e-9 count as 0 with p = 1; a trait whose z are all 0 gives p = 1.
    """
    product = za * zb
    ya, yb = za / np.sqrt(np.mean(za**2)), zb / np.sqrt(np.mean(zb**2))
    b, m = np.mean(ya * yb), min(0.0, np.mean(product))
    return np.stack(
        [
            product,
            ya * yb - b * (ya**2 + yb**2) / 2,
            product - m / np.mean(za**2) * za**2,
            product - m / np.mean(zb**2) * zb**2,
        ]
    )
