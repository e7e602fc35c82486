"""The benchmark against the long way, its counting, and a short run of it for the rates."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.evidence import (
    adversaries,
    counting,
    further,
    genotypes,
    gwas,
    models,
    peers,
    report,
    run,
    worlds,
)
from benchmarks.evidence.steps import Steps
from twas.simulation.panel import place

DOCS = Path(__file__).resolve().parents[2] / "docs"
PIECE = genotypes.Piece("22", 20_000_000, 23_000_000)


@pytest.fixture(scope="module")
def region():
    """People of three megabases, their genes, and the region that `models` makes of them."""
    genes = place(None)
    inside = (genes["chrom"] == "22") & genes["start"].between(PIECE.start, PIECE.end)
    people = genotypes.simulate(PIECE)
    return people, genes[inside], models.build(PIECE, genes[inside])


@pytest.mark.slow
def test_a_region_is_what_spredixcan_makes_of_summary_statistics(region):
    people, genes, made = region
    rng = np.random.default_rng(PIECE.seed)
    truth = models._eqtls(people, genes["start"].to_numpy(), rng)
    trained = [models._train(people, cis, effects, rng) for cis, effects in truth]
    chosen = [m for per_gene in trained for m in per_gene if len(m[0])]
    weights = np.zeros((people.panel.shape[1], len(chosen)))
    for column, (snps, values) in enumerate(chosen):
        weights[snps, column] = values
    causal = models._spread(people)
    b = np.zeros(people.panel.shape[1])
    b[causal] = np.random.default_rng(1).standard_normal(len(causal)) * 0.01
    n = 50_000
    x = people.population.astype(np.float64)
    z = np.sqrt(n) * (x.T @ (x @ b)) / len(x)
    panel = people.panel.astype(np.float64)
    long_way = gwas.spredixcan(z, weights, np.ones(panel.shape[1]), panel.T @ panel / len(panel))
    np.testing.assert_allclose(
        np.sqrt(n) * made.variants.astype(float) @ b[causal], long_way, atol=0.01
    )
    assert np.abs(long_way).max() > 0.5


@pytest.mark.slow
def test_noise_has_the_correlation_of_the_models(region):
    _, _, made = region
    correlation = made.root @ made.root.T
    assert np.abs(np.diag(correlation) - 1).max() < 0.15
    rng = np.random.default_rng(3)
    draws = made.root @ rng.standard_normal((made.root.shape[1], 20_000))
    np.testing.assert_allclose(draws @ draws.T / 20_000, correlation, atol=0.06)
    # The three tissues of a gene and genes that share an eQTL correlate.
    off = correlation[~np.eye(len(correlation), dtype=bool)]
    assert (np.abs(off) > 0.8).any()


def test_intervals_are_those_of_scipy():
    for hits, n in ((0, 20), (3, 50), (50, 50)):
        known = stats.binomtest(hits, n).proportion_ci(method="exact")
        np.testing.assert_allclose(counting.clopper_pearson(hits, n), known)


def test_sets_that_move_together_widen_the_interval():
    rng = np.random.default_rng(0)
    apart = rng.random((200, 50)) < 0.05
    together = np.repeat(rng.random((200, 1)) < 0.05, 50, axis=1)
    every = np.ones_like(apart)
    first, second = counting.rate(apart, every), counting.rate(together, every)
    assert first.effective > 5_000
    assert second.effective < 400
    assert second.low <= 0.05 <= second.high


@pytest.mark.parametrize("level", [0.01, 0.1])
def test_threshold_lets_in_no_more_than_its_level(level):
    rng = np.random.default_rng(2)
    p = np.concatenate([rng.random(900), np.full(100, 0.001)])
    cut = counting.threshold(p, np.ones(1000, dtype=bool), level)
    assert (p <= cut).mean() <= level
    assert level == 0.01 or (p <= cut).mean() > level - 0.002


def test_stouffer_and_permutation_by_hand():
    rng = np.random.default_rng(4)
    z = rng.standard_normal((3, 400))
    sets = [rng.choice(400, size, replace=False) for size in (5, 20, 60)]
    answer = peers.stouffer(z, sets)
    for k, s in enumerate(sets):
        total = z[:, s].sum(axis=1) / np.sqrt(len(s))
        np.testing.assert_allclose(answer.p[:, k], 2 * stats.norm.sf(np.abs(total)))
    permuted = peers.gene_permutation(z, sets)
    for k, s in enumerate(sets):
        centred = z - z.mean(axis=1, keepdims=True)
        error = z.std(axis=1, ddof=1) * np.sqrt((1 - len(s) / 400) / len(s))
        expected = 2 * stats.norm.sf(np.abs(centred[:, s].mean(axis=1)) / error)
        np.testing.assert_allclose(permuted.p[:, k], expected, atol=0.06)


def test_worlds_have_names_of_their_own_and_two_are_held_out():
    names = [world.name for world in worlds.WORLDS]
    assert len(set(names)) == len(names)
    assert set(worlds.HELD_OUT) <= set(names)
    assert not set(worlds.HELD_OUT) & set(run.SHORT.worlds)


def test_the_page_is_made_of_the_committed_table(tmp_path):
    results = pd.read_csv(DOCS / "evidence.tsv", sep="\t", keep_default_na=False)
    report.write(results, tmp_path)
    assert (tmp_path / "evidence.md").read_text() == (DOCS / "evidence.md").read_text()
    for name in ("evidence_false_calls.svg", "evidence_power.svg"):
        assert (DOCS / "images" / name).exists()
        assert (tmp_path / "images" / name).read_bytes().startswith(b"<?xml")


def committed(part, **equal):
    table = report.typed(pd.read_csv(DOCS / "evidence.tsv", sep="\t", keep_default_na=False))
    keep = table["part"] == part
    for column, value in equal.items():
        keep &= table[column] == value
    return table[keep]


def above(rows, level):
    """Rows whose interval, widened for their number, lies above a level."""
    half = (rows["rate"] - rows["low"]) / 1.96 * stats.norm.isf(0.025 / len(rows))
    return rows[rows["rate"] - half > level]


def test_the_call_holds_its_rate_in_every_world():
    ordinary = committed("directional calls", method="ours", question="FDR", kind="all")
    made = committed("against", method="ours", question="FDR")
    assert set(ordinary["world"]) == {world.name for world in worlds.WORLDS}
    every = (*adversaries.ADVERSARIES, *adversaries.HELD_OUT)
    assert set(made["world"]) == {world.name for world in every}
    assert set(made["kind"].astype(int)) == set(adversaries.FAMILIES)
    assert above(ordinary, 0.05).empty
    assert above(made, 0.05).empty


def test_discordant_and_bounds_hold_their_rate():
    discordant = committed("false families", question="discordant", kind="all")
    assert len(discordant) == len(further.NULLS)
    assert above(discordant, 0.05).empty
    bounds = committed("bounds", kind="all")
    assert set(bounds["question"]) == {"opposite", "concordant"}
    assert above(bounds, 0.05).empty


def test_what_was_taken_over_is_of_the_same_worlds():
    """Fast and slow peers, in every world in which they ran, and no row twice."""
    rows = committed("directional calls", question="FDR", kind="all")
    fast = rows[rows["method"] == "decoupler ULM"]
    assert set(fast["world"]) == {world.name for world in worlds.WORLDS}
    every = pd.read_csv(DOCS / "evidence.tsv", sep="\t", keep_default_na=False)
    names = ["part", "world", "method", "question", "kind", "alpha", "note"]
    assert not every.duplicated(names).any()


@pytest.mark.slow
def test_rates_of_the_short_run(tmp_path):
    table = run.run(run.SHORT, tmp_path, Steps())
    false = table[table["part"] == "false calls"]
    ours = false[(false["method"] == "ours") & ~false["world"].isin(worlds.PLANTED)]
    main = ours[ours["question"].isin(["direction", "difference", "opposite"])]
    # 30 replicates: a rate whose interval lies above nominal is a change for the worse.
    above = main[(main["kind"] == "all") & (main["low"] > 1.1 * main["alpha"])]
    assert above.empty, above[["world", "question", "alpha", "rate", "low"]]
    nominal = main[
        (main["kind"] == "10 blocks or more")
        & main["question"].isin(["direction", "difference"])
        & np.isclose(main["alpha"], 0.05)
    ]
    assert len(nominal) == 6
    assert nominal["rate"].between(0.03, 0.07).all(), nominal[["world", "question", "rate"]]
    naive = false[false["method"].str.startswith("Stouffer") & (false["world"] == "clusters")]
    naive = naive[(naive["question"] == "direction") & np.isclose(naive["alpha"], 0.05)]
    assert len(naive) == 2
    assert (naive["rate"] > 0.2).all(), "the worlds have lost their LD"
    covered = table[table["part"] == "coverage"]
    assert len(covered) >= 6
    assert covered["rate"].between(0.92, 0.98).all(), covered[["question", "kind", "rate"]]
    called = table[(table["part"] == "directional calls") & (table["method"] == "ours")]
    found = called[(called["question"] == "power") & (called["kind"] == "all")]
    assert found.set_index("world")["rate"]["mixed, unequal"] > 0.05
    opposite = called[(called["question"] == "FDR, opposite") & (called["kind"] == "all")]
    assert (opposite["low"] <= 0.05).all(), opposite[["world", "rate", "low"]]
