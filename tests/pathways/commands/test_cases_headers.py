"""Titles above the header, columns without a name, tables without a header."""

import json

import pytest
from case_runs import call, cases, refused, run

GENES = ("MTOR", "RPTOR", "TSC2", "AKT1", "RHEB")
Z = (0.5, -1.25, 2.0, -0.75, 1.5)


def inspected(*args):
    result = call("inspect", "--json", *args)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def rows(delimiter="\t"):
    return "".join(f"{gene}{delimiter}{z}\n" for gene, z in zip(GENES, Z, strict=True))


def facts_of(found):
    return {fact["topic"]: fact for fact in found["facts"]}


def test_a_title_above_the_header():
    result = call("inspect", cases("F33_title_above.csv"))
    assert result.returncode == 0, result.stderr
    assert "Brain_Cortex    24     24   100%" in result.stdout


@pytest.mark.parametrize(
    "title",
    [
        "Table S1\n",
        "Table S1\tTWAS of ALS\tall genes\n\n",
        "\t\t\t\nTable S1: TWAS\t\t\t\n\t\t\t\n",
    ],
)
def test_titles_of_other_kinds(tmp_path, title):
    path = tmp_path / "a.tsv"
    body = "".join(f"{g}\tx\t{z}\t0.3\n" for g, z in zip(GENES, Z, strict=True))
    path.write_text(f"{title}gene\tnote\tz\tp\n{body}")
    assert "5      5   100%" in call("inspect", path).stdout


def test_a_row_above_a_header_is_no_title(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"MTOR,0.3\ngene,z\n{rows(',')}")
    refused(call("inspect", path), 1, "the first line is no header but a row (MTOR, 0.3)")


@pytest.mark.parametrize("header", ['"","z","p"', "Unnamed: 0,z,p", "...1,z,p", "z,p"])
def test_row_names_of_r_are_genes(tmp_path, header):
    path = tmp_path / "a.csv"
    path.write_text(
        header + "\n" + "".join(f'"{g}",{z},0.5\n' for g, z in zip(GENES, Z, strict=True))
    )
    result = call("inspect", path)
    assert result.returncode == 0, result.stderr
    assert "5      5   100%" in result.stdout


def test_row_names_of_the_case():
    result = call("inspect", cases("F34_genes_are_row_names.csv"))
    assert result.returncode == 0, result.stderr
    assert "24     24   100%" in result.stdout


def test_row_numbers_are_no_genes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"","z"\n' + "".join(f"{i},{z}\n" for i, z in enumerate(Z)))
    refused(call("inspect", path), 1, "no column known as gene")


def test_two_columns_without_a_header():
    folder = cases("c21_rnk")
    refused(call("inspect", folder), 1, "no header but a row (SDF4", "--columns gene=1,z=2")
    result = call("inspect", folder, "--columns", "gene=1,z=2")
    assert result.returncode == 0, result.stderr
    lines = (folder / "A.rnk").read_text().splitlines()
    assert f"{len(lines)}    {len(lines)}" in result.stdout


def test_columns_by_number_of_other_tables(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "# made by hand\n" + "".join(f"1,{z},{g}\n" for g, z in zip(GENES, Z, strict=True))
    )
    assert "5      5   100%" in call("inspect", path, "--columns", "gene=3,z=2").stdout
    # A file with a header is read by its own names.
    named = tmp_path / "b.tsv"
    named.write_text(f"gene\tz\n{rows()}")
    refused(call("inspect", named, "--columns", "gene=1,z=4"), 1, "no such column")
    refused(call("inspect", path, "--columns", "gene=3,z=9"), 1, "--columns")


@pytest.mark.slow
def test_columns_by_number_of_one_trait(tmp_path):
    options = ("--columns", "A:gene=1,z=2")
    result = run(tmp_path / "out", cases("c21_rnk"), cases("base", "b"), *options)
    assert result.returncode == 0, result.stderr
