"""The command line, run for real: what it writes, says and returns."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from case_runs import ROOT, call, refused

GENES = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].drop_duplicates().tolist()


def call_apart(*args):
    """Run the command in a process of its own, where texts hash otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *map(str, args)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def table(path, *, seed=0, columns=("gene_name", "zscore"), genes=GENES):
    z = np.random.default_rng(seed).normal(size=len(genes))
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(dict(zip(columns, (genes, z), strict=True))).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Options of a small run of two traits."""
    home = tmp_path_factory.mktemp("two")
    a = table(home / "a" / "Brain_spredixcan.csv", seed=1)
    b = table(home / "b" / "Brain_spredixcan.csv", seed=2)
    return ["run", "--trait", f"ALS={a}", "--trait", f"FTD={b}", "--no-gsea", "--no-report"]


SIZE = ("--n-eff", "ALS=27205/110881")


@pytest.fixture(scope="module")
def plain(two, tmp_path_factory):
    """Folder of that run."""
    out = tmp_path_factory.mktemp("plain") / "out"
    result = call(*two, "--out", out, *SIZE)
    assert result.returncode == 0, result.stderr
    return out


def test_help_imports_nothing_heavy():
    code = (
        "import sys, cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'pandas', 'numpy', 'gseapy', 'matplotlib', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "run" in result.stdout


def test_importing_the_packages_loads_neither_gseapy_nor_matplotlib():
    code = "import sys, twas, pathways; assert not {'gseapy', 'matplotlib'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_run_writes_every_table_and_the_same_bytes_twice(two, plain, tmp_path):
    result = call_apart(*two, "--out", tmp_path / "two", *SIZE)
    assert result.returncode == 0, result.stderr
    names = {p.name for p in plain.iterdir()}
    assert names >= {"directions.tsv", "divergence.tsv", "genes.tsv", "coverage.tsv", "run.json"}
    assert names == {p.name for p in (tmp_path / "two").iterdir()}
    for name in names - {"run.json"}:
        assert (plain / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    record = json.loads((plain / "run.json").read_text())
    assert record["parameters"]["n_eff"] == {"ALS": "27205/110881"}
    assert len(record["inputs"]) == 2
    assert all(len(entry["sha256"]) == 64 for entry in record["inputs"])


def test_contributions_sum_to_activity(plain):
    read = {n: pd.read_csv(plain / f"{n}.tsv", sep="\t") for n in ("genes", "directions")}
    keys = ["collection", "pathway", "trait", "scope"]
    total = read["genes"].groupby(keys)["contribution"].sum()
    activity = read["directions"].set_index(keys)["activity"].dropna()
    np.testing.assert_allclose(total.loc[activity.index], activity, rtol=1e-9, atol=1e-12)
    assert read["genes"]["block"].notna().all()


def test_one_trait_alone(two, tmp_path):
    result = call(*two[:3], *two[5:], "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out" / "divergence.tsv").read_text().count("\n") == 1


def test_an_existing_folder_is_left_alone_without_force(two, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    refused(call(*two, "--out", out), 2, str(out), "--force")
    assert [p.name for p in out.iterdir()] == ["mine.txt"]
    refused(call(*two, "--out", out, "--force"), 2, str(out), "mine.txt")
    assert [p.name for p in out.iterdir()] == ["mine.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


UNSIGNED = {
    "smultixcan.txt": "gene\tgene_name\tpvalue\tn\tn_indep\tp_i_best\tt_i_best\tp_i_worst\t"
    "t_i_worst\teigen_max\teigen_min\teigen_min_kept\tz_min\tz_max\tz_mean\tz_sd\ttmi\tstatus\n"
    "ENSG00000198793.1\tMTOR\t0.1\t3\t2\t0.1\tBrain\t0.5\tCord\t1\t1\t1\t-1\t2\t0.5\t1\t2\t0\n",
    "x.genes.out": "GENE CHR START STOP NSNPS NPARAM N ZSTAT P\n"
    "2475 1 11106535 11262551 10 3 1000 1.2 0.1\n",
    "utmost.txt": "gene\ttest_score\tp_value\nMTOR\t3.2\t0.01\n",
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_unsigned_statistics_are_refused(two, tmp_path, name):
    path = tmp_path / name
    path.write_text(UNSIGNED[name])
    refused(call(*two, "--out", tmp_path / "out", "--trait", f"X={path}"), 1, name, "sign")
    assert not (tmp_path / "out").exists()


def test_traits_without_a_common_gene(tmp_path):
    a = table(tmp_path / "a.csv", genes=GENES[:20])
    b = table(tmp_path / "b.csv", genes=GENES[30:60])
    result = call("run", "--trait", f"A={a}", "--trait", f"B={b}", "--out", tmp_path / "out")
    refused(result, 1, "no gene in common", "--columns")


def test_no_gene_of_the_sets(two, tmp_path):
    gmt = tmp_path / "other.gmt"
    gmt.write_text("set\t\tHBA1\tHBB\n")
    refused(call(*two, "--out", tmp_path / "out", "--gene-sets", gmt), 1, "other", "HBA1")


def test_infinite_z(two, tmp_path):
    path = table(tmp_path / "inf.csv")
    path.write_text(path.read_text() + "OTHER,inf\n")
    line = str(len(GENES) + 2)
    refused(call(*two, "--out", tmp_path / "out", "--trait", f"X={path}"), 1, "inf.csv", line)


def test_empty_file(two, tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()
    refused(call(*two, "--out", tmp_path / "out", "--trait", f"X={path}"), 1, "empty.csv", "empty")


def test_missing_column(two, tmp_path):
    path = table(tmp_path / "odd.csv", columns=("gene_name", "colour"))
    result = call(*two, "--out", tmp_path / "out", "--trait", f"X={path}")
    refused(result, 1, "odd.csv", "colour", "--columns")


def test_folder_without_tables(two, tmp_path):
    (tmp_path / "none").mkdir()
    result = call(*two, "--out", tmp_path / "out", "--trait", f"X={tmp_path / 'none'}")
    refused(result, 1, "none")


def test_misspelt_gene_set(two, tmp_path):
    result = call(*two, "--out", tmp_path / "out", "--gene-sets", "croe")
    refused(result, 2, "croe", "core")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--n-eff", "XYZ=5"], "XYZ"),
        (["--n-eff", "ALS=many"], "many"),
        (["--overlap", "ALS=0.1"], "--overlap"),
        (["--trait", "noequals"], "noequals"),
        (["--intercept", "ALS=x"], "--intercept"),
        (["--flip", "XYZ"], "XYZ"),
        (["--tissues", "g="], "--tissues"),
        (["--tissues", "spleen"], "spleen"),
        (["--blocks", "b.bed"], "--blocks-build"),
        (["--min-genes", "9999"], "--min-genes"),
    ],
)
def test_options_at_fault(two, tmp_path, options, word):
    refused(call(*two, "--out", tmp_path / "out", *options), 2, word)
    assert not (tmp_path / "out").exists()


def test_config_file_gives_options_and_the_command_line_wins(two, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text('seed = 5\ngene-sets = ["core"]\n[n-eff]\nALS = 87400\nFTD = 10300\n')
    result = call(*two, "--out", tmp_path / "out", "--config", config, "--seed", 7)
    assert result.returncode == 0, result.stderr
    chosen = json.loads((tmp_path / "out" / "run.json").read_text())["parameters"]
    assert chosen["seed"] == 7
    assert chosen["n_eff"] == {"ALS": "87400", "FTD": "10300"}
    config.write_text("colour = 3\n")
    result = call(*two, "--out", tmp_path / "out2", "--config", config)
    assert result.returncode == 2
    assert "colour" in result.stderr


def test_alias_and_flip(two, plain, tmp_path):
    changed = ("--trait-alias", "FTD=bvFTD", "--flip", "FTD")
    result = call(*two, "--out", tmp_path / "out", *SIZE, *changed)
    assert result.returncode == 0, result.stderr
    a, b = (pd.read_csv(out / "divergence.tsv", sep="\t") for out in (tmp_path / "out", plain))
    assert set(a["trait_b"]) == {"bvFTD"}
    np.testing.assert_allclose(a["activity_b"], -b["activity_b"])
    np.testing.assert_allclose(a["p_both"], b["p_both"])


@pytest.mark.parametrize(
    ("files", "scopes"),
    [("Brain_A*.csv.gz", 3), pytest.param("*.csv.gz", 7, marks=pytest.mark.slow)],
)
def test_real_files(test_data, tmp_path, files, scopes):
    traits = [f"--trait={t}={test_data('spredixcan', t.lower()) / files}" for t in ("MDD", "PTSD")]
    for name, way in (("one", call), ("two", call_apart)):
        result = way("run", *traits, "--out", tmp_path / name, "--no-gsea", "--no-report")
        assert result.returncode == 0, result.stderr
    for path in (tmp_path / "one").glob("*.tsv"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    directions = pd.read_csv(tmp_path / "one" / "directions.tsv", sep="\t")
    assert directions["scope"].nunique() == scopes
    assert set(directions["effect_scale"]) == {"unit"}


HOMES = [
    (("Whole_Blood", "Liver"), set()),
    (("Brain_Hypothalamus", "Brain_Cerebellum"), {"hypothalamic", "cerebellar"}),
]


def run_in(tissues, tmp_path, *options):
    """A run of one set in two traits that have the genes of the balance in these tissues."""
    extended = pd.read_csv(ROOT / "data/gene_sets/extended.tsv", sep="\t")
    genes = list(dict.fromkeys([*GENES, *extended["gene"]]))
    for k, (trait, tissue) in enumerate((t, s) for t in ("a", "b") for s in tissues):
        table(tmp_path / trait / f"{tissue}_spredixcan.csv", seed=k, genes=genes)
    sets = tmp_path / "one.gmt"
    sets.write_text("\t".join(["one", "", *genes[:40]]) + "\n", encoding="utf-8")
    named = [f"--trait={name}={tmp_path / name.lower()}" for name in ("A", "B")]
    chosen = ["--n-eff", "A=9000", "--n-eff", "B=8000", "--gene-sets", sets, "--no-gsea"]
    result = call("run", *named, *chosen, *options, "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    return tmp_path / "out"


@pytest.mark.parametrize(("tissues", "circuits"), HOMES)
def test_circuits_are_used_where_the_files_have_their_tissues(tmp_path, tissues, circuits):
    rows = pd.read_csv(run_in(tissues, tmp_path, "--no-report") / "balance.tsv", sep="\t")
    assert set(rows.loc[rows["scope_type"] == "circuit", "scope"]) == circuits
    assert rows["fwer"].notna().any() == bool(circuits)
    assert set(rows.loc[rows["scope_type"] == "tissue", "scope"]) == set(tissues)


@pytest.mark.slow
@pytest.mark.parametrize(("tissues", "circuits"), HOMES)
def test_circuits_in_words_and_figure(tmp_path, tissues, circuits):
    out = run_in(tissues, tmp_path)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert ("By circuit: " in report) == bool(circuits)
    assert (out / "figures" / "circuits.svg").exists() == bool(circuits)
    methods = (out / "methods.md").read_text(encoding="utf-8")
    assert ("in each circuit" in methods) == bool(circuits)
