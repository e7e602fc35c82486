"""``methods.md`` and ``references.bib``: numbers of the run, honest sentences, verified sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pathways.report.words.manuscript import escape, manuscript
from pathways.report.words.references import REFERENCES

ROOT = Path(__file__).resolve().parents[3]


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
    files = manuscript(request.getfixturevalue(case))
    cited = set(re.findall(r"@([a-z]+\d{4})", files["methods.md"]))
    entries = set(re.findall(r"^@\w+\{(\w+),$", files["references.bib"], flags=re.MULTILINE))
    assert cited == entries
    assert cited >= {"fisher1935", "bell2002", "hartigan1969"}


def test_numbers_of_the_run_stand_in_the_methods(planted):
    text = manuscript(planted)["methods.md"]
    assert "ALS: effective N 80,000, 600 genes in" in text
    assert "FTD: effective N 10,000" in text
    assert "3 sets" in text
    assert text.startswith("**SIMULATED data")


def test_nothing_found_is_said_with_what_could_have_been_seen(nothing):
    text = manuscript(nothing)["methods.md"]
    assert "the data cannot tell" in text
    assert "80 % power" in text
    assert "SIMULATED" not in text


def test_names_are_inert_in_markdown(hostile):
    text = manuscript(hostile)["methods.md"]
    assert "<script>" not in text.replace("\\<", "")
    assert "\\input{" not in text.replace("\\\\input\\{", "")


def test_escape_keeps_citations():
    assert escape("as in [@a2000; @b2001] *x*") == "as in [@a2000; @b2001] \\*x\\*"
    assert escape("![x](http://y)") == "\\![x]\\(http://y)"
