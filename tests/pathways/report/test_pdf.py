"""``report.pdf``: the same bytes every time, names inert, nothing fetched."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from pathways.report import write_report
from pathways.report.pages import pdf
from pathways.report.pages.view import page
from pathways.report.words.whole_run import LIMITATIONS
from tests.pathways.report.conftest import HOSTILE
from twas.errors import UsageError

pytest.importorskip("typst", reason="typst is not installed (pip install '.[pdf]')")


@pytest.mark.parametrize("case", ["nothing", "one_trait", "hostile"])
def test_document_holds_the_answer_and_nothing_but_text(case, request):
    document = pdf.document(page(request.getfixturevalue(case), []))
    text = json.dumps(document, ensure_ascii=False)
    assert "the data cannot tell" in text or "no direction that the data can show" in text
    for sentence in LIMITATIONS:
        assert json.dumps(sentence, ensure_ascii=False) in text
    assert "\x01" not in text


@pytest.mark.parametrize("case", ["nothing", "one_trait", "planted"])
def test_every_call_that_is_used_is_defined(case, request):
    results = request.getfixturevalue(case)
    document = pdf.document(page(results, []))
    defined = next(p["items"] for p in document["parts"] if p["heading"] == "What the calls mean")
    words = {word for item in defined for word in item.partition(": ")[0].split(", ")}
    used = {item["calls"] for p in document["parts"] for item in p["findings"]}
    assert used
    assert used <= words
    if len(results.divergence):
        assert set(results.divergence["call"]) <= words


def test_equal_results_give_equal_bytes(hostile):
    first = pdf.render_pdf(page(hostile, []))
    assert first.startswith(b"%PDF")
    assert pdf.render_pdf(page(hostile, [])) == first


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext (apt: poppler-utils)")
def test_names_print_as_they_are(hostile, planted, tmp_path):
    def printed(results):
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf.render_pdf(page(results, [])))
        text = subprocess.run(
            ["pdftotext", path, "-"], capture_output=True, text=True, check=True
        ).stdout
        return " ".join(text.replace("\u200b", "").split())

    text = printed(hostile)
    for name in (HOSTILE[0], HOSTILE[3], "\\input{/etc/passwd} $x^2$ 50% _a_ {}"):
        assert name in text
    assert "SIMULATED DATA" not in text
    assert "SIMULATED DATA" in printed(planted)


def test_written_on_request_with_figures(one_trait, tmp_path):
    write_report(one_trait, tmp_path, pdf=True)
    assert (tmp_path / "report.pdf").stat().st_size > 20_000


def test_without_typst_says_what_to_install(one_trait, monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"twas-divergence\[pdf\]"):
        pdf.render_pdf(page(one_trait, []))
