"""The command `atlas`."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import pathways
from pathways.commands import main


@pytest.fixture
def manifest(tmp_path, placed_genes):
    """Three traits in files, the last of them damaged."""
    genes = placed_genes[::10]
    rng = np.random.default_rng(3)
    for k in range(3):
        frame = pd.DataFrame({"gene": genes, "z": rng.normal(size=len(genes))})
        frame.to_csv(tmp_path / f"t{k}.tsv", sep="\t", index=False)
    (tmp_path / "t2.tsv").write_text("gene\tz\nC4A\tinf\n")
    rows = [f"T{k}\tt{k}.tsv\t10000" for k in range(3)]
    path = tmp_path / "m.tsv"
    path.write_text("\n".join(["trait\tpath\tn_eff", *rows]) + "\n")
    (tmp_path / "s.gmt").write_text(
        "\n".join(f"s{k}\t\t" + "\t".join(genes[k : k + 30]) for k in range(3))
    )
    return path


def call(*args):
    return CliRunner().invoke(main, ["atlas", *map(str, args)])


def test_a_damaged_trait_ends_with_1_and_the_rest_is_there(manifest, tmp_path):
    sets, out = tmp_path / "s.gmt", tmp_path / "out"
    found = call(manifest, "--out", out, "--gene-sets", sets, "--workers", 0)
    assert found.exit_code == 1
    assert "failed: T2: t2.tsv" in found.stderr
    assert "no ancestry" in found.stderr
    assert "… testing 100%" in found.stderr
    assert "2 tasks done, 0 not" in found.stdout
    assert len(pathways.read_atlas(out).correlations) == 1
    # Off a terminal: a line at the start and end of a step, else one a minute.
    assert found.stderr.count("… testing") == 2


def test_chunks(manifest, tmp_path):
    sets, out = tmp_path / "s.gmt", tmp_path / "out"
    for share in ("1/2", "2/2"):
        call(manifest, "--out", out, "--gene-sets", sets, "--chunk", share)
    assert len(list((out / "parts").glob("*.parquet"))) == 3
    wrong = call(manifest, "--out", out, "--gene-sets", sets, "--chunk", "3/2")
    assert wrong.exit_code == 2
    assert "K/N" in wrong.stderr


def test_usage(manifest, tmp_path):
    found = call(manifest, "--out", tmp_path / "out", "--against", "X")
    assert found.exit_code == 2
    assert "--against names trait 'X'" in found.stderr
    assert not (tmp_path / "out").exists()
    found = call(tmp_path / "none.tsv", "--out", tmp_path / "out")
    assert found.exit_code == 1
    assert "none.tsv" in found.stderr


def test_background_and_config(manifest, tmp_path, placed_genes):
    known = placed_genes[::10]
    (tmp_path / "known.txt").write_text("\n".join(known[: len(known) // 2]) + "\n")
    (tmp_path / "c.toml").write_text('background = "known.txt"\nworkers = 0\n')
    options = ["--gene-sets", tmp_path / "s.gmt", "--config", tmp_path / "c.toml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        call(manifest, "--out", tmp_path / "out", *options)
    (row,) = pathways.read_atlas(tmp_path / "out").correlations.itertuples()
    assert row.n_genes == len(known) // 2
