"""The documentation follows the code, and what it shows runs."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "scripts" / "build_pictures.py"


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
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    from pathways.commands import main

    for name in re.findall(r"twas-divergence ([a-z][a-z-]*)", text):
        assert name in main.commands, name
    options = {opt for command in main.commands.values() for p in command.params for opt in p.opts}
    for option in set(re.findall(r"`?(--[a-z][a-z-]+)", text)):
        assert option in options, option


def test_links_between_pages_lead_somewhere():
    """Headings too; of pages of the site Sphinx holds them as well."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text):
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name}: {target}"
            if anchor:
                assert anchor in headings(there), f"{page.name}: {target}#{anchor}"


ROOMS = re.compile(r"^\| ((?:`[\w/]+`(?:, )?)+) \| (.*) \|$", flags=re.MULTILINE)


def test_rooms_of_the_architecture_are_those_of_the_code():
    """Each name in a row is a file of that room, or stands in its code."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for package, part in zip(("twas", "pathways"), text.split("## `pathways`"), strict=True):
        for rooms, job in ROOMS.findall(part):
            places = [ROOT / package / room.rstrip("/") for room in re.findall(r"[\w/]+", rooms)]
            files = [f for p in places for f in (p.rglob("*.py") if p.is_dir() else [py(p)])]
            code = "".join(file.read_text(encoding="utf-8") for file in files)
            known = {file.stem for file in files} | set(re.findall(r"\w+", code))
            known |= {folder.name for p in places for folder in p.rglob("*") if folder.is_dir()}
            for name in re.findall(r"`([\w./]+)`", job):
                first, _, rest = name.rstrip("/").partition(".")
                home = ROOT / package / first / f"{rest}.py"
                assert home.exists() or first in known, (rooms, name)


def py(path: Path) -> Path:
    return path.with_suffix(".py")


def headings(page: Path) -> set[str]:
    """Anchors of the headings of a page, as GitHub and MyST make them."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def test_pictures_of_the_methods_are_those_of_the_script():
    """Each picture of a method stands on a page, and the script draws no other."""
    names = set(re.findall(r"^@picture\ndef (\w+)", PICTURES.read_text(), flags=re.MULTILINE))
    drawn = {p.stem.removeprefix("method_") for p in (ROOT / "docs/images").glob("method_*.svg")}
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    assert names == drawn == set(re.findall(r"\(images/method_(\w+)\.svg\)", pages))


@pytest.mark.slow
def test_pictures_of_the_methods_can_be_drawn(tmp_path):
    words = [sys.executable, "-W", "error", "scripts/build_pictures.py", "--out", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True)
    for path in tmp_path.iterdir():
        kept = (ROOT / "docs" / "images" / path.name).read_text(encoding="utf-8")
        texts = re.findall(r"<text[^>]*>([^<]*)", path.read_text(encoding="utf-8"))
        assert texts == re.findall(r"<text[^>]*>([^<]*)", kept), path.name


def test_every_method_has_its_page():
    """Formula, question, when it fails and where; the list of pages is that of the site."""
    pages = sorted((ROOT / "docs").glob("method_*.md"))
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for part in (
            "**Question.**",
            "(images/method_",
            "```text",
            "**When it fails.**",
            "**Where.**",
        ):
            assert part in text, (page.name, part)
        for home in re.findall(r"`((?:twas|pathways|data)/[\w/.]+)`", text):
            assert (ROOT / home).exists(), (page.name, home)
        assert f"\n{page.stem}\n" in index, page.name


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
    assert (tmp_path / "written" / "report.html").exists()
