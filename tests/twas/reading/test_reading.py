"""Files as the tools and their users write them → one table, or one line that says why not."""

import bz2
import gzip
import hashlib
import lzma

import numpy as np
import pandas as pd
import pytest

from twas import Trait, read_trait
from twas.errors import DataError
from twas.reading.columns import Choices
from twas.reading.formats import FORMATS, RefusedError
from twas.reading.paths import tissue_of_file
from twas.reading.table import COLUMNS, read_table, table_from_frame

HEADER = "PANEL FILE ID CHR P0 P1 HSQ BEST.GWAS.ID BEST.GWAS.Z EQTL.ID EQTL.R2 EQTL.Z "
HEADER += "EQTL.GWAS.Z NSNP NWGT MODEL MODELCV.R2 MODELCV.PV TWAS.Z TWAS.P"
FUSION = HEADER.split()
GENES = ["PTEN", "TP53", "TBK1", "C9orf72", "MTOR"]
Z = [1.5, -2.25, 0.125, 9.75, -0.5]


def fusion_rows(genes=GENES, z=Z, panel="CMC.BRAIN.RNASEQ"):
    return [
        [panel, f"W/{panel}/CMC.{gene}.wgt.RDat", gene, "1", "7.63e+05", "7.95e+05", "0.0979"]
        + ["rs1", " 3.1", "rs2", "   NA", "-5.73", "0.5", "200", "6", "lasso", " 5.21e-02", "1e-3"]
        + [f"   {value}", "0.1"]
        for gene, value in zip(genes, z, strict=True)
    ]


def write(path, rows, sep="\t", end="\n"):
    path.write_bytes((end.join(sep.join(row) for row in rows) + end).encode())
    return path


def topics(table):
    return {fact.topic: fact.count for fact in table.facts}


def check_values(table, genes=GENES, z=Z):
    assert table.frame["gene"].tolist() == list(genes)
    assert table.frame["z"].tolist() == list(z)


def test_real_spredixcan_equals_pandas(test_data):
    for path in sorted(test_data("spredixcan", "ptsd").glob("*.gz")):
        table = read_table(path)
        # Text to float by Python: the parser of pandas before 3.1 is off by a last digit.
        expected = pd.read_csv(path, dtype=str)
        expected[["zscore", "var_g"]] = expected[["zscore", "var_g"]].astype(float)
        assert tuple(table.frame.columns) == COLUMNS
        assert table.rows == len(expected)
        assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        kept = expected.iloc[table.frame["line"].to_numpy() - 2].reset_index(drop=True)
        assert (kept["gene"] == table.frame["gene"]).all()
        for ours, theirs in (("z", "zscore"), ("var_g", "var_g"), ("n_snps", "n_snps_used")):
            np.testing.assert_array_equal(table.frame[ours], kept[theirs].astype(float))
        assert expected["zscore"].isna().sum() == table.rows - len(table.frame)


def test_real_fusion_equals_pandas(test_data):
    path = test_data("fusion", "ukb1160_cmc_mini.dat")
    table, expected = read_table(path), pd.read_csv(path, sep=r"\s+")
    assert table.form.name == "FUSION"
    assert topics(table) == {"rows_read": 561, "dropped:z_missing": 22}
    kept = expected.dropna(subset=["TWAS.Z"])
    assert table.frame["gene"].tolist() == kept["ID"].tolist()
    np.testing.assert_array_equal(table.frame["z"], kept["TWAS.Z"])
    np.testing.assert_array_equal(table.frame["line"], kept.index + 2)
    assert set(table.frame["tissue"]) == {"CMC.BRAIN.RNASEQ"}


@pytest.mark.parametrize("sep", ["\t", " ", "  "])
@pytest.mark.parametrize("columns", [19, 20, 25])
def test_fusion_of_all_ages(tmp_path, sep, columns):
    header, rows = list(FUSION), fusion_rows()
    if columns == 19:
        header, rows = header[1:], [row[1:] for row in rows]
    if columns == 25:
        header += [f"COLOC.PP{i}" for i in range(5)]
        rows = [[*row, "0.1", "0.1", "0.1", "0.1", f"0.{i}"] for i, row in enumerate(rows)]
    path = write(tmp_path / "ALS.dat", [header, *rows], sep)
    table = read_table(path)
    check_values(table)
    assert set(table.frame["tissue"]) == {"CMC.BRAIN.RNASEQ"}
    assert table.frame["r2"].tolist() == [0.0521] * 5
    if columns == 25:
        assert table.frame["pp4"].tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_fusion_r2_of_several_models(tmp_path):
    rows = fusion_rows()
    rows[0][16] = "0.031,0.084"
    table = read_table(write(tmp_path / "a.dat", [FUSION, *rows]))
    assert table.frame["r2"][0] == 0.084


def test_fusion_pp4_of_several_credible_sets(tmp_path):
    header = [*FUSION, "COLOC.SUSIE.HIT1", "COLOC.SUSIE.PP4"]
    rows = [[*row, "rs1,rs2", "0.25,0.75"] for row in fusion_rows()]
    table = read_table(write(tmp_path / "a.dat", [header, *rows]))
    assert table.frame["pp4"].tolist() == [0.75] * 5
    check_values(table)


def test_ids_that_look_like_numbers_stay_text(tmp_path):
    rows = [["gene", "tissue", "z"], ["0012", "1e3", "1"], ["5728", "1.10", "-1"]]
    table = read_table(write(tmp_path / "a.tsv", rows))
    assert table.frame["gene"].tolist() == ["0012", "5728"]
    assert table.frame["tissue"].tolist() == ["1e3", "1.10"]


def test_frames_with_any_index():
    frame = pd.DataFrame({"gene": GENES, "z": Z, "index": 1})
    for given in (frame.iloc[::-1], frame.set_index("gene"), frame.set_index("gene", drop=False)):
        table = table_from_frame(given, "T")
        assert dict(zip(table.frame["gene"], table.frame["z"], strict=True)) == dict(
            zip(GENES, Z, strict=True)
        )


def test_repeated_headers_are_dropped_and_counted(tmp_path):
    rows = fusion_rows()
    path = write(tmp_path / "a.dat", [FUSION, *rows[:2], FUSION, *rows[2:], FUSION])
    table = read_table(path)
    check_values(table)
    assert topics(table) == {"rows_read": 7, "dropped:header": 2}
    assert table.frame["line"].tolist() == [2, 3, 5, 6, 7]


def test_another_header_in_the_middle_is_refused(tmp_path):
    other = [*FUSION[:18], "TWAS.P", "TWAS.Z"]
    rows = fusion_rows()
    path = write(tmp_path / "a.dat", [FUSION, *rows[:2], other, *rows[2:]])
    with pytest.raises(DataError, match=r"a\.dat: line 4 is a header with other columns"):
        read_table(path)


def test_rows_of_two_ages_are_not_shifted(tmp_path):
    rows = fusion_rows()
    path = write(tmp_path / "a.dat", [FUSION, *rows[:3], rows[3][1:], rows[4]])
    with pytest.raises(DataError, match=r"a\.dat: line 5 has 19 fields, the header 20"):
        read_table(path)


def test_missing_and_text_are_counted_with_their_lines(tmp_path):
    rows = [["gene", "z"], *zip(GENES, map(str, Z), strict=True), ["MAPT", "NA"], ["GRN", "high"]]
    rows += [["", "1"], ["FUS", ""]]
    table = read_table(write(tmp_path / "a.tsv", rows))
    check_values(table)
    found = {f.topic: (f.level, f.count, f.message) for f in table.facts}
    assert found["dropped:z_missing"] == ("fact", 2, "rows have no z (line 7, 10)")
    assert found["dropped:z_text"][:2] == ("warning", 1)
    assert "line 8" in found["dropped:z_text"][2]
    assert found["dropped:no_gene"][:2] == ("warning", 1)
    assert table.rows == 9


@pytest.mark.parametrize("value", ["inf", "-inf", "Infinity"])
def test_infinite_z_is_an_error(tmp_path, value):
    rows = [["gene", "z"], ["PTEN", "1"], ["TP53", value]]
    with pytest.raises(DataError, match=r"a\.tsv: line 3 has an infinite z"):
        read_table(write(tmp_path / "a.tsv", rows))


@pytest.mark.parametrize(("beta", "se"), [("1", "0"), ("inf", "1"), ("1", "inf")])
def test_infinite_beta_over_se_is_an_error(tmp_path, beta, se):
    rows = [["gene", "beta", "se"], ["PTEN", "1", "1"], ["TP53", beta, se]]
    with pytest.raises(DataError, match="line 3"):
        read_table(write(tmp_path / "a.tsv", rows))


def test_z_from_beta_and_se(tmp_path):
    rows = [["gene", "beta", "se"], ["PTEN", "3", "2"], ["TP53", "-9", "4"], ["TBK1", "1", "-1"]]
    table = read_table(write(tmp_path / "a.tsv", rows))
    check_values(table, GENES[:2], Z[:2])
    assert topics(table) == {"rows_read": 3, "z_computed": 3, "dropped:z_missing": 1}


TEXT = "gene\tz\n" + "".join(f"{g}\t{z}\n" for g, z in zip(GENES, Z, strict=True))


CLOTHES = {
    "plain": TEXT.encode(),
    "utf-8 mark": TEXT.encode("utf-8-sig"),
    "utf-16": TEXT.encode("utf-16"),
    "windows": TEXT.replace("\n", "\r\n").encode(),
    "old mac": TEXT.replace("\n", "\r").encode(),
    "no last line end": TEXT.rstrip("\n").encode(),
    "commas": TEXT.replace("\t", ",").encode(),
    "semicolons": TEXT.replace("\t", ";").encode(),
    "padded bars": TEXT.replace("\t", " | ").encode(),
    "spaces": TEXT.replace("\t", "   ").encode(),
    "blank lines": TEXT.replace("\n", "\n\n").encode(),
    "trailing delimiters": TEXT.replace("\n", "\t\n").encode(),
    "comments": ("# a comment\n\n#another, one\n" + TEXT).encode(),
    "commented header": ("#" + TEXT).encode(),
    "quotes": "".join('"' + x.replace("\t", '","') + '"\n' for x in TEXT.splitlines()).encode(),
    "unicode column": "".join(f"{line}\tµ, ü\n" for line in TEXT.splitlines()).encode(),
    "spreadsheet's first line": ("sep=\t\n" + TEXT).encode(),
    "unicode minus": TEXT.replace("\t-", "\t\u2212").encode(),
    "blanks after commas": TEXT.replace("\t", ",\t").encode(),
    "gzip": gzip.compress(TEXT.encode()),
    "gzip blocks": gzip.compress(TEXT.encode()[:20]) + gzip.compress(TEXT.encode()[20:]),
    "bzip2": bz2.compress(TEXT.encode()),
    "xz": lzma.compress(TEXT.encode()),
}


@pytest.mark.parametrize("data", CLOTHES.values(), ids=CLOTHES)
def test_one_table_in_many_clothes(tmp_path, data):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    table = read_table(path)
    check_values(table)
    assert table.rows == 5


def test_r_row_names(tmp_path):
    rows = [
        ["gene", "z"],
        *([str(i), g, str(z)] for i, (g, z) in enumerate(zip(GENES, Z, strict=True))),
    ]
    check_values(read_table(write(tmp_path / "a.tsv", rows)))


def test_zstd_and_parquet(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    pytest.importorskip("pyarrow")
    packed = zstandard.ZstdCompressor().compress(TEXT.encode())
    (tmp_path / "a.tsv.zst").write_bytes(packed)
    check_values(read_table(tmp_path / "a.tsv.zst"))
    (tmp_path / "b.tsv.zst").write_bytes(packed[:-3])
    with pytest.raises(DataError, match=r"b\.tsv\.zst: is cut off or damaged"):
        read_table(tmp_path / "b.tsv.zst")
    frame = pd.DataFrame({"gene": [*GENES, None], "z": [*Z, 1.0], "p": [None] * 6})
    frame.to_parquet(tmp_path / "c.parquet")
    table = read_table(tmp_path / "c.parquet")
    check_values(table)
    assert topics(table)["dropped:no_gene"] == 1
    frame.set_index("gene").to_parquet(tmp_path / "d.parquet")
    check_values(read_table(tmp_path / "d.parquet"))
    damaged = (tmp_path / "c.parquet").read_bytes()[:-20]
    (tmp_path / "e.parquet").write_bytes(damaged)
    with pytest.raises(DataError, match=r"e\.parquet: is a damaged Parquet file"):
        read_table(tmp_path / "e.parquet")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"gene\tz\n", "holds a header but no rows"),
        (b"gene\tp\nPTEN\t0.1\n", "p-values have no sign"),
        (b"gene\tfoo\nPTEN\t0.1\n", r"columns seen: gene, foo; name unusual ones with `columns`"),
        (b"PTEN\t0.1\nTP53\t1\n", "no header but a row .PTEN, 0.1.; name the columns by number"),
        (b"gene\tz\nPTEN\thigh\nTP53\tlow\n", r"the column z holds no number \(line 2, 3\)"),
        (b"gene\tz\nPTEN\t1\nTP53\n", "line 3 has 1 fields, the header 2.*cut off"),
        (b"gene,z\nPTEN\t1\nTP53\t2\n", "line 2 has 1 fields, the header 2"),
        (b"gene\tz\tz\nPTEN\t1\t2\n", "'z' occurs 2 times"),
        (b"gene\tz\nPTEN\t1\nTP5\xff\t2\n", "line 3 is not UTF-8"),
        (b"gene\tz\nPTEN\t1\x00\n", "zero bytes"),
        (b'gene\tz\nPTEN\t1\n"TP53\t2\n', "a quote after line 2 never ends"),
        (gzip.compress(TEXT.encode() * 50, mtime=0)[:-9], "is cut off or damaged"),
        (b"gene;z\nPTEN;1,5\nTP53;-2,5\n", "holds no number.*decimal commas"),
        (b"\n<!DOCTYPE html>\n<html>gene z</html>\n", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS pointer"),
        (b"PK\x03\x04abc", "is a spreadsheet or zip archive; save the table as CSV"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_in_one_line_that_names_the_file(tmp_path, data, message):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        read_table(path)
    text = str(caught.value)
    assert text.startswith("a.txt: ")
    assert "\n" not in text


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"nothing\.csv: cannot be read"):
        read_table(tmp_path / "nothing.csv")


def test_unsigned_statistics_are_refused(tmp_path):
    rng = np.random.default_rng(1)
    values = [
        ["gene", "z"],
        *([f"G{i}", f"{abs(z):.3f}"] for i, z in enumerate(rng.normal(size=60))),
    ]
    with pytest.raises(RefusedError, match=r"60 of 60 z have one sign \(p = 2e-18"):
        read_table(write(tmp_path / "a.tsv", values))


def test_p_and_effect_that_contradict_z(tmp_path):
    header = ["gene", "zscore", "effect_size", "pvalue"]
    z = np.linspace(-3, 3.1, 60)
    rows = [[f"G{i}", f"{v:.3f}", f"{-v:.3f}", "1e-30"] for i, v in enumerate(z)]
    found = topics(read_table(write(tmp_path / "a.csv", [header, *rows], ",")))
    assert "p_contradicts_z" in found
    frame = pd.DataFrame({"gene": GENES * 12, "tissue": np.repeat(range(12), 5), "zscore": z})
    trait = Trait.from_frame(frame.assign(effect_size=-z), name="T")
    assert "effect_contradicts_z" in [fact.topic for fact in trait.quality.warnings]


def test_user_columns(tmp_path):
    path = write(tmp_path / "a.tsv", [["locus", "Zm"], *zip(GENES, map(str, Z), strict=True)])
    check_values(read_table(path, Choices({"gene": "locus", "z": "Zm"})))
    with pytest.raises(DataError, match=r"`columns` z=zm2: no such column; columns seen: locus"):
        read_table(path, Choices({"gene": "locus", "z": "zm2", "p": "Zm"}))


SPREDIXCAN = next(form for form in FORMATS if form.name == "S-PrediXcan")
FUSION_FORM = next(form for form in FORMATS if form.name == "FUSION")


@pytest.mark.parametrize(
    ("name", "form", "trait", "tissue"),
    [
        ("Brain_Amygdala_spredixcan.csv.gz", SPREDIXCAN, "", "Brain_Amygdala"),
        ("Brain_Frontal_Cortex_BA9.csv", SPREDIXCAN, "", "Brain_Frontal_Cortex_BA9"),
        ("spredixcan_igwas_ALS__PM__Brain_Cortex.csv", SPREDIXCAN, "", "Brain_Cortex"),
        ("mashr_Brain_Cortex.csv", SPREDIXCAN, "", "Brain_Cortex"),
        ("ALS_Brain_Cortex.csv", SPREDIXCAN, "ALS", "Brain_Cortex"),
        ("Brain_Cortex.als.tsv", SPREDIXCAN, "ALS", "Brain_Cortex"),
        ("ALS.csv", SPREDIXCAN, "ALS", "ALS"),
        ("PGC2.SCZ.22.dat", FUSION_FORM, "", "PGC2.SCZ"),
        ("PGC2.SCZ.6.dat.MHC", FUSION_FORM, "", "PGC2.SCZ"),
        ("Cortex.chr6.txt", SPREDIXCAN, "", "Cortex"),
        ("st_Brain_Cortex.csv", SPREDIXCAN, "", "Brain_Cortex"),
        ("GTEx_v7_Hypothalamus.csv", SPREDIXCAN, "", "Brain_Hypothalamus"),
        ("utmost.whole blood.tsv", SPREDIXCAN, "", "Whole_Blood"),
    ],
)
def test_tissue_of_a_file_name(name, form, trait, tissue):
    assert tissue_of_file(name, form, trait).tissue == tissue


ROWS = [("MTOR", 0.5), ("RPTOR", -1.25), ("TSC2", 2.0), ("AKT1", -0.75), ("RHEB", 1.5)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"gene": "MTOR", "z": 1.2}]', "JSON is not read; save the table as CSV"),
        ('<?xml version="1.0"?><a/>', "XML is not read; save the table as CSV"),
        ("%PDF-1.4\n", "is a PDF"),
        ("SQLite format 3\0" + "\0" * 80, "is an SQLite database"),
        (
            "id\tz\n" + "".join(f"{k}\t{z}\n" for k, (_, z) in enumerate(ROWS)),
            "the column id holds the numbers of the rows, no genes",
        ),
        (
            "gene\tz\n" + "".join(f"{g}\t{z if z > 0 else f'({-z})'}\n" for g, z in ROWS),
            r"line 3 has \(1.25\) in the column z; write negative numbers as -1.5",
        ),
        ("gene\tz\n" + "MTOR\t1.5-\nAKT1\t2\n", "line 2 has 1.5- in the column z"),
        ("gene\tz (absolute)\nMTOR\t1.5\n", r"columns seen: gene, z \(absolute\)"),
    ],
)
def test_other_things_than_tables_of_z_are_named(tmp_path, text, words):
    path = tmp_path / "a.tsv"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        read_trait(path, name="T")


def test_row_numbers_beside_symbols_are_no_entrez_ids(tmp_path):
    path = tmp_path / "a.tsv"
    order = [3, 1, 5, 2, 4]
    rows = (f"{k}\t{g}\t{z}\n" for k, (g, z) in zip(order, ROWS, strict=True))
    path.write_text("id\tsymbol\tz\n" + "".join(rows))
    trait = read_trait(path, name="T")
    assert dict(zip(trait.table["symbol"], trait.table["z"], strict=True)) == dict(ROWS)
    assert trait.quality.count("row_numbers") == 5


@pytest.mark.parametrize(
    ("ids", "topic"),
    [
        (("SL000001", "A1BG:P04217:OID30771:v1", "MTOR_P42345"), "protein"),
        (("chr1.100.200", "ATAC_peak_1"), "chromatin"),
        (("NM_004958.3|MTOR|chr1|-", "MTOR_apa_1"), "polyadenylation"),
    ],
)
def test_probes_with_a_symbol_are_no_expression(tmp_path, ids, topic):
    path = tmp_path / "a.tsv"
    rows = [*((name, "PTEN", 9) for name in ids), *((g, g, z) for g, z in ROWS)]
    path.write_text("gene\tgene_name\tz\n" + "".join(f"{a}\t{b}\t{z}\n" for a, b, z in rows))
    trait = read_trait(path, name="T")
    assert trait.quality.count(f"dropped:{topic}") == len(ids)
    assert set(trait.table["symbol"]) == {gene for gene, _ in ROWS}
