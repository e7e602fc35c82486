"""Runs of the command line on the small inputs that each have a right answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from pathways.commands import main

ROOT = Path(__file__).resolve().parents[3]
#: What the traits of `base` give for mtor.
MTOR_A, MTOR_B, MTOR_GENES = 0.003937, -0.006537, 61


def cases(*parts: str) -> Path:
    """Path of a case; the test is skipped where there is none."""
    root = Path(os.environ.get("TWAS_TEST_CASES", ROOT.parent / "shared" / "cases"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"case {'/'.join(parts)} not found; set TWAS_TEST_CASES")
    return path


@dataclass(frozen=True)
class Result:
    """What a command said and returned."""

    returncode: int
    stdout: str
    stderr: str


def call(*args: object, cwd: Path | None = None, stdin: bytes | None = None) -> Result:
    """Run the command in this process, as its entry point does."""
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        found = CliRunner().invoke(main, list(map(str, args)), input=stdin, prog_name="cli")
    finally:
        os.chdir(before)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Result(found.exit_code, found.stdout, found.stderr)


def run(out: Path, a: object, b: object, *options: object):
    """Run two traits, A and B, with the sample sizes of `base`, tables only."""
    sizes = ("--n-eff", "A=87400", "--n-eff", "B=10300")
    given = ("--trait", f"A={a}", "--trait", f"B={b}", "--out", out, *sizes)
    return call("run", *given, "--no-report", "--no-gsea", *options)


def mtor(out: Path) -> pd.Series:
    """The combined row of mtor."""
    table = pd.read_csv(out / "divergence.tsv", sep="\t")
    return table[(table["pathway"] == "mtor") & (table["scope"] == "combined")].iloc[0]


def is_base(out: Path, digits: int = 6) -> None:
    """Check that a run gave what `base` gives."""
    row = mtor(out)
    assert row["n_tested"] == MTOR_GENES
    assert row["activity_a"] == pytest.approx(MTOR_A, abs=0.6 * 10**-digits)
    assert row["activity_b"] == pytest.approx(MTOR_B, abs=0.6 * 10**-digits)
    assert row["call"] == "opposite"


def refused(result: Result, code: int, *words: str) -> None:
    """Check that there is one line of error, the exit code, and the words."""
    assert result.returncode == code, result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    for word in words:
        assert word in line, line
