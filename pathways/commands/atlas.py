"""`atlas`: many traits, all pairs of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from pathways.commands.console import LOGGER, in_options, steady_progress
from pathways.commands.options import (
    config_option,
    output_options,
    reading_choices,
    study_options,
)
from pathways.commands.types import SHARE, once, tissue_groups

if TYPE_CHECKING:
    from pathways.atlas.making import Outcome
    from pathways.atlas.plan import Plan


@click.command()
@click.argument("manifest", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="Folder of the atlas, or to resume.")
@click.option("--against", metavar="TRAIT", help="Only the pairs of this trait with the others.")
@click.option(
    "--pairs", type=click.Path(), help="Only the pairs of this file: trait_a, trait_b, overlap."
)
@click.option("--allow-mixed", is_flag=True, help="Compare traits of different ancestries too.")
@click.option(
    "--detail",
    type=click.Choice(["tests", "called", "full"]),
    default="tests",
    show_default=True,
    help="Tests and calls; or intervals, influence and genes as well, of called sets or of all.",
)
@click.option(
    "--scopes",
    type=click.Choice(["combined", "all"]),
    default="combined",
    show_default=True,
    help="Tissues and groups of them beside the combined scope.",
)
@study_options
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    help="Processes on this machine [default: one per core]; 0 works without Dask.",
)
@click.option(
    "--memory", default="2GiB", show_default=True, help="Memory of each of these processes."
)
@click.option(
    "--scheduler", metavar="ADDRESS|FILE", help="A Dask scheduler in the place of --workers."
)
@click.option(
    "--chunk",
    type=SHARE,
    metavar="K/N",
    help="Do this share of the work without Dask and write no report: for array jobs.",
)
@click.option("--no-report", is_flag=True, help="Write the tables only.")
@config_option
@output_options
def atlas(**options: Any) -> None:
    """Compare every two of many traits: MANIFEST is a table of trait, path, n_eff, ancestry.

    The same command again goes on with an atlas that was interrupted.
    """
    from pathways.atlas.engine import Engine
    from pathways.atlas.making import make_atlas

    quiet, verbose = options.pop("quiet"), options.pop("verbose")
    chunk = options.pop("chunk")
    engine = Engine(
        workers=0 if chunk else options.pop("workers", None),
        memory=options.pop("memory"),
        scheduler=None if chunk else options.pop("scheduler", None),
    )
    command = ("twas-divergence", *sys.argv[1:])
    out, force, report = options.pop("out"), options.pop("force"), not options.pop("no_report")
    for name in ("workers", "scheduler"):
        options.pop(name, None)
    outcome = make_atlas(
        _plan(options),
        out,
        force=force,
        engine=engine,
        chunk=chunk,
        report=report,
        command=command,
        progress=steady_progress(quiet=quiet),
    )
    _say(outcome, quiet=quiet, verbose=verbose)
    if outcome.failures:
        raise SystemExit(1)


def _plan(options: dict[str, Any]) -> Plan:
    """What is asked for, from the texts of the command line."""
    from pathways.atlas.manifest import choose_pairs, read_manifest
    from pathways.atlas.plan import Plan
    from pathways.job import Job

    entries = read_manifest(options.pop("manifest"))
    chosen = choose_pairs(
        entries,
        against=options.pop("against"),
        pairs=options.pop("pairs"),
        allow_mixed=options.pop("allow_mixed"),
    )
    tissues, groups = tissue_groups(options.pop("tissues"))
    detail, scopes = options.pop("detail"), options.pop("scopes")
    job = Job(
        traits={entry.trait: entry.paths for entry in entries},
        out="",
        n_eff={entry.trait: entry.n_eff for entry in entries if entry.n_eff is not None},
        overlaps=once("--overlap", options.pop("overlap")),
        flip=tuple(entry.trait for entry in entries if entry.flip),
        tissues=tissues,
        groups=groups,
        **reading_choices(options, [entry.trait for entry in entries]),
        **options,
    )
    return Plan(entries, chosen, job, detail=detail, all_scopes=scopes == "all")


def _say(outcome: Outcome, *, quiet: bool, verbose: bool) -> None:
    """Print what was made, what was not, and what is odd."""
    for fact in outcome.quality.facts:
        LOGGER.info("%s: %s: %s", fact.level, fact.source, fact.sentence)
    for failure in outcome.failures:
        names = " / ".join(name for name in (failure.trait_a, failure.trait_b) if name)
        line = in_options(f"failed: {names}: {failure.error}")
        LOGGER.error("%s", line)
        click.echo(line, err=True)
    if quiet:
        return
    for fact in outcome.quality.facts:
        if fact.level == "warning" or verbose:
            click.echo(in_options(f"{fact.level}: {fact.source}: {fact.sentence}"), err=True)
    click.echo(f"{outcome.done:,} tasks done, {outcome.open:,} not; atlas: {outcome.folder}")
