"""The gene reference: the written contract, and facts that can be checked elsewhere."""

import gzip
import hashlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from twas.genes import reference
from twas.system.program import data_path

DATABASE = Path("/usr/lib/R/site-library/org.Hs.eg.db/extdata/org.Hs.eg.sqlite")


def test_contract():
    table = reference.load()
    assert tuple(table.columns) == reference.COLUMNS
    assert table["gene"].is_unique
    assert table["symbol"].is_unique
    assert table["entrez"].is_unique
    ids = table["ensembl_id"]
    assert ids[ids != ""].is_unique
    assert ids[ids != ""].str.fullmatch(r"ENSG\d{11}").all()
    assert (table["gene"] == ids.where(ids != "", table["symbol"])).all()
    chromosomes = {str(c) for c in range(1, 23)} | {"X", "Y", "MT", ""}
    assert set(table["chrom"]) <= chromosomes
    assert (table["start"].isna() == (table["chrom"] == "")).all()
    assert (table["start"] <= table["end"]).dropna().all()


def test_an_ensembl_id_belongs_to_one_gene():
    table = reference.load()
    secondary = table["secondary_ids"][table["secondary_ids"] != ""].str.split("|").explode()
    assert secondary.is_unique
    assert not secondary.isin(table["ensembl_id"]).any()


@pytest.mark.parametrize(
    ("symbol", "ensembl_id", "entrez", "chrom"),
    [
        ("PPARGC1A", "ENSG00000109819", "10891", "4"),
        ("C9orf72", "ENSG00000147894", "203228", "9"),
        ("C4A", "ENSG00000244731", "720", "6"),
        ("C4B", "ENSG00000224389", "721", "6"),
        ("CD99", "ENSG00000002586", "4267", "X"),
    ],
)
def test_known_genes(symbol, ensembl_id, entrez, chrom):
    row = reference.load().set_index("symbol").loc[symbol]
    assert (row["ensembl_id"], row["entrez"], row["chrom"]) == (ensembl_id, entrez, chrom)


def test_false_duplications_of_21p_are_not_taken():
    table = reference.load().set_index("symbol")
    # CBS, U2AF1 and CRYAA are 21q22.3 genes; GRCh38 also shows them near 6 Mb on 21p.
    assert (table.loc[["CBS", "U2AF1", "CRYAA"], "start"] > 40_000_000).all()


def test_positions_keep_order_and_repeats():
    found = reference.positions(["nothing", "ENSG00000171862", "nothing", "ENSG00000171862"])
    assert found["chrom"].tolist() == ["", "10", "", "10"]
    assert found["start"].isna().tolist() == [True, False, True, False]


def test_in_region():
    table = reference.load()
    inside = reference.in_region(table["gene"], "6", 25_000_000, 34_000_000)
    by_hand = {
        gene
        for gene, chrom, start in zip(table["gene"], table["chrom"], table["start"], strict=True)
        if chrom == "6" and 25_000_000 <= start < 34_000_000
    }
    assert set(table["gene"][inside]) == by_hand
    assert {"C2", "CFB", "C4A", "C4B"} <= set(table["symbol"][inside])


def test_hash_in_readme_is_that_of_the_file():
    packed = data_path("reference", "genes.tsv.gz").read_bytes()
    readme = data_path("reference", "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(packed).hexdigest() in readme
    assert len(packed) < 3_000_000


@pytest.mark.skipif(not DATABASE.exists(), reason="org.Hs.eg.db is not installed")
def test_the_script_builds_the_shipped_file(tmp_path):
    script = Path(__file__).parents[3] / "scripts" / "build_reference.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    built = (tmp_path / "genes.tsv.gz").read_bytes()
    assert gzip.decompress(built) == gzip.decompress(
        data_path("reference", "genes.tsv.gz").read_bytes()
    )


def test_positions_agree_with_chromosomes_of_real_fusion_output(test_data):
    table = pd.read_csv(test_data("fusion", "ukb1160_cmc_mini.dat"), sep=r"\s+")
    genes = reference.load().set_index("symbol")
    shared = table[table["ID"].isin(genes.index)].drop_duplicates("ID").set_index("ID")
    known = genes.loc[shared.index, "chrom"]
    known = known[known != ""]
    assert len(known) > 400
    assert (known == shared.loc[known.index, "CHR"].astype(str)).mean() > 0.98
