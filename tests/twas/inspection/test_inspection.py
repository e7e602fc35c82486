"""What `inspect` says of files: against numpy, on real files, and of every kind of fault."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.inspection.inspection import as_text, inspect
from twas.traits.trait import read_trait
from twas.traits.trait_checks import CHI2_MEDIAN

REFERENCE = reference.load().query("chrom != '' and ensembl_id != ''")


def toy(n=1200, seed=1, sd=1.2, every=20):
    z = np.random.default_rng(seed).normal(0, sd, n)
    genes = REFERENCE.iloc[::every].head(n)
    return pd.DataFrame({"gene": genes["gene"] + ".2", "gene_name": genes["symbol"], "zscore": z})


def write(path, frame):
    path.parent.mkdir(exist_ok=True)
    frame.to_csv(path, index=False)
    return path


def only(path, **options):
    found = inspect(path, **options)
    (file,) = found.files
    return found, file


def test_numbers_of_a_file(tmp_path):
    frame = toy().assign(n_snps_in_model=1, effect_size=lambda f: f["zscore"] * 0.1)
    frame.loc[frame.index[:240], "n_snps_in_model"] = 4
    frame = pd.concat([frame, frame.head(3).assign(zscore=0.5)])
    found, file = only(write(tmp_path / "Brain_Cortex_spredixcan.csv", frame))
    z = read_trait(file.path, name="T").table["z"]
    assert (file.format, file.tissue, file.rows) == ("S-PrediXcan", "Brain_Cortex", 1203)
    assert (file.genes_with_z, file.genes_resolved, file.duplicates) == (1200, 1200, 3)
    assert file.share_with_position == 1
    assert file.z_mean == pytest.approx(z.mean())
    assert file.z_sd == pytest.approx(z.std(ddof=1))
    assert file.genomic_inflation == pytest.approx(np.median(z**2) / stats.chi2(1).median())
    assert file.largest_z == z.abs().max()
    assert file.sign_agreement == pytest.approx(1)
    assert file.share_one_snp == pytest.approx(0.8, abs=0.002)
    assert file.missing_mhc is False
    assert not found.problems


def test_the_median_of_chi_square():
    assert pytest.approx(stats.chi2(1).median(), abs=1e-6) == CHI2_MEDIAN


def test_real_files_have_no_fault(test_data):
    found = inspect([f"MDD={test_data('spredixcan', 'mdd')}", str(test_data("spredixcan", "ptsd"))])
    assert [file.group for file in found.files] == ["MDD"] * 6 + ["ptsd"] * 6
    assert not found.problems
    assert not found.warnings
    assert not any(file.warnings or file.error for file in found.files)
    assert all(file.genes_resolved > 0.9 * file.genes_with_z for file in found.files)
    assert all(file.sign_agreement == 1 for file in found.files)
    assert len(found.tissues) == 2 * 15
    assert found.tissues["r"].between(0.6, 0.8).all()
    assert len(found.pairs) == 66
    assert found.groups["r"].tolist() == pytest.approx([0.53], abs=0.01)


def test_real_fusion_file_without_mhc(test_data):
    _, file = only(test_data("fusion"))
    assert (file.format, file.tissue, file.rows) == ("FUSION", "CMC.BRAIN.RNASEQ", 561)
    assert file.missing_mhc
    assert file.sign_agreement is None
    assert [w for w in file.warnings if "MHC" in w and "C4A" in w]


def fusion(genes):
    z = np.random.default_rng(2).normal(size=len(genes))
    return pd.DataFrame({"PANEL": "X", "ID": genes, "TWAS.Z": z, "NSNP": 10})


def test_files_by_chromosome_are_no_loss_of_the_mhc(tmp_path):
    for chrom in ("5", "6", "7"):
        genes = REFERENCE.query(f"chrom == '{chrom}' and start > 40_000_000")["symbol"].head(80)
        fusion(genes).to_csv(tmp_path / f"als.{chrom}.dat", sep="\t", index=False)
    lost = {f.path[-5:]: f.missing_mhc for f in inspect(tmp_path).files}
    assert lost == {"5.dat": False, "6.dat": True, "7.dat": False}
    fusion(["C2", "C4A"]).to_csv(tmp_path / "als.6.dat.MHC", sep="\t", index=False)
    found = inspect(tmp_path)
    assert not any(file.missing_mhc or file.warnings for file in found.files)
    assert len(found.files) == 4


TEXTS = {
    "multi.txt": ("gene\tgene_name\tpvalue\tn\tn_indep\tz_mean\nE\tMTOR\t.1\t3\t2\t1\n", "sign"),
    "magma.genes.out": ("GENE CHR START STOP NSNPS NPARAM N ZSTAT P\n1 1 1 2 3 4 5 1.2 .1\n", "si"),
    "utmost.txt": ("gene\ttest_score\tp_value\nMTOR\t3.2\t.01\n", "sign"),
    "p.tsv": ("gene\tp\nMTOR\t.01\n", "sign"),
    "empty.csv": ("", "is empty"),
    "header.csv": ("gene,z\n", "no rows"),
    "columns.csv": ("gene,colour\nMTOR,1\n", "`columns`"),
    "infinite.csv": ("gene,z\nMTOR,1\nPTEN,inf\n", "line 3"),
    "missing.csv": ("gene,z\nMTOR,NA\nPTEN,\n", "z"),
    "page.csv": ("<!DOCTYPE html>\n<html></html>\n", "web page"),
    "als.focus.tsv": ("mol_name\ttissue\ttwas_z\tpip\nMTOR\tx\t4\t.9\n", "background"),
    "introns.csv": ("gene,zscore\nintron_1_2_3,1\nintron_1_5_9,-1\n", "`splicing`"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_run_refuses_is_told_beside_the_other_files(tmp_path, name):
    text, word = TEXTS[name]
    (tmp_path / name).write_text(text)
    good = write(tmp_path / "Brain.csv", toy())
    with pytest.raises(DataError) as refusal:
        read_trait(tmp_path / name, name=name)
    found = inspect([str(tmp_path / name), str(good)])
    bad, fine = found.files
    assert found.problems == (bad.error,)
    assert name in bad.error
    assert word in bad.error
    assert "\n" not in bad.error
    assert bad.error.split(": ")[-1] == str(refusal.value).split(": ")[-1]
    assert (fine.error, fine.rows) == ("", 1200)
    json.dumps(found.to_dict(), allow_nan=False)
    assert f"refused: {bad.error}" in as_text(found)


def test_paths_without_a_table(tmp_path):
    (tmp_path / "none").mkdir()
    found = inspect([str(tmp_path / "none"), str(tmp_path / "nothing.csv"), str(tmp_path / "*.x")])
    assert len(found.problems) == 3
    assert [file.error for file in found.files] == list(found.problems)
    assert all(file.rows is None for file in found.files)
    with pytest.raises(DataError, match="no path given"):
        inspect([])


def test_unsigned_beside_signed_tables_of_a_folder_is_passed_over_as_in_a_run(tmp_path):
    (tmp_path / "multi.txt").write_text(TEXTS["multi.txt"][0])
    write(tmp_path / "Brain.csv", toy())
    found = inspect(tmp_path)
    assert not found.problems
    passed = found.files[0]
    assert passed.format == "S-MultiXcan"
    assert "passed over" in passed.warnings[0]
    (tmp_path / "Brain.csv").unlink()
    assert inspect(tmp_path).problems


def test_focus_beside_its_table_is_no_fault(tmp_path):
    (tmp_path / "als.focus.tsv").write_text(TEXTS["als.focus.tsv"][0])
    write(tmp_path / "Brain.csv", toy())
    found = inspect(tmp_path)
    assert not found.problems
    assert "background" in found.files[1].warnings[0]


def test_smr_and_twas_in_one_trait_are_refused(tmp_path):
    frame = pd.DataFrame({"Gene": ["PTEN", "TP53"], "b_SMR": [1, -1], "se_SMR": 1})
    frame.to_csv(tmp_path / "Blood.smr", sep="\t", index=False)
    write(tmp_path / "Brain.csv", toy())
    found = inspect(tmp_path)
    assert len(found.problems) == 1
    assert "different scales" in found.problems[0]
    assert [file.rows for file in found.files] == [2, 1200]
    apart = inspect([f"A={tmp_path / 'Blood.smr'}", f"B={tmp_path / 'Brain.csv'}"])
    assert not apart.problems
    assert "SMR" in apart.files[0].warnings[0]


ODD = {
    "a list of hits": lambda f: f.assign(zscore=np.sign(f["zscore"]) * (4 + f["zscore"].abs())),
    "genomic inflation": lambda f: f.assign(zscore=f["zscore"] * 0.1),
    "not about 0": lambda f: f.assign(zscore=f["zscore"] + 1),
    "|z| above 50, up to 99": lambda f: f.assign(
        zscore=f["zscore"].where(f.index != f.index[5], 99)
    ),
    "effect size of the other sign": lambda f: f.assign(effect_size=-f["zscore"]),
    "have one SNP": lambda f: f.assign(n_snps_in_model=1),
    "human genes": lambda f: f.assign(gene=[f"Mm{i}" for i in range(len(f))], gene_name=""),
    "not guessed: 2-Mar": lambda f: f.assign(
        gene="", gene_name=f["gene_name"].where(f.index != f.index[3], "2-Mar")
    ),
    "a p that contradicts z": lambda f: f.assign(pvalue=1e-9),
    "no gene in the MHC": lambda f: f[
        ~reference.in_region(f["gene"].str[:15], "6", 20_000_000, 40_000_000)
    ],
}


@pytest.mark.parametrize("words", ODD)
def test_what_is_odd_is_told(tmp_path, words):
    plain = toy(2200, every=10)
    _, file = only(write(tmp_path / "plain.csv", plain))
    assert not file.warnings
    found, file = only(write(tmp_path / "odd.csv", ODD[words](plain)))
    assert any(words in warning for warning in file.warnings), file.warnings
    assert not found.problems
    assert f"warning: odd.csv: {file.warnings[0]}" in as_text(found)


def test_groups_of_opposite_sign_name_flip(tmp_path):
    frame = toy()
    noise = np.random.default_rng(5).normal(0, 0.5, len(frame))
    a = write(tmp_path / "a.csv", frame)
    b = write(tmp_path / "b.csv", frame.assign(zscore=-frame["zscore"] + noise))
    found = inspect([f"ALS={a}", f"FTD={b}"])
    assert found.groups["r"][0] < -0.8
    (warning,) = found.warnings
    assert warning.startswith("ALS / FTD: ")
    assert "`flip` FTD" in warning
    assert not found.problems


def test_a_tissue_that_runs_against_the_others(tmp_path):
    frame = toy()
    for number, sign in enumerate((1, 1, -1, 1)):
        noise = np.random.default_rng(number).normal(0, 0.5, len(frame))
        write(tmp_path / f"tissue{number}.csv", frame.assign(zscore=sign * frame["zscore"] + noise))
    found = inspect(tmp_path)
    (warning,) = found.warnings
    assert "tissue2.csv: z run against 3 other files" in warning
    assert (found.tissues["r"] < 0).sum() == 3


def test_copies_are_told(tmp_path):
    write(tmp_path / "one" / "a.csv", toy())
    write(tmp_path / "two" / "b.csv", toy().iloc[::-1])
    write(tmp_path / "two" / "c.csv", toy(seed=2))
    write(tmp_path / "three" / "d.csv", toy().head(800))
    found = inspect([tmp_path / name for name in ("one", "two", "three")])
    (warning,) = found.warnings
    a, b, d = (tmp_path / name for name in ("one/a.csv", "two/b.csv", "three/d.csv"))
    assert warning.startswith(f"{b}, {d}: z correlate 1.00 with those of {a}")


def test_the_folder_one_is_in(tmp_path, monkeypatch):
    write(tmp_path / "als" / "a.csv", toy())
    monkeypatch.chdir(tmp_path / "als")
    assert inspect(".").files[0].group == "als"


def test_user_columns(tmp_path):
    path = write(tmp_path / "a.csv", toy().rename(columns={"gene": "locus", "zscore": "Zm"}))
    assert inspect(path).problems
    _, file = only(path, columns={"gene": "locus", "z": "Zm"})
    assert file.genes_with_z == 1200
    with pytest.raises(UsageError, match="`columns` foo"):
        inspect(path, columns={"foo": "x"})


def test_a_path_with_an_equals_sign(tmp_path):
    path = write(tmp_path / "run=1" / "a.csv", toy())
    _, file = only(str(path))
    assert (file.path, file.group) == (str(path), "a.csv")


def test_everything_is_plain_json(tmp_path):
    frame = toy(5)
    found = inspect(write(tmp_path / "a.csv", frame)).to_dict()
    (file,) = json.loads(json.dumps(found, allow_nan=False))["files"]
    assert {"path", "format", "tissue", "rows", "genes_with_z", "genes_resolved"} <= file.keys()
    assert file["warnings"] == []
    assert not any(isinstance(v, float) and not math.isfinite(v) for v in file.values())


def test_long_and_hostile_names_stay_in_one_line(tmp_path):
    frame = toy().assign(tissue="a\u2028b " + "x" * 200)
    lines = as_text(inspect(write(tmp_path / "a.csv", frame))).split("\n")
    assert len(lines) == 3
    assert max(map(len, lines)) < 200
