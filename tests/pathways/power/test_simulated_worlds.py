"""Planted pathways: which genes carry what, and what the simulated z show of it."""

import numpy as np
import pytest

from pathways.power.worlds import World, simulate_world
from twas.errors import UsageError


@pytest.fixture(scope="module")
def gmt(tmp_path_factory):
    path = tmp_path_factory.mktemp("sets") / "own.gmt"
    path.write_text("first\t\tTBK1\tOPTN\tNOT_A_GENE\nsecond\t\tOPTN\tFUS\tSOD1\n")
    return str(path)


def test_a_gene_of_two_planted_sets_gets_the_sum(gmt):
    world = World(
        n_eff={"A": 1e6, "B": 1e6},
        planted={("A", "first"): 0.05, ("A", "second"): 0.02, ("B", "second"): -0.01},
        gene_sets=(gmt,),
        every_polygenic=0.0,
        tissues=("cortex",),
        modelled=1.0,
    )
    simulation, truth = simulate_world(world)
    assert truth["symbol"].tolist() == [*("TBK1", "OPTN"), *("OPTN", "FUS", "SOD1") * 2]
    assert truth["trait"].tolist() == ["A"] * 5 + ["B"] * 3
    given = simulation.truth.set_index(["trait", "symbol"])["effect"]
    assert given["A", "OPTN"] == pytest.approx(0.07)
    assert given["B", "OPTN"] == pytest.approx(-0.01)
    seen = simulation.table.set_index(["trait", "symbol"])["z"]
    for trait, symbol, effect in (("A", "OPTN", 70), ("A", "TBK1", 50), ("B", "SOD1", -10)):
        # z = sqrt(N) effect, and what comes from a planted neighbour, there is none.
        assert seen[trait, symbol] == pytest.approx(effect, abs=5)


def test_traits_have_polygenic_effects_of_their_own():
    world = World(
        n_eff={"A": 1e5, "B": 1e5},
        polygenic={"B": 0.004},
        every_polygenic=0.0,
        causal=1.0,
        tissues=("cortex",),
    )
    simulation, truth = simulate_world(world)
    sd = simulation.table.groupby("trait")["z"].std()
    assert sd["A"] == pytest.approx(1.0, abs=0.05)
    assert sd["B"] == pytest.approx(np.sqrt(1 + 1e5 * 0.004**2), rel=0.08)
    assert truth.empty


def test_pairs_are_matrices_in_the_order_of_the_traits():
    n_eff = {"A": 1e4, "B": 1e4, "C": 1e4}
    world = World(n_eff=n_eff, overlap={("C", "A"): 0.5}, every_polygenic=0.0, tissues=("cortex",))
    table = simulate_world(world)[0].table
    z = table.pivot(index="gene", columns="trait", values="z")
    r = z.corr()
    assert r.loc["A", "C"] == pytest.approx(0.5, abs=0.04)
    assert abs(r.loc["A", "B"]) < 0.05
    with pytest.raises(UsageError, match="`rg`"):
        simulate_world(World(n_eff=n_eff, rg={("A", "X"): 0.1}))
