"""The documentation follows the code, and what it shows runs."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent


def test_generated_pages_are_up_to_date():
    result = subprocess.run(
        [sys.executable, "scripts/build_docs.py", "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_every_command_of_the_readme_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("uvx --from", "uvx")
    from pathways.commands import main

    for name in re.findall(r"twas-divergence ([a-z][a-z-]*)", text):
        assert name in main.commands, name
    options = {opt for command in main.commands.values() for p in command.params for opt in p.opts}
    for option in set(re.findall(r"`?(--[a-z][a-z-]+)", text)):
        assert option in options, option


def test_links_between_pages_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_python_example_of_the_readme_runs(tmp_path, monkeypatch):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    genes = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].unique()
    monkeypatch.chdir(tmp_path)
    for k, name in enumerate(("als", "ftd")):
        (tmp_path / name).mkdir()
        table = pd.DataFrame(
            {"gene_name": genes, "zscore": np.random.default_rng(k).normal(size=len(genes))}
        )
        table.to_csv(tmp_path / name / "Brain.csv.gz", index=False)
    exec(compile(code, "README", "exec"), {})
    assert (tmp_path / "results" / "report.html").exists()
