"""The quality gate: everything that must hold before a change lands, in one command.

``python scripts/gate.py`` takes every step, ``python scripts/gate.py lint types`` these, and
``--list`` says what there is. ``.ci/run`` calls the same steps. The extras test, docs and gate hold
what it needs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
#: Files beside the packages that tests read.
BESIDE = ("tests", "data", "docs", "scripts", "benchmarks", "cli.py", "README.md", "pyproject.toml")
#: What is tried on the wheel: kernels, sets with their data, and commands.
ON_THE_WHEEL = (
    "tests/pathways/nulls",
    "tests/pathways/gene_sets",
    "tests/pathways/output/test_read_results.py",
    "tests/pathways/commands/test_cli_sets.py",
)
#: In the tables of the demo, and so of every installation.
DEMO = ("report.html", "directions.tsv", "divergence.tsv", "genes.tsv", "coverage.tsv", "run.json")

Step = Callable[[], None]
STEPS: dict[str, Step] = {}


def step(function: Step) -> Step:
    """Add a step; its docstring says what it holds."""
    STEPS[function.__name__] = function
    return function


def run(*words: object, cwd: Path = ROOT, **environment: str) -> None:
    """Run a program of this environment, or of the PATH; stop the gate if it fails."""
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, os.environ.get("PATH", "")])
    program, *rest = map(str, words)
    found = shutil.which(program, path=path)
    if found is None:
        sys.exit(f"gate: no {program}; install the extras test, docs and gate")
    environ = os.environ | {"PATH": path, "MPLBACKEND": "Agg"} | environment
    done = subprocess.run([found, *rest], cwd=cwd, env=environ, check=False)
    if done.returncode:
        sys.exit(f"gate: {program} {' '.join(rest)}: exit {done.returncode}")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def environment(folder: Path, *packages: object, python: str = sys.executable) -> Path:
    """A virtual environment with these packages; return its folder of programs."""
    run("uv", "venv", "-q", "--no-python-downloads", "--python", python, folder)
    install(folder, *packages)
    return folder / "bin"


def install(folder: Path, *packages: object) -> None:
    """Install these packages into a virtual environment."""
    run("uv", "pip", "install", "-q", "--python", folder, *packages)


@step
def style() -> None:
    """Format and lint."""
    run("ruff", "format", "--check", ".")
    run("ruff", "check", ".")


@step
def types() -> None:
    """Strict types."""
    run("mypy")


@step
def house() -> None:
    """Import rules, and pages that are made of the code."""
    run("pytest", "-q", "-n", 0, "tests/test_house.py")
    run(sys.executable, "scripts/build_docs.py", "--check")


@step
def dead() -> None:
    """No code that nothing reads; names that are read by their text stand in pyproject.toml."""
    run("vulture")


@step
def dependencies() -> None:
    """Every import is declared, and every declared package imported."""
    run("deptry", ".")


@step
def doctests() -> None:
    """Examples in docstrings."""
    run("pytest", "-q", "-n", 0, "--doctest-modules", "twas", "pathways")


@step
def tests() -> None:
    """Tests of the default run, which reach at least 95 in 100 lines, with the newest Python."""
    # Before 3.12, Python tells of lines at twice the time of the tests.
    python = next(filter(None, map(interpreter, PYTHONS[:0:-1])), None)
    if python is None:
        print("gate: no Python 3.12 or later here, coverage is not measured")
        run("pytest", "-q")
        return
    with scratch() as folder:
        bin_ = environment(folder / "newest", "-e", ".[test,gate]", python=python)
        words = ("-m", "pytest", "-q", "--cov", "--cov-report=term:skip-covered")
        run(bin_ / "python", *words, COVERAGE_CORE="sysmon")


@step
def slow() -> None:
    """Tests that are too long for the default run."""
    run("pytest", "-q", "-m", "slow")


@step
def floors() -> None:
    """Tests of the default run on the lowest declared versions."""
    with scratch() as folder:
        words = ("--resolution", "lowest-direct", "-e", ".[test]")
        bin_ = environment(folder / "floors", *words)
        run(bin_ / "python", "-m", "pytest", "-q")


@step
def site() -> None:
    """The site: every warning an error, the notebook executed, no link that leads nowhere."""
    with scratch() as folder:
        run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", folder)


def built(folder: Path) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from the sdist."""
    run("uv", "build", "-q", "--out-dir", folder, ".")
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


@step
def package() -> None:
    """Wheel and sdist: file list, metadata, citation, licences of what it needs."""
    with scratch() as folder:
        wheel, sdist = built(folder / "dist")
        run(sys.executable, ".ci/check_wheel.py", wheel)
        run("twine", "check", "--strict", wheel, sdist)
        run("uv", "tool", "run", "-q", "cffconvert", "--validate")  # it asks for an old jsonschema
        bin_ = environment(folder / "from_sdist", f"twas-divergence[all] @ {sdist.as_uri()}")
        run(bin_ / "twas-divergence", "--version")
        licences(bin_ / "python")


def licences(python: Path) -> None:
    """Print the licence of every package that a user gets; a copyleft one stops the gate."""
    copyleft = "GPL;General Public;EUPL;CeCILL"
    run(
        "pip-licenses", "--python", python, "--from", "mixed", "--partial-match",
        "--fail-on", copyleft, "--ignore-packages", "twas-divergence",
    )  # fmt: skip


@step
def wheel() -> None:
    """The wheel with each Python that is there: the demo from an empty folder, and tests."""
    with scratch() as folder:
        file, _ = built(folder / "dist")
        for version in PYTHONS:
            python = interpreter(version)
            if python is None:
                print(f"gate: no Python {version} here, not tried")
                continue
            print(f"gate: Python {version}", flush=True)
            place = folder / version
            bin_ = environment(place, f"twas-divergence @ {file.as_uri()}", python=python)
            demo(bin_, folder / f"demo{version}")
            install(place, f"twas-divergence[test] @ {file.as_uri()}")
            tests_on(bin_, folder / f"beside{version}")


def interpreter(version: str) -> str | None:
    """A Python of this version: on the PATH, or one that pyenv keeps."""
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for candidate in filter(None, [shutil.which(f"python{version}"), *map(str, kept)]):
        words = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        found = subprocess.run(words, capture_output=True, text=True, check=False)
        if found.stdout.strip() == version:
            return candidate
    return None


def demo(bin_: Path, folder: Path) -> None:
    """Run the demo as a user does, and look at what it wrote."""
    folder.mkdir()
    run(bin_ / "twas-divergence", "demo", "--quiet", cwd=folder)
    results = folder / "twas-divergence-demo"
    for name in (*DEMO, "figures/activity.svg"):
        if not (results / name).stat().st_size:
            sys.exit(f"gate: {name} is empty")
    if "SIMULATED" not in (results / "report.html").read_text(encoding="utf-8"):
        sys.exit("gate: the report of the demo does not say that it is simulated")
    rows = (results / "divergence.tsv").read_text(encoding="utf-8").splitlines()
    if not any(row.startswith("core\tmtor\t") and "\topposite\t" in row for row in rows):
        sys.exit("gate: mtor is not called opposite in the demo")


def tests_on(bin_: Path, folder: Path) -> None:
    """Run tests where the packages are the installed ones: only what is beside them is copied."""
    folder.mkdir()
    for name in BESIDE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    shared = os.environ.get("TWAS_TEST_DATA", str(ROOT.parent / "shared" / "data"))
    cases = os.environ.get("TWAS_TEST_CASES", str(ROOT.parent / "shared" / "cases"))
    run(
        bin_ / "python", "-m", "pytest", "-q", *ON_THE_WHEEL,
        cwd=folder, TWAS_TEST_DATA=shared, TWAS_TEST_CASES=cases,
    )  # fmt: skip


@step
def workflow() -> None:
    """The Snakemake workflow on simulated GWAS, and its table in the page of MultiQC."""
    with scratch() as folder:
        programs = {
            f"TWAS_TEST_{name.upper()}": str(environment(folder / name, name) / name)
            for name in ("snakemake", "multiqc")  # MultiQC is GPL: never beside the package
        }
        run("pytest", "-q", "-n", 0, "-m", "slow", "tests/test_workflow.py", **programs)


def main() -> None:
    """Take the steps."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steps", nargs="*", metavar="STEP", help="steps to take [default: all]")
    parser.add_argument("--list", action="store_true", help="say what there is")
    given = parser.parse_args()
    if unknown := [name for name in given.steps if name not in STEPS]:
        parser.error(f"no step {unknown[0]!r}; there are {', '.join(STEPS)}")
    for name in given.steps or STEPS:
        print(f"\n== {name}: {STEPS[name].__doc__}", flush=True)
        start = time.monotonic()
        if not given.list:
            STEPS[name]()
            print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
