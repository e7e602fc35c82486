"""`inspect`, `gene-sets` and `hypotheses`: what is in files, and in what is shipped."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.console import Failure, in_options, print_table
from pathways.commands.options import any_size_option, reading_choices, reading_options


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


@click.group("gene-sets")
def gene_sets() -> None:
    """List, show and check gene-set collections."""


@gene_sets.command("list")
def list_gene_sets() -> None:
    """List the shipped collections."""
    from pathways.gene_sets import list_collections

    print_table(list_collections())


@gene_sets.command("show")
@click.argument("name")
@any_size_option
def show_gene_sets(name: str) -> None:
    """Show a collection, a shipped set or a file."""
    from pathways.gene_sets import show

    print_table(show(name))


@gene_sets.command("check")
@click.argument("file")
@any_size_option
def check_gene_set_file(file: str) -> None:
    """Check a file: unknown genes, duplicates, sizes, overlap; exit 1 if there is a problem."""
    from pathways.gene_sets import check_gene_sets

    found = check_gene_sets(file)
    for fact in found.sets.quality.facts:
        click.echo(in_options(f"{fact.level}: {fact.message}"), err=True)
    for title, table in (
        ("Sets", found.sizes),
        ("Names that are unknown or ambiguous", found.unresolved),
        ("Genes that stand more than once in a set", found.duplicates),
        ("Sets that share genes", found.overlap),
    ):
        click.echo(f"{title}: {len(table):,}")
        if len(table):
            print_table(table.head(50))
    if found.n_problems:
        raise Failure(f"{file}: {found.n_problems:,} names are unresolved or repeated", 1)


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
