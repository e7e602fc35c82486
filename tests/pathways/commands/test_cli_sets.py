"""Gene sets, blocks and registries that people really bring, on the command line.

The inputs of the shared cases have known answers; beside each kind stands one of our own.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from pathways.commands import main

ROOT = Path(__file__).resolve().parents[3]
CASES = Path(os.environ.get("TWAS_TEST_CASES", ROOT.parent / "shared" / "cases"))


def case(name):
    if not (CASES / name).exists():
        pytest.skip(f"case {name} not found; set TWAS_TEST_CASES")
    return CASES / name


def call(*args):
    return CliRunner().invoke(main, list(map(str, args)))


def check(path):
    return call("gene-sets", "check", path)


def refused(result, *words, code=1):
    errors = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    assert result.exit_code == code, result.output
    assert len(errors) == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    for word in words:
        assert word in errors[0], errors[0]


def run(out, *more):
    """The base case of two traits, with further options."""
    a, b = case("base/a"), case("base/b")
    return call(
        *("run", "--trait", f"A={a}", "--trait", f"B={b}", "--out", out, "--no-report"),
        *("--no-gsea", "--n-eff", "A=87400", "--n-eff", "B=10300", *more),
    )


def mtor(out):
    table = pd.read_csv(out / "divergence.tsv", sep="\t", keep_default_na=False)
    return table[(table["pathway"] == "mtor") & (table["scope"] == "combined")].iloc[0]


def sizes(result):
    lines = result.output.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("Sets: "))
    header, *rows = (line.split("\t") for line in lines[start + 1 :])
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows if len(row) == 8}


@pytest.mark.parametrize(
    ("name", "n", "plus", "minus"),
    [
        ("F01_network_mor.csv", 6, 2, 4),
        ("F03_regulons.txt", 4, 2, 2),
        ("F06_gene_list.txt", 5, 5, 0),
    ],
)
def test_tables_and_lists_are_read_with_their_signs(name, n, plus, minus):
    result = check(case(name))
    assert result.exit_code == 0, result.output
    (found,) = sizes(result).values()
    assert (found["n_genes"], found["n_plus"], found["n_minus"]) == (str(n), str(plus), str(minus))


def test_a_plain_list_is_named_after_its_file():
    assert set(sizes(check(case("F06_gene_list.txt")))) == {"F06_gene_list"}


def test_a_network_with_mor_is_as_good_as_the_shipped_set(tmp_path):
    result = run(tmp_path / "out", "--gene-sets", case("c02_mor/net.csv"))
    assert result.exit_code == 0, result.output
    row = mtor(tmp_path / "out")
    assert (round(float(row["activity_a"]), 6), row["call"]) == (0.003937, "opposite")


def test_omnipath_and_signor_networks_give_the_same_answer(tmp_path):
    net = pd.read_csv(case("c02_mor/net.csv"))
    words = {1: "up-regulates quantity", -1: "down-regulates activity"}
    omnipath = pd.DataFrame(
        {
            "source": "P1",
            "target": "P2",
            "source_genesymbol": "mtor",
            "target_genesymbol": net["target"],
            "is_directed": 1,
            "is_stimulation": (net["mor"] > 0).astype(int),
            "is_inhibition": (net["mor"] < 0).astype(int),
        }
    )
    signor = pd.DataFrame(
        {"ENTITYA": "mtor", "ENTITYB": net["target"], "EFFECT": net["mor"].map(words)}
    )
    for name, frame in (("omnipath", omnipath), ("signor", signor)):
        path = tmp_path / f"{name}.tsv"
        frame.to_csv(path, sep="\t", index=False)
        result = run(tmp_path / name, "--gene-sets", path)
        assert result.exit_code == 0, result.output
        row = mtor(tmp_path / name)
        assert (round(float(row["activity_a"]), 6), row["call"]) == (0.003937, "opposite")


def test_results_are_no_gene_sets(tmp_path):
    refused(check(case("F05_fuma_GS.txt")), "F05_fuma_GS.txt", "Category, GeneSet, N_genes")
    path = tmp_path / "enrichr.gmt"
    path.write_text("Term\tOverlap\tP-value\tGenes\nx\t1/9\t0.5\tMTOR;TSC1\n")
    refused(check(path), "enrichr.gmt", "Term, Overlap, P-value, Genes")


def test_signs_that_are_not_read_are_named(tmp_path):
    path = tmp_path / "net.csv"
    path.write_text("source,target,mode_of_action\ns,MTOR,1\ns,TSC1,-1\n")
    refused(check(path), "column 'mode_of_action' holds signs and is not read")
    refused(run(tmp_path / "out", "--gene-sets", path), "column 'mode_of_action' holds signs")


def test_json_is_refused_with_the_way_out(tmp_path):
    words = ("msigdb.json", "JSON is not read; give the GMT")
    refused(run(tmp_path / "out", "--gene-sets", case("c23_json/msigdb.json")), *words)
    path = tmp_path / "sets.gmt"
    path.write_text('[{"name": "x", "genes": ["MTOR"]}]')
    refused(check(path), "JSON is not read; give the GMT")
    assert not (tmp_path / "out").exists()


def test_a_gene_as_description_is_said(tmp_path):
    path = tmp_path / "a.gmt"
    path.write_text("one\tMTOR\tTSC1\tULK1\n")
    result = check(path)
    assert "warning: 1 sets have a gene symbol as their description" in result.stderr


def test_missing_names_are_counted(tmp_path):
    result = check(case("odd/na_nan.gmt"))
    refused(result, "2 names are unresolved")
    path = tmp_path / "missing.gmt"
    path.write_text("s\t\tNULL\tNone\tNA\tMTOR\n")
    refused(check(path), "3 names are unresolved")


def test_entrez_gmt_stays():
    result = check(case("P10_entrez.gmt"))
    assert {row["n_genes"] for row in sizes(result).values()} == {"3"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("firstbad", ("line 1", "start")),
        ("float", ("line 1", "whole bases")),
        ("inf", ("line 1", "whole bases")),
        ("neg", ("line 1", "whole bases")),
        ("trunc", ("cut off or damaged",)),
    ],
)
def test_bad_blocks_are_refused_with_file_and_line(tmp_path, name, words):
    (path,) = case("odd").glob(f"blk_{name}.bed*")
    refused(run(tmp_path / "out", "--blocks", path, "--blocks-build", "38"), path.name, *words)


def test_chromosomes_of_blocks_by_any_name(tmp_path):
    text = case("odd/blk_Chr.bed").read_text()
    plain = tmp_path / "plain.bed.gz"
    plain.write_bytes(gzip.compress(text.replace("Chr", "").replace(" ", "").encode()))
    for name, path in (("a", case("odd/blk_Chr.bed")), ("b", plain)):
        result = run(tmp_path / name, "--blocks", path, "--blocks-build", "38")
        assert result.exit_code == 0, result.output
    one, two = (mtor(tmp_path / name) for name in "ab")
    assert one["n_blocks"] == two["n_blocks"] > 20
    assert one.drop("top_block").equals(two.drop("top_block"))


def test_blocks_of_build_37_are_refused(tmp_path):
    path = tmp_path / "b.bed"
    path.write_text("1\t1\t2\n")
    refused(run(tmp_path / "o", "--blocks", path, "--blocks-build", "37"), "GRCh38", code=2)


def test_registries_with_faults_are_told_line_by_line(tmp_path):
    result = call("hypotheses", "check", case("odd/hyp_ids.toml"))
    refused(result, "14 problems")
    assert "entry 1: id must be text, not [1]" in result.output
    for name, text in {
        "deep.toml": "x = " + "[" * 100_000,
        "cut.toml": '[[hypothesis]]\nid = "a',
        "table.toml": '[[hypothesis]]\nid = {a = 1}\n[[hypothesis]]\nid = "x"\n',
        "kind.toml": "hypothesis = 3\n",
    }.items():
        path = tmp_path / name
        path.write_text(text)
        refused(call("hypotheses", "check", path), "problem")
        refused(run(tmp_path / "out", "--hypotheses", path), name)


def test_anything_unexpected_is_one_line_and_a_traceback_on_demand(tmp_path, monkeypatch):
    import pathways.gene_sets

    def broken(_):
        raise KeyError("boom\x1b[31m")

    monkeypatch.setattr(pathways.gene_sets, "check_gene_sets", broken)
    result = check("x.gmt")
    refused(result, "unexpected error (KeyError: 'boom\\x1b[31m')", "--debug")
    assert "Traceback" not in result.output
    for args in (["--debug", "gene-sets", "check", "x"], ["gene-sets", "check", "x", "--debug"]):
        result = call(*args)
        refused(result, "unexpected error")
        assert "Traceback" in result.output
    log = tmp_path / "log.txt"
    refused(call("gene-sets", "check", "x", "--log-file", log), "unexpected error")
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_log_file_holds_steps_and_facts(tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("before\n")
    result = run(tmp_path / "out", "--log-file", log)
    assert result.exit_code == 0, result.output
    text = log.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    for word in ("INFO command: ", "INFO step: reading A", "INFO fact: ", "INFO results: "):
        assert word in text, text
    missing = tmp_path / "no" / "log.txt"
    refused(check("x --log-file"), "neither a shipped collection", code=2)
    refused(call("gene-sets", "list", "--log-file", missing), "cannot be written", code=2)


def test_a_negative_seed_is_a_wrong_option(tmp_path):
    refused(run(tmp_path / "out", "--seed", "-1"), "--seed", code=2)


def test_a_backend_that_does_not_exist_stops_nothing(tmp_path):
    code = (
        "import os, pathways.report.figures, matplotlib as mpl;"
        "print(mpl.rcParams['backend'], os.environ['MPLBACKEND'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "no_such_backend"},
        check=True,
    )
    assert result.stdout.lower().split() == ["agg", "no_such_backend"]
