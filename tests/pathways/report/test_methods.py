"""``methods.md``: every clause stands on rows of the run; a run without them lacks it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathways.hypotheses import load_hypotheses
from pathways.report.words.facts import run_facts
from pathways.report.words.methods import CLAUSES, methods
from tests.pathways.report.made_results import made, pair_row, sets_of, study_of, trait_row
from twas.quality import QualityFact
from twas.study.universe import UNIT

PAIR = ("ALS", "FTD")
PREDICTION = load_hypotheses()[0]
TISSUES = ("Brain_Cortex", "Brain_Hypothalamus")
BY_NAME = {clause.name: clause for clause in CLAUSES}


def full():
    """A run that did everything."""
    more = {"fwer_direction": 0.1, "p_robust": 0.1, "p_magnitude": 0.1, "nes": 1.2, "type_m": 2.0}
    directions = [
        trait_row("a", "ALS", q=0.01, **more),
        trait_row("a", "FTD", q=0.2, n_blocks=40, **more),
        trait_row("a", "ALS", q=0.01, scope="Brain_Cortex"),
        trait_row("b", "ALS", q=np.nan, min_p=0.25, n_blocks=3),
    ]
    compared = {
        "p_difference": 0.1,
        "p_difference_scaled": 0.2,
        "fwer_difference": 0.3,
        "q_excess": 0.2,
        "p_discordant": 0.4,
    }
    divergence = [
        pair_row("a", PAIR, "opposite", q=0.01, **compared),
        pair_row("a", ("ALS", "PD"), effect_scale=UNIT),
    ]
    pair = {"collection": "core", "pathway": "a", "trait_a": "ALS", "trait_b": "FTD"}
    pair |= {"scope": "combined", "call": "opposite"}
    return made(
        (*PAIR, "PD"),
        directions,
        divergence,
        flips=100,
        sets=(
            sets_of(["a"], "core", signed=True, evidence="GO:0000001 IDA"),
            sets_of(["a"], "KEGG_2021_Human"),
            sets_of(["a"], "negative_controls", signed=True, evidence="random"),
        ),
        study=study_of(
            (*PAIR, "PD"), tissues=TISSUES, intercept=1.02, overlap=0.01, assumed=("overlap of x",)
        ),
        facts=[
            QualityFact("fact", "PD", "n_eff_recorded", 1, "N_eff is taken from impute.json"),
            QualityFact("fact", "KEGG_2021_Human", "enrichr_library", 1, "Enrichr library KEGG"),
            QualityFact("warning", "ALS", "several_traits", 1, "z is inflated; give an intercept"),
        ],
        influence=[{**pair, "dropped": "1:1-9"}, {**pair, "dropped": "MHC"}],
        overlap=[pair],
        sensitivity=[
            {**pair, "variant": name} for name in ("as analysed", "roles ignored", "no MHC")
        ],
        heterogeneity=[{**pair, "traits": "ALS, FTD", "p_heterogeneity": 0.2}],
        balance=[{"axis": "balance", "trait_a": "ALS", "activity": 0.1, "fwer": 0.2}],
        hypotheses=[
            {
                "id": PREDICTION.id,
                "statement": PREDICTION.statement,
                "kind": "direction",
                "verdict": "supported",
                "holm_for": 0.01,
                "estimate": 0.002,
            },
            {"id": "x", "statement": "y", "verdict": "not tested"},
        ],
    )


def without(results, table, column):
    """The run with a column of a table emptied."""
    changed = results.tables[table].copy()
    text = changed[column].dtype == object
    changed[column] = "" if text else np.nan
    return replace(results, tables={**results.tables, table: changed})


def members(results, **changes):
    """The run with something changed in every trait."""
    study = results.study
    changed = tuple(replace(member, **changes) for member in study.members)
    return replace(results, study=replace(study, members=changed))


def pairs(results, **changes):
    study = results.study
    changed = tuple(replace(pair, **changes) for pair in study.pairs)
    return replace(results, study=replace(study, pairs=changed))


def forms(results, name):
    """The run with all files of another format, and nothing imputed by us."""
    (file,) = results.study.members[0].files
    changed = members(results, files=(replace(file, format=name),))
    return replace(changed, quality=quality(results, "several_traits"))


def quality(results, *topics):
    kept = tuple(fact for fact in results.quality.facts if fact.topic in topics)
    return replace(results.quality, facts=kept)


def rows(results, table, keep):
    """The run with some rows of a table only."""
    old = results.tables[table]
    return replace(results, tables={**results.tables, table: old[keep(old)]})


def sets(results, *names):
    kept = tuple(one for one in results.gene_sets if one.collection in names)
    return replace(results, gene_sets=kept)


def one_tissue(results):
    return members(results, tissues=("liver",))


#: Clauses with a condition beyond rows: how a run is changed so that it has them, and lacks them.
SAME = lambda results: results  # noqa: E731
CONDITIONS = {
    "S-PrediXcan": (SAME, lambda r: forms(r, "FUSION")),
    "FUSION": (lambda r: forms(r, "FUSION"), SAME),
    "SMR": (lambda r: forms(r, "SMR"), SAME),
    "FOCUS": (lambda r: forms(r, "FOCUS"), SAME),
    "table": (lambda r: forms(r, "table"), SAME),
    "imputed": (SAME, lambda r: replace(r, quality=quality(r, "several_traits"))),
    "summed": (SAME, one_tissue),
    "one tissue": (one_tissue, SAME),
    "tissues of a pair": (SAME, lambda r: replace(r, study=replace(r.study, pairs=()))),
    "tissue names": (SAME, one_tissue),
    "GTEx": (SAME, lambda r: replace(r, study=replace(r.study, tissues=("cortex",)))),
    "LDSC": (SAME, lambda r: pairs(members(r, intercept=None), overlap=None)),
    "assumed": (SAME, lambda r: pairs(r, assumed=())),
    "remarks": (SAME, lambda r: replace(r, quality=quality(r, "n_eff_recorded"))),
    "collections": (SAME, sets),
    "annotated": (SAME, lambda r: sets(r, "negative_controls")),
    "Enrichr": (SAME, lambda r: replace(r, quality=quality(r, "several_traits"))),
    "roles": (SAME, lambda r: sets(r, "KEGG_2021_Human")),
    "no roles": (SAME, lambda r: sets(r, "core")),
    "controls": (SAME, lambda r: sets(r, "core")),
    "counted": (SAME, lambda r: rows(r, "directions", lambda t: t["n_blocks"] > 24)),
    "inverted": (SAME, lambda r: rows(r, "directions", lambda t: t["n_blocks"] <= 24)),
    "untestable": (SAME, lambda r: rows(r, "directions", lambda t: t["min_p"] < 0.05)),
    "scopes": (SAME, lambda r: rows(r, "directions", lambda t: t["scope"] == "combined")),
    "no difference": (SAME, lambda r: rows(r, "divergence", lambda t: t["effect_scale"] != UNIT)),
    "fwer of activities": (SAME, lambda r: replace(r, parameters=replace(r.parameters, flips=0))),
    "fwer of differences": (SAME, lambda r: replace(r, parameters=replace(r.parameters, flips=0))),
    "blocks left out": (SAME, lambda r: rows(r, "influence", lambda t: t["dropped"] == "MHC")),
    "regions left out": (SAME, lambda r: rows(r, "influence", lambda t: t["dropped"] != "MHC")),
    "variants": (SAME, lambda r: rows(r, "sensitivity", lambda t: t["variant"] != "no MHC")),
    "roles ignored": (SAME, lambda r: sets(r, "KEGG_2021_Human")),
    "predictions": (SAME, lambda r: rows(r, "hypotheses", lambda t: t["verdict"] == "not tested")),
    "provenance of predictions": (
        SAME,
        lambda r: rows(r, "hypotheses", lambda t: t["verdict"] == "not tested"),
    ),
    "software": (SAME, lambda r: replace(r, study=replace(r.study, versions={}))),
    "seed": (
        SAME,
        lambda r: without(without(r, "directions", "nes"), "directions", "fwer_direction"),
    ),
}


def text(results):
    return "\n".join(methods(run_facts(results)))


def holds(name, results):
    """Whether the clause is in the methods of a run, and it is its text that is there."""
    facts = run_facts(results)
    clause = BY_NAME[name]
    if clause.holds(facts):
        assert clause.text(facts) in text(results)
        return True
    return False


def test_every_clause_is_tied_to_something():
    for clause in CLAUSES:
        assert clause.rows or clause.name in CONDITIONS, clause.name
    assert set(CONDITIONS) <= set(BY_NAME)
    assert len(BY_NAME) == len(CLAUSES)


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.rows], ids=lambda c: c.name)
def test_a_run_without_the_rows_lacks_the_clause(clause):
    results = full()
    assert holds(clause.name, results)
    sentence = clause.text(run_facts(results))
    for table, column in clause.rows:
        assert not holds(clause.name, without(results, table, column))
        assert sentence not in text(without(results, table, column))
        empty = replace(results, tables={**results.tables, table: results.tables[table].iloc[:0]})
        assert sentence not in text(empty)


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions(name):
    has, lacks = CONDITIONS[name]
    results = full()
    assert holds(name, has(results))
    sentence = BY_NAME[name].text(run_facts(has(results)))
    assert not holds(name, lacks(results))
    assert sentence not in text(lacks(results))


def test_falsehoods_of_old_are_gone():
    results = full()
    everything = text(results)
    assert "registered beforehand" not in everything
    assert "z / √N_eff in ALS, FTD and ALS / FTD and z / SD(z) in ALS / PD" in everything
    assert "Strengths in ALS / PD were not compared" in everything
    assert "GSEA" not in text(without(results, "directions", "nes"))
    assert "gseapy" not in text(without(results, "directions", "nes"))
    alone = text(one_tissue(results))
    assert "summed over" not in alone
    assert "LD-score intercepts [@buliksullivan2015]: ALS 1.02" in everything
    assert "Of 2 directional predictions 1 could be judged" in everything
    assert "One of these comes with the program and was not preregistered" in everything
    unsigned = rows(results, "divergence", lambda t: t["effect_scale"] != UNIT)
    assert "z / √N_eff, centred" in text(unsigned)
    assert "not compared" not in text(unsigned)


def test_a_remark_of_many_files_stands_once():
    facts = [
        QualityFact(
            "warning", f"f{k}.csv", "several_traits", k, f"{k} models lack SNPs; check them"
        )
        for k in range(1, 45)
    ]
    results = full()
    told = text(replace(results, quality=replace(results.quality, facts=tuple(facts))))
    assert "f1.csv: 1 models lack SNPs (and of 43 more)" in told
    assert "check them" not in told
