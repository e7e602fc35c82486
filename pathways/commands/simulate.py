"""`simulate`: files whose truth is known."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.options import (
    any_size_option,
    overlap_option,
    rg_option,
    seed_option,
    tissue_correlation_option,
)
from pathways.commands.types import NAMED, NAMED_NUMBER, NUMBER_OF_SOME, once, sizes, tissue_groups
from twas.errors import UsageError


@click.command()
@click.option(
    "--trait",
    "traits",
    type=NAMED,
    multiple=True,
    required=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Trait and its effective sample size, or cases and controls; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the files.")
@click.option(
    "--plant",
    type=NAMED_NUMBER,
    multiple=True,
    metavar="TRAIT:PATHWAY=EFFECT",
    help="Effect on each member, times its role: half log-odds per SD of predicted expression.",
)
@click.option(
    "--gene-sets",
    multiple=True,
    metavar="NAME|FILE",
    default=("core",),
    show_default=True,
    help="Collections that hold the planted pathways.",
)
@rg_option
@overlap_option
@click.option(
    "--polygenic",
    type=NUMBER_OF_SOME,
    multiple=True,
    metavar="X|NAME=X",
    help="Root mean square of the polygenic effects [default: 0.0018].",
)
@click.option(
    "--tissues", multiple=True, metavar="T1,T2", help="Tissues [default: three of brain]."
)
@tissue_correlation_option
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["spredixcan", "fusion"]),
    default="spredixcan",
    show_default=True,
    help="Format of the files.",
)
@click.option(
    "--gwas",
    is_flag=True,
    help="Write a GWAS per trait and prediction models, for `impute`, in the place of z-scores.",
)
@any_size_option
@seed_option
@click.option("--force", is_flag=True, help="Replace the folder of an earlier run.")
def simulate(out: str, gwas: bool, force: bool, **options: Any) -> None:
    """Simulate TWAS files with planted pathways, as FUSION or S-PrediXcan write them.

    Real genes and positions, drawn z-scores, no genotypes. Writes a folder per trait, truth.tsv and
    README.md, and prints the run that reads them. With --gwas, GWAS and models that give the same
    z-scores when they are imputed.
    """
    import shlex

    from pathways.power.worlds import World, write_world

    if gwas:
        options["file_format"] = "gwas"
    for words in write_world(World(**_world_options(options)), out, force=force):
        click.echo(shlex.join(words))


def _world_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of `simulate` into the fields of a world."""
    planted = {}
    for key, value in options.pop("plant"):
        trait, colon, pathway = key.partition(":")
        if not colon:
            raise UsageError(f"--plant {key}={value:g}: expected TRAIT:PATHWAY=EFFECT")
        planted[trait.strip(), pathway.strip()] = value
    polygenic = once("--polygenic", options.pop("polygenic"))
    tissues, _ = tissue_groups(options.pop("tissues"))
    return {
        "n_eff": sizes("--trait", options.pop("traits")),
        "planted": planted,
        "rg": once("--rg", options.pop("rg")),
        "overlap": once("--overlap", options.pop("overlap")),
        **({"every_polygenic": polygenic.pop("")} if "" in polygenic else {}),
        "polygenic": polygenic,
        **({"tissues": tissues} if tissues else {}),
        **options,
    }
