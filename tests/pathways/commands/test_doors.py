"""Standard input, a background, links and files that are passed over, sizes beyond reason."""

import gzip
import json
import os

import numpy as np
import pandas as pd
import pytest
from case_runs import call, cases, refused, run

from twas.reading import content

TEXT = "gene\tz\nMTOR\t0.5\nRPTOR\t-1.25\nTSC2\t2.0\nAKT1\t-0.75\nRHEB\t1.5\n"


def inspected(*args, **kwargs):
    result = call("inspect", "--json", *args, **kwargs)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_standard_input_is_a_file():
    (file,) = inspected("A=-", stdin=TEXT.encode())["files"]
    assert (file["genes_with_z"], file["tissue"]) == (5, "unknown")
    (file,) = inspected("-", stdin=gzip.compress(TEXT.encode()))["files"]
    assert file["genes_with_z"] == 5


def test_empty_standard_input():
    refused(call("inspect", "-", stdin=b""), 1, "standard input: is empty")


@pytest.mark.slow
def test_standard_input_of_a_run(tmp_path):
    (path,) = cases("base", "b").glob("*")
    result = call(
        *("run", "--trait", "B=-", "--out", tmp_path / "out", "--no-report", "--no-gsea"),
        stdin=path.read_bytes(),
    )
    assert result.returncode == 0, result.stderr
    (file,) = json.loads((tmp_path / "out" / "run.json").read_text())["inputs"]
    assert file["name"] == "standard input"


@pytest.mark.slow
def test_a_background_restricts_the_universe(tmp_path):
    a, b = cases("base", "a"), cases("base", "b")
    (path,) = a.glob("*")
    genes = pd.read_csv(path)["gene"].iloc[::2]
    background = tmp_path / "expressed.txt"
    background.write_text("\n".join([*genes, "ENSG00000000000"]) + "\n")
    result = run(tmp_path / "out", a, b, "--background", background)
    assert result.returncode == 0, result.stderr
    assert f"{len(genes):,} of {2 * len(genes):,} genes are in the background expressed" in (
        result.stderr
    )
    table = pd.read_csv(tmp_path / "out" / "gene_divergence.tsv", sep="\t")
    assert len(table) <= len(genes)
    refused(run(background.parent, a, b, "--background", background, "--force"), 2)
    assert background.exists()


def test_no_gene_in_the_background(tmp_path):
    background = tmp_path / "other.txt"
    background.write_text("OR4F5\nOR4F29\n")
    result = run(
        tmp_path / "out", cases("base", "a"), cases("base", "b"), "--background", background
    )
    refused(result, 1, "none of its genes is in other")


def test_links_that_lead_nowhere_and_files_that_hold_no_table(tmp_path):
    (tmp_path / "a.tsv").write_text(TEXT)
    (tmp_path / "gone.tsv").symlink_to(tmp_path / "nothing.tsv")
    (tmp_path / "loop.tsv").symlink_to(tmp_path / "loop.tsv")
    (tmp_path / "plot.png").write_bytes(b"x")
    found = inspected(tmp_path)
    (warning,) = found["warnings"]
    assert "2 links lead nowhere and were passed over: gone.tsv, loop.tsv" in warning
    (note,) = found["notes"]
    assert "1 passed over, being no table: plot.png" in note
    refused(call("inspect", tmp_path / "loop.tsv"), 1, "a link that leads nowhere")


@pytest.mark.parametrize("z", ["1e160", "-12345.5"])
def test_z_beyond_reason(tmp_path, z):
    path = tmp_path / "a.tsv"
    path.write_text(f"{TEXT}TSC1\t{z}\n")
    refused(call("inspect", path), 1, "line 7 has a z of", "beyond all reason")


def test_names_cannot_act_on_a_terminal(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text(
        TEXT.replace("z\n", "z\ttissue\tno\x1b[2Jte\n", 1)
        .replace("\n", "\tBrain\x1b[31m\tx\n")
        .replace("no\x1b[2Jte\tBrain\x1b[31m\tx", "no\x1b[2Jte")
    )
    result = call("inspect", path)
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout
    assert r"Brain\x1b[31m" in result.stdout


def test_a_file_name_that_is_no_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/a\xff.tsv"
    with open(path, "w") as file:  # noqa: PTH123
        file.write(TEXT)
    result = call("inspect", tmp_path)
    assert result.returncode == 0, result.stderr
    assert r"a\xff.tsv" in result.stdout


def test_a_cell_without_end(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text(f'{TEXT}"{"A" * 200_000}"\t1\n')
    refused(call("inspect", path), 1, "a.tsv: line 7 holds a cell of more than 131,072 characters")


@pytest.mark.parametrize("name", ["a.tsv.gz", "a.tsv.bz2", "a.tsv.xz", "a.tsv.zst"])
def test_decompression_has_a_limit(tmp_path, monkeypatch, name):
    import bz2
    import lzma

    import zstandard

    monkeypatch.setattr(content, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(content, "CHUNK", 1 << 20)
    pack = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": zstandard.ZstdCompressor().compress,
    }[name.rpartition(".")[2]]
    path = tmp_path / name
    path.write_bytes(pack((TEXT + "\n" * (5 << 20)).encode()))
    refused(call("inspect", path), 1, f"{name}: grows beyond", "--any-size")
    assert inspected(path, "--any-size")["files"][0]["genes_with_z"] == 5


def test_a_table_that_compresses_well_is_read(tmp_path):
    random = np.random.default_rng(1)
    text = "gene\tz\n" + "".join(
        f"ENSG{i:011d}\t{z:.1f}\n" for i, z in enumerate(random.normal(size=9000))
    )
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert inspected(path)["files"][0]["rows"] == 9000


@pytest.mark.parametrize("coded", [False, True])
def test_a_long_text_that_parquet_holds_once_counts_for_each_row(tmp_path, monkeypatch, coded):
    frame = pd.DataFrame({"gene": ["MTOR", "RPTOR", "TSC2"] * 200, "z": 1.5, "note": "x" * 9000})
    frame["kind"] = pd.Categorical([1, 2, 3] * 200)
    path = tmp_path / "a.parquet"
    (frame.astype({"note": "category"}) if coded else frame).to_parquet(path)
    monkeypatch.setattr(content, "MAX_BYTES", 1 << 20)
    refused(call("inspect", path), 1, "a.parquet: grows beyond 1 MiB", "--any-size")
    frame.assign(note="x").to_parquet(path)
    assert "grows beyond" not in call("inspect", path).stderr


def test_parquet_has_the_limit_too(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    # One value for many rows: a page that stays small, and cells that do not.
    frame = pd.DataFrame({"gene": "MTOR", "z": 1.0, "note": 1}, index=range(300_000))
    frame.loc[:4, "gene"] = ["MTOR", "RPTOR", "TSC2", "AKT1", "RHEB"]
    frame.to_parquet(path)
    monkeypatch.setattr(content, "MAX_BYTES", 1 << 20)
    for command in (("inspect",), ("gene-sets", "check"), ("gene-sets", "show")):
        refused(call(*command, path), 1, "a.parquet: grows beyond 1 MiB", "--any-size")
        result = call(*command, path, "--any-size")
        assert "grows beyond" not in result.stderr, result.stderr
    options = ("--plant", "A:x=0.01", "--gene-sets", path, "--out", tmp_path / "out")
    sets = call("simulate", "--trait", "A=900", *options)
    refused(sets, 1, "a.parquet: grows beyond", "--any-size")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 100_000, ("nested too deeply",)),
        ("a.b = 1\na.b.c = 2", ("cannot be read as TOML",)),
        ("x = '\x1b[31m", ("cannot be read as TOML",)),
        ("out = ['a']", ("out holds one text or number, not ['a']",)),
        ("out = 1979-05-27", ("out holds one text or number",)),
        ("seed = {a = 1}", ("seed holds one text or number",)),
        ("trait = [['A=a']]", ("trait holds texts and numbers",)),
        ("out = true", ("out holds one text or number, not True",)),
        ("no-gsea = 1", ("no-gsea is true or false",)),
    ],
)
def test_odd_configs_are_refused_in_one_line(tmp_path, text, words):
    config = tmp_path / "run.toml"
    config.write_text(text)
    refused(call("run", "--config", config), 2, "--config", "run.toml", *words)
    refused(call("run", "--config", tmp_path / "none.toml"), 2, "no such file")
