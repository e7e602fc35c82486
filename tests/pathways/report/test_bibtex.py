"""``references.bib``: BibTeX reads every entry without a warning, and titles are whole."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from pathways.report.words.facts import run_facts
from pathways.report.words.methods import BY_KEY, CLAUSES, REFERENCES
from tests.pathways.report.test_methods import BY_NAME, CONDITIONS, full

NEEDED = {
    "article": {"author", "title", "journal", "year", "volume", "pages"},
    "book": {"author", "title", "publisher", "year"},
    "misc": {"author", "year", "howpublished", "doi"},
}


@pytest.mark.parametrize("style", ["plain", "alpha"])
def test_no_warning(style, tmp_path):
    if shutil.which("bibtex") is None:
        pytest.skip("bibtex not found; install texlive-binaries and texlive-latex-base")
    (tmp_path / "references.bib").write_text("\n".join(r.bibtex for r in REFERENCES), "utf-8")
    (tmp_path / "main.aux").write_text(
        f"\\citation{{*}}\n\\bibstyle{{{style}}}\n\\bibdata{{references}}\n", "ascii"
    )
    done = subprocess.run(
        ["bibtex", "main"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Warning" not in done.stdout
    written = (tmp_path / "main.bbl").read_text("utf-8")
    assert all(f"{{{reference.key}}}" in written for reference in REFERENCES)


def test_entries_are_complete_and_plain():
    for reference in REFERENCES:
        assert set(reference.fields) >= NEEDED[reference.kind]
        assert reference.bibtex.isascii()
        assert not re.search(r"[&%#$_~^]", reference.fields.get("title", ""))
    keys = [reference.key for reference in REFERENCES]
    assert keys == sorted(keys)
    dois = [r.fields["doi"] for r in REFERENCES if "doi" in r.fields]
    assert len(dois) == len(set(dois))
    assert all(re.fullmatch(r"10\.\d{4,}/\S+", doi) for doi in dois)


def test_every_citation_is_a_reference_and_every_reference_is_cited():
    results = full()
    texts = [clause.text(run_facts(results)) for clause in CLAUSES if clause.rows]
    texts += [BY_NAME[name].text(run_facts(has(results))) for name, (has, _) in CONDITIONS.items()]
    cited = {key for text in texts for key in re.findall(r"@([a-z]+\d{4})", text)}
    assert cited == set(BY_KEY)
