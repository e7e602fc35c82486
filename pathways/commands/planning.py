"""Before a study: `power`, what two studies could see; `simulate`, files whose truth is known."""

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
    "--n-eff",
    type=NAMED,
    multiple=True,
    required=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size of one or two traits, or cases and controls.",
)
@click.option("--genes", type=int, help="Tested members of the set [default: 50].")
@click.option("--loci", type=int, help="LD blocks that hold them [default: 30].")
@click.option("--pathway", metavar="NAME", help="Take members and loci from this gene set.")
@click.option("--gene-sets", metavar="NAME|FILE", help="Collection of --pathway [default: core].")
@click.option(
    "--covered",
    type=float,
    help="Share of the members of --pathway that will have a z [default: 0.8].",
)
@click.option(
    "--tissues",
    type=int,
    default=6,
    show_default=True,
    help="Tissues in which a member has a model.",
)
@tissue_correlation_option
@overlap_option
@rg_option
@click.option(
    "--polygenic",
    type=float,
    default=0.0018,
    show_default=True,
    help="Root mean square of the polygenic effects of genes.",
)
@click.option(
    "--dispersion",
    type=NAMED_NUMBER,
    multiple=True,
    metavar="NAME=SD",
    help="SD of the z of all genes at this N_eff, in the place of --polygenic.",
)
@click.option(
    "--sets", "n_sets", type=int, default=20, show_default=True, help="Sets in the collection."
)
@click.option(
    "--true-sets",
    "n_true",
    type=int,
    default=1,
    show_default=True,
    help="How many of them have the effect, this one among them.",
)
@click.option(
    "--effect",
    "effects",
    type=float,
    multiple=True,
    help="Effect per member: half log-odds per SD of predicted expression; repeat for more.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Level of p and FDR.")
@any_size_option
@click.option("--out", type=click.Path(), help="Folder to make for table and figure.")
@click.option("--force", is_flag=True, help="Replace the folder of an earlier run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words and a table.")
def power(out: str | None, force: bool, as_json: bool, **options: Any) -> None:
    """Say what two studies of given size could see, before anything is run.

    Power of direction, directional call and difference over the true effect, the smallest effect
    with power 80 %, and the sample size that an effect would need.
    """
    from pathways.power.design import Design
    from pathways.power.plan import plan
    from pathways.report.exports.power_plan import plan_json, power_table, sentences, write_plan
    from twas.system.folder import check_folder

    effects = options.pop("effects")
    inputs = [] if options["gene_sets"] is None else [options["gene_sets"]]
    if out is not None:
        check_folder(out, force=force, inputs=inputs)
    found = plan(Design(**_design_options(options)), effects)
    click.echo(plan_json(found) if as_json else power_table(found), nl=not as_json)
    if not as_json:
        click.echo("\n".join(["", *sentences(found)]))
    if out is not None:
        folder = write_plan(found, out, force=force)
        click.echo(f"Table and figure: {folder}", err=as_json)


def _design_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of `power` into the fields of a design."""
    from pathways.power.design import Loci

    names = ("pathway", "gene_sets", "covered", "genes", "loci")
    pathway, gene_sets, covered, genes, loci = (options.pop(name) for name in names)
    if pathway is None:
        if gene_sets is not None or covered is not None:
            raise UsageError("--gene-sets and --covered go with --pathway")
        chosen = Loci.spread(50 if genes is None else genes, 30 if loci is None else loci)
    elif genes is not None or loci is not None:
        raise UsageError("--pathway gives members and loci: leave out --genes and --loci")
    else:
        given = {"gene_sets": gene_sets, "covered": covered}
        chosen = Loci.of_pathway(pathway, **{k: v for k, v in given.items() if v is not None})
    n_eff = sizes("--n-eff", options.pop("n_eff"))
    shared = {}
    for option in ("overlap", "rg"):
        for pair, value in once(f"--{option}", options.pop(option)).items():
            if set(pair) != set(n_eff):
                raise UsageError(f"--{option} {','.join(pair)}: name the two traits of --n-eff")
            shared[option] = value
    dispersion = once("--dispersion", options.pop("dispersion"))
    return {"n_eff": n_eff, "loci": chosen, "dispersion": dispersion, **shared, **options}


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
