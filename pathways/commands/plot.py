"""`plot`: one figure of a folder of results."""

from __future__ import annotations

from typing import Any

import click

from twas.errors import UsageError


@click.command()
@click.argument("figure")
@click.option(
    "--results", "folder", required=True, type=click.Path(), help="Folder of results of a run."
)
@click.option("--collection", metavar="NAME", help="Gene-set collection [default: the first].")
@click.option(
    "--pathway",
    metavar="NAME",
    help="For genes, influence, gsea [default: the first that can be drawn].",
)
@click.option("--pair", metavar="NAME,NAME", help="For plane: two traits [default: the first two].")
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
def plot(figure: str, folder: str, pair: str | None, width: str, **options: Any) -> None:
    """Draw one FIGURE of a folder of results again.

    FIGURE is activity, plane, heatmap, qq, balance, circuits, genes, influence or gsea.
    """
    from pathways.report.figures.redraw import redraw

    names = None if pair is None else tuple(name.strip() for name in pair.split(","))
    if names is not None and len(names) != 2:
        raise UsageError(f"--pair {pair}: give two traits, NAME,NAME")
    click.echo(redraw(folder, figure, pair=names, width=int(width), **options))
