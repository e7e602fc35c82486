"""The shipped example: it is what its script makes, and it holds the truth that it states."""

import gzip
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twas.genes import reference
from twas.system.program import data_path

ROOT = Path(__file__).resolve().parent.parent
TRAITS = ("ALS", "FTD")


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "build_example.py"
    spec = importlib.util.spec_from_file_location("build_example", path)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def example():
    """All tables in one: trait, tissue, gene, gene_name, zscore, chrom, start."""
    parts = []
    for trait in TRAITS:
        for path in sorted(data_path("example", trait.lower()).glob("*_spredixcan.csv.gz")):
            tissue = path.name.removesuffix("_spredixcan.csv.gz")
            parts.append(pd.read_csv(path).assign(trait=trait, tissue=tissue))
    table = pd.concat(parts, ignore_index=True)
    place = reference.positions(table["gene"])
    return table.assign(chrom=place["chrom"], start=place["start"].astype(float))


@pytest.fixture(scope="module")
def core():
    return pd.read_csv(data_path("gene_sets", "core.tsv"), sep="\t")


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(data_path("example", "truth.tsv"), sep="\t")


def content(path):
    # Another zlib may pack the same text into other bytes.
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def test_the_example_is_what_its_script_makes(script, tmp_path, capsys):
    script.main(["--out", str(tmp_path)])
    made = {path.relative_to(tmp_path): content(path) for path in tmp_path.rglob("*.*")}
    shipped = data_path("example")
    assert made == {path.relative_to(shipped): content(path) for path in shipped.rglob("*.*")}
    assert len(made) == 8
    assert "truth.tsv" in capsys.readouterr().out


def test_the_example_is_small():
    assert sum(path.stat().st_size for path in data_path("example").rglob("*.*")) < 2_500_000


def test_the_example_looks_like_real_tissues(example, core):
    counts = example.groupby(["trait", "tissue"]).size()
    assert len(counts) == 6
    assert counts.between(10_500, 11_500).all()
    modelled = core["gene"].isin(example["gene_name"])
    assert modelled.groupby(core["pathway"]).mean().between(0.65, 0.9).all()
    assert {"PPARGC1A", "PTEN", "RHEB"} <= set(core["gene"][~modelled])
    assert example["chrom"].ne("").all()


def test_truth_covers_every_trait_and_core_pathway(truth, core):
    assert truth.columns.tolist() == [
        "trait",
        "pathway",
        "direction",
        "effect_per_gene",
        "source",
        "note",
    ]
    pairs = set(zip(truth["trait"], truth["pathway"], strict=True))
    assert pairs == {(trait, pathway) for trait in TRAITS for pathway in core["pathway"]}
    assert len(pairs) == len(truth)
    sign = truth["direction"].map({"up": 1, "down": -1, "none": 0})
    assert (np.sign(truth["effect_per_gene"]) == sign).all()
    article = truth[truth["source"] == "article"][["trait", "pathway", "direction"]]
    assert article.to_numpy().tolist() == [
        ["ALS", "mtor", "up"],
        ["FTD", "pgc1a", "down"],
        ["FTD", "sirt1", "down"],
    ]
    assert set(truth["source"]) == {"article", "invented"}


def test_no_gene_of_two_pathways_carries_an_effect(script, core):
    planted = script.planted_effects(script.plantable())
    memberships = core["gene"].value_counts()
    for effects in planted.values():
        assert (memberships[list(effects)] == 1).all()
    autophagy = set(core["gene"][core["pathway"] == "autophagy"])
    assert not autophagy & {gene for effects in planted.values() for gene in effects}


def flip_p(members, column, flips=20_000):
    """Return the net direction and p of 20,000 random flips of 2 Mb blocks."""
    blocks = members["chrom"] + ":" + (members["start"] // 2e6).astype(str)
    sums = (members["role"] * members[column]).groupby(blocks).sum().to_numpy()
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(flips, len(sums)))
    extreme = (np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9).sum()
    return np.sign(sums.sum()), (extreme + 1) / (flips + 1)


def test_the_planted_truth_can_be_recovered(example, core, truth):
    keys = ["gene", "gene_name", "chrom", "start"]
    z = example.pivot_table(index=keys, columns="trait", values="zscore", aggfunc="sum")
    number = example.groupby(keys)["tissue"].nunique()
    combined = z.div(np.sqrt(number * (1 + 0.7 * (number - 1))), axis=0)
    combined = (combined - combined.mean()).reset_index()
    for row in truth.itertuples():
        roles = core[(core["pathway"] == row.pathway) & (core["role"] != 0)][["gene", "role"]]
        members = combined.drop(columns="gene").merge(roles, left_on="gene_name", right_on="gene")
        direction, p = flip_p(members, row.trait)
        if row.direction == "none":
            assert p > 0.2, row
        else:
            assert p < 1e-3, row
            assert direction == np.sign(row.effect_per_gene), row
