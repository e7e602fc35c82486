"""The GSEA adapter: orientation, floor, types, and agreement with GSEApy itself."""

import warnings

import numpy as np
import pandas as pd
import pytest

from pathways import load_gene_sets
from pathways.statistics.contributions import Members
from pathways.statistics.gsea import gsea


@pytest.fixture(scope="module")
def view(small_study):
    return small_study.universe(("ALS",))


def top_genes(study, view, n, sign=1):
    order = np.argsort(-sign * view.effect[0])[:n]
    return study.genes["gene"].to_numpy()[view.genes[order]].tolist()


def run(study, view, sets, **options):
    collection = load_gene_sets(sets)
    found = gsea(view, Members.of(study, collection), signed=collection.signed, **options)
    names = pd.Index(collection.pathways)
    return found._replace(scores=found.scores.set_index(names))


def test_members_are_oriented_by_role(small_study, view):
    high, low = (top_genes(small_study, view, 20, sign) for sign in (1, -1))
    found = run(
        small_study,
        view,
        {
            "up": dict.fromkeys(high, 1),
            "down": dict.fromkeys(low, 1),
            "turned": dict.fromkeys(low, -1),
            "both": {**dict.fromkeys(high, 1), **dict.fromkeys(low, -1)},
            "unknown": {**dict.fromkeys(high, 1), **dict.fromkeys(low, 0)},
        },
        permutations=200,
    ).scores
    assert (found.loc[["up", "turned", "both", "unknown"], "nes"] > 2).all()
    assert found.loc["down", "nes"] < -2
    assert found["p_gsea"].tolist() == [pytest.approx(1 / 201)] * 5


def test_p_is_never_zero_and_never_above_one(small_study, view, placed_genes):
    rng = np.random.default_rng(0)
    sets = {f"s{k}": list(rng.choice(placed_genes, 15)) for k in range(8)}
    found, members = run(small_study, view, {**sets, "up": top_genes(small_study, view, 25)})
    assert found["p_gsea"].between(1 / 1001, 1).all()
    # Planted at the top: the first places, all of them leading, each one gene of the view.
    up = members[members["set"] == 8]
    assert up["rank"].tolist() == list(range(1, 26))
    assert up["leading"].all()
    assert set(up["gene"]) <= set(view.genes.tolist())
    assert (members["n_ranked"] == len(view.genes)).all()
    assert np.sign(members["effect"]).diff()[members["set"].diff() == 0].max() <= 0


def test_unsigned_sets_agree_with_gseapy(small_study, view, placed_genes):
    import gseapy

    rng = np.random.default_rng(1)
    names = small_study.genes["gene"].to_numpy()
    sets = {f"s{k}": rng.choice(names[view.genes], 20, replace=False).tolist() for k in range(5)}
    found = run(small_study, view, sets, seed=7).scores
    ranked = pd.Series(view.effect[0], index=names[view.genes]).sort_values(ascending=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = gseapy.prerank(
            rnk=ranked, gene_sets=sets, min_size=1, max_size=len(ranked), permutation_num=1000,
            seed=7, threads=1, outdir=None, no_plot=True,
        ).res2d.set_index("Term")  # fmt: skip
    for name in sets:
        assert found.loc[name, "nes"] == pytest.approx(float(expected.loc[name, "NES"]), abs=0.1)


def test_sets_without_tested_members_are_empty(small_study, view):
    found, members = run(small_study, view, {"none": {"NOSUCHGENE": 1}, "zero": {"MTOR": 0}})
    assert found[["nes", "p_gsea"]].isna().all(axis=None)
    assert members.empty
