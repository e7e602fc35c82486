"""What is odd in the input is said by `inspect`, and by `run` on screen and in run.json."""

import json

import numpy as np
import pandas as pd
import pytest
from case_runs import call, cases, is_base, refused, run

from twas.genes import reference


def told(out):
    """Notes and warnings of a run, as run.json has them."""
    return json.loads((out / "run.json").read_text())["warnings"]


@pytest.mark.slow
def test_rows_and_files_that_are_left_out_are_counted(tmp_path):
    b = cases("base", "b")
    refused(run(tmp_path / "out", cases("c17_empty_tissue"), b), 1, "no rows", "--skip-empty")
    refused(run(tmp_path / "out", cases("c19_one_inf"), b), 1, "infinite", "--drop-infinite")
    result = run(tmp_path / "a", cases("c17_empty_tissue"), b, "--skip-empty")
    assert result.returncode == 0, result.stderr
    is_base(tmp_path / "a")
    assert any("holds a header but no rows" in line for line in told(tmp_path / "a"))
    result = run(tmp_path / "b", cases("c19_one_inf"), b, "--drop-infinite")
    assert result.returncode == 0, result.stderr
    assert any("1 rows with an infinite z were left out (line" in x for x in told(tmp_path / "b"))


@pytest.mark.slow
def test_ids_that_are_floats_and_a_row_without_a_gene(tmp_path):
    result = run(tmp_path / "out", cases("c13_entrez_float"), cases("base", "b"))
    assert result.returncode == 0, result.stderr
    # Effects are centred over the genes of the pair, of which there is one less.
    is_base(tmp_path / "out", digits=5)
    assert "1 rows have no gene; name it or remove them (line 2)" in result.stderr


def test_z_that_does_not_vary(tmp_path):
    refused(run(tmp_path / "out", cases("c10_zero"), cases("base", "b")), 1, "z does not vary")


@pytest.mark.parametrize(("zeros", "told"), [(4, False), (7, False), (8, True), (40, True)])
def test_missing_values_written_as_0_are_told(tmp_path, zeros, told):
    """One in fifty is more than real tables have; beyond chance somebody wrote 0 for "missing"."""
    genes = reference.load().query("ensembl_id != '' and chrom == '1'")["ensembl_id"][:100]
    z = np.random.default_rng(8).normal(size=100)
    z[:zeros] = 0
    file = tmp_path / "Brain_Cortex.csv"
    pd.DataFrame({"gene": genes, "zscore": z}).to_csv(file, index=False)
    result = call("inspect", file)
    said = f"{zeros} rows have a z of exactly 0 ({zeros}% of those of Brain_Cortex); if missing"
    assert result.returncode == 0, result.stderr
    assert (said in result.stdout) is told
    assert ("exactly 0" in result.stdout) is told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("F44/als_hits.csv", "F44/ftd.csv", "A: 24 z, all there are, lie beyond ±4.00: a list"),
        ("c03_filtered", "c03_filtered_b", "B: 272 z, all there are, lie beyond ±0.68: a list"),
        ("F43/als", "F43/ftd", "1 of 3 tissues are common to A and B (Brain_Cortex)"),
        ("F41/als", "F41/ftd", "files of Brain_Cortex may be of different models"),
        ("c18_mouse_a", "c18_mouse_b", "symbols match a human gene by case only"),
        ("F36_symbols_shuffled.csv", "base/b", "24 of 24 rows looked at name one gene by id"),
        ("base/a", "c08_other_tissue_name", "files of Brain_Hypothalamus may be of different"),
    ],
)
def test_a_run_says_what_inspect_says(tmp_path, a, b, words):
    result = run(tmp_path / "out", cases(a), cases(b))
    assert result.returncode == 0, result.stderr
    assert words in result.stderr
    assert any(words in line for line in told(tmp_path / "out"))


@pytest.mark.slow
def test_two_lone_files_without_a_tissue_name_are_of_one_tissue(tmp_path):
    result = run(tmp_path / "out", cases("F46", "als.csv"), cases("F46", "ftd.csv"))
    assert result.returncode == 0, result.stderr
    lines = (tmp_path / "out" / "divergence.tsv").read_text().splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]
    assert {row["scope"] for row in rows} == {"combined", "unknown"}
    directions = (tmp_path / "out" / "directions.tsv").read_text()
    assert "per_sqrt_n" in directions
    assert "unit" not in directions
    assert any(row["p_difference"] for row in rows)


def test_the_other_strand():
    minus = call("inspect", cases("strand", "Brain_Cortex_minus_spredixcan.csv"))
    assert (
        "the median share used is 31% of a model's SNPs; is the GWAS on the other" in minus.stdout
    )
    plus = call("inspect", cases("strand", "Brain_Cortex_plus_spredixcan.csv"))
    assert "warning" not in plus.stdout


def test_symbols_that_were_sorted_alone():
    result = call("inspect", cases("F36_symbols_shuffled.csv"))
    assert "24 of 24 rows looked at name one gene by id and another by symbol" in result.stdout


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("F30_blanks_in_names.tsv", "als.best.zscore"),
        ("F32_z_called_otherwise.csv", "Z score PWAS"),
    ],
)
def test_columns_seen_are_listed(case, words):
    refused(call("inspect", cases(case)), 1, "no column known as z", words, "--columns")
