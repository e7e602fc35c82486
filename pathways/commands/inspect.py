"""`inspect`: what is in files."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.console import in_options
from pathways.commands.errors import Failure
from pathways.commands.options import reading_choices, reading_options


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="[NAME=]PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@reading_options
def inspect(paths: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Say what is in files, and what is wrong with them.

    Each PATH, a file, folder or quoted glob, is taken as one trait. Exits 1 if `run` would refuse
    one of them.
    """
    import json

    from twas.inspection.inspection import as_text, groups_of
    from twas.inspection.inspection import inspect as look_into

    chosen = reading_choices(options, list(groups_of(list(paths))))
    found = look_into(paths, **chosen, **options)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    else:
        click.echo(in_options(as_text(found)))
    if found.problems:
        more = len(found.problems) - 1
        problem = in_options(found.problems[0])
        raise Failure(problem + (f" (and {more} more)" if more else ""), 1)
