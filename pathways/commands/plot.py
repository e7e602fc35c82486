"""`plot`: one figure of a folder of results."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.types import PAIR
from pathways.report.registry import names


@click.command(epilog=f"FIGURE is {', '.join(names()[:-1])} or {names()[-1]}.")
@click.argument("figure")
@click.option(
    "--results", "folder", required=True, type=click.Path(), help="Folder of results of a run."
)
@click.option("--collection", metavar="NAME", help="Gene-set collection [default: the first].")
@click.option(
    "--pathway",
    metavar="NAME",
    help=f"For {', '.join(names('pathway'))} [default: the first that can be drawn].",
)
@click.option(
    "--pair",
    type=PAIR,
    metavar="NAME,NAME",
    help=f"For {', '.join(names('pair'))}: two traits [default: the first two].",
)
@click.option(
    "--out", type=click.Path(), help="File to make: .svg, .pdf or .png [default: FIGURE.svg]."
)
@click.option(
    "--width",
    type=click.Choice(["89", "183"]),
    default="183",
    show_default=True,
    help="Width in mm: one or two columns of a journal.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def plot(figure: str, folder: str, width: str, **options: Any) -> None:
    """Draw one FIGURE of a folder of results again."""
    from pathways.report.figures.make_figures import redraw

    click.echo(redraw(folder, figure, width=int(width), **options))
