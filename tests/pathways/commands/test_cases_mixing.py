"""Rows and files that must not be mixed: several answers per gene, columns per trait, copies."""

import shutil

import numpy as np
import pandas as pd
import pytest
from case_runs import ROOT, call, cases, is_base, mtor, refused, run

GENES = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].drop_duplicates().tolist()


def z_of(seed=0, n=None):
    return np.random.default_rng(seed).normal(size=n or len(GENES))


def stacked(column, values, n=60, **more):
    """A table that holds the genes once for each value of a column."""
    parts = [
        pd.DataFrame({"Gene": GENES[:n], column: value, "Z": z_of(seed, n), **more})
        for seed, value in enumerate(values)
    ]
    return pd.concat(parts)


def write(path, frame, **options):
    frame.to_csv(path, index=False, **{"sep": "\t", **options})
    return path


@pytest.mark.slow
def test_two_traits_in_one_file(tmp_path):
    path = cases("F10_two_traits.tsv")
    for result in (call("inspect", path), run(tmp_path / "out", path, path)):
        refused(result, 1, "F10_two_traits.tsv", "'Trait'", "ALS, FTD", "--where")
    where = ("--where", "A:Trait=ALS", "--where", "B:Trait=FTD")
    result = run(tmp_path / "out", path, path, *where)
    assert result.returncode == 0, result.stderr
    assert mtor(tmp_path / "out")["n_tested"] == 7


def test_methods_of_mendelian_randomisation():
    path = cases("F12_mr_methods.csv")
    refused(call("inspect", path), 1, "'method' takes 3 values", "MR Egger", "--where")
    result = call("inspect", path, "--where", "method=MR Egger")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("phenotype", ["bvFTD", "svPPA", "nfvPPA"]),
        ("Isoform", ["a", "b"]),
        ("factor", [1, 2, 3]),
        ("CellType x", ["Ast", "Mic"]),
        ("quux", ["one thing", "another"]),
        ("k", [5, 10]),
    ],
)
def test_any_column_of_several_answers(tmp_path, column, values):
    path = write(tmp_path / "a.tsv", stacked(column, values))
    shown = ", ".join(sorted(map(str, values)))
    refused(call("inspect", path), 1, f"{column!r} takes {len(values)} values ({shown})")
    result = call("inspect", path, "--where", f"{column}={values[1]}", "--json")
    assert result.returncode == 0, result.stderr


def test_transcripts_of_one_gene(tmp_path):
    frame = stacked("x", ["a", "b"])
    frame["x"] = [f"ENST{i:011d}.2" for i in range(len(frame))]
    path = write(tmp_path / "a.tsv", frame.rename(columns={"x": "transcript_id"}))
    refused(call("inspect", path), 1, "'transcript_id' takes 120 values")
    path = write(tmp_path / "b.tsv", frame.rename(columns={"x": "gene_id", "Gene": "symbol"}))
    refused(call("inspect", path), 1, "'gene_id' takes 120 values")


def test_one_common_gene_is_enough_where_the_column_says_trait(tmp_path):
    frame = pd.concat([stacked("Trait", ["ALS"], n=20), stacked("Trait", ["FTD"], n=1)])
    refused(call("inspect", write(tmp_path / "a.tsv", frame)), 1, "'Trait' takes 2 values")
    frame = frame.iloc[1:]
    result = call("inspect", write(tmp_path / "a.tsv", frame))
    assert "read as one trait (ALS, FTD)" in result.stdout


def test_tissues_models_and_two_genes_of_one_symbol_are_no_several_answers(tmp_path):
    frame = stacked("Tissue", ["Cortex", "Liver"]).assign(model=["enet", "lasso"] * 60)
    result = call("inspect", write(tmp_path / "a.tsv", frame))
    assert result.returncode == 0, result.stderr
    twice = pd.concat([frame.head(60), frame.head(1).assign(Z=0.1, model="blup")])
    result = call("inspect", write(tmp_path / "b.tsv", twice))
    assert result.returncode == 0, result.stderr


def test_where_selects_no_row_or_no_column(tmp_path):
    path = write(tmp_path / "a.tsv", stacked("Trait", ["ALS", "FTD"]))
    refused(call("inspect", path, "--where", "Trait=PSP"), 1, "no row has Trait=PSP", "ALS, FTD")
    result = call("inspect", path, "--where", "Trait=ALS", "--where", "Sex=male")
    refused(result, 1, "--where Sex=…", "no such column", "Trait")


def test_two_ids_in_a_cell_are_unknown(tmp_path):
    result = call("inspect", cases("odd", "compound.csv"), "--json")
    assert '"genes_resolved": 1' in result.stdout
    frame = pd.DataFrame({"gene": ["ENSG00000171862;ENSG00000198793", "MTOR,PTEN", "ULK1"]})
    path = write(tmp_path / "a.tsv", frame.assign(z=[9.0, 8.0, -1.0]))
    result = call("inspect", path, "--json")
    assert '"genes_resolved": 1' in result.stdout
    assert "hold several genes in one cell" in result.stdout


@pytest.mark.slow
def test_columns_of_one_trait(tmp_path):
    folder = cases("F40")
    a, b = folder / "als_odd.tsv", folder / "ftd_spredixcan.csv"
    result = run(tmp_path / "out", a, b, "--columns", "A:gene=ensg,z=z.mil")
    assert result.returncode == 0, result.stderr
    genes = pd.read_csv(tmp_path / "out" / "genes.tsv", sep="\t")
    first = genes[(genes["trait"] == "A") & (genes["gene"] == "MTOR")].iloc[0]
    assert first["z"] == 2.4742
    shared = run(tmp_path / "two", a, b, "--columns", "gene=ensg,z=z.mil")
    assert shared.returncode == 0, shared.stderr
    lines = [(tmp_path / out / "divergence.tsv").read_text() for out in ("out", "two")]
    assert lines[0] == lines[1]


def test_columns_that_no_file_has(tmp_path):
    a, b = (write(tmp_path / f"{n}.tsv", stacked("x", ["a"])) for n in "ab")
    for columns, words in (("A:r2=R2", "a.tsv"), ("r2=R2", "a.tsv"), ("C:z=Z", "is no trait")):
        result = run(tmp_path / "out", a, b, "--columns", columns)
        refused(result, 2 if "C" in columns else 1, words)


def test_names_of_columns_with_commas_and_colons(tmp_path):
    frame = stacked("x", ["a"]).rename(columns={"Gene": "Gene, HGNC", "Z": "Z: TWAS"})
    path = write(tmp_path / "a.csv", frame, sep=",")
    result = call("inspect", path, "--columns", 'gene="Gene, HGNC",z=Z: TWAS')
    assert result.returncode == 0, result.stderr
    assert " 60 " in result.stdout
    refused(call("inspect", path, "--columns", 'gene="Gene'), 2, "double quote")


@pytest.mark.slow
def test_config_has_the_names_of_the_command_line(tmp_path):
    for name in ("base", "c14_config"):
        shutil.copytree(cases(name), tmp_path / name)
    result = call("run", "--config", "c14_config/run.toml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    is_base(tmp_path / "out")
    influence = pd.read_csv(tmp_path / "out" / "influence.tsv", sep="\t")
    assert influence.astype(str).apply(lambda c: c.str.contains("9:26500000")).any(axis=None)


@pytest.mark.slow
def test_columns_and_rows_in_a_config(tmp_path):
    frame = stacked("Trait", ["ALS", "FTD"]).rename(columns={"Z": "Z, all"})
    write(tmp_path / "a.csv", frame, sep=",")
    (tmp_path / "run.toml").write_text(
        'trait = ["A=a.csv", "B=a.csv"]\nout = "out"\nno-report = true\nno-gsea = true\n'
        '[columns]\nz = "Z, all"\n[where.A]\nTrait = "ALS"\n[where.B]\nTrait = ["FTD"]\n'
    )
    result = call("run", "--config", "run.toml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    (tmp_path / "run.toml").write_text('trait = ["A=a.csv"]\nout = "out"\ngsea = "no"\n')
    result = call("run", "--config", "run.toml", cwd=tmp_path)
    assert result.returncode == 2
    assert "gsea is true or false" in result.stderr


@pytest.mark.slow
def test_one_trait_under_two_names(tmp_path):
    path = cases("base", "a")
    refused(run(tmp_path / "out", path, path), 1, "A / B", "same column", "--allow-same")
    result = run(tmp_path / "out", path, path, "--allow-same")
    assert result.returncode == 0, result.stderr
    assert "same column" in result.stderr
    result = call("inspect", f"A={path}", f"B={path}")
    assert result.returncode == 0, result.stderr
    assert (
        "warning: A / B: z of both traits, 552 genes, are read from the same column"
        in result.stdout
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_the_same_z_in_another_file(tmp_path, sign):
    z = z_of()
    a = write(tmp_path / "a.tsv", pd.DataFrame({"gene": GENES, "z": z}))
    noise = 0.02 * z_of(seed=5)
    b = write(tmp_path / "b.tsv", pd.DataFrame({"gene": GENES, "z": sign * 3 * (z + noise)}))
    words = ("z correlate", "the same results", "--allow-same")
    refused(run(tmp_path / "out", a, b), 1, *words)


@pytest.mark.slow
def test_two_columns_of_one_file_are_two_traits(tmp_path):
    frame = pd.DataFrame({"gene": GENES, "z1": z_of(1), "z2": z_of(2)})
    path = write(tmp_path / "a.tsv", frame)
    result = run(tmp_path / "out", path, path, "--columns", "A:z=z1", "--columns", "B:z=z2")
    assert result.returncode == 0, result.stderr
