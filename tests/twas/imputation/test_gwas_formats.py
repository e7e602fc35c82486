"""Every GWAS format gives the z of one and the same study; what cannot show a sign is refused."""

import bz2
import gzip
import lzma
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zstandard
from scipy.special import ndtr

sys.path.insert(0, str(Path(__file__).parent))
import world

from twas.errors import DataError, UsageError
from twas.imputation import blocks
from twas.imputation.imputation import impute


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A GWAS, its models, and the z that it must give."""
    folder = tmp_path_factory.mktemp("study")
    weights, covariances, gwas = world.draw(5)
    models = world.write_model(folder / "models", weights, covariances)
    gwas["p"] = 2 * ndtr(-np.abs(gwas["beta"] / gwas["standard_error"]))
    result = impute({"A": world.write_gwas(folder / "a.tsv", gwas)}, models)[0]
    return gwas, models, result.tables["Brain_Cortex"].set_index("gene")["zscore"]


def named(gwas, **columns):
    """The columns of a GWAS under other names, in the order given."""
    return pd.DataFrame({n: gwas[c] if isinstance(c, str) else c for n, c in columns.items()})


E, N = "effect_allele", "other_allele"
PLACE = {"CHR": "chromosome", "POS": "base_pair_location"}
FORMATS = {
    "GWAS-SSF": lambda g: g.rename(columns={"p": "p_value"}),
    "LDSC munged": lambda g: named(
        g, SNP="rsid", A1=E, A2=N, Z=g["beta"] / g["standard_error"], N="n"
    ),
    "REGENIE": lambda g: named(
        g, CHROM="chromosome", GENPOS="base_pair_location", ID="rsid", ALLELE0=N, ALLELE1=E,
        A1FREQ=g["beta"] * 0 + 0.3, N="n", TEST=g["beta"].map(lambda _: "ADD"), BETA="beta",
        SE="standard_error", LOG10P=-np.log10(g["p"]),
    ),
    "SAIGE": lambda g: named(
        g, **PLACE, MarkerID="rsid", Allele1=N, Allele2=E, BETA="beta", SE="standard_error", N="n",
        **{"p.value": "p"},
    ),
    "METAL": lambda g: named(
        g, MarkerName="rsid", Allele1=g[E].str.lower(), Allele2=g[N].str.lower(), Effect="beta",
        StdErr="standard_error", **{"P-value": "p"},
    ),
    "BOLT-LMM": lambda g: named(
        g, SNP="rsid", CHR="chromosome", BP="base_pair_location", ALLELE1=E, ALLELE0=N,
        BETA="beta", SE="standard_error", P_BOLT_LMM="p",
    ),
    "BOLT-LMM with genetic positions": lambda g: named(
        g, SNP="rsid", CHR="chromosome", BP="base_pair_location", GENPOS=g["beta"] * 0 + 0.1,
        ALLELE1=E, ALLELE0=N, BETA="beta", SE="standard_error", P_BOLT_LMM="p",
    ),
    "PLINK 2": lambda g: _plink(g).assign(BETA=g["beta"], SE=g["standard_error"], P=g["p"]),
    "SNPTEST": lambda g: named(
        g, rsid="rsid", alleleA=N, alleleB=E, frequentist_add_beta_1="beta",
        frequentist_add_se_1="standard_error", frequentist_add_pvalue="p",
    ),
    "GWAS Catalog, harmonised": lambda g: named(
        g, hm_rsid="rsid", hm_chrom="chromosome", hm_pos="base_pair_location", hm_other_allele=N,
        hm_effect_allele=E, hm_beta="beta", hm_odds_ratio=g["beta"] * np.nan, rsid="rsid",
        effect_allele=N, other_allele=E, beta=-g["beta"], standard_error="standard_error",
        p_value="p",
    ),
    "table": lambda g: named(g, SNP="rsid", EA=E, NEA=N, b="beta", se="standard_error", P="p"),
}  # fmt: skip


def _plink(gwas):
    """PLINK 2 counts A1, which is REF in half of the rows."""
    table = named(
        gwas, **{"#CHROM": "chromosome"}, POS="base_pair_location", ID="rsid", REF=N, ALT=E, A1=E
    )
    table.loc[::2, ["REF", "ALT"]] = gwas.loc[::2, [E, N]].to_numpy()
    return table


def z_of(path, models, **options):
    result = impute({"A": path}, models, **options)[0]
    return result, result.tables["Brain_Cortex"].set_index("gene")["zscore"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_z(study, tmp_path, name):
    gwas, models, expected = study
    path = world.write_gwas(tmp_path / "a.txt", FORMATS[name](gwas))
    result, z = z_of(path, models)
    assert result.gwas.form_name == name.split(" with ")[0]
    np.testing.assert_allclose(z, expected, rtol=1e-8)


def test_odds_ratios_stand_for_their_logarithm(study, tmp_path):
    gwas, models, expected = study
    table = named(gwas, SNP="rsid", A1=E, A2=N, OR=np.exp(gwas["beta"]), SE="standard_error")
    np.testing.assert_allclose(z_of(world.write_gwas(tmp_path / "a", table), models)[1], expected)
    plink = _plink(gwas).assign(OR=np.exp(gwas["beta"]), **{"LOG(OR)_SE": gwas["standard_error"]})
    np.testing.assert_allclose(z_of(world.write_gwas(tmp_path / "b", plink), models)[1], expected)


def test_p_with_a_sign_gives_z_where_there_is_nothing_better(study, tmp_path):
    gwas, models, expected = study
    table = named(gwas, SNP="rsid", A1=E, A2=N, BETA="beta", P="p")
    result, z = z_of(world.write_gwas(tmp_path / "a", table), models)
    assert result.gwas.z_from == "p with sign"
    np.testing.assert_allclose(z, expected, rtol=1e-8)
    # A p far below the smallest number, as its logarithm.
    tiny = table.drop(columns="P").assign(LOG10P=-np.log10(gwas["p"]))
    tiny.loc[0, "LOG10P"] = 400.0
    result, _ = z_of(world.write_gwas(tmp_path / "b", tiny), models)
    assert abs(result.gwas.z[0]) == pytest.approx(42.826, abs=0.001)
    table.loc[0, "P"] = 0.0
    with pytest.raises(DataError, match=r"line 2 has a p of 0 .* no z"):
        z_of(world.write_gwas(tmp_path / "c", table), models)


def test_beta_and_se_win_over_z(study, tmp_path):
    gwas, models, expected = study
    table = gwas.assign(z=gwas["beta"] / gwas["standard_error"] * 1.1)
    np.testing.assert_allclose(z_of(world.write_gwas(tmp_path / "a", table), models)[1], expected)


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".gz", gzip.compress),
        (".bgz", lambda b: b"".join(gzip.compress(b[i : i + 700]) for i in range(0, len(b), 700))),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", zstandard.compress),
        (".txt", lambda b: b.replace(b"\n", b"\r\n")),
        (".csv", lambda b: b.replace(b"\t", b",")),
        (".txt", lambda b: b.replace(b"\t", b"  ").replace(b"\n", b" \n ")),
        (".txt", lambda b: b"\xef\xbb\xbf## a comment\n" + b.rstrip()),
        (".txt", lambda b: b.replace(b"\n", b"\n\n") + b"\n\n"),
    ],
)
def test_every_packing_gives_the_same_z(study, tmp_path, ending, pack):
    gwas, models, expected = study
    path = tmp_path / f"a{ending}"
    path.write_bytes(pack(gwas.to_csv(sep="\t", index=False).encode()))
    np.testing.assert_allclose(z_of(path, models)[1], expected, rtol=1e-12)


def test_blocks_may_end_anywhere(study, tmp_path, monkeypatch):
    gwas, models, expected = study
    path = world.write_gwas(tmp_path / "a.tsv", gwas)
    for size in (97, 1000):
        monkeypatch.setattr("twas.imputation.blocks.BLOCK", size)
        result, z = z_of(path, models)
        np.testing.assert_allclose(z, expected, rtol=1e-12)
        assert result.gwas.n_rows == len(gwas)


def test_gwas_vcf(study, tmp_path):
    gwas, models, expected = study
    lines = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA"]
    for i, row in enumerate(gwas.itertuples()):
        keys, log_p = "ES:SE:LP:AF:SS:NC", float(-np.log10(row.p))
        cells = f"{row.beta!r}:{row.standard_error!r}:{log_p!r}:0.2:1000:250"
        if i % 2:  # the order of the keys is free
            keys, cells = "SE:ES:SS", f"{row.standard_error!r}:{row.beta!r}:1000"
        at = f"{row.chromosome}\t{row.base_pair_location}\t{row.rsid}"
        at += f"\t{row.other_allele}\t{row.effect_allele}\t.\tPASS\tAF=0.2"
        lines.append(f"{at}\t{keys}\t{cells}")
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    result, z = z_of(path, models)
    np.testing.assert_allclose(z, expected, rtol=1e-8)
    assert result.gwas.form_name == "GWAS-VCF"
    assert result.gwas.n_eff == pytest.approx(4 / (1 / 250 + 1 / 750))


def test_other_tests_than_the_additive_one_are_left_out(study, tmp_path):
    gwas, models, expected = study
    table = FORMATS["REGENIE"](gwas)
    both = pd.concat([table, table.assign(TEST="DOM", BETA=5.0)]).sort_index()
    result, z = z_of(world.write_gwas(tmp_path / "a", both), models)
    np.testing.assert_allclose(z, expected, rtol=1e-8)
    assert result.quality.count("dropped:test") == len(gwas)


def test_sample_sizes(study, tmp_path):
    gwas, models, _ = study
    table = FORMATS["table"](gwas)
    for columns, n_eff, how in (
        ({"n": 5000}, 5000, "N of the file"),
        ({"N_cases": 1000, "N_controls": 3000, "n": 4000}, 3000, "cases and controls of the file"),
        ({"Neff": 700, "n": 4000}, 700, "column Neff"),
        ({"NEFFDIV2": 350}, 700, "column NEFFDIV2"),
        ({}, None, ""),
    ):
        path = world.write_gwas(tmp_path / "a", table.assign(**columns))
        found = z_of(path, models)[0].gwas
        assert found.n_eff == (None if n_eff is None else pytest.approx(n_eff))
        assert found.n_eff_from == how
    found = z_of(path, models, n_eff={"A": "1000/3000"})[0]
    assert found.gwas.n_eff == pytest.approx(3000)


def test_unusual_names_are_named(study, tmp_path):
    gwas, models, expected = study
    table = named(gwas, marker="rsid", up=E, down=N, score=gwas["beta"] / gwas["standard_error"])
    path = world.write_gwas(tmp_path / "a", table)
    with pytest.raises(DataError, match="no allele columns"):
        z_of(path, models)
    columns = {"id": "marker", "effect_allele": "up", "other_allele": "down", "z": "score"}
    np.testing.assert_allclose(z_of(path, models, columns={"A": columns})[1], expected)
    with pytest.raises(DataError, match="has no column 'upp'"):
        z_of(path, models, columns={"A": {**columns, "effect_allele": "upp"}})
    with pytest.raises(UsageError, match="'effect' is unknown; choose from id"):
        z_of(path, models, columns={"A": {"effect": "up"}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: named(g, SNP="rsid", A1=E, BETA="beta", SE="standard_error"), "one allele only"),
        (lambda g: named(g, SNP="rsid", A1=E, A2=N, P="p"), "p-values without a sign"),
        (lambda g: named(g, SNP="rsid", A1=E, A2=N, N="n"), "no effect"),
        (lambda g: named(g, SNP="rsid", Allele1=E, Allele2=N, b="beta", se="p"), "either can be"),
        (lambda g: named(g, A1=E, A2=N, BETA="beta", SE="standard_error"), "neither a SNP id nor"),
        (lambda g: _plink(g).drop(columns="A1").assign(OBS_CT=9, BETA=g["beta"]), "counts A1"),
        (lambda g: g.head(5), "give the whole GWAS"),
        (lambda g: g.assign(standard_error=-g["standard_error"]), "standard_error -.* is negative"),
        (lambda g: g.assign(beta=g["beta"].abs()), "all .* values of beta have one sign"),
        (lambda g: g.assign(beta=np.exp(g["beta"])), "one sign.*odds_ratio="),
        (lambda g: g.assign(beta=g["standard_error"], standard_error=g["beta"]), "columns swapped"),
        (lambda g: g.assign(p=g["standard_error"], standard_error=g["p"]), "columns swapped"),
        (lambda g: g.assign(p=g["beta"], beta=g["p"]), "swapped|one sign"),
        (lambda g: g.assign(beta=g["other_allele"]), "is no number.*swapped"),
        (lambda g: g.assign(beta=g["beta"].map("{:.5f}".format).str.replace(".", ",")), "commas"),
        (lambda g: g.assign(beta=g["beta"].mask(g.index == 7, np.inf)), "line 9 has an infinite"),
        (lambda g: pd.concat([g, g.head(2).assign(beta=0.5)]), "line 2 and .* contradict"),
        (lambda g: g.assign(effect_allele=g["rsid"], rsid=g["effect_allele"]), "allele"),
        (lambda g: g.assign(p=g["p"] * 2), "lies outside 0 to 1"),
    ],
)  # fmt: skip
def test_what_shows_no_direction_is_refused(study, tmp_path, change, words):
    gwas, models, _ = study
    path = world.write_gwas(tmp_path / "a.tsv", change(gwas))
    with pytest.raises(DataError, match=words) as error:
        z_of(path, models)
    assert str(error.value).startswith("a.tsv: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"SNP\tA1\tA2\tZ\n", "no rows"),
        (b"SNP\tA1\tA2\tZ\nrs1\tA\tG\t1\nrs2\tA\tG\n", "line 3 has 3 cells, the header 4"),
        (b"SNP\tA1\tA2\tZ\nrs1\tA\tG\t1\t2\n", "line 2 has 5 cells, the header 4"),
        (
            gzip.compress(b"SNP\tA1\tA2\tZ\nrs1\tA\tG\t1\n" * 999, mtime=0)[:-20],
            "cut off or damaged",
        ),
        (zstandard.compress(b"SNP\tA1\tA2\tZ\nrs1\tA\tG\t1\n" * 999)[:-9], "cut off or damaged"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"SNP\tA1\tA2\tZ\nrs\xff1\tA\tG\t1\n", "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a text table"),
        (b"SNP\tA1\tA2\tZ\tz\nrs1\tA\tG\t1\t2\n", "'z' occurs 2 times"),
    ],
)
def test_damaged_files_are_refused(study, tmp_path, text, words):
    path = tmp_path / "a.tsv"
    path.write_bytes(text)
    with pytest.raises(DataError, match=words) as error:
        z_of(path, study[1])
    assert str(error.value).startswith("a.tsv: ")


def test_a_line_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LONGEST_LINE", 1 << 20)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 19)
    for start in ("", "rsid\tbeta\n"):
        path = tmp_path / "gwas.tsv.gz"
        path.write_bytes(gzip.compress((start + "a" * (4 << 20)).encode()))
        said = r"gwas.tsv.gz: holds a line of more than 1 MiB"
        with pytest.raises(DataError, match=said), blocks.open_text(path) as text:
            list(text.blocks())
