"""`inspect`: what is in files."""

from __future__ import annotations

import click

from pathways.commands.errors import Failure
from pathways.commands.names import with_options
from pathways.commands.parsing import pairs


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="[NAME=]PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--columns", multiple=True, metavar="gene=COL,z=COL", help="Column names of unusual tables."
)
def inspect(paths: tuple[str, ...], as_json: bool, columns: tuple[str, ...]) -> None:
    """Say what is in files, and what is wrong with them.

    Each PATH, a file, folder or quoted glob, is taken as one trait. Exits 1 if `run` would refuse
    one of them.
    """
    import json

    from twas.inspection.inspection import inspect as look_into
    from twas.inspection.text import as_text

    named = pairs("--columns", [part for text in columns for part in text.split(",")])
    found = look_into(paths, columns=dict(named))
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    else:
        click.echo(with_options(as_text(found)))
    if found.problems:
        more = len(found.problems) - 1
        raise Failure(found.problems[0] + (f" (and {more} more)" if more else ""), 1)
