"""Discordance, robust score, scaled difference and heterogeneity against brute force."""

import itertools

import numpy as np
import pytest

from pathways import load_gene_sets
from pathways.nulls.maxt import joint_signs
from pathways.statistics import contrasts
from pathways.statistics.contrasts import heterogeneity
from pathways.statistics.contributions import Members, contributions
from pathways.statistics.discordance import discordance, less_concordant_p
from pathways.statistics.moments import moments
from pathways.statistics.robust import (
    bounded,
    robust_difference_p,
    robust_direction,
    robust_opposite_p,
)


@pytest.fixture(scope="module")
def seen(small_study, placed_genes):
    rng = np.random.default_rng(4)
    sets = {}
    for k in range(12):
        genes = rng.choice(placed_genes, 11, replace=False)
        sets[f"s{k}"] = dict(zip(genes, rng.choice([-1, 1, 0], 11).tolist(), strict=True))
    members = Members.of(small_study, load_gene_sets(sets))
    view = small_study.universe(("ALS", "FTD"))
    code = small_study.genes["block_code"].to_numpy()[view.genes]
    return view, contributions(view, members), code


def brute(values, code, sided):
    """P over all sign vectors of blocks of a sum of gene values."""
    c = np.array([values[code == b].sum() for b in np.unique(code)])
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=len(c))))
    sums, slack = signs @ c, 1e-12 * np.abs(c).sum()
    if sided == "down":
        return (sums <= c.sum() + slack).mean()
    return (np.abs(sums) >= abs(c.sum()) - slack).mean()


def rows(layout, k):
    mine = layout.owner == k
    return layout.position[mine], layout.role[mine]


def test_products(seen):
    view, parts, code = seen
    genome = moments(view, code)
    found = discordance(view, parts)
    less = less_concordant_p(view, parts, genome)
    for k in range(12):
        at, _ = rows(parts.tested, k)
        product = view.z[0, at] * view.z[1, at]
        assert found.product[k] == pytest.approx(product.mean())
        assert found.p_anticorrelated[k] == pytest.approx(brute(product, code[at], "down"))
    # No shared signal in this study: the slope, where there is one, enters as written.
    slope = genome.slope()
    if slope is not None:
        x = genome.predictor
        for k in range(12):
            at, _ = rows(parts.tested, k)
            value = view.z[0, at] * view.z[1, at] - slope.value * (view.z[x, at] ** 2 - 1)
            assert less[k] == pytest.approx(brute(value, code[at], "down"))


def test_robust_score(seen):
    view, parts, code = seen
    n_a, n_b = view.n_eff
    standard = (view.effect[0] - view.effect[1]) / np.sqrt(1 / n_a + 1 / n_b)
    scores = [bounded(view.z[0]), bounded(view.z[1]), bounded(standard)]
    tests = [robust_direction(view, parts, row) for row in (0, 1)]
    opposite, difference = robust_opposite_p(view, parts), robust_difference_p(view, parts)
    for k in range(12):
        at, role = rows(parts.signed, k)
        p = [brute(role * score[at], code[at], "two") for score in scores]
        assert tests[0].p[k] == pytest.approx(p[0])
        assert tests[1].p[k] == pytest.approx(p[1])
        assert difference[k] == pytest.approx(p[2])
        signs = [np.sign((role * score[at]).sum()) for score in scores[:2]]
        expected = max(p[:2]) / 2 if signs[0] * signs[1] < 0 else 1.0
        assert opposite[k] == pytest.approx(expected)


def test_robust_score_is_odd_and_bounded():
    z = np.array([-9.0, -1.0, 0.0, 1.0, 9.0])
    np.testing.assert_allclose(bounded(z), -bounded(-z))
    assert np.abs(bounded(z)).max() <= 1


def test_scaled_difference_is_the_worst_over_the_range_of_kappa(seen):
    view, parts, code = seen
    scale = contrasts.Scale(0.7, 0.1, "")
    found = contrasts.scaled_difference(parts.trait(0), parts.trait(1), scale).p
    for k in range(12):
        at, role = rows(parts.signed, k)
        p, sign = [], []
        for kappa in (0.7 - 0.196, 0.7 + 0.196):
            value = role * (kappa * view.effect[0, at] - view.effect[1, at])
            p.append(brute(value, code[at], "two"))
            sign.append(np.sign(value.sum()))
        assert found[k] == pytest.approx(max(p) if sign[0] == sign[1] else 1.0)


def test_heterogeneity_against_a_loop_and_a_common_shift(seen):
    from dataclasses import replace

    _, parts, _ = seen
    rng = np.random.default_rng(5)
    third = rng.normal(size=parts.values.shape[1]) * parts.values.std()
    three = replace(parts, values=np.vstack([parts.values, third]))
    n_blocks = int(parts.block.max()) + 1
    scale = np.array([1.0, 2.0, 1.5])
    statistic, p = heterogeneity(three, scale, n_blocks, flips=500, seed=3)
    shifted = replace(three, values=three.values + 0.01 * parts.weights)
    again, p_again = heterogeneity(shifted, scale, n_blocks, flips=500, seed=3)
    np.testing.assert_allclose(again, statistic, rtol=1e-6)
    np.testing.assert_allclose(p_again, p)
    signs = np.concatenate(list(joint_signs(n_blocks, flips=500, seed=3)), axis=1)
    for k in range(12):
        run = slice(parts.indptr[k], parts.indptr[k + 1])
        c = three.values[:, run]
        v = (1 / scale**2) / (1 / scale**2).sum()
        r = c - v @ c
        drawn = (((r @ signs[parts.block[run]]) ** 2) / scale[:, None] ** 2).sum(axis=0)
        observed = (r.sum(axis=1) ** 2 / scale**2).sum()
        assert statistic[k] == pytest.approx(observed)
        assert p[k] == pytest.approx((1 + (drawn >= observed * (1 - 1e-9)).sum()) / 501, abs=0.003)


def test_discordance_needs_more_than_a_genome_of_the_other_sign(small_study, placed_genes):
    """Every gene anticorrelated, as with one file of the opposite convention: no set stands out."""
    from dataclasses import replace

    from pathways.calls.pair import PairResult

    rng = np.random.default_rng(8)
    view = small_study.universe(("ALS", "FTD"))
    shared = 1.5 * rng.normal(size=view.z.shape[1])
    noise = rng.normal(size=view.z.shape)
    z = np.stack([shared + noise[0], -shared + noise[1]])
    turned = replace(view, z=z, effect=z / np.sqrt(view.n_eff)[:, None])
    sets = load_gene_sets(
        {f"s{k}": list(rng.choice(placed_genes, 40, replace=False)) for k in range(40)}
    )
    found = PairResult.of(turned, Members.of(small_study, sets))
    assert (found.discordance.p_anticorrelated < 0.05).all()
    assert (found.call == "discordant").mean() <= 0.05


def test_products_under_sample_overlap_hold_their_size():
    """Products of overlapping studies are skewed: z_A z_B - rho alone rejects in 9 to 12 %."""
    from types import SimpleNamespace

    from pathways.statistics.contributions import Layout

    rng = np.random.default_rng(9)
    n_sets, size, rho = 3000, 20, 0.3
    n = n_sets * size
    a = rng.normal(size=n)
    z = np.stack([a, rho * a + np.sqrt(1 - rho**2) * rng.normal(size=n)])
    every = Layout(
        owner=np.repeat(np.arange(n_sets), size),
        position=np.arange(n),
        role=np.ones(n),
        entry=np.arange(n),
        indptr=np.arange(n_sets + 1) * size,
        block=np.arange(n),
    )
    view = SimpleNamespace(z=z, sample_overlap=rho, intercept=np.ones(2))
    p = discordance(view, SimpleNamespace(tested=every)).p_anticorrelated
    assert (p < 0.05).mean() <= 0.06
