"""Signs that the field loses: unsigned z, probes that are not expression, z that has to be made."""

import numpy as np
import pandas as pd
import pytest
from case_runs import ROOT, call, cases, is_base, refused, run
from scipy import stats

GENES = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].drop_duplicates().tolist()


def z_of(seed=0, n=None):
    return np.random.default_rng(seed).normal(size=n or len(GENES))


def write(path, frame, **options):
    frame.to_csv(path, index=False, **{"sep": "\t", **options})
    return path


@pytest.mark.parametrize("column", ["|Z|", "abs_z", "Z"])
def test_the_size_of_z_is_refused(tmp_path, column):
    path = write(tmp_path / "a.tsv", pd.DataFrame({"gene": GENES, column: np.abs(z_of())}))
    refused(call("inspect", path), 1, "a.tsv", column if column != "Z" else "one sign", "signed z")


def test_a_few_of_the_other_sign_do_not_make_z_signed(tmp_path):
    z = np.abs(z_of())
    z[:3] *= -1
    path = write(tmp_path / "a.tsv", pd.DataFrame({"gene": GENES, "z": z}))
    result = call("inspect", path)
    refused(result, 1, f"{len(z) - 3} of {len(z)} z have one sign", "(p = ")


def test_a_small_table_of_one_sign_is_warned_of(tmp_path):
    path = write(tmp_path / "a.tsv", pd.DataFrame({"gene": GENES[:26], "z": np.abs(z_of()[:26])}))
    result = call("inspect", path)
    assert result.returncode == 0, result.stderr
    assert "26 of 26 z have one sign" in result.stdout


def test_signed_z_pass(tmp_path):
    path = write(tmp_path / "a.tsv", pd.DataFrame({"gene": GENES, "z": z_of() + 0.5}))
    assert "one sign" not in call("inspect", path).stdout


def test_methylation_probes():
    result = call("inspect", cases("F20_methylation.smr"))
    refused(result, 1, "F20_methylation.smr", "methylation probes")


@pytest.mark.parametrize(
    ("probes", "words"),
    [
        (["cg00000029", "ch.1.100R", "cg00000108_TC21"], "methylation probes"),
        (["SeqId_2589_67", "P04637", "OID20049"], "protein models"),
        (["chr1:1000-2000", "chr2_300_400", "peak_12"], "chromatin peaks"),
    ],
)
def test_probes_beside_genes_are_dropped_and_counted(tmp_path, probes, words):
    frame = pd.DataFrame({"gene": probes + GENES[:9], "gene_name": GENES[20:23] + GENES[:9]})
    path = write(tmp_path / "a.tsv", frame.assign(zscore=z_of()[:12]))
    result = call("inspect", path)
    assert result.returncode == 0, result.stderr
    assert f"note: a.tsv: 3 rows of {words} were dropped" in result.stdout


def test_protein_models_of_fusion_are_not_expression(tmp_path):
    frame = pd.DataFrame({"PANEL": "ROSMAP.PROT", "ID": GENES[:9], "TWAS.Z": z_of()[:9]})
    refused(call("inspect", write(tmp_path / "a.dat", frame)), 1, "protein models only")


@pytest.mark.slow
def test_fine_mapping_of_focus_papers_is_no_background(tmp_path):
    names = [*GENES[:8], "INTERCEPT.1:100-200", "INTERCEPT.2:1-5"]
    frame = pd.DataFrame({"Gene": names, "Z": z_of()[:10], "PIP": 0.5, "In.Cred.Set": 1})
    frame = frame.assign(Region="1:100-200", **{"Expression.Reference": "Brain_Cortex"})
    path = write(tmp_path / "paper.tsv", frame)
    refused(call("inspect", path), 1, "GWAS-hit regions only", "full TWAS table")
    full = write(tmp_path / "full.tsv", pd.DataFrame({"gene": GENES, "z": z_of()}))
    options = ("--trait", f"A={path}", "--trait", f"A={full}", "--min-pip", 0.1, "--verbose")
    result = call("run", *options, "--no-report", "--no-gsea", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "2 rows stand for no gene" in result.stderr
    assert "8 fine-mapping rows give PIP only" in result.stderr


@pytest.mark.slow
def test_variance_controlled_z(tmp_path):
    folder = cases("calibrated")
    result = run(tmp_path / "out", folder, cases("base", "b"))
    assert result.returncode == 0, result.stderr
    is_base(tmp_path / "out")
    for said in (result.stderr, call("inspect", folder).stdout):
        assert "552 rows have their z read from uncalibrated_zscore" in said


def test_variance_controlled_z_without_the_plain_one(tmp_path):
    frame = pd.read_csv(cases("calibrated") / "Brain_Hypothalamus_spredixcan.csv")
    path = write(tmp_path / "a.csv", frame.iloc[:, :-2], sep=",")
    result = call("inspect", path)
    assert "warning: a.csv: 552 rows have a z (zscore) that MetaXcan divided" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "digits", "options", "said"),
    [
        ("c20_p_sign", 6, (), "normal quantile of pvalue (two-sided) with the sign in sign"),
        ("c22_or_se", 6, (), "ln(OR) / SE, taking SE as the standard error of ln(OR)"),
        ("c29_stat", 6, ("--columns", "A:z=STAT"), ""),
    ],
)
def test_z_is_made_and_said(tmp_path, case, digits, options, said):
    result = run(tmp_path / "out", cases(case), cases("base", "b"), *options)
    assert result.returncode == 0, result.stderr
    is_base(tmp_path / "out", digits)
    assert said in result.stderr


def made(kind, z):
    """Columns from which z can be made."""
    p, rng = 2 * stats.norm.sf(np.abs(z)), np.random.default_rng(9)
    se = rng.uniform(0.01, 0.1, len(z))
    return {
        "beta": {"beta": z * se, "se": se},
        "log OR": {"log(OR)": z * se, "SE": se},
        "OR": {"odds.ratio": np.exp(z * se), "stderr": se},
        "p and beta": {"P": p, "b": z * se},
        "p and OR": {"P": p, "OR": np.exp(z * se)},
        "p and words": {"p.value": p, "Direction": np.where(z > 0, "up", "down")},
        "p and numbers": {"pval": p, "sign": np.sign(z).astype(int)},
    }[kind]


@pytest.mark.parametrize(
    "kind", ["beta", "log OR", "OR", "p and beta", "p and OR", "p and words", "p and numbers"]
)
def test_every_way_to_z(kind):
    from twas import Trait

    z = z_of(seed=4)
    trait = Trait.from_frame(pd.DataFrame({"gene": GENES, **made(kind, z)}), name="T")
    found = trait.table.set_index("symbol")["z"]
    known = found.index.intersection(GENES)
    np.testing.assert_allclose(found[known], pd.Series(z, GENES)[known], rtol=1e-9)
    assert [fact.topic for fact in trait.quality.told] == ["z_computed"]


def test_p_of_zero_is_refused_unless_capped(tmp_path):
    frame = pd.DataFrame({"gene": GENES, "p": 2 * stats.norm.sf(np.abs(z_of())), "beta": z_of()})
    frame.loc[4, "p"] = 0.0
    path = write(tmp_path / "a.tsv", frame)
    refused(call("inspect", path), 1, "a.tsv: line 6 has p = 0", "--min-p")
    result = call("inspect", path, "--min-p", "1e-300")
    assert result.returncode == 0, result.stderr
    assert "1 rows have their p taken as 1e-300" in result.stdout
    refused(call("inspect", path, "--min-p", "7"), 2, "--min-p 7")


def test_a_direction_column_that_holds_no_sign(tmp_path):
    frame = pd.DataFrame({"gene": GENES, "p": 0.5, "direction": "+-?+"})
    refused(call("inspect", write(tmp_path / "a.tsv", frame)), 1, "direction holds no signs")


@pytest.mark.parametrize(
    ("column", "words"), [("effect_direction", ("up", "down")), ("ALS", ("risk", "protective"))]
)
def test_a_sign_that_stands_beside_z_and_is_not_read_is_named(tmp_path, column, words):
    z = z_of()[:9]
    frame = pd.DataFrame({"gene": GENES[:9], "z": np.abs(z), column: np.where(z > 0, *words)})
    path = write(tmp_path / "a.tsv", frame)
    said = (f"the column '{column}' tells another sign than z", f"--columns sign={column}")
    refused(call("inspect", path), 1, *said)
    refused(run(tmp_path / "out", path, cases("base", "b")), 1, *said)
    result = call("inspect", path, "--columns", f"sign={column}")
    assert result.returncode == 0, result.stderr
    assert f"9 rows have their z computed as the size of z with the sign in {column}" in (
        result.stdout
    )
