"""The stress-reserve balance by scope and circuit: oracles, invariances, what is left out."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from pathways.statistics.stress_reserve import load_parts
from pathways.tables.balance import balance_rows
from pathways.tables.registry import TABLES
from tests.pathways.conftest import make_trait
from twas import Study
from twas.genes import reference
from twas.system.program import data_path

TISSUES = (
    "Brain_Spinal_cord_cervical_c-1",
    "Brain_Caudate_basal_ganglia",
    "Brain_Putamen_basal_ganglia",
    "Brain_Cerebellum",
)
CIRCUITS = ["motor", "striatal", "cerebellar"]
KEYS = ["axis", "trait_a", "trait_b", "scope", "scope_b"]
NUMBERS = ["activity", "se", "ci_low", "ci_high", "p_direction", "fwer"]


@pytest.fixture(scope="module")
def roles():
    """Pathway, gene, role of the sets of the balance that have a place in the genome."""
    tables = {
        name: pd.read_csv(data_path("gene_sets", f"{name}.tsv"), sep="\t")
        for name in ("core", "extended")
    }
    rows = pd.concat(
        tables[part.collection].query("pathway == @part.pathway") for part in load_parts()
    )
    placed = reference.load().dropna(subset=["start"])["symbol"]
    return rows[rows["gene"].isin(placed)][["pathway", "gene", "role"]].reset_index(drop=True)


def traits_of(genes, *, seed=0, names=("ALS", "FTD"), tissues=TISSUES, n=(40_000, 9_000)):
    """Traits of correlated tissues with gaps."""
    rng = np.random.default_rng(seed)
    made = []
    for name, n_eff in zip(names, n, strict=True):
        z = 0.8 * rng.normal(size=len(genes)) + 0.6 * rng.normal(size=(len(tissues), len(genes)))
        z[rng.random(z.shape) < 0.15] = np.nan
        made.append((name, z, genes, tissues, n_eff))
    return made


def study_of(made, **options):
    return Study.from_traits([make_trait(*trait) for trait in made], **options)


@pytest.fixture(scope="module")
def made(roles):
    return traits_of(roles["gene"].drop_duplicates().tolist())


@pytest.fixture(scope="module")
def table(made):
    return balance_rows(study_of(made), flips=1000)


def test_columns_are_those_of_the_registry(table):
    assert list(table) == [column.name for column in TABLES["balance"].columns]
    assert not table.duplicated(KEYS).any()


def test_scopes_and_what_they_are(table):
    own = table[(table["axis"] == "balance") & (table["scope_b"] == "")]
    kinds = dict(zip(own["scope"], own["scope_type"], strict=True))
    expected = {"combined": "combined"} | dict.fromkeys(CIRCUITS, "circuit")
    assert kinds == expected | dict.fromkeys(TISSUES, "tissue")
    assert set(own.groupby("scope").size()) == {3}
    two = table[(table["axis"] == "balance") & (table["scope_b"] != "")]
    for trait in ("ALS", "FTD"):
        rows = two[(two["trait_a"] == trait) & (two["trait_b"] == "")]
        pairs = list(zip(rows["scope"], rows["scope_b"], strict=True))
        assert pairs == list(combinations(CIRCUITS, 2))
    assert len(two) == 6


def test_only_rows_of_circuits_have_a_family_wise_p(table):
    assert (table["fwer"].notna() == (table["scope_type"] == "circuit")).all()
    rows = table[table["fwer"].notna()]
    assert (rows["fwer"] >= rows["p_direction"] - 0.05).all()


def test_a_group_of_the_user_is_a_scope_and_no_circuit(made):
    found = balance_rows(study_of(made, groups={"deep": TISSUES[1:]}), flips=100)
    assert set(found.loc[found["scope"] == "deep", "scope_type"]) == {"group"}
    assert found.loc[found["scope"] == "deep", "fwer"].isna().all()
    assert not (found["scope_b"] == "deep").any()


def test_without_tissues_of_circuits_there_is_no_circuit(roles):
    genes = roles["gene"].drop_duplicates().tolist()
    found = balance_rows(study_of(traits_of(genes, tissues=("blood", "liver"))), flips=100)
    assert set(found["scope_type"]) == {"combined", "tissue"}
    assert (found["scope_b"] == "").all()
    assert found["fwer"].isna().all()


def test_traits_without_sample_size_are_not_subtracted_but_their_circuits_are(made):
    bare = [(name, z, genes, tissues, None) for name, z, genes, tissues, _ in made]
    found = balance_rows(study_of(bare), flips=100)
    assert (found["trait_b"] == "").all()
    assert (found["scope_b"] != "").any()
    assert set(found["effect_scale"]) == {"unit"}


# --- oracles ---------------------------------------------------------------------------------


def contributions_by_hand(roles, effect, block):
    """Block → contribution to the balance, from symbol → centred effect."""
    total: dict[str, float] = {}
    parts = load_parts()
    for part in parts:
        rows = roles[(roles["pathway"] == part.pathway) & (roles["role"] != 0)]
        rows = rows[rows["gene"].isin(effect)]
        for gene, role in zip(rows["gene"], rows["role"], strict=True):
            total[block[gene]] = total.get(block[gene], 0.0) + part.weight * role * effect[
                gene
            ] / len(rows)
    return total


def mean_effects(trait, tissues):
    """Symbol → mean z over the tissues that have it, over sqrt(N)."""
    _, z, genes, own, n = trait
    rows = [own.index(tissue) for tissue in tissues]
    found = {}
    for k, gene in enumerate(genes):
        values = z[rows, k][np.isfinite(z[rows, k])]
        if len(values):
            found[gene] = values.mean() / np.sqrt(n)
    return found


HOME = {"motor": TISSUES[:1], "striatal": TISSUES[1:3], "cerebellar": TISSUES[3:]}


def circuits_by_hand(roles, made, study):
    """Trait → (circuit, circuit) → block → contribution to the difference of their balances."""
    block = dict(zip(study.genes["symbol"], study.genes["block"], strict=True))
    out = {}
    for trait in made:
        for first, second in combinations(CIRCUITS, 2):
            a, b = (mean_effects(trait, HOME[name]) for name in (first, second))
            both = [gene for gene in a if gene in b]
            means = [np.mean([e[g] for g in both]) for e in (a, b)]
            difference = {g: (a[g] - means[0]) - (b[g] - means[1]) for g in both}
            out[trait[0], first, second] = contributions_by_hand(roles, difference, block)
    return out


def test_differences_of_circuits_by_hand(roles, made, table):
    by_hand = circuits_by_hand(roles, made, study_of(made))
    rows = table[(table["axis"] == "balance") & (table["scope_b"] != "")]
    for row in rows.to_dict("records"):
        expected = by_hand[row["trait_a"], row["scope"], row["scope_b"]]
        assert row["activity"] == pytest.approx(sum(expected.values()))
        assert row["n_blocks"] == len(expected)


@pytest.fixture(scope="module")
def few(roles):
    """Members in twelve blocks, all in every tissue: all flips can be counted."""
    every = roles[roles["role"] != 0].drop_duplicates("gene")
    blocks = study_of(traits_of(every["gene"].tolist())).genes[["symbol", "block"]]
    chosen = every.merge(blocks, left_on="gene", right_on="symbol").drop_duplicates("block")
    genes = chosen.groupby("pathway").head(2)["gene"].tolist()
    made = [(name, np.nan_to_num(z, nan=0.7), *rest) for name, z, *rest in traits_of(genes, seed=4)]
    assert len(genes) == 12
    return made


def exact(members):
    """Exact single-step max-T p of contributions by block that are flipped together."""
    blocks = sorted({block for c in members for block in c})
    c = np.array([[one.get(block, 0.0) for block in blocks] for one in members])
    scaled = c / np.sqrt((c**2).sum(axis=1, keepdims=True))
    signs = np.array(list(product([1.0, -1.0], repeat=len(blocks))))
    highest = np.abs(signs @ scaled.T).max(axis=1)
    return [(highest >= t - 1e-9).mean() for t in np.abs(scaled.sum(axis=1))]


def test_family_wise_p_against_all_flips(roles, few):
    study = study_of(few)
    table = balance_rows(study, flips=10_000, seed=3)
    by_hand = circuits_by_hand(roles, few, study)
    block = dict(zip(study.genes["symbol"], study.genes["block"], strict=True))
    rows = table[(table["axis"] == "balance") & (table["trait_b"] == "")]
    for trait in few:
        own = rows[rows["trait_a"] == trait[0]].set_index(["scope", "scope_b"])
        pairs = [(a, b) for name, a, b in by_hand if name == trait[0]]
        expected = exact([by_hand[trait[0], *pair] for pair in pairs])
        assert own.loc[pairs, "fwer"].tolist() == pytest.approx(expected, abs=0.02)
        # Of a scope with one tissue the combined z is the z itself.
        single = [
            contributions_by_hand(
                roles, {g: e - np.mean(list(effect.values())) for g, e in effect.items()}, block
            )
            for effect in (mean_effects(trait, HOME[name]) for name in ("motor", "cerebellar"))
        ]
        for name, c in zip(("motor", "cerebellar"), single, strict=True):
            assert own.loc[(name, ""), "activity"] == pytest.approx(sum(c.values()))
        assert own.loc[("motor", ""), "fwer"] >= exact(single)[0] - 0.02


# --- invariances -----------------------------------------------------------------------------


def values(table, rows=slice(None)):
    return table.set_index(KEYS)[NUMBERS].loc[rows].sort_index()


def test_swapping_traits_negates_their_contrast_and_changes_nothing_else(made, table):
    turned = balance_rows(study_of(made[::-1]), flips=1000).set_index(KEYS)
    for key, row in table.set_index(KEYS).iterrows():
        axis, a, b, *scopes = key
        other = turned.loc[(axis, b, a, *scopes) if b else key]
        sign = -1 if b else 1
        assert other["activity"] == pytest.approx(sign * row["activity"], abs=1e-15)
        low, high = (other["ci_low"], other["ci_high"])[::sign]
        for column, value in (
            ("ci_low", sign * low), ("ci_high", sign * high), ("se", other["se"]),
            ("p_direction", other["p_direction"]), ("fwer", other["fwer"]),
        ):  # fmt: skip
            assert value == pytest.approx(row[column], rel=1e-9, abs=1e-12, nan_ok=True), key


def test_flipping_every_z_negates_the_activities_alone(made, table):
    flipped = balance_rows(study_of([(name, -z, *rest) for name, z, *rest in made]), flips=1000)
    was, now = values(table), values(flipped)
    np.testing.assert_allclose(now["activity"], -was["activity"], atol=1e-15)
    np.testing.assert_allclose(now["ci_low"], -was["ci_high"], rtol=1e-9, atol=1e-15)
    for column in ("se", "p_direction", "fwer"):
        np.testing.assert_allclose(now[column], was[column], rtol=1e-9)


def test_a_third_trait_changes_nothing(made, table, roles, placed_genes):
    genes = [*roles["gene"].drop_duplicates(), *placed_genes[:300]]
    (third,) = traits_of(list(dict.fromkeys(genes)), seed=9, names=("PD",), n=(500,))
    found = values(balance_rows(study_of([third, *made]), flips=1000))
    was = values(table)
    pd.testing.assert_frame_equal(found.loc[was.index], was, rtol=1e-9)


def test_order_of_genes_and_tissues_changes_nothing(made, table):
    rng = np.random.default_rng(0)
    order = rng.permutation(len(made[0][2]))
    tissues = [2, 0, 3, 1]
    shuffled = [
        (name, z[np.ix_(tissues, order)], [g[k] for k in order], [t[k] for k in tissues], n)
        for name, z, g, t, n in made
    ]
    found = values(balance_rows(study_of(shuffled), flips=1000))
    pd.testing.assert_frame_equal(found, values(table), rtol=1e-9)


def test_equal_effects_in_one_and_in_two_tissues_do_not_differ(made):
    alike = [(name, np.tile(np.nan_to_num(z[:1], nan=0.3), (4, 1)), *r) for name, z, *r in made]
    found = balance_rows(study_of(alike), flips=100)
    two = found[found["scope_b"] != ""]
    np.testing.assert_allclose(two["activity"], 0, atol=1e-15)
    assert (two["p_direction"] == 1).all()


def test_seed_and_flips_decide_the_family_wise_p(made, table):
    again = balance_rows(study_of(made), flips=1000)
    pd.testing.assert_frame_equal(again, table)
    other = balance_rows(study_of(made), flips=1000, seed=1)
    rows = table["fwer"].notna()
    assert (other.loc[rows, "fwer"] != table.loc[rows, "fwer"]).any()
    np.testing.assert_allclose(other.loc[rows, "fwer"], table.loc[rows, "fwer"], atol=0.1)
