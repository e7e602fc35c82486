"""`inspect` on the command line, run for real: table, JSON and exit code."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from case_runs import ROOT, call

GENES = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].drop_duplicates().tolist()
FIELDS = {"path", "format", "tissue", "rows", "genes_with_z", "genes_resolved", "warnings"}


def table(path, *, seed=0):
    z = np.random.default_rng(seed).normal(size=len(GENES))
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame({"gene_name": GENES, "zscore": z}).to_csv(path, index=False)
    return path


def test_table_and_json_say_the_same(tmp_path):
    path = table(tmp_path / "Brain_Cortex_spredixcan.csv")
    shown, as_json = call("inspect", path), call("inspect", path, "--json")
    assert shown.returncode == as_json.returncode == 0, shown.stderr + as_json.stderr
    assert shown.stderr == as_json.stderr == ""
    (file,) = json.loads(as_json.stdout)["files"]
    assert file.keys() >= FIELDS
    assert file["path"] == str(path)
    assert (file["format"], file["tissue"], file["rows"]) == (
        "S-PrediXcan",
        "Brain_Cortex",
        len(GENES),
    )
    for word in ("S-PrediXcan", "Brain_Cortex", f"{len(GENES)}"):
        assert word in shown.stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_refused_file_hides_no_other_and_exits_1(tmp_path, options):
    good = table(tmp_path / "Brain.csv")
    bad = tmp_path / "multi.txt"
    bad.write_text("gene\tgene_name\tpvalue\tn\tn_indep\tz_mean\nE\tMTOR\t.1\t3\t2\t1\n")
    result = call("inspect", bad, good, *options)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    (error,) = result.stderr.splitlines()
    assert error.startswith("Error: multi.txt: is S-MultiXcan output")
    if options:
        files = {Path(file["path"]).name: file for file in json.loads(result.stdout)["files"]}
        assert files["Brain.csv"]["genes_with_z"] == len(GENES)
        assert "no sign" in files["multi.txt"]["error"]
        assert files["multi.txt"]["rows"] is None
    else:
        assert "Brain.csv" in result.stdout
        assert "refused: multi.txt" in result.stdout


def test_opposite_traits(tmp_path):
    z = np.random.default_rng(1).normal(size=len(GENES))
    for name, sign in (("als", 1), ("ftd", -1)):
        frame = pd.DataFrame({"gene_name": GENES, "zscore": sign * z})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    result = call("inspect", f"ALS={tmp_path / 'als.csv'}", f"FTD={tmp_path / 'ftd.csv'}")
    assert result.returncode == 0, result.stderr
    assert "ALS / FTD: z correlate -1.00" in result.stdout
    assert "--flip FTD" in result.stdout


@pytest.mark.parametrize(
    ("options", "word"), [([], "PATH"), (["x.csv", "--columns", "foo=a"], "--columns foo")]
)
def test_the_command_line_at_fault(options, word):
    result = call("inspect", *options)
    assert result.returncode == 2
    assert word in result.stderr


def test_real_files(test_data):
    folders = [test_data("spredixcan", name) for name in ("mdd", "ptsd")]
    result = call("inspect", *folders, test_data("fusion"), "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert len(found["files"]) == 13
    assert [file["format"] for file in found["files"]] == ["S-PrediXcan"] * 12 + ["FUSION"]
    assert all(file["genes_resolved"] > 0.9 * file["genes_with_z"] for file in found["files"])
    (pair,) = (p for p in found["correlations"]["groups"] if (p["a"], p["b"]) == ("mdd", "ptsd"))
    assert 0.5 < pair["r"] < 0.56
