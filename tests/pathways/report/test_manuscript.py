"""``methods.md`` and ``references.bib``: numbers of the run, honest sentences, verified sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pathways.report.pages.manuscript import escape, manuscript, results_paragraph
from pathways.report.pages.view import page
from pathways.report.words.methods import REFERENCES
from tests.pathways.report.made_results import made, pair_row, sets_of, trait_row

PAIR = ("BIP", "OCD")
ROOT = Path(__file__).resolve().parents[3]


def written(results):
    return manuscript(results, page(results, ()))


def sources():
    """Docstrings of the statistics, and the comments of the data they read."""
    files = [
        *(p for p in ROOT.glob("pathways/**/*.py") if "report" not in p.parts),
        *ROOT.glob("twas/**/*.py"),
        *ROOT.glob("data/*.toml"),
        *ROOT.glob("data/**/README.md"),
    ]
    return " ".join(" ".join(p.read_text(encoding="utf-8").split()) for p in files)


#: Tools and data that others made: no module of ours implements them.
OF_OTHERS = {
    *("ashburner2000", "bulikatlas2015", "buliksullivan2015", "gtex2020", "gusev2016"),
    *("kuleshov2016", "mancuso2019", "zhu2016"),
}


def test_every_reference_stands_in_the_module_that_uses_it():
    text = sources()
    for reference in REFERENCES:
        if reference.key in OF_OTHERS:
            continue
        fields = reference.fields
        if "pages" in fields:
            where = f"{fields['volume']}:{fields['pages'].replace('--', '-')}"
            assert where in text, reference
        # A docstring may leave out what follows the colon of a title.
        title = fields.get("title", fields.get("doi")).partition(":")[0]
        assert title.casefold() in text.casefold(), reference
        assert fields["author"].split(",")[0] in text, reference


@pytest.mark.parametrize("case", ["planted", "nothing", "one_trait", "hostile"])
def test_citations_and_entries_match(case, request):
    files = written(request.getfixturevalue(case))
    cited = set(re.findall(r"@([a-z]+\d{4})", files["methods.md"]))
    entries = set(re.findall(r"^@\w+\{(\w+),$", files["references.bib"], flags=re.MULTILINE))
    assert cited == entries
    assert cited >= {"fisher1935", "bell2002", "hartigan1969"}


def test_numbers_of_the_run_stand_in_the_methods(planted):
    text = written(planted)["methods.md"]
    assert "ALS: effective N 80,000, 600 genes in" in text
    assert "FTD: effective N 10,000" in text
    assert "3 sets" in text
    assert text.startswith("**SIMULATED data")


def test_nothing_found_is_said_with_what_could_have_been_seen(nothing):
    text = written(nothing)["methods.md"]
    assert "the data cannot tell" in text
    assert "80 % power" in text
    assert "SIMULATED" not in text


def test_names_are_inert_in_markdown(hostile):
    text = written(hostile)["methods.md"]
    assert "<script>" not in text.replace("\\<", "")
    assert "\\input{" not in text.replace("\\\\input\\{", "")


def test_escape_keeps_citations():
    assert escape("as in [@a2000; @b2001] *x*") == "as in [@a2000; @b2001] \\*x\\*"
    assert escape("![x](http://y)") == "\\![x]\\(http://y)"


def test_a_paper_says_bounds_once():
    for results in (
        made(PAIR, [trait_row("x", t) for t in PAIR], [pair_row("x", PAIR)]),
        made(("BIP",), [trait_row("a", "BIP"), trait_row("b", "BIP")]),
    ):
        text = written(results)["methods.md"].partition("# Results")[2]
        assert len(re.findall(r"below 0\.18 %|beyond 0\.60 %", text)) == 1
    three = ("A", "B", "C")
    pairs = [pair_row("x", ("A", "B")), pair_row("x", ("A", "C"))]
    text = written(made(three, [trait_row("x", t) for t in three], pairs))["methods.md"]
    assert text.count("Undetermined in A and") == text.count("x; if opposite, the weaker") == 2


def test_results_repeat_no_sentence():
    calls = dict.fromkeys([f"s{k}" for k in range(60)], "undetermined")
    calls |= {"t": "opposite", "u": "unequal", "v": "untestable"}
    directions = [
        trait_row(p, t, q=0.01 if p in ("s3", "s4") and t == "BIP" else 1.0, collection=name)
        for name in ("one", "two")
        for p in calls
        for t in PAIR
    ]
    pairs = [
        pair_row(p, PAIR, call, q=0.01, collection=name)
        for name in ("one", "two")
        for p, call in calls.items()
    ]
    results = made(PAIR, directions, pairs, sets=[sets_of(["t"], "one"), sets_of(["t"], "two")])
    paragraph = results_paragraph(results, page(results, ()))
    assert "\n" not in paragraph
    sentences = re.split(r"(?<=[^A-Z])\. (?=[A-Z])", paragraph)
    assert paragraph.count("Brackets hold") == 1
    assert "1 untestable (two)." in paragraph
    assert len(set(sentences)) == len(sentences), paragraph
    assert "and 46 more" in paragraph
