"""Circuits: the data file, which tissues belong to one, and two circuits side by side."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pathways.statistics.circuits import between, circuits_among, load_circuits, with_circuits
from tests.pathways.conftest import make_trait
from twas import Study

NAMES = ["motor", "frontotemporal", "limbic", "hypothalamic", "striatal", "cerebellar"]
STRIATAL = ("Brain_Caudate_basal_ganglia", "Brain_Putamen_basal_ganglia")


def test_every_circuit_says_why_and_no_tissue_is_in_two():
    circuits = load_circuits()
    assert [c.name for c in circuits] == NAMES
    assert all(len(c.why.split()) >= 5 for c in circuits)
    tissues = [t for c in circuits for t in c.tissues]
    assert len(set(tissues)) == len(tissues) == 13
    assert all(re.fullmatch(r"Brain_[A-Za-z0-9_-]+", t) for t in tissues)


def test_every_gtex_name_finds_its_circuit_and_no_other():
    for circuit in load_circuits():
        for tissue in circuit.tissues:
            assert circuits_among([tissue]) == {circuit.name: (tissue,)}


@pytest.mark.parametrize(
    ("given", "circuit"),
    [
        ("mashr_Brain_Cortex", "frontotemporal"),
        ("GTExv8.ALL.Brain_Frontal_Cortex_BA9", "frontotemporal"),
        ("brain spinal cord cervical c1", "motor"),
        ("BRAIN_CEREBELLAR_HEMISPHERE", "cerebellar"),
        ("Brain_Substantia_nigra.v8", "striatal"),
    ],
)
def test_names_that_hold_a_gtex_name(given, circuit):
    assert circuits_among([given]) == {circuit: (given,)}


@pytest.mark.parametrize(
    "given", ["Whole_Blood", "brain", "cortex", "Nerve_Tibial", "", "Pituitary"]
)
def test_other_tissues_are_in_no_circuit(given):
    assert circuits_among([given]) == {}


def test_circuits_stand_in_the_order_of_the_file():
    tissues = ["Brain_Cerebellum", "Whole_Blood", *STRIATAL, "Brain_Spinal_cord_cervical_c-1"]
    found = circuits_among(tissues)
    assert list(found) == ["motor", "striatal", "cerebellar"]
    assert found["striatal"] == STRIATAL


def study(genes, z, tissues, n_eff=400.0, groups=None):
    return Study.from_traits([make_trait("ALS", z, genes, tissues, n_eff)], groups=groups)


def test_names_that_are_taken(placed_genes):
    genes = placed_genes[:50]
    z = np.random.default_rng(0).normal(size=(3, 50))
    tissues = ("motor", "Brain_Spinal_cord_cervical_c-1", "Brain_Hypothalamus")
    given = study(genes, z, tissues, groups={"hypothalamic": ("motor", "Brain_Hypothalamus")})
    made, circuits = with_circuits(given)
    assert circuits == ("motor circuit", "hypothalamic")
    assert made.groups["motor circuit"] == ("Brain_Spinal_cord_cervical_c-1",)
    assert made.groups["hypothalamic"] == ("motor", "Brain_Hypothalamus")
    assert given.groups == {"hypothalamic": ("motor", "Brain_Hypothalamus")}


def test_two_circuits_are_means_of_tissues_on_the_genes_of_both(placed_genes):
    genes = placed_genes[:200]
    rng = np.random.default_rng(1)
    z = rng.normal(size=(3, 200))
    z[rng.random(z.shape) < 0.3] = np.nan
    made, _ = with_circuits(study(genes, z, (*STRIATAL, "Brain_Cerebellum")))
    view = between(made, "ALS", "striatal", "cerebellar")
    by_symbol = dict(zip(genes, z.T, strict=True))
    expected = {}
    for symbol, (first, second, other) in by_symbol.items():
        pair = [value for value in (first, second) if np.isfinite(value)]
        if pair and np.isfinite(other):
            expected[symbol] = (sum(pair) / len(pair), other)
    symbols = made.genes["symbol"].iloc[view.genes].tolist()
    assert sorted(symbols) == sorted(expected)
    np.testing.assert_allclose(view.z.T, [expected[s] for s in symbols])
    raw = view.z / 20
    np.testing.assert_allclose(view.effect, raw - raw.mean(axis=1, keepdims=True))
    assert (view.effect_scale, view.n_tissues) == ("per_sqrt_n", 3)


def test_without_a_sample_size_both_circuits_have_one_unit(placed_genes):
    genes = placed_genes[:200]
    z = np.random.default_rng(2).normal(size=(2, 200)) * [[1.0], [3.0]]
    made, _ = with_circuits(study(genes, z, ("Brain_Hypothalamus", "Brain_Cerebellum"), None))
    view = between(made, "ALS", "hypothalamic", "cerebellar")
    assert view.effect_scale == "unit"
    ratio = view.effect / (view.z - view.z.mean(axis=1, keepdims=True))
    np.testing.assert_allclose(ratio, ratio[0, 0])


def test_circuits_without_a_gene_in_common_are_not_compared(placed_genes):
    z = np.full((2, 100), np.nan)
    z[0, :50], z[1, 50:] = np.resize([1.0, -1.0], (2, 50))
    made, _ = with_circuits(
        study(placed_genes[:100], z, ("Brain_Hypothalamus", "Brain_Cerebellum"))
    )
    assert between(made, "ALS", "hypothalamic", "cerebellar") is None
