"""The rules of the house, held against every import and every message of the code.

An arrow is an import of one module by another, wherever it stands: at the top, in a function, or
under ``TYPE_CHECKING``. Who names a type of another room must know it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("twas", "pathways")

#: Rooms from the ground up: a module imports its own room and lower ones. The longest name counts.
FLOORS = (
    ("twas",),
    ("pathways.gene_sets", "pathways.nulls"),
    ("pathways.statistics",),
    ("pathways.calls",),
    ("pathways.hypotheses", "pathways.power"),
    ("pathways.tables",),
    ("pathways.output",),
    ("pathways.report",),
    ("pathways.results",),
    ("pathways.analysis",),
    ("pathways.job",),
    ("pathways.atlas",),
    ("pathways.commands",),
)

#: Rooms of `twas` from the ground up.
TWAS_FLOORS = (
    ("twas.errors", "twas.quality", "twas.checks", "twas.system"),
    ("twas.genes", "twas.reading"),
    ("twas.traits",),
    ("twas.study",),
    ("twas.simulation", "twas.inspection", "twas.imputation"),
)


@cache
def modules() -> dict[str, Path]:
    """Name of each module → its file."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of ours that a file imports, with the line."""
    known = modules()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in known else base for name in names]
        else:
            continue
        yield from ((name, node.lineno) for name in names if name in known)


def arrows() -> Iterator[tuple[str, str, int]]:
    """Importing module, imported module, line."""
    for name, path in modules().items():
        for target, line in imports(path):
            if target != name:
                yield name, target, line


def floor(module: str, floors: tuple[tuple[str, ...], ...]) -> int | None:
    """Floor of a module: that of the longest name that it is or lies in."""
    best, level = "", None
    for k, rooms in enumerate(floors):
        for room in rooms:
            if (module == room or module.startswith(f"{room}.")) and len(room) > len(best):
                best, level = room, k
    return level


@pytest.mark.parametrize(("floors", "package"), [(FLOORS, "pathways"), (TWAS_FLOORS, "twas")])
def test_no_arrow_goes_up(floors, package):
    """commands → job → analysis → results → report → tables → calls → statistics → nulls."""
    wrong = []
    for name, target, line in arrows():
        if not name.startswith(f"{package}."):
            continue
        here, there = floor(name, floors), floor(target, floors)
        if package == "twas" and not target.startswith("twas."):
            wrong.append(f"{name}:{line} imports {target}: twas never imports pathways")
        elif here is None or there is None:
            wrong.append(f"{name}:{line} or {target} has no floor: give its room one")
        elif there > here:
            wrong.append(f"{name}:{line} imports {target}, which stands above it")
    assert wrong == []


def test_no_circle():
    """No module leads back to itself."""
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for name, target, _ in arrows():
        graph[name].add(target)
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join([*way[way.index(name) :], name])
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, (*way, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_the_report_reads_tables_and_a_summary():
    """No `Study` and no `Universe` in the report: a folder read back must give the same one."""
    for name, path in modules().items():
        if name.startswith("pathways.report"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                    "twas.study"
                ):
                    names = {alias.name for alias in node.names}
                    assert names <= {"COMBINED", "PER_SQRT_N", "UNIT"}, name


@pytest.mark.parametrize(("package", "most"), [("pathways", 14), ("twas", 11)])
def test_doors(package, most):
    """What a newcomer meets first: the entries of a package."""
    doors = [
        path.name
        for path in (ROOT / package).iterdir()
        if not path.name.startswith(("_", ".")) and path.name != "py.typed"
    ]
    assert len(doors) <= most, sorted(doors)


def test_rooms_say_what_they_are_for():
    for name, path in modules().items():
        head = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert head, f"{name} has no docstring"


def texts(path: Path) -> Iterator[tuple[str, int]]:
    """Every text of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value, node.lineno


#: The command that a folder of simulated files says of itself.
COMMAND = (
    "pathways.power.worlds",
    {"--trait", "--n-eff", "--overlap", "--gene-sets", "--gwas", "--models", "--out"},
)


def test_the_library_speaks_of_parameters():
    """Only `pathways.commands` knows options; elsewhere a message names a parameter."""
    option = re.compile(r"(?<![-\w])--[a-z]")
    wrong = [
        f"{name}:{line}: {text!r}"
        for name, path in modules().items()
        if not name.startswith("pathways.commands")
        for text, line in texts(path)
        if option.search(text) and not (name == COMMAND[0] and text in COMMAND[1])
    ]
    assert wrong == []


def test_every_parameter_that_a_message_names_is_an_option():
    """A word in backticks in a message becomes an option on the terminal: it must be one."""
    from pathways.commands import main
    from pathways.commands.console import option_of

    commands = [main, *main.commands.values()]
    commands += [sub for c in commands if hasattr(c, "commands") for sub in c.commands.values()]
    known = {option for c in commands for p in c.params for option in (*p.opts, *p.secondary_opts)}
    wrong = [
        f"{name}:{line}: {word}"
        for name, path in modules().items()
        if not name.startswith("pathways.commands")
        for text, line in texts(path)
        for word in re.findall(r"`([a-z][a-z0-9_]*)`", text)
        if f"--{option_of(word)}" not in known
    ]
    assert wrong == []


def named(text: str) -> Iterator[tuple[str, int]]:
    """Names of ours in backticks, and paths of our files, with the line."""
    name = re.compile(r"`((?:twas|pathways)(?:\.\w+)+)`|(?<![\w/])((?:twas|pathways)/[\w/]+\.py)\b")
    for line, words in enumerate(text.splitlines(), 1):
        for dotted, path in name.findall(words):
            yield dotted or path.removesuffix(".py").replace("/", "."), line


def is_there(name: str) -> bool:
    """Whether a name is that of a module, or stands in the module that it begins with."""
    parts, known = name.split("."), modules()
    k = max(n for n in range(1, len(parts) + 1) if ".".join(parts[:n]) in known)
    home = known[".".join(parts[:k])].read_text(encoding="utf-8")
    return k == len(parts) or re.search(rf"\b{parts[k]}\b", home) is not None


def test_what_is_named_is_there():
    """Docstrings, comments and pages name no module that went or moved."""
    invented = ROOT / "docs/contributing.md"  # its recipes make new files
    pages = [path for path in (ROOT / "docs").glob("*.md") if path != invented]
    sources = [
        p for d in (*PACKAGES, "tests", "benchmarks", "scripts") for p in (ROOT / d).rglob("*.py")
    ]
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in (*pages, *sources, ROOT / "README.md")
        for name, line in named(path.read_text(encoding="utf-8"))
        if not is_there(name)
    ]
    assert wrong == []
