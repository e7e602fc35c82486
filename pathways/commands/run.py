"""`run` and `demo`: files to a folder of results."""

from __future__ import annotations

import sys
from typing import Any

import click

from pathways.commands.console import progress, say
from pathways.commands.options import (
    figures_option,
    filter_options,
    output_options,
    overlap_option,
    pdf_option,
    read_config,
    reading_choices,
    reading_options,
    seed_option,
)
from pathways.commands.parsing import number, of_pairs, pairs, tissue_groups
from twas.errors import UsageError
from twas.reading.harmless import harmless


@click.command()
@click.option(
    "--trait",
    "trait",
    multiple=True,
    required=True,
    metavar="NAME=PATH",
    help="File, folder or quoted glob of one trait, - for standard input; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the results.")
@click.option(
    "--n-eff",
    multiple=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size, or cases and controls.",
)
@click.option("--intercept", multiple=True, metavar="NAME=X", help="Univariate LDSC intercept.")
@overlap_option
@click.option(
    "--flip",
    multiple=True,
    metavar="NAME",
    help="Trait whose positive z means lower risk: negate it.",
)
@click.option(
    "--trait-alias", multiple=True, metavar="NAME=LABEL", help="Show a trait under another name."
)
@reading_options
@click.option("--skip-empty", is_flag=True, help="Leave out, and count, files without rows.")
@click.option("--drop-infinite", is_flag=True, help="Leave out, and count, rows of infinite z.")
@click.option(
    "--allow-same",
    is_flag=True,
    help="Allow two traits whose z are the same, or correlate beyond 0.99.",
)
@click.option(
    "--background",
    type=click.Path(),
    metavar="FILE",
    help="List of genes: leave all others out of every test.",
)
@click.option(
    "--tissues",
    multiple=True,
    metavar="T1,T2 | GROUP=T1,T2",
    help="Keep these tissues only; with a name, a group to test as well.",
)
@click.option(
    "--gene-sets",
    "gene_sets",
    multiple=True,
    metavar="NAME|FILE",
    default=("core",),
    show_default=True,
    help="Collection, GMT file or signed table; repeat for more.",
)
@filter_options
@click.option("--blocks", type=click.Path(), help="BED file of LD blocks (GRCh38).")
@click.option("--blocks-build", help="Genome build of --blocks; 38.")
@click.option(
    "--drop-region",
    "drop_regions",
    multiple=True,
    metavar="CHR:START-END",
    help="Region (GRCh38) to leave out in turn, beside the MHC and others.",
)
@click.option("--hypotheses", type=click.Path(), help="TOML file of predictions to judge.")
@click.option("--splicing", is_flag=True, help="Read splicing models too, each mapped to its gene.")
@click.option(
    "--gsea/--no-gsea",
    "run_gsea",
    default=None,
    help="GSEA beside the main tests [default: up to 200 sets].",
)
@seed_option
@click.option(
    "--tables",
    type=click.Choice(["core", "full"]),
    default="core",
    show_default=True,
    help="full: gene-level tables of every set of collections of more than 200 sets, too.",
)
@click.option("--no-report", is_flag=True, help="Write the tables only.")
@figures_option
@pdf_option
@click.option(
    "--config",
    is_eager=True,
    expose_value=False,
    callback=read_config,
    type=click.Path(),
    help="TOML file with any of these options.",
)
@output_options
def run(**options: Any) -> None:
    """Test gene sets in one or more traits and write tables and a report."""
    from pathways import job as jobs

    quiet, verbose = options.pop("quiet"), options.pop("verbose")
    job = jobs.Job(**_job_options(options), command=("twas-divergence", *sys.argv[1:]))
    results = jobs.run(job, progress(quiet=quiet))
    say(results, job.out, quiet=quiet, verbose=verbose)


@click.command()
@click.option(
    "--out",
    default="twas-divergence-demo",
    show_default=True,
    type=click.Path(),
    help="Folder to make for the results.",
)
@figures_option
@pdf_option
@output_options
def demo(
    out: str, figures: tuple[str, ...], pdf: bool, force: bool, quiet: bool, verbose: bool
) -> None:
    """Run the shipped, simulated ALS and FTD example, end to end."""
    from pathways import job as jobs

    command = ("twas-divergence", *sys.argv[1:])
    job = jobs.demo(out, figures=figures, pdf=pdf, force=force, command=command)
    results = jobs.run(job, progress(quiet=quiet))
    say(results, out, quiet=quiet, verbose=verbose)


def _job_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of the command line into the fields of a job."""
    given = pairs("--trait-alias", options.pop("trait_alias"))
    labels = {name: harmless(label) for name, label in given}
    traits: dict[str, list[str]] = {}
    for name, path in pairs("--trait", options.pop("trait")):
        traits.setdefault(labels.get(name, name), []).append(path)
    for name in labels:
        if labels[name] not in traits:
            raise UsageError(f"--trait-alias names trait {name!r}, which no --trait gives")

    def named(option: str, key: str) -> dict[str, str]:
        return {labels.get(k, k): v for k, v in pairs(option, options.pop(key))}

    intercepts = named("--intercept", "intercept")
    tissues, groups = tissue_groups(options.pop("tissues"))
    chosen = reading_choices(options, [*traits, *labels])
    for key in ("trait_columns", "trait_where"):
        chosen[key] = {labels.get(name, name): own for name, own in chosen[key].items()}
    return {
        "traits": traits,
        "n_eff": named("--n-eff", "n_eff"),
        "intercepts": {k: number("--intercept", v) for k, v in intercepts.items()},
        "overlaps": of_pairs("--overlap", options.pop("overlap"), labels),
        "flip": tuple(labels.get(name, name) for name in map(harmless, options.pop("flip"))),
        **chosen,
        "tissues": tissues,
        "groups": groups,
        "report": not options.pop("no_report"),
        **options,
    }
