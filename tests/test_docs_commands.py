"""Every command that the README and the pages show, run as it is written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import click
import pandas as pd
import pytest
import yaml

from pathways.commands import main

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", flags=re.MULTILINE | re.DOTALL)
#: Blocks that Sphinx runs or fills: cells of notebooks, files that are shown, lists of pages.
_DIRECTIVE = re.compile(r"^```\{.*?^```$", flags=re.MULTILINE | re.DOTALL)
#: Blocks of this kind install something, and `.ci/run` does that; no test changes an environment.
INSTALLERS = ("pip", "pipx", "uvx")


def fences(page: Path) -> list[tuple[str, str]]:
    """Kind and text of every fenced block of a page, in order."""
    text = _DIRECTIVE.sub("", page.read_text(encoding="utf-8"))
    return [(match["kind"], match["body"]) for match in _FENCE.finditer(text)]


def blocks(page: Path, kind: str) -> list[str]:
    """Fenced blocks of a page that are marked so, in order."""
    return [body for found, body in fences(page) if found == kind]


PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if blocks(page, "bash") or (blocks(page, "python") and page.stem != "contributing")
]


def commands(page: Path) -> list[list[str]]:
    """Words of every command line of `twas-divergence` on a page."""
    text = "".join(blocks(page, "bash")).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith("twas-divergence ")]
    return [shlex.split(line.split(" | ")[0])[1:] for line in lines]


def follow(page: Path, folder: Path, skip: tuple[str, ...] = ()) -> str:
    """Run the blocks of a page in a folder that has files of two traits; return what they print."""
    for trait in ("als", "ftd"):
        shutil.copytree(ROOT / "data" / "example" / trait, folder / trait, dirs_exist_ok=True)
    script = "".join(block for block in blocks(page, "bash") if block not in skip)
    if code := "".join(blocks(page, "python")):
        script += f"python -W error <<'END_OF_PYTHON'\n{code}END_OF_PYTHON\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eu", "-c", script], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": path, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, (page.name, done.stderr[-2000:])
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_and_options_exist(page):
    for words in commands(page):
        command: click.Command = main
        while isinstance(command, click.Group):
            name, *words = words
            assert name in command.commands, name
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, word


def test_what_no_test_runs_is_an_installation():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for block in blocks(page, "shell"):
            for line in block.splitlines():
                assert line.split()[0] in INSTALLERS, (page.name, line)


#: Pages whose blocks are not run as they stand: help that is made by a script and compared with the
#: commands; code for a copy of the source, which `tests/test_contributing.py` puts there; and the
#: fifteen minutes of the evidence, of which CI runs the short form.
NOT_RUN = ("cli", "contributing", "evidence")


def test_every_block_of_a_page_says_what_it_is():
    """Run by a test, an installation, or a text: what else stands in a fence is run by no one."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        if page.stem not in NOT_RUN:
            kinds = {kind for kind, _ in fences(page)}
            assert kinds <= {"bash", "python", "shell", "text"}, (page.name, kinds)


def test_no_page_writes_where_another_did():
    """A reader who pastes one page after the other is not told that a folder exists."""
    written = Counter(
        name
        for page in PAGES
        if page.stem != "cli"
        for text in ["".join(blocks(page, "bash") + blocks(page, "python"))]
        for name in re.findall(r"--out ([\w.-]+)|\.write\(\"([\w.-]+)", text)
    )
    assert len(written) > 6
    assert max(written.values()) == 1, written.most_common(1)


@pytest.mark.slow
def test_a_reader_follows_the_first_pages_in_one_folder(tmp_path):
    printed = follow(ROOT / "README.md", tmp_path).splitlines()
    shown = "".join(blocks(ROOT / "README.md", "")).splitlines()
    assert len(shown) > 10
    for line in filter(None, shown):
        assert line in printed, line
    # The demo of the first page is that of the README.
    skip = tuple(blocks(ROOT / "README.md", "bash"))
    follow(ROOT / "docs" / "index.md", tmp_path, skip)
    for page in ("tutorial_demo", "tutorial_gwas"):
        follow(ROOT / "docs" / f"{page}.md", tmp_path)
    files = ("results/report.html", "activity.pdf", "my-results/report.html", "plane.pdf")
    for name in (*files, "zscores/quality.tsv", "gwas-results/methods.md"):
        assert (tmp_path / name).stat().st_size > 0, name
    table = pd.read_csv(tmp_path / "gwas-results" / "divergence.tsv", sep="\t")
    calls = table[table["scope"] == "combined"].set_index("pathway")["call"]
    assert calls.pop("mtor") == "opposite"
    assert not set(calls) & {"opposite", "concordant", "discordant", "unequal"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("atlas", ("atlas/report.html",)),
        ("gene_sets", ()),
        ("method_hypotheses", ()),
        ("statistics", ()),
        ("faq", ()),
    ],
)
def test_pages_run(page, files, tmp_path):
    follow(ROOT / "docs" / f"{page}.md", tmp_path)
    for name in files:
        assert (tmp_path / name).stat().st_size > 0, name


def test_every_page_with_commands_is_run():
    here = Path(__file__).read_text(encoding="utf-8")
    elsewhere = {"workflows"}  # tests/test_workflow.py, which needs programs of others
    elsewhere |= {"index", "tutorial_demo", "tutorial_gwas"}  # one after the other, above
    for page in PAGES[1:]:
        assert f'("{page.stem}", (' in here or page.stem in elsewhere, page.name


def percent(rate: float) -> str:
    return f"{100 * rate:.2g} %"


def test_rates_of_the_readme_are_those_of_the_benchmark():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = pd.read_csv(ROOT / "docs" / "evidence.tsv", sep="\t", keep_default_na=False)
    world = table.query(
        "part == 'false calls' and world == 'concordant, unequal' and kind == 'all'"
    )
    rates = world[world["alpha"].astype(float) == 0.05].set_index(["method", "question"])["rate"]
    stouffer = "Stouffer, tissues and genes independent"
    rows = {
        "the pathway has a direction": (stouffer, "direction"),
        "the traits differ": (stouffer, "difference"),
        "the traits differ in direction": ("significant in one only", "opposite"),
    }
    for claim, (method, question) in rows.items():
        theirs, ours = float(rates[method, question]), float(rates["ours", question])
        assert f"| {claim} | {percent(theirs)} | {percent(ours)} |" in text, (claim, theirs, ours)
    worlds = table.loc[table["part"] == "false calls", "world"].nunique()
    assert f"in {worlds} worlds" in text


def test_speed_of_the_readme_is_that_of_the_benchmark():
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    seconds = float(re.search(r"^\| ours \| ([\d.]+) \|", page, flags=re.MULTILINE)[1])
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"p-values of 7,000 sets in {seconds:.1f} s" in text
    assert f"p-values of 7,000 sets take {seconds:.1f} s" in page


def test_citation_agrees_with_the_project():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["cff-version"] == "1.2.0"
    assert cited["title"] == project["name"]
    for key in ("version", "license", "authors", "keywords"):
        assert cited[key] == project[key], key
    assert project["description"] in cited["abstract"]
