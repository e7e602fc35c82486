"""The planning commands: what they print, write and refuse."""

import json
import shlex
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from pathways.commands import main
from twas.system.program import data_path

POWER = ("power", "--n-eff", "ALS=27205/110881", "--n-eff", "FTD=3526/9402")
WORLD = ("simulate", "--trait", "ALS=87400", "--trait", "FTD=3526/9402", "--tissues", "cortex,cord")


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def done(*args):
    result = call(*args)
    assert result.exit_code == 0, result.output
    return result.output


def refused(code, word, *args):
    result = call(*args)
    assert result.exit_code == code, result.output
    assert word in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["simulate", "power"])
def test_help_imports_nothing_heavy(command):
    code = (
        "import sys, cli\n"
        f"try: cli.main(['{command}', '--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'pandas', 'numpy', 'gseapy', 'matplotlib', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_power_needs_no_matplotlib_to_print():
    code = (
        "import sys, cli\n"
        "try: cli.main(['power', '--n-eff', 'A=50000', '--effect', '0.01'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "assert not {'gseapy', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_power_prints_a_table_and_what_it_means():
    text = done(*POWER, "--effect", 0.002, "--effect", 0.004, "--rg", "ALS,FTD=0.64")
    assert "called opposite" in text
    assert "FTD would need an N_eff of" in text
    assert "50 tested members in 30 loci" in text


def test_power_of_a_shipped_set_written_as_files(tmp_path):
    out = tmp_path / "power"
    options = (*POWER, "--pathway", "complement", "--effect", 0.004, "--out", out)
    assert "complement" in done(*options)
    table = pd.read_csv(out / "power.tsv", sep="\t")
    assert set(table["test"]) == {"direction", "opposite", "concordant", "difference"}
    assert (out / "power.svg").stat().st_size > 1000
    before = (out / "power.tsv").read_bytes()
    refused(2, "--force", *options)
    done(*options, "--force")
    assert (out / "power.tsv").read_bytes() == before


def test_power_as_json():
    content = json.loads(done(*POWER, "--effect", 0.004, "--json"))
    assert content["design"]["genes"] == 50
    assert {row["effect"] for row in content["table"]} == {0.004}
    one = json.loads(done("power", "--n-eff", "A=50000", "--effect", 0.004, "--json"))
    assert {row["test"] for row in one["table"]} == {"direction"}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("power",), "--n-eff"),
        (("power", "--n-eff", "A=-5"), "n_eff"),
        ((*POWER, "--n-eff", "PD=5"), "--n-eff"),
        ((*POWER, "--n-eff", "FTD=5"), "twice"),
        ((*POWER, "--loci", "5"), "--loci"),
        ((*POWER, "--loci", "51"), "--loci"),
        ((*POWER, "--pathway", "mtor", "--genes", "9"), "--pathway"),
        ((*POWER, "--pathway", "mtro"), "mtor"),
        ((*POWER, "--covered", "0.5"), "--pathway"),
        ((*POWER, "--overlap", "ALS,PD=0.1"), "--overlap"),
        ((*POWER, "--overlap", "ALS=0.1"), "--overlap"),
        ((*POWER, "--rg", "ALS,FTD=2"), "--rg"),
        ((*POWER, "--effect", "0"), "--effect"),
        ((*POWER, "--true-sets", "21"), "--true-sets"),
        ((*POWER, "--dispersion", "PD=1.3"), "--dispersion"),
        ((*POWER, "--dispersion", "ALS=wide"), "--dispersion"),
        ((*WORLD,), "--out"),
        ((*WORLD, "--out", "x", "--plant", "ALS=0.1"), "--plant"),
        ((*WORLD, "--out", "x", "--plant", "PD:mtor=0.1"), "PD"),
        ((*WORLD, "--out", "x", "--plant", "ALS:mtro=0.1"), "mtor"),
        ((*WORLD, "--out", "x", "--plant", "ALS:mtor=nan"), "--plant"),
        ((*WORLD, "--out", "x", "--rg", "ALS,PD=0.1"), "--rg"),
        ((*WORLD, "--out", "x", "--polygenic", "PD=0.1"), "PD"),
        ((*WORLD, "--out", "x", "--trait", "ALS=5"), "twice"),
        ((*WORLD, "--out", "x", "--format", "magma"), "--format"),
    ],
)
def test_options_at_fault(options, word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(2, word, *options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "file_format", ["spredixcan", pytest.param("fusion", marks=pytest.mark.slow)]
)
def test_simulated_files_can_be_run(file_format, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plant = ("--plant", "ALS:mtor=0.01", "--plant", "FTD:mtor=-0.02")
    related = ("--rg", "ALS,FTD=0.6", "--overlap", "ALS,FTD=0.02", "--polygenic", "0.001")
    options = (*WORLD, *plant, *related, "--format", file_format, "--seed", 3)
    printed = done(*options, "--out", "my world").strip()
    words = shlex.split(printed)
    assert words[:2] == ["twas-divergence", "run"]
    assert "ALS,FTD=0.02" in words
    done(*words[1:], "--no-report", "--no-gsea", "--quiet")
    calls = pd.read_csv("results/divergence.tsv", sep="\t")
    mtor = calls[(calls["scope"] == "combined") & (calls["pathway"] == "mtor")].iloc[0]
    assert mtor["call"] == "opposite"
    assert mtor["activity_a"] > 0 > mtor["activity_b"]
    # The folder says how to run it from inside.
    assert shlex.join(words[:2]) in (tmp_path / "my world" / "README.md").read_text()


def test_simulate_says_the_truth_and_repeats_its_bytes(tmp_path):
    options = (*WORLD, "--plant", "ALS:complement=0.004", "--seed", 5)
    for name in ("one", "two"):
        done(*options, "--out", tmp_path / name)
    files = sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 7
    for path in files:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes()
    truth = pd.read_csv(tmp_path / "one" / "truth.tsv", sep="\t")
    core = pd.read_csv(data_path("gene_sets", "core.tsv"), sep="\t")
    roles = core[(core["pathway"] == "complement") & (core["role"] != 0)]
    roles = roles.set_index("gene")["role"]
    assert set(truth["symbol"]) == set(roles.index)
    np.testing.assert_allclose(truth["effect"], 0.004 * truth["symbol"].map(roles))
    assert truth["n_tissues"].between(0, 2).all()
    other = call(*WORLD, "--out", tmp_path / "one")
    assert other.exit_code == 2
    assert "--force" in other.output
    done(*WORLD, "--out", tmp_path / "one", "--force")
    assert not pd.read_csv(tmp_path / "one" / "truth.tsv", sep="\t").size
