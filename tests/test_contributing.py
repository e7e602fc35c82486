"""Every recipe of docs/contributing.md, followed in a copy of the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Source files that each recipe may touch.
FILES = {
    "A column": 1, "A contrast": 2, "A null": 2, "A table": 2, "A figure": 2, "A format": 1,
    "A call": 3,
}  # fmt: skip
_STEP = re.compile(
    r"^(?:In|New file) `(?P<path>[^`]+)`(?:, (?P<where>after|before) `(?P<anchor>[^`]+)`)?:\n\n"
    r"```python\n(?P<block>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)
#: What must hold in the copy, each line on its own.
CHECKS = """
import numpy as np, pandas as pd
import pathways, twas
from pathways.report.registry import BY_NAME
from pathways.report.notebook import summary
from pathways.report.pages.printed import of_collection
from pathways.report.selection import select
from pathways.report.words import findings
from twas.genes import reference

places = reference.load()
places = places[places["chrom"].isin(["1", "2", "3"]) & places["start"].notna()]
genes = places.sort_values(["chrom", "start"])["symbol"].iloc[::8].head(400).tolist()

def trait(name, seed):
    z = np.random.default_rng(seed).normal(size=len(genes))
    frame = pd.DataFrame({"gene": genes, "tissue": "t", "z": z})
    return twas.Trait.from_frame(frame, name=name, n_eff=9000)

study = twas.Study.from_traits([trait("A", 1), trait("B", 2)])
sets = pathways.load_gene_sets({f"s{k}": genes[k::8] for k in range(8)})
results = pathways.analyse(study, sets, run_gsea=False, flips=50)

table = results.directions
assert np.allclose(table["t"], table["activity"] / table["se"])
(shown,) = of_collection(results, select(results), {}, ["directions"])
assert "t" in [h.name for h in shown.headings]
total = results.divergence["p_total"]
assert total.between(0, 1).all() and not np.allclose(total, results.divergence["p_both"])
assert np.allclose(table["p_normal"], table["p_direction"], atol=0.1)
assert results.tables["sizes"]["n_set"].tolist() == [50] * 8
assert BY_NAME["loci"].function(results).get_xlabel() == "LD blocks"
assert "loci" in dir(results.plot)
call = results.divergence["call"]
assert (call == "suggestive").any()
row = results.divergence[call == "suggestive"].iloc[0].to_dict()
assert findings.pair_sentence(row).startswith("Suggestive: both A and B")
assert row["reason"].startswith("both p are small")
assert "suggestive" in summary(results)["call"].tolist()
BY_NAME["plane"].function(results)
z = np.random.default_rng(3).normal(size=len(genes))
pd.DataFrame({"MY_GENE": genes, "MY_Z": z}).to_csv("my.tsv", sep="\\t", index=False)
assert twas.read_trait("my.tsv", name="M").files[0].format == "MyTWAS"
from click.testing import CliRunner
from pathways.commands import main
assert "loci" in CliRunner().invoke(main, ["plot", "--help"]).output
"""


def recipes() -> dict[str, list[re.Match[str]]]:
    """Title of each recipe → its steps."""
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)[1:]
    return {
        title: list(_STEP.finditer(body))
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


def follow(step: re.Match[str], root: Path) -> None:
    """Do one step of a recipe in a copy of the code."""
    path = root / step["path"]
    if step["anchor"] is None:
        assert not path.exists(), path
        path.write_text(step["block"], encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    assert step["anchor"] in text, (step["path"], step["anchor"])
    at = text.index(step["anchor"])
    if step["where"] == "after":
        at = text.index("\n", at + len(step["anchor"]) - 1) + 1
    else:
        at = text.rindex("\n", 0, at) + 1
    path.write_text(text[:at] + step["block"] + text[at:], encoding="utf-8")


@pytest.mark.parametrize("title", FILES)
def test_recipes_touch_as_many_files_as_they_should(title):
    steps = recipes()[title]
    assert steps
    touched = {step["path"] for step in steps}
    assert len(touched) <= FILES[title], touched
    blocks = sum(1 for _ in re.finditer(r"^```python", _body(title), flags=re.MULTILINE))
    assert blocks == len(steps)  # no block that the test does not follow


def _body(title: str) -> str:
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_recipe_works(tmp_path):
    assert list(recipes()) == list(FILES)
    for package in ("twas", "pathways"):
        skip = shutil.ignore_patterns("__pycache__", "_data")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=skip)
    (tmp_path / "data").symlink_to(ROOT / "data")
    for steps in recipes().values():
        for step in steps:
            follow(step, tmp_path)
    (tmp_path / "check.py").write_text(CHECKS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "check.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
