"""Imputation against the definition, against S-PrediXcan, and what must change nothing."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import world

from twas.errors import DataError
from twas.imputation.imputation import impute

TISSUES = ("Brain_Cortex", "Brain_Hypothalamus")


def z_of(result, tissue="Brain_Cortex"):
    return result.tables[tissue].set_index("gene")["zscore"]


def make(folder, seed=0, **options):
    """Write a small world; return weights, covariances, GWAS and the models' path."""
    weights, covariances, gwas = world.draw(seed, **options)
    return weights, covariances, gwas, world.write_model(folder / "models", weights, covariances)


def run(path, gwas, models, **options):
    return impute({"A": world.write_gwas(path, gwas)}, models, **options)[0]


def test_z_is_that_of_the_definition(tmp_path):
    weights, covariances, gwas, models = make(tmp_path)
    kept = gwas.sample(frac=0.8, random_state=1)
    result = run(tmp_path / "a.tsv", kept, models)
    z = dict(zip(kept["rsid"], kept["beta"] / kept["standard_error"], strict=True))
    expected = world.long_way(weights, covariances, z)
    found = z_of(result)
    assert set(found.index) == set(expected)
    np.testing.assert_allclose(found, [expected[gene] for gene in found.index], rtol=1e-9)
    row = result.quality_table.iloc[0]
    assert row["used"] == len(kept)
    assert row["not_in_gwas"] == len(gwas) - len(kept)
    assert row["genes_without_snps"] == row["genes"] - len(expected)


@pytest.mark.parametrize("trait", ["als", "ftd"])
def test_z_and_counts_are_those_of_s_predixcan(test_data, trait):
    files = {"als": "als.gwas_ssf.tsv.gz", "ftd": "ftd.sumstats.gz"}
    folder = test_data("predictdb")
    result = impute({trait: folder / files[trait]}, folder)[0]
    for tissue in TISSUES:
        theirs = pd.read_csv(folder / f"metaxcan_{trait}_{tissue}.csv.gz").set_index("gene")
        ours = result.tables[tissue].set_index("gene")
        assert set(ours.index) == set(theirs.index)
        theirs = theirs.loc[ours.index]
        np.testing.assert_allclose(ours["zscore"], theirs["zscore"], rtol=0, atol=1e-5)
        np.testing.assert_allclose(ours["var_g"], theirs["var_g"], rtol=1e-9)
        np.testing.assert_allclose(ours["effect_size"], theirs["effect_size"], rtol=1e-5)
        for column in ("n_snps_used", "n_snps_in_cov", "n_snps_in_model", "gene_name"):
            assert (ours[column] == theirs[column]).all(), column


def test_a_file_of_mixed_strands_gives_the_z_of_the_plain_one(test_data, tmp_path):
    folder = test_data("predictdb")
    strand = impute({"A": folder / "als.strand.tsv.gz"}, folder)[0]
    table = pd.read_csv(folder / "als.gwas_ssf.tsv.gz", sep="\t")
    alike = table["effect_allele"] == table["other_allele"].map(world.turned)
    plain = run(tmp_path / "plain.tsv", table[~alike], folder)
    whole = impute({"A": folder / "als.gwas_ssf.tsv.gz"}, folder)[0]
    left_out = strand.quality.count("palindromic_left_out")
    assert left_out == 1667
    for tissue in TISSUES:
        ours, theirs = z_of(strand, tissue), z_of(plain, tissue)
        assert list(ours.index) == list(theirs.index)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
        # Genes without a palindromic SNP: the z of the whole file.
        n = whole.tables[tissue].set_index("gene")["n_snps_used"].loc[ours.index]
        same = n == strand.tables[tissue].set_index("gene")["n_snps_used"]
        assert same.sum() > 200
        np.testing.assert_allclose(ours[same], z_of(whole, tissue).loc[ours.index][same], atol=1e-5)


@settings(max_examples=3)
@given(st.integers(0, 1000))
def test_what_must_change_nothing(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("world")
    _, _, gwas, models = make(folder, seed)
    rng = np.random.default_rng(seed)
    expected = z_of(run(folder / "a.tsv", gwas, models))

    def same(changed):
        np.testing.assert_allclose(z_of(changed).loc[expected.index], expected, rtol=1e-9)

    # Swapping effect and other allele of any rows.
    some = rng.random(len(gwas)) < 0.5
    swapped = gwas.copy()
    alleles = ["effect_allele", "other_allele"]
    swapped.loc[some, alleles] = gwas.loc[some, alleles[::-1]].to_numpy()
    swapped.loc[some, "beta"] *= -1
    same(run(folder / "b.tsv", swapped, models))
    # The whole file on the other strand, palindromic SNPs with it.
    same(run(folder / "c.tsv", swapped.assign(**_turned(swapped, alleles)), models))
    # Lower case, row order, rows that no model names, a row twice.
    lower = swapped.assign(**{a: swapped[a].str.lower() for a in alleles})
    more = gwas.assign(rsid=[f"rs9{i}" for i in range(len(gwas))], beta=99.0)
    more["base_pair_location"] += 7
    mixed = pd.concat([lower, more, lower.head(3)]).sample(frac=1, random_state=seed)
    same(run(folder / "d.tsv", mixed, models))
    # A file per chromosome.
    parts = [
        world.write_gwas(folder / f"chr{chrom}.tsv", part)
        for chrom, part in gwas.groupby("chromosome")
    ]
    same(impute({"A": parts}, models)[0])
    # Found by position in the place of the rsid.
    same(run(folder / "e.tsv", gwas.drop(columns="rsid"), models))
    # Negated effects negate z.
    flipped = run(folder / "f.tsv", gwas.assign(beta=-gwas["beta"]), models)
    np.testing.assert_allclose(z_of(flipped), -expected, rtol=1e-9)


def _turned(gwas, columns):
    return {column: gwas[column].map(world.turned) for column in columns}


@settings(max_examples=3)
@given(st.integers(0, 1000))
def test_turning_any_rows_changes_no_gene_without_palindromic_snps(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("world")
    weights, _, gwas, models = make(folder, seed)
    alike = weights["ref_allele"] == weights["eff_allele"].map(world.turned)
    plain = ~weights["gene"].isin(weights["gene"][alike])
    some = np.random.default_rng(seed).random(len(gwas)) < 0.4
    changed = gwas.copy()
    for column in ("effect_allele", "other_allele"):
        changed.loc[some, column] = gwas.loc[some, column].map(world.turned)
    expected = z_of(run(folder / "a.tsv", gwas, models))
    result = run(folder / "b.tsv", changed, models)
    assert result.match.strand.name == "mixed"
    genes = weights["gene"][plain].unique()
    np.testing.assert_allclose(z_of(result).loc[genes], expected.loc[genes], rtol=1e-9)
    assert result.quality_table["palindromic_left_out"].iloc[0] == alike.sum()


def test_models_of_several_tissues_are_read_in_one_pass(tmp_path):
    weights, covariances, gwas, models = make(tmp_path)
    alone = z_of(run(tmp_path / "a.tsv", gwas, models))
    half = weights["gene"].isin(weights["gene"].unique()[:10])
    world.write_model(models.parent, weights[half], covariances[:10], name="Liver")
    both = run(tmp_path / "a.tsv", gwas, models.parent)
    pd.testing.assert_series_equal(z_of(both), alone)
    pd.testing.assert_series_equal(z_of(both, "Liver"), alone.iloc[:10])


@pytest.mark.parametrize("key", ["rsid", "varID"])
def test_key_of_covariance_and_gwas_are_found(tmp_path, key):
    weights, covariances, gwas = world.draw(3)
    models = world.write_model(tmp_path / "m", weights, covariances, key=key)
    expected = z_of(run(tmp_path / "a.tsv", gwas, models))
    assert run(tmp_path / "a.tsv", gwas, models).models.models[0].key == key
    bare = gwas.drop(columns=["chromosome", "base_pair_location", "rsid"])
    names = (
        weights["varID"],
        weights["varID"].str.removesuffix("_b38").str.replace("_", ":"),
        weights["chrom"].astype(str) + ":" + weights["pos"].astype(str),
    )
    for name in names:
        result = run(tmp_path / "b.tsv", bare.assign(SNP=name), models)
        assert result.match.key == "position"
        pd.testing.assert_series_equal(z_of(result), expected)


def test_variance_control_is_a_column_of_its_own(tmp_path):
    weights, covariances, gwas = world.draw()
    genes = weights["gene"].unique()
    phi = np.linspace(-1e-5, 1e-4, len(genes))
    extra = pd.DataFrame({"gene": genes, "genename": genes, "phi": phi})
    models = world.write_model(tmp_path / "m", weights, covariances, extra=extra)
    plain = run(tmp_path / "a.tsv", gwas, models)
    assert "zscore_controlled" not in plain.tables["Brain_Cortex"]
    table = run(tmp_path / "a.tsv", gwas, models, heritability={"A": 0.5}).tables["Brain_Cortex"]
    pd.testing.assert_series_equal(table["zscore"], plain.tables["Brain_Cortex"]["zscore"])
    expected = table["zscore"] / np.sqrt(1 + 1000 * 0.5 * np.maximum(table["phi"], 0))
    np.testing.assert_allclose(table["zscore_controlled"], expected, rtol=1e-12)


def test_alleles_of_another_variant_are_left_out(tmp_path):
    weights, covariances, gwas, models = make(tmp_path, palindromic=False)
    wrong = gwas.copy()
    for row in (0, 5):
        pair = {wrong.loc[row, "effect_allele"], wrong.loc[row, "other_allele"]}
        own = pair | {world.turned(a) for a in pair}
        spare = sorted(set("ACGT") - pair)
        wrong.loc[row, "other_allele"] = spare[0] if own == set("ACGT") else "AT"
    result = run(tmp_path / "a.tsv", wrong, models)
    assert result.quality_table["other_alleles"].iloc[0] == 2
    kept = gwas.drop(index=[0, 5])
    z = dict(zip(kept["rsid"], kept["beta"] / kept["standard_error"], strict=True))
    expected = world.long_way(weights, covariances, z)
    np.testing.assert_allclose(z_of(result), [expected[g] for g in z_of(result).index], rtol=1e-9)


def test_two_variants_of_one_rsid_are_told_apart_by_alleles(tmp_path):
    _, _, gwas, models = make(tmp_path, palindromic=False)
    first = gwas.iloc[[0]].copy()
    spare = sorted(set("ACGT") - {first["effect_allele"].iloc[0], first["other_allele"].iloc[0]})
    other = first.assign(effect_allele=spare[0], beta=77.0)
    if world.turned(spare[0]) == first["other_allele"].iloc[0]:
        other["effect_allele"] = spare[1]
    expected = z_of(run(tmp_path / "a.tsv", gwas, models))
    result = run(tmp_path / "b.tsv", pd.concat([other, gwas]), models)
    pd.testing.assert_series_equal(z_of(result), expected)


def test_other_build_is_harmless_by_rsid_and_said(tmp_path):
    _, _, gwas, models = make(tmp_path)
    expected = z_of(run(tmp_path / "a.tsv", gwas, models))
    moved = gwas.assign(base_pair_location=gwas["base_pair_location"] + 12_345)
    result = run(tmp_path / "b.tsv", moved, models)
    pd.testing.assert_series_equal(z_of(result), expected)
    assert result.quality.count("build_differs") == len(gwas)


def test_two_builds_in_one_file_are_refused(tmp_path):
    _, _, gwas, models = make(tmp_path)
    gwas.loc[::2, "base_pair_location"] += 12_345
    with pytest.raises(DataError, match="mixes genome builds"):
        run(tmp_path / "a.tsv", gwas, models)


def test_models_of_two_builds_are_refused(tmp_path):
    weights, covariances, gwas, models = make(tmp_path)
    old = weights.assign(varID=weights["varID"].str.replace("b38", "b37"))
    world.write_model(models.parent, old, covariances, name="Liver")
    with pytest.raises(DataError, match="two genome builds"):
        run(tmp_path / "a.tsv", gwas, models.parent)


def test_a_pair_given_both_ways_counts_once(tmp_path):
    _, _, gwas, models = make(tmp_path)
    expected = z_of(run(tmp_path / "a.tsv", gwas, models))
    path = models.with_suffix(".txt.gz")
    table = pd.read_csv(path, sep=" ")
    back = table.rename(columns={"RSID1": "RSID2", "RSID2": "RSID1"})[table.columns]
    pd.concat([table, back[back["RSID1"] != back["RSID2"]]]).to_csv(path, sep=" ", index=False)
    pd.testing.assert_series_equal(z_of(run(tmp_path / "a.tsv", gwas, models)), expected)
    back["VALUE"] += 0.5
    pd.concat([table, back[back["RSID1"] != back["RSID2"]]]).to_csv(path, sep=" ", index=False)
    with pytest.raises(DataError, match="two covariances"):
        run(tmp_path / "a.tsv", gwas, models)


def test_expression_that_does_not_vary_has_no_z(tmp_path):
    weights, _, gwas = world.draw(0, genes=30)
    two = weights.groupby("gene")["rsid"].transform("size") == 2
    weights = weights[two].reset_index(drop=True)
    # Two SNPs in perfect LD with opposite weights.
    weights["weight"] = np.tile([1.0, -1.0], len(weights) // 2)
    covariances = [np.full((2, 2), 0.3)] * (len(weights) // 2)
    covariances[0] = np.array([[0.3, 0.1], [0.1, 0.3]])
    models = world.write_model(tmp_path / "m", weights, covariances)
    result = run(tmp_path / "a.tsv", gwas, models)
    assert len(z_of(result)) == 1
    assert result.quality_table["genes_not_varying"].iloc[0] == len(covariances) - 1
