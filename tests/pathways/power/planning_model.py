"""Simulated power, from the z of genes in tissues through the real tests: an oracle of planning.

Nothing here knows a formula of `pathways.power`: z are drawn per gene, tissue and trait,
combined by `study.tissues`, summed over loci and tested by `sign_flip`, BH and the reference of the
directional call.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pathways.calls.multiplicity import benjamini_hochberg
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from tests.pathways.calls import rule
from twas.study.tissues import combine

#: Correlation of neighbouring genes of a locus, of random sign.
NEIGHBOURS = 0.4


@dataclass(frozen=True)
class World:
    """A collection of sets with the same loci; fields as in `pathways.power.design.Design`."""

    n_eff: tuple[float, float]
    block_of_gene: np.ndarray
    tissues: int = 6
    tissue_correlation: float = 0.7
    overlap: float = 0.0
    rg: float = 0.0
    polygenic: float = 0.0018
    n_sets: int = 20
    n_true: int = 1
    #: Share of genes with a polygenic effect; 1 is normal, 0.04 has heavy tails.
    causal: float = 1.0

    def contributions(self, rng, n, effects):
        """Draw block contributions of `n` sets: traits × n × blocks."""
        genes = len(self.block_of_gene)
        shape = (n, genes, 2, self.tissues)
        noise = self._mixed(rng, shape, self.overlap)
        poly = self._mixed(rng, shape, self.rg) * self.polygenic / np.sqrt(self.causal)
        poly *= (rng.random((n, genes)) < self.causal)[:, :, None, None]
        role = rng.choice([-1.0, 1.0], (n, genes))
        root = np.sqrt(self.n_eff)[:, None]
        planted = role[:, :, None, None] * np.array(effects)[:, None]
        z = root * (self._near(rng, poly) + planted) + self._near(rng, noise)
        r = np.full((self.tissues, self.tissues), self.tissue_correlation)
        np.fill_diagonal(r, 1.0)
        combined = combine(z.reshape(-1, self.tissues).T, r).reshape(n, genes, 2)
        e = role[:, :, None] * combined / np.sqrt(self.n_eff)
        blocks = np.eye(self.block_of_gene.max() + 1)[self.block_of_gene]
        return np.einsum("ngk,gb->knb", e, blocks) / genes

    def _mixed(self, rng, shape, between):
        """Standard normals that correlate between tissues and traits."""
        r = self.tissue_correlation
        x = np.sqrt(r) * rng.standard_normal((*shape[:3], 1))
        x = x + np.sqrt(1 - r) * rng.standard_normal(shape)
        x[:, :, 1] = between * x[:, :, 0] + np.sqrt(1 - between**2) * x[:, :, 1]
        return x

    def _near(self, rng, x):
        """Give genes of a locus a shared part of random sign; variances stay."""
        blocks = self.block_of_gene
        first = np.unique(blocks, return_index=True)[1]
        if len(first) == len(blocks):
            return x
        sign = rng.choice([-1.0, 1.0], x.shape[:2])[:, :, None, None]
        # The first genes of the loci of another set: independent, of the same covariance.
        common = np.roll(x[:, first], 1, axis=0)[:, blocks]
        return np.sqrt(1 - NEIGHBOURS) * x + np.sqrt(NEIGHBOURS) * sign * common


def tests(c):
    """Sign-flip tests of both traits and of the difference."""
    indptr = np.arange(0, c[0].size + 1, c.shape[2])
    return [sign_flip(Ragged(x.ravel(), indptr)) for x in (c[0], c[1], c[0] - c[1])]


def simulated_power(world, effect, *, direction, n=2000, families=3000, seed=0, alpha=0.05):
    """Power of each test: those of a plan at one effect.

    `direction` is the product of both directions. The difference is tested where the first trait
    has the effect and the second none.
    """
    rng = np.random.default_rng(seed)
    true_c = world.contributions(rng, n, (effect, direction * effect))
    null_c = world.contributions(rng, n, (0.0, 0.0))
    true, null = tests(true_c), tests(null_c)
    apart = tests(world.contributions(rng, n, (effect, 0.0)))[2]
    best = true[0].p_up, (true[1].p_up if direction > 0 else true[1].p_down)
    found = {
        "direction A": (true[0].p <= alpha).mean(),
        "direction B": (true[1].p <= alpha).mean(),
        "difference": (apart.p <= alpha).mean(),
        "both": (np.maximum(*best) <= alpha).mean(),
    }
    picks = [
        (rng.integers(n, size=world.n_true), rng.integers(n, size=world.n_sets - world.n_true))
        for _ in range(families)
    ]
    pairs = {"direction A fdr": (true[0], null[0]), "direction B fdr": (true[1], null[1])}
    pairs["difference fdr"] = (apart, null[2])
    for name, (own, other) in pairs.items():
        q = [benjamini_hochberg(np.r_[own.p[i], other.p[j]])[: len(i)] for i, j in picks]
        found[name] = (np.array(q) <= alpha).mean()
    variance = null_c.var(axis=1)
    whole = _known(world, np.concatenate([true_c, null_c], axis=1), variance)
    passed = (true[0].p <= alpha) & (true[1].p <= alpha)
    found["call"] = np.mean(
        [
            _called({k: v[..., np.r_[i, n + j]] for k, v in whole.items()}, passed[i], direction)
            for i, j in picks[: families // (2 if world.n_sets < 100 else 20)]
        ]
    )
    return found


def _known(world, c, variance):
    """What the reference takes of each set; the genome predicts the variance of its blocks."""
    n_sets, n_blocks = c.shape[1:]
    w = np.tile(np.bincount(world.block_of_gene) / len(world.block_of_gene), n_sets)
    indptr = np.arange(0, n_sets * n_blocks + 1, n_blocks)
    own = [
        rule.own_variance(x.ravel(), w, indptr, np.tile(v, n_sets))
        for x, v in zip(c, variance, strict=True)
    ]
    names = ("cr2", "kappa", "f", "v0")
    known = {name: np.stack([o[k] for o in own]) for k, name in enumerate(names)}
    known["u"], known["r"] = rule.flip_spread(c.reshape(2, -1), indptr)
    return known | {"total": c.sum(axis=2), "blocks": np.full(n_sets, n_blocks)}


def _called(sets, passed, direction):
    """Share of the true sets, which come first, that the reference calls as planned."""
    moderated = []
    for cr2, kappa, f, v0, total in zip(
        *(sets[name] for name in ("cr2", "kappa", "f", "v0", "total")), strict=True
    ):
        d0, s0 = rule.robust_prior(kappa * cr2 / v0, f)
        moderated.append(rule.moderate(total, cr2, kappa, f, v0, d0, s0))
    t, nu, k0, k1 = (np.stack(values) for values in zip(*moderated, strict=True))
    q, product = rule.q_call(
        stats.t.sf(t, nu), stats.t.cdf(t, nu), nu, k0, k1, sets["u"], sets["r"], sets["blocks"]
    )
    own = len(passed)
    return ((q[:own] <= 0.05) & passed & (product[:own] == direction)).mean()
