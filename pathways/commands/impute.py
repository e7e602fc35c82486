"""`impute`: GWAS summary statistics and prediction models to z-scores of genes."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.console import progress
from pathways.commands.options import output_options
from pathways.commands.types import NAMED, NAMED_NUMBER, of_traits, once


@click.command()
@click.option(
    "--gwas",
    type=NAMED,
    multiple=True,
    required=True,
    metavar="NAME=FILE",
    help="GWAS of a trait; repeat for more traits, or for the files of one (a quoted glob does).",
)
@click.option(
    "--models",
    multiple=True,
    required=True,
    metavar="PATH",
    help="PredictDB .db file, folder or quoted glob; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the z-scores.")
@click.option(
    "--covariances",
    multiple=True,
    metavar="PATH",
    help="Covariance files, folder or glob [default: beside the models].",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="[NAME:]id=COL,beta=COL",
    help="Column names of unusual tables, of one trait or of all.",
)
@click.option(
    "--n-eff",
    type=NAMED,
    multiple=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size [default: what the GWAS states].",
)
@click.option(
    "--h2",
    type=NAMED_NUMBER,
    multiple=True,
    metavar="NAME=X",
    help="SNP heritability on the scale of the GWAS: adds the column zscore_controlled.",
)
@click.option(
    "--min-used",
    type=float,
    default=0.5,
    show_default=True,
    help="Share of the SNPs of a tissue's models that must be used.",
)
@output_options
def impute(out: str, force: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Impute z-scores of genes from GWAS summary statistics and PredictDB models.

    Writes a folder per trait that `run` reads, a table per tissue, and quality.tsv, which accounts
    for every SNP. Needs the extra impute.
    """
    from twas.imputation.writing import impute_into

    gwas: dict[str, list[str]] = {}
    for name, path in options["gwas"]:
        gwas.setdefault(name, []).append(path)
    done = impute_into(
        out,
        gwas,
        list(options["models"]),
        covariances=list(options["covariances"]) or None,
        columns=_columns(options["columns"], list(gwas)),
        n_eff=once("--n-eff", options["n_eff"]),
        heritability=once("--h2", options["h2"]),
        min_used=options["min_used"],
        force=force,
        progress=progress(quiet=quiet),
    )
    if quiet:
        return
    for trait in done.traits:
        for fact in trait.quality.facts:
            if fact.level == "warning" or verbose:
                n = f"{fact.count:,} " if fact.count > 1 else ""
                click.echo(f"{fact.level}: {fact.source}: {n}{fact.message}", err=True)
    for sentence in done.lines:
        click.echo(sentence)
    click.echo(f"z-scores: {out}")


def _columns(texts: tuple[str, ...], traits: list[str]) -> dict[str, dict[str, str]]:
    """Names of columns, trait by trait; what names no trait goes for all."""
    found: dict[str, dict[str, str]] = {name: {} for name in traits}
    for trait, name, value in of_traits("--columns", texts, traits):
        for chosen in [trait] if trait else traits:
            found[chosen][name] = value
    return {name: columns for name, columns in found.items() if columns}
