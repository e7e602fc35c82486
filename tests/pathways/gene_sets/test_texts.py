"""What a text of gene sets is, is known by its content."""

import json

import pandas as pd
import pytest

from pathways.gene_sets import load_gene_sets
from twas.errors import DataError, UsageError
from twas.reading.content import harmless, is_harmless

GMT = "one\t\tMTOR\tTSC1\ntwo\thttp://x\tULK1\n"
NET = "tf\tconfidence\ttarget\tmor\nA\tB\tMTOR\t1\nA\tB\tTSC1\t-1\n"


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def members(sets):
    return {
        name: dict(zip(part["symbol"], part["role"], strict=True))
        for name, part in sets.table.groupby("pathway", sort=False)
    }


@pytest.mark.parametrize("name", ["a.gmt", "a.txt", "a.tsv", "a", "a.grp"])
def test_the_ending_decides_nothing(tmp_path, name):
    expected = {"one": {"MTOR": 1, "TSC1": 1}, "two": {"ULK1": 1}}
    assert members(load_gene_sets(write(tmp_path, name, GMT))) == expected
    assert members(load_gene_sets(write(tmp_path, name, NET))) == {"A": {"MTOR": 1, "TSC1": -1}}
    commented = "# from a tool\n" + NET
    assert members(load_gene_sets(write(tmp_path, name, commented)))["A"]["TSC1"] == -1


def test_gmx_is_a_gmt_on_its_side(tmp_path):
    text = "one\ttwo\n\thttp://x\nMTOR\tULK1\nTSC1\t\n"
    expected = members(load_gene_sets(write(tmp_path, "a.gmt", GMT)))
    assert members(load_gene_sets(write(tmp_path, "a.gmx", text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "MTOR\nTSC1\nULK1\n",
        "Gene\r\nMTOR\r\nTSC1\r\nULK1",
        '"gene"\n"MTOR"\n"TSC1"\n"ULK1"\n',
        "# my list\nMTOR\nTSC1\nULK1\n",
        "MY_SET\n> remarks\nMTOR\nTSC1\nULK1\n",
        "MTOR,\nTSC1,\nULK1\n",
        "2475\n7248\n8408\n",
        "2475.0\n7248.0\n8408.0\n",
        "ENSG00000198793.5\nENSG00000165699\nENSG00000177169\n",
    ],
)
@pytest.mark.parametrize("ending", ["txt", "gmt", "csv"])
def test_a_plain_list_is_one_set_named_after_the_file(tmp_path, text, ending):
    sets = load_gene_sets(write(tmp_path, f"hits.{ending}", text))
    assert members(sets) == {"hits": {"MTOR": 1, "TSC1": 1, "ULK1": 1}}
    assert sets.quality.count("plain_list") == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps({"SET": {"geneSymbols": ["MTOR"]}}), "JSON is not read; give the GMT"),
        (json.dumps({"SET": ["MTOR"]}, indent="\t"), "JSON is not read; give the GMT"),
        ('["MTOR", "TSC1"]', "JSON is not read; give the GMT"),
        ('<?xml version="1.0"?>\n<MSIGDB/>\n', "XML is not read; give the GMT"),
        ("!gaf-version: 2.2\nUniProtKB\tP1\tMTOR\n", "annotation files"),
        ("apple\npear\n", "none of them a human gene"),
        (
            "Term,Overlap,P-value,Genes\nx,3/9,0.01,MTOR;ULK1\n",
            "columns are Term, Overlap, P-value",
        ),
        (
            "Category\tGeneSet\tp\tadjP\tgenes\nGO\tS\t1\t1\tMTOR:ULK1\n",
            "columns are Category, Gene",
        ),
        (
            "ID\tDescription\tGeneRatio\tpvalue\tgeneID\nGO:1\td\t1/9\t.1\tMTOR/ULK1\n",
            "columns are",
        ),
        ("s\tMTOR\t1\ns\tTSC1\t-1\n", "line 2 holds -1 in the place of a gene"),
        ("s\tx\tMTOR\t0.05\n", "line 1 holds 0.05"),
        ("AATF\tBAX\tActivation\t1\nAATF\tTP53\tRepression\t2\n", "line 2 holds Repression"),
        ("s\t\tMTOR,1.0\tTSC1,-0.5\n", "line 1 holds TSC1,-0.5"),
        ("pathway,gene\nx,MTOR;TSC1\ny,ULK1/AKT1\n", "holds several genes in column 'gene'"),
    ],
)
@pytest.mark.parametrize("ending", ["gmt", "txt", "csv"])
def test_what_is_no_collection_is_refused(tmp_path, text, message, ending):
    with pytest.raises(DataError, match=message) as error:
        load_gene_sets(write(tmp_path, f"bad.{ending}", text))
    assert str(error.value).startswith("bad.")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("signs", [("1", "-1"), ("activates", "inhibits"), ("-->", "--|")])
@pytest.mark.parametrize("ending", ["sif", "gmt", "txt"])
def test_a_network_without_a_header_is_told_to_have_one(tmp_path, signs, ending):
    """CARNIVAL and Cytoscape write source, interaction, target; the sign is no description."""
    text = f"A\t{signs[0]}\tMTOR\nA\t{signs[1]}\tTSC1\n"
    with pytest.raises(DataError, match="in the place of the description; for a network write"):
        load_gene_sets(write(tmp_path, f"net.{ending}", text))
    headed = write(tmp_path, f"headed.{ending}", "source\tinteraction\ttarget\n" + text)
    assert members(load_gene_sets(headed)) == {"A": {"MTOR": 1, "TSC1": -1}}


def test_a_gene_in_the_place_of_the_description_is_warned_of(tmp_path):
    sets = load_gene_sets(write(tmp_path, "a.gmt", "one\tMTOR\tTSC1\tULK1\ntwo\tx\tMTOR\n"))
    (fact,) = sets.quality.warnings
    assert (fact.topic, fact.count) == ("gene_as_description", 1)
    assert "MTOR of one" in fact.message


def test_missing_names_are_unknown_members(tmp_path):
    sets = load_gene_sets(write(tmp_path, "a.gmt", "s\tx\tNaN\tTP53\tNA\tnan\tAKT1\tNULL\n"))
    assert sets.table["symbol"].tolist() == ["NaN", "TP53", "NA", "nan", "AKT1", "NULL"]
    assert sets.quality.count("members_unknown") == 4


@pytest.mark.parametrize("bad", ["\x1b[31mred", "a\u202eb", "x\x07", "\x9b1m", "\udcff"])
def test_names_cannot_act_on_a_terminal(tmp_path, bad):
    sets = load_gene_sets({bad: ["MTOR", f"G{bad}"]})
    for text in (*sets.pathways, *sets.table["gene"], *sets.table["symbol"]):
        assert is_harmless(text)
        text.encode()
    cells = {"source": [bad], "target": ["MTOR"], "mor": [1], "note": [bad]}
    frame = pd.DataFrame(cells, dtype=object)
    table = load_gene_sets(frame).table
    assert is_harmless("".join(table[["pathway", "note"]].iloc[0]))


def test_harmless_keeps_what_is_harmless():
    for text in ("MTOR", "ÄÖ ü", "日本", "a b", "", "\u200b", "−1"):
        assert harmless(text) == text
    assert harmless("a\tb\r\nc\u2028d") == "a b  c d"
    assert harmless("\x1b[0m\x00\x7f\udc80") == "\\x1b[0m\\x00\\x7f\\x80"


@pytest.mark.parametrize("source", [5, None, ["MTOR", "TSC1"], ("core",)])
def test_a_source_of_another_kind_is_told_what_to_pass(source):
    with pytest.raises(UsageError, match="a name, a file, a DataFrame or a mapping, not "):
        load_gene_sets(source)
