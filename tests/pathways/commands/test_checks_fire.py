"""The finder of every check of the list, made to fire by a file through the real command line.

One run of six small traits makes all of them fire. Its words are looked for on screen, in run.json,
in the report and, where they bear on the method, in methods.md; those of `inspect` in all of these.
"""

import html
import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from case_runs import call
from scipy import stats

from pathways.commands.console import in_options
from twas.checks import CHECKS, is_on_method
from twas.genes import reference

#: Check → trait, pair or file of which it speaks.
FIRES = {
    "hits": "HITS",
    "codes": "WIDE",
    "zeros": "MADE",
    "largest_z": "WIDE",
    "deflated": "NARROW",
    "inflated": "WIDE",
    "z_mean": "WIDE",
    "effect_contradicts_z": "WIDE",
    "sign_contradicts_z": "narrow.tsv",
    "one_snp": "WIDE",
    "no_mhc": "WIDE",
    "snp_share": "WIDE",
    "ids_contradict_symbols": "GTEx_v8_Brain_Cortex.csv",
    "mouse": "NARROW",
    "no_chromosome": "WIDE / NARROW",
    "no_common_tissue": "WIDE / HITS",
    "some_common_tissues": "WIDE / NARROW",
    "other_models": "WIDE / NARROW",
    "same_trait": "MADE / COPY",
    "opposite_signs": "WIDE / NARROW",
    "one_sign": "hits.csv",
    "z_calibrated": "GTEx_v8_Brain_Cortex.csv",
    "z_uncalibrated": "hits.csv",
    "z_computed": "Brain_Cortex.csv",
    "p_capped": "made.tsv",
    "p_contradicts_z": "GTEx_v8_Brain_Cortex.csv",
    "several_traits": "narrow.tsv",
    "smr_scale": "PAIRED",
    "no_sample_size": "HITS",
    "genes_without_position": "HITS",
    "genes_outside_blocks": "WIDE",
    "background": "WIDE",
    "dead_link": "wide",
    "file_refused": "magma.genes.out",
    "file_passed_over": "wide",
    "dropped:infinite": "Testis.csv",
    "empty_skipped": "empty.csv",
}
#: Ids that the gene reference does not know.
UNKNOWN = [f"ENSG999999900{k:02d}" for k in range(10)]
#: What depends on options that `inspect` has not.
OF_RUN = {"no_sample_size", "genes_outside_blocks", "background", "dropped:infinite"}
OF_RUN |= {"empty_skipped"}
#: What `inspect` shows as a column of its table ("placed").
OF_RUN |= {"genes_without_position"}


@cache
def genes():
    """A thousand genes and more, none in the MHC."""
    frame = reference.load().query("ensembl_id != '' and chrom != 'X' and chrom != 'Y'")
    frame = frame[frame["symbol"].str.fullmatch(r"[A-Z][A-Z0-9]{2,}")]
    place = reference.positions(frame["gene"])
    known = place["start"].notna().to_numpy()
    in_mhc = reference.in_region(frame["gene"], "6", 25_000_000, 34_000_000)
    frame = frame[known & ~in_mhc]
    return frame.groupby("chrom").head(70).reset_index(drop=True)


def wide(folder, rng):
    """Much that is odd in one S-PrediXcan file, and beside it what a folder should not hold."""
    frame = genes()[genes()["chrom"] != "21"].reset_index(drop=True)
    z = rng.normal(2.5, 4, len(frame)).round(4)
    z[:2], z[2] = -99, 61.5
    symbols = frame["symbol"].to_numpy(object)
    symbols[::3] = np.roll(symbols[::3], 1)
    table = pd.DataFrame({"gene": frame["ensembl_id"], "gene_name": symbols, "zscore": z})
    table = table.assign(effect_size=rng.normal(size=len(z)), pvalue=0.5, phi=1e-5)
    table = table.assign(n_snps_used=0, n_snps_in_model=1)
    table.to_csv(folder / "GTEx_v8_Brain_Cortex.csv", index=False)
    liver = table.head(9).assign(zscore=[1, -2, 3, -4, 5, -6, 7, -8, 9.5])
    liver = liver.assign(effect_size=liver["zscore"])
    liver.to_csv(folder / "Liver.csv", index=False)
    liver.replace({"zscore": {9.5: np.inf}}).to_csv(folder / "Testis.csv", index=False)
    table.head(0).to_csv(folder / "empty.csv", index=False)
    magma = pd.DataFrame({"GENE": ["1"], "NSNPS": 5, "NPARAM": 2, "ZSTAT": 1.5, "P": 0.1})
    magma.to_csv(folder / "magma.genes.out", sep="\t", index=False)
    (folder / "gone.csv").symlink_to(folder / "nowhere.csv")
    (folder / "plot.png").write_bytes(b"x")
    return dict(zip(table["gene"], z, strict=True))


def narrow(path, z, rng):
    """z of the other sign that vary too little, in rows of two traits, under mouse symbols."""
    frame = genes()
    base = np.array([-0.1 * np.clip(z.get(gene, 0.0), -12, 12) for gene in frame["ensembl_id"]])
    z = base - base.mean() + rng.normal(0, 0.2, len(frame))
    direction = np.where(z > 0, "up", "down")
    direction[np.argmax(np.abs(z))] = "down" if z[np.argmax(np.abs(z))] > 0 else "up"
    table = pd.DataFrame({"symbol": frame["symbol"].str.capitalize(), "tissue": "Brain_Cortex"})
    table = table.assign(z=z, trait=np.where(np.arange(len(z)) % 2, "ALS", "FTD"))
    table.assign(direction=direction).to_csv(path, sep="\t", index=False)


def write_inputs(root):
    """The files of all traits → the options that name them."""
    rng = np.random.default_rng(5)
    (root / "wide").mkdir()
    narrow(root / "narrow.tsv", wide(root / "wide", rng), rng)
    some = genes().groupby("chrom").head(3).reset_index(drop=True)
    ids = [*some["ensembl_id"][:22], *UNKNOWN]
    z = np.abs(rng.normal(6, 0.3, len(ids)))
    hits = pd.DataFrame({"gene": ids, "zscore": z / 2, "uncalibrated_zscore": z, "phi": 1e-5})
    hits.to_csv(root / "hits.csv", index=False)
    n = len(some)
    smr = pd.DataFrame({"probeID": some["ensembl_id"], "Gene": some["symbol"], "p_SMR": 0.1})
    smr = smr.assign(b_SMR=rng.normal(size=n), se_SMR=0.5)
    smr.to_csv(root / "Brain_Cortex.csv", index=False, sep="\t")
    z = rng.normal(size=n)
    made = pd.DataFrame({"gene": some["ensembl_id"], "p": 2 * stats.norm.sf(np.abs(z))})
    made.loc[0, "p"] = 0
    made.loc[1:29, "p"] = 1.0
    for path in (root / "made.tsv", root / "copy.tsv"):
        made.assign(sign=np.where(z > 0, "+", "-")).to_csv(path, sep="\t", index=False)
    traits = {"WIDE": "wide", "NARROW": "narrow.tsv", "HITS": "hits.csv"}
    traits |= {"PAIRED": "Brain_Cortex.csv", "MADE": "made.tsv", "COPY": "copy.tsv"}
    return [f"{name}={root / path}" for name, path in traits.items()]


def write_further(root):
    """What only `run` reads → its options."""
    named = genes()["symbol"]
    sets = (f"set {k}\t\t" + "\t".join(named[k::40]) + "\n" for k in (1, 2))
    (root / "sets.gmt").write_text("".join(sets))
    (root / "genes.txt").write_text("\n".join([*genes()["ensembl_id"][:-5], *UNKNOWN]) + "\n")
    rows = (f"{c}\t1\t9000000\n{c}\t20000000\t300000000\n" for c in range(1, 23))
    (root / "blocks.bed").write_text("".join(rows))
    options = ("--gene-sets", root / "sets.gmt", "--blocks", root / "blocks.bed")
    options += ("--background", root / "genes.txt", "--blocks-build", 38)
    sizes = [("--n-eff", f"{name}=900") for name in ("WIDE", "NARROW", "PAIRED", "MADE", "COPY")]
    options += tuple(word for pair in sizes for word in pair)
    return (*options, "--skip-empty", "--drop-infinite", "--allow-same", "--no-gsea")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What each place says."""
    root = tmp_path_factory.mktemp("checks")
    traits = write_inputs(root)
    given = [word for trait in traits for word in ("--trait", trait)]
    out = root / "out"
    result = call("run", *given, *write_further(root), "--min-p", 1e-9, "--out", out)
    assert result.returncode == 0, result.stderr
    inspected = call("inspect", *traits, "--min-p", 1e-9)
    as_json = call("inspect", *traits, "--min-p", 1e-9, "--json")
    return {
        "screen": result.stderr.splitlines(),
        "sources": [f["source"] for f in json.loads((out / "run.json").read_text())["quality"]],
        "run.json": plain("\n".join(json.loads((out / "run.json").read_text())["warnings"])),
        "report": plain((out / "report.html").read_text(encoding="utf-8")),
        "methods": plain((out / "methods.md").read_text().partition("# Results")[0]),
        "inspect": plain(inspected.stdout),
        "inspected": json.loads(as_json.stdout),
    }


def plain(text):
    """Text in one line, without marks of HTML or Markdown."""
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\\", "")
    return " ".join(re.sub(r"[`*]", "", in_options(text)).split())


def pattern(topic):
    parts = re.split(r"\{[^}]*\}", plain(CHECKS[topic].message))
    return "(?:[\\d,]+ )?" + ".{1,300}?".join(map(re.escape, parts))


def sentence(topic, lines):
    """What the check says in a line of the screen."""
    start = rf"(?:warning|note): {re.escape(FIRES[topic])}: "
    found = (re.fullmatch(rf"{start}({pattern(topic)})", plain(line)) for line in lines)
    return next((match[1] for match in found if match), None)


def test_every_check_has_a_file_that_makes_it_fire():
    assert set(FIRES) == set(CHECKS)


@pytest.mark.slow
def test_every_fact_says_what_it_is_about(told):
    assert len(told["sources"]) > len(CHECKS)
    assert all(told["sources"])


@pytest.mark.slow
@pytest.mark.parametrize("topic", CHECKS)
def test_it_fires_and_is_told_everywhere(topic, told):
    said = sentence(topic, told["screen"])
    assert said is not None, "\n".join(told["screen"])
    assert f"{FIRES[topic]}: {said}" in told["run.json"]
    # The report has a note as a row of a table, its count in a cell of its own.
    rest = re.sub(r"^[\d,]+ (?:of )?", "", said)
    assert rest in told["report"]
    assert (said.partition("; ")[0] in told["methods"]) == is_on_method(topic)
    # One file alone may have other numbers than its trait.
    assert bool(re.search(pattern(topic), told["inspect"])) == (topic not in OF_RUN)


@pytest.mark.slow
def test_whatever_inspect_warns_of_a_run_says(told):
    """Warnings of any topic; numbers of a file alone may be others than those of its trait."""
    found = told["inspected"]
    warnings = [said for file in found["files"] for said in file["warnings"]]
    warnings += [said.partition(": ")[2] for said in found["warnings"]]
    assert len(warnings) > 15
    screen = without_numbers(plain("\n".join(told["screen"])))
    for said in map(plain, warnings):
        topic = next((t for t in CHECKS if re.fullmatch(pattern(t), said)), None)
        assert sentence(topic, told["screen"]) if topic else without_numbers(said) in screen


def without_numbers(text):
    return re.sub(r"-?\d[\d,.]*(?:e[-+]?\d+)?", "#", text)
