"""`run` and `demo`: files to a folder of results; `plot`: one figure of such a folder."""

from __future__ import annotations

import sys
from typing import Any

import click

from pathways.commands.console import progress, say
from pathways.commands.options import (
    config_option,
    figures_option,
    output_options,
    pdf_option,
    reading_choices,
    study_options,
)
from pathways.commands.types import NAMED, NAMED_NUMBER, PAIR, once, tissue_groups
from pathways.report.registry import names
from twas.errors import UsageError
from twas.reading.content import harmless


@click.command()
@click.option(
    "--trait",
    "trait",
    type=NAMED,
    multiple=True,
    required=True,
    metavar="NAME=PATH",
    help="File, folder or quoted glob of one trait, - for standard input; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the results.")
@click.option(
    "--n-eff",
    type=NAMED,
    multiple=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size, or cases and controls.",
)
@click.option(
    "--intercept",
    type=NAMED_NUMBER,
    multiple=True,
    metavar="NAME=X",
    help="Univariate LDSC intercept.",
)
@click.option(
    "--flip",
    multiple=True,
    metavar="NAME",
    help="Trait whose positive z means lower risk: negate it.",
)
@click.option(
    "--trait-alias",
    type=NAMED,
    multiple=True,
    metavar="NAME=LABEL",
    help="Show a trait under another name.",
)
@study_options
@click.option(
    "--drop-region",
    "drop_regions",
    multiple=True,
    metavar="CHR:START-END",
    help="Region (GRCh38) to leave out in turn, beside the MHC and others.",
)
@click.option("--hypotheses", type=click.Path(), help="TOML file of predictions to judge.")
@click.option(
    "--gsea/--no-gsea",
    "run_gsea",
    default=None,
    help="GSEA beside the main tests [default: up to 200 sets].",
)
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
@config_option
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
    given = once("--trait-alias", options.pop("trait_alias"))
    labels = {name: harmless(label) for name, label in given.items()}
    traits: dict[str, list[str]] = {}
    for name, path in options.pop("trait"):
        traits.setdefault(labels.get(name, name), []).append(path)
    for name in labels:
        if labels[name] not in traits:
            raise UsageError(f"--trait-alias names trait {name!r}, which no --trait gives")

    def named(option: str, key: str) -> dict[str, Any]:
        return once(option, ((labels.get(name, name), x) for name, x in options.pop(key)))

    def relabelled(pair: tuple[str, str]) -> tuple[str, str]:
        return labels.get(pair[0], pair[0]), labels.get(pair[1], pair[1])

    overlaps = ((relabelled(pair), x) for pair, x in options.pop("overlap"))
    tissues, groups = tissue_groups(options.pop("tissues"))
    chosen = reading_choices(options, [*traits, *labels])
    for key in ("trait_columns", "trait_where"):
        chosen[key] = {labels.get(name, name): own for name, own in chosen[key].items()}
    return {
        "traits": traits,
        "n_eff": named("--n-eff", "n_eff"),
        "intercepts": named("--intercept", "intercept"),
        "overlaps": once("--overlap", overlaps),
        "flip": tuple(labels.get(name, name) for name in map(harmless, options.pop("flip"))),
        **chosen,
        "tissues": tissues,
        "groups": groups,
        "report": not options.pop("no_report"),
        **options,
    }


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
