"""The report: complete, inert, the same every time, and honest."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from pathways.calls.vocabulary import WORDS
from pathways.report import write_report
from pathways.report.words.whole_run import LIMITATIONS
from pathways.tables.registry import TABLES
from tests.pathways.report.conftest import HOSTILE, make_results, some_sets

VOID = {"meta", "link", "br", "img", "input", "hr", "col"}


class Page(HTMLParser):
    """Checks that tags close, and keeps what is needed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.loads, self.words, self.ids = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.loads += [
            value
            for name, value in attrs
            if name in ("src", "srcset", "data", "action", "xlink:href", "poster")
            or (name == "href" and tag != "a")
        ]
        self.loads += [value for name, value in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def read(folder):
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def written(results, folder):
    folder.mkdir()
    write_report(results, folder)
    return read(folder)


@pytest.mark.parametrize("case", ["planted", "hostile", "nothing", "one_trait"])
def test_report_is_well_formed_and_loads_nothing(case, report_of):
    page = read(report_of(case))
    assert [load for load in page.loads if not load.startswith(("#", "data:,"))] == []
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("script") == 1
    assert page.tags.count("svg") >= 1
    assert all(sentence in page.text for sentence in LIMITATIONS)


def test_report_states_question_calls_and_that_data_are_simulated(planted, report_of):
    page = read(report_of("planted"))
    call = planted.divergence.query("scope == 'combined'").set_index("pathway")["call"]
    assert (call["turned"], call["shared"], call["null"]) == (
        "opposite",
        "concordant",
        "undetermined",
    )
    assert "Do ALS and FTD push a biological pathway in opposite directions" in page.text
    assert "1 opposite, 1 concordant, 1 undetermined" in page.text
    assert "associated with higher risk of ALS and lower risk of FTD" in page.text
    assert "associated with higher risk of both ALS and FTD" in page.text
    assert "SIMULATED" in page.text
    assert all(word in page.text for word in WORDS)


def test_every_shown_column_has_its_note(planted, report_of):
    page = read(report_of("planted"))
    for column in TABLES["divergence"].columns:
        assert column.meaning in page.text


def test_nothing_called_says_that_the_data_cannot_tell(nothing, report_of):
    text = read(report_of("nothing")).text
    assert "the data cannot tell" in text
    assert "not evidence of no difference" in text
    assert "What could have been seen" in text
    assert re.search(r"A: (the 95 % interval reaches|an activity of) [0-9.]+", text)
    assert "SIMULATED" not in text


@pytest.mark.parametrize("case", ["planted", "nothing", "one_trait"])
def test_no_forbidden_claims(case, report_of):
    text = read(report_of(case)).text.lower()
    for claim in ("causes", "caused by", "drives", "leads to disease risk", "only in"):
        assert claim not in text
    assert not re.search(r"significant in (one|als|ftd|a|b)\b", text)
    # "push" stands in the question, and where the null hypothesis is explained.
    left = text.replace("as likely to push up as down", "")
    assert left.count("push") == ("do " in text and "opposite directions, and" in text)


def test_one_trait_has_no_divergence(one_trait, report_of):
    page = read(report_of("one_trait"))
    assert "Divergence between traits" not in page.text
    assert "in which direction" in page.text
    assert "effective sample size unknown" in page.text


def test_hostile_names_are_shown_and_inert(report_of):
    folder = report_of("hostile")
    page = read(folder)
    source = (folder / "report.html").read_text(encoding="utf-8")
    assert "img" not in page.tags
    assert "<script>alert" not in source
    assert "<script>alert('x')</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert not any(c in source for c in "\x00\x01\x0b")
    for name in HOSTILE[:4]:
        assert name in page.text


def test_equal_results_give_equal_bytes(one_trait, tmp_path):
    contents = []
    for name in ("first", "second place"):
        folder = tmp_path / name
        folder.mkdir()
        write_report(one_trait, folder)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        contents.append({str(p.relative_to(folder)): p.read_bytes() for p in files})
        assert not any(str(tmp_path).encode() in data for data in contents[-1].values())
    assert {name.rsplit(".")[-1] for name in contents[0]} == {"svg", "html", "md", "bib"}
    assert contents[0] == contents[1]


@pytest.mark.slow
def test_three_thousand_pathways_and_long_names(tmp_path):
    sets = some_sets([f"{'very ' * 55}long pathway {k}" for k in range(3000)], size=12)
    results = make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, sets)
    page = written(results, tmp_path / "out")
    assert (
        "of 3,000 pathways, those of smallest q" in page.text
    )  # the figure says what it leaves out
    # The table holds every pathway, as rows or as the data of the table that the script makes.
    assert "long pathway 2999" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_three_traits_and_no_sample_size(tmp_path):
    traits = {"A": {"n_eff": 900}, "B": {"n_eff": 800}, "C": {}}
    page = written(make_results(traits, some_sets(["x", "y"])), tmp_path / "out")
    for pair in ("A / B", "A / C", "B / C"):
        assert pair in page.text
    assert "push a biological pathway in opposite directions" in page.text
