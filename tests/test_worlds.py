"""Size of the contrasts in simulated worlds of genetically correlated traits."""

import numpy as np
import pytest

from pathways import load_gene_sets
from pathways.calls.pair import PairResult
from pathways.statistics import contrasts
from pathways.statistics.contributions import Members
from pathways.statistics.moments import JACKKNIFE_GROUPS, moments
from twas import Study, Trait
from twas.simulation.draw import simulate
from twas.simulation.panel import candidate_genes

N_SETS, SIZE = 400, 30
WORLDS = 6


def world(seed, *, rms, n=(87_400, 10_300), rg=0.64, planted=0.0):
    """Study and sets of a world of genetic correlation `rg`; some sets carry a shared shift."""
    rng = np.random.default_rng(seed)
    genes = np.array(sorted(candidate_genes()))
    pools = [rng.choice(genes, SIZE, replace=False) for _ in range(N_SETS)]
    shift = {g: planted for pool in pools[: N_SETS // 10] for g in pool} if planted else {}
    simulation = simulate(
        n_eff={"A": n[0], "B": n[1]},
        planted={"A": shift, "B": shift} if shift else None,
        polygenic={"A": rms[0], "B": rms[1]},
        rg=rg,
        tissues=("brain",),
        modelled=0.7,
        rng=seed,
    )
    table = simulation.table
    study = Study.from_traits(
        [
            Trait.from_frame(
                table.loc[table["trait"] == name, ["gene", "tissue", "z"]], name=name, n_eff=size
            )
            for name, size in simulation.n_eff.items()
        ]
    )
    sets = load_gene_sets({f"s{k}": list(pool) for k, pool in enumerate(pools)})
    return PairResult.of(study.universe(("A", "B")), Members.of(study, sets))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rms", "planted"),
    [((0.0, 0.0), 0.0), ((0.003, 0.009), 0.0), ((0.003, 0.009), 0.01)],
    ids=["no signal", "ordinary", "strong"],
)
def test_anticorrelated_holds_its_size(rms, planted):
    """Correlated traits, no set of opposite genes."""
    below = [
        (world(seed, rms=rms, planted=planted).discordance.p_anticorrelated < 0.05)
        for seed in range(WORLDS)
    ]
    assert np.mean(below) <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rms", "n"),
    [((0.004, 0.004), (87_400, 10_300)), ((0.004, 0.004), (10_300, 87_400))],
    ids=["strong first", "weak first"],
)
def test_excess_holds_its_size(rms, n):
    """Unselected, and among sets that stand out in the stronger trait."""
    every, selected = [], []
    for seed in range(3 * WORLDS):
        test = world(seed, rms=rms, n=n)
        found = test.excess
        assert found.reason == ""
        stronger = test.a if n[0] > n[1] else test.b
        every.append(found.p < 0.05)
        selected.append((found.p < 0.05)[stronger.p < 0.05])
    assert np.mean(every) <= 0.06
    assert np.mean(np.concatenate(selected)) <= 0.08


def test_excess_does_not_depend_on_the_order_of_the_traits():
    pair = world(0, rms=(0.004, 0.004))
    view, parts, genome = pair.universe, pair.contributions, pair.moments
    from dataclasses import replace

    turned = replace(
        view,
        traits=view.traits[::-1],
        z=view.z[::-1],
        effect=view.effect[::-1],
        n_eff=view.n_eff[::-1],
        intercept=view.intercept[::-1],
    )
    parts_turned = replace(parts, values=parts.values[::-1])
    block = np.zeros(len(view.genes), dtype=int)
    block[:] = np.arange(len(block)) // 20
    first = contrasts.excess(parts, moments(view, block), view)
    second = contrasts.excess(parts_turned, moments(turned, block), turned)
    assert first.trait == second.trait == "B"
    np.testing.assert_allclose(first.p, second.p)
    np.testing.assert_allclose(first.excess, second.excess)
    assert genome is not None


def test_no_signal_gives_no_excess():
    pair = world(1, rms=(0.0, 0.0))
    found = pair.excess
    assert np.isnan(found.p).all()
    assert "no clear signal" in found.reason
    assert np.isnan(pair.scale.kappa)


def test_kappa_finds_the_ratio_of_strengths():
    values = [world(seed, rms=(0.004, 0.008), n=(80_000, 80_000)).scale for seed in range(4)]
    assert np.mean([v.kappa for v in values]) == pytest.approx(2, rel=0.1)
    assert all(abs(v.kappa - 2) < 4 * v.error for v in values)


def test_moments_and_their_jackknife_by_hand():
    view = world(2, rms=(0.004, 0.004)).universe
    block = np.arange(len(view.genes)) // 25
    genome = moments(view, block)
    a, b = view.z
    assert genome.variance[0].value == pytest.approx(a.var())
    assert genome.signal[1].value == pytest.approx(b.var() - 1)
    assert genome.covariance.value == pytest.approx(np.cov(a, b, ddof=0)[0, 1])
    n_blocks = block.max() + 1
    group = block * JACKKNIFE_GROUPS // n_blocks
    left_out = [a[group != g].var() for g in range(JACKKNIFE_GROUPS)]
    np.testing.assert_allclose(genome.variance[0].left_out, left_out)
    n = len(left_out)
    error = np.sqrt((n - 1) / n * np.sum((left_out - np.mean(left_out)) ** 2))
    assert genome.variance[0].error == pytest.approx(error)
