"""Build the pages of ``docs`` that follow the code: tables, commands, the words of the calls.

``python scripts/build_docs.py`` writes them, ``--check`` compares with what is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from results_schema import schema_text

from pathways import commands as cli
from pathways.calls import vocabulary
from pathways.tables.registry import TABLES

DOCS = Path(__file__).resolve().parent.parent / "docs"
#: Between these lines ``docs/calls.md`` is made; the rest of it is written by hand.
MARKS = ("<!-- calls -->\n", "<!-- end of calls -->")
#: What the sentences of the calls speak of, as a reader of the page meets it.
SAMPLE = {
    "a": "ALS",
    "b": "FTD",
    "risk_a": "higher",
    "q": "0.01",
    "reason": "*the reason*",
    "excess": "",
    "open": "",
}


def column_page() -> str:
    """Every table with its columns."""
    lines = [
        "# Output tables",
        "",
        "Tab-separated, UTF-8, floats written to round-trip. Made from the rows of",
        "`pathways/tables` by `scripts/build_docs.py`.",
        "The unit `effect` is named by the column `effect_scale`.",
    ]
    for table, entry in TABLES.items():
        lines += ["", f"## `{table}.tsv`", "", "| column | kind | unit | meaning |"]
        lines += ["|---|---|---|---|"]
        for c in entry.columns:
            meaning = c.meaning.replace("|", "\\|")
            lines.append(f"| `{c.name}` | {c.kind} | {c.unit} | {meaning} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """The help of every command."""
    lines = ["# Command line", "", "Made from the commands' own help by `scripts/build_docs.py`."]
    for path, command in _walk("twas-divergence", cli.main):
        context = click.Context(command, info_name=path, max_content_width=92, terminal_width=92)
        lines += ["", f"## `{path}`", "", "```", command.get_help(context), "```"]
    return "\n".join(lines) + "\n"


def call_page(page: str) -> str:
    """``docs/calls.md`` with the words of the calls in their place."""
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    lines = ["| call | sign | meaning | in the report |", "|---|---|---|---|"]
    for call in vocabulary.CALLS:
        risk_b = "lower" if call.word == "opposite" else "higher"
        said = call.sentence.format(**SAMPLE, risk_b=risk_b)
        signs = " or ".join(filter(None, (call.sign, call.sign_down)))
        lines.append(f"| `{call.word}` | {signs} | {call.meaning} | {said} |")
    return f"{before}{MARKS[0]}\n" + "\n".join(lines) + f"\n\n{MARKS[1]}{after}"


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(f"{path} {name}", command.commands[name])


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    pages = {
        "columns.md": column_page(),
        "cli.md": commands(),
        "calls.md": call_page((DOCS / "calls.md").read_text(encoding="utf-8")),
        "results.schema.json": schema_text(),
    }
    for name, text in pages.items():
        path = DOCS / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/{name} is not up to date: run python scripts/build_docs.py")


if __name__ == "__main__":
    main()
