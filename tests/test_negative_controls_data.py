"""The shipped negative controls: matched to core block by block, outside all collections."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from pathways.gene_sets import load_gene_sets
from twas.genes import reference
from twas.genes.blocks import default_blocks

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "data" / "gene_sets" / "negative_controls.tsv"
SCRIPT = ROOT / "scripts" / "build_negative_controls.py"


def read(name):
    return pd.read_csv(ROOT / "data" / "gene_sets" / f"{name}.tsv", sep="\t")


CORE, CONTROLS = read("core"), read("negative_controls")
GENES = reference.load().set_index("symbol")
PAIRS = {name: f"control_{name}" for name in CORE["pathway"].unique()}


def block_of(symbol):
    """The LD block of a gene, looked up without `Blocks.assign`."""
    gene = GENES.loc[symbol]
    table = default_blocks().table
    here = table[(table["chrom"] == gene["chrom"]) & (table["start"] <= gene["start"])]
    block = here.sort_values("start").iloc[-1]
    assert gene["start"] < block["end"]
    return block["block"]


def test_a_control_for_every_core_set():
    assert len(PAIRS) >= 5
    assert list(CONTROLS["pathway"].unique()) == list(PAIRS.values())


@pytest.mark.parametrize("name", PAIRS)
def test_roles_stand_in_blocks_as_in_the_core_set(name):
    """Size, roles, number of loci and their crowding follow from this."""
    profiles = []
    for table, pathway in ((CORE, name), (CONTROLS, PAIRS[name])):
        part = table[table["pathway"] == pathway]
        blocks = part["gene"].map(block_of)
        profiles.append(Counter(tuple(sorted(roles)) for _, roles in part["role"].groupby(blocks)))
    assert profiles[0] == profiles[1]
    assert sum(profiles[1].values()) == blocks.nunique()


def test_no_gene_is_in_another_collection_or_twice():
    taken = set(CORE["gene"]) | set(read("extended")["gene"])
    assert not taken & set(CONTROLS["gene"])
    assert CONTROLS["gene"].is_unique


def test_genes_are_known_and_look_protein_coding():
    sets = load_gene_sets("negative_controls")
    assert set(sets.resolution["how"]) == {"symbol"}
    assert sets.table["gene"].str.fullmatch(r"ENSG\d{11}").all()
    named = sets.table["symbol"]
    assert not named.str.contains(r"^(?:LOC\d|LINC|MIR\d|RNU|SNOR|OR\d)|-AS\d|\dP\d*$").any()
    places = reference.positions(sets.table["gene"])
    assert set(places["chrom"]) <= {str(k) for k in range(1, 23)}


def test_rows_are_sorted_and_laid_out_as_in_core():
    assert list(CONTROLS.columns) == list(CORE.columns)
    assert set(CONTROLS["evidence"]) == {"random"}
    for _, part in CONTROLS.groupby("pathway"):
        assert part["gene"].is_monotonic_increasing
    raw = FILE.read_bytes()
    assert raw.endswith(b"\n")
    assert b"\r" not in raw


def test_script_reproduces_the_committed_file():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "up to date"), done.stdout + done.stderr


def test_models_of_controls_are_about_as_common_as_of_core(test_data):
    """In real S-PrediXcan files controls must not be emptier than what they stand for."""
    files = sorted(test_data("spredixcan", "mdd").glob("*.csv.gz"))
    genes = {
        gene.split(".")[0]
        for file in files
        for gene in pd.read_csv(file, usecols=["gene"], dtype=str)["gene"]
    }
    shares = {
        name: load_gene_sets(name).table["gene"].isin(genes).mean()
        for name in ("core", "negative_controls")
    }
    assert shares["negative_controls"] > 0.85 * shares["core"]
