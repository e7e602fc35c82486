"""What must not depend on what, on whole analyses of a small study."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pathways import analyse, load_gene_sets
from pathways.calls.collection import CollectionResult
from pathways.tables.registry import TABLES
from twas import Study, Trait

FLIPS = 400


def traits_of(study, order, sign=1.0):
    return [
        Trait.from_frame(
            t.table[["gene", "tissue", "z"]].assign(z=lambda f: sign * f["z"]),
            name=t.name,
            n_eff=t.n_eff,
        )
        for name in order
        for t in study.members
        if t.name == name
    ]


@pytest.fixture(scope="module")
def sets(placed_genes):
    rng = np.random.default_rng(3)
    out = {}
    for k, size in enumerate((4, 12, 30, 60, 120, 25)):
        genes = rng.choice(placed_genes, size, replace=False)
        roles = rng.choice([-1, 1, 1, 0], size).tolist()
        out[f"set {k}"] = dict(zip(genes, roles, strict=True))
    return load_gene_sets(out, name="test")


@pytest.fixture(scope="module")
def study(small_study, sets):
    """The small study with a strong, opposite signal in one set and a shared one in another."""
    traits = []
    for trait, signs in zip(small_study.members, ((3, 3), (-3, 3)), strict=True):
        table = trait.table.copy()
        for pathway, sign in zip(("set 3", "set 4"), signs, strict=True):
            rows = sets.table[sets.table["pathway"] == pathway]
            role = dict(zip(rows["gene"], rows["role"], strict=True))
            table["z"] += sign * table["gene"].map(role).fillna(0)
        traits.append(replace(trait, table=table))
    return Study.from_traits(traits)


@pytest.fixture(scope="module")
def results(study, sets):
    return analyse(study, sets, run_gsea=False, flips=FLIPS)


def test_planted_calls(results):
    table = results.divergence.query("scope == 'combined'").set_index("pathway")["call"]
    assert table["set 3"] == "opposite"
    assert table["set 4"] == "concordant"
    assert table["set 0"] == "untestable"


def test_tables_follow_the_registry(results):
    for name, table in TABLES.items():
        assert results.tables[name].columns.tolist() == [c.name for c in table.columns]
        for column in table.columns:
            if column.kind == "p":
                values = results.tables[name][column.name].dropna().astype(float)
                assert values.between(0, 1).all(), column.name


def test_q_is_never_below_p(results):
    for table, pairs in (
        (results.directions, [("p_direction", "q_direction"), ("p_magnitude", "q_magnitude")]),
        (results.divergence, [("p_both", "q_both"), ("p_difference", "q_difference")]),
    ):
        for p, q in pairs:
            known = table[q].notna()
            assert (table.loc[known, q] >= table.loc[known, p] * (1 - 1e-12)).all()


def test_p_and_interval_agree(results):
    table = results.directions.dropna(subset=["ci_low"])
    outside = (table["ci_low"] > 0) | (table["ci_high"] < 0)
    assert (outside == (table["p_direction"] <= 0.05)).all()


SAME = [
    "p_both", "q_both", "p_opposite", "p_concordant", "q_call", "p_robust_opposite",
    "p_difference", "q_difference", "p_robust_difference", "p_excess", "product",
    "p_anticorrelated", "p_less_concordant", "excess",
]  # fmt: skip


def test_swapping_the_traits(study, sets, results):
    swapped = analyse(
        Study.from_traits(traits_of(study, ("FTD", "ALS"))), sets, run_gsea=False, flips=FLIPS
    )
    a, b = results.divergence, swapped.divergence
    np.testing.assert_allclose(b["difference"], -a["difference"])
    np.testing.assert_allclose(b["activity_a"], a["activity_b"])
    for column in SAME:
        np.testing.assert_allclose(b[column], a[column], rtol=1e-6, err_msg=column)
    assert (a["call"] == b["call"]).all()
    key = ["pathway", "trait", "scope"]
    first, second = (r.directions.sort_values(key, ignore_index=True) for r in (results, swapped))
    pd.testing.assert_frame_equal(first, second, rtol=1e-6)


def test_flipping_all_z(study, sets, results):
    flipped = analyse(
        Study.from_traits(traits_of(study, ("ALS", "FTD"), sign=-1.0)),
        sets,
        run_gsea=False,
        flips=FLIPS,
    )
    np.testing.assert_allclose(flipped.directions["activity"], -results.directions["activity"])
    for column in ("p_direction", "p_robust", "p_magnitude", "fwer_direction"):
        np.testing.assert_allclose(
            flipped.directions[column], results.directions[column], rtol=1e-6, err_msg=column
        )
    for column in SAME[:-1]:
        np.testing.assert_allclose(
            flipped.divergence[column], results.divergence[column], rtol=1e-6, err_msg=column
        )
    assert (flipped.divergence["call"] == results.divergence["call"]).all()


def test_a_third_trait_changes_no_pair(study, sets, results, placed_genes):
    rng = np.random.default_rng(9)
    third = Trait.from_frame(
        pd.DataFrame({"gene": placed_genes[::3], "z": rng.normal(size=len(placed_genes[::3]))}),
        name="AD",
    )
    large = analyse(
        Study.from_traits([third, *traits_of(study, ("ALS", "FTD"))]),
        sets,
        run_gsea=False,
        flips=FLIPS,
    )
    pair = large.divergence.query("trait_a == 'ALS' and trait_b == 'FTD'").reset_index(drop=True)
    pd.testing.assert_frame_equal(pair, results.divergence, check_exact=True)
    single = large.directions.query("trait != 'AD'").reset_index(drop=True)
    pd.testing.assert_frame_equal(single, results.directions, check_exact=True)
    for name in ("influence", "overlap", "sensitivity", "gene_divergence"):
        table = large.tables[name].query("trait_a == 'ALS' and trait_b == 'FTD'")
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True), results.tables[name], check_exact=True, check_dtype=False
        )


def test_three_traits_are_tested_for_heterogeneity(study, sets):
    other = replace(study.members[0], name="AD")
    three = analyse(
        Study.from_traits([*study.members, other], allow_same=True),
        sets,
        run_gsea=False,
        flips=FLIPS,
    )
    table = three.tables["heterogeneity"].set_index("pathway")
    assert table.loc["set 3", "p_heterogeneity"] == pytest.approx(1 / (FLIPS + 1))
    assert table.loc["set 1", "p_heterogeneity"] > 1 / (FLIPS + 1)
    assert len(three.divergence.query("scope == 'combined'")) == 3 * len(sets.pathways)


def test_without_sample_sizes_no_strength_is_compared(study, sets):
    bare = Study.from_traits([replace(t, n_eff=None) for t in study.members])
    table = analyse(bare, sets, run_gsea=False, flips=FLIPS).divergence
    for column in (
        "p_difference", "q_difference", "ci_low", "ci_high", "p_excess", "p_difference_scaled",
        "fwer_difference", "detectable_difference", "p_robust_difference",
    ):  # fmt: skip
        assert table[column].isna().all(), column
    assert set(table["effect_scale"]) == {"unit"}
    call = table.query("scope == 'combined'").set_index("pathway")["call"]
    assert call["set 3"] == "opposite"
    assert call["set 4"] == "concordant"


def test_one_trait_alone(study, sets):
    alone = analyse(Study.from_traits(study.members[:1]), sets, run_gsea=False, flips=FLIPS)
    assert alone.divergence.empty
    assert not alone.directions.empty


def test_leaving_out_a_block_is_testing_the_set_without_its_genes(study, sets, results):
    """The influence row against a set that never had the genes of the block."""
    rows = results.tables["influence"]
    row = rows[(rows["pathway"] == "set 3") & rows["dropped"].str.contains(":")].iloc[5]
    block = study.genes.set_index("gene")["block"]
    table = sets.table
    mine = table[table["pathway"] == "set 3"]
    keep = mine[mine["gene"].map(block) != row["dropped"]]
    assert len(keep) < len(mine)
    other = load_gene_sets({"set 3": dict(zip(keep["symbol"], keep["role"], strict=True))})
    again = analyse(study, other, run_gsea=False, flips=FLIPS).divergence.iloc[0]
    assert row["activity_a"] == pytest.approx(again["activity_a"])
    assert row["activity_b"] == pytest.approx(again["activity_b"])
    assert row["p_both"] == pytest.approx(again["p_both"])
    assert row["p_difference"] == pytest.approx(again["p_difference"])


def test_a_call_that_one_block_carries_is_seen(placed_genes, small_study):
    """Opposite only because of one locus: the top block is named and the call falls without it."""
    rng = np.random.default_rng(0)
    genes = rng.choice(placed_genes, 14, replace=False)
    sets = load_gene_sets({"set": list(genes)})
    target = sets.table["gene"]
    traits = []
    for trait, sign in zip(small_study.members, (1, -1), strict=True):
        table = trait.table.copy()
        shift = dict.fromkeys(target, 0.9 * sign)
        table["z"] += table["gene"].map(shift).fillna(0)
        table.loc[table["gene"] == target[0], "z"] = 6.0 * sign
        traits.append(replace(trait, table=table))
    row = analyse(Study.from_traits(traits), sets, run_gsea=False, flips=FLIPS).divergence.iloc[0]
    home = small_study.genes.set_index("gene").loc[target[0], "block"]
    assert row["top_block"] == home


def test_gene_level_table(results):
    table = results.tables["gene_divergence"]
    share = table.query("pathway == 'set 3'")
    total = results.divergence.query("scope == 'combined' and pathway == 'set 3'").iloc[0]
    assert share["contribution_a"].sum() == pytest.approx(total["activity_a"])
    one = share[share["role"] != 0].iloc[0]
    rest = share[share["role"] != 0].iloc[1:]
    assert one["activity_a_without"] == pytest.approx((rest["role"] * rest["effect_a"]).mean())
    assert set(table["class"]) <= {"opposite", "shared", "one-sided", "weak"}
    strong = table[(table["z_a"].abs() > 2) & (table["z_b"].abs() > 2)]
    expected = np.where(strong["z_a"] * strong["z_b"] < 0, "opposite", "shared")
    assert (strong["class"] == expected).all()


def test_sensitivity_starts_from_the_analysis(results):
    table = results.tables["sensitivity"].query("variant == 'as analysed'")
    combined = results.divergence.query("scope == 'combined'")
    assert table["call"].tolist() == combined["call"].tolist()
    assert (table["changed"] == "").all()


def test_overlapping_called_sets(study, sets):
    rows = sets.table[sets.table["pathway"] == "set 3"]
    members = dict(zip(rows["symbol"], rows["role"], strict=True))
    half = dict(list(members.items())[: len(members) // 2])
    both = load_gene_sets({"all": members, "half": half})
    table = analyse(study, both, run_gsea=False, flips=FLIPS).tables["overlap"]
    row = table.set_index(["pathway", "other"])
    n_half = row.loc[("all", "half"), "n_shared"]
    assert row.loc[("all", "half"), "n_same_role"] == n_half
    assert row.loc[("half", "all"), "n_tested"] == 0
    assert row.loc[("half", "all"), "call"] == "untestable"
    assert row.loc[("all", "half"), "call"] == "opposite"


def test_the_same_seed_gives_the_same_tables(study, sets, results):
    again = analyse(study, sets, run_gsea=False, flips=FLIPS)
    for name, table in results.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_nothing_is_kept_between_pairs(study, sets, monkeypatch):
    seen = []
    of_pair = CollectionResult.of_pair

    def followed(collection, pair):
        kept.append(sum(found() is not None for found in seen))
        made = of_pair(collection, pair)
        seen.extend(weakref.ref(result) for result in (made, *made.pairs))
        return made

    kept = []
    monkeypatch.setattr(CollectionResult, "of_pair", followed)
    third = replace(traits_of(study, ("ALS",))[0], name="PD")
    traits = [*traits_of(study, ("ALS", "FTD")), third]
    gc.disable()  # what only the sweeper would free counts as kept
    try:
        analyse(Study.from_traits(traits, allow_same=True), sets, run_gsea=False, flips=20)
    finally:
        gc.enable()
    assert kept == [0, 0, 0]
    assert all(found() is None for found in seen)
