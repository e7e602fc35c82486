"""Genome-wide moments: right without an outlying locus, and the same with one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathways import load_gene_sets
from pathways.calls.pair import PairResult
from pathways.statistics.contributions import Members
from pathways.statistics.moments import Estimate, Moments, moments
from pathways.tables.divergence import divergence_columns
from tests.pathways.statistics.genomes import genome
from twas import Study, read_trait


def seen(estimate):
    return estimate.value, estimate.error


@pytest.mark.parametrize("locus", [(30.0, 30.0), (30.0, -20.0), (40.0, 0.0), (12.0, 12.0)])
def test_one_locus_changes_next_to_nothing(locus):
    plain, big = (
        moments(g, g.block)
        for g in (genome(np.random.default_rng(3)), genome(np.random.default_rng(3), locus=locus))
    )
    for name in ("variance", "signal"):
        for a, b in zip(getattr(plain, name), getattr(big, name), strict=True):
            assert b.value == pytest.approx(a.value, abs=0.5 * a.error)
            assert b.error == pytest.approx(a.error, rel=0.15)
    assert big.shared.value == pytest.approx(plain.shared.value, abs=0.5 * plain.shared.error)
    assert big.signal[0].clear
    assert big.why_unclear(0, "A") == ""


def test_ordinary_genomes_keep_every_gene():
    g = genome(np.random.default_rng(4))
    found = moments(g, g.block)
    assert found.variance[0].value == pytest.approx(g.z[0].var())
    assert found.covariance.value == pytest.approx(np.cov(g.z, ddof=0)[0, 1])


@pytest.mark.slow
@pytest.mark.parametrize("locus", [(0.0, 0.0), (30.0, 25.0)], ids=["plain", "locus"])
@pytest.mark.parametrize(
    "world",
    [
        {"signal": (0.0, 0.0), "overlap": 0.3},
        {"signal": (0.8, 0.8)},
        {"signal": (0.8, 0.4), "rg": 0.0},
        {"signal": (0.8, 0.8), "causal": 0.02},
    ],
    ids=["null, overlap", "polygenic", "unequal", "few causal"],
)
def test_no_bias_and_intervals_that_hold(world, locus):
    """Bias within 0.4 errors, coverage of +-1.96 errors at least 0.85, kappa and lambda too."""
    rng, n = np.random.default_rng(9), 80
    signal = np.array(world["signal"])
    shared = world.get("rg", 0.64) * np.sqrt(signal.prod())
    truth = {"a": signal[0], "b": signal[1], "shared": shared}
    found = {name: [] for name in truth}
    if signal.all():
        truth |= {"kappa": np.sqrt(signal[1] / signal[0]), "lambda": shared / signal[0]}
        found |= {"kappa": [], "lambda": []}
    for _ in range(n):
        g = genome(rng, locus=locus, **world)
        m = moments(g, g.block)
        a, b = m.signal
        found["a"].append(seen(a))
        found["b"].append(seen(b))
        found["shared"].append(seen(m.shared))
        if signal.all():
            ratio = Estimate(np.sqrt(b.value / a.value), np.sqrt(b.left_out / a.left_out))
            slope = Estimate(m.shared.value / a.value, m.shared.left_out / a.left_out)
            found["kappa"].append(seen(ratio))
            found["lambda"].append(seen(slope))
    for name, values in found.items():
        value, error = np.array(values).T
        assert abs(value.mean() - truth[name]) < 0.4 * error.mean(), name
        assert (np.abs(value - truth[name]) < 1.96 * error).mean() >= 0.85, name


def test_why_a_signal_is_not_clear():
    """A trait of SD 1.4 is never said to show no signal."""

    def estimate(value, error):
        return Estimate(value, value + error / np.sqrt(99) * np.where(np.arange(100) % 2, 1, -1))

    def of(value, error):
        one, signal = estimate(value, error), estimate(value - 1, error)
        return Moments((one, one), (signal, signal), one, one)

    assert of(1.96, 0.2).why_unclear(0, "A") == ""
    weak = of(1.02, 0.02).why_unclear(0, "A")
    assert weak.startswith("genome-wide, A shows no clear signal beyond noise (variance of z 1.02")
    strong = of(1.96, 0.9).why_unclear(1, "B")
    assert "no clear signal" not in strong
    assert "B rests on too few loci (variance of z 1.96, error 0.9" in strong


@pytest.fixture(scope="module")
def real_pair(request):
    """Depression and PTSD, with one locus of thirty genes as it is and at |z| 20 to 40."""
    find = request.getfixturevalue("test_data")
    traits = [
        read_trait(sorted(find("spredixcan", name).glob("*.csv.gz")), name=name, n_eff=n)
        for name, n in (("mdd", 5e5), ("ptsd", 6e4))
    ]
    study = Study.from_traits(traits)
    names = study.genes["block"]
    counts = names[names.str.contains("-")].value_counts()
    at = np.flatnonzero(names == counts.index[(counts >= 30) & (counts <= 40)][3])[:30]
    size = np.random.default_rng(1).uniform(20, 40, 30)
    return study, at, size


@pytest.mark.slow
@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (1, 0)], ids=["shared", "opposed", "one"])
@pytest.mark.parametrize("with_n", [True, False], ids=["per_sqrt_n", "unit"])
def test_a_big_locus_in_a_real_pair(real_pair, signs, with_n):
    study, at, size = real_pair
    z = study.z.copy()
    for k, sign in enumerate(signs):
        z[k][:, at] += sign * size
    sets = load_gene_sets("extended")
    tables = []
    for values in (study.z, z):
        one = replace(study, z=values, n_eff=study.n_eff if with_n else np.full(2, np.nan))
        members = Members.of(one, sets)
        tables.append(divergence_columns(PairResult.of(one.universe(("mdd", "ptsd")), members)))
    before, after = tables
    hit = np.unique(members.owner[np.isin(members.gene, at)])
    rest = ~np.isin(np.arange(len(before)), hit) & (before["n_blocks"] >= 6).to_numpy()
    before, after = before[rest], after[rest]
    assert len(before) > 5
    for side in "ab":
        half = (before[f"ci_high_{side}"] - before[f"ci_low_{side}"]) / 2
        moved = (after[f"activity_{side}"] - before[f"activity_{side}"]).abs() / half
        assert moved.max() < 0.01
    for column in ("bound_opposite", "bound_concordant"):
        moved = (after[column] / before[column] - 1).abs()
        assert moved.max() < 0.015
        assert moved.median() < 0.01
    assert (after["call"] == before["call"]).all()
    if with_n:
        assert after[["p_excess", "p_difference_scaled"]].notna().all(axis=None)
        assert (after[["excess_reason", "scale_reason"]] == "").all(axis=None)
