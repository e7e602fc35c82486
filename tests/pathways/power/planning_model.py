"""Simulated power, from the z of genes in tissues through the real tests: an oracle of planning.

Nothing here knows a formula of `pathways.planning`: z are drawn per gene, tissue and trait,
combined by `study.tissues`, summed over loci and tested by `sign_flip`, `directional_call` and BH.
"""

from dataclasses import dataclass

import numpy as np

from pathways.calls.multiplicity import benjamini_hochberg, directional_call
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from twas.study.tissues import combine

#: Correlation of neighbouring genes of a locus, of random sign.
NEIGHBOURS = 0.4


@dataclass(frozen=True)
class World:
    """A collection of sets with the same loci; fields as in `pathways.planning.Design`."""

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
    true = tests(world.contributions(rng, n, (effect, direction * effect)))
    null = tests(world.contributions(rng, n, (0.0, 0.0)))
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
    repeated = np.sign(world.rg + world.overlap) == direction
    found["call"] = np.mean(
        [_called(true, null, i, j, direction, alpha, repeated=repeated) for i, j in picks]
    )
    return found


def _called(true, null, i, j, direction, alpha, *, repeated):
    p = [
        np.r_[getattr(own, side)[i], getattr(other, side)[j]]
        for own, other in zip(true[:2], null[:2], strict=True)
        for side in ("p_up", "p_down")
    ]
    call = directional_call(*p)
    product = call.sign_a * call.sign_b
    called = (call.q <= alpha) & (product == direction)
    if repeated:
        a, b = (np.r_[own.p[i], other.p[j]] for own, other in zip(true[:2], null[:2], strict=True))
        called &= (benjamini_hochberg(a) <= alpha) | (benjamini_hochberg(b) <= alpha)
    return called[: len(i)].mean()
