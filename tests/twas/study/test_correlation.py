"""Correlation of z: against numpy, and the warning of opposite sign conventions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twas.genes import reference
from twas.study.checks import study_facts
from twas.study.correlation import is_opposite, mean_z, pairwise
from twas.traits.trait import Trait, read_trait

GENES = reference.load().query("chrom != '' and ensembl_id != ''")["gene"].to_numpy(dtype=object)


def _correlations(traits):
    topics = ("z_correlation", "opposite_signs")
    return [fact for fact in study_facts(traits) if fact.topic in topics]


def trait(name, z, genes=GENES, tissue="all"):
    frame = pd.DataFrame({"gene": genes[: len(z)], "tissue": tissue, "z": z})
    return Trait.from_frame(frame, name=name)


def two(n=3000, r=-0.6, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, r * x + np.sqrt(1 - r**2) * rng.normal(size=n)


def test_mean_z_is_the_mean_over_tissues():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"gene": rng.choice(GENES[:50], 400), "z": rng.normal(size=400)})
    expected = frame.groupby("gene")["z"].mean()
    ours = mean_z(frame)
    assert len(ours) == len(expected)
    np.testing.assert_allclose(ours[expected.index], expected, rtol=1e-12)


@given(st.integers(0, 10_000))
def test_pairwise_is_numpy_on_the_common_genes(seed):
    rng = np.random.default_rng(seed)
    columns = {
        name: pd.Series(rng.normal(size=60), index=rng.choice(GENES[:100], 60, replace=False))
        for name in "abc"
    }
    found = pairwise(columns)
    assert found[["a", "b"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    for a, b, n, r in found.itertuples(index=False):
        common = columns[a].index.intersection(columns[b].index)
        assert n == len(common)
        expected = np.corrcoef(columns[a][common], columns[b][common])[0, 1]
        assert r == pytest.approx(expected, abs=1e-12)
        # Neither scale nor a common sign matters.
        again = pairwise({a: -2 * columns[a], b: -3 * columns[b]})["r"][0]
        assert again == pytest.approx(r, abs=1e-12)


def test_few_or_equal_values_have_no_correlation():
    x = pd.Series(np.arange(12.0), index=GENES[:12])
    assert np.isnan(pairwise({"a": x.head(9), "b": x})["r"][0])
    assert np.isnan(pairwise({"a": x * 0, "b": x})["r"][0])
    assert pairwise({}).empty
    assert pairwise({"a": x}).empty


def test_opposite_conventions_are_warned_and_flip_named():
    x, y = two()
    (fact,) = _correlations([trait("ALS", x), trait("FTD", y)])
    assert (fact.level, fact.topic, fact.count) == ("warning", "opposite_signs", 3000)
    assert "`flip` FTD" in fact.message
    (fact,) = _correlations([trait("ALS", x), trait("FTD", -y)])
    assert (fact.level, fact.topic) == ("fact", "z_correlation")
    assert f"{np.corrcoef(x, -y)[0, 1]:.2f} over 3,000 genes" in fact.message


def test_one_locus_does_not_decide_the_sign():
    x, y = two(r=0.4)
    far = np.repeat([30.0, 0.0], [30, len(x) - 30])
    (fact,) = _correlations([trait("A", x + far), trait("B", y - far)])
    assert np.corrcoef(x + far, y - far)[0, 1] < -0.5
    assert fact.level == "fact"
    (fact,) = _correlations([trait("A", x + far), trait("B", far - y)])
    assert np.corrcoef(x + far, far - y)[0, 1] > 0.5
    assert fact.topic == "opposite_signs"


@pytest.mark.parametrize(("n", "r"), [(3000, -0.02), (30, -0.5)])
def test_chance_is_no_convention(n, r):
    x, y = two(n, r, seed=4)
    (fact,) = _correlations([trait("A", x), trait("B", y)])
    assert fact.level == "fact"


def test_neighbours_do_not_make_it_clear():
    place = reference.positions(GENES)
    near = GENES[((place["chrom"] == "6") & (place["start"] < 40_000_000)).to_numpy()]
    near, far = (pd.Series(1.0, index=genes) for genes in (near[:400], GENES[::5]))
    assert not is_opposite(near, near, -0.5)
    assert is_opposite(far, far, -0.5)


def test_no_common_genes_no_fact():
    x, y = two(100)
    assert _correlations([trait("A", x), trait("B", y, genes=GENES[5000:])]) == []


def test_three_traits_are_three_pairs():
    x, y = two(500)
    names = [fact.source for fact in _correlations([trait(n, x + 0 * y) for n in "ABC"])]
    assert names == ["A / B", "A / C", "B / C"]


def test_real_traits_agree_until_one_is_flipped(test_data):
    mdd = read_trait(test_data("spredixcan", "mdd"), name="MDD")
    for flip in (False, True):
        ptsd = read_trait(test_data("spredixcan", "ptsd"), name="PTSD", flip=flip)
        (fact,) = _correlations([mdd, ptsd])
        assert (fact.level == "warning") is flip
        assert f"{'-' if flip else ''}0.53" in fact.message
