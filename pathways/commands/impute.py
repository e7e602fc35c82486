"""`impute`: GWAS summary statistics and prediction models to z-scores of genes."""

from __future__ import annotations

from typing import Any

import click

from pathways.commands.console import progress
from pathways.commands.options import output_options
from pathways.commands.parsing import number, pairs
from twas.errors import UsageError


@click.command()
@click.option(
    "--gwas",
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
    multiple=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size [default: what the GWAS states].",
)
@click.option(
    "--h2",
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
    from pathways.output.imputing import impute_into

    gwas: dict[str, list[str]] = {}
    for name, path in pairs("--gwas", options["gwas"]):
        gwas.setdefault(name, []).append(path)
    done = impute_into(
        out,
        gwas,
        list(options["models"]),
        covariances=list(options["covariances"]) or None,
        columns=_columns(options["columns"], list(gwas)),
        n_eff=_once("--n-eff", options["n_eff"]),
        heritability={k: number("--h2", v) for k, v in _once("--h2", options["h2"]).items()},
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
    for text in texts:
        trait, colon, rest = text.partition(":")
        if not colon or "=" in trait:
            chosen, rest = traits, text
        elif trait not in found:
            raise UsageError(f"--columns {text!r} names trait {trait!r}, which no --gwas gives")
        else:
            chosen = [trait]
        named = dict(pairs("--columns", [part for part in rest.split(",") if part.strip()]))
        for name in chosen:
            found[name] |= named
    return {name: columns for name, columns in found.items() if columns}


def _once(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """One value per trait."""
    found: dict[str, str] = {}
    for name, value in pairs(option, texts):
        if name in found:
            raise UsageError(f"{option} gives trait {name!r} twice")
        found[name] = value
    return found
