"""`hypotheses`: list and check predictions."""

from __future__ import annotations

import click

from pathways.commands.console import print_table
from pathways.commands.errors import Failure


@click.group()
def hypotheses() -> None:
    """List and check registries of directional predictions."""


@hypotheses.command("list")
@click.argument("file", required=False)
def list_hypotheses(file: str | None) -> None:
    """List the shipped predictions, or those of a file."""
    from pathways.hypotheses import as_table, load_hypotheses

    print_table(as_table(load_hypotheses(file)))


@hypotheses.command("check")
@click.argument("file")
def check_hypothesis_file(file: str) -> None:
    """Check a file of predictions; exit 1 if there is a problem."""
    from pathways.hypotheses import check_hypotheses

    problems = check_hypotheses(file)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{file}: {len(problems)} problems", 1)
    click.echo(f"{file}: no problem")
