"""Files that have always been read right, or refused for the right reason."""

import pytest
from case_runs import call, cases, refused


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("P01", ("FUSION  Blood      9      8   100%", "1 rows have no gene")),
        (
            "P03",
            (
                "FPP52.assn and NB_11.assn",
                "FPP_11.assn.csv: 24 rows of a file with the same content as FPP52.assn.csv were "
                "dropped",
            ),
        ),
        ("P04_individual.txt", ("S-PrediXcan  unknown    24     24   100%", "10.5")),
        ("P08_print.txt", ("table   unknown    24     24   100%",)),
        ("P09_utf16.txt", ("S-PrediXcan  unknown    24     24   100%",)),
    ],
)
def test_read(case, words):
    result = call("inspect", cases(case))
    assert result.returncode == 0, result.stderr
    for word in words:
        assert word in result.stdout


def test_splicing_is_refused():
    refused(call("inspect", cases("P07_sqtl.smr")), 1, "splicing models only", "--splicing")


def test_genes_chosen_by_conditional_analysis_are_refused():
    words = ("FUSION post-processing", "no background", "Give the .dat file")
    refused(call("inspect", cases("P11_joint_included.dat")), 1, *words)


def test_entrez_ids_of_a_gmt_are_converted():
    result = call("gene-sets", "check", cases("P10_entrez.gmt"))
    assert result.returncode == 0, result.stderr
    assert "6 names of set members are Entrez ids and were converted" in result.stdout + (
        result.stderr
    )
    assert "SET_A\t3" in result.stdout
