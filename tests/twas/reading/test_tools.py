"""Traits from the files of each tool: SMR, FOCUS, splicing models, FUSION with its MHC file."""

import numpy as np
import pandas as pd
import pytest

from twas.errors import DataError
from twas.genes import reference
from twas.traits.trait import read_trait

GENES = reference.load().query("chrom == '1' and ensembl_id != ''").head(60)


def toy():
    z = np.random.default_rng(3).normal(size=len(GENES))
    return pd.DataFrame({"gene": GENES["ensembl_id"].to_numpy(), "tissue": "cortex", "z": z})


def assert_all_counted(trait):
    facts = trait.quality.facts
    dropped = sum(fact.count for fact in facts if fact.topic.startswith("dropped:"))
    assert trait.quality.count("rows_read") == len(trait.table) + dropped


def test_smr_is_another_scale(tmp_path):
    smr = ["probeID", "ProbeChr", "Gene", "b_SMR", "se_SMR", "p_SMR", "p_HEIDI", "nsnp_HEIDI"]
    rows = [["ILMN_1", 10, "PTEN", 0.5, 0.25, 0.0455, 0.2, 12], ["ENSG00000141510", 17, "TP53"]]
    rows[1] += [-0.3, 0.2, 0.1336, np.nan, np.nan]
    pd.DataFrame(rows, columns=smr).to_csv(tmp_path / "Blood.smr", sep="\t", index=False)
    trait = read_trait(tmp_path / "Blood.smr", name="T")
    assert dict(zip(trait.table["symbol"], trait.table["z"], strict=True)) == {
        "PTEN": 2.0,
        "TP53": pytest.approx(-1.5),
    }
    assert set(trait.table["tissue"]) == {"unknown"}
    toy().to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match="different scales"):
        read_trait(tmp_path, name="T")


FOCUS = "block ens_gene_id ens_tx_id mol_name tissue twas_z_pop1 pips_pop1 in_cred_set_pop1"


def write_focus(path, frame, pip):
    rows = [[1, "NULL.MODEL", "NA", "NULL.MODEL", "NA", 0, 0.1, 1]]
    rows += [[1, f"{g}.3", "NA", "x", "cortex", z, pip, 1] for g, z in frame[["gene", "z"]].values]
    pd.DataFrame(rows, columns=FOCUS.split()).to_csv(path, sep="\t", index=False)


def test_focus_adds_pip_but_is_no_background(tmp_path):
    write_focus(tmp_path / "als.focus.tsv", toy().head(3), 0.9)
    with pytest.raises(DataError, match=r"als\.focus\.tsv holds GWAS-hit regions only"):
        read_trait(tmp_path, name="ALS")
    toy().to_csv(tmp_path / "a.csv", index=False)
    trait = read_trait(tmp_path, name="ALS", min_pip=0.5)
    assert len(trait.table) == 60
    assert trait.table["pip"].notna().sum() == 3
    assert_all_counted(trait)
    write_focus(tmp_path / "als.focus.tsv", toy().head(3), 0.2)
    assert len(read_trait(tmp_path, name="ALS", min_pip=0.5).table) == 57


INTRON = "chr20:50942126:50945737:clu_24957:ENSG00000000419.12"


def test_splicing_models(tmp_path):
    frame = pd.DataFrame(
        {
            "gene": ["intron_1_1000_2000", INTRON, "ENSG00000171862.1"],
            "gene_name": ["TP53", "", "PTEN"],
            "zscore": [1.0, -2.0, 3.0],
        }
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    trait = read_trait(tmp_path / "a.csv", name="T")
    assert trait.table["symbol"].tolist() == ["PTEN"]
    assert_all_counted(trait)
    kept = read_trait(tmp_path / "a.csv", name="T", splicing=True)
    assert sorted(kept.table["symbol"]) == ["DPM1", "PTEN", "TP53"]
    assert [fact.topic for fact in kept.quality.warnings] == ["splicing"]
    frame.head(2).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match="splicing models only"):
        read_trait(tmp_path / "a.csv", name="T")


def test_splicing_panels_of_fusion(tmp_path):
    frame = pd.DataFrame(
        {
            "PANEL": ["CMC.BRAIN.RNASEQ", "CMC.BRAIN.RNASEQ_SPLICING"],
            "FILE": ["W/A/CMC.SPLICE.wgt.RDat", "W/B/x.RDat"],
            "ID": ["PTEN", "TP53"],
            "TWAS.Z": [1, -1],
        }
    )
    frame.to_csv(tmp_path / "a.dat", sep="\t", index=False)
    assert read_trait(tmp_path, name="T").table["symbol"].tolist() == ["PTEN"]


def test_fusion_with_its_mhc_file(tmp_path):
    columns = ["PANEL", "ID", "TWAS.Z"]
    rows = pd.DataFrame([["P", "PTEN", 1.0], ["P", "ULK1", 0.5]], columns=columns)
    rows.to_csv(tmp_path / "a.dat", sep="\t")
    mhc = pd.DataFrame([["P", "C4A", -2.0], ["P", "C2", 1.0]], columns=columns)
    mhc.to_csv(tmp_path / "a.dat.MHC", sep="\t")
    for given_path in (tmp_path, tmp_path / "a.dat", str(tmp_path / "*")):
        trait = read_trait(given_path, name="T")
        assert sorted(trait.table["symbol"]) == ["C2", "C4A", "PTEN", "ULK1"]
        assert not trait.quality.warnings
    (tmp_path / "a.dat.MHC").unlink()
    assert [f.topic for f in read_trait(tmp_path, name="T").quality.warnings] == ["no_mhc"]


def test_unsigned_tables_in_a_folder_are_passed_over(tmp_path):
    toy().to_csv(tmp_path / "a.csv", index=False)
    pd.DataFrame({"gene": ["PTEN"], "z_mean": [1], "pvalue": [0.1]}).to_csv(tmp_path / "m.csv")
    trait = read_trait(tmp_path, name="T")
    (warning,) = trait.quality.warnings
    assert (warning.topic, warning.source) == ("file_refused", "m.csv")
    with pytest.raises(DataError, match=r"m\.csv: is S-MultiXcan output"):
        read_trait([tmp_path / "a.csv", tmp_path / "m.csv"], name="T")
    (tmp_path / "a.csv").unlink()
    with pytest.raises(DataError, match=r"m\.csv: is S-MultiXcan output"):
        read_trait(tmp_path, name="T")
