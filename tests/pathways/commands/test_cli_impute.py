"""`impute` and `simulate --gwas`, run for real: the whole way, and one line for each bad input."""

import gzip
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from pathways.commands import main

ROOT = Path(__file__).resolve().parents[3]
TISSUES = ("Brain_Cortex", "Brain_Hypothalamus")


def call(*args):
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args])


def refused(result, code, *words):
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert result.exit_code == code, result.output
    assert len(errors) == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in errors[0], errors[0]


@pytest.fixture(scope="module")
def inputs(test_data):
    """Folder of the models and GWAS files with right answers."""
    return test_data("predictdb")


@pytest.fixture
def als(inputs):
    """The GWAS of ALS as a table."""
    return pd.read_csv(inputs / "als.gwas_ssf.tsv.gz", sep="\t")


@pytest.fixture
def attempt(inputs, tmp_path):
    """Impute a changed GWAS, and assert that a refusal leaves nothing behind."""

    def run(table, *options, models=None):
        path = tmp_path / "als.tsv"
        if isinstance(table, bytes):
            path.write_bytes(table)
        else:
            table.to_csv(path, sep="\t", index=False)
        out = tmp_path / "out"
        models = models or inputs / "Brain_Cortex.db"
        found = call("impute", "--gwas", f"ALS={path}", "--models", models, "--out", out, *options)
        assert out.exists() == (found.exit_code == 0)
        return found

    return run


def test_from_gwas_to_the_answer(inputs, tmp_path):
    gwas = {"ALS": inputs / "als.gwas_ssf.tsv.gz", "FTD": inputs / "ftd.sumstats.gz"}
    options = [word for name, path in gwas.items() for word in ("--gwas", f"{name}={path}")]
    for out in ("one", "two"):
        result = call("impute", *options, "--models", inputs / "*.db", "--out", tmp_path / out)
        assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("ALS Brain_Cortex: 1,261 of 1,262 genes; 8,236 of 8,676 SNPs (95%)")
    made = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert {str(p) for p in made} == {
        "quality.tsv",
        "run.json",
        *(
            f"{t}/{n}"
            for t in gwas
            for n in (*(f"{x}_spredixcan.csv" for x in TISSUES), "impute.json")
        ),
    }
    for path in made:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
    record = json.loads((tmp_path / "one" / "ALS" / "impute.json").read_text())
    assert record["n_eff"] == 87_400
    assert str(inputs) not in json.dumps(record)
    traits = [word for name in gwas for word in ("--trait", f"{name}={tmp_path / 'one' / name}")]
    result = call("run", *traits, "--out", tmp_path / "results", "--no-report", "--no-gsea")
    assert result.exit_code == 0, result.output
    assert "ALS: N_eff 87,400 is taken from impute.json" in result.stderr
    assert "no table: impute.json" not in result.stderr
    table = pd.read_csv(tmp_path / "results" / "divergence.tsv", sep="\t")
    mtor = table[(table["pathway"] == "mtor") & (table["scope"] == "combined")].iloc[0]
    assert mtor["call"] == "opposite"
    assert mtor["activity_a"] > 0 > mtor["activity_b"]
    directions = pd.read_csv(tmp_path / "results" / "directions.tsv", sep="\t")
    assert (directions["effect_scale"] == "per_sqrt_n").all()


def test_quality_table_accounts_for_every_snp(inputs, tmp_path):
    out = tmp_path / "out"
    gwas = f"A={inputs / 'als.strand.tsv.gz'}"
    result = call("impute", "--gwas", gwas, "--models", inputs / "*.db", "--out", out)
    assert "palindromic SNPs were left out: the file mixes strands" in result.stderr
    table = pd.read_csv(out / "quality.tsv", sep="\t")
    used = ["matched", "swapped", "complemented", "palindromic"]
    left = ["palindromic_left_out", "other_alleles", "no_covariance", "not_in_gwas"]
    assert (table[used].sum(axis=1) == table["used"]).all()
    assert (table[used + left].sum(axis=1) == table["snps"]).all()
    assert (table["palindromic_left_out"] > 1000).all()


def test_simulated_gwas_give_the_simulated_z(tmp_path):
    world = ["--trait", "ALS=87400", "--trait", "FTD=3526/9402", "--plant", "ALS:mtor=0.01"]
    world += ["--tissues", "Brain_Cortex", "--seed", "4"]
    made = call("simulate", *world, "--gwas", "--out", tmp_path / "gwas")
    assert made.exit_code == 0, made.output
    assert call("simulate", *world, "--out", tmp_path / "z").exit_code == 0
    impute, run = (shlex.split(line) for line in made.stdout.splitlines())
    assert run[:3] == ["twas-divergence", "run", "--trait"]
    out = tmp_path / "imputed"
    result = call(*impute[1:-1], out)
    assert result.exit_code == 0, result.output
    for trait, n_eff in (("ALS", 87400), ("FTD", 10257.45)):
        theirs = pd.read_csv(tmp_path / "z" / trait.lower() / "Brain_Cortex_spredixcan.csv.gz")
        ours = pd.read_csv(out / trait / "Brain_Cortex_spredixcan.csv")
        both = ours.merge(theirs, on="gene", suffixes=("", "_z"), validate="1:1")
        assert len(both) == len(ours) == len(theirs)
        # The other files hold five digits.
        np.testing.assert_allclose(both["zscore"], both["zscore_z"], atol=6e-5)
        np.testing.assert_allclose(both["var_g"], both["var_g_z"], rtol=1e-4)
        assert (both["n_snps_used"] == both["n_snps_used_z"]).all()
        assert (both["n_snps_in_model"] == both["n_snps_in_model_z"]).all()
        record = json.loads((out / trait / "impute.json").read_text())
        assert record["n_eff"] == pytest.approx(n_eff, rel=1e-4)


def test_wrong_key(als, attempt):
    wrong = als.drop(columns=["chromosome", "base_pair_location"])
    wrong["rsid"] = [f"exm{i}" for i in range(len(wrong))]
    refused(attempt(wrong), 1, "als.tsv", "wrong key", "exm0", "rs1000", "chr1_790069_A_G_b38")


def test_wrong_build(als, attempt):
    bare = als.drop(columns="rsid")
    moved = bare.assign(base_pair_location=bare["base_pair_location"] + 54_321)
    refused(attempt(moved), 1, "als.tsv", "wrong key or build", "the models have GRCh38")
    # With rsids the build does no harm, and is said.
    moved["rsid"] = als["rsid"]
    result = attempt(moved)
    assert result.exit_code == 0, result.output
    assert (
        "positions are of another genome build, not those of the models (GRCh38)" in result.stderr
    )


def test_build_37_is_told_by_positions_beyond_the_ends_of_chromosomes(als, attempt):
    bare = als.drop(columns="rsid")
    bare = bare[bare["chromosome"] == 1].assign(base_pair_location=lambda t: t.index + 10_000)
    bare.iloc[0, bare.columns.get_loc("base_pair_location")] = 249_200_000  # of 249,250,621
    refused(attempt(bare), 1, "als.tsv", "GRCh37", "GRCh38")


def test_variant_names_of_the_other_build(als, attempt):
    bare = als.drop(columns=["rsid", "chromosome", "base_pair_location"])
    place = als["chromosome"].astype(str) + "_" + (als["base_pair_location"] + 54_321).astype(str)
    refused(attempt(bare.assign(variant_id=place + "_A_G_b37", beta=als["beta"]), "--columns",
                    "id=variant_id"), 1, "GRCh37", "GRCh38")  # fmt: skip


def test_truncated_gwas(als, attempt):
    packed = gzip.compress(als.to_csv(sep="\t", index=False).encode())
    refused(attempt(packed[: len(packed) // 2]), 1, "als.tsv: is cut off or damaged")


def test_palindromic_only(als, attempt):
    turn = {"A": "T", "T": "A", "C": "G", "G": "C"}
    alike = als[als["effect_allele"] == als["other_allele"].map(turn)]
    refused(attempt(alike), 1, "als.tsv", "strand")


def test_z_of_one_sign(als, attempt):
    z = (als["beta"] / als["standard_error"]).abs()
    table = als[["rsid", "effect_allele", "other_allele"]].assign(z=z)
    refused(attempt(table), 1, "als.tsv: all", "one sign")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("beta", "standard_error"),
        ("beta", "p_value"),
        ("standard_error", "p_value"),
        ("beta", "effect_allele"),
        ("rsid", "effect_allele"),
        ("standard_error", "effect_allele_frequency"),
        ("beta", "effect_allele_frequency"),
        ("standard_error", "n"),
        ("other_allele", "chromosome"),
    ],
)
def test_two_columns_swapped(als, attempt, one, two):
    names = {one: two, two: one}
    refused(attempt(als.rename(columns=names)), 1, "als.tsv")


def test_covariance_of_another_model(inputs, als, attempt, tmp_path):
    home = tmp_path / "models"
    home.mkdir()
    shutil.copy(inputs / "Brain_Cortex.db", home / "Brain_Cortex.db")
    shutil.copy(inputs / "Brain_Hypothalamus.txt.gz", home / "Brain_Cortex.txt.gz")
    refused(attempt(als, models=home), 1, "Brain_Cortex.txt.gz", "another model")
    (home / "Brain_Cortex.txt.gz").unlink()
    refused(attempt(als, models=home), 1, "Brain_Cortex.db: has no covariance file")
    packed = (inputs / "Brain_Cortex.txt.gz").read_bytes()
    (home / "Brain_Cortex.txt.gz").write_bytes(packed[:-500])
    refused(attempt(als, models=home), 1, "Brain_Cortex.txt.gz: is cut off or damaged")
    (home / "Brain_Cortex.txt.gz").write_bytes(packed)
    assert attempt(als, models=home).exit_code == 0


def test_models_that_are_none(als, attempt, tmp_path):
    home = tmp_path / "models"
    home.mkdir()
    path = home / "Liver.db"
    (home / "Liver.txt.gz").write_bytes(gzip.compress(b"GENE RSID1 RSID2 VALUE\n"))
    path.write_text("no database")
    refused(attempt(als, models=path), 1, "Liver.db: is no PredictDB model")
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE extra (gene TEXT)")
    refused(attempt(als, models=path), 1, "Liver.db", "no table weights")
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = "gene TEXT, rsid TEXT, varID TEXT, ref_allele TEXT, eff_allele TEXT, weight REAL"
        connection.execute(f"CREATE TABLE weights ({columns})")
    refused(attempt(als, models=path), 1, "Liver.db: holds no weights")


def test_too_few_snps_are_an_error_unless_allowed(als, attempt):
    few = als.sample(frac=0.3, random_state=1)
    refused(attempt(few), 1, "Brain_Cortex.db", "are not in the GWAS", "min_used")
    result = attempt(few, "--min-used", "0.2")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--columns", "ALS:gene=x"), "'gene' is unknown"),
        (("--columns", "FTD:id=x"), "'FTD'"),
        (("--n-eff", "FTD=3"), "'FTD'"),
        (("--n-eff", "ALS=-3"), "positive"),
        (("--h2", "ALS=7"), "0 to 1"),
        (("--min-used", "3"), "0 to 1"),
        (("--gwas", "als=x.tsv"), "case only"),
        (("--gwas", "a/b=x.tsv"), "cannot name a folder"),
    ],
)
def test_impossible_options(als, attempt, options, words):
    refused(attempt(als, *options), 2, words)


def test_a_folder_in_use_is_left_alone(als, attempt, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    path = tmp_path / "als.tsv"
    als.to_csv(path, sep="\t", index=False)
    result = call("impute", "--gwas", f"ALS={path}", "--models", "x.db", "--out", tmp_path / "out")
    refused(result, 2, "exists")
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep"


def test_without_pyarrow_one_line_says_what_to_install(inputs, tmp_path):
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathways.commands import main; main(sys.argv[1:])"
    )
    gwas = f"ALS={inputs / 'als.gwas_ssf.tsv.gz'}"
    words = ["impute", "--gwas", gwas, "--models", inputs, "--out", tmp_path / "out"]
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.strip() == (
        "Error: imputation needs the package pyarrow: pip install 'twas-divergence[impute]'"
    )


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from pathways.commands import main\n"
        "try: main(['impute', '--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'polars', 'gseapy', 'matplotlib', 'scipy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
