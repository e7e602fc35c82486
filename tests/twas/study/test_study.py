"""The study: universes, effects, and what must not depend on what."""

import numpy as np
import pandas as pd
import pytest

from twas import DataError, Study, Trait, UsageError
from twas.genes import reference

GENES = ["MTOR", "TSC1", "TSC2", "C3", "C4A", "ULK1", "SIRT1", "NAMPT"]


def trait(name, z, tissue="brain", n_eff=None, genes=GENES):
    frame = pd.DataFrame({"gene": genes[: len(z)], "z": z, "tissue": tissue})
    return Trait.from_frame(frame, name=name, n_eff=n_eff)


def two_tissues(name, first, second, n_eff=None):
    frame = pd.concat(
        [
            pd.DataFrame({"gene": GENES, "z": first, "tissue": "t1"}),
            pd.DataFrame({"gene": GENES, "z": second, "tissue": "t2"}),
        ]
    ).dropna(subset=["z"])
    return Trait.from_frame(frame, name=name, n_eff=n_eff)


Z1 = [1.0, -2.0, 0.5, 3.0, -1.0, 0.0, 2.5, -0.5]
Z2 = [0.5, 1.0, -0.5, 2.0, 1.0, -3.0, 0.1, 0.7]


def test_effects_are_z_over_root_n_centred():
    view = Study.from_traits([trait("A", Z1, n_eff=400)]).universe(("A",))
    order = view.genes
    names = Study.from_traits([trait("A", Z1)]).genes["symbol"].iloc[order]
    z = np.array([Z1[GENES.index(n)] for n in names])
    np.testing.assert_allclose(view.effect[0], z / 20 - (z / 20).mean())
    assert view.effect_scale == "per_sqrt_n"


def test_without_sample_size_effects_are_in_units_of_sd():
    view = Study.from_traits([trait("A", Z1), trait("B", Z2, n_eff=100)]).universe(("A", "B"))
    assert view.effect_scale == "unit"
    np.testing.assert_allclose(view.effect.std(axis=1, ddof=1), 1)


def test_every_fact_says_what_it_is_about():
    traits = [trait("A", Z1), trait("B", Z2, tissue="cord", n_eff=50)]
    inside = [t.within(set(t.table["gene"][:6]), "a list") for t in traits]
    facts = Study.from_traits(inside).quality.facts
    assert {fact.source for fact in facts} == {"A", "B", "A / B"}
    topics = {fact.topic: fact.source for fact in facts}
    assert topics["background"] == "B"
    assert topics["no_sample_size"] == "A"
    assert topics["no_common_tissue"] == "A / B"


def test_a_third_trait_changes_no_pair():
    a, b = trait("A", Z1, n_eff=100), trait("B", Z2, n_eff=50)
    other = trait("C", Z1[:3], tissue="cord")
    small, large = Study.from_traits([a, b]), Study.from_traits([other, b, a])
    first, second = small.universe(("A", "B")), large.universe(("A", "B"))
    assert small.genes["gene"].iloc[first.genes].tolist() == (
        large.genes["gene"].iloc[second.genes].tolist()
    )
    np.testing.assert_array_equal(first.effect, second.effect)


def test_a_pair_uses_entries_that_both_traits_have():
    nan = np.nan
    a = two_tissues("A", Z1, [nan, *Z2[1:]])
    b = two_tissues("B", [*Z1[:7], nan], Z2)
    study = Study.from_traits([a, b])
    view = study.universe(("A", "B"))
    names = study.genes["symbol"].iloc[view.genes].tolist()
    assert set(names) == set(GENES)
    mtor = names.index("MTOR")
    assert view.z[0, mtor] == Z1[0]
    assert view.z[1, mtor] == Z1[0]


def test_traits_without_a_common_tissue_still_meet():
    study = Study.from_traits([trait("A", Z1, "t1"), trait("B", Z2, "t2")])
    view = study.universe(("A", "B"))
    assert view.z.shape == (2, 8)
    assert view.effect_scale == "unit"
    assert study.universe(("A", "B"), "t1") is None
    assert study.universe(("A",), "t1") is not None


def test_groups_are_scopes():
    study = Study.from_traits([two_tissues("A", Z1, Z2)], groups={"both": ["t1", "t2"]})
    assert study.scopes == ("combined", "both", "t1", "t2")
    np.testing.assert_array_equal(
        study.universe(("A",), "both").z, study.universe(("A",), "combined").z
    )


def test_every_gene_has_a_block_and_genes_are_in_genomic_order():
    frame = pd.DataFrame({"gene": [*GENES, "NOSUCHGENE"], "z": [*Z1, 1.0]})
    genes = Study.from_traits([Trait.from_frame(frame, name="A")]).genes
    assert (genes["block"] != "").all()
    assert genes["block"].iloc[-1] == "unplaced:NOSUCHGENE"
    placed = genes[genes["chrom"] != ""]
    order = placed["chrom"].astype(int).to_numpy() * 1e9 + placed["start"].to_numpy(dtype=float)
    assert (np.diff(order) >= 0).all()


def test_no_common_gene_is_an_error_that_shows_both_sides():
    with pytest.raises(DataError, match="no gene in common") as caught:
        Study.from_traits([trait("A", Z1[:2]), trait("B", Z2[:2], genes=["ULK1", "C3"])])
    ids = reference.load().set_index("symbol")["gene"]
    assert ids["MTOR"] in str(caught.value)
    assert ids["C3"] in str(caught.value)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"intercepts": {"X": 1.1}}, "trait 'X'"),
        ({"overlaps": {("A", "X"): 0.1}}, "trait 'X'"),
        ({"overlaps": {("A", "A"): 0.1}}, "two different traits"),
        ({"overlaps": {("A", "B"): float("nan")}}, "bivariate intercept"),
        ({"overlaps": {("A", "B"): 1.2}}, "bivariate intercept"),
        ({"intercepts": {"A": -1.0}}, "above 0"),
        ({"groups": {"g": ["spleen"]}}, "tissue 'spleen'"),
        ({"groups": {"brain": ["brain"]}}, "name of another scope"),
    ],
)
def test_options_that_name_what_is_not_there(options, match):
    with pytest.raises(UsageError, match=match):
        Study.from_traits([trait("A", Z1)], **options)


TWICE = ("A", "B / C", "A / B", "C")


def test_pairs_that_would_be_called_the_same():
    """Warnings and calls name a pair "A / B"."""
    with pytest.raises(DataError, match="'A / B' and 'C' would both be called 'A / B / C'"):
        Study.from_traits([trait(name, Z1 if name == "A" else Z2) for name in TWICE])
    with pytest.raises(DataError, match="trait 'A / B' and the pair of 'A' and 'B'"):
        Study.from_traits([trait(name, Z1) for name in ("A / B", "A", "B")])
    made = Study.from_traits([trait("A / B", Z1), trait("C", Z2)])
    assert made.traits == ("A / B", "C")


def test_two_traits_of_one_name():
    with pytest.raises(DataError, match="different names"):
        Study.from_traits([trait("A", Z1), trait("A", Z2)])
