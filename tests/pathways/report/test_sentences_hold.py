"""No sentence of methods and report contradicts the tables beside it, whatever tissues and N."""

import html
import os
import re
import shutil
from pathlib import Path

import pytest

import pathways
import twas
from pathways.report.pages.html import render
from pathways.report.pages.manuscript import manuscript
from pathways.report.pages.view import page

ROOT = Path(__file__).resolve().parents[3]
CASES = Path(os.environ.get("TWAS_TEST_CASES", ROOT.parent / "shared" / "cases"))
BOTH = {"A": 87_400, "B": 10_300}


@pytest.fixture(scope="module")
def liver(tmp_path_factory):
    """The second trait of `base` in a tissue that the first one lacks."""
    folder = tmp_path_factory.mktemp("liver")
    for path in (CASES / "base" / "b").glob("*.csv"):
        shutil.copy(path, folder / "Liver_spredixcan.csv")
    return folder


@pytest.fixture(
    scope="module",
    params=[
        ("F41/als", "F41/ftd", BOTH),
        ("F46/als.csv", "F46/ftd.csv", BOTH),
        ("F43/als", "F43/ftd", BOTH),
        pytest.param(("base/a", "c08_other_tissue_name", BOTH), marks=pytest.mark.slow),
        pytest.param(("base/a", "liver", BOTH), marks=pytest.mark.slow),
        pytest.param(("base/a", "base/b", {"A": 87_400}), marks=pytest.mark.slow),
        pytest.param(("F43/als", "F43/ftd", {}), marks=pytest.mark.slow),
    ],
    ids=lambda case: f"{case[0]}-{case[1]}-{len(case[2])}",
)
def said(request, liver):
    """A run, and all it says but its tables of every fact."""
    *paths, n_eff = request.param
    if not CASES.exists():
        pytest.skip("cases not found; set TWAS_TEST_CASES")
    traits = [
        twas.read_trait(
            liver if path == "liver" else CASES / path, name=name, n_eff=n_eff.get(name)
        )
        for name, path in zip("AB", paths, strict=True)
    ]
    study = twas.Study.from_traits(traits)
    results = pathways.analyse(study, pathways.load_gene_sets("core"), run_gsea=False, flips=50)
    told = page(results, ())
    text = html.unescape(re.sub(r"<[^>]+>", " ", render(told)))
    methods = manuscript(results, told)["methods.md"].replace("\\", "")
    return results, n_eff, " ".join(f"{methods} {text}".split())


def tissues_of(results, trait):
    rows = results.directions[results.directions["trait"] == trait]
    return set(rows["scope"]) - {"combined"}


def test_effects_are_on_the_scale_that_is_named(said):
    results, n_eff, text = said
    scales = {*results.directions["effect_scale"], *results.divergence["effect_scale"]}
    assert ("z / √N_eff" in text) == ("per_sqrt_n" in scales)
    assert ("z / SD(z)" in text) == ("unit" in scales)
    lacking = len(n_eff) < 2
    assert ("effective sample size unknown" in text) == lacking
    for words in ("sample sizes were not given", "the others in SD of z"):
        assert words not in text or lacking


def test_bounds_have_the_unit_of_their_pair(said):
    results, _, text = said
    (scale,) = set(results.divergence["effect_scale"])
    notes = re.findall(r"95 % confidence; ([^.]*)\.", text)
    assert notes
    for note in notes:
        assert ("odds" in note) == (scale == "per_sqrt_n"), note
    assert not re.search(r"weaker effect is below [\d.]+ %", text) or scale == "per_sqrt_n"


def test_strengths_are_said_to_be_compared_where_they_are(said):
    results, _, text = said
    compared = results.divergence["p_difference"].notna().any()
    assert ("Strengths in A / B were not compared" in text) == (not compared)
    assert ("The difference of activities was tested" in text) == compared


def test_tissues_are_those_of_the_tables(said):
    results, _, text = said
    own = {trait: tissues_of(results, trait) for trait in "AB"}
    several = {
        trait: f"{trait} ({len(own[trait])} tissues)" for trait in "AB" if len(own[trait]) > 1
    }
    summed = re.search(r"Z-scores of (.*?) were summed over those of the tissues", text)
    assert bool(summed) == bool(several)
    if summed:
        assert summed[1] == " and ".join(several.values())
    for trait in set(own) - set(several):
        assert f"{trait} ({next(iter(own[trait]))})" in text
    shared = set(results.divergence["scope"]) - {"combined"}
    assert shared == own["A"] & own["B"]
    assert ("no tissue in common" in text) == (not shared)
    assert ("tissues are common to A and B" in text) == bool(shared and own["A"] != own["B"])
    known = [tissue for tissue in own["A"] | own["B"] if tissue.startswith("Brain_")]
    named = re.search(r"(The|All|\d+ of)(?: (\d+))? tissues? of the models (?:is|are) named", text)
    assert bool(named) == bool(known)
    if named:
        assert (named[1] == "The") == (len(own["A"] | own["B"]) == 1)


def test_circuits_are_told_where_they_are_tested(said):
    results, _, text = said
    told = results.tables["balance"]["fwer"].notna().any()
    assert ("It was formed in each circuit" in text) == told
