"""The page on workflows, as it is written: Snakemake on simulated GWAS, its table in MultiQC.

Both programs live in environments of their own; ``TWAS_TEST_SNAKEMAKE`` and ``TWAS_TEST_MULTIQC``
say where, as `scripts/gate.py workflow` does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from pathways.report.words.names import title
from tests.test_docs_commands import blocks

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "workflows.md"


class Rows(HTMLParser):
    """Texts of the cells of every table row, by the id of the table."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.table = ""

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.table = dict(attrs).get("id", "")
        elif tag == "tr":
            self.tables.setdefault(self.table, []).append([])
        elif tag in ("td", "th") and self.table:
            self.tables[self.table][-1].append("")

    def handle_endtag(self, tag):
        if tag == "table":
            self.table = ""

    def handle_data(self, data):
        if self.table and self.tables.get(self.table, [[]])[-1]:
            self.tables[self.table][-1][-1] += data.strip()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Folder in which the page was followed."""
    folder = tmp_path_factory.mktemp("workflow")
    (folder / "bin").mkdir()
    for name in ("snakemake", "multiqc"):
        program = os.environ.get(f"TWAS_TEST_{name.upper()}")
        if program is None:
            pytest.skip(f"{name} is not here; set TWAS_TEST_{name.upper()}")
        (folder / "bin" / name).symlink_to(program)
    shutil.copytree(ROOT / "workflows", folder / "workflows")
    path = os.pathsep.join([str(Path(sys.executable).parent), str(folder / "bin")])
    done = subprocess.run(
        ["bash", "-eu", "-c", "".join(blocks(PAGE, "bash"))],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)},
    )  # fmt: skip
    logs = "".join(log.read_text() for log in folder.glob("study/logs/*"))
    assert done.returncode == 0, done.stderr[-3000:] + logs
    return folder / "study"


@pytest.mark.slow
def test_the_workflow_ends_with_the_report(study):
    assert (study / "results" / "report.html").stat().st_size > 0
    table = pd.read_csv(study / "results" / "divergence.tsv", sep="\t")
    calls = table[table["scope"] == "combined"].set_index("pathway")["call"]
    assert calls["mtor"] == "opposite"


@pytest.mark.slow
def test_multiqc_shows_our_table(study):
    page = (study / "multiqc" / "multiqc_report.html").read_text(encoding="utf-8")
    assert "Divergence of pathways" in page
    rows = Rows()
    rows.feed(page)
    ours = next(rows.tables[name] for name in rows.tables if "twas_divergence_table" in name)
    table = pd.read_csv(study / "results" / "divergence.tsv", sep="\t")
    shown = table.query("scope == 'combined' and collection == 'core'")
    found = {row[0]: row for row in ours if row}
    for pathway, call in zip(shown["pathway"], shown["call"], strict=True):
        assert call in found[f"core: {title(pathway, 'core')}"], (pathway, found)


@pytest.mark.slow
def test_nothing_is_left_to_do(study):
    """A second start finds every file there: the outputs are those that the rules name."""
    done = subprocess.run(
        [os.environ["TWAS_TEST_SNAKEMAKE"], "--dry-run", "--cores", "1"],
        cwd=study, capture_output=True, text=True, check=False,
        env=os.environ | {"HOME": str(study.parent)},
    )  # fmt: skip
    assert re.search("Nothing to be done", done.stdout + done.stderr), done.stderr[-2000:]
